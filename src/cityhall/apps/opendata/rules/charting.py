"""Which charts a dataset's columns make, and how their scales are cut."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cityhall.apps.opendata.contracts import ColumnInfo
from cityhall.apps.opendata.rules import guessing
from cityhall.kernel.analytics.columns import Type

_FEW, _MANY = 2, 30
_MOST_CHARTS = 4
#: Words in the names of numbers that count nothing.
_NUMBERED = frozenset({"id", "key", "number", "no", "num", "code", "objectid", "fid"})
_MOST_PERIODS = 60


class Kind(StrEnum):
    """What a chart shows: rows over time, rows for each value, rows by size of a number."""

    TIME = "time"
    VALUES = "values"
    SIZES = "sizes"


@dataclass(frozen=True, slots=True)
class Plan:
    """A chart to draw."""

    kind: Kind
    column: ColumnInfo


def plans(columns: Sequence[ColumnInfo], rows: int, key: Collection[str]) -> tuple[Plan, ...]:
    """Return the charts that say something of these columns: one over time first, then values, then sizes."""
    found: dict[Kind, list[Plan]] = {kind: [] for kind in Kind}
    has_place = any(column.type.kept_as is Type.POINT for column in columns)
    for column in columns:
        kind = _kind(column, rows)
        if kind and column.name not in key and not (has_place and column.name in guessing.DEGREES):
            found[kind].append(Plan(kind, column))
    return (*found[Kind.TIME][:1], *found[Kind.VALUES][:2], *found[Kind.SIZES][:2])[:_MOST_CHARTS]


def _kind(column: ColumnInfo, rows: int) -> Kind | None:
    kept, told = column.type.kept_as, rows - column.nulls
    if told < _FEW or column.distinct < _FEW:
        return None
    if kept is Type.TIMESTAMP:
        return Kind.TIME
    few = column.distinct <= _MANY and 2 * column.distinct <= told
    if few and kept in {Type.TEXT, Type.BOOLEAN}:
        return Kind.VALUES
    if kept is Type.NUMBER and (few or not _NUMBERED & set(column.name.split("_"))):
        return Kind.VALUES if few and column.distinct <= _MANY // 3 else Kind.SIZES
    return None


def span(first: datetime, last: datetime) -> str:
    """Return what rows between two moments are counted by: "day", "month" or "year"."""
    months = 12 * (last.year - first.year) + last.month - first.month
    if (last - first).days < 2 * 31:
        return "day"
    return "month" if months < _MOST_PERIODS else "year"


def periods(first: datetime, last: datetime, unit: str) -> tuple[datetime, ...]:
    """Return the beginnings of the periods from the first moment to the last; the latest sixty when there are more."""
    if unit == "year":
        return tuple(
            datetime(year, 1, 1) for year in range(max(first.year, last.year - _MOST_PERIODS + 1), last.year + 1)
        )
    if unit == "month":
        ends = 12 * last.year + last.month - 1
        begins = max(12 * first.year + first.month - 1, ends - _MOST_PERIODS + 1)
        return tuple(datetime(at // 12, at % 12 + 1, 1) for at in range(begins, ends + 1))
    begins, ends = first.toordinal(), last.toordinal()
    return tuple(datetime.fromordinal(day) for day in range(begins, ends + 1))
