"""Writing a calendar of whole days (RFC 5545)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_FOLD = 75
"""Octets in a line, its end left out; a line that goes on begins with a space."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class AllDay:
    """Something on one day.

    Args:
        uid: stays the same whenever the calendar is read, so that an event that moves is not there twice.
        at: when what is said of it last changed.
        is_sure: it is planned for that day; else it is only to be expected by then.
    """

    uid: str
    day: date
    at: datetime
    title: str
    text: str
    place: str
    url: str
    is_sure: bool = True


def calendar(name: str, events: Iterable[AllDay], *, maker: str) -> str:
    """Return the calendar as a file: lines end with CR and LF, none is longer than 75 octets.

    Args:
        maker: says which program wrote it.
    """
    return "".join(f"{line}\r\n" for one in _lines(name, events, maker) for line in folded(one))


def _lines(name: str, events: Iterable[AllDay], maker: str) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{escaped(maker)}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH")
    yield f"NAME:{escaped(name)}"
    yield f"X-WR-CALNAME:{escaped(name)}"
    yield "REFRESH-INTERVAL;VALUE=DURATION:PT6H"
    for one in events:
        yield "BEGIN:VEVENT"
        yield f"UID:{escaped(one.uid)}"
        yield f"DTSTAMP:{one.at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        yield f"DTSTART;VALUE=DATE:{_day(one.day)}"
        yield f"DTEND;VALUE=DATE:{_day(one.day + timedelta(days=1))}"
        yield f"SUMMARY:{escaped(one.title)}"
        yield f"DESCRIPTION:{escaped(one.text)}"
        if one.place:
            yield f"LOCATION:{escaped(one.place)}"
        yield f"URL:{_CONTROL.sub('', one.url)}"
        yield f"STATUS:{'CONFIRMED' if one.is_sure else 'TENTATIVE'}"
        yield "TRANSP:TRANSPARENT"  # nobody is busy because the city works
        yield "END:VEVENT"
    yield "END:VCALENDAR"


def _day(day: date) -> str:
    return f"{day.year:04}{day.month:02}{day.day:02}"


def escaped(text: str) -> str:
    """Return a text as a value: what means something to the format is written so that it does not."""
    plain = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> Iterator[str]:
    """Break a line into those of at most 75 octets; no character is torn apart."""
    start, size, most = 0, 0, _FOLD
    lead = ""
    for at, character in enumerate(line):
        width = len(character.encode())
        if size + width > most:
            yield lead + line[start:at]
            start, size, lead, most = at, 0, " ", _FOLD - 1
        size += width
    yield lead + line[start:]
