"""Vector tiles of a dataset's places: what is asked for one tile, and its rows or groups of rows as dots.

A tile shows its rows when there are few of them. When there are more, it shows groups: the rows of each square of a
grid as one dot in their middle, with how many they are. So no tile is large, however many rows a dataset has.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cityhall.apps.opendata.ogc.mvt import EXTENT, Dot, tile
from cityhall.kernel.analytics.building import call, checked
from cityhall.kernel.analytics.columns import CELL_ZOOM, ID, Column, Type
from cityhall.kernel.analytics.functions import Function as F
from cityhall.kernel.analytics.query import Expression, Field, Item, Literal, Query

DEEPEST: Final = 22
MOST_ROWS: Final = 500
"""A tile with more rows shows groups of them. Each row's values are fetched from wherever in a large table they lie."""
ROWS, GROUPS = "rows", "groups"
"""The layers."""
_SQUARES: Final = 32
"""Of the grid, on each side of a tile: at most their square is the number of groups."""
OF_CELLS: Final = CELL_ZOOM - _SQUARES.bit_length() + 1
"""The last zoom at which no square of the grid is smaller than a cell."""


@dataclass(frozen=True, slots=True)
class Square:
    """One tile of WebMercatorQuad: its zoom, column from the west and row from the north."""

    zoom: int
    x: int
    y: int

    @property
    def is_there(self) -> bool:
        """Say whether there is such a tile."""
        return self.zoom <= DEEPEST and self.x < 2**self.zoom and self.y < 2**self.zoom

    @property
    def sides(self) -> tuple[float, float, float, float]:
        """Return west, south, east and north in degrees."""
        side = 2**self.zoom
        west, east = (360 * at / side - 180 for at in (self.x, self.x + 1))
        north, south = (
            math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * at / side)))) for at in (self.y, self.y + 1)
        )
        return west, south, east, north

    def place(self, lon: float, lat: float) -> tuple[int, int]:
        """Return where a place lies, in steps from the upper left corner."""
        side = 2**self.zoom * EXTENT
        x, y = math.floor(_across(lon) * side) - self.x * EXTENT, math.floor(_down(lat) * side) - self.y * EXTENT
        return max(0, min(EXTENT - 1, x)), max(0, min(EXTENT - 1, y))


def _across(lon: float) -> float:
    """Return how far east a place lies, from 0 to 1."""
    return (lon + 180) / 360


def _down(lat: float) -> float:
    """Return how far south a place lies, from 0 to 1 within the world of the tiles."""
    return (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2


def reach(zoom: int, bounds: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    """Return the first and the last row, and the first and the last column, of the tiles in which there are rows."""
    west, south, east, north = bounds
    rows, columns = (_down(north), _down(south)), (_across(west), _across(east))
    first, last, left, right = (max(0, min(2**zoom - 1, math.floor(one * 2**zoom))) for one in (*rows, *columns))
    return first, last, left, right


def grouped(square: Square, place: Column) -> Query:
    """Return what asks for the groups of a tile: how many rows each square of the grid has, and their middle."""
    west, south, east, north = square.sides
    lon, lat = _degrees(place)
    across, up = _step(lon, west, east), _step(lat, south, north)
    key = call(F.ADD, across, call(F.MULTIPLY, up, _literal(_SQUARES)))
    items = (
        Item(call(F.COUNT_ALL), "count"),
        Item(call(F.AVG, lon), "lon"),
        Item(call(F.AVG, lat), "lat"),
    )
    return checked(items=items, conditions=_within(square, place), group=(key,))


def gathered(square: Square) -> Query:
    """Return what asks for the groups of a tile where they are counted by cells already, up to the zoom `OF_CELLS`."""
    side = 2 ** (CELL_ZOOM - square.zoom)
    x, y, count, lon, lat = (Field(one, Type.NUMBER) for one in ("x", "y", "count", "lon", "lat"))
    across, down = (call(F.FLOOR, call(F.DIVIDE, one, _literal(side / _SQUARES))) for one in (x, y))
    key = call(F.ADD, across, call(F.MULTIPLY, down, _literal(2**CELL_ZOOM)))
    many = call(F.SUM, count)
    items = (
        Item(many, "count"),
        Item(call(F.DIVIDE, call(F.SUM, lon), many), "lon"),
        Item(call(F.DIVIDE, call(F.SUM, lat), many), "lat"),
    )
    within = [
        call(function, one, _literal(side * at))
        for one, first in ((x, square.x), (y, square.y))
        for function, at in ((F.GE, first), (F.LT, first + 1))
    ]
    return checked(items=items, conditions=within, group=(key,))


def listed(square: Square, place: Column, columns: Iterable[Column]) -> Query:
    """Return what asks for the rows of a tile: their ids and `columns`, the place among them."""
    items = tuple(Item(Field(one.name, one.type), one.name) for one in (Column(ID, Type.TEXT), *columns))
    return checked(items=items, conditions=_within(square, place), limit=MOST_ROWS)


def of_groups(square: Square, found: Iterable[tuple[float, float, float]]) -> bytes:
    """Return a tile of groups, each a count, a longitude and a latitude."""
    return tile({GROUPS: (Dot(*square.place(lon, lat), {"count": int(count)}) for count, lon, lat in found)})


def of_rows(square: Square, features: Iterable[Mapping[str, Any]]) -> bytes:
    """Return a tile of GeoJSON features. Values that are empty, or places of their own, are left out."""
    return tile({ROWS: _dots(square, features)})


def _dots(square: Square, features: Iterable[Mapping[str, Any]]) -> Iterator[Dot]:
    for one in features:
        if one["geometry"] is not None:
            told = {name: value for name, value in one["properties"].items() if isinstance(value, str | int | float)}
            yield Dot(*square.place(*one["geometry"]["coordinates"]), {ID: one["id"], **told})


def _within(square: Square, place: Column) -> list[Expression]:
    """Return the conditions of a tile. Only the world's last column has its eastern edge: no row is in two tiles."""
    west, south, east, north = square.sides
    lon, lat = _degrees(place)
    before = F.LE if square.x == 2**square.zoom - 1 else F.LT
    return [
        call(F.GE, lon, _literal(west)),
        call(before, lon, _literal(east)),
        call(F.GT, lat, _literal(south)),
        call(F.LE, lat, _literal(north)),
    ]


def _degrees(place: Column) -> tuple[Expression, Expression]:
    field = Field(place.name, place.type)
    return call(F.LONGITUDE, field), call(F.LATITUDE, field)


def _step(degrees: Expression, first: float, last: float) -> Expression:
    """Return in which of the grid's steps from `first` to `last` degrees lie."""
    return call(
        F.FLOOR, call(F.MULTIPLY, call(F.SUBTRACT, degrees, _literal(first)), _literal(_SQUARES / (last - first)))
    )


def _literal(number: float) -> Literal:
    return Literal(float(number), Type.NUMBER)
