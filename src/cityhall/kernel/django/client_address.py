"""Whose request it is, for counting: the address of the client, also behind the city's own proxy.

`X-Forwarded-For` is whatever the sender wrote, up to what the last proxy appended. So it is read only where the
city says that a proxy of its own stands in front (`CITYHALL_BEHIND_PROXY`), and then only its last entry.
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "unknown"


def client_address(request: HttpRequest) -> str:
    """Return the client's IP address in its shortest form, or `UNKNOWN` when there is none to be believed."""
    told = str(request.META.get("REMOTE_ADDR", ""))
    if settings.BEHIND_PROXY and (hops := str(request.META.get("HTTP_X_FORWARDED_FOR", ""))):
        told = hops.rsplit(",", 1)[-1].strip()
    return _shortest(told)


def counted_sender(request: HttpRequest) -> str:
    """Return what a sender without an account is counted by: the address, for IPv6 one household's network (/64)."""
    return _counted(client_address(request))


@lru_cache(maxsize=1024)
def _shortest(text: str) -> str:
    found = _parsed(text)
    return UNKNOWN if found is None else str(found)


@lru_cache(maxsize=1024)
def _counted(address: str) -> str:
    found = _parsed(address)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False).network_address)
    return UNKNOWN if found is None else str(found)


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address in `text`, an IPv4 address written as IPv6 as what it is; None for anything else."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        return found.ipv4_mapped
    return found
