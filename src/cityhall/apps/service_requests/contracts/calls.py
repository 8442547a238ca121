"""What is kept of calls, and what the call taker sees."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from cityhall.apps.service_requests.contracts.filing import Contact
from cityhall.apps.service_requests.contracts.publication import PublicRequest
from cityhall.apps.service_requests.contracts.states import Source

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
class PastRequest:
    """A request as dates are learnt from: times in seconds of the Unix epoch, `closed` None while it is open."""

    category_code: str
    group_code: str
    requested: float
    closed: float | None
    department_id: uuid.UUID | None
    areas: tuple[uuid.UUID, ...]
