"""The words of service requests that cross the room's walls: states, outcomes, commands, published records."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """Where a request is in its life. What people read is `Status`, which adds the outcome."""

    RECEIVED = "received"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    REFERRED = "referred"
    CONTESTED = "contested"
    CLOSED = "closed"


class Outcome(StrEnum):
    """Why a request was closed. A request cannot be closed without one."""

    FIXED = "fixed"
    NOT_FOUND = "not_found"
    NOT_CITY = "not_city"
    DUPLICATE = "duplicate"
    CANNOT = "cannot_be_done"
    NOT_STATED = "not_stated"
    """Imported history whose source says closed and no more. Only the importer may write it."""


class Status(StrEnum):
    """What is shown: shape, word and colour of LOOK's status table."""

    RECEIVED = "received"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    REFERRED = "referred"
    CONTESTED = "contested"
    FIXED = "fixed"
    CLOSED = "closed"
    DUPLICATE = "duplicate"


class Detail(StrEnum):
    """How much of a place, text or photo the public sees."""

    EXACT = "exact"
    GENERALISED = "generalised"
    WITHHELD = "withheld"


class Moderation(StrEnum):
    """Whether anonymous text and photos show at once or wait for a person."""

    AT_ONCE = "at_once"
    WAITS = "waits"


class Visibility(StrEnum):
    """Who sees an event of the history."""

    PUBLIC = "public"
    INTERNAL = "internal"


class Source(StrEnum):
    """The door a request came through."""

    WEB = "web"
    DESK = "desk"
    PHONE = "phone"
    OPEN311 = "open311"
    API = "api"
    IMPORT = "import"
    DEMO = "demo"


class Datatype(StrEnum):
    """Kinds of question, as GeoReport v2 names them."""

    STRING = "string"
    NUMBER = "number"
    DATETIME = "datetime"
    TEXT = "text"
    SINGLE = "singlevaluelist"
    MULTI = "multivaluelist"


class Fact(StrEnum):
    """Kinds of event in a request's history."""

    RECEIVED = "received"
    STATE = "state"
    ASSIGNED = "assigned"
    CATEGORY = "category"
    NOTE = "note"
    PHOTO = "photo"
    PLACE = "place"
    ME_TOO = "me_too"
    MERGED = "merged"
    CLOSED = "closed"
    REOPENED = "reopened"
    CONTESTED = "contested"
    CORRECTED = "corrected"
    MODERATED = "moderated"
    UNDONE = "undone"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the trouble is. `lat` and `lon` are WGS 84 degrees; either a point, an address or an asset is needed."""

    lat: float | None = None
    lon: float | None = None
    address: str = ""
    address_id: uuid.UUID | None = None
    asset_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach the reporter. Never public; every reading of it is audited."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class NewRequest:
    """What any door hands over to file a request.

    Args:
        answers: question code to a string, or a list of strings for `multivaluelist`.
        photos: ids of documents the documents room has taken.
    """

    category_code: str
    place: Place
    description: str = ""
    answers: Mapping[str, str | list[str]] = field(default_factory=dict)
    photos: tuple[uuid.UUID, ...] = ()
    contact: Contact = field(default_factory=Contact)
    source: Source = Source.WEB
    language: str = "en"
    follow: bool = False


@dataclass(frozen=True, slots=True)
class Filed:
    """The answer to a filed request. `private_token` opens the reporter's own page and is shown once."""

    id: uuid.UUID
    number: str
    private_token: str
    notice: str = ""


@dataclass(frozen=True, slots=True)
class PublicEvent:
    """One line of a request's public history."""

    id: uuid.UUID
    fact: Fact
    at: datetime
    author: str
    text: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PublicRequest:
    """A request as the publication policy lets one viewer see it. Every door serializes this and nothing else.

    Args:
        number: "48-220".
        place_detail: how exact `lat`, `lon` and `address` are; all three are empty when withheld.
        description: "" when withheld or waiting; `text_state` says which: "shown", "withheld", "waiting".
        photos: document ids that may be shown.
        due_at: the category's target date.
    """

    id: uuid.UUID
    number: str
    category_code: str
    category_name: str
    group: str
    status: Status
    state: State
    outcome: Outcome | None
    outcome_sentence: str
    requested_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    place_detail: Detail
    lat: float | None
    lon: float | None
    address: str
    areas: Mapping[str, str]
    description: str
    text_state: str
    photos: tuple[uuid.UUID, ...]
    answers: Mapping[str, Any]
    department: str
    supporters: int
    duplicate_of: str
    source: Source
    version: int
