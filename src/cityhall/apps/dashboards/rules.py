"""Pure decisions of the dashboards: spans of months, classes of age, what is too few to tell, scales."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from cityhall.apps.dashboards.contracts import Span

ROLLING = ("12", "24", "36")
#: Classes of age, each with the most days it holds; the last has no end.
AGES = (("week", 7), ("month", 30), ("quarter", 90), ("half", 180), ("year", 365), ("older", None))
#: With fewer, a share or a typical time says more of chance than of the city.
ENOUGH = 10


def span(period: str, today: date) -> Span:
    """Return the months of a period: "12" up to and with this one, or a year's, as far as they have begun."""
    this = today.replace(day=1)
    after = shifted(this, 1)
    if period in ROLLING:
        return Span(shifted(after, -int(period)), after, this)
    year = int(period)
    return Span(date(year, 1, 1), min(date(year + 1, 1, 1), max(after, date(year, 2, 1))), this)


def shifted(month: date, by: int) -> date:
    """Return the first day of the month so many months later."""
    count = month.year * 12 + month.month - 1 + by
    return date(count // 12, count % 12 + 1, 1)


def months_of(wanted: Span) -> Iterator[date]:
    """Iterate over the months of a span."""
    month = wanted.since
    while month < wanted.until:
        yield month
        month = shifted(month, 1)


def age_days(today: date) -> list[date]:
    """Return the days at which a younger class of age begins, oldest first."""
    return [today - timedelta(days=most) for _, most in reversed(AGES) if most is not None]


def ages(counts: Sequence[int]) -> dict[str, int]:
    """Return counts between `age_days` by their classes, youngest first."""
    return dict(zip((name for name, _ in AGES), reversed(counts), strict=True))


def share(part: int, whole: int) -> float | None:
    """Return a part as a share, None when there are too few to say."""
    return part / whole if whole >= ENOUGH else None


def classes(values: Sequence[float], count: int = 5) -> list[float]:
    """Return the upper bounds of at most `count` classes with about as many values each, rounded, without repeats."""
    ordered = sorted(values)
    if not ordered:
        return []
    bounds = []
    for number in range(1, count):
        at = ordered[min(len(ordered) - 1, round(number * len(ordered) / count))]
        digits = 1 - math.floor(math.log10(at)) if at > 0 else 0
        bounds.append(round(at, digits))
    return [*sorted({one for one in bounds if ordered[0] < one < ordered[-1]}), ordered[-1]]
