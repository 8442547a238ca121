"""Steering: where the two dates of a category came true too often or too rarely lately, they are moved.

Bending weighs what became of hundreds of requests and is slow to follow. Steering adds up what was missed, so that
misses cannot go on in one direction for long (online conformal prediction: Gibbs and Candès, *Adaptive conformal
inference under distribution shift*, 2021). News that comes late must move little, or a category would be steered back
and forth: the more requests still wait for their second date, the less each one counts.
"""

from __future__ import annotations

import numpy as np

from cityhall.apps.estimates.rules import calibrating
from cityhall.apps.estimates.rules.curves import Bools, Floats, Ints, done_by

HALF, NINE = 0.5, 0.9
#: How far one request moves a level at most, and all that wait together.
MOST, TOGETHER = 0.01, 0.2
#: The second level is moved less: a tenth misses it, and each miss weighs nine times.
NINE_PART = 0.5
#: Where so many get done, whoever is open past the first date is soon to be late; elsewhere it may be one never done.
NEARLY_ALL = 0.9
_LOWEST, _HIGHEST = (0.05, 0.6), (0.95, 0.995)


class Steering:
    """The levels of each category's curve that are given as its two dates. They begin at a half and nine in ten."""

    def __init__(self, categories: int) -> None:
        self.levels = np.tile([HALF, NINE], (categories, 1))
        self._category: Ints = np.zeros(0, dtype=np.int64)
        self._said: Floats = np.zeros((0, 5))
        self._first: Bools = np.zeros(0, dtype=np.bool_)  # the first date was not learnt from yet

    def said(self, category: Ints, filed: Floats, closed: Floats, said: Floats) -> None:
        """Note what was foretold: days to both dates and the share that is closed at all, a row for each request."""
        self._category = np.concatenate([self._category, category])
        self._said = np.concatenate([self._said, np.column_stack([filed, closed, said])])
        self._first = np.concatenate([self._first, np.ones(len(category), dtype=np.bool_)])

    def learn(self, day: float) -> None:
        """Move the levels by the requests whose dates have passed on `day`: which of them came by their dates?"""
        filed, closed, half, nine, share = self._said.T
        # Where many are never done, only whoever came by the second date says where the first one lies.
        at_once = share >= NEARLY_ALL
        first = self._first & (filed + np.where(at_once, half, nine) < day)
        second: Bools = filed + nine < day
        if not first.any() and not second.any():
            return
        by_half, by_nine = closed - filed <= half, closed - filed <= nine
        half_missed = np.where(at_once, HALF * share - by_half, by_nine * (HALF / NINE - by_half))
        nine_missed = NINE_PART * (NINE * share - by_nine)
        all_rows = np.ones(len(second), dtype=np.bool_)
        self.levels += np.column_stack(
            [self._moved(half_missed, first, self._first), self._moved(nine_missed, second, all_rows)]
        )
        self.levels = np.clip(self.levels, _LOWEST, _HIGHEST)
        self.levels[:, 0] = np.minimum(self.levels[:, 0], self.levels[:, 1] - 0.05)
        self._first = (self._first & ~first)[~second]
        self._category, self._said = self._category[~second], self._said[~second]

    def _moved(self, missed: Floats, due: Bools, waiting: Bools) -> Floats:
        """Return how far each category's level moves by those that are due, of all that waited for this date."""
        categories = len(self.levels)
        part = np.minimum(MOST, TOGETHER / np.maximum(np.bincount(self._category[waiting], minlength=categories), 1))
        moved: Floats = part * np.bincount(self._category[due], weights=missed[due], minlength=categories)
        return moved

    def steered(self, category: int, curve: Floats, horizon: float) -> Floats:
        """Return the curve that says a half and nine in ten where `curve` says this category's levels."""
        half, nine = self.levels[category]
        whole = float(done_by(curve, np.array([horizon]))[0])
        return calibrating.bent(
            curve, np.array([0.0, half, nine, 1.0]), whole * np.array([0.0, HALF, NINE, 1.0]), horizon
        )
