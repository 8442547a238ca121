"""How much there was and is, by month, area, category, department and team."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cityhall.apps.service_requests.contracts.states import Outcome


class TallyBy(StrEnum):
    """What tallies are told apart by."""

    MONTH = "month"
    AREA = "area"
    CATEGORY = "category"
    DEPARTMENT = "department"


@dataclass(frozen=True, slots=True)
class TallyFilter:
    """Which tallies are wanted. Empty means no limit.

    Args:
        since, until: first days of months: the first one wanted, and the first one that is not.
        category, area, department: ids.
        areas: ids of the areas that are told apart, for `TallyBy.AREA`.
        without: ids of categories that are left out of sums over all of them.
        due_until: targets count in months before this one only: those of a month that is not over may still be met.
    """

    since: date | None = None
    until: date | None = None
    category: uuid.UUID | None = None
    area: uuid.UUID | None = None
    department: uuid.UUID | None = None
    areas: tuple[uuid.UUID, ...] = ()
    due_until: date | None = None
    without: tuple[uuid.UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Tallied:
    """Counts of requests; those taken down as abuse are in none.

    Args:
        opened: filed in the time.
        closed: closed in the time and closed still, by outcome.
        due: whose target was in the time, and `met` of them were closed by it.
        contested: how often somebody said "it is not fixed" in the time, and `upheld` of them a supervisor found right.
        days: of those fixed, how many took how long, by the steps of `rules.DAY_EDGES`.
    """

    opened: int
    closed: Mapping[Outcome, int]
    due: int
    met: int
    contested: int
    upheld: int
    days: tuple[int, ...]
