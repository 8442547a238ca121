"""The words of the routing room: rules, their conditions, sets of rules, trials, steps before a target."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum

MANAGE = "routing.manage"

MOST_RULES = 100
MOST_SHARES = 4
MOST_STEPS = 20


class SetState(StrEnum):
    """Where a set of rules is in its life. There is at most one draft, and at most one set in force."""

    DRAFT = "draft"
    LIVE = "live"
    PAST = "past"


class Holidays(StrEnum):
    """What a window makes of holidays and other days the city is closed."""

    ANY = "any"
    ONLY = "only"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Window:
    """When a rule holds, in the city's time zone.

    Args:
        days: of the week, 0 is Monday; none means every day.
        since, until: from and until what time; None is from the day's beginning, until its end. A window that ends
            before it begins, or when it begins, goes on past midnight, and belongs to the day on which it began.
        holidays: of the day it belongs to.
    """

    days: frozenset[int] = frozenset()
    since: time | None = None
    until: time | None = None
    holidays: Holidays = Holidays.ANY


@dataclass(frozen=True, slots=True)
class Share:
    """A team a rule sends to. One with weight 2 is to have twice as many open requests as one with weight 1."""

    team: uuid.UUID
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Every condition that says something must hold; one that names several holds for any of them.

    Args:
        name: what people call it, and what a request's history says.
        categories: codes.
        areas: ids.
        layers, owners: of the request's asset: the layer's code, and who owns it.
        shares: the teams, one or more.
    """

    name: str
    categories: tuple[str, ...] = ()
    areas: tuple[uuid.UUID, ...] = ()
    layers: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    window: Window = field(default_factory=Window)
    shares: tuple[Share, ...] = ()


class Measure(StrEnum):
    """How the moment of a step is measured: in per cent of the time to the target, or in days before it."""

    PERCENT = "percent"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Step:
    """What happens when nobody has begun by a moment before the target.

    Args:
        categories: codes; none means every category.
        priority: what the request is raised to, unless it is as urgent already; None leaves it.
        tell: whoever leads the team is written to.
    """

    categories: tuple[str, ...] = ()
    measure: Measure = Measure.PERCENT
    number: int = 75
    priority: int | None = None
    tell: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps before a target. `revision` grows with every change. While it is paused no step is taken."""

    steps: tuple[Step, ...] = ()
    is_paused: bool = False
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Moved:
    """How many requests of a trial would have gone from one team to another; None is no team."""

    before: uuid.UUID | None
    after: uuid.UUID | None
    count: int


@dataclass(frozen=True, slots=True)
class Load:
    """What a team would get in a week, beside what it finishes in one.

    Args:
        open: how many requests it has open.
        before, after: how many came to it in a week by the rules in force, and by the draft.
        finished: how many it closed in a week of the last three full months; None when there were none.
    """

    team: uuid.UUID
    open: int
    before: float
    after: float
    finished: float | None


@dataclass(frozen=True, slots=True)
class Example:
    """A request that would have gone elsewhere. `rule` is the place of the draft's rule that decides; 0 is none."""

    request: uuid.UUID
    number: str
    before: uuid.UUID | None
    after: uuid.UUID | None
    rule: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What a draft would have done with the requests filed in a time, beside what the rules in force would have done.

    Args:
        days: how many days before `at` it looked back.
        tested: how many requests it looked at; `is_cut` says that there were more, and it took the newest.
        decided: how many requests each of the draft's rules decided, in the order of the rules.
        moved: how many would have gone elsewhere.
        by_hand: of the requests looked at, how many staff have since given to another team than the rules in force
            name; the draft would have sent `by_hand_right` of them to the team they are with now.
        load: the teams whose work would change, and those that rules share work between.
    """

    at: datetime
    days: int
    tested: int
    is_cut: bool
    decided: tuple[int, ...]
    moved: int
    by_hand: int
    by_hand_right: int
    flows: tuple[Moved, ...]
    load: tuple[Load, ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class SetInfo:
    """A set of rules.

    Args:
        number: its version; None for the draft.
        revision: grows with every change of the draft.
        copied_from: the version it was made from again.
        trial: of the draft as it stands; None when it was not tried, or changed since.
    """

    id: uuid.UUID
    state: SetState
    number: int | None
    revision: int
    rules: tuple[Rule, ...]
    copied_from: int | None
    changed_at: datetime
    live_from: datetime | None
    live_until: datetime | None
    live_by: str = ""
    trial: Trial | None = None
