"""The query builder: what a form asks of a dataset, as the parameters of SoQL, and the rows that come of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityhall.apps.opendata import queries
from cityhall.apps.opendata.contracts import ColumnInfo, DatasetInfo
from cityhall.apps.opendata.soda import rows
from cityhall.apps.opendata.soql.parameters import read_parameters
from cityhall.kernel.analytics.building import read_number
from cityhall.kernel.analytics.columns import ID, Column, Type
from cityhall.kernel.analytics.port import Limits, analytics

PAGE: Final = 50
FILTERS: Final = 3
_SECONDS: Final = 10
_DEEPEST: Final = 10_000
_LONGEST: Final = 200
_LARGE: Final = 100_000

COMPARISONS: Final[dict[str, Any]] = {
    "is": gettext_lazy("is"),
    "not": gettext_lazy("is not"),
    "has": gettext_lazy("contains"),
    "from": gettext_lazy("is at least"),
    "to": gettext_lazy("is at most"),
    "empty": gettext_lazy("is empty"),
    "filled": gettext_lazy("is not empty"),
}
MEASURES: Final[dict[str, Any]] = {
    "sum": gettext_lazy("Sum"),
    "avg": gettext_lazy("Average"),
    "median": gettext_lazy("Median"),
    "min": gettext_lazy("Smallest"),
    "max": gettext_lazy("Largest"),
}
_SIGNS: Final = {"is": "=", "not": "!=", "from": ">=", "to": "<="}
#: Words of SoQL; a column that is called so stands between backticks.
_WORDS: Final = frozenset(
    {"all", "and", "as", "asc", "between", "by", "case", "desc", "distinct", "except", "false", "from", "group"}
    | {"having", "in", "is", "join", "like", "limit", "not", "null", "offset", "on", "or", "order", "search"}
    | {"select", "true", "union", "where"}
)


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition of the form, as it was filled in."""

    column: str = ""
    comparison: str = "is"
    value: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form says.

    Args:
        columns: to show; empty for all.
        group: by which rows are counted; empty shows rows.
        measure, of: what is computed of which column of numbers for each group, besides how many rows it has.
        page: from 1.
    """

    columns: tuple[str, ...]
    filters: tuple[Filter, ...]
    group: tuple[str, ...]
    measure: str
    of: str
    order: str
    descending: bool
    page: int
    problems: Mapping[str, str]

    @property
    def is_plain(self) -> bool:
        """Say whether it shows rows of the dataset."""
        return not self.group


def read(given: QueryDict, info: DatasetInfo) -> Asked:
    """Return what a form asks. What names no column of the dataset is left out."""
    known = {column.name: column for column in info.columns}
    numbers = {name for name, column in known.items() if column.type.kept_as is Type.NUMBER}
    problems: dict[str, str] = {}
    filters = []
    for at in range(1, FILTERS + 1):
        one = Filter(given.get(f"f{at}", ""), given.get(f"o{at}", "is"), given.get(f"v{at}", "").strip()[:_LONGEST])
        if one.column not in known or one.comparison not in COMPARISONS:
            one = Filter()
        elif problem := _problem(one, known[one.column]):
            problems[f"v{at}"] = problem
        filters.append(one)
    group = tuple(name for name in dict.fromkeys(given.getlist("g")) if name in known and _groups(known[name]))[:3]
    measure, of = given.get("m", ""), given.get("of", "")
    if measure not in MEASURES or of not in numbers:
        measure, of = "", ""
    page = given.get("page", "")
    return Asked(
        columns=tuple(name for name in known if name in given.getlist("c")),
        filters=tuple(filters),
        group=group,
        measure=measure,
        of=of,
        order=_order(given.get("s", ""), group, f"{measure}_{of}" if of else "", known),
        descending=given.get("d") == "1",
        page=min(int(page), _DEEPEST) if page.isascii() and page.isdecimal() and 0 < len(page) < 7 else 1,
        problems=problems,
    )


def _groups(column: ColumnInfo) -> bool:
    return column.type.kept_as is not Type.POINT


def _order(wanted: str, group: Sequence[str], computed: str, known: Mapping[str, ColumnInfo]) -> str:
    if group:
        return wanted if wanted in {*group, "count", computed} else ""
    return wanted if wanted in known and _groups(known[wanted]) else ""


def _problem(one: Filter, column: ColumnInfo) -> str:
    kept = column.type.kept_as
    if one.comparison in {"empty", "filled"}:
        return ""
    if kept is Type.POINT:
        return _("Of places you can only ask whether they are empty.")
    if not one.value:
        return _("Write a value to compare with.")
    if one.comparison == "has" and kept is not Type.TEXT:
        return _("Only a text contains something. Choose another comparison.")
    if kept is Type.BOOLEAN and (one.comparison not in {"is", "not"} or not truth(one.value)):
        return _("Write yes or no.")
    if kept is Type.NUMBER:
        try:
            read_number(one.value)
        except ValueError:
            return _("Write a number such as 12.5.")
    if kept is Type.TIMESTAMP:
        try:
            date.fromisoformat(one.value)
        except ValueError:
            return _("Write a day such as 2026-03-05.")
    return ""


def truth(text: str) -> str:
    """Return "true" or "false" for a yes or no in the reader's language, "" for anything else."""
    word = text.strip().casefold()
    yes, no = {"yes", "true", "1", _("yes").casefold()}, {"no", "false", "0", _("no").casefold()}
    return "true" if word in yes else "false" if word in no else ""


def in_force(asked: Asked) -> list[Filter]:
    """Return the conditions that were filled in, without those that have a problem."""
    return [one for at, one in enumerate(asked.filters, start=1) if one.column and f"v{at}" not in asked.problems]


def parameters(asked: Asked, info: DatasetInfo) -> list[tuple[str, str]]:
    """Return the same question as SODA's parameters, in their order. What has a problem is left out."""
    known = {column.name: column for column in info.columns}
    conditions = [_condition(one, known[one.column]) for one in in_force(asked)]
    found = []
    if asked.group:
        group = ", ".join(_name(name) for name in asked.group)
        computed = f", {asked.measure}({_name(asked.of)})" if asked.measure else ""
        found.append(("$select", f"{group}, count(*){computed}"))
    elif asked.columns:
        found.append(("$select", ", ".join(_name(name) for name in asked.columns)))
    if conditions:
        found.append(("$where", " AND ".join(conditions)))
    if asked.group:
        found.append(("$group", group))
    order = asked.order or ("count" if asked.group else "")
    if order:
        down = asked.descending or not asked.order
        found.append(("$order", f"{_name(order)} DESC" if down else _name(order)))
    return found


def _condition(one: Filter, column: ColumnInfo) -> str:
    name, kept = _name(one.column), column.type.kept_as
    if one.comparison in {"empty", "filled"}:
        return f"{name} IS {'NOT ' if one.comparison == 'filled' else ''}NULL"
    if one.comparison == "has":
        return f"contains(lower({name}), {_text(one.value.lower())})"
    if kept is Type.NUMBER:
        return f"{name} {_SIGNS[one.comparison]} {number(one.value)}"
    if kept is Type.BOOLEAN:
        return f"{name} {_SIGNS[one.comparison]} {truth(one.value)}"
    if kept is Type.TIMESTAMP:
        return _day(name, one.comparison, one.value)
    return f"{name} {_SIGNS[one.comparison]} {_text(one.value)}"


def ends_of_day(value: str) -> tuple[str, str]:
    """Return the first and the last moment of a day such as "2026-03-05"."""
    return f"{value}T00:00:00", f"{value}T23:59:59.999"


def _day(name: str, comparison: str, value: str) -> str:
    """Compare with a whole day: until its last moment, and equal to any of it."""
    begins, ends = map(_text, ends_of_day(value))
    if comparison == "from":
        return f"{name} >= {begins}"
    if comparison == "to":
        return f"{name} <= {ends}"
    within = f"{name} BETWEEN {begins} AND {ends}"
    return within if comparison == "is" else f"NOT ({within})"


def number(text: str) -> str:
    """Return a number as queries have it."""
    found = read_number(text)
    return str(int(found)) if found.is_integer() and abs(found) < 1e15 else repr(found)


def _name(name: str) -> str:
    return f"`{name}`" if name in _WORDS else name


def _text(value: str) -> str:
    # What no query may hold is what nobody types either.
    plain = re.sub(r"[\x00-\x1f\x7f]", " ", value)
    return "'" + plain.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows as the page shows them: each with its id ("" for a group) and its values as SODA has them."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, tuple[Any, ...]], ...]
    is_more: bool


def answer(asked: Asked, info: DatasetInfo, count: int = PAGE) -> Answer:
    """Return a page of the answer. Raises NotFound, QueryError, FileNotFoundError."""
    source = queries.source_of(info.code)
    given = dict(parameters(asked, info))
    if asked.is_plain:
        if not asked.order and (order := _own_order(asked, info)):
            given["$order"] = order
        given["$select"] = f"{ID}, {given.get('$select', '*')}"
    given |= {"$limit": str(count + 1), "$offset": str((asked.page - 1) * count)}
    query = read_parameters(list(given.items()), source.all_columns)
    with analytics.get().run(source, query, Limits(seconds=_SECONDS, rows=count + 1)) as result:
        found = [row for batch in result.batches() for row in rows.objects(result.columns, batch)]
    columns = tuple(column for column in query.columns if column.name != ID)
    shown = tuple((str(row.get(ID, "")), tuple(row.get(column.name) for column in columns)) for row in found[:count])
    return Answer(columns, shown, len(found) > count)


def _own_order(asked: Asked, info: DatasetInfo) -> str:
    """Return the order of rows where none is asked for: what tells them apart, else the newest first.

    "" for the order in which they lie, which says nothing: large tables have their newest rows ready and no other.
    """
    is_large = info.rows >= _LARGE
    if info.key and not is_large:
        return ", ".join(_name(one) for one in info.key)
    times = [one.name for one in info.columns if one.type.kept_as is Type.TIMESTAMP]
    if not times or (is_large and any(one.column for one in asked.filters)):
        return ""
    return f"{_name(times[0])} DESC"


def row_of(info: DatasetInfo, row: str, number: int | None = None) -> Mapping[str, Any] | None:
    """Return one row's values by column as a snapshot has them, None when there is none of this id."""
    source = queries.source_of(info.code, number)
    query = read_parameters([(ID, row), ("$limit", "1")], source.all_columns)
    with analytics.get().run(source, query, Limits(seconds=_SECONDS, rows=1)) as result:
        found = [one for batch in result.batches() for one in rows.objects(result.columns, batch)]
    return found[0] if found else None
