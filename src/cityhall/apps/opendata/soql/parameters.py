"""Reads the parameters of a SODA request: `$select` and its kin, `$query`, and plain `column=value` filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

from cityhall.apps.opendata.expressions.lexer import SyntaxProblem, check_characters
from cityhall.apps.opendata.expressions.syntax import Chosen, Star, Statement
from cityhall.apps.opendata.soql.compile import compile_statement
from cityhall.apps.opendata.soql.parser import Parser
from cityhall.kernel.analytics.building import call
from cityhall.kernel.analytics.columns import Column, Type
from cityhall.kernel.analytics.errors import NoSuchColumn, QueryError, TypeMismatch
from cityhall.kernel.analytics.functions import Function
from cityhall.kernel.analytics.query import Expression, Field, Literal, Query

DEFAULT_ROWS: Final = 1000
_CLAUSES: Final = ("$select", "$where", "$group", "$having", "$order", "$limit", "$offset", "$q")
_LENIENT: Final = {"having": "$having"}
"""What sodapy sends without its sign; a column of that name is meant first."""

T = TypeVar("T")


class QueryAndOptions(QueryError):
    """`$query` beside other clauses."""

    code = "query.soql.query-and-options"


def read_parameters(
    parameters: Iterable[tuple[str, str]], columns: Sequence[Column], *, rows: int | None = DEFAULT_ROWS
) -> Query:
    """Return what a request asks of a dataset. Raises QueryError.

    Args:
        parameters: names and values, decoded; those that begin with `$$` are the door's and are left alone.
        columns: the dataset's, with the system's.
        rows: the limit when the request has none.
    """
    clauses: dict[str, str] = {}
    filters: list[Expression] = []
    known = {column.name: column for column in columns}
    for name, value in parameters:
        if name.startswith("$$"):
            continue
        check_characters(value)
        clause = name.lower() if name.startswith("$") else _LENIENT.get(name if name not in known else "", "")
        if not clause:
            filters.append(_filter(name, value, known))
        elif clause not in (*_CLAUSES, "$query"):
            raise SyntaxProblem(
                f"There is no parameter {name!r}. There are: {', '.join(_CLAUSES)}, $query.", parameter=name
            )
        elif clause in clauses:
            raise SyntaxProblem(f"The parameter {clause} is given twice.", parameter=clause)
        else:
            clauses[clause] = value
    if "$query" in clauses:
        if len(clauses) > 1 or filters:
            raise QueryAndOptions(
                "If $query is used, all options must be in the query: other parameters, such as "
                f"{next((c for c in clauses if c != '$query'), 'a filter by column')}, should not be specified."
            )
        parser = Parser(clauses["$query"])
        return compile_statement(parser.whole(parser.statement), columns, rows=rows)
    return compile_statement(_statement(clauses), columns, filters=filters, rows=rows)


def _statement(clauses: dict[str, str]) -> Statement:
    def read(name: str, how: Callable[[Parser], Callable[[], T]], default: T) -> T:
        if not clauses.get(name, "").strip():
            return default
        parser = Parser(clauses[name])
        return parser.whole(how(parser))

    everything: tuple[bool, tuple[Star | Chosen, ...]] = (False, ())
    distinct, select = read("$select", lambda parser: parser.select, everything)
    return Statement(
        select=select,
        distinct=distinct,
        where=read("$where", lambda parser: parser.expression, None),
        group=read("$group", lambda parser: parser.expressions, ()),
        having=read("$having", lambda parser: parser.expression, None),
        order=read("$order", lambda parser: parser.keys, ()),
        search=clauses.get("$q", ""),
        limit=read("$limit", lambda parser: parser.count, None),
        offset=read("$offset", lambda parser: parser.count, None),
    )


def _filter(name: str, value: str, known: dict[str, Column]) -> Expression:
    column = known.get(name.lower())
    if column is None:
        raise NoSuchColumn(name, known)
    try:
        return call(Function.EQ, Field(column.name, column.type), Literal(value, Type.TEXT))
    except TypeMismatch as error:
        raise TypeMismatch(
            f"{value[:60]!r} is no {column.type.value}, which column {column.name!r} holds.", column=column.name
        ) from error
