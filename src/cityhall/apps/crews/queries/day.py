"""A crew member's day: the published plan, or else the work that is theirs, and one job of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time

from django.db.models import Q, QuerySet

from cityhall.apps.crews import rules
from cityhall.apps.crews.contracts import WORK, Day, Job, Result, Stop
from cityhall.apps.crews.models import Visit
from cityhall.apps.crews.queries.visits import full, infos
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.service_requests.contracts import DeskFilter, DeskRow, RequestFilter, State
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.permissions import need
from cityhall.kernel.offers import PlannedStop, planned_day

OPEN = (State.RECEIVED, State.SCHEDULED, State.IN_PROGRESS)
MOST_STOPS = 20
_READ = 500
_URGENT = 1


def day(actor: Actor, *, at: tuple[float, float] | None = None, language: str | None = None) -> Day:
    """Return the actor's day: the plan's stops in its order, then what else is theirs.

    Args:
        at: latitude and longitude where the crew is; without a plan the nearest comes first.

    Raises:
        NotAllowed: without "requests.work".
    """
    need(actor, WORK)
    today = places.local(clock.now()).date()
    planned = _planned(actor, today)
    arrivals = {one: stop.arrive for stop in planned for one in stop.requests}
    own = {row.request.id: row for row in _own(actor, today, language)}
    missing = tuple(one for one in arrivals if one not in own)
    left = _rows(actor, DeskFilter(RequestFilter(ids=missing), OPEN), language)
    own |= {row.request.id: row for row in left if not row.approval}
    # A row without a place has no distance, and stands behind the others.
    away = {row.request.id: _metres(row, at) for row in own.values()} if at else {}
    rest = rules.in_order(
        (row for key, row in own.items() if key not in arrivals), (lambda row: away[row.request.id]) if at else None
    )
    mine = {row.request.id for row in own.values() if row.assignee_id == actor.id} | set(arrivals)
    if planned:
        rest = [row for row in rest if row.request.id in mine]
    elif not at:
        rest.sort(key=lambda row: row.request.id not in mine)
    begun = dict(_open(actor).values_list("request_id", "started_at"))
    rows = [*(own[key] for key in arrivals if key in own), *rest]
    rows.sort(key=lambda row: row.request.id not in begun)
    stops = tuple(
        Stop(
            row=row,
            own=row.request.id in mine,
            arrive=arrivals.get(row.request.id),
            metres=away.get(row.request.id),
            since=begun.get(row.request.id),
        )
        for row in rows[:MOST_STOPS]
    )
    done = Visit.objects.filter(person_id=actor.id, finished_at__gte=_midnight(today)).count()
    return Day(today, bool(planned), stops, done, len(mine & set(own)), max(0, len(rows) - MOST_STOPS))


def _planned(actor: Actor, today: date) -> list[PlannedStop]:
    plan = planned_day.get()
    found: list[PlannedStop] = []
    for team in sorted(actor.teams):
        found += plan(team, actor.id, today) or plan(team, None, today)
    return found


def _own(actor: Actor, today: date, language: str | None) -> Iterator[DeskRow]:
    """Yield what the actor has to do: what is theirs, and what is their team's and nobody's.

    What is for later, or done and waiting for a supervisor's word, is left out.
    """
    rows = _rows(actor, DeskFilter(states=OPEN, assigned_to_me=True), language)
    if actor.teams:
        theirs = _rows(actor, DeskFilter(states=OPEN, teams=tuple(sorted(actor.teams))), language)
        rows = [*rows, *(row for row in theirs if row.assignee_id is None)]
    returned = _returned_today(actor, today)
    for row in rows:
        later = row.request.scheduled_for is not None and row.request.scheduled_for > today
        if not (later or row.approval or row.request.id in returned):
            yield row


def _rows(actor: Actor, wanted: DeskFilter, language: str | None) -> list[DeskRow]:
    if wanted.base.ids == ():
        return []
    page = service_requests.desk_queue(wanted, actor, limit=_READ, language=language)
    if not page.next:
        return list(page.items)
    # What is urgent is done first, however long the queue before it is.
    urgent = replace(wanted, priorities=(_URGENT,))
    return [*service_requests.desk_queue(urgent, actor, limit=_READ, language=language).items, *page.items]


def _returned_today(actor: Actor, today: date) -> set[uuid.UUID]:
    """Return what the actor or their team could not do today: nobody is sent there twice."""
    own = Q(person_id=actor.id) | Q(team_id__in=actor.teams)
    back = Visit.objects.filter(own, result=Result.SENT_BACK, finished_at__gte=_midnight(today))
    return set(back.values_list("request_id", flat=True))


def _midnight(today: date) -> datetime:
    return datetime.combine(today, time(), places.zone())


def _metres(row: DeskRow, at: tuple[float, float]) -> float | None:
    request = row.request
    if request.lat is None or request.lon is None:
        return None
    return places.metres(at[0], at[1], request.lat, request.lon)


def _open(actor: Actor) -> QuerySet[Visit]:
    return Visit.objects.filter(person_id=actor.id, finished_at__isnull=True)


def job(ref: str | uuid.UUID, actor: Actor, *, language: str | None = None) -> Job:
    """Return one request as a crew sees it.

    Raises:
        NotAllowed: without "requests.work".
        NotFound: no such request, or not among the actor's work.
    """
    need(actor, WORK)
    detail = service_requests.desk_one(ref, actor, language=language)
    own = full().filter(request_id=detail.row.request.id, person_id=actor.id, finished_at__isnull=True)
    found = infos(own, actor)
    code = detail.row.request.category_code
    proof = any(one.proof_photo for one in service_requests.categories(everything=True) if one.code == code)
    return Job(detail, found[0] if found else None, proof)
