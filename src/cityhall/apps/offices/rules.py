"""Weeks, and the street an address is on."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SENT_AT = time(7, 0)
"""In the city's time: before the office opens."""
WEEK = timedelta(days=7)
_HOUSE = re.compile(r"^\s*\d+[A-Za-z]?(?:\s*-\s*\d+)?(?:\s+1/2)?\s+")


def last_turn(local: datetime) -> datetime:
    """Return when the latest report was due: this Monday morning or the one before.

    Args:
        local: now, in the city's time zone.
    """
    monday = local.date() - timedelta(days=local.weekday())
    turn = datetime.combine(monday, SENT_AT, local.tzinfo)
    return turn if turn <= local else datetime.combine(monday - WEEK, SENT_AT, local.tzinfo)


def week_of(text: str, today: date) -> date:
    """Return the Monday of the week a text such as "2026-11-16" is in; the last whole week's when it names none."""
    last = today - timedelta(days=today.weekday()) - WEEK
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return last
    monday = day - timedelta(days=day.weekday())
    return monday if date(2000, 1, 3) <= monday <= last else last


def span_of(monday: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the moments a week begins and ends at, in the city's time: a change of clocks makes it no other week."""
    return datetime.combine(monday, time(), zone), datetime.combine(monday + WEEK, time(), zone)


def spans_of(monday: date, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """Return a week, the one before and the one 52 weeks ago, which begins on a Monday as well."""
    return [span_of(one, zone) for one in (monday, monday - WEEK, monday - 52 * WEEK)]


def top_streets(addresses: Iterable[str], folded: Callable[[str], str], limit: int = 5) -> tuple[tuple[str, int], ...]:
    """Return the streets of addresses with a house number, the most frequent first; those of one request are left out.

    Args:
        folded: makes two ways of writing one street the same.
    """
    counts: Counter[str] = Counter()
    written: dict[str, Counter[str]] = defaultdict(Counter)
    for address in addresses:
        street = _HOUSE.sub("", address.split(",")[0])
        if street == address.split(",")[0] or not street.strip():  # a crossing, or a place with a name
            continue
        key = folded(street)
        counts[key] += 1
        written[key][street.strip()] += 1
    found = [(min(written[key], key=lambda one: (-written[key][one], one)), n) for key, n in counts.items() if n > 1]
    return tuple(sorted(found, key=lambda pair: (-pair[1], pair[0]))[:limit])
