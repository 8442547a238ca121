"""Fetches a file from an address a stranger gave, without letting them reach into our network.

Every name is resolved here, every address it resolves to must be public, and the connection goes to the very address
that was checked, so that a second answer from the name server (rebinding) changes nothing. Redirects start over.
"""

from __future__ import annotations

import time
from urllib.parse import urljoin

import httpx

from cityhall.adapters.web.guard import Allowed, Forbidden, Guard, GuardedTransport, Resolve, is_public, resolve
from cityhall.kernel.ports import FetchCapabilities, Fetched, FetchRefused, FetchUnavailable

_HEADERS = {"User-Agent": "cityhall-media/1", "Accept-Encoding": "identity"}
_PIECE = 64 * 1024
_REDIRECTS = {301, 302, 303, 307, 308}


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
        largest: int = 20 * 1024 * 1024,
        seconds: float = 10.0,
        redirects: int = 3,
        ports: frozenset[int] | None = frozenset({80, 443}),
        allowed: Allowed = is_public,
        resolver: Resolve = resolve,
    ) -> None:
        self._largest = largest
        self._seconds = seconds
        self._redirects = redirects
        self._guard = Guard(ports=ports, allowed=allowed, resolver=resolver)

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
        left = deadline - time.monotonic()
        if left <= 0:
            raise FetchUnavailable("too slow")
        # A piece more than is taken, so that what is too large is told from what broke off.
        transport = GuardedTransport(self._guard, largest=self._largest + _PIECE, seconds=left)
        try:
            with (
                httpx.Client(transport=transport, timeout=left, trust_env=False, follow_redirects=False) as client,
                client.stream("GET", url, headers=_HEADERS) as answer,
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
                return Fetched(url=url, content=bytes(body), content_type=answer.headers.get("Content-Type", ""))
        except (Forbidden, httpx.InvalidURL) as problem:
            raise FetchRefused(str(problem)) from problem
        except httpx.HTTPError as problem:
            raise FetchUnavailable(type(problem).__name__) from problem
