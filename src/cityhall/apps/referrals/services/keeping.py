"""How long reply links are kept, and a body's address when it is a person's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from cityhall.apps.referrals.models import Body, ReplyLink
from cityhall.kernel.offers import Held, Period, Person, Retained


def kept_kinds() -> Iterator[Retained]:
    """Iterate over the kinds of records the room keeps for a while."""
    yield Retained(
        "reply_links",
        _("Links by which other bodies answer"),
        _("From the day they stopped working. What was answered stays with the request."),
        Period(30, "days"),
        lambda before, held: ReplyLink.objects.filter(expires_at__lt=before).count(),
        _purge,
        order=45,
    )


def _purge(before: datetime, held: Held, most: int) -> int:
    ids = list(
        ReplyLink.objects.filter(expires_at__lt=before).order_by("expires_at").values_list("id", flat=True)[:most]
    )
    return ReplyLink.objects.filter(id__in=ids).delete()[0]


def export(person: Person) -> Iterator[dict[str, Any]]:
    """Iterate over the bodies that are written to at the person's address."""
    for row in Body.objects.filter(mail=person.email) if person.email else ():
        yield {"body": row.name, "mail": row.mail}


def erase(person: Person) -> int:
    """Take the person's address from the bodies that are written to there; the desk chooses another."""
    return Body.objects.filter(mail=person.email).update(mail="") if person.email else 0
