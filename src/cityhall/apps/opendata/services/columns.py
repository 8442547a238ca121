"""The columns of a contract as the writer of snapshots takes them, with what hides their values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from cityhall.apps.opendata.contracts import ColumnTerms, Contract, Reason, Transform, Why
from cityhall.apps.opendata.rules import hiding
from cityhall.apps.places import public as places
from cityhall.kernel.snapshots import ColumnType, SnapshotColumn

FARTHEST_CROSSING = 2000.0
"""Metres. A place that has no crossing within them is not shown at all."""


def snapshot_columns(contract: Contract, headings: Collection[str], now: datetime) -> tuple[SnapshotColumn, ...]:
    """Return the published columns.

    Args:
        headings: what the file has; a column it lacks is empty.
        now: the moment that ages are counted from.
    """
    return tuple(
        SnapshotColumn(
            one.name, _there(one.source, headings), one.type, one.required, one.choices, one.least, one.most,
            _there(one.longitude, headings), _there(one.latitude, headings), _hide(one), _hold_after(one, now),
            one.day_first, one.sign, one.decimal_comma, one.brackets,
        )
        for one in contract.columns
        if one.publish
    )  # fmt: skip


def _hold_after(column: ColumnTerms, now: datetime) -> datetime | None:
    """Return the time on the city's clock after which rows are held back.

    Where clocks are set forward or back, it is the earlier of what the clock and what the hours say. What has its day
    alone may have happened in the day's last hour.
    """
    if not column.hold_hours:
        return None
    length = timedelta(hours=column.hold_hours)
    by_hours, by_clock = (
        places.local(now - length).replace(tzinfo=None),
        places.local(now).replace(tzinfo=None) - length,
    )
    after = min(by_hours, by_clock)
    return after - timedelta(days=1) if column.type is ColumnType.DATE else after


def _there(heading: str, headings: Collection[str]) -> str:
    return heading if heading in headings else ""


def _hide(column: ColumnTerms) -> Callable[[Sequence[Any]], Sequence[Any]] | None:
    match column.transform:
        case Transform.H3:
            return partial(hiding.celled, resolution=column.resolution)
        case Transform.SNAP:
            return partial(hiding.snapped, metres=column.metres)
        case Transform.SCRUB:
            return hiding.scrubbed
        case Transform.INTERSECTION:
            return partial(places.nearest_crossings, within=FARTHEST_CROSSING)
        case Transform.BLOCK:
            return _blocks
        case Transform.STREET:
            return _streets
        case _:
            return None


def lacking(contract: Contract) -> list[Reason]:
    """Return what the city must know before a contract's columns can be hidden as it says."""
    crossed = [one.name for one in contract.columns if one.transform is Transform.INTERSECTION and one.publish]
    if not crossed or places.has_crossings():
        return []
    return [Reason(Why.NO_STREETS, {"column": name}) for name in crossed]


def _blocks(addresses: Sequence[str]) -> list[str | None]:
    return [places.generalise_address(one) or None for one in addresses]


def _streets(addresses: Sequence[str]) -> list[str | None]:
    return [places.street_of(one) or None for one in addresses]
