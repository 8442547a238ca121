"""Counting periods back from today, and understanding the ones people choose."""

from __future__ import annotations

import calendar
from datetime import datetime, timedelta

from cityhall.kernel.offers import Period

UNITS = ("days", "months", "years")
_LONGEST = {"days": 36_500, "months": 1_200, "years": 100}


def before(now: datetime, period: Period) -> datetime:
    """Return the moment that lies one period before `now`: "2 years" is the same day two years ago, or its eve."""
    if period.unit == "days":
        return now - timedelta(days=period.number)
    months = now.year * 12 + now.month - 1 - period.number * (12 if period.unit == "years" else 1)
    year, month = divmod(months, 12)
    day = min(now.day, calendar.monthrange(year, month + 1)[1])
    return now.replace(year=year, month=month + 1, day=day)


def chosen(number: str, unit: str) -> Period | None:
    """Return the period a form names; None for "keep".

    Raises:
        ValueError: no whole number from 1 on, no unit we know, or more than a hundred years.
    """
    if unit == "keep":
        return None
    if unit not in UNITS or not (number.isascii() and number.isdecimal()) or not 1 <= int(number) <= _LONGEST[unit]:
        raise ValueError(f"{number} {unit}")
    return Period(int(number), unit)  # type: ignore[arg-type]  # one of UNITS
