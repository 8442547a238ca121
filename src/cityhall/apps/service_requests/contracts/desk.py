"""What staff see: queues, rows, one request with all around it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from cityhall.apps.service_requests.contracts.nearby import Likely, Nearby
from cityhall.apps.service_requests.contracts.publication import PublicEvent, PublicRequest, RequestFilter
from cityhall.apps.service_requests.contracts.states import Action, Outcome, Showing, State, Visibility


@dataclass(frozen=True, slots=True)
class DeskFilter:
    """Which requests a desk queue shows. Only work the actor may see is ever shown.

    Args:
        base: the filter shared with the public list; its places are looked for in the exact place here.
        states: none means every state but closed.
        late: past the target date.
        unassigned: nobody's yet.
        assignees, teams: ids; `assigned_to_me` is the actor's own.
        waiting: text or photos wait for moderation, or abuse was reported.
        abuse: abuse was reported and nobody settled it.
        due_before: with a target date before this moment and not late yet.
        repeats: looks like an earlier request that is open, too.
        nears: was escalated because its target nears; nobody has begun.
        approval: a closing waits for a supervisor.
        starred: on the actor's own shortlist, open or closed.
        scheduled_for: planned for this day.
    """

    base: RequestFilter = field(default_factory=RequestFilter)
    states: tuple[State, ...] = ()
    late: bool = False
    unassigned: bool = False
    assigned_to_me: bool = False
    assignees: tuple[uuid.UUID, ...] = ()
    teams: tuple[uuid.UUID, ...] = ()
    priorities: tuple[int, ...] = ()
    waiting: bool = False
    abuse: bool = False
    due_before: datetime | None = None
    repeats: bool = False
    nears: bool = False
    approval: bool = False
    starred: bool = False
    scheduled_for: date | None = None


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A request in a desk queue: what the policy lets this member of staff see, and whose work it is.

    Args:
        late_days: whole days past the target; None when it is not late or has no target.
        waiting: text or photos wait for moderation.
        abuse_reports: reports of abuse that nobody settled.
        nears: it was escalated because its target nears; nobody has begun.
        approval: a closing waits for a supervisor.
    """

    request: PublicRequest
    priority: int
    department_id: uuid.UUID | None
    team_id: uuid.UUID | None
    assignee_id: uuid.UUID | None
    team: str
    assignee: str
    queue_at: datetime
    late_days: int | None
    waiting: bool
    abuse_reports: int
    nears: bool = False
    approval: bool = False


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A file with an internal note."""

    document_id: uuid.UUID
    name: str


@dataclass(frozen=True, slots=True)
class AskedClosing:
    """A closing that waits for a supervisor, as it was asked for.

    Args:
        by_id: who asked; None for the program itself.
        by: their name.
        photos: how many came with it.
        no_proof: it lacks the photo that its category asks for.
    """

    at: datetime
    by_id: uuid.UUID | None
    by: str
    outcome: Outcome
    sentence: str
    also: Mapping[str, str]
    photos: int
    no_proof: bool


@dataclass(frozen=True, slots=True)
class DeskEvent:
    """One line of the full history, as staff see it. `corrected_by` is the id of a later correction."""

    event: PublicEvent
    visibility: Visibility
    showing: Showing
    author_kind: str
    author_id: uuid.UUID | None
    corrected_by: uuid.UUID | None = None
    files: tuple[FileInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class DeskDetail:
    """Everything the desk's page of one request shows but the contact, which `contact_of` reads and audits.

    Args:
        actions: what the actor may do now.
        nearby: open requests of the same category around the exact place.
        likely: open requests that may be the same trouble, likeliest first; none once this one is closed.
        duplicates: numbers of the requests that are duplicates of this one.
        same_asset: numbers of other open requests about the same asset.
        has_contact: there is a contact to read.
        asked: the closing that waits for a supervisor.
        starred: it is on the actor's own shortlist.
    """

    row: DeskRow
    history: tuple[DeskEvent, ...]
    actions: tuple[Action, ...]
    nearby: tuple[Nearby, ...]
    likely: tuple[Likely, ...]
    duplicates: tuple[str, ...]
    same_asset: tuple[str, ...]
    followers: int
    has_contact: bool
    asked: AskedClosing | None = None
    starred: bool = False


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A request as a system is told of it that does the work: all that staff see, without the contact."""

    request: PublicRequest
    priority: int
    department_id: uuid.UUID | None
    team_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How much open work an actor may see in the queues that are counted one by one."""

    mine: int
    unassigned: int
    contested: int
    waiting: int
    abuse: int
    repeats: int
    nears: int
    approval: int
    starred: int


@dataclass(frozen=True, slots=True)
class QueueTally:
    """Open work an actor may see, how much of it is late or due soon, and where it lies: ids to how many."""

    open: int
    late: int
    due_soon: int
    departments: Mapping[uuid.UUID, int]
    teams: Mapping[uuid.UUID, int]
    areas: Mapping[uuid.UUID, int]


@dataclass(frozen=True, slots=True)
class SavedQueue:
    """A queue somebody saved. `is_own` says whether the reader may take it away."""

    id: uuid.UUID
    name: str
    query: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is known of an open request for its date to be foretold. The areas are those of its public place.

    Args:
        is_referred: somebody outside the city has to do it.
    """

    id: uuid.UUID
    number: str
    category_code: str
    requested_at: datetime
    department_id: uuid.UUID | None
    areas: tuple[uuid.UUID, ...]
    is_referred: bool
