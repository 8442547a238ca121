"""Queues: how long the work that waits before a new request takes, read each night for every category.

Where crews work nearly in the order of filing, a request waits as long as what lies before it takes: what is open,
by the closings a day. What was passed over lies in no queue: only what is younger than the oldest tenth of the month's
closings counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cityhall.apps.estimates.rules.curves import Bools, Floats, Ints

#: Closings a day are counted over so many days; the windows' geometric mean is taken.
WINDOWS = (14.0, 28.0, 56.0)
MONTH = 28.0
#: With fewer closings in a month there is no reading.
LEAST = 15
PASSED_OVER = 0.1


@dataclass(frozen=True, slots=True)
class Queues:
    """Readings of every category.

    Args:
        first: the first night.
        days: days of work that lay in the queue, categories × nights. Without a reading the last one stands, before
            the first one that one; 1 where there is none at all.
        since: by category, when there was a first reading; infinite when there was none.
    """

    first: float
    days: Floats
    since: Floats

    def at(self, category: Ints | int, day: Floats | float) -> Floats:
        """Return the readings of the nights before these moments."""
        night = np.clip(np.floor(np.asarray(day) - self.first).astype(np.int64), 0, self.days.shape[1] - 1)
        found: Floats = self.days[category, night]
        return found

    def known(self, category: Ints, day: Floats) -> Bools:
        """Return where there was a reading by these moments."""
        found: Bools = self.since[category] <= day
        return found


def read(requested: Floats, closed: Floats, category: Ints, categories: int) -> Queues:
    """Read all queues, night by night; the oldest request comes first. Nothing later than a night is looked at."""
    first = float(requested[0]) if len(requested) else 0.0
    nights = first + np.arange(int(requested[-1] - first) + 1 if len(requested) else 1, dtype=np.float64)
    days, since = np.ones((categories, len(nights))), np.full(categories, np.inf)
    for one in range(categories):
        mine = category == one
        found = days_ahead(nights, requested[mine], closed[mine])
        known = np.isfinite(found)
        if known.any():
            begin = int(np.argmax(known))
            days[one] = found[np.maximum.accumulate(np.where(known, np.arange(len(nights)), begin))]
            since[one] = nights[begin]
    return Queues(first, days, since)


def days_ahead(nights: Floats, requested: Floats, closed: Floats) -> Floats:
    """Return how many days of work lay in one category's queue each night; not a number with too few closings."""
    order = np.argsort(closed, kind="stable")[: int(np.isfinite(closed).sum())]
    ended, filed = closed[order], requested[order]
    upto = np.searchsorted(ended, nights)
    counts = np.stack([upto - np.searchsorted(ended, nights - window) for window in WINDOWS])
    pace = np.exp(np.log(np.maximum(counts, 1) / np.array(WINDOWS)[:, None]).mean(axis=0))
    begin = np.searchsorted(ended, nights - MONTH)
    arrived = np.searchsorted(requested, nights)
    found = np.full(len(nights), np.nan)
    for at in np.flatnonzero(upto - begin >= LEAST):
        month = filed[begin[at] : upto[at]]
        tenth = int(PASSED_OVER * (len(month) - 1))
        oldest = np.searchsorted(requested, np.partition(month, tenth)[tenth])
        ahead = np.count_nonzero(closed[oldest : arrived[at]] >= nights[at])
        found[at] = (ahead + 1) / pace[at]
    return found
