"""What a person changes of a plan: the order, the crew, a shared stop, what is left out. Times follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from cityhall.apps.day_plans.contracts import Act, Content, LeftOut, Route, Stop, Why
from cityhall.apps.day_plans.rules.timing import metres_between, timed


def changed(content: Content, act: Act, key: UUID, crew_id: UUID | None = None) -> Content | None:
    """Return the plan after a change; None when it cannot be made: no such stop or crew, or the stop is fixed.

    Args:
        key: the stop's, or with TAKE_IN a request that is left out.
        crew_id: who gets it, with GIVE and TAKE_IN.
    """
    if act is Act.TAKE_IN:
        return _taken_in(content, key, crew_id)
    found = [(n, i) for n, route in enumerate(content.routes) for i, stop in enumerate(route.stops) if stop.key == key]
    if not found:
        return None
    number, index = found[0]
    route = content.routes[number]
    stop = route.stops[index]
    if stop.fixed:
        return None
    if act in {Act.EARLIER, Act.LATER}:
        other = index + (1 if act is Act.LATER else -1)
        if not 0 <= other < len(route.stops) or route.stops[other].fixed:
            return None
        order = list(route.stops)
        order[index], order[other] = order[other], order[index]
        return _with(content, number, lambda _stops: tuple(order))
    if act is Act.SPLIT:
        if len(stop.jobs) < 2:
            return None
        apart = tuple(replace(stop, jobs=(replace(job, alone=True),)) for job in stop.jobs)
        return _with(content, number, lambda stops: (*stops[:index], *apart, *stops[index + 1 :]))
    without = _with(content, number, lambda stops: (*stops[:index], *stops[index + 1 :]))
    if act is Act.LEAVE_OUT:
        left = tuple(LeftOut(job.request_id, Why.BY_HAND, job) for job in stop.jobs)
        return replace(without, left_out=(*left, *without.left_out))
    return None if crew_id == route.crew_id else _put(without, stop, crew_id)


def _taken_in(content: Content, request_id: UUID, crew_id: UUID | None) -> Content | None:
    job = next((one.job for one in content.left_out if one.request_id == request_id), None)
    if job is None or not content.routes:
        return None
    rest = tuple(one for one in content.left_out if one.request_id != request_id)
    begins = content.routes[0].begins
    return _put(replace(content, left_out=rest), Stop((job,), begins, begins), crew_id)


def _put(content: Content, stop: Stop, crew_id: UUID | None) -> Content | None:
    """Put a stop into a crew's day where it makes the least way, after what is fixed."""
    number = next((n for n, route in enumerate(content.routes) if route.crew_id == crew_id), None)
    if number is None:
        return None
    route = content.routes[number]
    first = sum(1 for one in route.stops if one.fixed)
    at = min(range(first, len(route.stops) + 1), key=lambda index: _detour(route, stop, index))
    return _with(content, number, lambda stops: (*stops[:at], stop, *stops[at:]))


def _detour(route: Route, stop: Stop, index: int) -> int:
    depot = (route.lat, route.lon)
    places = [depot, *((one.jobs[0].lat, one.jobs[0].lon) for one in route.stops), depot]
    here, there = places[index], places[index + 1]
    spot = (stop.jobs[0].lat, stop.jobs[0].lon)
    return metres_between(*here, *spot) + metres_between(*spot, *there) - metres_between(*here, *there)


def _with(content: Content, number: int, stops: Callable[[tuple[Stop, ...]], tuple[Stop, ...]]) -> Content:
    route = content.routes[number]
    fresh = timed(replace(route, stops=stops(route.stops)))
    return replace(content, routes=(*content.routes[:number], fresh, *content.routes[number + 1 :]))
