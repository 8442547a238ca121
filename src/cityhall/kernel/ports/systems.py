"""The web and the systems of others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from cityhall.kernel.georeport.contracts import Receipt, Report, Request, Service, Update
from cityhall.kernel.slots import Slot
from cityhall.kernel.told import Told


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
    """The address must not be fetched or never will be: do not try again. What is told is a text or a `Told`."""


class FetchUnavailable(Exception):
    """It cannot be fetched now: try again later, and not before `retry_after` seconds where its server says so."""

    def __init__(self, message: str | Told = "", retry_after: int | None = None) -> None:
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


web_fetcher: Slot[WebFetcher] = Slot("web fetcher")
other_systems: Slot[OtherSystems] = Slot("other systems")
