"""What is told from counts: how many days half and nine in ten took, and in what steps days are counted."""

from __future__ import annotations

from collections.abc import Sequence

#: Whole days at which a new step of the tallies begins; what took less than the first is in a step of its own.
DAY_EDGES = (
    1, 2, 3, 4, 5, 6, 7, 9, 11, 14, 17, 21, 28, 35, 45, 60, 75, 90, 120, 150, 180, 270, 365, 545, 730,
)  # fmt: skip


def quantile(counts: Sequence[int], share: float) -> float | None:
    """Return the days within which `share` of them were done, None when there are none.

    Inside a step they are taken to lie evenly, so the answer is right to the width of its step. What lies beyond the
    last edge is told as that edge.
    """
    total = sum(counts)
    if total <= 0:
        return None
    wanted, before = share * total, 0
    for step, count in enumerate(counts):
        if count and before + count >= wanted:
            low = DAY_EDGES[step - 1] if step else 0
            high = DAY_EDGES[step] if step < len(DAY_EDGES) else low
            return low + (high - low) * (wanted - before) / count
        before += count
    return float(DAY_EDGES[-1])
