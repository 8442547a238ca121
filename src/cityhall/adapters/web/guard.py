"""Which addresses of the web may be called, and the call to exactly the address that was checked.

A name is resolved once, every address it resolves to must be allowed, and the connection goes to the very address that
was looked at: a second answer from the name server (rebinding) changes nothing.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import httpx
from django.utils.translation import gettext_noop as _

Resolve = Callable[[str, int], Iterable[str]]
Allowed = Callable[[str], bool]
PORTS = {"http": 80, "https": 443}
# What IANA sets apart and Python, depending on its version, takes for public: IPv4 in IPv6 (RFC 6052, 8215),
# documentation (RFC 9637), protocol assignments (RFC 6890) and relays to 6to4 (RFC 7526).
_NOT_PUBLIC = tuple(
    map(
        ipaddress.ip_network,
        ("64:ff9b::/96", "64:ff9b:1::/48", "3fff::/20", "5f00::/16", "192.0.0.0/24", "192.88.99.0/24"),
    )
)


class Forbidden(Exception):
    """The address must not be called."""


class Unresolved(Exception):
    """The name was not found now."""


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of `host`, as the system finds them."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Say whether `address` is a plain public one: not private, loopback, link-local, multicast, nor a wrapped IPv4."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        wrapped = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if wrapped is not None or found.is_site_local:
            return False
    if any(found in network for network in _NOT_PUBLIC):
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved


class Guard:
    """Looks at addresses before they are called.

    Args:
        ports: the ports that may be asked; None for any.
        allowed: says whether an address may be connected to.
        plain: says the same of an address that is asked without TLS.
        resolver: finds a name's addresses.
    """

    def __init__(
        self,
        *,
        ports: frozenset[int] | None = None,
        allowed: Allowed = is_public,
        plain: Allowed = lambda address: True,
        resolver: Resolve = resolve,
    ) -> None:
        self._ports = ports
        self._allowed = allowed
        self._plain = plain
        self._resolve = resolver

    def checked(self, url: str | httpx.URL) -> httpx.URL:
        """Return the address taken apart. Raises Forbidden when it is none, or none that may be called."""
        try:
            asked = httpx.URL(url)
        except (httpx.InvalidURL, ValueError, TypeError) as problem:
            raise Forbidden(_("not a web address")) from problem
        if asked.scheme not in PORTS or not asked.host or "%" in asked.host:
            raise Forbidden(_("not a web address"))
        if asked.userinfo:
            raise Forbidden(_("an address with a password in it"))
        if self._ports is not None and (asked.port or PORTS[asked.scheme]) not in self._ports:
            raise Forbidden(_("not a web server's port"))
        return asked

    def address(self, asked: httpx.URL) -> str:
        """Return the one address to connect to. Raises Forbidden, Unresolved."""
        try:
            found = list(self._resolve(asked.host, asked.port or PORTS[asked.scheme]))
        except (OSError, UnicodeError) as problem:
            raise Unresolved(_("the name was not found")) from problem
        if not found:
            raise Unresolved(_("the name was not found"))
        try:
            if not all(self._allowed(address) for address in found):
                raise Forbidden(_("not a public address"))
            if asked.scheme == "http" and not all(self._plain(address) for address in found):
                raise Forbidden(_("not without TLS"))
        except ValueError as problem:
            raise Forbidden(_("not a public address")) from problem
        return found[0]


class GuardedTransport(httpx.BaseTransport):
    """Carries every request of an httpx client to the address its guard has checked, and reads no more than it must.

    Args:
        largest: most bytes taken of an answer.
        seconds: most time for a whole call, its answer read.
    """

    def __init__(self, guard: Guard, *, largest: int, seconds: float) -> None:
        self._guard = guard
        # Each call connects anew: the end of its time is hung on its own connection.
        self._inner = httpx.HTTPTransport(trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))
        self._largest = largest
        self._seconds = seconds

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Check, then connect. Raises Forbidden; what cannot be reached is httpx's ConnectError."""
        asked = self._guard.checked(request.url)
        try:
            address = self._guard.address(asked)
        except Unresolved as problem:
            raise httpx.ConnectError(str(problem), request=request) from problem
        deadline = _Deadline(self._seconds)
        try:
            answer = self._inner.handle_request(
                httpx.Request(
                    request.method,
                    asked.copy_with(host=address),
                    headers=request.headers,
                    stream=request.stream,
                    extensions={
                        **request.extensions, "sni_hostname": asked.raw_host.decode(), "trace": deadline.trace
                    },
                )
            )  # fmt: skip
        except httpx.HTTPError as problem:
            deadline.cancel()
            deadline.check(problem)
            raise
        assert isinstance(answer.stream, httpx.SyncByteStream)
        answer.stream = _Limited(answer.stream, self._largest, deadline)
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


class _Deadline:
    """Ends a connection at a time, whatever comes in until then.

    httpx's own limits are for one read: a server that sends a byte now and then is never late by them.
    """

    def __init__(self, seconds: float) -> None:
        self._lock = threading.Lock()
        self._connection: socket.socket | None = None
        self._has_passed = False
        self._timer = threading.Timer(max(0.0, seconds), self._end)
        self._timer.daemon = True
        self._timer.start()

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Take hold of the connection once it is made, before TLS is spoken on it; see httpcore's trace extension."""
        if event != "connection.connect_tcp.complete":
            return
        made = info["return_value"].get_extra_info("socket")
        with self._lock:
            # A copy of its own: TLS takes the first one over.
            self._connection = socket.socket(fileno=os.dup(made.fileno()))
            if self._has_passed:
                self._shut()

    def check(self, problem: BaseException | None = None) -> None:
        """Raise httpx's ReadTimeout when the time has passed."""
        if self._has_passed:
            raise httpx.ReadTimeout("the answer is too slow") from problem

    def cancel(self) -> None:
        """Let the connection be: the call is over."""
        self._timer.cancel()
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _end(self) -> None:
        with self._lock:
            self._has_passed = True
            self._shut()

    def _shut(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(OSError):  # the other side was faster
                self._connection.shutdown(socket.SHUT_RDWR)


class _Limited(httpx.SyncByteStream):
    """An answer's bytes, up to a size and a time."""

    def __init__(self, inner: httpx.SyncByteStream, largest: int, deadline: _Deadline) -> None:
        self._inner = inner
        self._largest = largest
        self._deadline = deadline

    def __iter__(self) -> Iterator[bytes]:
        taken = 0
        try:
            for chunk in self._inner:
                taken += len(chunk)
                if taken > self._largest:
                    raise httpx.ReadError("the answer is too large")
                self._deadline.check()
                yield chunk
        except httpx.HTTPError as problem:
            self._deadline.check(problem)
            raise
        self._deadline.check()  # an answer without a length ends well where its connection ends

    def close(self) -> None:
        self._inner.close()
        self._deadline.cancel()
