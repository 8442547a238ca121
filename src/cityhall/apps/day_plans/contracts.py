"""What the day plans room speaks of: crews and their day, jobs, stops, routes, and what was left out."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

PLAN = "requests.assign"
"""Sharing a day out among crews is giving work: who may assign may plan."""
VIEW = "requests.view"

#: Minutes of a job where neither a person nor the crews' own days say better.
USUAL_MINUTES = 30


class Why(StrEnum):
    """Why a job is not in the plan."""

    NO_PLACE = "no_place"
    NO_SKILL = "no_skill"
    NO_CREW = "no_crew"
    FULL = "full"
    NO_TIME = "no_time"
    WINDOW = "window"
    BY_HAND = "by_hand"


class Reason(StrEnum):
    """What made a version of a plan."""

    MADE = "made"
    CHANGED = "changed"
    SPLIT = "split"
    LEFT_OUT = "left_out"
    TAKEN_IN = "taken_in"
    URGENT = "urgent"


class Timed(StrEnum):
    """Where the minutes of a job are from: a person, what crews took, or neither."""

    SET = "set"
    LEARNT = "learnt"
    USUAL = "usual"


class Act(StrEnum):
    """What a person may change of a plan by hand."""

    EARLIER = "earlier"
    LATER = "later"
    GIVE = "give"
    SPLIT = "split"
    LEAVE_OUT = "leave_out"
    TAKE_IN = "take_in"


class Standing(StrEnum):
    """How far the making of a plan is."""

    ASKED = "asked"
    READING = "reading"
    SOLVING = "solving"
    READY = "ready"
    FAILED = "failed"


URGENT_WEIGHT = 100


@dataclass(frozen=True, slots=True)
class Job:
    """A request as the plan sees it.

    Args:
        weight: how bad it is to leave it out: 100 urgent, 40 promised an hour, 20 a day, 4 due, 1 the rest.
        earliest, latest: when somebody said to be there, both or neither.
        alone: a person said that it is no part of a shared stop.
        timed: where the minutes are from; None in plans of before that was kept.
    """

    request_id: uuid.UUID
    lat: float
    lon: float
    minutes: int
    skill: str = ""
    weight: int = 1
    earliest: datetime | None = None
    latest: datetime | None = None
    alone: bool = False
    timed: Timed | None = None

    @property
    def is_urgent(self) -> bool:
        """Whether it goes before all others."""
        return self.weight >= URGENT_WEIGHT


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a crew is once: one job, or several close by. `fixed`: it was begun or done when the rest was planned."""

    jobs: tuple[Job, ...]
    arrive: datetime
    leave: datetime
    fixed: bool = False

    @property
    def key(self) -> uuid.UUID:
        """What the stop is known by: its first request."""
        return self.jobs[0].request_id

    @property
    def minutes(self) -> int:
        """How long the work takes."""
        return sum(job.minutes for job in self.jobs)


@dataclass(frozen=True, slots=True)
class Route:
    """A crew's day. `begins` and `until` bound it; `back` is when it is at the depot again."""

    crew_id: uuid.UUID
    name: str
    lat: float
    lon: float
    begins: datetime
    until: datetime
    speed: float
    most_jobs: int
    skills: tuple[str, ...] = ()
    stops: tuple[Stop, ...] = ()
    back: datetime | None = None
    drive_seconds: int = 0

    @property
    def jobs(self) -> int:
        """How many requests it has."""
        return sum(len(stop.jobs) for stop in self.stops)


class Limit(StrEnum):
    """What keeps one crew from a job. `NONE`: it has room for it, only the solver found no better day with it."""

    SKILL = "skill"
    JOBS = "jobs"
    WINDOW = "window"
    HOURS = "hours"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Limited:
    """Why one crew cannot take a job. `number` is what the limit is at: jobs it takes at most; 0 for the others."""

    crew: str
    limit: Limit
    number: int = 0


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A job nobody does that day. `limits` says for each crew why it cannot, where crews go out at all."""

    request_id: uuid.UUID
    why: Why
    job: Job | None = None
    limits: tuple[Limited, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """A whole version of a plan.

    Args:
        solver: the name of what found it.
        waiting: how many more requests of the team were not looked at: their turn comes later.
    """

    routes: tuple[Route, ...]
    left_out: tuple[LeftOut, ...] = ()
    solver: str = ""
    waiting: int = 0

    @property
    def requests(self) -> frozenset[uuid.UUID]:
        """Every request a crew is sent to."""
        return frozenset(job.request_id for route in self.routes for stop in route.stops for job in stop.jobs)

    @property
    def urgent(self) -> frozenset[uuid.UUID]:
        """Those of them that were urgent when this was planned."""
        jobs = (job for route in self.routes for stop in route.stops for job in stop.jobs)
        return frozenset(job.request_id for job in jobs if job.is_urgent)


class Trouble(StrEnum):
    """What is wrong with a stop or a route that a person put together."""

    SKILL = "skill"
    LATE = "late"
    OVER = "over"
    LONG = "long"


class Change(StrEnum):
    """How one version differs from another, request by request."""

    NEW = "new"
    OUT = "out"
    CREW = "crew"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Difference:
    """One request whose day changes. Times are None where it is in no route."""

    request_id: uuid.UUID
    change: Change
    crew_before: str = ""
    crew: str = ""
    before: datetime | None = None
    after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Crew:
    """Who goes out together with one vehicle. None as an hour means the team's."""

    id: uuid.UUID
    name: str
    members: tuple[uuid.UUID, ...]
    skills: tuple[str, ...]
    most_jobs: int
    begins: time | None = None
    ends: time | None = None


@dataclass(frozen=True, slots=True)
class CrewTerms:
    """What a person says of a crew."""

    name: str
    members: tuple[uuid.UUID, ...] = ()
    skills: tuple[str, ...] = ()
    most_jobs: int = 12
    begins: time | None = None
    ends: time | None = None


@dataclass(frozen=True, slots=True)
class TeamTerms:
    """How a team's day is. `speed` is miles an hour in town, `at_once` accepts a new plan without asking."""

    depot: str = ""
    lat: float | None = None
    lon: float | None = None
    begins: time = time(7, 30)
    ends: time = time(16, 0)
    speed: int = 15
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class KindTerms:
    """What a category's jobs take: minutes (None: learnt, or the usual) and a skill."""

    minutes: int | None = None
    skill: str = ""


@dataclass(frozen=True, slots=True)
class PlanInfo:
    """A plan as it stands.

    Args:
        version: what a change must name, so that two people do not undo each other's.
        shown: number of the version on the page; None while there is none.
        published: number of the version the crews have.
        proposed: number of a version that waits for a yes, since something urgent came.
        numbers: every version there is: number, why, when, by whom.
        before: number of the version that the one on the page was made from.
    """

    id: uuid.UUID
    team_id: uuid.UUID
    day: date
    version: int
    standing: Standing
    asked_at: datetime
    content: Content | None
    shown: int | None
    published: int | None
    proposed: int | None
    published_content: Content | None = None
    proposal: Content | None = None
    differences: tuple[Difference, ...] = ()
    numbers: tuple[tuple[int, Reason, datetime, uuid.UUID | None], ...] = ()
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """When a crew began and ended a request of a published plan."""

    started_at: datetime | None = None
    finished_at: datetime | None = None
