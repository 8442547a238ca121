"""Counting how often answers were right, with how far chance may have moved the count."""

from __future__ import annotations

import math
from collections.abc import Sequence

_Z = 1.959964


def interval(right: int, of: int) -> tuple[float, float] | None:
    """Return Wilson's interval of a share that holds the true one 95 times in 100; None of nothing."""
    if not of:
        return None
    share, spread = right / of, _Z**2 / of
    middle = (share + spread / 2) / (1 + spread)
    half = _Z * math.sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return round(middle - half, 4), round(middle + half, 4)


def tally(answers: Sequence[Sequence[str]], right: Sequence[frozenset[str]], most: int) -> int:
    """Return how often one of the first answers is among the right ones."""
    return sum(not wanted.isdisjoint(given[:most]) for given, wanted in zip(answers, right, strict=True))
