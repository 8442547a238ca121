"""The columns of a contract as the writer of snapshots takes them, with what hides their values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from cityhall.apps.opendata.contracts import ColumnTerms, Contract, Reason, Transform, Why
from cityhall.apps.opendata.rules import hiding
from cityhall.apps.places import public as places
from cityhall.kernel.snapshots import SnapshotColumn

FARTHEST_CROSSING = 2000.0
"""Metres. A place that has no crossing within them is not shown at all."""


def snapshot_columns(contract: Contract, headings: Collection[str], now: datetime) -> tuple[SnapshotColumn, ...]:
    """Return the published columns.

    Args:
        headings: what the file has; a column it lacks is empty.
        now: on the city's clock, as times in files are.
    """
    return tuple(
        SnapshotColumn(
            one.name, _there(one.source, headings), one.type, one.required, one.choices, one.least, one.most,
            _there(one.longitude, headings), _there(one.latitude, headings), _hide(one),
            now - timedelta(hours=one.hold_hours) if one.hold_hours else None, one.day_first,
        )
        for one in contract.columns
        if one.publish
    )  # fmt: skip


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
