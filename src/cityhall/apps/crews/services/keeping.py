"""How long it is kept who was where, and what of a person is in the room."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cityhall.apps.crews.models import Visit
from cityhall.kernel.offers import Held, Period, Person, Retained


def kept_kinds() -> Iterator[Retained]:
    """Iterate over the kinds of records the room keeps for a while."""
    yield Retained(
        "visits",
        _("Which member of a crew was where"),
        _("From the end of the visit. When, how long, with what result and material stays, without the person."),
        Period(2, "years"),
        lambda before, held: _named(before, held).count(),
        _purge,
        order=46,
    )


def _named(before: datetime, held: Held) -> QuerySet[Visit]:
    rows = Visit.objects.filter(person_id__isnull=False, finished_at__lt=before)
    return rows.exclude(person_id__in=held.accounts).exclude(request_id__in=held.requests)


def _purge(before: datetime, held: Held, most: int) -> int:
    ids = list(_named(before, held).order_by("finished_at").values_list("id", flat=True)[:most])
    return Visit.objects.filter(id__in=ids).update(person_id=None)


def export(person: Person) -> Iterator[dict[str, Any]]:
    """Iterate over the visits somebody made."""
    for row in Visit.objects.filter(person_id=person.account).order_by("started_at") if person.account else ():
        yield {
            "request": row.number,
            "started": row.started_at.isoformat(),
            "finished": row.finished_at.isoformat() if row.finished_at else None,
            "minutes": row.minutes,
            "result": row.result,
        }


def erase(person: Person) -> int:
    """Forget who made somebody's visits."""
    return Visit.objects.filter(person_id=person.account).update(person_id=None) if person.account else 0
