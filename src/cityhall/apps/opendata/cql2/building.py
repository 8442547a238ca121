"""Makes checked conditions of CQL2's operators, values of time and shapes."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Final

from cityhall.kernel.analytics.building import NULL, call
from cityhall.kernel.analytics.columns import Column, Type
from cityhall.kernel.analytics.errors import NoSuchColumn, NoSuchFunction, QueryError, TypeMismatch
from cityhall.kernel.analytics.functions import Function as F
from cityhall.kernel.analytics.query import Expression, Field, Literal

LONGEST: Final = 16_384
DEEPEST: Final = 40
"""How many operators and parentheses may stand within one another as they are written."""

_SIMPLE: Final = {
    "=": (F.EQ, 2),
    "<>": (F.NE, 2),
    "<": (F.LT, 2),
    "<=": (F.LE, 2),
    ">": (F.GT, 2),
    ">=": (F.GE, 2),
    "between": (F.BETWEEN, 3),
    "+": (F.ADD, 2),
    "*": (F.MULTIPLY, 2),
    "/": (F.DIVIDE, 2),
    "%": (F.MODULO, 2),
    "^": (F.POWER, 2),
}
_TEMPORAL: Final = (Type.TIMESTAMP, Type.INSTANT)


class FilterProblem(QueryError):
    """A text that is no CQL2, or CQL2 that is not answered here."""

    code = "filter_malformed"


@dataclass(frozen=True, slots=True)
class Moment:
    """A literal of time. Without an offset it is the city's wall clock; a day alone is its midnight."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Shape:
    """A literal of geometry as it was written: a point is a ring of one; a box is two corners; polygons are rings."""

    kind: str
    polygons: tuple[tuple[tuple[tuple[float, float], ...], ...], ...]


def check_length(text: str) -> None:
    """Refuse a filter that is too long. Raises FilterProblem."""
    if len(text) > LONGEST:
        raise FilterProblem(f"The filter is longer than {LONGEST:,} characters.")


def box_of(numbers: Sequence[float]) -> Shape:
    """Return the box of four numbers, or of six with heights, which do not count here. Raises FilterProblem."""
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4:
        raise FilterProblem("A box has four numbers: the lower corner and the upper one.")
    return Shape("box", ((((numbers[0], numbers[1]), (numbers[2], numbers[3])),),))


Operand = Expression | Moment | Shape
ToDegrees = Callable[[float, float], tuple[float, float]]


def moment(text: str) -> Moment:
    """Return what DATE or TIMESTAMP holds. Raises FilterProblem."""
    try:
        at = datetime.fromisoformat(text.strip())
        at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise FilterProblem(f"{text[:40]!r} is no date or time. Write one such as 2026-01-31T08:00:00Z.") from None
    return Moment(at)


def wall_clock(at: datetime, zone: tzinfo) -> datetime:
    """Return a moment as the city's clocks show it."""
    return at if at.tzinfo is None else at.astimezone(zone).replace(tzinfo=None)


def in_utc(at: datetime, zone: tzinfo) -> datetime:
    """Return a moment as instants are stored."""
    return (at.replace(tzinfo=zone) if at.tzinfo is None else at).astimezone(UTC).replace(tzinfo=None)


def day_of(text: str) -> date | None:
    """Return the day a text names, None when it is no day alone."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


class Builder:
    """Knows the columns, the city's time zone, and in which coordinates shapes are written.

    Args:
        to_degrees: turns a pair as written into longitude and latitude.
    """

    def __init__(self, columns: Sequence[Column], zone: tzinfo, to_degrees: ToDegrees) -> None:
        self._columns = {column.name: column for column in columns}
        self._place = next((column for column in columns if column.type is Type.POINT), None)
        self._zone = zone
        self._to_degrees = to_degrees

    def named(self, name: str) -> Field:
        """Return a column; "geometry" is the place where no column is called so. Raises NoSuchColumn."""
        column = self._columns.get(name) or self._columns.get(name.lower())
        if column is None and name == "geometry":
            column = self._place
        if column is None:
            raise NoSuchColumn(name[:100], self._columns)
        return Field(column.name, column.type)

    def condition(self, operand: Operand) -> Expression:
        """Return what must be true of a row. Raises FilterProblem for a value that is neither true nor false."""
        if operand == NULL:
            return Literal(None, Type.BOOLEAN)
        if isinstance(operand, (Moment, Shape)) or operand.type is not Type.BOOLEAN:
            raise FilterProblem("A filter must be true or false, such as height > 5.")
        return operand

    def apply(self, operator: str, operands: Sequence[Operand]) -> Expression:
        """Return an operator of operands. Raises QueryError."""
        if operator in ("and", "or"):
            return _balanced(F.AND if operator == "and" else F.OR, [self.condition(each) for each in operands])
        if operator in ("s_intersects", "s_within"):
            _count(operator, operands, 2)
            return self._spatial(operator, operands[0], operands[1])
        values = self._aligned(operands)
        if operator in _SIMPLE:
            function, wanted = _SIMPLE[operator]
            _count(operator, values, wanted)
            return call(function, *values)
        make = _MADE.get(operator)
        if make is None:
            raise NoSuchFunction(operator[:60])
        return make(self, operator, values)

    def among(self, first: Operand, rest: Sequence[Operand]) -> Expression:
        """Return whether the first is one of the rest. Raises QueryError."""
        if not rest:
            raise FilterProblem("IN needs at least one value.")
        return call(F.IN, *self._aligned([first, *rest]))

    def _aligned(self, operands: Sequence[Operand]) -> list[Expression]:
        """Return operands as expressions: times become what the column beside them holds."""
        beside = [each.type for each in operands if not isinstance(each, (Literal, Moment, Shape))]
        kind = next((kind for kind in beside if kind in _TEMPORAL), None)
        aligned: list[Expression] = []
        for operand in operands:
            if isinstance(operand, Shape):
                raise FilterProblem("A geometry can only stand in S_INTERSECTS and S_WITHIN.")
            if isinstance(operand, Moment):
                aligned.append(self.literal(operand, kind or Type.INSTANT))
            elif kind and isinstance(operand, Literal) and isinstance(operand.value, str):
                aligned.append(self.literal(moment(operand.value), kind))
            else:
                aligned.append(operand)
        return aligned

    def literal(self, written: Moment, kind: Type) -> Literal:
        """Return a time as a column of that kind holds it. Raises FilterProblem."""
        try:
            at = wall_clock(written.at, self._zone) if kind is Type.TIMESTAMP else in_utc(written.at, self._zone)
        except OverflowError:
            raise FilterProblem("A time in the filter is outside the calendar.") from None
        return Literal(at, kind)

    def _not(self, operator: str, values: Sequence[Expression]) -> Expression:
        _count(operator, values, 1)
        return call(F.NOT, self.condition(values[0]))

    def _is_null(self, operator: str, values: Sequence[Expression]) -> Expression:
        _count(operator, values, 1)
        return call(F.IS_NULL, values[0])

    def _like(self, operator: str, values: Sequence[Expression]) -> Expression:
        _count(operator, values, 2)
        return call(F.LIKE, *values)

    def _folded(self, operator: str, values: Sequence[Expression]) -> Expression:
        """Return a text without its case or accents. One that stands in the filter is folded here: LIKE needs it so."""
        _count(operator, values, 1)
        value = values[0]
        if isinstance(value, Literal) and isinstance(value.value, str):
            return Literal(value.value.lower() if operator == "casei" else _without_accents(value.value), Type.TEXT)
        return call(F.LOWER if operator == "casei" else F.UNACCENT, value)

    def _minus(self, operator: str, values: Sequence[Expression]) -> Expression:
        if len(values) != 1:
            _count(operator, values, 2)
            return call(F.SUBTRACT, *values)
        only = values[0]
        if isinstance(only, Literal) and only.type is Type.NUMBER and isinstance(only.value, (int, float)):
            return Literal(-only.value, Type.NUMBER)
        return call(F.NEGATE, only)

    def _whole(self, operator: str, values: Sequence[Expression]) -> Expression:
        """Return a division without its remainder."""
        _count(operator, values, 2)
        return call(F.DIVIDE, call(F.SUBTRACT, values[0], call(F.MODULO, *values)), values[1])

    def _spatial(self, operator: str, first: Operand, second: Operand) -> Expression:
        if operator == "s_intersects" and isinstance(first, Shape):
            first, second = second, first
        if not isinstance(first, Field) or first.type is not Type.POINT or not isinstance(second, Shape):
            raise FilterProblem(
                f"{operator.upper()} compares a column of places with a geometry, such as"
                f" {operator.upper()}(place, BBOX(-117.2, 32.6, -117.1, 32.8))."
            )
        polygons = [[[self._to_degrees(*corner) for corner in ring] for ring in polygon] for polygon in second.polygons]
        if second.kind == "box" or (operator == "s_intersects" and _is_box(polygons)):
            ring = polygons[0][0]
            lons, lats = [lon for lon, _ in ring], [lat for _, lat in ring]
            # Of a box written as two corners the first is the western one, even beyond the other: across the date line.
            west, east = (ring[0][0], ring[-1][0]) if second.kind == "box" else (min(lons), max(lons))
            if operator == "s_intersects" or west > east:
                return within_box(first, west, min(lats), east, max(lats))
            polygons = [[[(west, lats[0]), (east, lats[0]), (east, lats[-1]), (west, lats[-1]), (west, lats[0])]]]
        if second.kind == "point":
            lon, lat = polygons[0][0][0]
            return within_box(first, lon, lat, lon, lat)
        return call(F.WITHIN_POLYGON, first, Literal(_wkt(polygons), Type.TEXT))


_MADE: Final[dict[str, Callable[[Builder, str, Sequence[Expression]], Expression]]] = {
    "not": Builder._not,
    "isNull": Builder._is_null,
    "like": Builder._like,
    "casei": Builder._folded,
    "accenti": Builder._folded,
    "-": Builder._minus,
    "div": Builder._whole,
}


def within_box(place: Field, west: float, south: float, east: float, north: float) -> Expression:
    """Return whether a place lies in a box, its edges included. What is beyond the globe is cut off."""
    west, east = (max(-180.0, min(180.0, edge)) for edge in (west, east))
    south, north = (max(-90.0, min(90.0, edge)) for edge in (south, north))
    edges = (Literal(edge, Type.NUMBER) for edge in (north, west, south, east))
    return call(F.WITHIN_BOX, place, *edges)


def _count(operator: str, operands: Sequence[object], wanted: int) -> None:
    if len(operands) != wanted:
        raise TypeMismatch(f"{operator} takes {wanted} values, not {len(operands)}.", function=operator)


def _balanced(function: F, sides: list[Expression]) -> Expression:
    """Return a chain of AND or OR as a tree of little depth: programs list hundreds of conditions that way."""
    if not sides:
        raise FilterProblem("AND and OR need at least one condition.")
    while len(sides) > 1:
        pairs: list[Expression] = [call(function, *sides[at : at + 2]) for at in range(0, len(sides) - 1, 2)]
        sides = [*pairs, sides[-1]] if len(sides) % 2 else pairs
    return sides[0]


def _without_accents(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def _is_box(polygons: Sequence[Sequence[Sequence[tuple[float, float]]]]) -> bool:
    """Say whether a polygon is a box along the lines of latitude and longitude."""
    if len(polygons) != 1 or len(polygons[0]) != 1 or len(polygons[0][0]) != 5:
        return False
    ring = polygons[0][0]
    edges = itertools.pairwise(ring)
    straight = all((a[0] == b[0]) != (a[1] == b[1]) for a, b in edges)
    return straight and ring[0] == ring[-1] and len({lon for lon, _ in ring}) == len({lat for _, lat in ring}) == 2


def _wkt(polygons: Sequence[Sequence[Sequence[tuple[float, float]]]]) -> str:
    written = [
        "(" + ", ".join("(" + ", ".join(f"{lon!r} {lat!r}" for lon, lat in ring) + ")" for ring in polygon) + ")"
        for polygon in polygons
    ]
    return f"MULTIPOLYGON({', '.join(written)})"
