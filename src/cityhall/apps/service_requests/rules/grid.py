"""The hexagon grid (H3): cells of points, rings around a point, cells that cover a box.

Cells are kept as integers; H3's highest bit is never set, so that they fit PostgreSQL's signed bigint.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import h3
import h3.api.basic_int as h3_int

FINE = 10
COARSE = 7
_EARTH_METRES = 6_371_008.8
# At resolution 10 the shortest cell edge is a little over 50 m; each ring adds at least one and a half edges.
_FIRST_RING_METRES = 50
_RING_METRES = 75
_MOST_CELLS = 60
_RESOLUTION_BIT = 52
_LARGE_DEGREES = 2.0
_LARGEST = 3
_EDGES = 3
_OVERHANG = 1.7
"""Average edges from a cell's centre within which all that is below it lies; of 150,000 points none was beyond 1.14."""
_FEW_STREETS = 0.00003
"""In square degrees: a third of a square kilometre at the equator, and some 25 cells of resolution 10."""


def cell(lat: float, lon: float, resolution: int) -> int:
    """Return the H3 cell of a point in degrees."""
    return int(h3_int.latlng_to_cell(lat, lon, resolution))


def cells(points: Iterable[tuple[float, float]], resolution: int) -> list[int]:
    """Return the H3 cells of points (latitude, longitude)."""
    of = h3_int.latlng_to_cell
    return [of(lat, lon, resolution) for lat, lon in points]


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


def spans(west: float, south: float, east: float, north: float, resolution: int) -> list[tuple[int, int]]:
    """Return first and last cells of the ranges that hold every cell of a resolution with a point in the box.

    Cells below one larger cell follow one another, so that few ranges do: those of the larger cells around the box's
    middle. They hold cells beyond the box too, as a cell is not wholly inside the larger one.
    """
    whole = (1 << 59) | (resolution << _RESOLUTION_BIT)
    everything = [(whole, whole + (1 << _RESOLUTION_BIT) - 1)]
    if not (0 <= north - south < _LARGE_DEGREES and 0 <= east - west < _LARGE_DEGREES):
        return everything
    lat, lon = (south + north) / 2, (west + east) / 2
    reach = max(distance(lat, lon, south, west), distance(lat, lon, north, west))
    for larger in range(resolution, _LARGEST - 1, -1):
        edge = h3.average_hexagon_edge_length(larger, unit="m")
        if reach <= _EDGES * edge:
            break
    else:
        return everything
    # Each ring adds at least one and a half edges; the shortest edges of a resolution are two thirds of the average.
    steps = 1 + math.ceil(reach / edge)
    within = (1 << 3 * (15 - larger)) - (1 << 3 * (15 - resolution))
    bits = 15 << _RESOLUTION_BIT
    around = h3_int.grid_disk(h3_int.latlng_to_cell(lat, lon, larger), steps)
    near = [one for one in around if _beside(one, west, south, east, north) <= _OVERHANG * edge]
    first = sorted((one & ~bits | resolution << _RESOLUTION_BIT) & ~within for one in near)
    return [(one, one | within) for one in first]


def _beside(value: int, west: float, south: float, east: float, north: float) -> float:
    """Return the metres from a cell's centre to the nearest point of the box, 0 inside it."""
    lat, lon = h3_int.cell_to_latlng(value)
    middle = (west + east) / 2
    lon = middle + (lon - middle + 180) % 360 - 180  # the shorter way around the earth
    return distance(lat, lon, min(max(lat, south), north), min(max(lon, west), east))


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
