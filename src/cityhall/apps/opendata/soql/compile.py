"""Turns SoQL's syntax into a checked query over the columns of a dataset."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cityhall.apps.opendata.expressions.lexer import SyntaxProblem
from cityhall.apps.opendata.expressions.syntax import Chosen, Constant, Name, Star, Statement, Syntax
from cityhall.apps.opendata.soql import aliases
from cityhall.apps.opendata.soql.functions import apply
from cityhall.kernel.analytics.building import checked, condition
from cityhall.kernel.analytics.columns import Column
from cityhall.kernel.analytics.errors import NoSuchColumn
from cityhall.kernel.analytics.query import Expression, Field, Item, Order, Query
from cityhall.kernel.analytics.words import search_words


def compile_statement(
    statement: Statement, columns: Sequence[Column], *, filters: Sequence[Expression] = (), rows: int | None = None
) -> Query:
    """Return what a statement asks of a dataset. Raises QueryError.

    Args:
        columns: the dataset's, with the system's.
        filters: more conditions, which must hold too.
        rows: the limit when the statement has none.
    """
    return _Compiler(statement, columns).query(filters, rows)


class _Compiler:
    """Knows the columns and the aliases."""

    def __init__(self, statement: Statement, columns: Sequence[Column]) -> None:
        self._statement = statement
        self._columns = {column.name: column for column in columns}
        self._aliases: dict[str, Syntax] = {}
        self._known: dict[str, Expression] = {}
        self._open: set[str] = set()

    def query(self, filters: Sequence[Expression], rows: int | None) -> Query:
        """Return the checked query."""
        said = self._statement
        items = tuple(self._items())
        where = self._condition(said.where)
        conditions = [*filters] if where is None else [*filters, where]
        return checked(
            items=items,
            conditions=conditions,
            group=tuple(self._expression(each) for each in said.group),
            having=self._condition(said.having),
            order=tuple(Order(self._expression(key.syntax), key.descending, key.nulls_first) for key in said.order),
            limit=rows if said.limit is None else said.limit,
            offset=said.offset or 0,
            distinct=said.distinct,
            search=search_words(said.search),
        )

    def _items(self) -> Iterable[Item]:
        chosen = self._statement.select or (Star(),)
        named: list[tuple[str, Syntax]] = []
        for each in chosen:
            if isinstance(each, Star):
                named += [(name, Name(name)) for name in self._starred(each)]
            else:
                named.append((self._explicit(each), each.syntax))
        used = set(self._columns) | {name for name, _ in named}
        finished: dict[str, Syntax] = {}
        for given, syntax in named:
            name = given or aliases.implicit(syntax, used)
            if name in finished:
                raise SyntaxProblem(f"Two columns of the answer are called {name!r}. Name one with AS.", alias=name)
            used.add(name)
            finished[name] = syntax
        self._aliases = {name: syntax for name, syntax in finished.items() if syntax != Name(name)}
        return [Item(self._top(name, syntax), name) for name, syntax in finished.items()]

    def _top(self, name: str, syntax: Syntax) -> Expression:
        return self._alias(name) if name in self._aliases else self._expression(syntax)

    def _explicit(self, chosen: Chosen) -> str:
        if chosen.alias.startswith(":"):
            raise SyntaxProblem(
                f"{chosen.alias!r} cannot be an alias: such names are the system's.", alias=chosen.alias
            )
        return chosen.alias or (chosen.syntax.text if isinstance(chosen.syntax, Name) else "")

    def _starred(self, star: Star) -> list[str]:
        for name in star.without:
            self._column(name)
        return [c.name for c in self._columns.values() if c.is_system is star.system and c.name not in star.without]

    def _condition(self, syntax: Syntax | None) -> Expression | None:
        return None if syntax is None else condition(self._expression(syntax))

    def _expression(self, syntax: Syntax) -> Expression:
        if isinstance(syntax, Constant):
            return syntax.literal
        if isinstance(syntax, Name):
            return self._alias(syntax.text) if syntax.text in self._aliases else self._column(syntax.text)
        return apply(syntax.name, [self._expression(argument) for argument in syntax.arguments])

    def _alias(self, name: str) -> Expression:
        """Return what an alias stands for. Within itself it is the column of that name."""
        if name in self._known:
            return self._known[name]
        if name in self._open:
            return self._column(name)
        self._open.add(name)
        self._known[name] = self._expression(self._aliases[name])
        self._open.discard(name)
        return self._known[name]

    def _column(self, name: str) -> Field:
        column = self._columns.get(name)
        if column is None:
            raise NoSuchColumn(name, self._columns)
        return Field(column.name, column.type)
