"""What GeoReport clients ask for when they read."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from django.utils.translation import gettext as _

from cityhall.apps.service_requests.open311.reader import Reader, Sent

LONGEST_SPAN = timedelta(days=90)
MOST_REQUESTS = 1000
MOST_UPDATES = 1000
PAGE = 100
# A span of 90 days on the wall clock may be an hour longer across a change of the clocks.
_CLOCK_CHANGE = timedelta(hours=1)


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


def list_query(sent: Sent, *, zone: tzinfo, now: datetime) -> ListQuery:
    """Read the filters of a list of requests.

    Args:
        sent: the parameters, each with its values.
        zone: the city's, for days without a time.
        now: the end of the default span.

    Raises:
        Invalid: names every parameter that is wrong.
    """
    read = Reader(sent, zone)
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
    read = Reader(sent, zone)
    since, until = _span(read, now, free=False)
    read.finish()
    return since or now - LONGEST_SPAN, until or now + timedelta(days=1)


def extensions_wanted(sent: Sent, *, zone: tzinfo) -> bool:
    """Read `extensions` of a single request. Raises Invalid."""
    if not sent.get("extensions"):
        return False
    read = Reader(sent, zone)
    wanted = read.truth("extensions")
    read.finish()
    return wanted


def position(sent: Sent) -> tuple[float, float] | None:
    """Read an optional `lat` and `long` (FixMyStreet asks for the services at a place). Raises Invalid."""
    read = Reader(sent, UTC)
    lat, long = read.number("lat", -90, 90), read.longitude()
    read.finish()
    return None if lat is None or long is None else (lat, long)


def _span(read: Reader, now: datetime, *, free: bool) -> tuple[datetime | None, datetime | None]:
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


def _bbox(read: Reader) -> tuple[float, float, float, float] | None:
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


def _near(read: Reader) -> tuple[float, float, float] | None:
    lat, long = read.number("lat", -90, 90), read.longitude()
    metres = read.number("radius", 0, 100_000)
    if lat is None and long is None and metres is None:
        return None
    for name, value in (("lat", lat), ("long", long), ("radius", metres)):
        if value is None and name not in read.wrong:
            read.wrong[name] = _("was not provided: lat, long and radius go together")
    if lat is None or long is None or metres is None:
        return None
    return lat, long, metres
