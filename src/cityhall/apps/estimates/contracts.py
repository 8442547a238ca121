"""The words of the estimates room: a model of dates as it is kept, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Slip(StrEnum):
    """Why a request takes longer than was said."""

    WAITED = "waited"
    BACKLOG = "backlog"


@dataclass(frozen=True, slots=True)
class Checked:
    """How the dates of a category did on requests whose end they did not know.

    Args:
        closed: how many of these requests were closed.
        cover50, cover90: shares of them that were closed by the dates for half and for nine in ten.
    """

    closed: int
    cover50: float
    cover90: float


@dataclass(frozen=True, slots=True)
class CategoryModel:
    """What is known of a category.

    Args:
        closings: how many were learnt from.
        curve: accumulated hazard over the grid of ages; empty when too little is known for one.
        queue: where its ages go by the queue: days of work that lay before a request filed last night, the night
            before and so on; empty where they go by days.
        pace: how fast the work goes now, by the season and the queue, against the common pace.
        areas, departments: the same by id, where it differs.
        plain: days to half and to nine in ten of the closings, for a category without a curve; None with too few.
        typical: of the curve at its pace: days to half, to nine in ten, and the share that gets done at all.
        open: how many are waiting.
    """

    closings: int
    open: int = 0
    curve: tuple[float, ...] = ()
    queue: tuple[float, ...] = ()
    pace: float = 1.0
    areas: Mapping[str, float] = field(default_factory=dict)
    departments: Mapping[str, float] = field(default_factory=dict)
    plain: tuple[float, float] | None = None
    typical: tuple[float, float, float] | None = None
    checked: Checked | None = None


@dataclass(frozen=True, slots=True)
class DateModel:
    """A version of the dates. `requests` is how many it learnt from; `horizon` in days."""

    version: int
    made_at: datetime
    learnt_since: datetime
    requests: int
    closings: int
    horizon: float
    categories: Mapping[str, CategoryModel]


@dataclass(frozen=True, slots=True)
class Foretold:
    """What a model says of one request: days after filing for half and nine in ten, and the share done at all."""

    half: float
    nine: float
    share: float
    waited: bool
    learnt_from: int
