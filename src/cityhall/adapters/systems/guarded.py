"""Calls work-order systems and other cities' servers without letting an address reach into our network."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import httpx

from cityhall.adapters.open311.client import GeoReportClient
from cityhall.adapters.web.guard import Forbidden, Guard, GuardedTransport, Resolve, is_public, resolve
from cityhall.kernel.georeport import parse
from cityhall.kernel.ports import (
    CallAnswer,
    CallForbidden,
    CallUnavailable,
    GeoReportServer,
    SystemsCapabilities,
)

_ANSWER_BYTES = 64 * 1024
_GEOREPORT_BYTES = 8 * 1024 * 1024
_LONGEST_TEXT = 4000
_LONGEST_WAIT = 7 * 24 * 3600


class GuardedSystems:
    """Calls over https; over http only this very machine, and only when its network is named.

    Args:
        networks: networks besides the public internet that may be called, such as "10.20.0.0/16".
        seconds: most time for one call.
        resolver: finds a name's addresses.
    """

    capabilities = SystemsCapabilities(guards_private_networks=True, follows_redirects=False)

    def __init__(self, *, networks: Sequence[str] = (), seconds: float = 15.0, resolver: Resolve = resolve) -> None:
        self._networks = [ipaddress.ip_network(network) for network in networks]
        self._seconds = seconds
        self._guard = Guard(allowed=self._allowed, plain=self._plain, resolver=resolver)

    def objection(self, url: str) -> str:
        """Return why an address could not be called, "" when it could be."""
        try:
            asked = self._guard.checked(url)
        except Forbidden:
            return "address"
        try:
            literal: str | None = str(ipaddress.ip_address(asked.host))
        except ValueError:
            literal = "127.0.0.1" if asked.host == "localhost" else None
        if asked.scheme == "http" and not (literal and self._plain(literal)):
            return "insecure"
        return "private" if literal and not self._allowed(literal) else ""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> CallAnswer:
        """Post `body` and return the answer, whatever its status."""
        try:
            with httpx.Client(
                transport=self._transport(_ANSWER_BYTES),
                timeout=self._seconds,
                trust_env=False,
                follow_redirects=False,
                headers={"User-Agent": "cityhall-webhook/1", "Accept-Encoding": "identity"},
            ) as client:
                answer = client.post(url, content=body, headers=dict(headers))
        except Forbidden as problem:
            raise CallForbidden(str(problem)) from problem
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            raise CallUnavailable(type(problem).__name__) from problem
        wait = answer.headers.get("Retry-After", "")
        return CallAnswer(
            answer.status_code,
            answer.text[:_LONGEST_TEXT].replace("\0", ""),
            min(int(wait), _LONGEST_WAIT) if wait.isascii() and wait.isdecimal() and len(wait) < 10 else None,
        )

    @contextmanager
    def georeport(self, url: str, *, jurisdiction_id: str = "", api_key: str = "") -> Iterator[GeoReportServer]:
        """Open a GeoReport server; its redirects are refusals."""
        with GeoReportClient(
            url,
            jurisdiction_id=jurisdiction_id,
            api_key=api_key,
            timeout=self._seconds,
            redirects=False,
            transport=self._transport(_GEOREPORT_BYTES),
        ) as client:
            try:
                yield client
            except Forbidden as problem:
                raise CallForbidden(str(problem)) from problem
            except httpx.InvalidURL as problem:
                raise CallForbidden("not a web address") from problem
            except parse.Unreadable as problem:
                raise CallUnavailable(f"the answer is no GeoReport: {problem}") from problem

    def _transport(self, largest: int) -> GuardedTransport:
        return GuardedTransport(self._guard, largest=largest, seconds=self._seconds)

    def _allowed(self, address: str) -> bool:
        return self._named(address) or is_public(address)

    def _plain(self, address: str) -> bool:
        return self._named(address) and ipaddress.ip_address(address.partition("%")[0]).is_loopback

    def _named(self, address: str) -> bool:
        found = ipaddress.ip_address(address.partition("%")[0])
        return any(found.version == network.version and found in network for network in self._networks)
