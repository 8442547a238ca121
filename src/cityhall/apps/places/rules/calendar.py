"""Business days: weekends, a country's holidays and the city's own closed days are left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays


@lru_cache(maxsize=64)
def _holidays(country: str, subdivision: str, year: int) -> frozenset[date]:
    found = holidays.country_holidays(country, subdiv=subdivision or None, years=year)
    return frozenset(day for day in found if day.year == year)


def check_holidays(country: str, subdivision: str) -> str:
    """Return "" when holidays are known for the country and subdivision, else what is wrong."""
    known = holidays.list_supported_countries()
    if country and country not in known:
        return f"No holidays are known for country {country!r}. Use an ISO 3166 code such as US."
    if subdivision and subdivision not in known.get(country, []):
        return f"No holidays are known for {subdivision!r} in {country!r}. Known: {', '.join(known.get(country, []))}"
    return ""


@dataclass(frozen=True)
class Calendar:
    """A city's time and working days.

    Args:
        zone: IANA time zone name.
        country, subdivision: whose holidays are kept; empty for none.
        closed: further days on which the city does not work.
    """

    zone: str
    country: str = ""
    subdivision: str = ""
    closed: frozenset[date] = frozenset()

    def local(self, moment: datetime) -> datetime:
        """Return an aware moment in the city's time zone."""
        return moment.astimezone(ZoneInfo(self.zone))

    def works_on(self, day: date) -> bool:
        """Say whether `day` is a business day."""
        return day.weekday() < 5 and not self.is_holiday(day)

    def is_holiday(self, day: date) -> bool:
        """Say whether `day` is a holiday or another day the city is closed; a weekend is none by itself."""
        if day in self.closed:
            return True
        return bool(self.country) and day in _holidays(self.country, self.subdivision, day.year)

    def due(self, start: datetime, business_days: int) -> datetime:
        """Return the last second (UTC) of the day that is `business_days` business days after the day of `start`.

        The day of `start` itself is never counted; 0 means the end of that day, or of the next business day when
        the city does not work on it.

        Raises:
            ValueError: `business_days` is negative, or no business day is found within two years of the last.
        """
        if business_days < 0:
            raise ValueError("business_days must not be negative")
        day = _business_day(self, self.local(start).date(), business_days)
        return datetime.combine(day, time(23, 59, 59), ZoneInfo(self.zone)).astimezone(UTC)


@lru_cache(maxsize=1024)
def _business_day(calendar: Calendar, day: date, left: int) -> date:
    """Return the day that is so many business days after another; all that is filed on a day asks for few."""
    idle = 0
    while left > 0 or not calendar.works_on(day):
        day += timedelta(days=1)
        idle += 1
        if calendar.works_on(day):
            left -= 1
            idle = 0
        if idle > 730:
            raise ValueError("the city has no business days: look at its closed days")
        if left <= 0 and calendar.works_on(day):
            break
    return day
