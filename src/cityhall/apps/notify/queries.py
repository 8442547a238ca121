"""Reading followers and messages, and the addresses of their pages."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.db.models import Q
from django.urls import reverse
from django.utils import translation

from cityhall.apps.identity import public as identity
from cityhall.apps.notify.contracts import Recipient
from cityhall.apps.notify.models import Follower, Message, Suppression
from cityhall.apps.notify.ports import KeepsMail
from cityhall.kernel import ports
from cityhall.kernel.offers import Person

_SALT = "cityhall.notify.follower"


#: A token names at most so many followers, so that an address stays short enough for every mail program.
_MOST_NAMED = 8


def token_of(*follower_ids: uuid.UUID) -> str:
    """Return the token that stands for a follower in links, or for all that one person is of things told as one.

    It is made from the ids, so none is kept.
    """
    return signing.Signer(salt=_SALT, sep=".").sign("-".join(one.hex for one in follower_ids[:_MOST_NAMED]))


def followers_in(token: str) -> tuple[uuid.UUID, ...]:
    """Return the followers a token stands for, none when it was not made here. They may be gone."""
    try:
        return tuple(map(uuid.UUID, signing.Signer(salt=_SALT, sep=".").unsign(token).split("-")))
    except (signing.BadSignature, ValueError):
        return ()


def waits(token: str) -> bool:
    """Say whether a token is of a follower who has not confirmed: perhaps somebody else typed their address."""
    return Follower.objects.filter(id__in=followers_in(token), confirmed_at__isnull=True).exists()


def page_url(name: str, token: str, language: str) -> str:
    """Return the whole address of a page named by a token, in the reader's language."""
    with translation.override(language):
        return f"{settings.PUBLIC_URL}{reverse(name, args=[token])}"


def followers_count(kind: str, subject_ids: Collection[uuid.UUID]) -> int:
    """Return how many confirmed followers these subjects have together; who follows several counts once."""
    found = Follower.objects.filter(kind=kind, subject_id__in=subject_ids, confirmed_at__isnull=False)
    return found.values("user_id", "email").distinct().count()


def followed_by(user_id: uuid.UUID, kind: str) -> dict[uuid.UUID, str]:
    """Return the subjects of a kind that a user follows, each with their token, the newest first."""
    rows = Follower.objects.filter(user_id=user_id, kind=kind).order_by("-created_at")
    return {subject_id: token_of(follower_id) for follower_id, subject_id in rows.values_list("id", "subject_id")}


def leaving_token(user_id: uuid.UUID, kind: str, subject_ids: Collection[uuid.UUID]) -> str:
    """Return the token by which a user leaves all of these subjects that they follow, "" when they follow none."""
    rows = Follower.objects.filter(user_id=user_id, kind=kind, subject_id__in=subject_ids).order_by("id")
    found = list(rows.values_list("id", flat=True))
    return token_of(*found) if found else ""


def follows(
    kind: str, subject_ids: Collection[uuid.UUID], *, user_id: uuid.UUID | None = None, token: str = ""
) -> bool:
    """Say whether a user, or whoever holds a follower's token, is a confirmed follower of one of these subjects."""
    who = Q(id__in=followers_in(token))
    if user_id is not None:
        who |= Q(user_id=user_id)
    return Follower.objects.filter(who, kind=kind, subject_id__in=subject_ids, confirmed_at__isnull=False).exists()


def recipients(followers: Collection[Follower]) -> dict[uuid.UUID, Recipient]:
    """Return where each follower is to be written to; left out are people who are gone and suppressed addresses.

    Two queries, however many followers.
    """
    user_ids = {follower.user_id for follower in followers if follower.user_id}
    users = {
        user["id"]: user
        for user in get_user_model()
        ._default_manager.filter(id__in=user_ids, is_active=True)
        .values("id", "email", "language", "phone", "phone_confirmed_at")
    }
    found: dict[uuid.UUID, Recipient] = {}
    for follower in followers:
        if follower.user_id is None:
            found[follower.id] = Recipient(follower.email, follower.language)
        elif user := users.get(follower.user_id):
            found[follower.id] = _account(user)
    addresses = {recipient.address for recipient in found.values()}
    silent = set(Suppression.objects.filter(address__in=addresses).values_list("address", flat=True))
    return {key: recipient for key, recipient in found.items() if recipient.address not in silent}


def _account(user: Mapping[str, Any]) -> Recipient:
    """Return where somebody with an account is written to: by e-mail, or by text message without an address."""
    if identity.mail_address(user["email"]):
        return Recipient(user["email"].lower(), user["language"], user["id"])
    return Recipient(user["phone"], user["language"], user["id"], channel="sms")


def kept_sms(limit: int = 200) -> list[dict[str, Any]]:
    """Return the newest text messages the SMS engine kept, newest first; none when it keeps none."""
    engine = ports.sms_engine.get()
    return list(engine.kept(limit)) if engine.capabilities.keeps and isinstance(engine, KeepsMail) else []


def kept_mail(limit: int = 200) -> list[dict[str, Any]] | None:
    """Return the newest messages the mail engine kept, newest first; None when it keeps none."""
    engine = ports.mail_engine.get()
    if not (engine.capabilities.keeps and isinstance(engine, KeepsMail)):
        return None
    return list(engine.kept(limit))


def address_of_user(user_id: uuid.UUID) -> str:
    """Return a user's address as it is kept here, "" when there is no such user."""
    address = get_user_model()._default_manager.filter(id=user_id).values_list("email", flat=True).first()
    return (address or "").lower()


def about(person: Person) -> tuple[Q, Q]:
    """Return which followers and which messages are about a person, by their account or an address of theirs."""
    followers = Q(id__in=person.follows)
    messages = Q(follower_id__in=person.follows)
    if person.account:
        followers |= Q(user_id=person.account)
        messages |= Q(user_id=person.account)
    if person.email:
        followers |= Q(email=person.email)
        messages |= Q(to=person.email)
    if phone := number_kept(person.phone):
        messages |= Q(to=phone)
    return followers, messages


def number_kept(phone: str) -> str:
    """Return a telephone number as messages are addressed to it, "" when it is none."""
    return identity.phone_number(phone) if phone else ""


def find(person: Person) -> Person:
    """Return the person with what they follow; one known by nothing else gets the address they follow by."""
    followers, _messages = about(person)
    rows = list(Follower.objects.filter(followers).values_list("id", "email"))
    email = person.email
    if not (person.account or person.email or person.phone):
        email = next((address for _id, address in rows if address), "")
    return replace(person, follows=person.follows | {row[0] for row in rows}, email=email)


def followed_still(kind: str, ids: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Return those of these subjects that somebody follows, or was asked whether to."""
    rows = Follower.objects.filter(kind=kind, subject_id__in=ids)
    return frozenset(rows.values_list("subject_id", flat=True).distinct())


def subjects_of(person: Person, kind: str) -> list[uuid.UUID]:
    """Return the subjects of a kind that a person follows, by account or by address."""
    followers, _messages = about(person)
    rows = Follower.objects.filter(followers, kind=kind).order_by("created_at", "id")
    return list(rows.values_list("subject_id", flat=True))


def followers_left(ids: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Return those of the followers that are still there."""
    return frozenset(Follower.objects.filter(id__in=ids).values_list("id", flat=True))


def export(person: Person) -> Iterable[Mapping[str, Any]]:
    """Return what the room keeps about a person: what they follow, and what was written to them."""
    followers, messages = about(person)
    for follower in Follower.objects.filter(followers).order_by("id"):
        yield {
            "follows": follower.kind,
            "subject_id": str(follower.subject_id),
            "language": follower.language,
            "since": follower.created_at.isoformat(),
        }
    for message in Message.objects.filter(messages).order_by("id"):
        yield {
            "message_to": message.to,
            "subject": message.subject,
            "text": message.text,
            "sent_at": message.sent_at.isoformat() if message.sent_at else None,
        }


def missing() -> Iterator[str]:
    """Iterate over what a live city still has to set up, each with its mend. A demo keeps its mail on purpose."""
    if not settings.CITYHALL_DEMO and not ports.mail_engine.get().capabilities.delivers:
        yield (
            "No e-mail leaves this machine: followers hear nothing and residents cannot sign in."
            " Name your mail server with `cityhall init`, or set CITYHALL_SMTP_URL."
        )
