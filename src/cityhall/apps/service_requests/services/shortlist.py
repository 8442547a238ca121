"""Requests people mark for themselves."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cityhall.apps.service_requests.contracts import number_text
from cityhall.apps.service_requests.models import ServiceRequest, Star
from cityhall.apps.service_requests.queries.desk import VIEW
from cityhall.apps.service_requests.queries.reading import missing
from cityhall.apps.service_requests.queries.rows import within_limits
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.permissions import need_person
from cityhall.kernel.errors import Invalid
from cityhall.kernel.offers import Person

MOST = 500


def shortlist(request_id: uuid.UUID, *, actor: Actor, on: bool) -> None:
    """Put a request on the actor's own shortlist, or take it off. The request itself does not change.

    Raises:
        NotAllowed: without "requests.view".
        NotFound: no such request, or not among the actor's work; whatever is on the list can be taken off.
        Invalid: field "shortlist": it is full.
    """
    user_id = need_person(actor, VIEW)
    with transaction.atomic():
        own = Star.objects.filter(user_id=user_id)
        if not on:
            own.filter(request_id=request_id).delete()
            return
        found = ServiceRequest.objects.filter(id=request_id).values("department_id", "team_id").first()
        if found is None or not within_limits(actor, found["department_id"], found["team_id"]):
            raise missing()
        if own.exclude(request_id=request_id).count() >= MOST:
            raise Invalid({"shortlist": _("Your shortlist is full. Take one off first.")})
        Star.objects.get_or_create(user_id=user_id, request_id=request_id, defaults={"at": clock.now()})


def export_shortlist(person: Person) -> Iterator[dict[str, Any]]:
    """Iterate over the person's shortlist."""
    if person.account is None:
        return
    for row in Star.objects.filter(user_id=person.account).select_related("request").order_by("at"):
        yield {"kind": "star", "number": number_text(row.request.number), "at": row.at.isoformat()}


def erase_shortlist(person: Person) -> int:
    """Forget the person's shortlist; return how long it was."""
    return Star.objects.filter(user_id=person.account).delete()[0] if person.account else 0
