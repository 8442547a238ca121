"""Scales of charts."""

from __future__ import annotations

import math
from collections.abc import Sequence


def nice_top(values: Sequence[float | None]) -> float:
    """Return where a scale that begins at nothing ends: the next round number above all values."""
    most = max((one for one in values if one is not None), default=0)
    if most <= 0:
        return 1
    power: float = 10.0 ** math.floor(math.log10(most))
    return next(step * power for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * power >= most - 1e-9)


def nice_step(low: float, high: float, most: int) -> float:
    """Return the narrowest round width by which at most `most` steps, begun at multiples of it, cover both ends."""
    if high <= low:
        return 1.0
    power: float = 10.0 ** (math.floor(math.log10((high - low) / most)) - 1)
    for factor in (10.0**ten * one for ten in range(5) for one in (1, 2, 2.5, 5)):
        step = factor * power
        if math.floor(high / step) - math.floor(low / step) < most:
            return step
    return high - low
