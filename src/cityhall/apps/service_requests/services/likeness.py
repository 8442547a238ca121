"""Keeping which open requests look like an earlier one, so that the desk can list them without comparing them all."""

from __future__ import annotations

import uuid

from django.db import connection, transaction

from cityhall.apps.service_requests.contracts import State
from cityhall.apps.service_requests.models import Likeness, ServiceRequest
from cityhall.apps.service_requests.queries import likely, rows
from cityhall.kernel import clock
from cityhall.kernel.actors import system

_LOOKER = system("Duplicates")
_AT_ONCE = 500


def look(request_id: uuid.UUID) -> None:
    """Look again for what a request is like, and let those wait for another look that were found to be like it."""
    with transaction.atomic():
        Likeness.objects.filter(request=request_id).delete()
        Likeness.objects.filter(other=request_id).update(other=None, probability=0.0, at=None)
        _look([request_id])


def look_on() -> int:
    """Look at the requests that wait for it, the newest first; return how many there were. Others cost nothing."""
    waiting = Likeness.objects.filter(at__isnull=True).order_by("-request_id")
    ids = list(waiting.values_list("request_id", flat=True)[:_AT_ONCE])
    if ids:
        with transaction.atomic():
            Likeness.objects.filter(request__in=ids, at__isnull=True).delete()
            _look(ids)
    return len(ids)


def find_missed() -> int:
    """Let open requests wait for a look that nobody has looked at: after a load, and once a day; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into service_requests_likeness (request_id, probability)"
            " select r.id, 0 from service_requests_servicerequest r where r.state <> 'closed' and not exists"
            " (select 1 from service_requests_likeness k where k.request_id = r.id)"
            " on conflict do nothing"
        )
        return int(cursor.rowcount)


def _look(ids: list[uuid.UUID]) -> None:
    found = rows.fetch(
        f"select {rows.COLUMNS} from {rows.TABLES} where r.id = any(%s::uuid[])",  # noqa: S608
        [ids],
    )
    looked = []
    for row in found:
        if row.facts.state is State.CLOSED:
            continue
        best = next(
            (one for one in likely.likely_same(row, _LOOKER, limit=50) if _is_earlier(one.request.id, row.facts.id)),
            None,
        )
        other_id, probability = (best.request.id, best.probability) if best else (None, 0.0)
        looked.append(Likeness(request_id=row.facts.id, other_id=other_id, probability=probability, at=clock.now()))
    there = ServiceRequest.objects.filter(id__in=[one.request_id for one in looked]).values_list("id", flat=True)
    kept = set(there)
    Likeness.objects.bulk_create([one for one in looked if one.request_id in kept], ignore_conflicts=True)


def _is_earlier(one: uuid.UUID, other: uuid.UUID) -> bool:
    """Ids are in the order of filing, so that of two alike only the later one is listed."""
    return one < other
