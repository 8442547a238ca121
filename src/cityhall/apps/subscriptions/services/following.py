"""Following an area, a street or a kind of trouble."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from cityhall.apps.notify import public as notify
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import public as requests
from cityhall.apps.subscriptions import queries
from cityhall.apps.subscriptions.contracts import Every, Watched
from cityhall.apps.subscriptions.models import Subscription
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.errors import Invalid


def subscribe(watched: Watched, every: Every, *, actor: Actor, email: str = "", language: str = "en") -> Subscription:
    """Let somebody follow; what they follow is shared with all who asked for the same.

    Args:
        actor: who asks. Somebody signed in needs no `email`; another address is first asked by mail.

    Raises:
        Invalid: fields "area", "street", "category", "email".
        TooMany: the address was asked too often today.
    """
    _check(watched)
    with transaction.atomic():
        row = _shared(watched, every)
        if not notify.followed_still(queries.SUBJECT, [row.id]):  # what was before anybody asked is no news
            row.told_until = clock.now()
            row.save(update_fields=["told_until"])
        notify.follow(
            queries.SUBJECT, row.id, user_id=actor.id, email=None if actor.id else email, language=language,
            about=queries.title(watched),
        )  # fmt: skip
    return row


def _shared(watched: Watched, every: Every) -> Subscription:
    """Return the subscription of all who asked for the same, locked: nobody takes it for left meanwhile."""
    key = {
        "area_kind": watched.area_kind,
        "area_code": watched.area_code,
        "street_words": places.short_words(watched.street),
        "category": watched.category,
        "every": every.value,
    }
    fresh = {"street": watched.street, "told_until": clock.now()}
    Subscription.objects.get_or_create(**key, defaults=fresh)
    found = Subscription.objects.select_for_update().filter(**key).first()
    return found or Subscription.objects.create(**key, **fresh)


def _check(watched: Watched) -> None:
    problems = {}
    if watched.area_kind and queries.area_of(watched) is None:
        problems["area"] = _("Choose an area of the list.")
    if watched.category and watched.category not in requests.category_names():
        problems["category"] = _("Choose a kind of the list.")
    if watched.street and not queries.street_name(watched.street):
        problems["street"] = _("We do not know this street. Write its whole name, such as “Grand Avenue”.")
    if problems:
        raise Invalid(problems)
