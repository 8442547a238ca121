"""Choosing: each category's dates go by days or by its queue, whichever came nearer lately.

Both ways learn the same past. One counts a request's age in days; the other in the days of work that lay before it, as
is right where crews work in order. What was closed lately says which was nearer, and a category changes its way only
when the other was clearly nearer: going back and forth would spoil what each has learnt about its misses. Where much is
never done there is no queue to count: what waits and what was passed over look the same.
"""

from __future__ import annotations

import numpy as np

from cityhall.apps.estimates.rules import queues
from cityhall.apps.estimates.rules.curves import Bools, Floats, Ints
from cityhall.apps.estimates.rules.learning import Answer, Learner, Past

#: What was closed in so many days is looked at, when it is as many.
LATELY = 120.0
LEAST = 30
#: A category changes its way when the other's misses were smaller by a tenth.
CLEARLY = 0.9
#: A category goes by its queue where this share of what was filed 120 to 240 days ago is done.
DONE = 0.8
_SHORTEST = 0.01


class Foreteller:
    """Walks through a past as `Learner` does, both ways at once. `by_queue` says which categories go by their queue."""

    def __init__(self, past: Past, *, horizon: float, checked_within: float = 0.0) -> None:
        categories = len(past.groups)
        self.past = past
        self.queues = queues.read(past.requested, past.closed, past.category, categories)
        self.by_days = Learner(past, horizon=horizon, checked_within=checked_within)
        self.by_queues = Learner(past, horizon=horizon, checked_within=checked_within, queues=self.queues)
        self.by_queue: Bools = np.zeros(categories, dtype=np.bool_)
        self.checked: dict[int, Answer] = {}
        self._order = np.argsort(past.closed, kind="stable")
        self._ended = past.closed[self._order]
        self._misses = np.full((len(past.requested), 2), np.nan)

    @property
    def begin(self) -> float:
        """Return when the past begins."""
        return self.by_days.begin

    @property
    def day(self) -> float:
        """Return how far was walked."""
        return self.by_days.day

    def advance(self, day: float) -> None:
        """Learn what happened up to `day`, and choose anew."""
        self.by_days.advance(day)
        self.by_queues.advance(day)
        self._choose()

    def ask(self, asked: Ints) -> list[Answer | None]:
        """Foretell requests filed today. What becomes of them is learnt from."""
        # Without a reading of its queue a category is not worth asking about twice.
        known = self.queues.known(self.past.category[asked], self.past.requested[asked])
        days, queued = self.by_days.ask(asked), _spread(self.by_queues.ask(asked[known]), known)
        took = (self.past.closed - self.past.requested)[asked]
        self._misses[asked] = np.column_stack([miss(_ranges(one), took) for one in (days, queued)])
        use = self._use(asked)
        for at, by_queue in zip(asked.tolist(), use.tolist(), strict=True):
            said = (self.by_queues if by_queue else self.by_days).checked.get(at)
            if said is not None:
                self.checked[at] = said
        return _either(use, days, queued)

    def foretell(self, asked: Ints) -> list[Answer | None]:
        """Foretell requests with what is learnt so far; None where a category had too few closings."""
        use = self._use(asked)
        return _either(use, self.by_days.foretell(asked), _spread(self.by_queues.foretell(asked[use]), use))

    def of(self, category: int) -> Learner:
        """Return who foretells a category now."""
        return self.by_queues if self.by_queue[category] else self.by_days

    def _use(self, asked: Ints) -> Bools:
        category = self.past.category[asked]
        return self.by_queue[category] & self.queues.known(category, self.past.requested[asked])

    def _choose(self) -> None:
        first, last = np.searchsorted(self._ended, [self.day - LATELY, self.day], side="left")
        lately = self._order[first:last]
        lately = lately[np.isfinite(self._misses[lately]).all(axis=1)]
        category, categories = self.past.category[lately], len(self.by_queue)
        seen = np.bincount(category, minlength=categories) >= LEAST
        days, queued = (np.bincount(category, weights=one, minlength=categories) for one in self._misses[lately].T)
        stays, turns = ~(seen & (days < CLEARLY * queued)), seen & (queued < CLEARLY * days)
        self.by_queue = np.where(self.by_queue, stays, turns) & self._nearly_all_done()

    def _nearly_all_done(self) -> Bools:
        past, categories = self.past, len(self.by_queue)
        first, last = np.searchsorted(past.requested, [self.day - 2 * LATELY, self.day - LATELY], side="left")
        category = past.category[first:last]
        done = np.bincount(category, weights=past.closed[first:last] < self.day, minlength=categories)
        filed = np.bincount(category, minlength=categories)
        found: Bools = (filed > 0) & (done >= DONE * filed)
        return found


def miss(said: Floats, took: Floats) -> Floats:
    """Return how far two dates were off (pinball loss of logarithms: late and early count by what each date claims)."""
    with np.errstate(invalid="ignore"):
        off = np.log(np.maximum(took, _SHORTEST))[:, None] - np.log(np.maximum(said, _SHORTEST))
        lost = np.maximum(off * (0.5, 0.9), off * (-0.5, -0.1)).sum(axis=1)
    return np.where(np.isfinite(took), lost, np.nan)


def _ranges(answers: list[Answer | None]) -> Floats:
    rows = [(one.half, one.nine) if one else (np.nan, np.nan) for one in answers]
    return np.array(rows, dtype=np.float64).reshape(len(rows), 2)


def _spread(answers: list[Answer | None], over: Bools) -> list[Answer | None]:
    rest = iter(answers)
    return [next(rest) if one else None for one in over.tolist()]


def _either(use: Bools, days: list[Answer | None], queued: list[Answer | None]) -> list[Answer | None]:
    return [two if by_queue and two else one for by_queue, one, two in zip(use.tolist(), days, queued, strict=True)]
