"""What every route solver must do: the suite each adapter passes, OR-Tools' in the process it runs in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cityhall.adapters.routes import ortools
from cityhall.adapters.routes.nearest import NearestFirst
from cityhall.adapters.routes.ortools import OrTools, WithFallback
from cityhall.kernel.ports import (
    RouteSolver,
    RoutingAnswer,
    RoutingCapabilities,
    RoutingProblem,
    RoutingStop,
    RoutingUnavailable,
    RoutingVehicle,
)

HOUR = 3600
#: A street: the depot at 0, stops at 1 to 6 km on it.
STREET = tuple(tuple(abs(here - there) * 1000 for there in range(7)) for here in range(7))
VAN = RoutingVehicle(start=0, end=0, earliest=0, latest=8 * HOUR, units=10, speed=10.0, skills=frozenset({"asphalt"}))


def stop(place: int, **fields: object) -> RoutingStop:
    return replace(RoutingStop(place, 600, 0, 8 * HOUR), **fields)  # type: ignore[arg-type]


def problem(*stops: RoutingStop, vehicles: tuple[RoutingVehicle, ...] = (VAN,)) -> RoutingProblem:
    return RoutingProblem(STREET, stops, vehicles)


def begins(asked: RoutingProblem, number: int, route: tuple[int, ...]) -> list[int]:
    """Return when each stop of a route begins, and at last when the vehicle is back."""
    vehicle = asked.vehicles[number]
    now, place, found = vehicle.earliest, vehicle.start, []
    for index in route:
        one = asked.stops[index]
        now = max(one.earliest, now + asked.travel(vehicle, place, one.place))
        found.append(now)
        now, place = now + one.seconds, one.place
    return [*found, now + asked.travel(vehicle, place, vehicle.end)]


class RouteSolverSuite:
    """Inherit; give a fixture `solver`."""

    def solve(self, solver: RouteSolver, asked: RoutingProblem) -> RoutingAnswer:
        answer = solver.solve(asked, seconds=0.2)
        assert len(answer.routes) == len(asked.vehicles)
        visited = [index for route in answer.routes for index in route]
        assert sorted([*visited, *answer.left_out]) == list(range(len(asked.stops)))
        for number, route in enumerate(answer.routes):
            vehicle = asked.vehicles[number]
            *moments, back = begins(asked, number, route)
            for index, moment in zip(route, moments, strict=True):
                assert moment <= asked.stops[index].latest
                assert not asked.stops[index].skill or asked.stops[index].skill in vehicle.skills
            assert back <= vehicle.latest
            assert sum(asked.stops[index].units for index in route) <= vehicle.units
        return answer

    def test_it_is_a_route_solver(self, solver: RouteSolver) -> None:
        assert isinstance(solver, RouteSolver)
        assert isinstance(solver.capabilities, RoutingCapabilities)

    def test_nothing_to_do_is_a_plan(self, solver: RouteSolver) -> None:
        assert self.solve(solver, problem()).routes == ((),)
        assert self.solve(solver, problem(stop(1), vehicles=())).left_out == (0,)

    def test_one_job_is_done(self, solver: RouteSolver) -> None:
        assert self.solve(solver, problem(stop(3))).routes == ((0,),)

    def test_every_job_of_an_easy_day_is_done_by_somebody(self, solver: RouteSolver) -> None:
        answer = self.solve(solver, problem(*(stop(1 + i % 6) for i in range(8)), vehicles=(VAN, VAN)))
        assert answer.left_out == ()

    def test_windows_are_kept_and_waited_for(self, solver: RouteSolver) -> None:
        late, early = stop(1, earliest=4 * HOUR, latest=5 * HOUR), stop(6, latest=HOUR)
        answer = self.solve(solver, problem(late, early))
        assert answer.routes == ((1, 0),)

    def test_what_needs_a_skill_goes_to_who_has_it(self, solver: RouteSolver) -> None:
        other = replace(VAN, skills=frozenset({"electric"}))
        answer = self.solve(solver, problem(stop(1, skill="electric"), stop(2, skill="asphalt"), vehicles=(VAN, other)))
        assert answer.routes == ((1,), (0,))
        assert self.solve(solver, problem(stop(1, skill="crane"))).left_out == (0,)

    def test_a_vehicle_takes_no_more_than_it_holds_and_what_weighs_most_goes_first(self, solver: RouteSolver) -> None:
        small = replace(VAN, units=2)
        answer = self.solve(solver, problem(stop(1), stop(2), stop(6, weight=100), vehicles=(small,)))
        assert len(answer.left_out) == 1
        assert 2 not in answer.left_out

    def test_what_cannot_wait_comes_first_though_it_is_a_detour(self, solver: RouteSolver) -> None:
        answer = self.solve(solver, problem(stop(1), stop(2), stop(6, weight=100, soon=True)))
        assert answer.routes[0][0] == 2
        assert answer.left_out == ()

    def test_a_day_that_is_too_full_ends_in_time(self, solver: RouteSolver) -> None:
        short = replace(VAN, latest=HOUR)
        answer = self.solve(solver, problem(*(stop(1, seconds=1500) for _ in range(4)), vehicles=(short,)))
        assert len(answer.routes[0]) == 2
        assert len(answer.left_out) == 2

    def test_a_vehicle_may_start_elsewhere_than_it_ends(self, solver: RouteSolver) -> None:
        answer = self.solve(solver, problem(stop(5), stop(1), vehicles=(replace(VAN, start=6, earliest=2 * HOUR),)))
        assert answer.routes == ((0, 1),)


class TestNearestFirst(RouteSolverSuite):
    @pytest.fixture
    def solver(self) -> RouteSolver:
        return NearestFirst()


class TestOrTools(RouteSolverSuite):
    @pytest.fixture
    def solver(self) -> RouteSolver:
        return OrTools()

    def test_it_finds_a_shorter_way_than_the_next_nearest(self, solver: RouteSolver) -> None:
        # Whoever always takes the nearest goes to and fro.
        row = (0, -1, 2, -4, 8, -16, 32)
        metres = tuple(tuple(abs(here - there) * 1000 for there in row) for here in row)
        asked = replace(problem(*(stop(place) for place in range(1, 7))), metres=metres)
        backs = [begins(asked, 0, one.solve(asked, seconds=0.2).routes[0])[-1] for one in (solver, NearestFirst())]
        assert backs[0] < backs[1]

    def test_no_answer_in_time_is_said(self, solver: RouteSolver, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ortools, "_SPARE_SECONDS", 0.0)
        with pytest.raises(RoutingUnavailable):
            solver.solve(problem(stop(1)), seconds=0.01)

    def test_a_process_that_breaks_is_said(self, solver: RouteSolver, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ortools, "_MODULE", "cityhall.adapters.routes.not_there")
        with pytest.raises(RoutingUnavailable, match="not_there"):
            solver.solve(problem(stop(1)), seconds=0.2)


class Broken(NearestFirst):
    def solve(self, problem: RoutingProblem, *, seconds: float) -> RoutingAnswer:
        raise RoutingUnavailable("it is not there")


class TestWithFallback(RouteSolverSuite):
    @pytest.fixture
    def solver(self) -> RouteSolver:
        return WithFallback(Broken())

    def test_the_answer_says_who_gave_it(self, solver: RouteSolver) -> None:
        assert solver.solve(problem(stop(1)), seconds=0.2).solver == "nearest"
