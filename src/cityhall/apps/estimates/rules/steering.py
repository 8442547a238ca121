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
_LOWEST, _HIGHEST = (0.05, 0.6), (0.95, 0.995)


class Steering:
    """The levels of each category's curve that are given as its two dates. They begin at a half and nine in ten."""

    def __init__(self, categories: int) -> None:
        self.levels = np.tile([HALF, NINE], (categories, 1))
        self._category: Ints = np.zeros(0, dtype=np.int64)
        self._said: Floats = np.zeros((0, 5))

    def said(self, category: Ints, filed: Floats, closed: Floats, said: Floats) -> None:
        """Note what was foretold: days to both dates and the share that is closed at all, a row for each request."""
        self._category = np.concatenate([self._category, category])
        self._said = np.concatenate([self._said, np.column_stack([filed, closed, said])])

    def learn(self, day: float) -> None:
        """Move the levels by the requests whose second date has passed on `day`: which of them came by their dates?"""
        filed, closed, half, nine, share = self._said.T
        due: Bools = filed + nine < day
        if not due.any():
            return
        category, categories = self._category, len(self.levels)
        part = np.minimum(MOST, TOGETHER / np.maximum(np.bincount(category, minlength=categories), 1))
        by_half, by_nine = closed - filed <= half, closed - filed <= nine
        # Whoever came by the second date says where the first one lies, whatever share is closed at all.
        missed = np.column_stack([by_nine * (HALF / NINE - by_half), NINE_PART * (NINE * share - by_nine)])
        moved = np.stack([np.bincount(category[due], weights=one[due], minlength=categories) for one in missed.T])
        self.levels = np.clip(self.levels + part[:, None] * moved.T, _LOWEST, _HIGHEST)
        self.levels[:, 0] = np.minimum(self.levels[:, 0], self.levels[:, 1] - 0.05)
        self._category, self._said = category[~due], self._said[~due]

    def steered(self, category: int, curve: Floats, horizon: float) -> Floats:
        """Return the curve that says a half and nine in ten where `curve` says this category's levels."""
        half, nine = self.levels[category]
        whole = float(done_by(curve, np.array([horizon]))[0])
        return calibrating.bent(
            curve, np.array([0.0, half, nine, 1.0]), whole * np.array([0.0, HALF, NINE, 1.0]), horizon
        )
