"""Fetches a file from an address a stranger gave, without letting them reach into our network.

Every name is resolved here, every address it resolves to must be public, and the connection goes to the very address
that was checked, so that a second answer from the name server (rebinding) changes nothing. Redirects start over.
"""

from __future__ import annotations

import time
from urllib.parse import urljoin

import httpx

from cityhall.adapters.web.guard import Allowed, Forbidden, Guard, Resolve, Unresolved, is_public, resolve
from cityhall.kernel.ports import FetchCapabilities, Fetched, FetchRefused, FetchUnavailable

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
        try:
            asked = self._guard.checked(url)
            address = self._guard.address(asked)
        except Forbidden as problem:
            raise FetchRefused(str(problem)) from problem
        except Unresolved as problem:
            raise FetchUnavailable(str(problem)) from problem
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
