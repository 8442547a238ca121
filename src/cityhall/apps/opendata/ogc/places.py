"""The coordinate systems that places are asked for and given in."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from cityhall.kernel.analytics.errors import QueryError

CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG_4326: Final = "http://www.opengis.net/def/crs/EPSG/0/4326"
EPSG_3857: Final = "http://www.opengis.net/def/crs/EPSG/0/3857"
_RADIUS: Final = 6_378_137.0
_NEAREST_POLE: Final = 89.99
Pair = tuple[float, float]


def _to_mercator(lon: float, lat: float) -> Pair:
    lat = max(-_NEAREST_POLE, min(_NEAREST_POLE, lat))
    y = _RADIUS * math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))
    return round(_RADIUS * math.radians(lon), 3), round(y, 3)


def _from_mercator(x: float, y: float) -> Pair:
    angle = max(-50.0, min(50.0, y / _RADIUS))
    return math.degrees(x / _RADIUS), math.degrees(2 * math.atan(math.exp(angle)) - math.pi / 2)


def _swapped(first: float, second: float) -> Pair:
    return second, first


def _same(first: float, second: float) -> Pair:
    return first, second


_KNOWN: Final[dict[str, tuple[Callable[[float, float], Pair], Callable[[float, float], Pair]]]] = {
    CRS84: (_same, _same),
    EPSG_4326: (_swapped, _swapped),
    EPSG_3857: (_from_mercator, _to_mercator),
}
ALL: Final = tuple(_KNOWN)


def to_degrees(crs: str) -> Callable[[float, float], Pair]:
    """Return what turns a pair into longitude and latitude. Raises QueryError for an unknown system."""
    return _of(crs)[0]


def from_degrees(crs: str) -> Callable[[float, float], Pair]:
    """Return what turns longitude and latitude into a pair. Raises QueryError for an unknown system."""
    return _of(crs)[1]


def _of(crs: str) -> tuple[Callable[[float, float], Pair], Callable[[float, float], Pair]]:
    if crs not in _KNOWN:
        raise QueryError(f"There is no coordinate system {crs[:100]!r} here. There are: {', '.join(ALL)}.")
    return _KNOWN[crs]
