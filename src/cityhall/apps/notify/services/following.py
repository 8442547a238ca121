"""Following and leaving."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cityhall.apps.notify import queries
from cityhall.apps.notify.contracts import Recipient
from cityhall.apps.notify.models import Follower, Message, Suppression
from cityhall.apps.notify.rules import address_of, asks_to
from cityhall.apps.notify.services import keeping, writing
from cityhall.kernel import clock
from cityhall.kernel.django import limits
from cityhall.kernel.django.keyed_hash import keyed_hash
from cityhall.kernel.errors import Invalid, NotFound
from cityhall.kernel.offers import Person, city_card


def follow(
    kind: str,
    subject_id: uuid.UUID,
    *,
    email: str | None = None,
    user_id: uuid.UUID | None = None,
    language: str = "en",
    vouched: bool = False,
    about: str = "",
    note: str = "",
) -> str:
    """Add a follower and return their token. See `public.follow`."""
    address = "" if user_id else _checked(email)
    now = clock.now()
    sure = bool(user_id) or vouched
    with transaction.atomic():
        follower, made = Follower.objects.get_or_create(
            kind=kind,
            subject_id=subject_id,
            user_id=user_id,
            email=address,
            defaults={"language": language, "created_at": now, "confirmed_at": now if sure else None},
        )
        if sure and follower.confirmed_at is None:
            follower.confirmed_at = now
            follower.save(update_fields=["confirmed_at"])
        elif follower.confirmed_at is None:
            _ask(follower, about, note)
        if user_id and made:
            _lift_suppression(user_id)
    return queries.token_of(follower.id)


def _checked(email: str | None) -> str:
    address = address_of(email or "")
    try:
        validate_email(address)
    except ValidationError as problem:
        raise Invalid({"email": _("Write an e-mail address such as maria@example.org.")}) from problem
    return address


def _ask(follower: Follower, about: str, note: str) -> None:
    """Ask an address whether it wants this, at most five times a day; never one that asked to be left alone."""
    if Suppression.objects.filter(address=follower.email).exists():
        return
    name = keyed_hash("notify.confirm", follower.email)[:32]
    limits.spend(f"notify.confirm:{name}", limit=5, per=timedelta(days=1))
    token = queries.token_of(follower.id)
    link = queries.page_url("follow-confirm", token, follower.language)
    message = writing.compose(
        Recipient(follower.email, follower.language),
        template="notify/confirm",
        context={"about": about, "note": note, "confirm_url": link, "city": city_card.get().name or "Cityhall"},
        send_after=clock.now(),
        key=f"confirm:{follower.id}",
        token=token,
    )
    writing.queue([message])


def _lift_suppression(user_id: uuid.UUID) -> None:
    """Somebody signed in who follows wants mail again: the address is proven theirs."""
    if address := queries.address_of_user(user_id):
        Suppression.objects.filter(address=address).delete()


def confirm(token: str) -> None:
    """Confirm whom a token stands for. Doing it again changes nothing.

    Raises:
        NotFound: the token is not ours, or the follower left.
    """
    ids = queries.followers_in(token)
    if not Follower.objects.filter(id__in=ids).exists():
        raise NotFound(_("This link is no longer good. Follow again from the page you want to hear about."))
    Follower.objects.filter(id__in=ids, confirmed_at__isnull=True).update(confirmed_at=clock.now())


def unfollow(token: str) -> bool:
    """Remove whom a token stands for and what still waits for them. See `public.unfollow`."""
    ids = queries.followers_in(token)
    if not ids:
        raise NotFound(_("This link is not whole. Copy all of it from the e-mail."))
    with transaction.atomic():
        followers = list(Follower.objects.select_for_update().filter(id__in=ids).order_by("id"))
        Message.objects.filter(follower_id__in=ids, sent_at__isnull=True, failed_at__isnull=True).delete()
        for follower in followers:
            if follower.confirmed_at is None:
                # They never asked: whoever typed the address shall not be able to make us write to it again.
                Suppression.objects.get_or_create(address=follower.email, defaults={"created_at": clock.now()})
            follower.delete()
    return bool(followers)


def answered(number: str, text: str) -> str:
    """Do what somebody asks by answering a text message: "stop" silences their number, "start" lets us write again.

    Returns:
        What was asked for, "" for an answer that is neither.
    """
    asked = asks_to(text)
    if asked == "stop":
        Suppression.objects.get_or_create(address=number, defaults={"created_at": clock.now()})
        Message.objects.filter(channel="sms", to=number, sent_at__isnull=True, failed_at__isnull=True).delete()
    elif asked == "start":
        Suppression.objects.filter(address=number).delete()
    return asked


def erase(person: Person) -> int:
    """Remove what a person follows, what was or will be written to them, and their wish to hear nothing.

    Returns:
        How many rows and kept files went.
    """
    followers, messages = queries.about(person)
    addresses = [one for one in (person.email, queries.number_kept(person.phone)) if one]
    with transaction.atomic():
        gone = Follower.objects.filter(followers).delete()[0]
        gone += Message.objects.filter(messages).delete()[0]
        gone += Suppression.objects.filter(address__in=addresses).delete()[0]
    return gone + keeping.forget_kept(lambda message: str(message.get("to", "")).lower() in addresses)


def forget(kind: str, subject_id: uuid.UUID, *, email: str = "", user_id: uuid.UUID | None = None, text: str) -> int:
    """Remove a person from a subject's followers, and what was written to them of it. See `public.forget`."""
    address = address_of(email)
    mine = Q(user_id=user_id, user_id__isnull=False) | (Q(email=address) if address else Q(pk=None))
    with transaction.atomic():
        ids = list(Follower.objects.filter(mine, kind=kind, subject_id=subject_id).values_list("id", flat=True))
        gone = Message.objects.filter(follower_id__in=ids).delete()[0]
        gone += Follower.objects.filter(id__in=ids).delete()[0]
    if not address:
        return gone
    return gone + keeping.forget_kept(
        lambda message: str(message.get("to", "")).lower() == address and text in f"{message}"
    )
