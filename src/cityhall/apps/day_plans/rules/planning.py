"""From crews and jobs to what a solver is asked, and from its answer to a plan with reasons."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from cityhall.apps.day_plans.contracts import Content, Job, LeftOut, Limit, Limited, Progress, Route, Stop, Trouble, Why
from cityhall.apps.day_plans.rules.timing import (
    metres_between,
    timed,
    troubles_of_route,
    troubles_of_stop,
    whole_seconds,
)
from cityhall.kernel.ports import RoutingAnswer, RoutingProblem, RoutingStop, RoutingVehicle

Group = tuple[Job, ...]


def as_problem(routes: Sequence[Route], groups: Sequence[Group], start: datetime) -> RoutingProblem:
    """Return what the solver is asked: seconds count from `start`; places are each route's start and end, then stops.

    A route that has stops already (fixed ones) goes on from the last of them.
    """
    places: list[tuple[float, float]] = []
    vehicles = []
    for route in routes:
        last = route.stops[-1] if route.stops else None
        places.append((last.jobs[0].lat, last.jobs[0].lon) if last else (route.lat, route.lon))
        places.append((route.lat, route.lon))
        free = max(route.begins, last.leave) if last else route.begins
        vehicles.append(
            RoutingVehicle(
                start=len(places) - 2,
                end=len(places) - 1,
                earliest=whole_seconds(start, min(free, route.until)),
                latest=whole_seconds(start, route.until),
                units=max(0, route.most_jobs - route.jobs),
                speed=route.speed,
                skills=frozenset(route.skills),
            )
        )
    stops = []
    end = max(route.until for route in routes) if routes else start
    for group in groups:
        places.append((group[0].lat, group[0].lon))
        earliest = max([start, *(job.earliest for job in group if job.earliest)])
        latest = min([end, *(job.latest for job in group if job.latest)])
        stops.append(
            RoutingStop(
                place=len(places) - 1,
                seconds=sum(job.minutes for job in group) * 60,
                earliest=whole_seconds(start, earliest),
                latest=whole_seconds(start, latest),
                units=len(group),
                skill=group[0].skill,
                weight=sum(job.weight for job in group),
                soon=any(job.is_urgent for job in group),
            )
        )
    metres = tuple(tuple(metres_between(*here, *there) for there in places) for here in places)
    return RoutingProblem(metres, tuple(stops), tuple(vehicles))


def planned(
    routes: Sequence[Route],
    groups: Sequence[Group],
    answer: RoutingAnswer,
    *,
    without_place: Collection[UUID] = (),
    waiting: int = 0,
) -> Content:
    """Return the plan a solver's answer makes: the crews' days with their times, and why others are left out."""
    done = []
    for route, order in zip(routes, answer.routes, strict=True):
        more = tuple(Stop(groups[index], route.begins, route.begins) for index in order)
        done.append(timed(replace(route, stops=(*route.stops, *more))))
    left = []
    for group in (groups[index] for index in answer.left_out):
        limits = tuple(_limited(group, route) for route in done)
        left += [LeftOut(job.request_id, _why(group, limits), job, limits) for job in group]
    left += [LeftOut(request_id, Why.NO_PLACE) for request_id in without_place]
    return Content(tuple(done), tuple(left), answer.solver, waiting)


def _why(group: Group, limits: Sequence[Limited]) -> Why:
    """Say why nobody does a stop, the reason that is hardest to mend first."""
    if not limits:
        return Why.NO_CREW
    able = {one.limit for one in limits} - {Limit.SKILL}
    if not able:
        return Why.NO_SKILL
    if able == {Limit.JOBS}:
        return Why.FULL
    return Why.WINDOW if any(job.latest for job in group) else Why.NO_TIME


def _limited(group: Group, route: Route) -> Limited:
    """Say what keeps a crew, with the day it has, from a stop wherever in its order it would be put."""
    if group[0].skill and group[0].skill not in route.skills:
        return Limited(route.name, Limit.SKILL)
    if route.most_jobs - route.jobs < len(group):
        return Limited(route.name, Limit.JOBS, route.most_jobs)
    first = sum(1 for stop in route.stops if stop.fixed)
    late = long = True
    for at in range(first, len(route.stops) + 1):
        stops = (*route.stops[:at], Stop(group, route.begins, route.begins), *route.stops[at:])
        tried = timed(replace(route, stops=stops))
        is_late = any(Trouble.LATE in troubles_of_stop(tried, stop) for stop in tried.stops)
        is_long = Trouble.LONG in troubles_of_route(tried)
        if not is_late and not is_long:
            return Limited(route.name, Limit.NONE)
        late, long = late and is_late, long and is_long
    # A day that is too short whatever the order stands in the way of every hour, the promised one too.
    return Limited(route.name, Limit.WINDOW if late and not long else Limit.HOURS)


def remaining(
    content: Content, progress: Mapping[UUID, Progress], now: datetime, *, gone: Collection[UUID] = ()
) -> tuple[list[Route], list[Job]]:
    """Return the day as it is now: each route with what was begun or done, fixed, and the jobs that are still open.

    Args:
        gone: requests that are no longer the team's open work.
    """
    routes, jobs = [], []
    for route in content.routes:
        fixed = []
        for stop in route.stops:
            begun = [progress[job.request_id] for job in stop.jobs if job.request_id in progress]
            if not stop.fixed and not any(one.started_at or one.finished_at for one in begun):
                jobs += [job for job in stop.jobs if job.request_id not in gone]
                continue
            fixed.append(_as_it_was(stop, begun, now))
        fixed.sort(key=lambda stop: stop.arrive)
        routes.append(replace(route, stops=tuple(fixed), begins=max(route.begins, now)))
    left = [one for one in content.left_out if one.why is not Why.BY_HAND and one.request_id not in gone]
    jobs += [one.job for one in left if one.job]
    return routes, jobs


def as_begun(content: Content, progress: Mapping[UUID, Progress], now: datetime) -> Content:
    """Return the plan with what crews have begun or done first and fixed, and the rest of their day timed from now."""
    if not progress:
        return content
    routes = []
    for route in content.routes:
        fixed, rest = [], []
        for stop in route.stops:
            begun = [progress[job.request_id] for job in stop.jobs if job.request_id in progress]
            if stop.fixed or begun:
                fixed.append(_as_it_was(stop, begun, now))
            else:
                rest.append(stop)
        fixed.sort(key=lambda stop: stop.arrive)
        routes.append(timed(replace(route, stops=(*fixed, *rest), begins=max(route.begins, now))))
    return replace(content, routes=tuple(routes))


def is_overtaken(content: Content, crews_have: Content | None, progress: Mapping[UUID, Progress]) -> bool:
    """Say whether crews have begun requests that this version gives to another crew, or to none."""
    if crews_have is None:
        return False
    new, old = _crews(content), _crews(crews_have)
    return any(old.get(one) is not None and new.get(one) != old[one] for one in progress)


def _crews(content: Content) -> dict[UUID, UUID]:
    return {job.request_id: route.crew_id for route in content.routes for stop in route.stops for job in stop.jobs}


def _as_it_was(stop: Stop, begun: Sequence[Progress], now: datetime) -> Stop:
    """Return a stop with the times the crew had. One that is not done yet lasts as long as was thought."""
    first = [moment for one in begun if (moment := one.started_at or one.finished_at)]
    arrive = min(first) if first else stop.arrive
    ended = [one.finished_at for one in begun if one.finished_at]
    if len(ended) == len(stop.jobs):
        leave = max(ended)
    else:
        leave = max(now, arrive + timedelta(minutes=stop.minutes))
    return replace(stop, arrive=arrive, leave=max(leave, arrive), fixed=True)
