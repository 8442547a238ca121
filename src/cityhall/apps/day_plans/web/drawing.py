"""Routes as a picture that needs no script: straight lines, told apart by letter and pattern as well as by colour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cityhall.apps.day_plans.contracts import Content, Route

WIDTH, HEIGHT, EDGE = 420, 300, 24
#: Patterns and colours there are; a ninth crew begins again, its letter is its own.
STYLES = 6


def letter(number: int) -> str:
    """Return what a route is called on maps and lists: A to Z, then AA, AB and on."""
    first, last = divmod(number, 26)
    return (chr(64 + first) if first else "") + chr(65 + last)


def style(number: int) -> int:
    """Return which of the patterns and colours a route has, from 1."""
    return number % STYLES + 1


def lines(route: Route) -> list[tuple[float, float]]:
    """Return latitude and longitude of every point of a route: depot, stops, depot."""
    if not route.stops:
        return []
    depot = (route.lat, route.lon)
    return [depot, *((stop.jobs[0].lat, stop.jobs[0].lon) for stop in route.stops), depot]


def sketch(content: Content) -> SafeString:
    """Return the routes as SVG; "" when nobody goes anywhere."""
    points = [point for route in content.routes for point in lines(route)]
    if not points:
        return SafeString("")
    place = _onto_sheet(points)
    drawn, badges = [], []
    for number, route in enumerate(content.routes):
        line = lines(route)
        way = "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in (place(*point) for point in line))
        if not line:
            continue
        drawn.append((style(number), way))
        for index, point in enumerate(line[1:-1], start=1):
            x, y = place(*point)
            badges.append((style(number), f"{x:.0f}", f"{y:.0f}", f"{letter(number)}{index}"))
    depots = {place(route.lat, route.lon) for route in content.routes if route.stops}
    return format_html(
        '<svg class="route-sketch" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}</svg>',
        WIDTH,
        HEIGHT,
        _("The routes, stop by stop in straight lines. The lists have the same order."),
        format_html_join("", '<path class="route-line route--{}" d="{}"/>', drawn),
        format_html_join(
            "",
            '<rect class="route-depot" x="{}" y="{}" width="14" height="14"/>',
            [(f"{x - 7:.0f}", f"{y - 7:.0f}") for x, y in sorted(depots)],
        ),
        format_html_join(
            "",
            '<g class="route-stop route--{}"><circle cx="{}" cy="{}" r="13"/><text x="{}" y="{}">{}</text></g>',
            [(kind, x, y, x, y, name) for kind, x, y, name in badges],
        ),
    )


def _onto_sheet(points: Sequence[tuple[float, float]]) -> Any:
    south, north = min(lat for lat, _lon in points), max(lat for lat, _lon in points)
    west, east = min(lon for _lat, lon in points), max(lon for _lat, lon in points)
    narrow = math.cos(math.radians((south + north) / 2))
    room = (WIDTH - 2 * EDGE, HEIGHT - 2 * EDGE)
    scale = min(room[0] / max((east - west) * narrow, 1e-5), room[1] / max(north - south, 1e-5))
    left = (WIDTH - (east - west) * narrow * scale) / 2
    top = (HEIGHT - (north - south) * scale) / 2

    def place(lat: float, lon: float) -> tuple[float, float]:
        return left + (lon - west) * narrow * scale, top + (north - lat) * scale

    return place


def geojson(content: Content, titles: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Return the routes for the map: a line each, and a point for each stop, with what it is called."""
    features: list[dict[str, Any]] = []
    for number, route in enumerate(content.routes):
        line = lines(route)
        if not line:
            continue
        features.append(
            {
                "type": "Feature",
                "properties": {"route": style(number)},
                "geometry": {"type": "LineString", "coordinates": [[lon, lat] for lat, lon in line]},
            }
        )
        for index, stop in enumerate(route.stops):
            said = {"route": style(number), "label": f"{letter(number)}{index + 1}", "title": titles[number][index]}
            job = stop.jobs[0]
            features.append(
                {
                    "type": "Feature",
                    "properties": {**said, "key": str(stop.key)},
                    "geometry": {"type": "Point", "coordinates": [job.lon, job.lat]},
                }
            )
    return {"type": "FeatureCollection", "features": features}
