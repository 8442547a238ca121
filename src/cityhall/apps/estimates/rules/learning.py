"""Learning: a city's past is walked through day by day, and after each day there is a curve for every category.

Whoever walks sees only what was known on the day. Each day waited counts for what it is, closed or still open
(open requests are not left out: they have waited), and recent days weigh more than old ones. Half of a day's weight is
gone after `HALF_LIFE`. Thin categories lean on their group, groups on the city. The area, the department, the season
and the work that lay in the queue change the pace. Last, curves are bent by what became of what was foretold lately,
and steered so that misses do not go on in one direction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from cityhall.apps.estimates.rules import calibrating
from cityhall.apps.estimates.rules.curves import (
    BINS,
    Floats,
    Ints,
    accumulated,
    age_when,
    bin_of,
    done_by,
    hazard_at,
    waiting,
)
from cityhall.apps.estimates.rules.queues import Queues
from cityhall.apps.estimates.rules.steering import Steering

HALF_LIFE = 45.0
#: With fewer closings a category has no curve of its own.
ENOUGH = 50
#: Closings' worth of a group's rates in each step of a category's curve.
LEANING = 0.3
#: A level of a factor counts by its closings against so many at the common pace.
STEADY = 40.0
SLOWEST, FASTEST = 0.4, 2.5
REFIT_DAYS = 28.0
PACE_DAYS = 365.0
SEASONS_AFTER_DAYS = 400.0
QUEUE_DAYS = 90.0
LOAD_LEVELS = 3


@dataclass(frozen=True, slots=True)
class Past:
    """Requests of one city, oldest first.

    Args:
        requested: when each was filed.
        closed: when it was closed; infinite while it is open.
        category: its category's place in `groups`.
        groups: by category, which group it is in.
        factors: what may change the pace, by name: a level from 0 for each request, -1 where not known.
    """

    requested: Floats
    closed: Floats
    category: Ints
    groups: Ints
    factors: Mapping[str, Ints] = field(default_factory=dict)

    def __post_init__(self) -> None:
        sizes = {
            len(self.requested),
            len(self.closed),
            len(self.category),
            *(len(one) for one in self.factors.values()),
        }
        if len(sizes) != 1:
            raise ValueError("every request needs a time, a closing and a category")
        if not np.isfinite(self.requested).all() or np.isnan(self.closed).any():
            raise ValueError("times must be numbers")
        if (np.diff(self.requested) < 0).any():
            raise ValueError("the oldest request comes first")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was foretold of a request on the day it was filed: days to closing, and the share that is closed at all."""

    half: float
    nine: float
    share: float


class Learner:
    """Walks through a past. `day` is how far; nothing after it is known.

    Args:
        horizon: ranges are of those that are closed within so many days.
        checked_within: keep in `checked` what would have been said of a shorter horizon, to be held against what came.
        queues: count each request's age not in days but in the days of work that lay before it when it was filed.
    """

    def __init__(
        self, past: Past, *, horizon: float, checked_within: float = 0.0, queues: Queues | None = None
    ) -> None:
        self.past = past
        self.horizon = horizon
        self.checked_within = checked_within
        self.checked: dict[int, Answer] = {}
        self.categories = len(past.groups)
        self.begin = float(past.requested[0]) if len(past.requested) else 0.0
        self.day = self.begin
        self._exposure = np.zeros((self.categories, BINS))
        self._done = np.zeros((self.categories, BINS))
        self._closed_so_far = np.zeros(self.categories, dtype=np.int64)
        self._active: Ints = np.zeros(0, dtype=np.int64)
        self._seen = 0
        self._pace = np.ones(len(past.requested))
        self._queues = queues
        self._unit = queues.at(past.category, past.requested) if queues else np.ones(len(past.requested))
        self._load = _loads(past)
        self._sizes = {name: int(levels.max(initial=-1)) + 1 for name, levels in past.factors.items()}
        self._sizes |= {"load": LOAD_LEVELS, "season": 4}
        self.paces: dict[str, Floats] = {}
        self._fitted = -np.inf
        self._snapshots: list[Floats] = []
        self._asked_at = np.full(len(past.requested), -1, dtype=np.int64)
        self._asked: list[list[int]] = [[] for _ in range(self.categories)]
        self._steering = Steering(self.categories)

    def advance(self, day: float) -> None:
        """Learn what happened up to `day`. A day before the last one changes nothing."""
        if day <= self.day:
            return
        past = self.past
        seen = int(np.searchsorted(past.requested, day, side="left"))
        fresh = np.arange(self._seen, seen)
        self._pace[fresh] = self._pace_of(fresh)
        self._seen = seen
        active = np.concatenate([self._active, fresh])
        filed, closed = past.requested[active], past.closed[active]
        fade = float(np.exp2(-(day - self.day) / HALF_LIFE))
        self._exposure *= fade
        self._done *= fade
        start = np.maximum(self.day - filed, 0.0) / self._unit[active]
        stop = np.maximum(np.minimum(closed, day) - filed, 0.0) / self._unit[active]
        categories = past.category[active]
        for first in range(0, len(active), 20_000):
            part = slice(first, first + 20_000)
            spent = waiting(start[part], stop[part]) * self._pace[active[part], None]
            order = np.argsort(categories[part], kind="stable")
            those, first_of = np.unique(categories[part][order], return_index=True)
            self._exposure[those] += np.add.reduceat(spent[order], first_of, axis=0)
        ended = closed < day
        np.add.at(self._done, (categories[ended], bin_of(stop[ended])), 1.0)
        self._closed_so_far += np.bincount(categories[ended], minlength=self.categories)
        self._active = active[~ended]
        self.day = day
        if day - self._fitted >= REFIT_DAYS:
            self._fit_paces()

    def pace_now(self, category: int) -> float:
        """Return the pace of the season and of the queue as the category's last request found it."""
        mine = np.flatnonzero(self.past.category[: self._seen] == category)
        pace = 1.0
        if "season" in self.paces:
            pace *= self.paces["season"][category, season(np.array([self.day]))[0]]
        if "load" in self.paces and len(mine) and self._load[mine[-1]] >= 0:
            pace *= self.paces["load"][category, self._load[mine[-1]]]
        return float(pace)

    def closings(self) -> Ints:
        """Return how many closings of each category were seen."""
        return self._closed_so_far

    def raw(self) -> Floats:
        """Return a curve for each category, before any is bent."""
        groups = self.past.groups
        count = int(groups.max()) + 1 if len(groups) else 0
        all_exposure, all_done = self._exposure.sum(axis=0), self._done.sum(axis=0)
        city_rate = (all_done + 1e-3) / (all_exposure + 1.0)
        exposure, done = np.zeros((count, BINS)), np.zeros((count, BINS))
        np.add.at(exposure, groups, self._exposure)
        np.add.at(done, groups, self._done)
        group_rate = (done + LEANING) / (exposure + LEANING / np.maximum(city_rate, 1e-9))
        return accumulated(self._exposure, self._done, group_rate[groups], LEANING)

    def curves(self) -> Floats:
        """Return a curve for each category, bent and steered by what became of what was foretold."""
        self._steering.learn(self.day)
        return np.stack([self._held(one, curve) for one, curve in enumerate(self.raw())])

    def ask(self, asked: Ints) -> list[Answer | None]:
        """Foretell requests filed today. What becomes of them is learnt from."""
        self._steering.learn(self.day)
        curves = self._curves_of(asked)
        answers = self._answers(asked, curves, self.horizon)
        self._note(asked, answers)
        if self.checked_within:
            within = self._answers(asked, curves, self.checked_within)
            self.checked |= {one: said for one, said in zip(asked.tolist(), within, strict=True) if said is not None}
        self._snapshots.append(self.raw())
        self._pace[asked] = self._pace_of(asked)
        self._asked_at[asked] = len(self._snapshots) - 1
        for one, category in zip(asked.tolist(), self.past.category[asked].tolist(), strict=True):
            self._asked[category].append(one)
        return answers

    def foretell(self, asked: Ints) -> list[Answer | None]:
        """Foretell requests with what is learnt so far; None where a category had too few closings."""
        return self._answers(asked, self._curves_of(asked), self.horizon)

    def _curves_of(self, asked: Ints) -> dict[int, Floats]:
        """Return the curves, bent and steered, of the categories of these requests that had enough closings."""
        raw = self.raw()
        found = (one for one in np.unique(self.past.category[asked]).tolist() if self._closed_so_far[one] >= ENOUGH)
        return {category: self._held(category, raw[category]) for category in found}

    def _answers(self, asked: Ints, curves: Mapping[int, Floats], horizon: float) -> list[Answer | None]:
        pace = self._pace_of(asked)
        answers: dict[int, Answer] = {}
        for category, curve in curves.items():
            mine = np.flatnonzero(self.past.category[asked] == category)
            unit = self._unit[asked[mine]]
            share = done_by(curve, horizon / unit, pace[mine])
            half, nine = (age_when(curve, level * share, pace[mine]) * unit for level in (0.5, 0.9))
            said = zip(half.tolist(), nine.tolist(), share.tolist(), strict=True)
            answers |= {at: Answer(*one) for at, one in zip(mine.tolist(), said, strict=True)}
        return [answers.get(at) for at in range(len(asked))]

    def _note(self, asked: Ints, answers: list[Answer | None]) -> None:
        said = {one: answer for one, answer in zip(asked.tolist(), answers, strict=True) if answer is not None}
        if said:
            of = np.array(list(said), dtype=np.int64)
            ranges = np.array([(one.half, one.nine, one.share) for one in said.values()])
            past = self.past
            self._steering.said(past.category[of], past.requested[of], past.closed[of], ranges)

    def _held(self, category: int, curve: Floats) -> Floats:
        return self._steering.steered(category, self._bent(category, curve), self._horizon_now(category))

    def _bent(self, category: int, curve: Floats) -> Floats:
        asked = np.array(self._asked[category][-calibrating.MOST :], dtype=np.int64)
        if not len(asked):
            return curve
        past = self.past
        age = np.minimum(np.minimum(past.closed[asked], self.day) - past.requested[asked], self.horizon)
        unit, horizon = self._unit[asked], self._horizon_now(category)
        done = (past.closed[asked] < self.day) & (past.closed[asked] - past.requested[asked] <= self.horizon)
        nights, night = np.unique(self._asked_at[asked], return_inverse=True)
        before = np.stack([self._snapshots[at][category] for at in nights])[night]
        pace = self._pace[asked]
        whole = done_by(before, self.horizon / unit, pace)
        levels = done_by(before, np.maximum(age, 0.0) / unit, pace) / np.maximum(whole, 1e-9)
        share = float(done_by(curve, np.array([horizon]))[0])
        return calibrating.bent(curve, calibrating.LEVELS, calibrating.bend(levels, done, share), horizon)

    def _horizon_now(self, category: int) -> float:
        return self.horizon / float(self._queues.at(category, self.day)) if self._queues else self.horizon

    def _levels(self, name: str, asked: Ints) -> Ints:
        if name == "load":
            return self._load[asked]
        if name == "season":
            return season(self.past.requested[asked])
        return self.past.factors[name][asked]

    def _pace_of(self, asked: Ints) -> Floats:
        pace = np.ones(len(asked))
        for name, table in self.paces.items():
            levels = self._levels(name, asked)
            known = levels >= 0
            pace[known] *= table[self.past.category[asked[known]], levels[known]]
        return np.clip(pace, SLOWEST, FASTEST)

    def _fit_paces(self) -> None:
        """Compare what was closed with what the common curve foretold, level by level, factor by factor."""
        self._fitted = self.day
        past, since = self.past, self.day - PACE_DAYS
        asked = np.arange(self._seen)
        asked = asked[past.closed[asked] >= since]
        if not len(asked):
            return
        filed, closed = past.requested[asked], past.closed[asked]
        curves = self.raw()[past.category[asked]]
        age, unit = np.minimum(closed, self.day) - filed, self._unit[asked]
        foretold = hazard_at(curves, age / unit) - hazard_at(curves, np.maximum(since - filed, 0.0) / unit)
        done = (closed < self.day).astype(np.float64)
        names = [*past.factors, "load"]
        if self.day - self.begin >= SEASONS_AFTER_DAYS:
            names.append("season")
        pace = np.ones(len(asked))
        self.paces = {}
        for name in names:
            levels = self._levels(name, asked)
            known = levels >= 0
            if not known.any():
                continue
            at = (past.category[asked[known]], levels[known])
            shape = (self.categories, self._sizes[name])
            expected, closings = np.zeros(shape), np.zeros(shape)
            np.add.at(expected, at, (foretold * pace)[known])
            np.add.at(closings, at, done[known])
            common = (closings.sum(axis=1, keepdims=True) + 1) / (expected.sum(axis=1, keepdims=True) + 1)
            table = np.clip((closings / common + STEADY) / (expected + STEADY), SLOWEST, FASTEST)
            self.paces[name] = table
            pace[known] *= table[at]


class Walker(Protocol):
    """Whoever walks through a past day by day and is asked on the way."""

    past: Past

    @property
    def day(self) -> float:
        """Return how far was walked."""

    def ask(self, asked: Ints) -> list[Answer | None]:
        """Foretell requests filed today, to learn from what becomes of them."""

    def advance(self, day: float) -> None:
        """Learn what happened up to `day`."""


def walk(walker: Walker, until: float, *, step: float, ask_from: float) -> dict[int, Answer | None]:
    """Advance in steps of so many days; return what was foretold, on its day, of each request filed from a day on.

    Args:
        ask_from: a moment in days. What was foretold before is what curves are bent by.
    """
    answers: dict[int, Answer | None] = {}
    while walker.day < until:
        day = min(walker.day + step, until)
        if walker.day >= ask_from:
            first, last = np.searchsorted(walker.past.requested, [walker.day, day], side="left")
            if last > first:
                today = np.arange(first, last)
                answers.update(zip(today.tolist(), walker.ask(today), strict=True))
        walker.advance(day)
    return answers


def season(days: Floats) -> Ints:
    """Return the season of each day: 0 for the winter months December to February, and so on."""
    months: Ints = np.floor(days).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    return ((months + 1) % 12) // 3


def _loads(past: Past) -> Ints:
    """Return how much work lay before each request when it was filed: 0 little, 1 as usual, 2 much for its category."""
    levels = np.full(len(past.requested), -1, dtype=np.int64)
    for category in range(len(past.groups)):
        mine = np.flatnonzero(past.category == category)
        if len(mine) < 100:
            continue
        waits = queue_days(past.requested[mine], np.sort(past.closed[mine]), past.requested[mine], past.closed[mine])
        usual = _running_mean(waits)
        levels[mine] = np.where(waits < 0.8 * usual, 0, np.where(waits > 1.25 * usual, 2, 1))
        levels[mine[:50]] = -1
    return levels


def queue_days(at: Floats, closings: Floats, requested: Floats, closed: Floats) -> Floats:
    """Return how many days of work lay in the queue at each moment: open and not old, by the pace of the month."""
    filed = np.searchsorted(requested, at) - np.searchsorted(requested, at - QUEUE_DAYS)
    young = np.sort(closed[np.isfinite(closed) & (closed - requested <= QUEUE_DAYS)])
    went = np.searchsorted(young, at) - np.searchsorted(young, at - QUEUE_DAYS)
    pace = (np.searchsorted(closings, at) - np.searchsorted(closings, at - 28.0)) / 28.0
    found: Floats = np.maximum(filed - went, 0) / np.maximum(pace, 0.05)
    return found


def _running_mean(values: Floats) -> Floats:
    return np.cumsum(values) / np.arange(1, len(values) + 1)
