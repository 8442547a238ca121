"""The desk's export: a queue as CSV, for staff who may."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec
from django.utils.translation import gettext_lazy as _

from cityhall.apps.service_requests.contracts import CallFilter, DeskFilter, RequestFilter
from cityhall.apps.service_requests.exports.columns import COLUMNS, all_of, cells, stamp
from cityhall.apps.service_requests.queries.calls import call_log
from cityhall.apps.service_requests.queries.desk import MOST, desk_queue
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit
from cityhall.kernel.django.apart import Apart
from cityhall.kernel.django.permissions import need
from cityhall.kernel.errors import NotAllowed
from cityhall.kernel.offers import LongExport
from cityhall.kernel.spreadsheets import guarded

_CHUNK = 65_536
_CALL_COLUMNS = ("at", "kind", "channel", "about", "number", "note", "language", "taken_by")
_DESK_COLUMNS = ("priority", "team", "assignee", "days_late")


@dataclass(frozen=True, slots=True)
class QueueAsked:
    """What the process that writes a queue is told."""

    filters: DeskFilter
    actor: Actor


@dataclass(frozen=True, slots=True)
class CallsAsked:
    """What the process that writes the log of calls is told."""

    filters: CallFilter
    actor: Actor


def desk_csv(filters: RequestFilter, *, actor: Actor) -> Iterator[str]:
    """Iterate over the pieces of a CSV of the requests that fit `filters`, as the actor may see them.

    A contractor's people get their own work only. No reporter's contact is in it. Texts that a spreadsheet would take
    for a formula get a `'` in front. The export is in the audit log.

    Raises:
        NotAllowed: the actor lacks `requests.export`.
    """
    _may_export(actor)
    _write_down(actor, "requests")
    found = (one for one in all_of(filters, actor) if one.sees_all or actor.contractor is None)
    return _pieces(COLUMNS, (cells(one) for one in found))


def queue_csv(filters: DeskFilter, *, actor: Actor) -> Apart:
    """Iterate over the bytes of a CSV of a desk queue: the actor's work that fits `filters`, oldest first.

    The columns are those of `desk_csv`, then priority, team, person and days late. It is guarded and audited alike,
    and a process of its own writes it.

    Raises:
        NotAllowed: the actor lacks `requests.export`.
        TooMany: as many exports run as there are places.
    """
    return _apart("queue", QueueAsked(filters, actor))


def calls_csv(filters: CallFilter, *, actor: Actor) -> Apart:
    """Iterate over the bytes of a CSV of the log of calls, newest first. Who called is not in it.

    It is guarded, audited and written as `queue_csv` is.

    Raises:
        NotAllowed: the actor lacks `requests.export` or `requests.calls`.
        TooMany: as many exports run as there are places.
    """
    need(actor, "requests.calls")
    return _apart("calls", CallsAsked(filters, actor))


def long_exports() -> list[LongExport]:
    """Return what the process that writes the room's long exports needs to know."""
    return [LongExport("requests.queue", _queue_pieces), LongExport("requests.calls", _calls_pieces)]


def _apart(what: str, asked: QueueAsked | CallsAsked) -> Apart:
    """Take a place and then say so in the audit log: an export that has to wait is none."""
    _may_export(asked.actor)
    export = Apart(f"requests.{what}", msgspec.json.encode(asked))
    _write_down(asked.actor, what)
    return export


def _queue_pieces(asked: bytes) -> Iterator[str]:
    one = msgspec.json.decode(asked, type=QueueAsked)
    return _pieces((*COLUMNS, *_DESK_COLUMNS), _queue_rows(one.filters, one.actor))


def _calls_pieces(asked: bytes) -> Iterator[str]:
    one = msgspec.json.decode(asked, type=CallsAsked)
    return _pieces(_CALL_COLUMNS, _call_rows(one.filters, one.actor))


def _call_rows(filters: CallFilter, actor: Actor) -> Iterator[tuple[str, ...]]:
    after = ""
    while True:
        page = call_log(filters, actor, after=after, limit=MOST, language="en")
        for one in page.items:
            yield (
                stamp(one.at), one.kind, one.channel, one.about, one.number, one.note, one.language, one.taken_by,
            )  # fmt: skip
        if not page.next:
            return
        after = page.next


def _may_export(actor: Actor) -> None:
    """Raise NotAllowed unless the actor may export."""
    if not actor.may("requests.export"):
        raise NotAllowed(_("Your account may not export requests. Ask your administrator for access."))


def _write_down(actor: Actor, what: str) -> None:
    data = {"to": "csv", "what": what}
    audit.record(actor, "service_requests.exported", subject_kind="service_request", subject_id=None, data=data)


def _queue_rows(filters: DeskFilter, actor: Actor) -> Iterator[tuple[str, ...]]:
    after = ""
    while True:
        page = desk_queue(filters, actor, order="age", after=after, limit=MOST, language="en")
        for row in page.items:
            late = "" if row.late_days is None else str(row.late_days)
            yield (*cells(row.request), str(row.priority), row.team, row.assignee, late)
        if not page.next:
            return
        after = page.next


def _pieces(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([guarded(cell) for cell in row])
        if out.tell() > _CHUNK:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()
