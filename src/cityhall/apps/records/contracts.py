"""What the records room tells others: the schedule, holds, files for people, erasures that wait."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cityhall.kernel.offers import Period

MANAGE = "records.manage"


@dataclass(frozen=True, slots=True)
class Kind:
    """One line of the schedule.

    Args:
        period: how long it is kept; None for good.
        is_default: nobody decided otherwise.
        fixed: the setting that decides in the page's place, "" when the page does.
    """

    key: str
    label: Any
    says: Any
    period: Period | None
    is_default: bool
    fixed: str
    at_once: bool


@dataclass(frozen=True, slots=True)
class Due:
    """What a period would remove now.

    Args:
        now: how many would be removed.
        held: how many more would be, were it not for legal holds.
    """

    now: int
    held: int


@dataclass(frozen=True, slots=True)
class HoldTerms:
    """What a hold keeps: requests by number, a place in a span of days, or a person.

    Args:
        numbers: "48-220" forms.
        area_id, address: an area, words of an address; either or both.
        since, until: the first and the last day on which a request of the place was reported; None for open.
        email, phone: a person's.
    """

    name: str
    reason: str
    numbers: tuple[str, ...] = ()
    area_id: uuid.UUID | None = None
    address: str = ""
    since: date | None = None
    until: date | None = None
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class HoldInfo:
    """A hold as its page shows it. `requests` is how many requests it names; the place and the person stand beside."""

    id: uuid.UUID
    name: str
    reason: str
    numbers: tuple[str, ...]
    area_id: uuid.UUID | None
    address: str
    since: date | None
    until: date | None
    email: str
    phone: str
    is_of_person: bool
    placed_at: datetime
    placed_by: str
    lifted_at: datetime | None
    lifted_by: str


@dataclass(frozen=True, slots=True)
class Found:
    """What the records room found of a person.

    Args:
        numbers: of their requests, the newest first.
        holds: names of the legal holds in the way of an erasure.
    """

    numbers: tuple[str, ...]
    has_account: bool
    follows: int
    holds: tuple[str, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is kept of them, so that there is nothing to hand over."""
        return not (self.numbers or self.has_account or self.follows)
