"""Taking in visits of the past."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from django.db import transaction

from cityhall.apps.crews.contracts import LoadedVisit
from cityhall.apps.crews.models import MaterialUsed, Visit
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit


def load_visits(visits: Iterable[LoadedVisit], *, actor: Actor) -> int:
    """Write visits that are over, as they are; return how many."""
    count, waiting = 0, iter(visits)
    with transaction.atomic():
        while some := list(islice(waiting, 1000)):
            rows = [_row(one) for one in some]
            Visit.objects.bulk_create(rows)
            MaterialUsed.objects.bulk_create(
                MaterialUsed(visit=row, material_id=material, quantity=quantity)
                for row, one in zip(rows, some, strict=True)
                for material, quantity in one.used
            )
            count += len(rows)
        audit.record(actor, "crews.loaded", subject_kind="visit", subject_id=None, data={"visits": count})
    return count


def _row(one: LoadedVisit) -> Visit:
    return Visit(
        request_id=one.request_id,
        number=one.number,
        category=one.category,
        department_id=one.department_id,
        team_id=one.team_id,
        person_id=one.person_id,
        started_at=one.started_at,
        start_arrived_at=one.started_at,
        finished_at=one.finished_at,
        finish_arrived_at=one.finished_at,
        minutes=one.minutes,
        result=one.result.value,
        reason=one.reason.value if one.reason else "",
    )
