"""The words of the dashboards: what was asked for, and what a board of figures holds."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from cityhall.apps.places.contracts import Outline, Outlines
from cityhall.apps.service_requests.contracts import Tallied

#: Who sees the figures of their own work at the desk.
VIEW = "requests.view"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of an address, as far as they name something there is.

    Args:
        period: "12", "24" or "36" months up to now, or a year.
        kind: code of the kind of area the map shows; "" when the city has none.
    """

    period: str = "12"
    category: str = ""
    area: uuid.UUID | None = None
    department: uuid.UUID | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """Whole months: the first, and the first one after. `this` is the month that is not over."""

    since: date
    until: date
    this: date


@dataclass(frozen=True, slots=True)
class Month:
    """One month: what it had, and how many requests were open when it ended."""

    month: date
    told: Tallied
    backlog: int
    is_over: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A category, a department or an area with what it had; `open` is now, `months` are requests filed by month."""

    name: str
    told: Tallied
    open: int
    code: str = ""
    months: tuple[int, ...] = ()
    outline: Outline | None = None


@dataclass(frozen=True, slots=True)
class ByArea:
    """What is told area by area, and the map's drawing, None without areas: the same whichever area is asked for."""

    lines: tuple[Line, ...]
    sheet: Outlines | None


@dataclass(frozen=True, slots=True)
class Board:
    """Everything one page of figures shows.

    Args:
        as_of: the moment the counts are of; None while there is nothing.
        total: of the whole span.
        ages: of what is open now, by the classes of `rules.AGES`.
        late: open now and past the target.
        sheet: the map's drawing; None without areas.
        is_kept_back: an area of a category whose places are not public was asked for, which nobody is told.
        left_out: how many categories are in no area's figures, for the same reason.
    """

    as_of: datetime | None
    span: Span
    total: Tallied
    months: tuple[Month, ...]
    ages: Mapping[str, int]
    open: int
    late: int
    categories: tuple[Line, ...]
    areas: tuple[Line, ...]
    departments: tuple[Line, ...]
    sheet: Outlines | None
    is_kept_back: bool = False
    left_out: int = 0
