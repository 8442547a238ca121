"""The next nearest stop: what a person with a map would do, at once and without any library."""

from __future__ import annotations

from dataclasses import dataclass

from cityhall.kernel.ports import RoutingAnswer, RoutingCapabilities, RoutingProblem, RoutingStop, RoutingVehicle


@dataclass(slots=True)
class _OnTheWay:
    """A vehicle so far: where it is, since when, and what it can still take."""

    vehicle: RoutingVehicle
    place: int
    free: int
    units: int
    stops: list[int]


class NearestFirst:
    """Whoever is free first goes to the stop it can begin soonest; those that weigh most come first."""

    capabilities = RoutingCapabilities(improves=False, own_process=False)

    def solve(self, problem: RoutingProblem, *, seconds: float) -> RoutingAnswer:
        """Return a plan; the time given is not needed."""
        fleet = [_OnTheWay(one, one.start, one.earliest, one.units, []) for one in problem.vehicles]
        left = set(range(len(problem.stops)))
        at_work = list(fleet)
        while left and at_work:
            one = min(at_work, key=lambda each: each.free)
            open_to_it = [(index, begin) for index in left if (begin := _begin(problem, one, problem.stops[index]))]
            if not open_to_it:
                at_work.remove(one)
                continue
            index, begin = min(open_to_it, key=lambda each: (-problem.stops[each[0]].weight, each[1], each[0]))
            stop = problem.stops[index]
            one.stops.append(index)
            one.place, one.free, one.units = stop.place, begin[0] + stop.seconds, one.units - stop.units
            left.remove(index)
        return RoutingAnswer(tuple(tuple(one.stops) for one in fleet), tuple(sorted(left)), "nearest")


def _begin(problem: RoutingProblem, one: _OnTheWay, stop: RoutingStop) -> tuple[int] | None:
    """Return when the vehicle could begin there and still be home in time, in a tuple since 0 is a time too."""
    if stop.units > one.units or (stop.skill and stop.skill not in one.vehicle.skills):
        return None
    begin = max(stop.earliest, one.free + problem.travel(one.vehicle, one.place, stop.place))
    home = begin + stop.seconds + problem.travel(one.vehicle, stop.place, one.vehicle.end)
    return (begin,) if begin <= stop.latest and home <= one.vehicle.latest else None
