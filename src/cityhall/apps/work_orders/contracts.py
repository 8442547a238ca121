"""The words of the work-orders room: connections, deliveries, and what comes back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from cityhall.kernel.errors import CityhallError


class Kind(StrEnum):
    """How a connected system is spoken to."""

    WEBHOOK = "webhook"
    GEOREPORT = "georeport"


class Standing(StrEnum):
    """How a connection is: at work, held by somebody, or failing again and again."""

    RUNNING = "running"
    PAUSED = "paused"
    FAILING = "failing"


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class WorkStatus(StrEnum):
    """What a work-order system says of its work."""

    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    CANNOT_DO = "cannot_do"


class Sees(StrEnum):
    """How much of a request a connection is told.

    `WORK`: all that staff see, as it does the city's work. `PUBLISHED`: it was only referred there, so what everybody
    sees and the exact place. `WHOLE`: referred, and the city shows all of it; never who reported, nor internal notes.
    """

    WORK = "work"
    PUBLISHED = "published"
    WHOLE = "whole"


class Reason(StrEnum):
    """Why work cannot be done."""

    CANNOT = "cannot_be_done"
    NOT_FOUND = "not_found"
    NOT_CITY = "not_city"


class IncomingState(StrEnum):
    """What became of a message that came in."""

    APPLIED = "applied"
    LATE = "late"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Terms:
    """What can be set of a connection.

    Args:
        categories, departments, teams: what goes there. No category means all; no department and no team means all.
        notes: internal notes are told as well.
        contact: the reporter's contact goes along.
        jurisdiction_id, service_codes, sends_updates, closed_means: of GeoReport only.
        service_codes: our category's code to theirs, where they differ.
        sends_updates: they take changes (mySociety's extension), not only new requests.
        closed_means: what their "closed" means here: "fixed", "cannot_be_done", or "" when the desk decides.
    """

    name: str
    kind: Kind
    url: str
    categories: frozenset[str] = frozenset()
    departments: frozenset[uuid.UUID] = frozenset()
    teams: frozenset[uuid.UUID] = frozenset()
    notes: bool = False
    contact: bool = False
    jurisdiction_id: str = ""
    service_codes: Mapping[str, str] = field(default_factory=dict)
    sends_updates: bool = False
    closed_means: str = ""


@dataclass(frozen=True, slots=True)
class ConnectionInfo:
    """A connection as people see it: never its secrets.

    Args:
        has_key: a GeoReport key is kept.
        failures: tries in a row that failed; `failing_since` is set once they are many.
        waiting, given_up: how many deliveries.
        readable: its secrets can be read; otherwise the secret key they were sealed with is gone.
    """

    id: uuid.UUID
    terms: Terms
    standing: Standing
    failures: int
    failing_since: datetime | None
    last_success_at: datetime | None
    has_key: bool
    readable: bool = True
    waiting: int = 0
    given_up: int = 0


@dataclass(frozen=True, slots=True)
class TryInfo:
    """One try of a delivery. `status` is the HTTP status, None when there was no answer."""

    at: datetime
    status: int | None
    milliseconds: int
    problem: str
    answer: str


@dataclass(frozen=True, slots=True)
class DeliveryInfo:
    """A line of the delivery log."""

    id: uuid.UUID
    connection_id: uuid.UUID
    connection: str
    kind: str
    number: str
    state: DeliveryState
    created_at: datetime
    attempts: int
    next_try: datetime | None
    ended_at: datetime | None
    problem: str
    last_status: int | None = None
    tries: tuple[TryInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which deliveries the log shows; empty means no limit. `number` is a request's, or a number over there."""

    connection: uuid.UUID | None = None
    state: DeliveryState | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What another system says of a request.

    Args:
        at: when it happened over there; older than what was applied last means late.
        number: the request's, "48-220".
        external_number: its number over there.
        note: for the public where `public`, and always when it closes the request.
        on: the day the work is planned for.
    """

    at: datetime
    number: str
    external_number: str = ""
    status: WorkStatus | None = None
    note: str = ""
    public: bool = True
    reason: Reason = Reason.CANNOT
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a message. `again`: it had come before."""

    state: IncomingState
    number: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class IncomingInfo:
    """A line of the log of what came in."""

    message_id: str
    number: str
    status: str
    state: IncomingState
    at: datetime
    problem: str


@dataclass(frozen=True, slots=True)
class OrderInfo:
    """A request's number and state at one connected system, for the request's page at the desk."""

    connection_id: uuid.UUID
    connection: str
    external_number: str
    status: str
    told_at: datetime | None
    waiting: int
    given_up: int
    refused: str


class Unsigned(CityhallError):
    """A message that came in without a signature that fits."""

    code = "signature"
    http_status = 401


class Held(CityhallError):
    """The connection is paused: try again later."""

    code = "paused"
    http_status = 503
