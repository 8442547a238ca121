"""The rules of a day's plan: what shares a stop, when a crew is where, why a job is left out, what a change does."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cityhall.adapters.routes.nearest import NearestFirst
from cityhall.apps.day_plans import rules
from cityhall.apps.day_plans.contracts import (
    Act,
    Change,
    Content,
    Job,
    LeftOut,
    Limit,
    Progress,
    Route,
    Stop,
    Trouble,
    Why,
)
from cityhall.kernel.ports import RoutingAnswer

DAY = datetime(2026, 3, 5, 15, 30, tzinfo=UTC)
LAT, LON = 32.7157, -117.1611
#: About a hundred metres north.
STEP = 0.0009


def job(north: float = 0.0, **fields: Any) -> Job:
    return Job(uuid.uuid4(), LAT + north * STEP, LON, **{"minutes": 30, **fields})


def route(name: str = "One", **fields: Any) -> Route:
    usual = {"begins": DAY, "until": DAY + timedelta(hours=8), "speed": 7.0, "most_jobs": 12}
    return Route(uuid.uuid4(), name, LAT, LON, **{**usual, **fields})


def plan(routes: list[Route], jobs: list[Job], **fields: Any) -> Content:
    groups = rules.grouped(jobs)
    start = min((one.begins for one in routes), default=DAY)
    answer = NearestFirst().solve(rules.as_problem(routes, groups, start), seconds=0)
    return rules.planned(routes, groups, answer, **fields)


def order(content: Content, number: int = 0) -> list[uuid.UUID]:
    return [one.request_id for stop in content.routes[number].stops for one in stop.jobs]


def test_small_jobs_close_together_are_one_stop_and_others_are_not() -> None:
    here, near, far = job(), job(0.4), job(3)
    assert rules.grouped([here, far, near]) == [(here, near), (far,)]
    long = job(minutes=90)
    assert rules.grouped([here, long]) == [(here,), (long,)]
    skilled = job(skill="asphalt")
    assert rules.grouped([here, skilled]) == [(here,), (skilled,)]
    alone = replace(near, alone=True)
    assert rules.grouped([here, alone]) == [(here,), (alone,)]
    promised = job(earliest=DAY, latest=DAY + timedelta(hours=1))
    assert rules.grouped([here, promised]) == [(here,), (promised,)]


def test_a_stop_is_no_building_site() -> None:
    many = rules.grouped([job(minutes=10) for _ in range(8)])
    assert [len(stop) for stop in many] == [6, 2]
    assert all(sum(one.minutes for one in stop) <= 120 for stop in rules.grouped([job(minutes=40) for _ in range(7)]))


def test_times_follow_the_order_and_the_crew_comes_home() -> None:
    content = plan([route()], [job(10), job(20)])
    first, second = content.routes[0].stops
    assert first.arrive > DAY
    assert first.leave == first.arrive + timedelta(minutes=30)
    assert second.arrive > first.leave
    back = content.routes[0].back
    assert back is not None
    assert back > second.leave
    way = rules.metres_between(LAT, LON, LAT + 20 * STEP, LON)
    assert content.routes[0].drive_seconds == pytest.approx(2 * way / 7.0, abs=4)


def test_a_crew_waits_for_a_promised_hour_and_who_cannot_be_there_is_left_out() -> None:
    noon = DAY + timedelta(hours=4)
    promised = job(1, earliest=noon, latest=noon + timedelta(hours=1))
    content = plan([route()], [promised])
    assert content.routes[0].stops[0].arrive == noon
    gone_by = job(1, earliest=DAY - timedelta(hours=2), latest=DAY - timedelta(hours=1))
    assert [one.why for one in plan([route()], [gone_by]).left_out] == [Why.WINDOW]


@pytest.mark.parametrize(
    ("routes", "jobs", "why"),
    [
        ([], [job()], Why.NO_CREW),
        ([route(skills=("electric",))], [job(skill="asphalt")], Why.NO_SKILL),
        ([route(most_jobs=0)], [job()], Why.FULL),
        ([route(until=DAY + timedelta(minutes=20))], [job()], Why.NO_TIME),
    ],
)
def test_what_is_left_out_says_why(routes: list[Route], jobs: list[Job], why: Why) -> None:
    content = plan(routes, jobs)
    assert [one.why for one in content.left_out] == [why]
    assert content.requests == frozenset()


def test_each_crew_says_what_keeps_it_from_a_job() -> None:
    noon = DAY + timedelta(hours=4)
    crews = [
        route("Lacks", skills=("electric",)),
        route("Full", skills=("asphalt",), most_jobs=0),
        route("Short", skills=("asphalt",), until=DAY + timedelta(minutes=20)),
        route("Late", skills=("asphalt",), begins=noon, until=noon + timedelta(hours=8)),
    ]
    (left,) = plan(crews, [job(skill="asphalt", earliest=DAY, latest=DAY + timedelta(hours=1))]).left_out
    assert [(one.crew, one.limit, one.number) for one in left.limits] == [
        ("Lacks", Limit.SKILL, 0),
        ("Full", Limit.JOBS, 0),
        ("Short", Limit.HOURS, 0),
        ("Late", Limit.WINDOW, 0),
    ]


def test_a_crew_that_only_the_solver_passed_over_is_said_to_have_room() -> None:
    groups = rules.grouped([job()])
    content = rules.planned([route()], groups, RoutingAnswer(((),), (0,), "test"))
    assert [one.limit for one in content.left_out[0].limits] == [Limit.NONE]


def test_what_has_no_place_is_named_and_not_driven_to() -> None:
    lost = uuid.uuid4()
    content = plan([route()], [], without_place=[lost], waiting=7)
    assert content.left_out == (LeftOut(lost, Why.NO_PLACE),)
    assert content.waiting == 7
    assert content.routes[0].stops == ()


def test_an_overfull_day_keeps_what_is_urgent() -> None:
    urgent = job(5, weight=100)
    content = plan([route(most_jobs=3)], [job(n) for n in range(1, 9, 2)] + [urgent])
    assert urgent.request_id in content.requests
    assert len(content.requests) == 3
    assert {one.why for one in content.left_out} == {Why.FULL}


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 8), 7), (date(2026, 11, 1), 9), (date(2026, 3, 9), 8)])
def test_hours_are_the_citys_clock_when_it_is_put_on_or_back(day: date, hours: int) -> None:
    # A night shift from midnight to eight by the clock: seven hours in spring, nine in autumn.
    zone = ZoneInfo("America/Los_Angeles")
    begins = datetime.combine(day, datetime.min.time(), zone).astimezone(UTC)
    until = datetime.combine(day, datetime.min.time().replace(hour=8), zone).astimezone(UTC)
    night = route(begins=begins, until=until, most_jobs=99)
    content = plan([night], [job(minutes=60, alone=True) for _ in range(12)])
    assert len(content.requests) == hours
    assert content.routes[0].back == until


def test_a_stop_is_moved_and_times_follow() -> None:
    first, second = job(10), job(20)
    content = plan([route()], [first, second])
    moved = rules.changed(content, Act.LATER, first.request_id)
    assert moved is not None
    assert order(moved) == [second.request_id, first.request_id]
    assert moved.routes[0].stops[0].arrive < moved.routes[0].stops[1].arrive
    assert rules.changed(moved, Act.EARLIER, second.request_id) is None
    assert rules.changed(moved, Act.LATER, first.request_id) is None
    assert rules.changed(content, Act.LATER, uuid.uuid4()) is None


def test_a_stop_goes_to_another_crew_where_it_makes_the_least_way() -> None:
    near, far = job(10), job(30)
    content = plan([route(), route("Two", most_jobs=0)], [near, far, job(20)])
    two = content.routes[1].crew_id
    for one in (far, near):
        given = rules.changed(content, Act.GIVE, one.request_id, two)
        assert given is not None
        content = given
    assert set(order(content, 1)) == {near.request_id, far.request_id}
    assert rules.changed(content, Act.GIVE, near.request_id, two) is None
    assert rules.changed(content, Act.GIVE, near.request_id, uuid.uuid4()) is None
    assert Trouble.OVER in rules.troubles_of_route(content.routes[1])


def test_a_shared_stop_is_split_and_stays_so() -> None:
    here, near = job(), job(0.4)
    content = plan([route()], [here, near])
    apart = rules.changed(content, Act.SPLIT, here.request_id)
    assert apart is not None
    assert [len(stop.jobs) for stop in apart.routes[0].stops] == [1, 1]
    assert rules.changed(apart, Act.SPLIT, here.request_id) is None
    _routes, jobs = rules.remaining(apart, {}, DAY)
    assert len(rules.grouped(jobs)) == 2


def test_a_stop_is_left_out_by_hand_and_taken_in_again() -> None:
    one = job(10)
    content = plan([route()], [one, job(20)])
    without = rules.changed(content, Act.LEAVE_OUT, one.request_id)
    assert without is not None
    assert [(left.request_id, left.why) for left in without.left_out] == [(one.request_id, Why.BY_HAND)]
    again = rules.changed(without, Act.TAKE_IN, one.request_id, content.routes[0].crew_id)
    assert again is not None
    assert again.requests == content.requests
    assert again.left_out == ()


def test_what_a_person_made_that_does_not_fit_is_said() -> None:
    late = job(1, earliest=DAY, latest=DAY + timedelta(minutes=10), skill="crane")
    shown = rules.timed(route(stops=(Stop((job(30, minutes=500),), DAY, DAY), Stop((late,), DAY, DAY))))
    assert rules.troubles_of_stop(shown, shown.stops[1]) == (Trouble.SKILL, Trouble.LATE)
    assert rules.troubles_of_route(shown) == (Trouble.LONG,)


def test_the_rest_of_the_day_is_planned_around_what_is_done() -> None:
    done, begun, later, closed_elsewhere = job(10), job(20), job(30), job(40)
    content = plan([route()], [done, begun, later, closed_elsewhere])
    now = DAY + timedelta(hours=3)
    progress = {
        done.request_id: Progress(DAY, DAY + timedelta(minutes=50)),
        begun.request_id: Progress(now - timedelta(minutes=10)),
    }
    routes, jobs = rules.remaining(content, progress, now, gone={closed_elsewhere.request_id})
    assert jobs == [later]
    first, second = routes[0].stops
    assert (first.arrive, first.leave, first.fixed) == (DAY, DAY + timedelta(minutes=50), True)
    assert second.leave == now + timedelta(minutes=20)

    urgent = job(1, weight=100)
    after = plan(routes, [urgent, *jobs])
    assert order(after)[:2] == [done.request_id, begun.request_id]
    assert after.routes[0].stops[0].arrive == DAY
    assert after.routes[0].stops[2].arrive >= second.leave
    assert rules.changed(after, Act.LATER, done.request_id) is None
    changes = {one.request_id: one.change for one in rules.differences(content, after)}
    assert changes[urgent.request_id] is Change.NEW
    assert changes[closed_elsewhere.request_id] is Change.OUT


def test_another_crew_and_another_hour_are_told_and_a_few_minutes_are_not() -> None:
    one, two = job(10), job(30)
    before = plan([route(), route("Two", most_jobs=0)], [one, two])
    given = rules.changed(before, Act.GIVE, two.request_id, before.routes[1].crew_id)
    assert given is not None
    assert [(each.request_id, each.change) for each in rules.differences(before, given)] == [
        (two.request_id, Change.CREW)
    ]
    assert rules.differences(before, before) == ()


def test_a_change_during_the_day_keeps_what_is_begun_first_and_times_the_rest_from_now() -> None:
    one, two, three = job(10), job(20), job(30)
    content = plan([route()], [one, two, three])
    now = DAY + timedelta(hours=4)
    seen = rules.as_begun(content, {three.request_id: Progress(now - timedelta(minutes=5))}, now)
    assert order(seen) == [three.request_id, one.request_id, two.request_id]
    assert [stop.fixed for stop in seen.routes[0].stops] == [True, False, False]
    assert seen.routes[0].stops[1].arrive > now
    assert rules.as_begun(content, {}, now) == content
    assert rules.changed(seen, Act.EARLIER, one.request_id) is None
