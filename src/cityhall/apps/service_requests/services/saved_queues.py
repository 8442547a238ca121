"""Queues that people save at the desk, for themselves or for a department."""

from __future__ import annotations

import uuid
from urllib.parse import parse_qsl

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cityhall.apps.service_requests.models import SavedFilter
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit
from cityhall.kernel.django.permissions import need_person
from cityhall.kernel.errors import Invalid, NotAllowed, NotFound
from cityhall.kernel.offers import Person, phone_digits

MOST = 50
_SUBJECT = "saved_filter"


def save_queue(*, actor: Actor, name: str, query: str, department_id: uuid.UUID | None = None) -> uuid.UUID:
    """Keep a queue's address under a name and return its id; the same name again replaces the actor's own.

    Args:
        query: the address's query string, at most 1,000 characters.
        department_id: share it with this department; None keeps it to the actor.

    Raises:
        NotAllowed: without "requests.view", or sharing with a department that is not the actor's.
        Invalid: field "name": empty, too long, or more than 50 saved.
    """
    owner_id = need_person(actor, "requests.view")
    limited = actor.departments or actor.teams
    if department_id and limited and department_id not in actor.departments:
        raise NotAllowed(_("You can share only with your own department."))
    name = name.strip()
    if not 0 < len(name) <= 80:
        raise Invalid({"name": _("Name the queue in at most 80 characters.")})
    if len(query) > 1000:
        raise Invalid({"name": _("This filter is too long to save. Choose fewer things.")})
    with transaction.atomic():
        own = SavedFilter.objects.filter(owner_id=owner_id)
        if own.exclude(name=name).count() >= MOST:
            raise Invalid({"name": _("You have saved 50 queues. Remove one first.")})
        row, _made = SavedFilter.objects.update_or_create(
            owner_id=owner_id, name=name, defaults={"query": query, "department_id": department_id}
        )
        audit.record(
            actor,
            "service_requests.queue_saved",
            subject_kind=_SUBJECT,
            subject_id=row.id,
            # Neither the name nor the query: people search for a resident's name and address.
            data={"department_id": str(department_id or "")},
        )
    return row.id


def remove_queue(queue_id: uuid.UUID, *, actor: Actor) -> None:
    """Forget a queue of the actor's own. Raises NotFound."""
    with transaction.atomic():
        gone, _rows = SavedFilter.objects.filter(id=queue_id, owner_id=actor.id).delete()
        if not gone:
            raise NotFound(_("There is no such saved queue of yours."))
        audit.record(actor, "service_requests.queue_removed", subject_kind=_SUBJECT, subject_id=queue_id, data={})


def forget_searches(person: Person) -> int:
    """Remove queues that are named after a person's e-mail address or telephone or look for them; return how many."""
    email, digits = person.email.lower(), phone_digits(person.phone)

    def is_theirs(text: str) -> bool:
        return bool((email and email in text.lower()) or (digits and phone_digits(text) == digits))

    saved = SavedFilter.objects.values_list("id", "name", "query")
    gone = [
        row_id
        for row_id, name, query in saved
        if any(is_theirs(text) for text in (name, *(value for _key, value in parse_qsl(query))))
    ]
    return SavedFilter.objects.filter(id__in=gone).delete()[0]
