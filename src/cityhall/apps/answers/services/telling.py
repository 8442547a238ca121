"""Notices to colleagues: who is named in a note is told, and who asked for a closing that came back."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityhall.apps.answers.contracts import NoticeKind
from cityhall.apps.answers.models import Notice, NoticeChoice
from cityhall.apps.answers.queries import named_in, wants_mail
from cityhall.apps.identity import public as identity
from cityhall.apps.notify import public as notify
from cityhall.apps.service_requests import public as service_requests
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.permissions import need_person
from cityhall.kernel.offers import Held, Period, Person, Retained


def said_to_writer(text: str, request_id: uuid.UUID, writer: Actor) -> str:
    """Return what the writer of a note is told of those it names; "" when it names nobody."""
    found = named_in(text, request_id, writer)
    said = []
    if found.told:
        said.append(_("Told: %(names)s.") % {"names": ", ".join(found.told.values())})
    if found.not_told:
        names = {"names": ", ".join(found.not_told)}
        said.append(_("Not told, as they may not read this note: %(names)s.") % names)
    if found.unclear:
        names = {"names": ", ".join(found.unclear)}
        said.append(_("Several people are called this: %(names)s. Write the first part of their e-mail.") % names)
    if found.unknown:
        said.append(_("Nobody you work with is called this: %(names)s.") % {"names": ", ".join(found.unknown)})
    return " ".join([_("The note is kept. Only staff see it."), *said]) if said else ""


def mention(event_id: uuid.UUID, request_id: uuid.UUID) -> None:
    """Tell those whom an internal note names and who may read it."""
    found = service_requests.happened(event_id)
    writer = identity.colleague(found.author_id) if found and found.author_id else None
    if found is None or writer is None:
        return
    for user_id in named_in(found.event.text, request_id, writer).told:
        _tell(user_id, NoticeKind.MENTION, request_id, event_id, found.event.at)


def sent_back(event_id: uuid.UUID, request_id: uuid.UUID, asker: uuid.UUID) -> None:
    """Tell who asked for a closing that it came back."""
    found = service_requests.happened(event_id)
    if found is not None and identity.colleague(asker) is not None:
        _tell(asker, NoticeKind.SENT_BACK, request_id, event_id, found.event.at)


def _tell(user_id: uuid.UUID, kind: NoticeKind, request_id: uuid.UUID, event_id: uuid.UUID, at: datetime) -> None:
    person = identity.person(user_id)
    handed = service_requests.handed_over(request_id, language=person.language if person else "en")
    if person is None or handed is None:
        return
    with transaction.atomic():
        _row, made = Notice.objects.get_or_create(
            user_id=user_id, event_id=event_id, defaults={"kind": kind, "request_id": request_id, "at": at}
        )
        if not made or not person.email or not wants_mail(user_id):
            return
        number = handed.request.number
        # What was written stays at the desk: mail is read in many places.
        notify.send(
            person.email,
            template=f"answers/{kind.value}",
            context={"number": number, "category": handed.request.category_name, "path": _page(number)},
            language=person.language,
            user_id=user_id,
        )


def _address(number: str) -> str:
    return reverse("desk-request", args=[number])


def _page(number: str) -> Any:
    return lazy(_address, str)(number)


def read_all(*, actor: Actor) -> int:
    """Mark the actor's notices as read; return how many were not."""
    return Notice.objects.filter(user_id=need_person(actor, "requests.view"), read_at__isnull=True).update(
        read_at=clock.now()
    )


def choose_mail(*, actor: Actor, by_mail: bool) -> None:
    """Say whether the actor wants notices by mail, too."""
    NoticeChoice.objects.update_or_create(user_id=need_person(actor, "requests.view"), defaults={"by_mail": by_mail})


def kept_kinds() -> Iterator[Retained]:
    """Iterate over the kinds of records the room keeps for a while."""
    yield Retained(
        "notices",
        gettext_lazy("Notices between colleagues"),
        gettext_lazy("From the day of the note. The note itself stays with the request."),
        Period(1, "years"),
        lambda before, held: _old(before, held).count(),
        _purge,
        at_once=True,
        order=46,
    )


def _old(before: datetime, held: Held) -> QuerySet[Notice]:
    return Notice.objects.filter(at__lt=before).exclude(request_id__in=held.requests)


def _purge(before: datetime, held: Held, most: int) -> int:
    ids = list(_old(before, held).order_by("at").values_list("id", flat=True)[:most])
    return Notice.objects.filter(id__in=ids).delete()[0]


def export(person: Person) -> Iterator[dict[str, Any]]:
    """Iterate over the notices a colleague got, and whether they want them by mail."""
    if person.account is None:
        return
    for row in Notice.objects.filter(user_id=person.account).order_by("at", "id"):
        numbers = service_requests.numbers_of([row.request_id])
        yield {
            "notice": row.kind,
            "number": next(iter(numbers), ""),
            "at": row.at.isoformat(),
            "read_at": row.read_at.isoformat() if row.read_at else None,
        }
    for choice in NoticeChoice.objects.filter(user_id=person.account):
        yield {"notices_by_mail": choice.by_mail}


def erase(person: Person) -> int:
    """Forget the notices a colleague got and what they chose; return how many rows went."""
    if person.account is None:
        return 0
    own = Notice.objects.filter(user_id=person.account).delete()[0]
    return own + NoticeChoice.objects.filter(user_id=person.account).delete()[0]
