"""Geometry on WGS84 degrees: cells, distances, shapes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import h3.api.basic_int as h3
import shapely
from shapely.geometry import MultiPolygon, Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry

from cityhall.apps.places.contracts import AREA_RESOLUTION, POINT_RESOLUTION, PUBLIC_RESOLUTION, Geometry

EARTH_RADIUS = 6_371_008.8
"""Mean radius of the earth in metres (IUGG)."""
_SHORTEST_EDGE = 55.0
"""Below the shortest edge of a cell at POINT_RESOLUTION anywhere, in metres (H3's table: 75.9 on average)."""


class BadGeometry(ValueError):
    """A shape that cannot be used; the message says why."""


def is_point(lat: float, lon: float) -> bool:
    """Say whether these are degrees on earth."""
    return math.isfinite(lat) and math.isfinite(lon) and -90 <= lat <= 90 and -180 <= lon <= 180


def cell(lat: float, lon: float, resolution: int = POINT_RESOLUTION) -> int:
    """Return the H3 cell of a point, as the signed 64-bit number a database column holds (H3 never sets bit 63)."""
    return int(h3.latlng_to_cell(lat, lon, resolution))


def generalise(lat: float, lon: float) -> tuple[float, float]:
    """Return the centre of the point's H3 cell of resolution 9: all points of a cell look the same."""
    return public_point(h3.latlng_to_cell(lat, lon, PUBLIC_RESOLUTION))


def cells_of(points: Iterable[tuple[float, float]], resolution: int) -> list[int]:
    """Return the cells of points (latitude, longitude); 0 for one that is nowhere on earth."""
    of = h3.latlng_to_cell
    return [
        of(lat, lon, resolution) if -90 <= lat <= 90 and -180 <= lon <= 180 else 0  # neither holds of no number
        for lat, lon in points
    ]


def public_point(one: int) -> tuple[float, float]:
    """Return the place that stands for a cell of PUBLIC_RESOLUTION."""
    found_lat, found_lon = h3.cell_to_latlng(one)
    return round(found_lat, 6), round(found_lon, 6)


def metres(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Return the great-circle distance (haversine formula)."""
    a, b = math.radians(lat1), math.radians(lat2)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(h)))


def cells_within(lat: float, lon: float, radius: float) -> list[int]:
    """Return cells (POINT_RESOLUTION) that hold every point within `radius` metres, and some beyond.

    A disk of k rings reaches at least (1.5 k + 0.5) edges from its centre, and the point lies at most one edge
    from the centre of its cell.
    """
    rings = max(1, math.ceil((radius / _SHORTEST_EDGE + 0.5) / 1.5))
    return [int(found) for found in h3.grid_disk(cell(lat, lon), rings)]


def line_cells(line: Sequence[tuple[float, float]]) -> list[int]:
    """Return the cells (POINT_RESOLUTION) a line of longitude, latitude pairs runs through, sampled every 20 metres."""
    found = {cell(line[0][1], line[0][0])}
    for (lon1, lat1), (lon2, lat2) in pairwise(line):
        steps = max(1, int(metres(lat1, lon1, lat2, lon2) // 20) + 1)
        for i in range(1, steps + 1):
            found.add(cell(lat1 + (lat2 - lat1) * i / steps, lon1 + (lon2 - lon1) * i / steps))
    return sorted(found)


def polygon(geometry: Geometry) -> BaseGeometry:
    """Return the polygon or multipolygon of a GeoJSON geometry, mended when it crosses itself.

    Raises:
        BadGeometry: it is of another type, not in degrees, or nothing is left of it.
    """
    if geometry.get("type") not in {"Polygon", "MultiPolygon"}:
        raise BadGeometry(f"a polygon is needed, this is {geometry.get('type') or 'nothing'}")
    try:
        found = shapely.force_2d(shape(dict(geometry)))
    except (ValueError, TypeError, IndexError, shapely.errors.ShapelyError) as problem:
        raise BadGeometry(f"the coordinates cannot be read: {problem}") from problem
    if found.is_empty:
        raise BadGeometry("the shape is empty")
    west, south, east, north = found.bounds
    if not (is_point(south, west) and is_point(north, east)):
        raise BadGeometry("the coordinates are not degrees of longitude and latitude")
    if not found.is_valid:
        found = only_polygons(shapely.make_valid(found))
    if found.is_empty or found.area == 0:
        raise BadGeometry("the shape has no surface")
    return found


def only_polygons(found: BaseGeometry) -> BaseGeometry:
    """Return the parts of `found` that have a surface."""
    parts = [part for part in shapely.get_parts(shapely.get_parts(found)) if isinstance(part, Polygon) and part.area]
    return shapely.unary_union(parts) if parts else Polygon()


def to_geojson(found: BaseGeometry) -> dict[str, Any]:
    """Return `found` as GeoJSON, coordinates to seven places (a centimetre)."""
    return _rounded(mapping(found))  # type: ignore[no-any-return]


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 7)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value


def covering(found: BaseGeometry) -> dict[int, bool]:
    """Return the cells (AREA_RESOLUTION) a polygon touches, and whether each is wholly inside."""
    cells: dict[int, bool] = {}
    for part in found.geoms if isinstance(found, MultiPolygon) else [found]:
        form = h3.geo_to_h3shape(mapping(part))
        for touched in h3.h3shape_to_cells_experimental(form, AREA_RESOLUTION, contain="overlap"):
            cells.setdefault(int(touched), False)
        for inner in h3.h3shape_to_cells_experimental(form, AREA_RESOLUTION, contain="full"):
            cells[int(inner)] = True
    return cells


def along(line: Sequence[tuple[float, float]], share: float) -> tuple[float, float]:
    """Return the point (latitude, longitude) at `share` (0 to 1) of a line's length."""
    lengths = [metres(a[1], a[0], b[1], b[0]) for a, b in pairwise(line)]
    left = max(0.0, min(1.0, share)) * sum(lengths)
    for (lon1, lat1), (lon2, lat2), length in zip(line, line[1:], lengths, strict=False):
        if left <= length and length > 0:
            part = left / length
            return lat1 + (lat2 - lat1) * part, lon1 + (lon2 - lon1) * part
        left -= length
    return line[-1][1], line[-1][0]


def distance_to_line(lat: float, lon: float, line: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    """Return metres to the nearest point of a line, and that point's latitude and longitude (flat near the point)."""
    stretch = math.cos(math.radians(lat))
    best = (math.inf, lat, lon)
    for (lon1, lat1), (lon2, lat2) in pairwise(line):
        dx, dy = (lon2 - lon1) * stretch, lat2 - lat1
        length = dx * dx + dy * dy
        part = 0.0 if length == 0 else (((lon - lon1) * stretch) * dx + (lat - lat1) * dy) / length
        part = max(0.0, min(1.0, part))
        at_lat, at_lon = lat1 + (lat2 - lat1) * part, lon1 + (lon2 - lon1) * part
        best = min(best, (metres(lat, lon, at_lat, at_lon), at_lat, at_lon))
    return best
