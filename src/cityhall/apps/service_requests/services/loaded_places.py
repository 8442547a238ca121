"""Where loaded requests are: cells, areas and the public form of their places, for a batch at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cityhall.apps.places import public as places
from cityhall.apps.places.contracts import PUBLIC_RESOLUTION
from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import Detail, LoadedRequest
from cityhall.apps.service_requests.rules import grid
from cityhall.apps.service_requests.services import copying

Point = tuple[float, float]

_ROUGHLY = Detail.GENERALISED
_NO_PUBLIC_POINT = "\t\\N\t\\N\t\\N\t\\N\t{}"
_NO_POINT = "\\N\t\\N\t\\N\t{}" + _NO_PUBLIC_POINT


@dataclass(frozen=True, slots=True)
class Spots:
    """Where the points of requests are in the grid: all that can be said of them without the database.

    Args:
        placed: which of the requests have a point; the others are lists of as many.
        lines: the columns `lat`, `lon` and `cell`.
    """

    placed: Sequence[int]
    points: Sequence[Point]
    fine: Sequence[int]
    rough: Sequence[int]
    of_areas: Sequence[int]
    lines: Sequence[str]


def spots(requests: Sequence[LoadedRequest]) -> Spots:
    """Return where the points of requests are."""
    at = [(one.place.lat, one.place.lon) for one in requests]
    placed = [index for index, (lat, lon) in enumerate(at) if lat is not None and lon is not None]
    points = [(lat, lon) for lat, lon in at if lat is not None and lon is not None]
    fine = grid.cells(points, grid.FINE)
    return Spots(
        placed,
        points,
        fine,
        grid.cells(points, PUBLIC_RESOLUTION),
        places.area_cells(points),
        [f"{lat}\t{lon}\t{cell}\t" for (lat, lon), cell in zip(points, fine, strict=True)],
    )


@dataclass(slots=True)
class Places:
    """What a load knows of the city's places, kept from batch to batch until an area changes."""

    areas: places.AreaFinder[str] = field(default_factory=lambda: places.AreaFinder(copying.ids))
    _rough: dict[int, str] = field(default_factory=dict)
    _changes: int = 0

    def columns(self, spots: Spots, details: Sequence[Detail]) -> list[str]:
        """Return for each request the columns from `lat` to `public_areas`."""
        lines = [_NO_POINT] * len(details)
        if not spots.placed:
            return lines
        areas = self.areas(spots.points, spots.of_areas)
        at = zip(spots.placed, spots.points, spots.fine, spots.rough, spots.lines, areas, strict=True)
        self._learn(one for one, index in zip(spots.rough, spots.placed, strict=True) if details[index] is _ROUGHLY)
        for index, (lat, lon), cell, larger, line, found in at:
            detail = details[index]
            if detail is _ROUGHLY:
                public = self._rough[larger]
            elif detail is Detail.EXACT:
                public = _public(lat, lon, cell, found)
            else:
                public = _NO_PUBLIC_POINT
            lines[index] = line + found + public
        return lines

    def _learn(self, cells: Iterable[int]) -> None:
        """Make the public columns of cells that were not met before: all points of one look the same."""
        if self._changes != self.areas.changes:
            self._rough.clear()
            self._changes = self.areas.changes
        new = [one for one in dict.fromkeys(cells) if one not in self._rough]
        if not new:
            return
        points = [places.public_point(one) for one in new]
        for one, (lat, lon), found in zip(new, points, self.areas(points), strict=True):
            self._rough[one] = _public(lat, lon, grid.cell(lat, lon, grid.FINE), found)
        self._changes = self.areas.changes


def _public(lat: float, lon: float, fine: int, areas: str) -> str:
    return f"\t{lat}\t{lon}\t{fine}\t{grid.cell(lat, lon, grid.COARSE)}\t{areas}"


def public_addresses(ready: Sequence[LoadedRequest], details: Sequence[Detail]) -> list[str]:
    """Return the public form of each request's address."""
    return [
        rules.public_address(how, one.place.address, places.generalise_address)[:300]
        for one, how in zip(ready, details, strict=True)
    ]
