"""Reads CQL2's JSON encoding."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any, Final

from cityhall.apps.opendata.cql2.building import (
    DEEPEST,
    Builder,
    FilterProblem,
    Operand,
    Shape,
    box_of,
    check_length,
    moment,
)
from cityhall.kernel.analytics.building import NULL
from cityhall.kernel.analytics.columns import Type
from cityhall.kernel.analytics.query import Expression, Literal
from cityhall.kernel.text import is_storable

_MOST: Final = 4_000
"""How many values a filter may hold."""


def read(text: str, builder: Builder) -> Expression:
    """Return the condition a JSON text says. Raises QueryError."""
    check_length(text)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise FilterProblem("The filter is no JSON. With filter-lang=cql2-text it is read as text.") from None
    reader = _Reader(builder)
    return builder.condition(reader.operand(found, 0))


class _Reader:
    """Reads values within values."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._left = _MOST

    def operand(self, value: Any, depth: int) -> Operand:
        """Return what a value stands for. Raises QueryError."""
        self._left -= 1
        if depth > DEEPEST or self._left < 0:
            raise FilterProblem("The filter is nested too deeply or holds too much.")
        if value is None:
            return NULL
        if isinstance(value, bool):
            return Literal(value, Type.BOOLEAN)
        if isinstance(value, (int, float)):
            return Literal(_number(value), Type.NUMBER)
        if isinstance(value, str):
            return Literal(_text(value), Type.TEXT)
        if isinstance(value, dict):
            return self._object(value, depth)
        raise FilterProblem("A list can only stand as the second of what 'in' takes.")

    def _object(self, value: dict[str, Any], depth: int) -> Operand:
        if "op" in value:
            return self._applied(_text(value["op"]).strip(), value.get("args"), depth)
        if "property" in value:
            return self._builder.named(_text(value["property"]))
        for name in ("date", "timestamp"):
            if name in value:
                return moment(_text(value[name]))
        if "bbox" in value:
            return box_of([_number(each) for each in _list(value["bbox"])])
        if "type" in value and "coordinates" in value:
            return _shape(value["type"], value["coordinates"])
        raise FilterProblem(
            "An object in the filter is an operator (op), a property, a date, a timestamp or a geometry."
        )

    def _applied(self, operator: str, given: Any, depth: int) -> Operand:
        arguments = _list(given)
        if operator == "in":
            if len(arguments) != 2:
                raise FilterProblem("'in' takes a value and a list.")
            first = self.operand(arguments[0], depth + 1)
            return self._builder.among(first, [self.operand(each, depth + 1) for each in _list(arguments[1])])
        name = operator if operator == "isNull" else operator.lower()
        return self._builder.apply(name, [self.operand(each, depth + 1) for each in arguments])


def _shape(kind: Any, coordinates: Any) -> Shape:
    if kind == "Point":
        return Shape("point", (((_pair(coordinates),),),))
    if kind == "Polygon":
        return Shape("polygon", (_polygon(coordinates),))
    if kind == "MultiPolygon":
        return Shape("polygon", tuple(_polygon(each) for each in _list(coordinates)))
    raise FilterProblem("A geometry in a filter is a Point, a Polygon, a MultiPolygon or a bbox.")


def _polygon(rings: Any) -> tuple[tuple[tuple[float, float], ...], ...]:
    return tuple(tuple(_pair(corner) for corner in _list(ring)) for ring in _list(rings))


def _pair(corner: Any) -> tuple[float, float]:
    numbers = _list(corner)
    if len(numbers) not in (2, 3):
        raise FilterProblem("A corner of a geometry is two numbers.")
    return _number(numbers[0]), _number(numbers[1])


def _list(value: Any) -> Sequence[Any]:
    if not isinstance(value, list):
        raise FilterProblem("The filter lacks a list where one must stand.")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not is_storable(value):
        raise FilterProblem("The filter lacks a text where one must stand, or it holds half of a character.")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise FilterProblem("The filter lacks a number where one must stand.")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise FilterProblem("A number in the filter is too large.")
    return number
