"""How long plans are kept, and what the room knows of a person: the crews they go out with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cityhall.apps.day_plans.models import Crew, DayPlan, PlanVersion, Window
from cityhall.apps.places import public as places
from cityhall.kernel.offers import Held, Period, Person, Retained


def kept_kinds() -> Iterator[Retained]:
    """Iterate over the kinds of records the room keeps for a while."""
    yield Retained(
        "day_plans",
        _("Crews’ day plans"),
        _("From the day that was planned. What was done stays in the requests’ history."),
        Period(2, "years"),
        lambda before, held: _old(before, held).count(),
        _purge,
        order=46,
    )


def _old(before: datetime, held: Held) -> QuerySet[DayPlan]:
    found = DayPlan.objects.filter(day__lt=places.local(before).date())
    return found.exclude(requests__overlap=list(held.requests)) if held.requests else found


def _purge(before: datetime, held: Held, most: int) -> int:
    ids = list(_old(before, held).order_by("day", "id").values_list("id", flat=True)[:most])
    promised = Window.objects.filter(day__lt=places.local(before).date()).exclude(request_id__in=held.requests)
    Window.objects.filter(pk__in=promised.values_list("pk", flat=True)[:most]).delete()
    DayPlan.objects.filter(id__in=ids).delete()
    return len(ids)


def export(person: Person) -> Iterator[dict[str, Any]]:
    """Iterate over the crews the person goes out with."""
    for row in Crew.objects.filter(members__contains=[person.account]) if person.account else ():
        yield {"crew": row.name, "skills": list(row.skills)}


def erase(person: Person) -> int:
    """Take the person out of their crews, and out of who made versions of plans."""
    if person.account is None:
        return 0
    rows = list(Crew.objects.filter(members__contains=[person.account]))
    for row in rows:
        row.members = [one for one in row.members if one != person.account]
        row.save(update_fields=["members"])
    asked = DayPlan.objects.filter(asked_by_id=person.account).update(asked_by_id=None)
    return len(rows) + asked + PlanVersion.objects.filter(by_id=person.account).update(by_id=None)
