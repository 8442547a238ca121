"""Distances and shapes on the globe, for engines without spatial functions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import shapely

from cityhall.kernel.analytics.errors import TypeMismatch

EARTH_RADIUS = 6_371_008.8
"""Mean radius in metres."""


@dataclass(frozen=True, slots=True)
class Box:
    """Bounds in degrees. `west` greater than `east`: the box crosses the date line."""

    south: float
    west: float
    north: float
    east: float


def box(north: float, west: float, south: float, east: float) -> Box:
    """Return bounds given by their north-western and south-eastern corners. Raises TypeMismatch."""
    _check(north, west)
    _check(south, east)
    if south > north:
        raise TypeMismatch("The box's first corner is the north-western one: its latitude must be the greater.")
    return Box(south, west, north, east)


def box_around(latitude: float, longitude: float, metres: float) -> Box:
    """Return bounds, a hair wider than a circle. Raises TypeMismatch."""
    _check(latitude, longitude)
    if not 0 <= metres <= EARTH_RADIUS * math.pi:
        raise TypeMismatch("The radius must be a number of metres, from 0 up to half way round the Earth.")
    angle = metres / EARTH_RADIUS + 1e-9
    height = math.degrees(angle)
    south, north = latitude - height, latitude + height
    if south <= -90 or north >= 90:
        return Box(max(south, -90), -180, min(north, 90), 180)
    width = math.degrees(math.asin(min(1.0, math.sin(angle) / math.cos(math.radians(latitude))))) + 1e-9
    west, east = longitude - width, longitude + width
    return Box(south, west + 360 if west < -180 else west, north, east - 360 if east > 180 else east)


def polygon(text: str) -> shapely.Geometry:
    """Return the area a text describes in WKT, longitude first. Raises TypeMismatch."""
    try:
        area = shapely.from_wkt(text)
    except shapely.errors.ShapelyError as error:
        raise TypeMismatch(
            "The area is not a POLYGON or MULTIPOLYGON in WKT, such as POLYGON((lon lat, ...))."
        ) from error
    if area is None or area.geom_type not in ("Polygon", "MultiPolygon") or area.is_empty:
        raise TypeMismatch("The area must be a POLYGON or MULTIPOLYGON that is not empty.")
    if not shapely.is_valid(area):
        area = shapely.make_valid(area)
    shapely.prepare(area)
    return area


def _check(latitude: float, longitude: float) -> None:
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise TypeMismatch(
            "A latitude lies between -90 and 90 and a longitude between -180 and 180; latitude comes first."
        )
