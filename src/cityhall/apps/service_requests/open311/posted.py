"""What GeoReport clients post: a request, or a change of one."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from urllib.parse import unquote_to_bytes

from django.utils.translation import gettext as _

from cityhall.apps.service_requests.open311.reader import Reader, Sent
from cityhall.kernel.errors import Invalid

MOST_MEDIA = 5
_ATTRIBUTE = re.compile(r"attribute\[(?P<code>[^\[\]]{1,100})\](?P<several>\[\])?")
_DATA_URI = re.compile(r"data:(?P<kind>[^;,]*)(?P<flags>(?:;[^;,]*)*),(?P<content>.*)", re.S | re.I)


@dataclass(frozen=True, slots=True)
class Posted:
    """A posted request, before the category's own questions are checked.

    Args:
        links: http(s) addresses of pictures.
        pictures: the contents of `data:` URIs.
    """

    service_code: str
    lat: float | None = None
    long: float | None = None
    address: str = ""
    address_id: str = ""
    description: str = ""
    attributes: Mapping[str, str | list[str]] = field(default_factory=dict)
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    links: tuple[str, ...] = ()
    pictures: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class PostedUpdate:
    """A posted change (mySociety's extension). `status` is one of `UPDATE_STATUSES`."""

    update_id: str
    service_request_id: str
    status: str
    updated: datetime
    description: str


UPDATE_STATUSES = frozenset(
    {
        "OPEN", "CLOSED", "FIXED", "IN_PROGRESS", "PLANNED", "ACTION_SCHEDULED", "INVESTIGATING", "DUPLICATE",
        "NOT_COUNCILS_RESPONSIBILITY", "NO_FURTHER_ACTION", "INTERNAL_REFERRAL", "CANCELLED", "REOPEN", "FOR_TRIAGE",
        "UNCHANGED",
    }
)  # fmt: skip


def posted_request(sent: Sent, *, zone: tzinfo) -> tuple[Posted, dict[str, str]]:
    """Read a posted request; return it with what is wrong of it, by parameter. What is wrong is left out of it."""
    read = Reader(sent, zone)
    links, pictures = _media(read, sent)
    found = Posted(
        service_code=read.needed("service_code", longest=60),
        lat=read.number("lat", -90, 90),
        long=read.longitude(),
        address=read.text("address_string") or read.text("address"),
        address_id=read.text("address_id"),
        description=read.text("description", longest=4000),
        attributes=_attributes(read, sent),
        email=read.text("email", longest=254),
        first_name=read.text("first_name", longest=100),
        last_name=read.text("last_name", longest=100),
        phone=read.text("phone", longest=32),
        links=links,
        pictures=pictures,
    )
    for name, value, other in (("long", found.long, found.lat), ("lat", found.lat, found.long)):
        if value is None and other is not None and name not in read.wrong:
            read.wrong[name] = _("was not provided: lat and long go together")
    placed = found.lat is not None or found.address or found.address_id
    if not placed and not {"lat", "long", "lon", "address_string", "address", "address_id"} & set(read.wrong):
        read.wrong["lat"] = _("was not provided: a request needs lat and long, an address_string or an address_id")
    return found, read.wrong


def _attributes(read: Reader, sent: Sent) -> dict[str, str | list[str]]:
    """Read `attribute[code]` and `attribute[code][]`; a repeated one is a list either way."""
    given: dict[str, list[str]] = {}
    several: set[str] = set()
    for name, values in sent.items():
        if not name.startswith("attribute"):
            continue
        form = _ATTRIBUTE.fullmatch(name)
        if form is None:
            read.wrong[name[:100]] = _("must have the form attribute[code] or attribute[code][]")
            continue
        given.setdefault(form["code"], []).extend(value for value in values if value.strip())
        if form["several"] or len(values) > 1:
            several.add(form["code"])
    return {code: values if code in several else values[0] for code, values in given.items() if values}


def _media(read: Reader, sent: Sent) -> tuple[tuple[str, ...], tuple[bytes, ...]]:
    links: list[str] = []
    pictures: list[bytes] = []
    for value in (*sent.get("media_url", ()), *sent.get("media_url[]", ())):
        value = value.strip()
        if not value:
            continue
        if value[:5].lower() == "data:":
            picture = _data(value)
            if picture is None:
                read.wrong["media_url"] = _("is not a data: address that can be read")
            else:
                pictures.append(picture)
        elif value.lower().startswith(("http://", "https://")) and len(value) <= 2000 and "\x00" not in value:
            links.append(value)
        else:
            read.wrong["media_url"] = _("must be an http, https or data: address")
    if len(links) + len(pictures) > MOST_MEDIA:
        read.wrong["media_url"] = _("gives more than %(limit)d pictures") % {"limit": MOST_MEDIA}
    return tuple(dict.fromkeys(links)), tuple(pictures)


def _data(value: str) -> bytes | None:
    form = _DATA_URI.fullmatch(value)
    if form is None:
        return None
    try:
        if "base64" in form["flags"].lower().split(";"):
            # Form encoding turns an unescaped plus sign into a space.
            return base64.b64decode(form["content"].replace(" ", "+"), validate=True)
        return unquote_to_bytes(form["content"])
    except (binascii.Error, ValueError):
        return None


def posted_update(sent: Sent, *, zone: tzinfo) -> PostedUpdate:
    """Read a posted change (mySociety's extension). Raises Invalid."""
    read = Reader(sent, zone)
    status = read.needed("status", longest=60).upper().replace(" ", "_")
    if status and status not in UPDATE_STATUSES:
        read.wrong["status"] = _("must be one of %(words)s") % {"words": ", ".join(sorted(UPDATE_STATUSES))}
    read.needed("updated_datetime", longest=60)
    updated = read.moment("updated_datetime")
    update_id = read.needed("update_id", longest=120)
    number = read.needed("service_request_id", longest=60)
    description = read.text("description", longest=2000)
    read.finish()
    if updated is None:
        raise Invalid({"updated_datetime": _("was not provided")})
    return PostedUpdate(update_id, number, status, updated, description)
