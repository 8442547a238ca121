"""What every endpoint needs to know of its call: the city's clock, addresses, the key, who asks too often."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from cityhall.apps.documents import public as documents
from cityhall.apps.identity import public as identity
from cityhall.apps.identity.contracts import KeyedActor
from cityhall.apps.places import public as places
from cityhall.kernel.django import limits
from cityhall.kernel.django.client_address import counted_sender
from cityhall.kernel.errors import NotAllowed, NotFound

WRITE = "open311.write"


def zone() -> ZoneInfo:
    """Return the city's time zone."""
    return ZoneInfo(places.calendar().zone)


def in_city_time(city: ZoneInfo) -> Callable[[datetime], datetime]:
    """Return a function that puts times into the city's zone."""
    return lambda at: at.astimezone(city)


def picture_address(request: HttpRequest) -> Callable[[uuid.UUID], str]:
    """Return a function that gives a photo's absolute address."""
    base = request.build_absolute_uri("/").rstrip("/")
    return lambda document: f"{base}{documents.url(document, 'web')}"


def picture_addresses(request: HttpRequest) -> Callable[[str], str]:
    """Return a function that gives many photos' absolute addresses by their ids: the address is made once."""
    nobody = str(uuid.UUID(int=0))
    before = after = ""

    def address(document: str) -> str:
        nonlocal before, after
        if not before:
            before, _, after = picture_address(request)(uuid.UUID(nobody)).partition(nobody)
        return f"{before}{document}{after}"

    return address


def sent(request: HttpRequest) -> dict[str, Sequence[str]]:
    """Return the parameters of the call: of the address, and for POST those of the form before them."""
    found: dict[str, Sequence[str]] = {name: request.GET.getlist(name) for name in request.GET}
    if request.method == "POST":
        found |= {name: request.POST.getlist(name) for name in request.POST}
    return found


def check_jurisdiction(parameters: dict[str, Sequence[str]]) -> None:
    """Refuse a jurisdiction that is not ours, where this installation has named its own. Raises NotFound."""
    ours: str = settings.OPEN311_JURISDICTION
    asked = next((text for value in parameters.get("jurisdiction_id", ()) if (text := value.strip())), "")
    if ours and asked and asked.casefold() != ours.casefold():
        raise NotFound(_("jurisdiction_id: this server does not serve “%(asked)s”.") % {"asked": asked[:100]})


def key_of(request: HttpRequest, parameters: dict[str, Sequence[str]]) -> KeyedActor | None:
    """Return who the call's API key acts for, None without a key.

    Raises:
        NotAllowed: the key is unknown, revoked or may not write.
        TooMany: the key's calls of this minute are used up.
    """
    raw = next((text for value in parameters.get("api_key", ()) if (text := value.strip())), "")
    bearer, _space, token = request.headers.get("Authorization", "").partition(" ")
    if not raw and bearer.lower() == "bearer":
        raw = token.strip()
    if not raw:
        return None
    try:
        keyed = identity.actor_for_key(raw)
    except NotAllowed as refused:
        raise NotAllowed(_("api_key: %(why)s") % {"why": refused.message}) from refused
    if WRITE not in keyed.scopes:
        raise NotAllowed(_("api_key: this key may not write. It needs the scope open311.write."))
    return keyed


def spend(request: HttpRequest, what: str, *, per_minute: int) -> None:
    """Count a call without a key against its sender's address. Raises TooMany."""
    limits.spend(f"open311:{what[:60]}:{counted_sender(request)}", limit=per_minute, per=timedelta(minutes=1))
