"""A request as the publication policy lets somebody see it, and how many are asked for."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar

import msgspec

from cityhall.apps.service_requests.contracts.catalogue import Policy, QuestionFacts
from cityhall.apps.service_requests.contracts.states import Detail, Fact, Outcome, Showing, Source, State, Status

T = TypeVar("T")


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
class Answered:
    """A question with its answer, both in the reader's language."""

    code: str
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class PublicRequest:
    """A request as the publication policy lets one viewer see it. Every door serializes this and nothing else.

    Args:
        number: "48-220".
        place_detail: how exact `lat`, `lon` and `address` are; all three are empty when withheld.
        areas: kind of area to the area's name.
        description: "" when withheld or waiting; `text_state` says which: "shown", "withheld", "waiting".
        photos: document ids that may be shown, as reported; `evidence` holds those of the work.
        photo_state: "shown", "withheld", "waiting" as for the text; "shown" when there are none.
        answers: question code to answer as filed; `answered` has them in words.
        due_at: the category's target date.
        is_mine: the viewer reported it.
        sees_all: the viewer is staff and sees the exact place, text and photos.
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
    evidence: tuple[uuid.UUID, ...] = ()
    photo_state: str = "shown"
    answered: tuple[Answered, ...] = ()
    referred_to: str = ""
    scheduled_for: date | None = None
    address_id: uuid.UUID | None = None
    asset_id: uuid.UUID | None = None
    language: str = "en"
    is_mine: bool = False
    sees_all: bool = False
    hidden: bool = False
    policy: Policy | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, for the publication policy.

    Args:
        language: the language texts are picked in.
        sees_all: staff with the right to this request: exact place, all texts and photos.
        is_reporter: the viewer proved to have filed it: own text and photos, own place.
    """

    language: str = "en"
    sees_all: bool = False
    is_reporter: bool = False


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """A photo of a request and whether it may be shown."""

    document_id: uuid.UUID
    is_evidence: bool
    showing: Showing


@dataclass(frozen=True, slots=True)
class Linked:
    """One side of a merge, as far as the publication policy must know it: what it shows of itself, and no more.

    Args:
        lat, lon, address: the public form of the place.
    """

    number: int
    policy: Policy
    hidden: bool = False
    lat: float | None = None
    lon: float | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """Everything the publication policy needs to know of a request. Never leaves the room."""

    id: uuid.UUID
    number: int
    category_code: str
    category_name: Mapping[str, str]
    group_name: Mapping[str, str]
    policy: Policy
    state: State
    outcome: Outcome | None
    outcome_sentence: str
    referred_to: str
    version: int
    description: str
    showing: Showing
    answers: Mapping[str, Any]
    language: str
    source: Source
    lat: float | None
    lon: float | None
    address: str
    address_id: uuid.UUID | None
    asset_id: uuid.UUID | None
    areas: tuple[uuid.UUID, ...]
    public_lat: float | None
    public_lon: float | None
    public_address: str
    public_areas: tuple[uuid.UUID, ...]
    department_name: Mapping[str, str]
    supporters: int
    hidden: bool
    duplicate_of: Linked | None
    requested_at: datetime
    updated_at: datetime
    scheduled_for: date | None
    due_at: datetime | None
    closed_at: datetime | None
    photos: tuple[PhotoFacts, ...] = ()
    questions: tuple[QuestionFacts, ...] = ()
    area_names: Mapping[uuid.UUID, tuple[str, str]] = field(default_factory=dict)
    outcome_also: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """Which requests a list or a map shows. Empty means no limit. Every place filter works on the public place.

    Args:
        numbers: "48-220" forms; when given, nothing else counts (Open311: service_request_id).
        areas: ids of areas.
        departments: ids.
        since, until: bounds of `requested_at`, the first included, the second not.
        bbox: west, south, east, north in degrees.
        near: latitude, longitude in degrees and radius in metres.
        words: beginnings of words of the public text, the public address, the number or the category's name.
        mine: reported by the viewer, signed in or with their e-mail address; needs an account.
        ids: exactly these requests (a followed list, for instance).
        closed_since, closed_until: bounds of `closed_at`, of what is closed still.
        order: "requested", "updated" or "closed" (of what is closed alone), newest first.
    """

    categories: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()
    areas: tuple[uuid.UUID, ...] = ()
    departments: tuple[uuid.UUID, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    updated_since: datetime | None = None
    updated_until: datetime | None = None
    closed_since: datetime | None = None
    closed_until: datetime | None = None
    bbox: tuple[float, float, float, float] | None = None
    near: tuple[float, float, float] | None = None
    numbers: tuple[str, ...] = ()
    ids: tuple[uuid.UUID, ...] | None = None
    words: str = ""
    mine: bool = False
    order: str = "requested"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A page of a list. `next` is the cursor of the page after, "" when this is the last."""

    items: tuple[T, ...]
    next: str = ""


@dataclass(frozen=True, slots=True)
class ResolutionRange:
    """How long the fixed requests of a category took, in days from filing; `count` is how many they were."""

    half: float
    nine_in_ten: float
    count: int


class MapPoint(msgspec.Struct, frozen=True, gc=False):
    """A dot of the public map, or `count` requests drawn as one at their middle.

    Args:
        lat: degrees to six places, as `lon`.
        roughly: the request is somewhere around the point, and must not be drawn as if it were at it.
    """

    lat: float
    lon: float
    count: int
    number: str = ""
    status: Status | None = None
    category_code: str = ""
    roughly: bool = False
