"""A plan ready for the template: crews, stops and requests in words, in the reader's language and time zone."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall.apps.day_plans import queries, rules
from cityhall.apps.day_plans.contracts import Content, Difference, LeftOut, PlanInfo, Progress, Route, Stop, Why
from cityhall.apps.day_plans.web import drawing, words
from cityhall.apps.identity import public as identity
from cityhall.apps.places import public as places
from cityhall.apps.service_requests.contracts import DeskRow
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import dates


@dataclass(frozen=True, slots=True)
class Line:
    """A request of a stop, or one left out. `row` is None when it is no longer the reader's to see."""

    request_id: uuid.UUID
    title: str
    number: str = ""
    row: DeskRow | None = None
    done: str = ""
    why: str = ""
    may_take_in: bool = False


@dataclass(frozen=True, slots=True)
class StopShown:
    """A stop in words. `is_first` and `is_last` are of those that can be moved."""

    stop: Stop
    label: str
    arrive: str
    leave: str
    lines: tuple[Line, ...]
    troubles: tuple[str, ...]
    timed: str = ""
    window: str = ""
    window_begins: str = ""
    window_ends: str = ""
    is_first: bool = False
    is_last: bool = False
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class RouteShown:
    """A crew's day in words."""

    route: Route
    letter: str
    style: int
    people: str
    stops: tuple[StopShown, ...]
    troubles: tuple[str, ...]
    begins: str
    back: str
    drive: int
    minutes: int
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class DifferenceShown:
    """A change that a proposal would make, in words."""

    line: Line
    change: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One version of a plan, with all the page says of it."""

    content: Content
    routes: tuple[RouteShown, ...]
    left_out: tuple[Line, ...]
    solver: str
    picture: Any
    hours: Mapping[str, str] = field(default_factory=dict)


def hour(moment: datetime | None) -> str:
    """Return "8:15 a.m." or "", in the city's time."""
    return dates.time_of_day(moment) if moment else ""


def sheet(plan: PlanInfo, content: Content, actor: Actor, *, only: frozenset[uuid.UUID] = frozenset()) -> Sheet:
    """Return a version of a plan in words.

    Args:
        only: the crews to show; none means all.
    """
    ids = {*content.requests, *(one.request_id for one in content.left_out)}
    rows = queries.rows_of(ids, actor)
    progress = queries.progress_of(plan.id)
    crews = {one.id: one for one in queries.crews(plan.team_id)}
    own = queries.own_crews(plan.team_id, actor.id)
    people = identity.names({person for one in crews.values() for person in one.members}, to=actor)
    shown = []
    for number, route in enumerate(content.routes):
        if only and route.crew_id not in only:
            continue
        crew = crews.get(route.crew_id)
        shown.append(
            RouteShown(
                route=route,
                letter=drawing.letter(number),
                style=drawing.style(number),
                people=", ".join(people[one] for one in crew.members if one in people) if crew else "",
                stops=_stops(route, drawing.letter(number), rows, progress),
                troubles=tuple(str(words.TROUBLES[one]) for one in rules.troubles_of_route(route)),
                begins=hour(route.begins),
                back=hour(route.back),
                drive=round(route.drive_seconds / 60),
                minutes=sum(stop.minutes for stop in route.stops),
                is_own=route.crew_id in own,
            )
        )
    return Sheet(
        content=content,
        routes=tuple(sorted(shown, key=lambda one: not one.is_own)),
        left_out=tuple(sorted((_left(one, rows) for one in content.left_out), key=lambda one: one.why)),
        solver=str(words.SOLVERS.get(content.solver, "")),
        picture=drawing.sketch(content),
    )


def _stops(
    route: Route, letter: str, rows: Mapping[uuid.UUID, DeskRow], progress: Mapping[uuid.UUID, Progress]
) -> tuple[StopShown, ...]:
    first = sum(1 for stop in route.stops if stop.fixed)
    found = []
    for index, stop in enumerate(route.stops):
        lines = tuple(line(job.request_id, rows, progress.get(job.request_id)) for job in stop.jobs)
        promised = next((job for job in stop.jobs if job.earliest and job.latest), None)
        begins, ends = (promised.earliest, promised.latest) if promised else (None, None)
        found.append(
            StopShown(
                stop=stop,
                label=f"{letter}{index + 1}",
                arrive=hour(stop.arrive),
                leave=hour(stop.leave),
                lines=lines,
                troubles=tuple(str(words.TROUBLES[one]) for one in rules.troubles_of_stop(route, stop)),
                timed=", ".join(dict.fromkeys(str(words.TIMED[job.timed]) for job in stop.jobs if job.timed)),
                window=_("promised from %(first)s to %(last)s") % {"first": hour(begins), "last": hour(ends)}
                if promised
                else "",
                window_begins=timezone.localtime(begins).strftime("%H:%M") if begins else "",
                window_ends=timezone.localtime(ends).strftime("%H:%M") if ends else "",
                is_first=index == first,
                is_last=index == len(route.stops) - 1,
                is_done=all(one.done for one in lines) if stop.fixed else False,
            )
        )
    return tuple(found)


def line(request_id: uuid.UUID, rows: Mapping[uuid.UUID, DeskRow], done: Progress | None = None) -> Line:
    """Return a request in words; little of one that is no longer the reader's to see."""
    row = rows.get(request_id)
    if row is None:
        return Line(request_id, _("No longer this team’s work"))
    request = row.request
    title = ", ".join(part for part in (request.category_name, places.address_words(request.address)) if part)
    said = ""
    if done and done.finished_at:
        said = _("done at %(hour)s") % {"hour": hour(done.finished_at)}
    elif done and done.started_at:
        said = _("begun at %(hour)s") % {"hour": hour(done.started_at)}
    return Line(request_id, title, request.number, row, said)


def _left(one: LeftOut, rows: Mapping[uuid.UUID, DeskRow]) -> Line:
    told = line(one.request_id, rows)
    return Line(told.request_id, told.title, told.number, told.row, "", _why(one), one.job is not None)


def _why(one: LeftOut) -> str:
    """Return in one line why a job is in no crew's day, and what keeps each crew from it."""
    limits = [
        str(words.LIMITS[each.limit] % {"crew": each.crew, "number": each.number})
        for each in one.limits
        if one.why is not Why.NO_SKILL
    ]
    return f"{words.WHY[one.why]}: {'; '.join(limits)}" if limits else str(words.WHY[one.why])


def difference(one: Difference, rows: Mapping[uuid.UUID, DeskRow]) -> DifferenceShown:
    """Return one change of a proposal in words."""

    def where(crew: str, moment: datetime | None) -> str:
        return f"{crew}, {hour(moment)}" if moment else "–"

    return DifferenceShown(
        line(one.request_id, rows),
        str(words.CHANGES[one.change]),
        where(one.crew_before, one.before),
        where(one.crew, one.after),
    )
