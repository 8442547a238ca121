"""The flat frame the city is drawn in, and where on Earth it is put.

Harborview does not exist. Its frame is metres east (x) and north (y) of the harbour, and it is laid on open ocean
about 130 km from the nearest island, so that nothing real is ever mislabelled.
"""

from __future__ import annotations

import math

ORIGIN_LAT = 33.0
ORIGIN_LON = -120.9

# One degree of latitude in metres on the WGS 84 ellipsoid near 33 degrees north; longitude shrinks by the cosine.
# Over a city ten kilometres wide the flat frame is wrong by less than two metres.
METRES_LAT = 110_914.0
METRES_LON = 111_412.0 * math.cos(math.radians(ORIGIN_LAT))

Point = tuple[float, float]


def to_lat_lon(x: float, y: float) -> Point:
    """Return (lat, lon) in WGS 84 degrees for a point of the frame, rounded to about 0.1 m."""
    return round(ORIGIN_LAT + y / METRES_LAT, 6), round(ORIGIN_LON + x / METRES_LON, 6)


def to_lon_lat(x: float, y: float) -> Point:
    """Return (lon, lat), GeoJSON's order."""
    lat, lon = to_lat_lon(x, y)
    return lon, lat


def to_metres(lat: float, lon: float) -> Point:
    """Return the frame's (x, y) in metres for a place in degrees."""
    return (lon - ORIGIN_LON) * METRES_LON, (lat - ORIGIN_LAT) * METRES_LAT
