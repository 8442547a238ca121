"""Judging: what was foretold, held against what came, requests that are still open included."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cityhall.apps.estimates.contracts import Checked
from cityhall.apps.estimates.rules.choosing import Foreteller
from cityhall.apps.estimates.rules.curves import Bools, Floats, Ints
from cityhall.apps.estimates.rules.learning import Answer, Past, walk

HORIZONS = (365.0, 180.0, 90.0, 30.0, 7.0)
#: A horizon can be judged when this share of the requests was watched as long.
WATCHED = 0.25
#: Nights between relearning are as many as keep a walk to so many steps.
MOST_STEPS = 400
#: Curves are bent by what was foretold after this part of what was learnt from.
WARM = 0.4
#: Shares of what was done by the dates may be so far from half and below nine in ten before it counts as a miss.
HALF_OFF = 0.1
NINE_OFF = 0.05
#: Beyond so many standard errors it is no chance.
CHANCE = 2.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """How ranges did. Shares are of the requests that are closed within the horizon; widths in days from filing."""

    cover50: float
    cover90: float
    width50: float
    width90: float


def missed(checked: Checked | None) -> tuple[float | None, float | None]:
    """Return the shares done by the first and by the second date, each only where it is not what was said.

    Half and nine in ten were said. Some points beside them, and what chance alone does to so few, are no miss; nor is
    it one when more than nine in ten were done by the second date.
    """
    if checked is None:
        return None, None
    half, nine = checked.cover50, checked.cover90
    is_half_off = abs(half - 0.5) > max(HALF_OFF, CHANCE * math.sqrt(0.25 / checked.closed))
    is_nine_off = 0.9 - nine > max(NINE_OFF, CHANCE * math.sqrt(0.09 / checked.closed))
    return half if is_half_off else None, nine if is_nine_off else None


def horizon_for(requested: Floats, end: float) -> float:
    """Return the longest horizon that enough of the requests were watched for."""
    for horizon in HORIZONS:
        if len(requested) and np.mean(end - requested >= horizon) >= WATCHED:
            return horizon
    return HORIZONS[-1]


def weights(took: Floats, watched: Floats, horizon: float) -> Floats:
    """Return how much each request counts: by the chance that one closed as late would have been seen closed.

    A file ends some day, and what was filed shortly before can only be seen closed when it was closed fast. Each
    closing therefore stands for those as slow that nobody could see (inverse probability of censoring). What is open,
    or was closed after the horizon, counts nothing here: it is in the share that is closed at all.
    """
    counted = took <= np.minimum(watched, horizon)
    seen = 1 - np.searchsorted(np.sort(watched), took, side="left") / max(len(watched), 1)
    found: Floats = np.where(counted, 1 / np.maximum(seen, 0.02), 0.0)
    return found


def verdict(took: Floats, watched: Floats, horizon: float, half: Floats, nine: Floats) -> Verdict | None:
    """Hold ranges against what came; None when nothing was closed."""
    weight = weights(took, watched, horizon)
    whole = weight.sum()
    if whole <= 0:
        return None
    return Verdict(
        float((weight * (took <= half)).sum() / whole),
        float((weight * (took <= nine)).sum() / whole),
        float(np.median(half)),
        float(np.median(nine)),
    )


@dataclass(frozen=True, slots=True)
class Trial:
    """Answers to the requests after the split, in order; `nightly` learnt on each night, `frozen` stopped there."""

    asked: Ints
    nightly: tuple[Answer | None, ...]
    frozen: tuple[Answer | None, ...]
    horizon: float


def trial(past: Past, split: float, end: float) -> Trial:
    """Walk through the past and foretell what was filed after `split`, with what was known on each request's day."""
    asked = np.arange(np.searchsorted(past.requested, split, side="left"), len(past.requested))
    horizon = horizon_for(past.requested[asked], end)
    if not len(asked) or asked[0] == 0:
        return Trial(asked, (None,) * len(asked), (None,) * len(asked), horizon)
    learner = Foreteller(past, horizon=horizon)
    last = float(past.requested[-1]) + 1e-6
    begin = _begin(past.requested[: asked[0]])
    learner.advance(begin)
    warm = begin + (split - begin) * WARM
    step = max(1.0, (last - warm) / MOST_STEPS)
    walk(learner, split, step=step, ask_from=warm)
    frozen = tuple(learner.foretell(asked))
    answers = walk(learner, last, step=step, ask_from=split)
    return Trial(asked, tuple(answers[int(one)] for one in asked), frozen, horizon)


def _begin(requested: Floats) -> float:
    """Return where a history begins: with its first request, but without the few that lie further back than it is long.

    Files have such rows, of the first of January 1970 for instance; nights would be as many as from there.
    """
    first, body, last = float(requested[0]), float(np.quantile(requested, 0.01, method="higher")), float(requested[-1])
    return body if body - first > last - body else first


def share_closed(took: Floats, watched: Floats, horizon: float) -> float:
    """Return the share that is closed within the horizon, those still open counted as far as they were watched."""
    ages = np.minimum(np.minimum(took, watched), horizon)
    ended = took <= np.minimum(watched, horizon)
    order = np.lexsort((~ended, ages))
    left = len(ages) - np.arange(len(ages))
    return float(1 - np.prod(1 - ended[order] / left))


def plain(past: Past, split: float, asked: Ints, horizon: float) -> tuple[Floats, Floats]:
    """Return what plain quantiles would have said: of each category's closings before the split, open ones left out."""
    half, nine = np.full(len(asked), np.nan), np.full(len(asked), np.nan)
    took = past.closed - past.requested
    known: Bools = (past.closed < split) & (took <= horizon)
    for category in np.unique(past.category[asked]):
        mine = took[known & (past.category == category)]
        if len(mine):
            here = past.category[asked] == category
            half[here], nine[here] = np.quantile(mine, (0.5, 0.9))
    return half, nine
