"""The query tree: what is asked of one table, in no language. Built checked; engines need not check again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cityhall.kernel.analytics.columns import Column, Type
from cityhall.kernel.analytics.functions import Function

Value = str | float | bool | datetime | tuple[float, float] | None
"""A literal: a point is (longitude, latitude); an instant is a naive time in UTC."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column's value."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that stands in the query; engines bind it as a parameter, always."""

    value: Value
    type: Type


@dataclass(frozen=True, slots=True)
class Call:
    """A function of other expressions. `building.call` makes it.

    Args:
        depth: how many stand within one another here; bounded, so that whoever walks the tree may do so by recursion.
        size: how many parts it is written with; bounded, as names for parts let a short text grow without end.
    """

    function: Function
    arguments: tuple[Expression, ...]
    type: Type
    depth: int = 1
    size: int = 1


Expression = Field | Literal | Call


@dataclass(frozen=True, slots=True)
class Item:
    """One column of the answer."""

    expression: Expression
    name: str

    @property
    def column(self) -> Column:
        """Return the answer's column."""
        return Column(self.name, self.expression.type)


@dataclass(frozen=True, slots=True)
class Order:
    """One key of the order. Nulls come last when ascending and first when descending, unless said otherwise."""

    expression: Expression
    descending: bool = False
    nulls_first: bool | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked. Without an order, rows come in the order of `:id`.

    Args:
        group: expressions; with `()` and an aggregate among the items, the whole table is one group.
        search: words that must all occur in the columns of text.
    """

    items: tuple[Item, ...]
    where: Expression | None = None
    group: tuple[Expression, ...] = ()
    having: Expression | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int = 0
    distinct: bool = False
    search: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[Column, ...]:
        """Return the columns of the answer."""
        return tuple(item.column for item in self.items)

    @property
    def is_grouped(self) -> bool:
        """Say whether rows of the answer stand for groups of rows."""
        return bool(self.group) or self.having is not None or any(is_aggregate(item.expression) for item in self.items)


def size(expression: Expression) -> int:
    """Return how many parts an expression is written with."""
    return expression.size if isinstance(expression, Call) else 1


def walk(expression: Expression) -> Iterator[Expression]:
    """Iterate over an expression and all within it."""
    yield expression
    if isinstance(expression, Call):
        for argument in expression.arguments:
            yield from walk(argument)


def is_aggregate(expression: Expression) -> bool:
    """Say whether an expression needs a group of rows."""
    return any(isinstance(part, Call) and part.function.is_aggregate for part in walk(expression))
