"""Coordinates as cities write them: blank, zero for unknown, swapped, or no numbers at all."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from cityhall.apps.service_requests.imports.records import RowRefused

Inside = Callable[[float, float], bool]
"""Says whether (lat, lon) is where the city is."""

Point = tuple[float | None, float | None, str]
"""Latitude, longitude, and what was put right ("" for nothing)."""


def point(lat_text: str, lon_text: str, near: Inside | None = None) -> Point:
    """Return a place from two texts in WGS 84 degrees.

    Blank is no place; so is zero, which cities write for "unknown"; so is one coordinate without the other. Swapped
    coordinates are put right where that is certain: the latitude is out of range, or only the swapped point is `near`.

    Raises:
        RowRefused: not numbers, or no place on Earth either way round.
    """
    if not lat_text and not lon_text:
        return None, None, ""
    if not lat_text or not lon_text:
        return None, None, "half_coordinates"
    try:
        lat, lon = float(lat_text), float(lon_text)
    except ValueError:
        told = f"The coordinates are not numbers: {lat_text[:40]!r}, {lon_text[:40]!r}."
        raise RowRefused("bad_coordinates", told) from None
    if lat == 0.0 or lon == 0.0:
        return None, None, "zero_coordinates"
    straight, turned = _on_earth(lat, lon), _on_earth(lon, lat)
    if not straight and not turned:
        raise RowRefused("bad_coordinates", f"{lat_text[:40]}, {lon_text[:40]} is no place on Earth.")
    if not straight or (turned and near is not None and not near(lat, lon) and near(lon, lat)):
        return lon, lat, "swapped"
    return lat, lon, ""


def box(south: float, west: float, north: float, east: float) -> Inside:
    """Return the test for a box of degrees."""
    return lambda lat, lon: south <= lat <= north and west <= lon <= east


def all_inside(test: Inside, lats: Sequence[float], lons: Sequence[float]) -> Sequence[bool]:
    """Say of many points whether the test holds, all at once where it can."""
    many = getattr(test, "many", None)
    return many(lats, lons) if many is not None else [test(lat, lon) for lat, lon in zip(lats, lons, strict=True)]


def _on_earth(lat: float, lon: float) -> bool:
    return math.isfinite(lat) and math.isfinite(lon) and -90 <= lat <= 90 and -180 <= lon <= 180
