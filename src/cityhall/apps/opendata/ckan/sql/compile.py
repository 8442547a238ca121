"""Turns a SELECT into a checked query over the columns of a dataset, with PostgreSQL's rules for names."""

from __future__ import annotations

from collections.abc import Sequence

from cityhall.apps.opendata.ckan.fields import Fields
from cityhall.apps.opendata.ckan.sql.functions import apply
from cityhall.apps.opendata.ckan.sql.parser import Select
from cityhall.apps.opendata.expressions.syntax import Constant, Name, Star, Statement, Syntax
from cityhall.kernel.analytics.building import checked, condition
from cityhall.kernel.analytics.columns import Column, Type
from cityhall.kernel.analytics.errors import QueryError
from cityhall.kernel.analytics.query import Expression, Item, Order, Query

_MOST_ITEMS = 1_000


def compile_select(select: Select, columns: Sequence[Column], *, rows: int) -> Query:
    """Return what a statement asks of a dataset. Raises QueryError.

    Args:
        columns: the dataset's, without the system's.
        rows: the most there may be.
    """
    return _Compiler(select.statement, Fields(columns)).query(rows)


class _Compiler:
    """Knows the columns, and the names of the answer's columns, which only ORDER BY and GROUP BY may use."""

    def __init__(self, statement: Statement, fields: Fields) -> None:
        self._statement = statement
        self._fields = fields
        self._items: dict[str, Expression] = {}

    def query(self, rows: int) -> Query:
        """Return the checked query."""
        said = self._statement
        self._name_items()
        where, having = self._condition(said.where), self._condition(said.having)
        return checked(
            items=tuple(Item(expression, name) for name, expression in self._items.items()),
            conditions=[] if where is None else [where],
            group=tuple(self._key(each, outer_first=False) for each in said.group),
            having=having,
            order=tuple(
                Order(self._key(key.syntax, outer_first=True), key.descending, key.nulls_first) for key in said.order
            ),
            limit=rows if said.limit is None else min(rows, said.limit),
            offset=said.offset or 0,
            distinct=said.distinct,
        )

    def _name_items(self) -> None:
        for chosen in self._statement.select:
            if isinstance(chosen, Star):
                for name in self._fields.names:
                    self._add(name, self._fields.field(name))
            else:
                self._add(chosen.alias or _label(chosen.syntax), self._expression(chosen.syntax))

    def _add(self, name: str, expression: Expression) -> None:
        """Add a column of the answer. PostgreSQL lets two have one name, which no object of JSON can."""
        if len(self._items) >= _MOST_ITEMS:
            raise QueryError(f"The answer would have more than {_MOST_ITEMS:,} columns.")
        free, count, taken = name, 0, {one.lower() for one in self._items}  # engines do not tell "N" from "n"
        while free.lower() in taken:
            count += 1
            free = f"{name}_{count}"
        self._items[free] = expression

    def _key(self, syntax: Syntax, *, outer_first: bool) -> Expression:
        """Return what to group or order by: a place or a name in the answer, or an expression."""
        if isinstance(syntax, Constant) and syntax.literal.type is Type.NUMBER:
            place = syntax.literal.value
            if not isinstance(place, float) or not place.is_integer() or not 1 <= place <= len(self._items):
                raise QueryError(f"There is no column number {syntax.written[:40]} in the answer.")
            return list(self._items.values())[int(place) - 1]
        inner_first = not outer_first and isinstance(syntax, Name) and syntax.text.lower() in self._fields
        if isinstance(syntax, Name) and syntax.text in self._items and not inner_first:
            return self._items[syntax.text]
        return self._expression(syntax)

    def _condition(self, syntax: Syntax | None) -> Expression | None:
        return None if syntax is None else condition(self._expression(syntax))

    def _expression(self, syntax: Syntax) -> Expression:
        if isinstance(syntax, Constant):
            return syntax.literal
        if isinstance(syntax, Name):
            return self._fields.field(syntax.text.lower())
        return apply(syntax.name, [self._expression(argument) for argument in syntax.arguments])


def _label(syntax: Syntax) -> str:
    """Return the name PostgreSQL gives a column of the answer."""
    if isinstance(syntax, Name):
        return syntax.text
    if isinstance(syntax, Constant):
        return "bool" if syntax.literal.type is Type.BOOLEAN else "?column?"
    if syntax.name.startswith("::"):
        inner = syntax.arguments[0]
        return _label(inner) if isinstance(inner, Name) else syntax.name[2:]
    if syntax.is_operator or syntax.name in ("in", "between", "like", "ilike", "is_null"):
        return "?column?"
    return syntax.name.removesuffix("(*)").removesuffix("_distinct")
