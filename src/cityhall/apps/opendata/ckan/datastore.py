"""Reads the parameters of `datastore_search` into a query over the rows, and one that counts them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cityhall.apps.opendata.ckan.arguments import Arguments
from cityhall.apps.opendata.ckan.errors import refused_query
from cityhall.apps.opendata.ckan.fields import Fields
from cityhall.apps.opendata.ckan.filters import read_filters
from cityhall.apps.opendata.ckan.fulltext import holds
from cityhall.kernel.analytics.building import call, checked
from cityhall.kernel.analytics.columns import ID, Column, Type
from cityhall.kernel.analytics.errors import QueryError, TypeMismatch
from cityhall.kernel.analytics.functions import Function
from cityhall.kernel.analytics.query import Expression, Field, Item, Literal, Order, Query
from cityhall.kernel.analytics.words import search_words

DEFAULT_ROWS: Final = 100
MOST_ROWS: Final = 32_000
RECORDS: Final = ("objects", "lists", "csv", "tsv")
KNOWN: Final = (
    "resource_id", "id", "filters", "q", "full_text", "distinct", "plain", "language", "limit", "offset", "fields",
    "sort", "include_total", "total_estimation_threshold", "records_format", "include_next_page",
)  # fmt: skip
_ECHOED: Final = ("filters", "q", "full_text", "distinct", "plain", "language", "offset", "fields", "sort")
_KEY: Final = re.compile(
    r'\s*(?:"([^"]+)"|([A-Za-z_][A-Za-z0-9_]*))(?:\s+(asc|desc))?(?:\s+nulls\s+(first|last))?\s*', re.I | re.A
)
_BETWEEN: Final = "\x1f"
_ABSENT: Final = "\x1e"


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked, and how it is to be answered.

    Args:
        count: counts all the rows that `query` is a page of; None when nobody asked.
        pages_by: "gt" or "lt" when the next page can begin at the last row's id, which then is the query's last item,
            not to be shown; else "".
        told: the part of the answer that is known before the rows are.
    """

    query: Query
    count: Query | None
    records_format: str
    pages_by: str
    told: dict[str, Any]


def read_search(given: Mapping[str, Any], columns: Sequence[Column], *, most: int | None = MOST_ROWS) -> Search:
    """Return what a call asks of a dataset. Raises ValidationError.

    Args:
        columns: the dataset's, without the system's.
        most: rows at once; None for as many as there are.
    """
    arguments = Arguments(given)
    arguments.only(KNOWN)
    fields = Fields(columns)
    asks_how_many = most is not None or "limit" in arguments.given
    limit = arguments.natural("limit", DEFAULT_ROWS) if asks_how_many else None
    rows = limit if most is None or limit is None else min(limit, most)
    offset = arguments.natural("offset", 0)
    shape = arguments.one_of("records_format", RECORDS, "objects")
    distinct, plain = arguments.flag("distinct"), arguments.flag("plain", True)
    include_total = arguments.flag("include_total", True)
    include_next = arguments.flag("include_next_page")
    names = arguments.names("fields") or fields.names
    arguments.text("language")
    if "total_estimation_threshold" in arguments.given:
        arguments.natural("total_estimation_threshold", 0)
    conditions, words = _conditions(arguments, fields, plain=plain)
    keys = _part(arguments, "sort", lambda: _keys(arguments.names("sort"), fields), [])
    items = _part(arguments, "fields", lambda: [fields.item(name) for name in names], [])
    if len({item.name for item in items}) < len(items):
        arguments.problem("fields", "A column is named twice")
    arguments.check()
    pages_by = _pages_by(keys, distinct=distinct) if include_next and rows else ""
    shown = list(items)
    if pages_by:
        items.append(Item(Field(ID, Type.TEXT), ":next"))
    try:
        query = checked(
            items=tuple(items), conditions=conditions, order=tuple(keys), limit=rows, offset=offset, distinct=distinct,
            search=words,
        )  # fmt: skip
        count = _count(shown, conditions, words, distinct=distinct) if include_total else None
    except QueryError as error:
        raise refused_query(error) from error
    told: dict[str, Any] = {name: arguments.given[name] for name in _ECHOED if name in arguments.given}
    told |= {"include_total": include_total, "include_next_page": include_next, "records_format": shape}
    return Search(query, count, shape, pages_by, told | {"limit": rows})


def _part(arguments: Arguments, name: str, read: Any, otherwise: Any) -> Any:
    """Return what is read from a parameter, noting what is wrong with it."""
    try:
        return read()
    except QueryError as error:
        arguments.problem(name, str(error.message))
        return otherwise


def _conditions(arguments: Arguments, fields: Fields, *, plain: bool) -> tuple[list[Expression], tuple[str, ...]]:
    """Return what must hold of a row, and words that must occur in it."""
    found = _part(arguments, "filters", lambda: read_filters(arguments.structure("filters"), fields), [])
    words: tuple[str, ...] = ()
    for name in ("q", "full_text"):
        asked = _text_or_object(arguments, name)
        if isinstance(asked, dict):
            for column, text in asked.items():
                found += _part(arguments, name, lambda c=column, t=text: holds(t, [fields.field(c)], plain=plain), [])
        elif plain:
            words += search_words(asked)
        else:
            found += _part(arguments, name, lambda t=asked: holds(t, fields.texts, plain=False), [])
    return found, words


def _text_or_object(arguments: Arguments, name: str) -> str | dict[str, str]:
    value = arguments.given.get(name)
    if isinstance(value, str) and value.lstrip().startswith("{"):
        value = arguments.structure(name) if _is_json(value) else value
    if not isinstance(value, dict):
        return arguments.text(name)
    inner = Arguments(value)
    texts = {column: inner.text(column) for column in value}
    if inner.problems:
        arguments.problem(name, "Must be a text, or an object of texts by column")
    return texts


def _is_json(text: str) -> bool:
    return Arguments({"text": text}).structure("text") is not None


def _keys(names: Sequence[str], fields: Fields) -> list[Order]:
    keys = []
    for name in names:
        match = _KEY.fullmatch(name)
        if match is None:
            raise QueryError(f"{name[:60]!r} is no order. Write column names with ASC or DESC and commas between them.")
        quoted, bare, direction, nulls = match.groups()
        field = fields.field(quoted or (bare if bare in fields else bare.lower()))
        keys.append(Order(field, (direction or "").lower() == "desc", nulls.lower() == "first" if nulls else None))
    return keys


def _pages_by(keys: Sequence[Order], *, distinct: bool) -> str:
    if distinct or len(keys) > 1 or (keys and keys[0].expression != Field(ID, Type.TEXT)):
        return ""
    return "lt" if keys and keys[0].descending else "gt"


def _count(shown: Sequence[Item], conditions: Sequence[Expression], words: tuple[str, ...], *, distinct: bool) -> Query:
    may_repeat = distinct and all(item.expression != Field(ID, Type.TEXT) for item in shown)
    counted = call(Function.COUNT_DISTINCT, _written(shown)) if may_repeat else call(Function.COUNT_ALL)
    return checked(items=(Item(counted, "total"),), conditions=conditions, search=words)


def _written(items: Sequence[Item]) -> Expression:
    """Return a row as one text, so that rows that differ can be counted."""
    whole: Expression = Literal("", Type.TEXT)
    for item in items:
        if item.expression.type is Type.POINT:
            raise TypeMismatch(f"Rows cannot be told apart by the point {item.name!r}: leave it out, or distinct.")
        is_text = item.expression.type in (Type.TEXT, Type.URL)
        text = item.expression if is_text else call(Function.TO_TEXT, item.expression)
        known = call(Function.COALESCE, text, Literal(_ABSENT, Type.TEXT))
        whole = call(Function.CONCAT, call(Function.CONCAT, whole, known), Literal(_BETWEEN, Type.TEXT))
    return whole


def resource_id(given: Mapping[str, Any]) -> str:
    """Return which dataset a call is about. Raises ValidationError."""
    arguments = Arguments(given)
    found = arguments.needed("resource_id", "id")
    arguments.check()
    return found
