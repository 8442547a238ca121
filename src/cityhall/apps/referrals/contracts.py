"""The words of the referrals room: bodies, referrals, what a body answers."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

MANAGE = "referrals.manage"


class BodyKind(StrEnum):
    """What sort of body it is; `NEIGHBOUR`: a neighbor city, a school or transit district."""

    UTILITY = "utility"
    STATE = "state"
    NEIGHBOUR = "neighbour"
    OWNER = "owner"


class Channel(StrEnum):
    """How a body is told: by mail with a link to answer by, or through a connection to its own system."""

    MAIL = "mail"
    CONNECTION = "connection"


class AnswerKind(StrEnum):
    """What a body answers. `WROTE`: words that only a person can read. `STRANGER`: so are these, and not the body's."""

    DONE = "done"
    SCHEDULED = "scheduled"
    NOT_OURS = "not_ours"
    MORE = "more"
    WROTE = "wrote"
    STRANGER = "stranger"


class Via(StrEnum):
    """The way an answer came."""

    LINK = "link"
    MAIL = "mail"
    CONNECTION = "connection"


class Ended(StrEnum):
    """Why a referral is over. `WITHDRAWN`: the city took the request back or did something else with it."""

    DONE = "done"
    NOT_OURS = "not_ours"
    WITHDRAWN = "withdrawn"


class Waiting(StrEnum):
    """Whose turn it is while a referral is open."""

    BODY = "body"
    CITY = "city"


@dataclass(frozen=True, slots=True)
class BodyTerms:
    """What can be set of a body.

    Args:
        name: language code to name; English is needed.
        mail: where it is written to; needed to tell it by mail, and to chase it.
        connection_id: of the work-orders room, when it is told through one.
        answer_days: how many days it has to answer.
        language: what its mail is written in.
    """

    name: Mapping[str, str]
    kind: BodyKind = BodyKind.UTILITY
    mail: str = ""
    channel: Channel = Channel.MAIL
    connection_id: uuid.UUID | None = None
    answer_days: int = 14
    language: str = "en"
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class BodyInfo:
    """A body with how many referrals it has open, and what else records call it."""

    id: uuid.UUID
    terms: BodyTerms
    open: int = 0
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """What a body says.

    Args:
        on: the day it was done, or is planned for.
        photos: ids of documents the documents room has taken.
    """

    kind: AnswerKind
    words: str = ""
    on: date | None = None
    photos: tuple[uuid.UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerInfo:
    """An answer as everybody may know of it; its words are in the request's history."""

    at: datetime
    kind: AnswerKind
    on: date | None
    via: Via


@dataclass(frozen=True, slots=True)
class ReferralInfo:
    """One referral.

    Args:
        late_days: whole days past the day an answer was due, None when it is not late.
        chased_at: when the body was last reminded; `chases` is how often.
        live_links: how many reply links work now.
        is_told: the body knows of it: one that has no address does not.
        to_read: somebody who is not the body wrote about it, and nobody has read that yet.
        shares_all: the body sees all that the reporter gave, as the city wanted.
        is_connected: it is told through a connection, not by reply links alone.
        is_checked: they said that it is done, and a supervisor looks at it before it is closed.
    """

    id: uuid.UUID
    request_id: uuid.UUID
    number: str
    body_id: uuid.UUID
    body: Mapping[str, str]
    referred_at: datetime
    due_at: datetime
    waiting: Waiting
    late_days: int | None
    ended: Ended | None
    ended_at: datetime | None
    scheduled_for: date | None
    chased_at: datetime | None
    chases: int
    has_mail: bool
    live_links: int = 0
    is_told: bool = True
    to_read: bool = False
    shares_all: bool = False
    is_checked: bool = False
    is_connected: bool = False
    answers: tuple[AnswerInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class BodyFigures:
    """How a body answers.

    Args:
        open: referrals that are not over; `overdue` of them are past the day an answer was due.
        named: requests that only records from elsewhere say are with it. Since when, and till when, nobody knows.
        oldest_days: of the open ones, how long the oldest is with the body.
        answered: first answers of the last 365 days, and `median_days` until they came.
    """

    body_id: uuid.UUID
    name: Mapping[str, str]
    kind: BodyKind
    open: int
    overdue: int
    oldest_days: int | None
    answered: int
    median_days: float | None
    named: int = 0


@dataclass(frozen=True, slots=True)
class NamedElsewhere:
    """A name that records give for whom a request was referred to, and that is no body of ours; and how many do."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class OthersNamed:
    """Who is named in records and is no body of ours, as the public reads it.

    Args:
        names: names that enough requests bear to be said, the most first.
        fewer: how many requests bear other names.
    """

    names: tuple[NamedElsewhere, ...]
    fewer: int


@dataclass(frozen=True, slots=True)
class InboundMail:
    """One e-mail that came in, as far as it matters.

    Args:
        tokens: what may be a referral's token, in the order found: in the addresses, then in the subject.
        text: what was written, without what it answers.
        files: names and bytes of the attachments.
        is_automatic: an out-of-office note, a bounce, a newsletter: no person wrote it.
    """

    message_id: str
    sender: str
    tokens: tuple[str, ...]
    text: str
    files: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    is_automatic: bool = False


@dataclass(frozen=True, slots=True)
class LoadedReferral:
    """A referral from a history that comes from elsewhere. `answers` are moments with what was said."""

    request_id: uuid.UUID
    number: str
    body_id: uuid.UUID
    referred_at: datetime
    answers: tuple[tuple[datetime, AnswerKind], ...] = ()
    ended_at: datetime | None = None
    ended: Ended | None = None
