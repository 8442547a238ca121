"""The desk's export: a queue as CSV, for staff who may."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from cityhall.apps.service_requests.contracts import RequestFilter
from cityhall.apps.service_requests.exports.columns import COLUMNS, all_of, cells
from cityhall.apps.service_requests.rules.spreadsheets import guarded
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit
from cityhall.kernel.errors import NotAllowed

_CHUNK = 65_536


def desk_csv(filters: RequestFilter, *, actor: Actor) -> Iterator[str]:
    """Iterate over the pieces of a CSV of the requests that fit `filters`, as the actor may see them.

    No reporter's contact is in it. Texts that a spreadsheet would take for a formula get a `'` in front. The export is
    in the audit log.

    Raises:
        NotAllowed: the actor lacks `requests.export`.
    """
    if not actor.may("requests.export"):
        raise NotAllowed("Your account may not export requests. Ask your administrator for access.")
    audit.record(
        actor, "service_requests.exported", subject_kind="service_request", subject_id=None, data={"to": "csv"}
    )
    return _pieces(filters, actor)


def _pieces(filters: RequestFilter, actor: Actor) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for one in all_of(filters, actor):
        writer.writerow([guarded(cell) for cell in cells(one)])
        if out.tell() > _CHUNK:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()
