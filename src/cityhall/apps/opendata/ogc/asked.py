"""Reads what is asked of a collection's items: bounds, times, filters, order and page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

from cityhall.apps.opendata.cql2 import objects, texts
from cityhall.apps.opendata.cql2.building import Builder, box_of, day_of, moment, within_box
from cityhall.apps.opendata.ogc import places
from cityhall.kernel.analytics.building import call, checked, read_number
from cityhall.kernel.analytics.columns import ID, Column, Type
from cityhall.kernel.analytics.errors import NoSuchColumn, QueryError
from cityhall.kernel.analytics.functions import Function as F
from cityhall.kernel.analytics.query import Expression, Field, Item, Literal, Order, Query
from cityhall.kernel.analytics.words import search_words
from cityhall.kernel.text import is_storable

DEFAULT: Final = 100
MOST: Final = 10_000
_LARGEST: Final = 2**53
PARAMETERS: Final = (
    "limit", "startindex", "offset", "after", "bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang",
    "filter-crs", "sortby", "q", "properties", "f",
)  # fmt: skip
_READERS: Final = {"cql2-text": texts.read, "cql2-json": objects.read}


@dataclass(frozen=True, slots=True)
class Asked:
    """One page of features.

    Args:
        query: for one row more than `limit`, which tells whether another page follows; the first column is the id.
        counting: for the number of all that match; None when that is every row.
        place: the column that is the geometry.
        by_id: rows come in the order of ids, so the next page begins after the last of this one.
        before: for the ids before a page that begins after one, last first and one more than `limit`; else None.
    """

    query: Query
    counting: Query | None
    place: str | None
    crs: str
    limit: int
    start: int
    by_id: bool
    before: Query | None = None


def read(parameters: Sequence[tuple[str, str]], columns: Sequence[Column], zone: tzinfo) -> Asked:
    """Return what is asked. Raises QueryError.

    Args:
        columns: the dataset's, with the system's.
        zone: the city's, whose clock columns of time without an offset show.
    """
    given: dict[str, str] = {}
    for name, value in parameters:
        if name in given:
            raise QueryError(f"The parameter {name[:60]!r} is given twice.")
        if not is_storable(name + value):
            raise QueryError("A parameter holds the character NUL, or half of a character.")
        given[name] = value
    crs = given.get("crs") or places.CRS84
    places.from_degrees(crs)
    conditions = _conditions(given, columns, zone)
    search = search_words(given.get("q", ""))
    order = _order(given.get("sortby", ""), columns)
    limit = min(_count(given, "limit", DEFAULT, least=1), MOST)
    start = _count(given, "startindex", _count(given, "offset", 0))
    page, before = list(conditions), None
    if after := given.get("after", ""):
        if order or start:
            raise QueryError("after goes with the order of ids alone: leave sortby and startindex out.")
        id_ = Field(ID, Type.TEXT)
        page.append(call(F.GT, id_, Literal(after, Type.TEXT)))
        earlier = [*conditions, call(F.LE, id_, Literal(after, Type.TEXT))]
        backwards = (Order(id_, descending=True),)
        before = checked(items=(Item(id_, ID),), conditions=earlier, order=backwards, limit=limit + 1, search=search)
    place = next((column.name for column in columns if column.type is Type.POINT), None)
    shown = _shown(given.get("properties"), columns, place)
    items = tuple(Item(Field(column.name, column.type), column.name) for column in shown)
    query = checked(items=items, conditions=page, order=order, limit=limit + 1, offset=start, search=search)
    counted = (Item(call(F.COUNT_ALL), "count"),)
    counting = checked(items=counted, conditions=conditions, search=search) if conditions or search else None
    return Asked(query, counting, place, crs, limit, start, by_id=not order, before=before)


def one(row: str, columns: Sequence[Column]) -> Query:
    """Return what asks for one feature by its id."""
    same = call(F.EQ, Field(ID, Type.TEXT), Literal(row, Type.TEXT))
    shown = _shown(None, columns, None)
    items = tuple(Item(Field(column.name, column.type), column.name) for column in shown)
    return checked(items=items, conditions=[same], limit=1)


def _conditions(given: dict[str, str], columns: Sequence[Column], zone: tzinfo) -> list[Expression]:
    filter_crs = given.get("filter-crs") or places.CRS84
    builder = Builder(columns, zone, places.to_degrees(filter_crs))
    conditions = []
    if "bbox" in given:
        conditions.append(_bbox(given["bbox"], given.get("bbox-crs") or places.CRS84, columns))
    if "datetime" in given:
        conditions.append(_times(given["datetime"], builder, columns))
    if "filter" in given:
        language = given.get("filter-lang", "cql2-text")
        if language not in _READERS:
            raise QueryError("filter-lang is cql2-text or cql2-json.")
        conditions.append(_READERS[language](given["filter"], builder))
    known = {column.name for column in columns}
    for name, value in given.items():
        if name in PARAMETERS:
            continue
        if name not in known:
            raise QueryError(
                f"There is no parameter and no column {name[:60]!r}. The columns are: {', '.join(sorted(known))}."
            )
        conditions.append(builder.apply("=", [builder.named(name), Literal(value, Type.TEXT)]))
    return conditions


def _bbox(text: str, crs: str, columns: Sequence[Column]) -> Expression:
    place = next((column for column in columns if column.type is Type.POINT), None)
    if place is None:
        raise QueryError("This dataset has no places: leave bbox out.")
    try:
        box = box_of([read_number(part) for part in text.split(",")])
    except ValueError:
        raise QueryError("bbox is four numbers with commas, such as -117.2,32.6,-117.1,32.8.") from None
    convert = places.to_degrees(crs)
    (west, south), (east, north) = (convert(*corner) for corner in box.polygons[0][0])
    if south > north:
        raise QueryError("The first corner of bbox is the lower one.")
    return within_box(Field(place.name, place.type), west, south, east, north)


def _times(text: str, builder: Builder, columns: Sequence[Column]) -> Expression:
    """Return the condition of `datetime` on the first column of time: a moment, a day, or an interval."""
    column = next((one for one in columns if one.type is Type.TIMESTAMP), None)
    if column is None:
        raise QueryError("This dataset has no dates: leave datetime out.")
    field = Field(column.name, column.type)
    begin, divided, end = text.strip().partition("/")
    if not divided and day_of(begin) is None:
        return call(F.EQ, field, builder.literal(moment(begin), column.type))
    last = end if divided else begin
    conditions = []
    if begin not in ("", ".."):
        conditions.append(call(F.GE, field, builder.literal(moment(begin), column.type)))
    if last not in ("", ".."):
        at = builder.literal(moment(last), column.type)
        if day_of(last) is None:
            conditions.append(call(F.LE, field, at))
        else:
            conditions.append(call(F.LT, field, Literal(_next_day(at), column.type)))
    return builder.apply("and", conditions) if conditions else call(F.NOT, call(F.IS_NULL, field))


def _next_day(midnight: Literal) -> datetime:
    assert isinstance(midnight.value, datetime)
    try:
        return midnight.value + timedelta(days=1)
    except OverflowError:
        return midnight.value


def _order(text: str, columns: Sequence[Column]) -> tuple[Order, ...]:
    known = {column.name: column for column in columns}
    keys = []
    for part in text.split(",") if text.strip() else ():
        name = part.strip().lstrip("+-").strip()
        if name not in known:
            raise NoSuchColumn(name[:60], known)
        keys.append(Order(Field(name, known[name].type), descending=part.strip().startswith("-")))
    return tuple(keys)


def _shown(text: str | None, columns: Sequence[Column], place: str | None) -> list[Column]:
    known = {column.name: column for column in columns}
    own = [column.name for column in columns if not column.is_system]
    names = own if text is None else [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in known:
            raise NoSuchColumn(name[:60], known)
    always = [ID, place] if place else [ID]
    return [known[name] for name in dict.fromkeys([*always, *names])]


def _count(given: dict[str, str], name: str, otherwise: int, *, least: int = 0) -> int:
    text = given.get(name, "").strip()
    if not text:
        return otherwise
    if not (text.isascii() and text.isdecimal() and len(text) < 17) or not least <= int(text) <= _LARGEST:
        raise QueryError(f"{name} is a whole number from {least}.")
    return int(text)
