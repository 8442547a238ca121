"""The words a request is described by: where it stands, how it ended, who may see what."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

FARTHEST_PLAN = timedelta(days=3653)
"""Nobody plans work for a day further off: it is a slip of the pen, or a system's word for never."""


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
    PARTED = "parted"
    """A duplicate stands for itself again: told in the history of the one that stood for it."""

    CLOSED = "closed"
    REOPENED = "reopened"
    CONTESTED = "contested"
    CORRECTED = "corrected"
    MODERATED = "moderated"
    UNDONE = "undone"
    ERASED = "erased"
    APPROVAL = "approval"
    """A closing that waits for a supervisor: asked for, sent back or overtaken. Never public."""
