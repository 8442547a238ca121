"""Ports: what the product needs from engines outside it. Adapters implement them; `config` chooses which.

Each port has a frozen capability record, so that callers ask what an engine can do instead of what it is,
and a conformance suite in `tests/ports/` that every adapter and every fake passes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Generic, Protocol, TypeVar, runtime_checkable

from cityhall.kernel.georeport.contracts import Receipt, Report, Request, Service, Update


@dataclass(frozen=True, slots=True)
class BlobCapabilities:
    """What a blob store can do.

    Args:
        atomic_put: a reader sees the whole blob or none.
        local_paths: blobs are files on this machine.
    """

    atomic_put: bool
    local_paths: bool


@runtime_checkable
class BlobStore(Protocol):
    """Bytes by key. A key is lower-case letters, digits, `-`, `_`, `.` and `/`, without `..`."""

    capabilities: BlobCapabilities

    def put(self, key: str, data: bytes) -> None:
        """Store `data` under `key`, durably, replacing what was there."""

    def open(self, key: str) -> BinaryIO:
        """Open for reading. Raises FileNotFoundError."""

    def size(self, key: str) -> int:
        """Return the size in bytes. Raises FileNotFoundError."""

    def delete(self, key: str) -> None:
        """Remove; nothing happens when it is not there."""

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Iterate over the keys that start with `prefix`, sorted."""

    def sweep_broken_off(self, *, older_than: timedelta) -> int:
        """Remove what a killed `put` left behind, longer ago than this; return how many there were."""


@dataclass(frozen=True, slots=True)
class MailCapabilities:
    """What a mail engine can do.

    Args:
        delivers: messages leave the machine.
        keeps: messages can be read back (the demo's outbox page).
    """

    delivers: bool
    keeps: bool


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail, plain text with an optional HTML form.

    Args:
        unsubscribe_url: put into List-Unsubscribe with one-click (RFC 8058) when given.
    """

    to: str
    subject: str
    text: str
    html: str = ""
    unsubscribe_url: str = ""
    message_id: str = ""


class MailRefused(Exception):
    """The engine will never take this message (bad address): do not try again."""


class MailUnavailable(Exception):
    """The engine cannot take it now: try again later."""


@runtime_checkable
class MailEngine(Protocol):
    """Sends e-mail."""

    capabilities: MailCapabilities

    def send(self, mail: Mail) -> None:
        """Hand over one message. Raises MailRefused or MailUnavailable."""


_PHONE = re.compile(r"\+[1-9][0-9]{7,14}")


def is_phone(text: str) -> bool:
    """Say whether a text is a telephone number as engines want it (E.164): "+15550100123"."""
    return bool(_PHONE.fullmatch(text))


@dataclass(frozen=True, slots=True)
class SmsCapabilities:
    """What an SMS engine can do.

    Args:
        delivers: messages leave the machine.
        keeps: messages can be read back (the demo's outbox page).
        receives: it takes what people answer; see `ReceivesSms`.
    """

    delivers: bool
    keeps: bool
    receives: bool


@dataclass(frozen=True, slots=True)
class Sms:
    """One text message. `to` is a number for which `is_phone` holds."""

    to: str
    text: str


@dataclass(frozen=True, slots=True)
class SmsReceived:
    """A text message somebody sent to the city."""

    sender: str
    text: str


class SmsRefused(Exception):
    """The engine will never take this message (bad number, or its owner said STOP): do not try again."""


class SmsUnavailable(Exception):
    """The engine cannot take it now: try again later."""


@runtime_checkable
class SmsEngine(Protocol):
    """Sends text messages."""

    capabilities: SmsCapabilities

    def send(self, sms: Sms) -> None:
        """Hand over one message. Raises SmsRefused or SmsUnavailable."""


@runtime_checkable
class ReceivesSms(Protocol):
    """An SMS engine whose capabilities say `receives`."""

    def receive(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> SmsReceived | None:
        """Return the message a call of the engine's webhook brings, None unless the engine itself called."""


@dataclass(frozen=True, slots=True)
class FetchCapabilities:
    """What a fetcher can do.

    Args:
        guards_private_networks: refuses every address that is not public, so that strangers' links are safe to give it.
    """

    guards_private_networks: bool


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file from the web. `url` is where it was found in the end; `content_type` is what its server claims."""

    url: str
    content: bytes
    content_type: str


class FetchRefused(Exception):
    """The address must not be fetched or never will be: do not try again."""


class FetchUnavailable(Exception):
    """It cannot be fetched now: try again later, and not before `retry_after` seconds where its server says so."""

    def __init__(self, message: str = "", retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


@runtime_checkable
class WebFetcher(Protocol):
    """Fetches files from the web, within limits of size and time."""

    capabilities: FetchCapabilities

    def fetch(self, url: str) -> Fetched:
        """Fetch one file. Raises FetchRefused or FetchUnavailable."""


@dataclass(frozen=True, slots=True)
class SystemsCapabilities:
    """What calling other systems is safe from.

    Args:
        guards_private_networks: refuses every address that is neither public nor in a network the city has named.
        follows_redirects: goes where an answer sends it.
    """

    guards_private_networks: bool
    follows_redirects: bool


@dataclass(frozen=True, slots=True)
class CallAnswer:
    """What another system answered. `text` is the beginning of it; `retry_after` is in seconds."""

    status: int
    text: str
    retry_after: int | None = None


class CallForbidden(Exception):
    """The address must not be called: it leads into a network that nobody named."""


class CallUnavailable(Exception):
    """No answer came, or none that could be read to its end."""


class CallRefused(Exception):
    """The other system answered that it will not. `retry_after` is in seconds, when it said so."""

    def __init__(self, status: int, text: str, retry_after: int | None = None) -> None:
        super().__init__(f"{status}: {text}")
        self.status = status
        self.text = text
        self.retry_after = retry_after


class GeoReportServer(Protocol):
    """Somebody else's Open311 GeoReport v2 server. Every call may raise CallForbidden, CallUnavailable, CallRefused."""

    def services(self) -> list[Service]:
        """Return the services that can be reported."""

    def file(self, report: Report, *, files: Iterable[tuple[str, bytes, str]] = ()) -> Receipt:
        """File a request; return its id there, or a token to ask again with."""

    def token(self, token: str) -> Receipt:
        """Ask what became of a token; the id is "" as long as there is none."""

    def request(self, service_request_id: str) -> Request | None:
        """Return one request, None when the server knows none."""

    def requests(self, **filters: str | int | float | datetime | Iterable[str] | None) -> list[Request]:
        """Return requests by the standard's filters."""

    def updates(self, *, start: datetime | None = None, end: datetime | None = None) -> list[Update]:
        """Return changes between two times (mySociety's extension)."""

    def post_update(self, update: Update) -> str:
        """Send a change (mySociety's extension); return the server's id for it."""


@runtime_checkable
class OtherSystems(Protocol):
    """Calls the systems that a city has configured, at addresses its staff typed."""

    capabilities: SystemsCapabilities

    def objection(self, url: str) -> str:
        """Return why an address could not be called: "", "address", "insecure" or "private". Names are not resolved."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> CallAnswer:
        """Post `body` and return the answer, whatever its status. Raises CallForbidden, CallUnavailable."""

    def georeport(
        self, url: str, *, jurisdiction_id: str = "", api_key: str = ""
    ) -> AbstractContextManager[GeoReportServer]:
        """Open a GeoReport server."""


@runtime_checkable
class Installation(Protocol):
    """What is set outside the database: the city's address and its mail server.

    Names are those of the environment variables. What the environment gives always wins and cannot be changed here.
    """

    folder: Path
    """The data folder, for files on their way."""

    def value(self, name: str) -> str:
        """Return a setting as it holds now, "" when it is not set."""

    def is_fixed(self, name: str) -> bool:
        """Say whether the environment decides this setting."""

    def change(self, values: Mapping[str, str]) -> None:
        """Keep settings, durably and readable by the owner alone; "" forgets one. Raises KeyError for unknown names."""


@dataclass(frozen=True, slots=True)
class RoutingCapabilities:
    """What a route solver can do.

    Args:
        improves: looks for a better plan for as long as it is given, rather than taking the next best step.
        own_process: works outside the process that asks, within bounds of time and memory.
    """

    improves: bool
    own_process: bool


@dataclass(frozen=True, slots=True)
class RoutingStop:
    """Somewhere to be once. Times are whole seconds after a moment the caller chose.

    Args:
        place: row of the problem's distances.
        seconds: how long the work takes.
        earliest, latest: when it may begin.
        units: what it takes of a vehicle's capacity.
        skill: what its vehicle must be able to do; "" for what any can.
        weight: how bad it is to leave it out; 1 is ordinary.
        soon: to be there early is worth a detour.
    """

    place: int
    seconds: int
    earliest: int
    latest: int
    units: int = 1
    skill: str = ""
    weight: int = 1
    soon: bool = False


@dataclass(frozen=True, slots=True)
class RoutingVehicle:
    """Who goes: from `start` to `end` (rows of the distances), within its hours, at a speed in metres a second."""

    start: int
    end: int
    earliest: int
    latest: int
    units: int
    speed: float
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RoutingProblem:
    """Stops to share out among vehicles. `metres` is how far it is from each place to each other."""

    metres: tuple[tuple[int, ...], ...]
    stops: tuple[RoutingStop, ...]
    vehicles: tuple[RoutingVehicle, ...]

    def travel(self, vehicle: RoutingVehicle, here: int, there: int) -> int:
        """Return the whole seconds a vehicle needs from one place to another."""
        return math.ceil(self.metres[here][there] / vehicle.speed)


@dataclass(frozen=True, slots=True)
class RoutingAnswer:
    """For each vehicle its stops (by index) in order; what nobody does; and the name of what found it."""

    routes: tuple[tuple[int, ...], ...]
    left_out: tuple[int, ...]
    solver: str


class RoutingUnavailable(Exception):
    """The solver gave no answer: it is not there, broke, or took too long."""


@runtime_checkable
class RouteSolver(Protocol):
    """Shares stops out among vehicles: in their hours, within capacity, by skill, with little travel."""

    capabilities: RoutingCapabilities

    def solve(self, problem: RoutingProblem, *, seconds: float) -> RoutingAnswer:
        """Return a plan that keeps every bound, thinking for about `seconds`. Raises RoutingUnavailable."""


T = TypeVar("T")


class Slot(Generic[T]):
    """Where `config` puts the engine it chose for a port, and rooms find it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._make: Callable[[], T] | None = None

    def fill(self, make: Callable[[], T]) -> None:
        """Say how to get the engine. The last call wins, so that a test can put its fake here."""
        self._make = make

    def get(self) -> T:
        """Return the engine. Raises RuntimeError when none was chosen."""
        if self._make is None:
            raise RuntimeError(f"no engine was chosen for {self.name}")
        return self._make()


blob_store: Slot[BlobStore] = Slot("blob store")
mail_engine: Slot[MailEngine] = Slot("mail engine")
sms_engine: Slot[SmsEngine] = Slot("SMS engine")
web_fetcher: Slot[WebFetcher] = Slot("web fetcher")
other_systems: Slot[OtherSystems] = Slot("other systems")
erasure_lists: Slot[tuple[Path, ...]] = Slot("lists of erasures")
installation: Slot[Installation] = Slot("installation")
route_solver: Slot[RouteSolver] = Slot("route solver")
