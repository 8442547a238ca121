"""What every endpoint needs to know of its call: the city's clock, addresses, the key, who asks too often."""

from __future__ import annotations

import codecs
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from cityhall.apps.documents import public as documents
from cityhall.apps.identity import public as identity
from cityhall.apps.identity.contracts import KeyedActor
from cityhall.kernel.django import limits as rates
from cityhall.kernel.django.client_address import counted_sender
from cityhall.kernel.errors import Invalid, NotAllowed, NotFound

WRITE = "open311.write"
_LOST = "\ufffd"
"""What Django puts for bytes that are no text."""
_NOBODY = uuid.UUID(int=0)
_ONE_BYTE = re.compile(r"ascii|iso8859-\d{1,2}|cp125\d")


def in_city_time(city: ZoneInfo) -> Callable[[datetime], datetime]:
    """Return a function that puts times into the city's zone."""
    return lambda at: at.astimezone(city)


def picture_address(request: HttpRequest) -> Callable[[uuid.UUID | str], str]:
    """Return a function that gives a photo's absolute address. Where the server stands is found out once."""
    before = after = ""

    def address(document: uuid.UUID | str) -> str:
        nonlocal before, after
        if not before:
            path, after = _picture_path()
            before = server_of(request) + path
        return f"{before}{document}{after}"

    return address


def server_of(request: HttpRequest) -> str:
    """Return what addresses here begin with: the scheme and the host that the caller used."""
    return f"{request.scheme}://{request.get_host()}"


@cache
def _picture_path() -> tuple[str, str]:
    """Return what stands before and after a photo's id in its address: to make each anew takes long."""
    before, _, after = documents.url(_NOBODY, "web").partition(str(_NOBODY))
    return before, after


def sent(request: HttpRequest) -> dict[str, Sequence[str]]:
    """Return the parameters of the call: of the address, and for POST those of the form before them.

    Raises:
        Invalid: by the parameter, when a form's bytes are no text in the character set it states, or in UTF-8.
    """
    found: dict[str, Sequence[str]] = {}
    if query := request.META.get("QUERY_STRING"):
        found |= _fields(query) if query.isascii() else dict(request.GET.lists())
    if request.method == "POST":
        form = _form(request)
        damaged = [name for name, values in form.items() if _LOST in name or _LOST in "".join(values)]
        if damaged:
            told = _("holds bytes that are not UTF-8. Send UTF-8, or state the character set in Content-Type")
            raise Invalid({name.replace(_LOST, "?")[:100]: told for name in damaged})
        found |= form
    return found


def _form(request: HttpRequest) -> dict[str, list[str]]:
    """Return the posted form, also when it states a character set of one byte a letter, as older systems do."""
    charset = request.encoding or "utf-8"
    if request.content_type != "application/x-www-form-urlencoded":
        return dict(request.POST.lists())
    if codecs.lookup(charset).name == "utf-8":
        # Django would take bare bytes that are not UTF-8 for Latin-1, in silence.
        return _fields(request.body.decode("utf-8", "replace"))
    if not _ONE_BYTE.fullmatch(codecs.lookup(charset).name):
        raise Invalid({"charset": _("“%(charset)s” is not read here. Send UTF-8.") % {"charset": charset[:40]}})
    form = QueryDict(request.body, encoding=charset)
    request.encoding = "utf-8"  # Django reads no form in any other
    return dict(form.lists())


def _fields(text: str) -> dict[str, list[str]]:
    """Return what a form of text, or the query of an address, says, without Django's lists of lists."""
    try:
        return parse_qs(text, keep_blank_values=True, max_num_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)
    except ValueError as too_many:
        raise TooManyFieldsSent from too_many


def check_jurisdiction(parameters: dict[str, Sequence[str]]) -> None:
    """Refuse a jurisdiction that is not ours, where this installation has named its own. Raises NotFound."""
    if not parameters:
        return
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
    bearer, _space, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
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


def spend(request: HttpRequest, limits: Mapping[str, int]) -> None:
    """Count a call without a key against its sender's address, for each thing that has a limit. Raises TooMany.

    Args:
        limits: calls a minute, by what is limited.
    """
    sender = counted_sender(request)
    rates.spend_each(
        {f"open311:{what[:60]}:{sender}": limit for what, limit in limits.items()}, per=timedelta(minutes=1)
    )
