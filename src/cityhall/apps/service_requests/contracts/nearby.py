"""Requests that stand near, and those that may mean the same."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cityhall.apps.service_requests.contracts.publication import PublicRequest


@dataclass(frozen=True, slots=True)
class Nearby:
    """An open request near a place; `metres` from the public point."""

    request: PublicRequest
    metres: float


class Why(StrEnum):
    """Pieces of evidence a person can read."""

    DISTANCE = "distance"
    ASSET = "asset"
    ADDRESS = "address"
    STREET = "street"
    WORDS = "words"
    CATEGORY = "category"
    RELATED = "related"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Reason:
    """A piece of evidence for a pair: `value` is metres, hours or words, whichever the kind has."""

    why: Why
    value: float | tuple[str, ...] = 0.0


@dataclass(frozen=True, slots=True)
class Likely:
    """An open request that may be about the same trouble.

    Args:
        probability: 0 to 1; see `rules.likeness`.
        reasons: what speaks for it.
        metres: between the two places, as far as the viewer may know them.
    """

    request: PublicRequest
    probability: float
    reasons: tuple[Reason, ...]
    metres: float
