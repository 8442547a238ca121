"""Calibration: a curve is bent by what became of the requests it was last asked about."""

from __future__ import annotations

import numpy as np

from cityhall.apps.estimates.rules.curves import EDGES, Bools, Floats, done_by

STEPS = 20
LEVELS: Floats = np.arange(STEPS + 1) / STEPS
#: As if so many more requests had gone exactly as foretold.
CAUTION = 30.0
#: At each step, of the requests that came to it, the one this many back counts half.
HALF = 200.0
MOST = 5000


def bend(levels: Floats, done: Bools, share: float) -> Floats:
    """Return what really was done by each of the foretold levels 0, 1/20 … 1 of the horizon's closings.

    Args:
        levels: the foretold level each request has reached, oldest first; it was closed there, or is open still.
        done: which were closed.
        share: foretold of those like them to be done by the horizon at all.
    """
    step = np.minimum((levels * STEPS).astype(np.int64), STEPS - 1)
    passed = np.clip(levels[:, None] * STEPS - np.arange(STEPS)[None, :], 0.0, 1.0)
    came = np.arange(STEPS)[None, :] <= step[:, None]
    later = came[::-1].cumsum(axis=0)[::-1] - came  # how many came to the step after each request
    weight = np.where(came, np.exp2(-later / HALF), 0.0)
    row = np.flatnonzero(done)
    closed = np.bincount(step[row], weights=weight[row, step[row]], minlength=STEPS)
    at_risk = (passed * weight).sum(axis=0)
    foretold = share / STEPS
    left = 1 - share * (np.arange(STEPS) + 0.5) / STEPS
    rate = (closed + CAUTION * foretold) / (at_risk + CAUTION * left)
    real: Floats = -np.expm1(-np.concatenate([[0.0], np.cumsum(rate)]))
    return real


def bent(curve: Floats, levels: Floats, real: Floats, horizon: float) -> Floats:
    """Return a curve that says `real` where it said `levels` of its horizon's closings; unchanged beyond it."""
    whole = float(done_by(curve, np.array([horizon]))[0])
    if whole <= 0:
        return curve
    inside = horizon > EDGES
    foretold = done_by(curve, EDGES[inside]) / whole
    hazard = -np.log1p(-np.minimum(np.interp(foretold, levels, real), 1 - 1e-9))
    beyond = -np.log1p(-min(float(real[-1]), 1 - 1e-9)) + curve[~inside] + np.log1p(-min(whole, 1 - 1e-9))
    return np.maximum.accumulate(np.concatenate([hazard, beyond]))
