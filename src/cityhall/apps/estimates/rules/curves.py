"""Curves: how likely a request is done by which age, as accumulated hazard over a fixed grid of ages."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]

#: Ages in days: a quarter of an hour to four years, each step a fifth longer than the one before.
EDGES: Floats = np.concatenate([[0.0], np.geomspace(0.01, 1460.0, 64)])
WIDTHS: Floats = np.diff(EDGES)
BINS = len(WIDTHS)


def bin_of(ages: Floats) -> Ints:
    """Return the step of the grid each age is in; what is older than the grid is in the last."""
    found: Ints = np.minimum(np.maximum(np.searchsorted(EDGES, ages, side="right") - 1, 0), BINS - 1)
    return found


def waiting(start: Floats, stop: Floats) -> Floats:
    """Return how long each request waited in each step of the grid, between two of its ages (requests × steps)."""
    reached: Floats = np.clip(stop[:, None] - EDGES[None, :-1], 0.0, WIDTHS)
    return reached - np.clip(start[:, None] - EDGES[None, :-1], 0.0, WIDTHS)


def accumulated(exposure: Floats, done: Floats, prior: Floats, strength: float) -> Floats:
    """Return the accumulated hazard at the grid's edges, along the last axis.

    Each step's rate is closings by days waited, drawn towards `prior` as if `strength` more closings were seen at it.
    """
    rate = (done + strength) / (exposure + strength / np.maximum(prior, 1e-9))
    steps = np.cumsum(rate * WIDTHS, axis=-1)
    return np.concatenate([np.zeros((*steps.shape[:-1], 1)), steps], axis=-1)


def hazard_at(curve: Floats, ages: Floats) -> Floats:
    """Return the accumulated hazard at ages. `curve` is one curve, or one for each age."""
    step = bin_of(ages)
    part = np.minimum(np.maximum((ages - EDGES[step]) / WIDTHS[step], 0.0), 1.0)
    if curve.ndim == 1:
        low, high = curve[step], curve[step + 1]
    else:
        row = np.arange(len(step))
        low, high = curve[row, step], curve[row, step + 1]
    found: Floats = low + part * (high - low)
    return found


def done_by(curve: Floats, ages: Floats, factor: Floats | float = 1.0) -> Floats:
    """Return the share that is done by each age."""
    return -np.expm1(-hazard_at(curve, ages) * factor)


def age_when(curve: Floats, share: Floats, factor: Floats | float = 1.0) -> Floats:
    """Return the ages by which these shares are done; the end of the grid when they never are."""
    wanted = -np.log1p(-np.minimum(share, 1 - 1e-12)) / factor
    found: Floats = np.interp(wanted, _rising(curve), EDGES)
    return found


def _rising(curve: Floats) -> Floats:
    return curve + np.arange(len(curve)) * 1e-12  # a flat stretch gives its beginning


def quantiles(curve: Floats, levels: Any, *, age: float, horizon: float, factor: float = 1.0) -> tuple[Floats, float]:
    """Say when a request that has waited `age` days is done, of those like it that are done in `horizon` days from now.

    Returns:
        Its ages at these levels, and the share of those like it that is done by then at all.
    """
    ends = hazard_at(curve, np.array([age, age + horizon])) * factor
    share = float(-np.expm1(ends[0] - ends[1]))
    wanted = ends[0] - np.log1p(-np.minimum(np.asarray(levels, dtype=np.float64) * share, 1 - 1e-12))
    found: Floats = np.clip(np.interp(wanted, _rising(curve * factor), EDGES), age, age + horizon)
    return found, share
