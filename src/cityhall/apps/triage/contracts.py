"""What passes between the parts of the triage room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known of a category before anybody has reported anything, in every language.

    Args:
        phrases: its names, keywords and descriptions, and what it asks, each with how much it says.
        layer: the layer of assets it is about.
    """

    code: str
    phrases: tuple[tuple[str, float], ...]
    layer: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """One request of the past: what was said, where, and what it turned out to be."""

    text: str
    code: str
    weight: float = 1.0
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of where it is.

    Args:
        things: layer of assets to how many metres away its nearest thing is; None when none is near.
    """

    lat: float
    lon: float
    things: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Guess:
    """A category the words may mean, and how likely it is, from 0 to 1."""

    code: str
    confidence: float


class UnreadableModel(Exception):
    """The bytes are no model of this version."""
