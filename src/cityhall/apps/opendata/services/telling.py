"""Following a dataset, and telling those who do: of new versions once a day, of recalls at once.

What is published whenever the city's records change is news every minute: of that only changed columns are told.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from cityhall.apps.notify import public as notify
from cityhall.apps.opendata import queries, rules
from cityhall.apps.opendata.models import Dataset, Told
from cityhall.apps.opendata.rules import contract_files
from cityhall.apps.places import public as places
from cityhall.kernel import clock, offers
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.translated import pick
from cityhall.kernel.errors import NotFound

_log = logging.getLogger(__name__)
SUBJECT = "dataset"


def follow(code: str, *, actor: Actor, email: str = "", language: str = "en") -> None:
    """Let somebody hear about a dataset.

    Args:
        actor: who asks. Somebody signed in needs no `email`; another address is first asked by mail.

    Raises:
        NotFound: no such dataset.
        Invalid: field "email".
        TooMany: the address was asked too often today.
    """
    with transaction.atomic():
        row = Dataset.objects.select_for_update(of=("self",)).filter(code=code, current__isnull=False).first()
        if row is None:
            raise NotFound(_("There is no such dataset."))
        if not notify.followed_still(SUBJECT, [row.id]):  # what was before anybody asked is no news
            Told.objects.update_or_create(
                dataset=row, defaults={"at": clock.now(), "columns": queries.published_columns(row.contract)}
            )
        notify.follow(
            SUBJECT, row.id, user_id=actor.id, email=None if actor.id else email, language=language,
            about=pick(contract_files.kept(row.contract).title, language),
        )  # fmt: skip


def unfollow(code: str, *, actor: Actor) -> bool:
    """Let somebody signed in hear no more of a dataset; return whether they did."""
    token = following(code, actor=actor)
    return bool(token) and notify.unfollow(token)


def following(code: str, *, actor: Actor) -> str:
    """Return by which token somebody signed in follows a dataset; "" when they do not."""
    row = Dataset.objects.filter(code=code).first() if actor.id else None
    return notify.followed_by(actor.id, SUBJECT).get(row.id, "") if row and actor.id else ""


def followed(user_id: uuid.UUID) -> list[offers.Follows]:
    """Return the datasets an account follows, for the page of all it follows."""
    tokens = notify.followed_by(user_id, SUBJECT)
    rows = Dataset.objects.filter(id__in=tokens, current__isnull=False).order_by("name")
    return [
        offers.Follows(
            pick(contract_files.kept(row.contract).title) or row.name,
            reverse("opendata-dataset", args=[row.code]),
            _("Open data: in the morning after a change"),
            tokens[row.id],
        )
        for row in rows
    ]


def tell_due() -> int:
    """Tell the followers of what was published since they were told last, in the morning; return of how many."""
    turn = rules.last_morning(places.local(clock.now()))
    told = 0
    for dataset_id in list(Told.objects.filter(at__lt=turn).order_by("at").values_list("dataset_id", flat=True)):
        try:
            told += _tell(dataset_id)
        except Exception:  # it is tried again with the next run, and keeps no other from its own
            _log.exception("The followers of dataset %s were not told.", dataset_id)
    return told


def _tell(dataset_id: uuid.UUID) -> bool:
    with transaction.atomic():
        # Who publishes holds the dataset first, too.
        row = Dataset.objects.select_for_update(of=("self",)).select_related("current").get(id=dataset_id)
        told = Told.objects.get(dataset_id=dataset_id)
        if not notify.followed_still(SUBJECT, [row.id]):
            told.delete()
            return False
        since, before, current = told.at, told.columns, row.current
        now = list(queries.published_columns(row.contract))
        told.at, told.columns = clock.now(), now
        told.save(update_fields=["at", "columns"])
        gained, lost = [one for one in now if one not in before], [one for one in before if one not in now]
        is_new = current is not None and current.published_at > since and not queries.is_live_dataset(row.name)
        if current is None or not (is_new or gained or lost):
            return False
        context = {
            "title": contract_files.kept(row.contract).title,
            "number": current.number,
            "rows": current.rows,
            "gained": ", ".join(gained),
            "lost": ", ".join(lost),
            "path": f"/data/{row.code}/",
        }
        notify.tell_followers(SUBJECT, row.id, template="opendata/news", context=context)
        return True


def tell_of_recall(dataset: Dataset, numbers: Sequence[int], reason: str) -> None:
    """Tell the followers at once, in the transaction of the recall: who has the rows can delete them."""
    context = {
        "title": contract_files.kept(dataset.contract).title,
        "numbers": ", ".join(map(str, numbers)),
        "reason": reason,
        "path": f"/data/{dataset.code}/versions/",
    }
    notify.tell_followers(SUBJECT, dataset.id, template="opendata/recalled", context=context)
