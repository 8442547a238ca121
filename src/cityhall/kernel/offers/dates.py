"""When open requests will probably be done, and what bodies outside the city say of theirs."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from cityhall.kernel.slots import Slot


@dataclass(frozen=True, slots=True)
class ExpectedDate:
    """When an open request will probably be done: of those like it that get done, half and nine in ten are by then.

    Args:
        share: of those like it, how many get done within `horizon_days` from now at all (0 to 1).
        ahead: how many of its kind were filed before it and are open still.
        waited: it has waited so long that it is compared with those that waited as long.
        first_said: what was foretold when it was filed: the day it was said, half, nine in ten; None when nothing was.
        learnt_from: closings behind the dates.
        page: URL name of the page that explains them.
        missed: shares that were done by the first and by the second date said of its kind lately, each only where that
            was not what was said.
    """

    half: datetime
    nine: datetime
    share: float
    horizon_days: int
    ahead: int
    waited: bool
    learnt_from: int
    page: str
    first_said: tuple[datetime, datetime, datetime] | None = None
    missed: tuple[float | None, float | None] = (None, None)


class ExpectedDates(Protocol):
    """Whoever foretells when requests are done."""

    def of(self, request_id: uuid.UUID) -> ExpectedDate | None:
        """Return the date of an open request; None when nobody can say."""

    def said_of(self, ids: Collection[str]) -> Mapping[str, datetime]:
        """Return by when nine in ten are done, as it was last said of these requests; those nothing was said of lack.

        One query, to the second: for lists.
        """


class _NobodyKnows:
    def of(self, request_id: uuid.UUID) -> ExpectedDate | None:
        """Say nothing."""
        return None

    def said_of(self, ids: Collection[str]) -> Mapping[str, datetime]:
        """Say nothing."""
        return {}


expected_dates: Slot[ExpectedDates] = Slot("expected dates")
expected_dates.fill(_NobodyKnows)


@dataclass(frozen=True, slots=True)
class OutsideDay:
    """What is known of the day of a body outside the city that an open request was referred to.

    Args:
        planned: the day it says it comes; None while it has said none.
        answer_by: the last day for its answer; None when it has said a day, or the city has to act first.
    """

    planned: date | None
    answer_by: date | None


class OutsideDays(Protocol):
    """Whoever keeps what other bodies say of the requests they were given."""

    def of(self, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, OutsideDay]:
        """Return what is known of those of these requests that are with a body now."""


class _NobodyOutside:
    def of(self, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, OutsideDay]:
        """Say nothing."""
        return {}


outside_days: Slot[OutsideDays] = Slot("outside days")
outside_days.fill(_NobodyOutside)
