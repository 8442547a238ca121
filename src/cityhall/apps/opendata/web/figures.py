"""Charts made from a dataset's columns, each with its numbers as a table, and what its columns reach from and to."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Any, Final, TypeVar

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cityhall.apps.opendata import queries
from cityhall.apps.opendata.contracts import ColumnInfo, DatasetInfo
from cityhall.apps.opendata.rules import charting
from cityhall.apps.opendata.rules.charting import Kind
from cityhall.kernel.analytics.building import call, checked
from cityhall.kernel.analytics.columns import Type
from cityhall.kernel.analytics.errors import QueryError
from cityhall.kernel.analytics.functions import Function
from cityhall.kernel.analytics.port import Limits, analytics
from cityhall.kernel.analytics.query import Expression, Field, Item, Literal, Order
from cityhall.kernel.django import drawing
from cityhall.kernel.django.templatetags.look import number_filter
from cityhall.kernel.django.translated import pick
from cityhall.kernel.errors import Gone, NotFound
from cityhall.kernel.scales import nice_step, nice_top

logger = logging.getLogger(__name__)

_SECONDS: Final = 5
_BARS: Final = 10
_BINS: Final = 15
_MOSTLY: Final = 0.95
"""The share of rows from which one bar of sizes says nothing of the others."""
_TRUNCATED: Final = {"year": Function.TRUNC_YEAR, "month": Function.TRUNC_MONTH, "day": Function.TRUNC_DAY}
_LENGTHS: Final = {"year": timedelta(days=365), "month": timedelta(days=28), "day": timedelta(days=1)}
_HAVE_ENDS: Final = frozenset({Type.NUMBER, Type.TIMESTAMP})

Bounds = tuple[Any, Any]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart, what it counts, and its numbers. `picture` is empty where each row has a bar of its own."""

    title: str
    note: str
    picture: SafeString
    rows: tuple[tuple[str, str, SafeString], ...]


def ends(info: DatasetInfo) -> dict[str, Bounds]:
    """Return the least and the greatest value of each column of numbers or times; nothing when there is no time."""
    return _tried(lambda: dict(_ends(info.code, info.number))) or {}


def charts(info: DatasetInfo, found: dict[str, Bounds]) -> list[Chart]:
    """Return the charts that the columns make. One that takes too long is left out."""
    drawn = []
    for plan in charting.plans(info.columns, info.rows, info.key):
        chart = _tried(partial(_CHARTS[plan.kind], info, plan.column, found))
        if chart is not None:
            drawn.append(chart)
    return drawn


def _tried(make: Callable[[], _T]) -> _T | None:
    try:
        return make()
    except (NotFound, Gone):  # another snapshot took its place meanwhile
        return None
    except (QueryError, FileNotFoundError):
        logger.exception("opendata_chart_failed")
        return None


@lru_cache(maxsize=256)
def _ends(code: str, number: int) -> tuple[tuple[str, Bounds], ...]:
    """Return the ends of columns, kept for as long as the snapshot is in force."""
    source = queries.source_of(code, number)
    columns = [column for column in source.columns if column.type in _HAVE_ENDS]
    items = [
        Item(call(function, Field(column.name, column.type)), f"{end}_{at}")
        for at, column in enumerate(columns)
        for end, function in (("least", Function.MIN), ("most", Function.MAX))
    ]
    if not items:
        return ()
    row = _asked(code, number, tuple(items))[0]
    pairs = ((column.name, (row[2 * at], row[2 * at + 1])) for at, column in enumerate(columns))
    return tuple((name, pair) for name, pair in pairs if all(_is_told(one) for one in pair))


def _is_told(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and not math.isfinite(value))


def _asked(code: str, number: int, items: tuple[Item, ...], **clauses: Any) -> list[tuple[Any, ...]]:
    # Of this very snapshot: what is kept under its number must not be another's, which may be recalled.
    source = queries.source_of(code, number)
    query = checked(items=items, **clauses)
    with analytics.get().run(source, query, Limits(seconds=_SECONDS, rows=1000)) as result:
        return [
            tuple(row)
            for batch in result.batches()
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)
        ]


@lru_cache(maxsize=512)
def _counted(code: str, number: int, what: Expression, most: int) -> tuple[tuple[Any, int], ...]:
    """Return how many rows each value of an expression has, the most frequent first; kept as `_ends` are."""
    count = call(Function.COUNT_ALL)
    items = (Item(what, "value"), Item(count, "count"))
    order = (Order(count, descending=True), Order(what))
    found = _asked(code, number, items, group=(what,), order=order, limit=most)
    return tuple((value, int(many)) for value, many in found)


def _over_time(info: DatasetInfo, column: ColumnInfo, found: dict[str, Bounds]) -> Chart | None:
    if column.name not in found:
        return None
    first, last = found[column.name]
    unit = charting.span(first, last)
    what = call(_TRUNCATED[unit], Field(column.name, Type.TIMESTAMP))
    counts = dict(_counted(info.code, info.number, what, 1000))
    periods = charting.periods(first, last, unit)
    values = [counts.get(one, 0) for one in periods]
    names = [_period(one, unit) for one in periods]
    now = timezone.localtime(info.published_at).replace(tzinfo=None)
    over = [later <= now for later in periods[1:]] + [not periods[-1] <= now < periods[-1] + _LENGTHS[unit]]
    left = info.rows - column.nulls - sum(values)
    title = {
        "year": _("Rows by year: %(column)s"),
        "month": _("Rows by month: %(column)s"),
        "day": _("Rows by day: %(column)s"),
    }[unit] % {"column": _title(column)}
    return Chart(
        title,
        " ".join(filter(None, [_left_out(left), "" if over[-1] else _("The last bar is not complete yet.")])),
        _bars(title, values, names, over),
        tuple((name, number_filter(value), SafeString("")) for name, value in zip(names, values, strict=True)),
    )


def _values(info: DatasetInfo, column: ColumnInfo, _found: dict[str, Bounds]) -> Chart | None:
    counts = _counted(info.code, info.number, Field(column.name, column.type.kept_as), 1000)
    told = [(value, many) for value, many in counts if value is not None]
    if not told:
        return None
    most, shown = told[0][1], told[:_BARS]
    rows = [(_value(value), number_filter(many), drawing.bar(many, most)) for value, many in shown]
    rest = sum(many for _one, many in told[_BARS:])
    if rest:
        rows.append((_("All others"), number_filter(rest), SafeString("")))
    title = _("Rows by %(column)s") % {"column": _title(column)}
    return Chart(title, _left_out(column.nulls), SafeString(""), tuple(rows))


def _sizes(info: DatasetInfo, column: ColumnInfo, found: dict[str, Bounds]) -> Chart | None:
    if column.name not in found:
        return None
    low, high = (float(one) for one in found[column.name])
    step, number = nice_step(low, high, _BINS), Field(column.name, Type.NUMBER)
    is_each = step <= 1 and _are_whole(info, number)
    step = 1.0 if is_each else step
    what = call(Function.FLOOR, call(Function.DIVIDE, number, Literal(step, Type.NUMBER)))
    counts = {int(value): many for value, many in _counted(info.code, info.number, what, 1000) if _is_told(value)}
    bins = range(math.floor(low / step), math.floor(high / step) + 1)
    values = [counts.get(one, 0) for one in bins]
    if not is_each and max(values) > _MOSTLY * sum(values):
        return None  # a few giants far off, and all others in one bar
    names = [
        _size(one)
        if is_each
        else _("%(from)s to below %(to)s") % {"from": _size(one * step), "to": _size((one + 1) * step)}
        for one in bins
    ]
    title = _("Rows by size: %(column)s") % {"column": _title(column)}
    if column.unit and column.unit not in _title(column):
        title = _("Rows by size: %(column)s, %(unit)s") % {"column": _title(column), "unit": column.unit}
    ends_at = (bins[-1] + (not is_each)) * step
    picture = _bars(title, values, [_size(bins[0] * step), _size(ends_at)], [True] * len(values))
    return Chart(
        title,
        _left_out(column.nulls),
        picture,
        tuple((name, number_filter(value), SafeString("")) for name, value in zip(names, values, strict=True)),
    )


def _are_whole(info: DatasetInfo, number: Field) -> bool:
    rest = call(Function.SUBTRACT, number, call(Function.FLOOR, number))
    return all(not value for value, _many in _counted(info.code, info.number, rest, 3) if _is_told(value))


def _bars(title: str, values: Sequence[int], names: Sequence[str], over: Sequence[bool]) -> SafeString:
    most = max(values)
    label = _("%(title)s; at most %(count)s. The table has every number.") % {
        "title": title, "count": number_filter(most)
    }  # fmt: skip
    top = number_filter(int(nice_top(values)))
    return drawing.bars(values, over, label=label, top=top, ends=(names[0], names[-1]))


def _period(moment: datetime, unit: str) -> str:
    return date_format(moment, {"year": "Y", "month": "SHORT_MONTH_FORMAT", "day": "SHORT_DATE_FORMAT"}[unit])


def _title(column: ColumnInfo) -> str:
    return pick(column.title) or column.name


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _size(value) if isinstance(value, int | float) else str(value)


def _size(number: float) -> str:
    number = float(f"{number:.6g}")
    return number_filter(int(number)) if number.is_integer() else f"{number:,}"


def _left_out(count: int) -> str:
    if count <= 0:
        return ""
    shown = number_filter(count)
    return ngettext("%(shown)s row is not in it.", "%(shown)s rows are not in it.", count) % {"shown": shown}


_CHARTS: Final[dict[Kind, Callable[[DatasetInfo, ColumnInfo, dict[str, Bounds]], Chart | None]]] = {
    Kind.TIME: _over_time,
    Kind.VALUES: _values,
    Kind.SIZES: _sizes,
}
