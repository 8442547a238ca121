"""The words of service requests that cross the room's walls: states, outcomes, commands, published records."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

T = TypeVar("T")


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


class Showing(StrEnum):
    """Whether a text or a photo is shown, apart from the category's policy."""

    SHOWN = "shown"
    WAITING = "waiting"
    WITHHELD = "withheld"


class Action(StrEnum):
    """What moves a request from one state to another."""

    SCHEDULE = "schedule"
    START = "start"
    REFER = "refer"
    CLOSE = "close"
    REOPEN = "reopen"
    CONTEST = "contest"
    UPHOLD = "uphold"
    KEEP_CLOSED = "keep_closed"
    TAKE_BACK = "take_back"
    PUT_BACK = "put_back"


class Contester(StrEnum):
    """Who says that a closed request is not fixed. Only a passer-by needs a photo."""

    REPORTER = "reporter"
    FOLLOWER = "follower"
    PASSER_BY = "passer_by"
    CITY = "city"
    SYSTEM = "system"
    """A program with an API key, for people it knows."""
    UNKNOWN = "unknown"
    """History from elsewhere, or from before this was kept."""


class Visibility(StrEnum):
    """Who sees an event of the history."""

    PUBLIC = "public"
    INTERNAL = "internal"


class Source(StrEnum):
    """The door a request came through."""

    WEB = "web"
    DESK = "desk"
    PHONE = "phone"
    COUNTER = "counter"
    MAIL = "mail"
    EMAIL = "email"
    SOCIAL = "social"
    COUNCIL = "council"
    OPEN311 = "open311"
    API = "api"
    IMPORT = "import"
    DEMO = "demo"


#: How a caller reaches somebody at the desk.
CHANNELS = (Source.PHONE, Source.COUNTER, Source.MAIL, Source.EMAIL, Source.SOCIAL)
#: What a call is kept with: the same, and a council office, whose calls have no other.
ALL_CHANNELS = (*CHANNELS, Source.COUNCIL)


class CallKind(StrEnum):
    """What came of a call. The first two are written when a request is filed or joined for the caller."""

    FILED = "filed"
    JOINED = "joined"
    ANSWERED = "answered"
    FOLLOW_UP = "follow_up"
    TRANSFERRED = "transferred"
    COMPLAINT = "complaint"
    HUNG_UP = "hung_up"
    OTHER = "other"


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
    APPROVAL = "approval"
    """A closing that waits for a supervisor: asked for, sent back or overtaken. Never public."""


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
        hides_private: leave out of the description what looks private; staff still read all of it.
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
    hides_private: bool = False


@dataclass(frozen=True, slots=True)
class Filed:
    """The answer to a filed request. `private_token` opens the reporter's own page and is shown once."""

    id: uuid.UUID
    number: str
    private_token: str
    notice: str = ""


@dataclass(frozen=True, slots=True)
class NewCall:
    """A call to be logged that needs no request of its own.

    Args:
        topic: what it was about, in a word or two.
        caller: as far as they would say.
        language: what they speak.
        number: of the request it was about, "48-220".
    """

    kind: CallKind
    channel: Source = Source.PHONE
    topic: str = ""
    note: str = ""
    caller: Contact = field(default_factory=Contact)
    language: str = "en"
    number: str = ""


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which calls the log shows. Empty means no limit.

    Args:
        since, until: bounds of the time, the first included, the second not.
        words: in the topic or the note.
    """

    since: datetime | None = None
    until: datetime | None = None
    kind: CallKind | None = None
    channel: Source | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call in the log. Who called is not in it: that is contact, which `caller_past` reads and audits.

    Args:
        about: the category, when a request was filed or joined; else the topic.
        number: of the request it belongs to, "" for none or one that is not among the reader's work.
        told: how the caller was sent the number: "mail", "sms" or "".
    """

    id: uuid.UUID
    at: datetime
    kind: CallKind
    channel: Source
    about: str
    note: str
    language: str
    number: str
    taken_by: str
    told: str


@dataclass(frozen=True, slots=True)
class CallCounts:
    """How many calls there were: in all, by day, by kind, by channel, and by what they were about, most first."""

    total: int
    days: tuple[tuple[date, int], ...]
    kinds: tuple[tuple[CallKind, int], ...]
    channels: tuple[tuple[Source, int], ...]
    about: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of a caller: their requests and their earlier calls, newest first."""

    requests: tuple[PublicRequest, ...] = ()
    calls: tuple[CallRow, ...] = ()


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
class QuestionFacts:
    """A question of a category, texts in every language. `values` are (key, translated name) pairs."""

    code: str
    text: Mapping[str, str]
    datatype: Datatype
    required: bool = False
    variable: bool = True
    order: int = 1
    hint: Mapping[str, str] = field(default_factory=dict)
    values: tuple[tuple[str, Mapping[str, str]], ...] = ()
    when_code: str = ""
    when_values: tuple[str, ...] = ()
    is_public: bool = True


@dataclass(frozen=True, slots=True)
class Policy:
    """A category's publication policy: how much of place, text and photo is public, and whether they wait."""

    place: Detail = Detail.EXACT
    text: Detail = Detail.EXACT
    photo: Detail = Detail.EXACT
    moderation: Moderation = Moderation.AT_ONCE


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
        mine: reported by the viewer; needs an account.
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
class Nearby:
    """An open request near a place; `metres` from the public point."""

    request: PublicRequest
    metres: float


class Why(StrEnum):
    """Pieces of evidence a person can read."""

    DISTANCE = "distance"
    ASSET = "asset"
    ADDRESS = "address"
    STREET = "street"
    WORDS = "words"
    CATEGORY = "category"
    RELATED = "related"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Reason:
    """A piece of evidence for a pair: `value` is metres, hours or words, whichever the kind has."""

    why: Why
    value: float | tuple[str, ...] = 0.0


@dataclass(frozen=True, slots=True)
class Likely:
    """An open request that may be about the same trouble.

    Args:
        probability: 0 to 1; see `rules.likeness`.
        reasons: what speaks for it.
        metres: between the two places, as far as the viewer may know them.
    """

    request: PublicRequest
    probability: float
    reasons: tuple[Reason, ...]
    metres: float


@dataclass(frozen=True, slots=True)
class Changed:
    """What a write answers: the request as it stands now."""

    id: uuid.UUID
    number: str
    state: State
    version: int


@dataclass(frozen=True, slots=True)
class NewFile:
    """A document that goes with an internal note, and what it was called."""

    document_id: uuid.UUID
    name: str = ""


@dataclass(frozen=True, slots=True)
class CategoryInfo:
    """A category in one language."""

    id: uuid.UUID
    code: str
    name: str
    description: str
    keywords: tuple[str, ...]
    notice: str
    group_code: str
    group: str
    group_icon: str
    is_active: bool
    is_emergency: bool
    has_questions: bool
    asset_layer: str
    department_id: uuid.UUID | None
    target_days: int | None
    policy: Policy
    duplicate_metres: int
    open311_without_key: bool
    open311_per_minute: int
    proof_photo: bool = False


@dataclass(frozen=True, slots=True)
class QuestionInfo:
    """A question in one language; `values` are (key, name) pairs."""

    code: str
    text: str
    hint: str
    datatype: Datatype
    variable: bool
    required: bool
    order: int
    values: tuple[tuple[str, str], ...]
    when_code: str
    when_values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """A category and its questions, in one language."""

    category: CategoryInfo
    questions: tuple[QuestionInfo, ...]


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
    is_shared: bool


@dataclass(frozen=True, slots=True)
class CategorySettings:
    """What can be set of a category, names in every language. `updated_at` stands for its version."""

    code: str
    name: Mapping[str, str]
    target_days: int | None
    department_id: uuid.UUID | None
    team_id: uuid.UUID | None
    place: Detail
    text: Detail
    photo: Detail
    moderation: Moderation
    is_active: bool
    is_emergency: bool
    updated_at: datetime
    proof_photo: bool = False
    approve: tuple[Outcome, ...] = ()


@dataclass(frozen=True, slots=True)
class ResolutionRange:
    """How long the fixed requests of a category took, in days from filing; `count` is how many they were."""

    half: float
    nine_in_ten: float
    count: int


class TallyBy(StrEnum):
    """What tallies are told apart by."""

    MONTH = "month"
    AREA = "area"
    CATEGORY = "category"
    DEPARTMENT = "department"


@dataclass(frozen=True, slots=True)
class TallyFilter:
    """Which tallies are wanted. Empty means no limit.

    Args:
        since, until: first days of months: the first one wanted, and the first one that is not.
        category, area, department: ids.
        areas: ids of the areas that are told apart, for `TallyBy.AREA`.
        without: ids of categories that are left out of sums over all of them.
        due_until: targets count in months before this one only: those of a month that is not over may still be met.
    """

    since: date | None = None
    until: date | None = None
    category: uuid.UUID | None = None
    area: uuid.UUID | None = None
    department: uuid.UUID | None = None
    areas: tuple[uuid.UUID, ...] = ()
    due_until: date | None = None
    without: tuple[uuid.UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Tallied:
    """Counts of requests; those taken down as abuse are in none.

    Args:
        opened: filed in the time.
        closed: closed in the time and closed still, by outcome.
        due: whose target was in the time, and `met` of them were closed by it.
        contested: how often somebody said "it is not fixed" in the time, and `upheld` of them a supervisor found right.
        days: of those fixed, how many took how long, by the steps of `rules.DAY_EDGES`.
    """

    opened: int
    closed: Mapping[Outcome, int]
    due: int
    met: int
    contested: int
    upheld: int
    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is known of an open request for its date to be foretold. The areas are those of its public place."""

    id: uuid.UUID
    number: str
    category_code: str
    requested_at: datetime
    department_id: uuid.UUID | None
    areas: tuple[uuid.UUID, ...]


@dataclass(frozen=True, slots=True)
class PastRequest:
    """A request as dates are learnt from: times in seconds of the Unix epoch, `closed` None while it is open."""

    category_code: str
    group_code: str
    requested: float
    closed: float | None
    department_id: uuid.UUID | None
    areas: tuple[uuid.UUID, ...]


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A dot of the public map, or `count` requests drawn as one at their middle.

    Args:
        roughly: the request is somewhere around the point, and must not be drawn as if it were at it.
    """

    lat: float
    lon: float
    count: int
    number: str = ""
    status: Status | None = None
    category_code: str = ""
    roughly: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Why one request of a bulk change was left as it was."""

    id: uuid.UUID
    number: str
    reason: Any


@dataclass(frozen=True, slots=True)
class BulkPlan:
    """A change to many requests: exactly one of the fields is set.

    Args:
        assign: of "department_id", "team_id", "assignee_id", those to set.
        close: outcome and public sentence (not "duplicate": that is merging).
        schedule: the day, and a public sentence that may be empty.
        language: of the public sentence; `also` has it in other languages, by their codes. What stands in braces in
            them is filled in for each request.
    """

    assign: Mapping[str, uuid.UUID | None] | None = None
    close: tuple[Outcome, str] | None = None
    schedule: tuple[date | None, str] | None = None
    start: bool = False
    category_code: str = ""
    priority: int | None = None
    note: tuple[str, Visibility] | None = None
    language: str = "en"
    also: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BulkPreview:
    """What a bulk change would do: the requests it would change, and why it would leave others."""

    would_change: tuple[Changed, ...]
    refused: tuple[Refused, ...]
    followers: int


@dataclass(frozen=True, slots=True)
class BulkDone:
    """What a bulk change did. It can be undone by `change_id` until `undo_until`; then followers are told."""

    change_id: uuid.UUID
    changed: tuple[Changed, ...]
    refused: tuple[Refused, ...]
    undo_until: datetime


_NOTHING: Mapping[str, Any] = MappingProxyType({})


# Named tuples, of which a load makes millions: a frozen data class of this size takes four times as long to make.
class LoadedEvent(NamedTuple):
    """One line of a history that comes from elsewhere (an import, the demo). `at` is aware."""

    fact: Fact
    at: datetime
    text: str = ""
    visibility: Visibility = Visibility.PUBLIC
    author_kind: str = "system"
    author_id: uuid.UUID | None = None
    author_label: str = ""
    data: Mapping[str, Any] = _NOTHING


class LoadedRequest(NamedTuple):
    """A whole request as it stands, with its history, for `bulk_load`. Times are aware.

    Args:
        external_id: its number in the other system, at most 120 characters; "" when it has none.
        row_hash: of the row it came from (at most 64 characters); the same hash again means unchanged.
        place: looked up by nobody: give the point.
        duplicate_of: the external id of the request it repeats; used with the outcome "duplicate" only.
        department_id, team_id, priority, due_at: None for the category's own. `routed` says not to fill them.
        events: none writes "received", and "closed" for a closed one.
        number: the city's own number, when it is known; else the next one.
    """

    category_code: str
    requested_at: datetime
    place: Place = Place()
    external_id: str = ""
    row_hash: str = ""
    description: str = ""
    answers: Mapping[str, str | list[str]] = _NOTHING
    language: str = "en"
    source: Source = Source.IMPORT
    state: State = State.RECEIVED
    outcome: Outcome | None = None
    outcome_sentence: str = ""
    referred_to: str = ""
    scheduled_for: date | None = None
    updated_at: datetime | None = None
    closed_at: datetime | None = None
    due_at: datetime | None = None
    department_id: uuid.UUID | None = None
    team_id: uuid.UUID | None = None
    assignee_id: uuid.UUID | None = None
    priority: int | None = None
    routed: bool = False
    supporters: int = 0
    duplicate_of: str = ""
    events: tuple[LoadedEvent, ...] = ()
    photos: tuple[uuid.UUID, ...] = ()
    evidence: tuple[uuid.UUID, ...] = ()
    contact: Contact | None = None
    showing: Showing = Showing.SHOWN
    number: int | None = None
    id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class LoadResult:
    """How many requests a load wrote anew, changed, and found as they were."""

    imported: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: LoadResult) -> LoadResult:
        """Add two results up."""
        return LoadResult(
            self.imported + other.imported, self.updated + other.updated, self.unchanged + other.unchanged
        )


def number_text(number: int) -> str:
    """Return the number as people read it: 48220 is "48-220"."""
    return f"{number // 1000}-{number % 1000:03d}"


def number_value(text: str) -> int | None:
    """Return the number behind "48-220" (or "48220"), None when `text` is no request number."""
    digits = text if text.isdigit() else text.strip().replace("-", "", 1)
    if not digits.isascii() or not digits.isdigit() or len(digits) > 15:
        return None
    return int(digits)
