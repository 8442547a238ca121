"""What people follow, in words, and how long something is kept that nobody follows any more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cityhall.apps.notify import public as notify
from cityhall.apps.subscriptions import queries
from cityhall.apps.subscriptions.models import Subscription
from cityhall.kernel.offers import Period, Person, Retained


def kept_kinds() -> Iterator[Retained]:
    """Iterate over the kinds of records the room keeps for a while."""
    yield Retained(
        "subscriptions",
        _("Places and kinds that nobody follows any more"),
        _("From the last digest there was a follower for. Who followed is kept as “Followers’ addresses” says."),
        Period(7, "days"),
        lambda before, held: len(_left(before)),
        lambda before, held, most: _purge(before, most),
        at_once=True,
        order=23,
    )


def _left(before: datetime) -> list[Any]:
    ids = list(Subscription.objects.filter(told_until__lt=before).order_by("told_until").values_list("id", flat=True))
    followed = notify.followed_still(queries.SUBJECT, ids)
    return [one for one in ids if one not in followed]


def _purge(before: datetime, most: int) -> int:
    with transaction.atomic():
        rows = Subscription.objects.select_for_update(skip_locked=True).filter(id__in=_left(before)[:most])
        ids = [row.id for row in rows]
        # Somebody may have asked for the same since.
        gone = set(ids) - notify.followed_still(queries.SUBJECT, ids)
        return Subscription.objects.filter(id__in=gone, told_until__lt=before).delete()[0]


def export(person: Person) -> Iterator[dict[str, Any]]:
    """Iterate over what the person follows, in words."""
    rows = Subscription.objects.in_bulk(notify.subjects_of(person, queries.SUBJECT)) if person else {}
    for row in rows.values():
        yield {"follows": queries.title(queries.watched_by(row)), "every": row.every}


def erase(person: Person) -> int:
    """Change nothing: that somebody follows is the notify room's, which removes it; the rest says nothing of them."""
    return 0
