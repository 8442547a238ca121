"""What GeoReport clients send, read strictly: a parameter that is there and wrong is refused by its name.

Takes the parameters as lists of strings, knows nothing of HTTP. An empty parameter is an absent one (the standard,
"Optional Arguments").
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from urllib.parse import unquote_to_bytes

from django.utils.translation import gettext as _

from cityhall.kernel.errors import Invalid

LONGEST_SPAN = timedelta(days=90)
MOST_REQUESTS = 1000
MOST_UPDATES = 1000
PAGE = 100
MOST_MEDIA = 5
LONGEST_LIST = 500
# A span of 90 days on the wall clock may be an hour longer across a change of the clocks.
_CLOCK_CHANGE = timedelta(hours=1)

Sent = Mapping[str, Sequence[str]]

_TIME = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})(?:T(?P<clock>\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)(?P<zone>Z|[+ -]\d{2}:?\d{2})?)?",
    re.I,
)
_ATTRIBUTE = re.compile(r"attribute\[(?P<code>[^\[\]]{1,100})\](?P<several>\[\])?")
_DATA_URI = re.compile(r"data:(?P<kind>[^;,]*)(?P<flags>(?:;[^;,]*)*),(?P<content>.*)", re.S | re.I)


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list of requests is asked for.

    Args:
        numbers: request ids; when there are any, nothing else counts.
        statuses: of "open" and "closed"; empty means both.
        since: first moment of `requested_datetime`; `until` is the first moment after the last.
        near: latitude, longitude and metres.
        bbox: west, south, east, north.
        page: from 1; `page_size` rows each.
    """

    numbers: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    updated_since: datetime | None = None
    updated_until: datetime | None = None
    bbox: tuple[float, float, float, float] | None = None
    near: tuple[float, float, float] | None = None
    page: int = 1
    page_size: int = MOST_REQUESTS
    extensions: bool = False


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


class _Reader:
    """Reads parameters one by one and gathers what is wrong with them."""

    def __init__(self, sent: Sent, zone: tzinfo) -> None:
        self._sent = sent
        self._zone = zone
        self.wrong: dict[str, str] = {}

    def text(self, name: str, *, longest: int = 300) -> str:
        """Return the parameter's first value that is not empty."""
        value = next((text for value in self._sent.get(name, ()) if (text := value.strip())), "")
        if "\x00" in value:
            self.wrong[name] = _("contains a character that cannot be kept")
            return ""
        if len(value) > longest:
            self.wrong[name] = _("is longer than %(limit)d characters") % {"limit": longest}
            return ""
        return value

    def needed(self, name: str, *, longest: int = 300) -> str:
        """Return the parameter, which has to be there."""
        value = self.text(name, longest=longest)
        if not value and name not in self.wrong:
            self.wrong[name] = _("was not provided")
        return value

    def words(self, name: str) -> tuple[str, ...]:
        """Return a comma-separated list; a repeated parameter adds to it."""
        joined = ",".join(self._sent.get(name, ()))
        if "\x00" in joined:
            self.wrong[name] = _("contains a character that cannot be kept")
            return ()
        found = tuple(dict.fromkeys(word for part in joined.split(",") if (word := part.strip())))
        if len(found) > LONGEST_LIST:
            self.wrong[name] = _("lists more than %(limit)d values") % {"limit": LONGEST_LIST}
            return ()
        return found

    def number(self, name: str, low: float, high: float) -> float | None:
        """Return a decimal number within bounds."""
        value = self.text(name, longest=60)
        if not value:
            return None
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not (math.isfinite(number) and low <= number <= high) or "_" in value:
            self.wrong[name] = _("must be a number from %(low)g to %(high)g") % {"low": low, "high": high}
            return None
        return number

    def whole(self, name: str, low: int, high: int) -> int | None:
        """Return a whole number within bounds."""
        value = self.text(name, longest=30)
        if not value:
            return None
        if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
            self.wrong[name] = _("must be a whole number from %(low)d to %(high)d") % {"low": low, "high": high}
            return None
        return int(value)

    def truth(self, name: str) -> bool:
        """Return a truth value, False when absent."""
        value = self.text(name, longest=30).lower()
        if value not in {"", "true", "false", "1", "0"}:
            self.wrong[name] = _("must be true or false")
        return value in {"true", "1"}

    def moment(self, name: str, *, end: bool = False) -> datetime | None:
        """Return a time; a day without a time is its first moment in the city, or the first after it with `end`.

        With `end` the result is the first moment after the second named, as times are published in whole seconds.
        """
        value = self.text(name, longest=60)
        if not value:
            return None
        form = _TIME.fullmatch(value)
        try:
            if form is None:
                raise ValueError(value)
            if form["clock"] is None:
                day = self._sensible(datetime.fromisoformat(form["day"]).replace(tzinfo=self._zone))
                return day + timedelta(days=1) if end else day
            if form["zone"] is None:
                self.wrong[name] = _("must name its time zone, as in 2026-01-31T13:00:00Z")
                return None
            # An unescaped plus sign in an address arrives as a space.
            zone = form["zone"].upper().replace(" ", "+")
            at = self._sensible(datetime.fromisoformat(f"{form['day']}T{form['clock']}{zone}"))
            return at.replace(microsecond=0) + timedelta(seconds=1) if end else at
        except (ValueError, OverflowError):
            self.wrong[name] = _("must be a date and time such as 2026-01-31T13:00:00-08:00")
            return None

    def _sensible(self, at: datetime) -> datetime:
        """Refuse a time so far off that a span around it has no beginning or no end."""
        if not datetime(1900, 1, 2, tzinfo=self._zone) < at < datetime(9000, 1, 1, tzinfo=self._zone):
            raise ValueError(at)
        return at

    def finish(self) -> None:
        """Raise Invalid when anything was wrong."""
        if self.wrong:
            raise Invalid(self.wrong)


def list_query(sent: Sent, *, zone: tzinfo, now: datetime) -> ListQuery:
    """Read the filters of a list of requests.

    Args:
        sent: the parameters, each with its values.
        zone: the city's, for days without a time.
        now: the end of the default span.

    Raises:
        Invalid: names every parameter that is wrong.
    """
    read = _Reader(sent, zone)
    numbers = read.words("service_request_id")
    extensions = read.truth("extensions")
    page_size = read.whole("page_size", 1, MOST_REQUESTS) or read.whole("per_page", 1, MOST_REQUESTS)
    page = read.whole("page", 1, 100_000)
    if numbers:
        read.finish()
        return ListQuery(numbers=numbers, extensions=extensions)
    statuses = tuple(word.lower() for word in read.words("status"))
    if not set(statuses) <= {"open", "closed"}:
        read.wrong["status"] = _("must be open, closed or both, separated by a comma")
    updated_since, updated_until = read.moment("updated_after"), read.moment("updated_before", end=True)
    since, until = _span(read, now, free=updated_since is not None or updated_until is not None)
    found = ListQuery(
        codes=read.words("service_code"),
        statuses=statuses,
        since=since,
        until=until,
        updated_since=updated_since,
        updated_until=updated_until,
        bbox=_bbox(read),
        near=_near(read),
        page=page or 1,
        page_size=page_size or (PAGE if page else MOST_REQUESTS),
        extensions=extensions,
    )
    read.finish()
    return found


def updates_query(sent: Sent, *, zone: tzinfo, now: datetime) -> tuple[datetime, datetime]:
    """Read the span of a list of changes: first moment, first moment after it. Raises Invalid."""
    read = _Reader(sent, zone)
    since, until = _span(read, now, free=False)
    read.finish()
    return since or now - LONGEST_SPAN, until or now + timedelta(days=1)


def extensions_wanted(sent: Sent, *, zone: tzinfo) -> bool:
    """Read `extensions` of a single request. Raises Invalid."""
    if not sent.get("extensions"):
        return False
    read = _Reader(sent, zone)
    wanted = read.truth("extensions")
    read.finish()
    return wanted


def position(sent: Sent) -> tuple[float, float] | None:
    """Read an optional `lat` and `long` (FixMyStreet asks for the services at a place). Raises Invalid."""
    read = _Reader(sent, UTC)
    lat, long = read.number("lat", -90, 90), _longitude(read)
    read.finish()
    return None if lat is None or long is None else (lat, long)


def _span(read: _Reader, now: datetime, *, free: bool) -> tuple[datetime | None, datetime | None]:
    """Read start_date and end_date. What is missing is filled so that the span is 90 days, unless `free`."""
    start, end = read.moment("start_date"), read.moment("end_date", end=True)
    if "start_date" in read.wrong or "end_date" in read.wrong:
        return None, None
    if start is not None and end is not None:
        if end <= start:
            read.wrong["end_date"] = _("must not be before start_date")
        elif end - start > LONGEST_SPAN + _CLOCK_CHANGE + timedelta(seconds=1):
            read.wrong["end_date"] = _("must not be more than 90 days after start_date")
        return start, end
    if start is not None:
        return start, None if free else start + LONGEST_SPAN
    if end is not None:
        return (None if free else end - LONGEST_SPAN), end
    return (None, None) if free else (now - LONGEST_SPAN, None)


def _bbox(read: _Reader) -> tuple[float, float, float, float] | None:
    value = read.text("bbox", longest=200)
    if not value:
        return None
    try:
        west, south, east, north = (float(part) for part in value.split(","))
    except ValueError:
        west = south = east = north = math.nan
    sides = -180 <= west <= 180 and -180 <= east <= 180 and west <= east
    if not (sides and -90 <= south <= north <= 90):
        read.wrong["bbox"] = _("must be west,south,east,north in degrees")
        return None
    return west, south, east, north


def _near(read: _Reader) -> tuple[float, float, float] | None:
    lat, long = read.number("lat", -90, 90), _longitude(read)
    metres = read.number("radius", 0, 100_000)
    if lat is None and long is None and metres is None:
        return None
    for name, value in (("lat", lat), ("long", long), ("radius", metres)):
        if value is None and name not in read.wrong:
            read.wrong[name] = _("was not provided: lat, long and radius go together")
    if lat is None or long is None or metres is None:
        return None
    return lat, long, metres


def _longitude(read: _Reader) -> float | None:
    """Read `long`, which some clients call `lon`."""
    found = read.number("long", -180, 180)
    return read.number("lon", -180, 180) if found is None and "long" not in read.wrong else found


def posted(sent: Sent, *, zone: tzinfo) -> tuple[Posted, dict[str, str]]:
    """Read a posted request; return it with what is wrong of it, by parameter. What is wrong is left out of it."""
    read = _Reader(sent, zone)
    links, pictures = _media(read, sent)
    found = Posted(
        service_code=read.needed("service_code", longest=60),
        lat=read.number("lat", -90, 90),
        long=_longitude(read),
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


def _attributes(read: _Reader, sent: Sent) -> dict[str, str | list[str]]:
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


def _media(read: _Reader, sent: Sent) -> tuple[tuple[str, ...], tuple[bytes, ...]]:
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
    read = _Reader(sent, zone)
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
