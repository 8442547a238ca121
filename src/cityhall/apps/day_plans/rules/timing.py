"""When a crew is where. Ways are as the crow flies with a detour, at a speed in town: no street network is asked."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, timedelta

from cityhall.apps.day_plans.contracts import Route, Stop, Trouble

#: How much longer a way by street is than as the crow flies, on average.
DETOUR = 1.35
_EARTH = 6_371_008.8


def metres_between(lat: float, lon: float, other_lat: float, other_lon: float) -> int:
    """Return the metres a vehicle probably drives between two points."""
    first, second = math.radians(lat), math.radians(other_lat)
    half = (
        math.sin((second - first) / 2) ** 2
        + math.cos(first) * math.cos(second) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    )
    return round(2 * _EARTH * math.asin(min(1.0, math.sqrt(half))) * DETOUR)


def seconds_between(speed: float, lat: float, lon: float, other_lat: float, other_lon: float) -> int:
    """Return the whole seconds of a way at `speed` metres a second."""
    return math.ceil(metres_between(lat, lon, other_lat, other_lon) / speed)


def timed(route: Route) -> Route:
    """Return the route with the times its order gives. What is fixed keeps its own; a crew waits for a window."""
    now, lat, lon, driven = route.begins, route.lat, route.lon, 0
    stops: list[Stop] = []
    for stop in route.stops:
        first = stop.jobs[0]
        way = seconds_between(route.speed, lat, lon, first.lat, first.lon)
        driven += way
        if stop.fixed:
            stops.append(stop)
            now = max(now, stop.leave)
        else:
            arrive = max([now + timedelta(seconds=way), *(job.earliest for job in stop.jobs if job.earliest)])
            now = arrive + timedelta(minutes=stop.minutes)
            stops.append(replace(stop, arrive=arrive, leave=now))
        lat, lon = first.lat, first.lon
    home = seconds_between(route.speed, lat, lon, route.lat, route.lon) if stops else 0
    return replace(route, stops=tuple(stops), back=now + timedelta(seconds=home), drive_seconds=driven + home)


def troubles_of_stop(route: Route, stop: Stop) -> tuple[Trouble, ...]:
    """Return what does not fit: a skill the crew has not, a time that somebody was promised."""
    found = []
    if any(job.skill and job.skill not in route.skills for job in stop.jobs):
        found.append(Trouble.SKILL)
    latest = [job.latest for job in stop.jobs if job.latest]
    if latest and not stop.fixed and stop.arrive > min(latest):
        found.append(Trouble.LATE)
    return tuple(found)


def troubles_of_route(route: Route) -> tuple[Trouble, ...]:
    """Return what does not fit: more jobs than the vehicle takes, a day that ends too late."""
    found = []
    if route.jobs > route.most_jobs:
        found.append(Trouble.OVER)
    if route.stops and route.back and route.back > route.until:
        found.append(Trouble.LONG)
    return tuple(found)


def whole_seconds(start: datetime, moment: datetime) -> int:
    """Return the seconds from one moment to another, as clocks everywhere count them: a day may have 23 hours."""
    return int((moment - start).total_seconds())
