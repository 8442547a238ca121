"""Following the whole catalogue: who does hears in the morning of datasets that were not there before."""

from __future__ import annotations

import uuid
from typing import Final

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from cityhall.apps.notify import public as notify
from cityhall.apps.opendata import rules
from cityhall.apps.opendata.models import CatalogueTold, Dataset
from cityhall.apps.opendata.rules import contract_files
from cityhall.apps.places import public as places
from cityhall.kernel import clock, offers
from cityhall.kernel.actors import Actor

SUBJECT: Final = "data catalogue"
CATALOGUE: Final = uuid.UUID("6f70656e-6461-7461-8000-636174616c6f")
"""What is followed: there is one catalogue."""
_ROW: Final = 1


def follow_all(*, actor: Actor, email: str = "", language: str = "en") -> None:
    """Let somebody hear of new datasets.

    Args:
        actor: who asks. Somebody signed in needs no `email`; another address is first asked by mail.

    Raises:
        Invalid: field "email".
        TooMany: the address was asked too often today.
    """
    with transaction.atomic():
        row, _is_new = CatalogueTold.objects.select_for_update().get_or_create(id=_ROW, defaults={"at": clock.now()})
        if not notify.followed_still(SUBJECT, [CATALOGUE]):  # what was before anybody asked is no news
            row.at, row.known = clock.now(), _there()
            row.save()
        with override(language):
            about = str(_("New datasets"))
        notify.follow(
            SUBJECT, CATALOGUE, user_id=actor.id, email=None if actor.id else email, language=language, about=about
        )


def unfollow_all(*, actor: Actor) -> bool:
    """Let somebody signed in hear no more of new datasets; return whether they did."""
    token = following_all(actor=actor)
    return bool(token) and notify.unfollow(token)


def following_all(*, actor: Actor) -> str:
    """Return by which token somebody signed in follows the catalogue; "" when they do not."""
    return notify.followed_by(actor.id, SUBJECT).get(CATALOGUE, "") if actor.id else ""


def followed(user_id: uuid.UUID) -> list[offers.Follows]:
    """Return the catalogue if an account follows it, for the page of all it follows."""
    token = notify.followed_by(user_id, SUBJECT).get(CATALOGUE, "")
    if not token:
        return []
    return [offers.Follows(_("New datasets"), reverse("opendata"), _("Open data: in the morning after one"), token)]


def tell_of_new() -> int:
    """Tell who follows the catalogue, in the morning, of what was not there before; return of how many datasets."""
    turn = rules.last_morning(places.local(clock.now()))
    with transaction.atomic():
        row = CatalogueTold.objects.select_for_update().filter(id=_ROW, at__lt=turn).first()
        if row is None:
            return 0
        if not notify.followed_still(SUBJECT, [CATALOGUE]):
            row.delete()
            return 0
        fresh = [one for one in _there() if one not in set(row.known)]
        row.at, row.known = clock.now(), [*row.known, *fresh]
        row.save()
        found = Dataset.objects.filter(id__in=fresh).order_by("name")
        told = [{"title": contract_files.kept(one.contract).title, "path": f"/data/{one.code}/"} for one in found]
        if told:
            context = {"datasets": told, "count": len(told), "path": "/data/"}
            notify.tell_followers(SUBJECT, CATALOGUE, template="opendata/newcomers", context=context)
    return len(told)


def _there() -> list[str]:
    return [str(one) for one in Dataset.objects.filter(current__isnull=False).values_list("id", flat=True)]
