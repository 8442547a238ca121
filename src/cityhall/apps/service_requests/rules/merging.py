"""What makes a person look twice before two requests are merged."""

from __future__ import annotations

from cityhall.apps.service_requests.contracts import Linked
from cityhall.apps.service_requests.rules.publication import may_link

FAR = 4
"""Farther apart than this many times the radius in which a category looks for duplicates is worth a question."""


def merge_doubts(
    one: Linked, other: Linked, *, same_category: bool, metres: float | None, radius: float
) -> tuple[str, ...]:
    """Return what speaks against merging: "policy", "apart"; nothing when it may be done without asking.

    Args:
        metres: between the places as whoever asks may see them; None when they may not see one of them.
        radius: in which duplicates are looked for, the larger of the two categories'.
    """
    doubts = []
    if not same_category and not may_link(one, other):
        doubts.append("policy")
    if metres is not None and metres > FAR * radius:
        doubts.append("apart")
    return tuple(doubts)
