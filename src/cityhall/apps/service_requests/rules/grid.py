"""The hexagon grid (H3): cells of points, rings around a point, cells that cover a box.

Cells are kept as integers; H3's highest bit is never set, so that they fit PostgreSQL's signed bigint.
"""

from __future__ import annotations

import math

import h3
import h3.api.basic_int as h3_int

FINE = 10
COARSE = 7
_EARTH_METRES = 6_371_008.8
# At resolution 10 the shortest cell edge is a little over 50 m; each ring adds at least one and a half edges.
_FIRST_RING_METRES = 50
_RING_METRES = 75
_MOST_CELLS = 60
_FEW_STREETS = 0.00003
"""In square degrees: a third of a square kilometre at the equator, and some 25 cells of resolution 10."""


def cell(lat: float, lon: float, resolution: int) -> int:
    """Return the H3 cell of a point in degrees."""
    return int(h3_int.latlng_to_cell(lat, lon, resolution))


def ring(lat: float, lon: float, metres: float) -> list[int]:
    """Return the cells of resolution 10 that hold every point within `metres` of the point, and some beyond."""
    steps = 1 + max(0, math.ceil((metres - _FIRST_RING_METRES) / _RING_METRES))
    return [int(one) for one in h3_int.grid_disk(h3_int.latlng_to_cell(lat, lon, FINE), steps)]


def cover(west: float, south: float, east: float, north: float) -> tuple[int, list[int]] | None:
    """Return a resolution and its cells that touch the box, None when they are too many to be worth naming.

    A few streets are covered by cells of resolution 10, anything larger by cells of resolution 7.
    """
    if not (west < east and south < north) or (east - west) * (north - south) > 0.5:
        return None
    box = h3.LatLngPoly([(south, west), (south, east), (north, east), (north, west)])
    resolution = FINE if (east - west) * (north - south) < _FEW_STREETS else COARSE
    cells = h3.h3shape_to_cells_experimental(box, resolution, contain="overlap")
    return (resolution, [int(h3.str_to_int(one)) for one in cells]) if len(cells) <= _MOST_CELLS else None


def centre(value: int) -> tuple[float, float]:
    """Return the latitude and longitude of a cell's centre."""
    lat, lon = h3.cell_to_latlng(h3.int_to_str(value))
    return float(lat), float(lon)


def box_around(lat: float, lon: float, metres: float) -> tuple[float, float, float, float]:
    """Return west, south, east, north of the box that holds the circle."""
    up = math.degrees(metres / _EARTH_METRES)
    aside = min(180.0, up / max(0.01, math.cos(math.radians(lat))))
    return lon - aside, lat - up, lon + aside, lat + up


def distance(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Return the metres between two points on a sphere (haversine)."""
    one, two = math.radians(lat), math.radians(other_lat)
    half = math.sin((two - one) / 2) ** 2
    half += math.cos(one) * math.cos(two) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    return 2 * _EARTH_METRES * math.asin(min(1.0, math.sqrt(half)))
