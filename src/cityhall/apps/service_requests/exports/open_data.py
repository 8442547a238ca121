"""Service requests as a live dataset: what everybody may see, and no more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from django.db.models import Max
from django.utils import translation

from cityhall.apps.service_requests.contracts import PublicRequest, RequestFilter
from cityhall.apps.service_requests.exports.columns import all_of, degrees, wall_clock
from cityhall.apps.service_requests.models import HistoryEvent, ServiceRequest
from cityhall.apps.service_requests.queries.catalogue import catalogue_changed
from cityhall.apps.service_requests.queries.changes import changed_since
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS
from cityhall.kernel.offers import Delta, LiveDataset
from cityhall.kernel.spreadsheets import write_rows

#: When more requests changed, all are written.
MOST_CHANGED = 20_000
_CONTRACT = Path(__file__).with_name("open-data.toml")
_COLUMNS = (
    "number", "status", "state", "outcome", "outcome_sentence", "category_code", "category", "group", "requested_at",
    "updated_at", "closed_at", "due_at", "lon", "lat", "place_detail", "address", "description", "department",
    "supporters", "duplicate_of", "source",
)  # fmt: skip


def live_requests() -> LiveDataset:
    """Return service requests as open data."""
    delta = Delta("number", basis, _write_changed)
    return LiveDataset("service-requests", _CONTRACT.read_text(encoding="utf-8"), requests_mark, _write, delta)


def requests_mark() -> str:
    """Say how far requests, their history and categories have changed; to what changes none, the hour sees."""
    last = ServiceRequest.objects.aggregate(at=Max("updated_at"))["at"]
    newest = HistoryEvent.objects.order_by("-id").values_list("id", flat=True).first()
    return f"{basis()} {last} {newest}"


def basis() -> str:
    """Say what changes of requests alone do not tell: their categories, and once an hour everything."""
    return f"{catalogue_changed()} {hour()}"


def hour() -> str:
    """Return the hour it is, for marks: what moves none of them is published within it."""
    return clock.now().strftime("%Y-%m-%d %H")


def _write(file: Path) -> int:
    return _written(file, RequestFilter())


def _write_changed(since: datetime, file: Path) -> Collection[str] | None:
    changed = changed_since(since, MOST_CHANGED)
    if changed is None:
        return None
    _written(file, RequestFilter(ids=tuple(changed)))
    return changed.values()


def _written(file: Path, wanted: RequestFilter) -> int:
    with translation.override("en"):
        return write_rows(file, _COLUMNS, (_cells(one) for one in all_of(wanted, ANONYMOUS)))


def _cells(one: PublicRequest) -> tuple[str, ...]:
    return (
        one.number, one.status, one.state, one.outcome or "", one.outcome_sentence, one.category_code,
        one.category_name, one.group, wall_clock(one.requested_at), wall_clock(one.updated_at),
        wall_clock(one.closed_at), wall_clock(one.due_at), degrees(one.lon), degrees(one.lat), one.place_detail,
        one.address, one.description, one.department, str(one.supporters), one.duplicate_of, one.source,
    )  # fmt: skip
