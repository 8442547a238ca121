"""Who does a request: the rules that route it, the plan of a crew's day, what work takes."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from cityhall.kernel.slots import Slot


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """A stop of a crew's day: the requests done there, in order, and when the plan has the crew there."""

    requests: tuple[uuid.UUID, ...]
    lat: float
    lon: float
    arrive: datetime
    leave: datetime


PlannedDay = Callable[[uuid.UUID, uuid.UUID | None, date], Sequence[PlannedStop]]
"""Takes a team, a person of it (None: the whole team) and a day of the city's calendar.

Returns the published plan's stops in order, or nothing.
"""


def _no_plan(team: uuid.UUID, person: uuid.UUID | None, day: date) -> Sequence[PlannedStop]:
    return ()


planned_day: Slot[PlannedDay] = Slot("planned day")
planned_day.fill(lambda: _no_plan)


@dataclass(frozen=True, slots=True)
class WorkTime:
    """What crews took for work of one category: the middle of their minutes, over so many visits."""

    minutes: int
    visits: int


def _no_times() -> Mapping[str, WorkTime]:
    return {}


work_times: Slot[Callable[[], Mapping[str, WorkTime]]] = Slot("work times")
"""Returns what work takes by the category's code, where crews did enough of it lately to say."""
work_times.fill(lambda: _no_times)


@dataclass(frozen=True, slots=True)
class ToRoute:
    """What is known of a request when it is decided which team gets it.

    Args:
        category: its category's code.
        areas: ids of the areas it is in.
        layer, owner: of the asset it is about: its layer's code, and who owns it; "" where nobody says.
        at: when this is decided.
    """

    category: str
    areas: Sequence[uuid.UUID]
    layer: str
    owner: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Route:
    """The team a rule sends a request to. `why` is kept in the request's history, JSON-ready.

    It names the rule's place in the order ("number"), its "name", the "version" of the rules, and as "open" the teams
    the rule chose from with how many open requests each had, the chosen one first.
    """

    team: uuid.UUID
    department: uuid.UUID
    why: Mapping[str, Any]


class RequestRouter(Protocol):
    """Whoever knows the rules by which requests go to teams, and when one must be asked whether work has begun."""

    def route(self, request: ToRoute) -> Route | None:
        """Return where a request goes; None leaves it to its category's team."""

    def look_at(self, category: str, start: datetime, due: datetime | None, *, after: datetime) -> datetime | None:
        """Return the first moment after `after` at which a request that nobody has begun is escalated; None for none.

        Args:
            start, due: when it was filed, and its target.
        """


class _NoRules:
    def route(self, request: ToRoute) -> Route | None:
        """Leave it to the category."""
        return None

    def look_at(self, category: str, start: datetime, due: datetime | None, *, after: datetime) -> datetime | None:
        """Never."""
        return None


request_router: Slot[RequestRouter] = Slot("request router")
request_router.fill(_NoRules)
