"""Reads `filters`: values by column, ranges such as {"year": {"lt": 2020}}, and lists under $and and $or."""

from __future__ import annotations

from typing import Any, Final

from cityhall.apps.opendata.ckan.fields import Fields
from cityhall.kernel.analytics.building import NULL, call
from cityhall.kernel.analytics.columns import Type
from cityhall.kernel.analytics.errors import QueryError, TypeMismatch
from cityhall.kernel.analytics.functions import Function
from cityhall.kernel.analytics.query import Expression, Field, Literal
from cityhall.kernel.text import is_storable

_COMPARED: Final = {
    "eq": Function.EQ,
    "ne": Function.NE,
    "lt": Function.LT,
    "lte": Function.LE,
    "gt": Function.GT,
    "gte": Function.GE,
}
_JOINED: Final = {"$and": Function.AND, "$or": Function.OR}
_DEEPEST: Final = 10
_MOST: Final = 1_000


class UnreadableFilter(QueryError):
    """A filter that is none."""


def read_filters(given: Any, fields: Fields) -> list[Expression]:
    """Return conditions that all must hold. Raises QueryError.

    Args:
        given: an object of values by column; a list of such objects, one of which must hold; or None.
    """
    return _Filters(fields).conditions(given) if given else []


class _Filters:
    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self._count = 0

    def conditions(self, given: Any) -> list[Expression]:
        """Return the conditions of an object or a list of objects."""
        if isinstance(given, list):
            return self._joined("$or", given, 0)
        return self._object(given, 0)

    def _object(self, given: Any, depth: int) -> list[Expression]:
        if not isinstance(given, dict):
            raise UnreadableFilter('Filters are an object such as {"column": "value"}, or a list of such objects.')
        found: list[Expression] = []
        for name, value in given.items():
            if name in _JOINED:
                found += self._joined(name, value, depth + 1)
            elif name.startswith("$"):
                raise UnreadableFilter(f"There is no {name[:60]!r}. There are: {', '.join(_JOINED)}.")
            else:
                found.append(self._of_column(self._fields.field(name), value))
        return found

    def _joined(self, word: str, given: Any, depth: int) -> list[Expression]:
        if depth > _DEEPEST:
            raise UnreadableFilter("The filters are nested too deeply.")
        if not isinstance(given, list) or not given:
            raise UnreadableFilter(f"{word} takes a list of objects.")
        sides = [_all(self._object(each, depth)) for each in given]
        return [joined(_JOINED[word], sides)]

    def _of_column(self, field: Field, value: Any) -> Expression:
        if isinstance(value, dict):
            return _all([self._compared(field, word, inner) for word, inner in value.items()])
        if isinstance(value, list):
            ranges = [self._of_column(field, each) for each in value if isinstance(each, dict)]
            plain = [each for each in value if not isinstance(each, dict)]
            return joined(Function.OR, [*ranges, *([self._among(field, plain)] if plain or not ranges else [])])
        return self._compared(field, "eq", value)

    def _compared(self, field: Field, word: str, value: Any) -> Expression:
        if word in ("in", "nin"):
            if not isinstance(value, list):
                raise UnreadableFilter(f"{word} takes a list of values.")
            among = self._among(field, value)
            return among if word == "in" else call(Function.NOT, among)
        if word not in _COMPARED:
            raise UnreadableFilter(f"There is no comparison {word[:60]!r}. There are: {', '.join(_COMPARED)}, in, nin.")
        if value is None:
            if word not in ("eq", "ne"):
                raise UnreadableFilter("Null is neither more nor less than anything: use eq or ne.")
            absent = call(Function.IS_NULL, field)
            return absent if word == "eq" else call(Function.NOT, absent)
        return self._call(_COMPARED[word], field, [value])

    def _among(self, field: Field, values: list[Any]) -> Expression:
        given = [each for each in values if each is not None]
        absent = [call(Function.IS_NULL, field)] if len(given) < len(values) else []
        if not given:
            return absent[0] if absent else Literal(False, Type.BOOLEAN)
        return joined(Function.OR, [self._call(Function.IN, field, given), *absent])

    def _call(self, function: Function, field: Field, values: list[Any]) -> Expression:
        self._count += len(values)
        if self._count > _MOST:
            raise UnreadableFilter(f"The filters hold more than {_MOST:,} values.")
        literals = [_literal(value) for value in values]
        try:
            return call(function, field, *literals)
        except TypeMismatch as error:
            shown = ", ".join(str(value)[:60] for value in values[:3])
            raise TypeMismatch(f"A column of {field.type.value} is not compared with {shown}.") from error


def _literal(value: Any) -> Literal:
    """Return a value as a text, which every type is read from; texts of numbers stay as they were written."""
    if isinstance(value, bool):
        return Literal("true" if value else "false", Type.TEXT)
    if not isinstance(value, str | int | float):
        raise UnreadableFilter("The value of a filter is a text, a number, true, false or null.")
    text = str(value)
    if not is_storable(text):
        raise UnreadableFilter("A value holds the character NUL, or half of a character.")
    return Literal(text, Type.TEXT)


def _all(conditions: list[Expression]) -> Expression:
    return joined(Function.AND, conditions)


def joined(function: Function, sides: list[Expression]) -> Expression:
    """Return sides joined by AND or OR as a tree of little depth."""
    if not sides:
        return Literal(True, Type.BOOLEAN) if function is Function.AND else NULL
    while len(sides) > 1:
        pairs = [call(function, *sides[place : place + 2]) for place in range(0, len(sides) - 1, 2)]
        sides = [*pairs, sides[-1]] if len(sides) % 2 else list(pairs)
    return sides[0]
