"""The desk's export: a queue as CSV, for staff who may."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from cityhall.apps.service_requests.contracts import CallFilter, DeskFilter, RequestFilter
from cityhall.apps.service_requests.exports.columns import COLUMNS, all_of, cells, stamp
from cityhall.apps.service_requests.queries.calls import call_log
from cityhall.apps.service_requests.queries.desk import MOST, desk_queue
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit
from cityhall.kernel.django.permissions import need
from cityhall.kernel.errors import NotAllowed
from cityhall.kernel.spreadsheets import guarded

_CHUNK = 65_536
_CALL_COLUMNS = ("at", "kind", "channel", "about", "number", "note", "language", "taken_by")
_DESK_COLUMNS = ("priority", "team", "assignee", "days_late")


def desk_csv(filters: RequestFilter, *, actor: Actor) -> Iterator[str]:
    """Iterate over the pieces of a CSV of the requests that fit `filters`, as the actor may see them.

    A contractor's people get their own work only. No reporter's contact is in it. Texts that a spreadsheet would take
    for a formula get a `'` in front. The export is in the audit log.

    Raises:
        NotAllowed: the actor lacks `requests.export`.
    """
    _allow(actor, "requests")
    found = (one for one in all_of(filters, actor) if one.sees_all or actor.contractor is None)
    return _pieces(COLUMNS, (cells(one) for one in found))


def queue_csv(filters: DeskFilter, *, actor: Actor) -> Iterator[str]:
    """Iterate over the pieces of a CSV of a desk queue: the actor's work that fits `filters`, oldest first.

    The columns are those of `desk_csv`, then priority, team, person and days late. It is guarded and audited alike.

    Raises:
        NotAllowed: the actor lacks `requests.export`.
    """
    _allow(actor, "queue")
    return _pieces((*COLUMNS, *_DESK_COLUMNS), _queue_rows(filters, actor))


def calls_csv(filters: CallFilter, *, actor: Actor) -> Iterator[str]:
    """Iterate over the pieces of a CSV of the log of calls, newest first. Who called is not in it.

    It is guarded and audited as `desk_csv` is.

    Raises:
        NotAllowed: the actor lacks `requests.export` or `requests.calls`.
    """
    need(actor, "requests.calls")
    _allow(actor, "calls")
    return _pieces(_CALL_COLUMNS, _call_rows(filters, actor))


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


def _allow(actor: Actor, what: str) -> None:
    if not actor.may("requests.export"):
        raise NotAllowed(_("Your account may not export requests. Ask your administrator for access."))
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
