"""What the room keeps about people: who asked for data, who reported a mistake, what they follow. And for how long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cityhall.apps.notify import public as notify
from cityhall.apps.opendata.contracts import WishState
from cityhall.apps.opendata.models import Dataset, Mistake, Wish
from cityhall.apps.opendata.rules import contract_files
from cityhall.apps.opendata.services import newcomers
from cityhall.apps.opendata.services.live import forget_marks
from cityhall.apps.opendata.services.telling import SUBJECT
from cityhall.kernel.offers import Held, Period, Person, Retained


def kept_kinds() -> Iterator[Retained]:
    """Iterate over the kinds of records the room keeps for a while."""
    yield Retained(
        "data_askers",
        _("Who asked for a dataset"),
        _("From the day it was asked for. What was asked for and the city’s answer stay."),
        Period(2, "years"),
        lambda before, held: _askers(before, held).count(),
        _forget_askers,
        order=24,
    )
    yield Retained(
        "data_mistakes",
        _("Mistakes in published data that were reported and are settled"),
        _("From the day of the answer. Those that are open stay."),
        Period(2, "years"),
        lambda before, held: _settled(before, held).count(),
        _remove_settled,
        order=25,
    )


def _askers(before: datetime, held: Held) -> QuerySet[Wish]:
    rows = Wish.objects.filter(asked_at__lt=before).exclude(email="", user_id=None)
    return rows.exclude(_of_held(held)) if held else rows


def _settled(before: datetime, held: Held) -> QuerySet[Mistake]:
    rows = Mistake.objects.filter(answered_at__lt=before)
    return rows.exclude(_of_held(held)) if held else rows


def _of_held(held: Held) -> Q:
    return Q(user_id__isnull=False, user_id__in=held.accounts) | Q(email__in=held.emails)


def _forget_askers(before: datetime, held: Held, most: int) -> int:
    ids = list(_askers(before, held).order_by("asked_at").values_list("id", flat=True)[:most])
    return Wish.objects.filter(id__in=ids).update(email="", user_id=None)


def _remove_settled(before: datetime, held: Held, most: int) -> int:
    ids = list(_settled(before, held).order_by("answered_at").values_list("id", flat=True)[:most])
    return Mistake.objects.filter(id__in=ids).delete()[0]


def _theirs(person: Person) -> Q:
    account = Q(user_id=person.account) if person.account else Q(pk=None)
    return account | (Q(email=person.email) if person.email else Q(pk=None))


def export(person: Person) -> Iterator[dict[str, Any]]:
    """Iterate over what the person asked for, reported and follows."""
    for wish in Wish.objects.filter(_theirs(person)).order_by("asked_at"):
        yield {"asked_for": wish.what, "why": wish.why, "at": wish.asked_at.isoformat(), "answer": wish.answer}
    for row in Mistake.objects.filter(_theirs(person)).select_related("dataset").order_by("reported_at"):
        yield {
            "mistake_in": row.dataset.name, "row": row.row, "what": row.what, "at": row.reported_at.isoformat(),
            "answer": row.answer,
        }  # fmt: skip
    followed = notify.subjects_of(person, SUBJECT) if person else []
    for dataset in Dataset.objects.filter(id__in=followed).order_by("name"):
        yield {"follows": contract_files.kept(dataset.contract).title}
    if person and notify.subjects_of(person, newcomers.SUBJECT):
        yield {"follows": {"en": "New datasets"}}


def erase(person: Person) -> int:
    """Remove what the person wrote and who they are; return how many rows changed.

    What the public has read stays, in the words that say which data it is. The city's live datasets are published anew.
    """
    gone = Mistake.objects.filter(_theirs(person)).delete()[0]
    theirs = Wish.objects.filter(_theirs(person))
    gone += theirs.filter(state=WishState.WAITING).delete()[0]
    return gone + theirs.update(why="", email="", user_id=None) + forget_marks()
