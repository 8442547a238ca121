"""What people ask of open data: datasets they wish for, mistakes they report."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class WishState(StrEnum):
    """What became of a wish for a dataset. Only the city sees one that waits to be read."""

    WAITING = "waiting"
    ASKED = "asked"
    PLANNED = "planned"
    PUBLISHED = "published"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class WishInfo:
    """A dataset that somebody asked the city for.

    Args:
        what, why: in their words. answer: the city's, for everybody.
        code, title: of the dataset that fulfils it; "" for none.
        votes: how many want it, who asked included.
        wants_answer: whether an address is there to write to.
    """

    id: uuid.UUID
    what: str
    why: str
    state: WishState
    answer: str
    code: str
    title: Mapping[str, str]
    votes: int
    asked_at: datetime
    answered_at: datetime | None
    wants_answer: bool


class MistakeState(StrEnum):
    """What became of a mistake that was reported: nothing yet, it was mended at the source, or all is right."""

    OPEN = "open"
    CORRECTED = "corrected"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class MistakeInfo:
    """A mistake that somebody reported in a row.

    Args:
        number: of the snapshot they looked at; row: the row's id.
        column: its name; "" for the row as a whole.
        what: what is wrong, in their words, for the city alone.
    """

    id: uuid.UUID
    code: str
    title: Mapping[str, str]
    number: int
    row: str
    column: str
    what: str
    state: MistakeState
    answer: str
    reported_at: datetime
    answered_at: datetime | None
    wants_answer: bool
