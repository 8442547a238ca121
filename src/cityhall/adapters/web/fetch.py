"""Fetches a file from an address a stranger gave, without letting them reach into our network.

Every name is resolved here, every address it resolves to must be public, and the connection goes to the very address
that was checked, so that a second answer from the name server (rebinding) changes nothing. Redirects start over.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Iterable
from urllib.parse import urljoin

import httpx

from cityhall.kernel.ports import FetchCapabilities, Fetched, FetchRefused, FetchUnavailable

Resolve = Callable[[str, int], Iterable[str]]
_PORTS = {"http": 80, "https": 443}
_REDIRECTS = {301, 302, 303, 307, 308}


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of `host`, as the system finds them."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Say whether `address` is a plain public one: not private, loopback, link-local, multicast, nor a wrapped IPv4."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        wrapped = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if wrapped is not None or found.is_site_local or found in ipaddress.ip_network("64:ff9b::/96"):
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


class GuardedFetcher:
    """Fetches over http and https with limits.

    Args:
        largest: most bytes taken.
        seconds: most time for the whole fetch, redirects included.
        redirects: most redirects followed.
        ports: the ports that may be asked.
        allowed: says whether an address may be connected to; tests allow loopback.
        resolver: finds a name's addresses.
    """

    capabilities = FetchCapabilities(guards_private_networks=True)

    def __init__(
        self,
        *,
        largest: int = 10 * 1024 * 1024,
        seconds: float = 10.0,
        redirects: int = 3,
        ports: frozenset[int] | None = frozenset({80, 443}),
        allowed: Callable[[str], bool] = is_public,
        resolver: Resolve = resolve,
    ) -> None:
        self._largest = largest
        self._seconds = seconds
        self._redirects = redirects
        self._ports = ports
        self._allowed = allowed
        self._resolve = resolver

    def fetch(self, url: str) -> Fetched:
        """Fetch `url`. Raises FetchRefused when it must not or cannot ever be, FetchUnavailable to try later."""
        deadline = time.monotonic() + self._seconds
        for _ in range(self._redirects + 1):
            answer = self._once(url, deadline)
            if isinstance(answer, Fetched):
                return answer
            url = urljoin(url, answer)
        raise FetchRefused("too many redirects")

    def _once(self, url: str, deadline: float) -> Fetched | str:
        """Return the file, or where the server says it is instead."""
        asked = self._checked(url)
        address = self._address(asked.host, asked.port or _PORTS[asked.scheme])
        target = asked.copy_with(host=address)
        left = deadline - time.monotonic()
        if left <= 0:
            raise FetchUnavailable("too slow")
        try:
            with (
                httpx.Client(timeout=left, trust_env=False, follow_redirects=False) as client,
                client.stream(
                    "GET",
                    target,
                    headers={
                        "Host": asked.netloc.decode(),
                        "User-Agent": "cityhall-media/1",
                        "Accept-Encoding": "identity",
                    },
                    extensions={"sni_hostname": asked.raw_host.decode()},
                ) as answer,
            ):
                if answer.status_code in _REDIRECTS and answer.headers.get("Location"):
                    return str(answer.headers["Location"])
                if answer.status_code >= 500 or answer.status_code == 429:
                    raise FetchUnavailable(f"answered {answer.status_code}")
                if answer.status_code != 200:
                    raise FetchRefused(f"answered {answer.status_code}")
                body = bytearray()
                for chunk in answer.iter_raw():
                    body += chunk
                    if len(body) > self._largest:
                        raise FetchRefused("too large")
                    if time.monotonic() > deadline:
                        raise FetchUnavailable("too slow")
                return Fetched(url=url, content=bytes(body), content_type=answer.headers.get("Content-Type", ""))
        except httpx.HTTPError as problem:
            raise FetchUnavailable(type(problem).__name__) from problem

    def _checked(self, url: str) -> httpx.URL:
        try:
            asked = httpx.URL(url)
        except (httpx.InvalidURL, ValueError, TypeError) as problem:
            raise FetchRefused("not a web address") from problem
        if asked.scheme not in _PORTS or not asked.host:
            raise FetchRefused("not a web address")
        if asked.userinfo:
            raise FetchRefused("an address with a password in it")
        if self._ports is not None and (asked.port or _PORTS[asked.scheme]) not in self._ports:
            raise FetchRefused("not a web server's port")
        return asked

    def _address(self, host: str, port: int) -> str:
        try:
            found = list(self._resolve(host, port))
        except (OSError, UnicodeError) as problem:
            raise FetchUnavailable("the name was not found") from problem
        if not found:
            raise FetchUnavailable("the name was not found")
        try:
            if not all(self._allowed(address) for address in found):
                raise FetchRefused("not a public address")
        except ValueError as problem:
            raise FetchRefused("not a public address") from problem
        return found[0]
