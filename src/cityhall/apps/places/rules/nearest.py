"""The nearest of many points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from cityhall.apps.places.rules.geometry import metres

Place = tuple[float, float]
"""Longitude and latitude."""


class Nearest:
    """Finds the nearest of `points`. Two just as near give the first, so their order decides."""

    def __init__(self, points: Sequence[Place]) -> None:
        self._points = points
        # Degrees of longitude are as long as those of latitude once they are shortened, near enough within a city.
        self._shorter = math.cos(math.radians(sum(lat for _lon, lat in points) / len(points))) if points else 1.0
        self._tree = shapely.STRtree(self._flat(points))

    def of(self, places: Sequence[Place], within: float) -> list[Place | None]:
        """Return the point nearest to each place, None where none is within so many metres."""
        if not self._points or not places:
            return [None] * len(places)
        asked, found = self._tree.query_nearest(self._flat(places))
        first: dict[int, int] = {}
        for one, at in zip(asked.tolist(), found.tolist(), strict=True):
            first[one] = min(at, first.get(one, at))
        nearest = [self._points[first[one]] for one in range(len(places))]
        return [
            point if metres(lat, lon, point[1], point[0]) <= within else None
            for (lon, lat), point in zip(places, nearest, strict=True)
        ]

    def _flat(self, places: Sequence[Place]) -> Any:
        degrees = np.array(places, dtype=float).reshape(-1, 2)
        return shapely.points(degrees * (self._shorter, 1.0))
