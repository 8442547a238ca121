"""What happened to service requests as a live dataset: the history each request's own page shows, and no more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import translation

from cityhall.apps.service_requests.contracts import Fact
from cityhall.apps.service_requests.exports.columns import wall_clock
from cityhall.apps.service_requests.exports.open_data import MOST_CHANGED, basis, requests_mark
from cityhall.apps.service_requests.queries.changes import Change, all_histories, changed_since, changes_of
from cityhall.kernel.actors import ANONYMOUS
from cityhall.kernel.offers import Delta, LiveDataset
from cityhall.kernel.spreadsheets import write_rows

_CONTRACT = Path(__file__).with_name("open-data-events.toml")
_COLUMNS = (
    "event_id", "number", "event", "happened_at", "done_by", "words", "was", "became", "outcome", "planned_for",
    "referred_to", "other_number", "corrects",
)  # fmt: skip
#: Facts that say what something was and became: a state, or a category.
_MOVES = {Fact.STATE, Fact.CATEGORY, Fact.CLOSED, Fact.REOPENED, Fact.CONTESTED}


def live_events() -> LiveDataset:
    """Return the public histories of all requests as open data."""
    delta = Delta("number", basis, _write_changed)
    return LiveDataset("service-request-events", _CONTRACT.read_text(encoding="utf-8"), requests_mark, _write, delta)


def _write(file: Path) -> int:
    with translation.override("en"):
        return write_rows(file, _COLUMNS, map(_cells, all_histories(ANONYMOUS)))


def _write_changed(since: datetime, file: Path) -> Collection[str] | None:
    changed = changed_since(since, MOST_CHANGED)
    if changed is None:
        return None
    with translation.override("en"):
        write_rows(file, _COLUMNS, map(_cells, changes_of(tuple(changed), ANONYMOUS)))
    return changed.values()


def _cells(change: Change) -> tuple[Any, ...]:
    event = change.event
    data = event.data
    was, became = (data.get("from", ""), data.get("to", "")) if event.fact in _MOVES else ("", "")
    return (
        event.id, change.number, event.fact, wall_clock(event.at), "resident" if change.by_resident else "city",
        event.text, was, became, data.get("outcome", ""), data.get("on", ""), data.get("referred_to", ""),
        data.get("duplicate_of") or data.get("number", ""), data.get("corrects", ""),
    )  # fmt: skip
