"""What other rooms may ask of the notify room."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from cityhall.apps.notify import queries
from cityhall.apps.notify.services import following, writing
from cityhall.kernel.offers import Person


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
    """Let a user, or an address, hear about a subject; return their token. Following twice is following once.

    An address is first sent a question with a link, unless the caller vouches for it.

    Args:
        kind: what the subject is, such as "service_request".
        user_id: the signed-in user; then `email` is not looked at.
        vouched: the address is its owner's: the reporter's own, say.
        about: the subject in the reader's words, for the question: "Pothole on Grand Avenue".
        note: what the question says besides, in the reader's words.

    Raises:
        Invalid: field "email".
        TooMany: the address was asked too often today.
    """
    return following.follow(
        kind, subject_id, email=email, user_id=user_id, language=language, vouched=vouched, about=about, note=note
    )


def unfollow(token: str) -> bool:
    """Remove a follower, and what waits for them; return whether they were still there.

    Raises:
        NotFound: the token was not made by `follow`.
    """
    return following.unfollow(token)


def follows(
    kind: str,
    subject_id: uuid.UUID,
    *,
    also: Collection[uuid.UUID] = (),
    user_id: uuid.UUID | None = None,
    token: str = "",
) -> bool:
    """Say whether a user, or whoever holds a follower's token, is a confirmed follower of a subject or of others."""
    return queries.follows(kind, [subject_id, *also], user_id=user_id, token=token)


def followers_count(kind: str, subject_id: uuid.UUID, *, also: Collection[uuid.UUID] = ()) -> int:
    """Return how many confirmed followers a subject has, those of others `also` included; nobody counts twice."""
    return queries.followers_count(kind, [subject_id, *also])


def followed_by(user_id: uuid.UUID, kind: str) -> dict[uuid.UUID, str]:
    """Return the subjects of a kind that a user follows, each with the token to leave it, the newest first."""
    return queries.followed_by(user_id, kind)


def leaving_token(user_id: uuid.UUID, kind: str, subject_ids: Collection[uuid.UUID]) -> str:
    """Return the token by which a user leaves all of these subjects that they follow, "" when they follow none."""
    return queries.leaving_token(user_id, kind, subject_ids)


def followed_still(kind: str, ids: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Return those of these subjects that somebody follows, or was asked whether to."""
    return queries.followed_still(kind, ids)


def subjects_of(person: Person, kind: str) -> list[uuid.UUID]:
    """Return the subjects of a kind that a person follows, by account or by address."""
    return queries.subjects_of(person, kind)


def followers_left(ids: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Return those of the followers that are still there."""
    return queries.followers_left(ids)


def tell_followers(
    kind: str,
    subject_id: uuid.UUID,
    *,
    template: str,
    context: Mapping[str, Any],
    also: Collection[uuid.UUID] = (),
    after: timedelta | None = None,
    key: str | None = None,
    but_not: uuid.UUID | None = None,
) -> int:
    """Queue a message to each confirmed follower, each in their language; return how many were queued.

    Call it in the transaction of the write it tells of. Each message ends with a one-click unsubscribe link.

    Args:
        template: "room/name" for `<room>/mail/<name>.txt` (first line the subject, an empty line, the text) and, if
            there is one, `<room>/mail/<name>.html`.
        context: what the template needs, besides `unsubscribe_url`, `site_url`, `language` and `as_follower` (a query
            for an address, by which the reader is known as a follower), which are given.
        also: subjects whose followers are told too; who follows several is told once, as the follower of `subject_id`.
        after: how long to hold it back, so that it can still be cancelled.
        key: names the act, for `cancel`; at most 120 characters.
        but_not: a user who need not be told: who did it.
    """
    return writing.tell_followers(
        kind,
        subject_id,
        template=template,
        context=context,
        also=also,
        after=after,
        key=key,
        but_not=but_not,
    )


def send(
    to: str,
    *,
    template: str,
    context: Mapping[str, Any],
    language: str,
    unsubscribe: str | None = None,
    after: timedelta | None = None,
    key: str | None = None,
    user_id: uuid.UUID | None = None,
    channel: str = "mail",
) -> uuid.UUID | None:
    """Queue one message to one address in the caller's transaction; return its id. For the rest see `tell_followers`.

    Nothing is queued, and None returned, when the reader could leave and their address asked to be left alone.

    Args:
        unsubscribe: the token `follow` gave, if the reader can leave; None for a message about their own doing
            (a receipt, a sign-in code).
        user_id: the user it is for, so that it is found when they ask what is kept about them.
        channel: "sms" when `to` is a telephone number; the text is then the template's first line and the address
            of the context's `path`.
    """
    return writing.send(
        to,
        template=template,
        context=context,
        language=language,
        unsubscribe=unsubscribe,
        after=after,
        key=key,
        user_id=user_id,
        channel=channel,
    )


def forget(kind: str, subject_id: uuid.UUID, *, email: str = "", user_id: uuid.UUID | None = None, text: str) -> int:
    """Remove a person from a subject's followers, and the messages they got about it; return how many went.

    Args:
        text: names the subject in messages an engine keeps as files: a request's number.
    """
    return following.forget(kind, subject_id, email=email, user_id=user_id, text=text)


def cancel(key: str) -> int:
    """Remove the messages of `key` that have not left; return how many."""
    return writing.cancel(key)
