"""Whether the work at hand was asked for from this very machine; demo accounts and pages work for no other."""

from __future__ import annotations

import ipaddress
from contextvars import ContextVar

from django.http import HttpRequest

_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP")
_served: ContextVar[HttpRequest | None] = ContextVar("served", default=None)


def is_local() -> bool:
    """Return whether the request being served came over loopback. True outside of requests (commands, jobs)."""
    request = _served.get()
    return request is None or from_this_machine(request)


class Serving:
    """Remembers, inside the block, which request is served."""

    __slots__ = ("_before", "_request")

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def __enter__(self) -> None:
        self._before = _served.set(self._request)

    def __exit__(self, *_raised: object) -> None:
        _served.reset(self._before)


def from_this_machine(request: HttpRequest) -> bool:
    """Say whether both the client's address and the Host header are loopback, and no proxy stands between."""
    meta = request.META
    host = meta.get("HTTP_HOST") or meta.get("SERVER_NAME", "")
    return is_loopback(meta.get("REMOTE_ADDR", ""), host, any(name in meta for name in _FORWARDED))


def is_loopback(address: str, host: str, forwarded: bool) -> bool:
    """Say whether a request came from this machine to this machine.

    Args:
        address: the peer's IP address as the socket gave it.
        host: the Host header, with or without a port.
        forwarded: whether a proxy passed the request on. The peer is then the proxy, so the answer is no.
    """
    if forwarded:
        return False
    name = host.rsplit(":", 1)[0] if host.count(":") == 1 or (host.startswith("[") and "]:" in host) else host
    return _loopback_address(address) and (name.lower() == "localhost" or _loopback_address(name.strip("[]")))


def _loopback_address(text: str) -> bool:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback
