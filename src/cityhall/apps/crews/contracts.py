"""Words the crews room speaks: a day's stops, visits, materials, and what a phone sends."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from cityhall.apps.service_requests.contracts import DeskDetail, DeskRow

VIEW = "requests.view"
WORK = "requests.work"
EXPORT = "requests.export"
CONFIGURE = "requests.configure"


class Result(StrEnum):
    """What came of a visit: an outcome the request was closed with, that it was sent back, or that others ended it."""

    FIXED = "fixed"
    NOT_FOUND = "not_found"
    NOT_CITY = "not_city"
    CANNOT = "cannot_be_done"
    SENT_BACK = "sent_back"
    ENDED = "ended"


class Reason(StrEnum):
    """Why a crew could not do the work."""

    NO_ACCESS = "no_access"
    BLOCKED = "blocked"
    WRONG_PLACE = "wrong_place"
    OTHER_TEAM = "other_team"
    MATERIAL = "material"
    UNSAFE = "unsafe"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Act:
    """What every act sent by a phone carries, so that it can be sent again, or hours later.

    Args:
        command_id: chosen by whoever made the form; the same id twice is done once.
        version: the version of the request that was read.
        at: when it was done, by the phone's clock; None: now.
    """

    command_id: uuid.UUID | None
    version: int | None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """A photo of the work: its document, and a mark of the file, which a second sending has too."""

    document_id: uuid.UUID
    mark: str


@dataclass(frozen=True, slots=True)
class Finished:
    """What is said of finished work.

    Args:
        outcome: an outcome of the service requests room.
        sentence: what the public reads.
        minutes: worked; None takes the time since the start.
        materials: material to how much of it.
        also: the sentence in other languages, by their codes.
    """

    outcome: str
    sentence: str
    minutes: int | None = None
    materials: Mapping[uuid.UUID, Decimal] | None = None
    photos: tuple[Proof, ...] = ()
    also: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What an act answers. `waits`: a supervisor has to approve the closing."""

    visit_id: uuid.UUID
    number: str
    version: int
    waits: bool = False


@dataclass(frozen=True, slots=True)
class MaterialInfo:
    """Something crews use up. `name` and `unit` are translated texts; amounts go up by `step`."""

    id: uuid.UUID
    name: Mapping[str, str]
    unit: Mapping[str, str]
    step: Decimal
    order: int
    is_active: bool


@dataclass(frozen=True, slots=True)
class Used:
    """How much of a material was used."""

    material: MaterialInfo
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class VisitInfo:
    """A visit. `person` is empty when nobody may know or nobody knows any more; `finished_at` while it goes on."""

    id: uuid.UUID
    request_id: uuid.UUID
    number: str
    category: str
    person: str
    team: Mapping[str, str]
    started_at: datetime
    finished_at: datetime | None
    minutes: int | None
    result: Result | None
    reason: Reason | None
    used: tuple[Used, ...] = ()
    sent_late: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """One request of a crew's day.

    Args:
        arrive: when the plan has the crew there; None without a plan.
        metres: from where the crew is; None when nobody said.
        since: when this person began; None when they have not.
        own: it is theirs by the plan or by name; else their team's, and nobody's yet.
    """

    row: DeskRow
    own: bool = True
    arrive: datetime | None = None
    metres: float | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """A crew member's day.

    Args:
        planned: the order is that of a published plan.
        done: how many visits they ended today.
        own: how many stops are their own, shown or not.
        more: how many stops there are that are not shown.
    """

    day: date
    planned: bool
    stops: tuple[Stop, ...]
    done: int
    own: int
    more: int


@dataclass(frozen=True, slots=True)
class Job:
    """One request as a crew sees it. `visit` is their own, as long as it goes on."""

    detail: DeskDetail
    visit: VisitInfo | None
    proof: bool


@dataclass(frozen=True, slots=True)
class Total:
    """What a month's ended visits to one category add up to."""

    month: date
    category: str
    visits: int
    sent_back: int
    minutes: int
    used: tuple[Used, ...]


@dataclass(frozen=True, slots=True)
class LoadedVisit:
    """A visit of the past, as a file or the demo has it."""

    request_id: uuid.UUID
    number: str
    category: str
    department_id: uuid.UUID | None
    team_id: uuid.UUID | None
    person_id: uuid.UUID | None
    started_at: datetime
    finished_at: datetime
    minutes: int
    result: Result
    reason: Reason | None = None
    used: tuple[tuple[uuid.UUID, Decimal], ...] = ()
