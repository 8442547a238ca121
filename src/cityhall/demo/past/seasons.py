"""The weather, the calendar and the hours people report in: invented, in proportions cities publish.

Time is counted in days and fractions since the history's first midnight, in the city's own local time.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, timedelta

import holidays

from cityhall.demo.past.kinds import Season

# Reports by weekday (Monday first) and by hour: one morning peak, one after work, few at night.
WEEKDAYS = (1.20, 1.12, 1.06, 1.04, 1.02, 0.80, 0.76)
HOURS = (
    0.25, 0.15, 0.10, 0.08, 0.12, 0.35, 1.0, 2.2, 3.4, 3.9, 3.8, 3.4, 3.0, 2.9, 2.8, 2.7, 2.8, 3.0, 2.8, 2.3, 1.8, 1.4,
    0.9, 0.5,
)  # fmt: skip


@dataclass(frozen=True)
class Storm:
    """Rain and wind: the day it begins, how many days, how hard (1 is an ordinary storm)."""

    day: int
    days: int
    force: float


@dataclass
class Calendar:
    """What every day of the history is like. `first` is the date of day 0."""

    first: date
    days: int
    storms: list[Storm] = field(default_factory=list)
    rain: list[float] = field(default_factory=list)
    soaked: list[float] = field(default_factory=list)
    heat: list[float] = field(default_factory=list)
    working: list[bool] = field(default_factory=list)

    def date(self, day: int) -> date:
        """Return the date of a day."""
        return self.first + timedelta(days=day)

    def next_working(self, day: int) -> int:
        """Return the first working day after `day`."""
        day += 1
        while day < self.days and not self.working[day]:
            day += 1
        return day


def make_calendar(first: date, days: int, rng: random.Random) -> Calendar:
    """Make the weather and the working days of `days` days from `first` on."""
    made = Calendar(first, days, rain=[0.0] * days, soaked=[0.0] * days, heat=[0.0] * days)
    closed = holidays.country_holidays("US", years=range(first.year, first.year + days // 365 + 2))
    for day in range(days):
        today = first + timedelta(days=day)
        made.working.append(today.weekday() < 5 and today not in closed)
        # A winter of rain: about eight storms a year, nearly all from November to March.
        wet = {11: 0.035, 12: 0.055, 1: 0.065, 2: 0.060, 3: 0.045, 4: 0.018, 10: 0.012}.get(today.month, 0.0015)
        if rng.random() < wet:
            made.storms.append(Storm(day, rng.choice((1, 1, 2, 2, 3)), rng.choice((0.5, 0.8, 1.0, 1.0, 1.4, 2.2))))
        if today.month in (7, 8, 9) and rng.random() < 0.035:
            for hot in range(day, min(days, day + rng.randint(3, 6))):
                made.heat[hot] = 1.0
    for storm in made.storms:
        for day in range(storm.day, min(days, storm.day + storm.days)):
            made.rain[day] += storm.force
        for day in range(storm.day, min(days, storm.day + 28)):
            # Water works its way into the road: potholes peak about a week after the rain.
            age = day - storm.day
            made.soaked[day] += storm.force * math.exp(-(((age - 6) / 8.0) ** 2))
    return made


def weight(season: Season, calendar: Calendar, day: int) -> float:
    """Return how much of a season's trouble a day brings, 1 being ordinary."""
    today = calendar.date(day)
    year = today.timetuple().tm_yday / 365.25
    rain, soaked, heat = calendar.rain[day], calendar.soaked[day], calendar.heat[day]
    swing = _swing(year, 0.0)
    match season:
        case Season.SPRING:
            return 1 + 0.38 * _swing(year, 0.29) - 0.35 * min(rain, 1.5)
        case Season.SUMMER:
            return 1 + 0.34 * _swing(year, 0.58) + 0.35 * heat - 0.15 * min(rain, 2.0)
        case Season.DARK:
            return 1 + 0.36 * _swing(year, 0.99) + 0.5 * min(rain, 2.0)
        case Season.RAIN:
            return 0.78 + 0.22 * swing + 0.9 * rain + 0.35 * soaked
        case Season.STORM:
            return 0.62 + 5.5 * rain
        case Season.AFTER_RAIN:
            return 0.66 + 0.9 * soaked
        case Season.GROWTH:
            return 1 + 0.45 * _swing(year, 0.36)
    return 1.0


def _swing(year: float, peak: float) -> float:
    """Return a yearly wave between -1 and 1 that is highest at `peak` (a fraction of the year)."""
    return math.cos(2 * math.pi * (year - peak))


class Hours:
    """Draws times of day by `HOURS`."""

    def __init__(self) -> None:
        total, self._sums = 0.0, []
        for share in HOURS:
            total += share
            self._sums.append(total)

    def draw(self, rng: random.Random) -> float:
        """Return a time of day as a fraction of the day."""
        return (bisect_right(self._sums, rng.random() * self._sums[-1]) + rng.random()) / 24


def poisson(mean: float, rng: random.Random) -> int:
    """Return a Poisson number (Knuth's method; means here are small)."""
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count
