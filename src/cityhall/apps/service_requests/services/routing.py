"""Sending a request to the team that the city's rules name, and escalating what nobody has begun."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from cityhall.apps.places import public as places
from cityhall.apps.service_requests.contracts import Fact, State, Visibility, number_text
from cityhall.apps.service_requests.models import ServiceRequest
from cityhall.apps.service_requests.services import writing
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor, system
from cityhall.kernel.django import batches
from cityhall.kernel.offers import Route, ToRoute, request_router

NOT_BEGUN = (State.RECEIVED, State.SCHEDULED)
_ROUTING = system("Routing")
_TROUBLE = timedelta(hours=1)
_log = logging.getLogger(__name__)


def send(request: ServiceRequest, layer: str, owner: str, *, at: datetime) -> Route | None:
    """Set the team a rule names, if one does, and when the request is escalated. Does not save the request.

    It stands with its category's team and target already; `layer` and `owner` are its asset's.
    """
    router = request_router.get()
    request.look_at = router.look_at(request.category.code, request.requested_at, request.due_at, after=at)
    request.escalated = 0
    route = router.route(ToRoute(request.category.code, request.areas, layer, owner, at))
    if route is not None:
        request.department_id, request.team_id = route.department, route.team
    return route


def send_again(request: ServiceRequest) -> Route | None:
    """Do the same for a request that is of another category now."""
    asset = places.asset(request.asset_id) if request.asset_id else None
    return send(request, asset.layer if asset else "", asset.owner if asset else "", at=clock.now())


def tell(request: ServiceRequest, route: Route | None, *, at: datetime | None = None) -> None:
    """Write into the history, for staff, why the request went where it went.

    Args:
        at: the moment of the event that comes before this.
    """
    if route is None:
        return
    to = {"department": str(route.department), "team": str(route.team)}
    writing.add_event(
        request,
        _ROUTING,
        Fact.ASSIGNED,
        visibility=Visibility.INTERNAL,
        data={"to": to, "rule": dict(route.why)},
        at=at + timedelta(microseconds=1) if at else None,
    )


@dataclass(frozen=True, slots=True)
class Nearing:
    """A request whose target nears while nobody has begun. `name` is its category's, translated text."""

    id: uuid.UUID
    number: str
    category: str
    name: Mapping[str, str]
    requested_at: datetime
    due_at: datetime
    department_id: uuid.UUID | None
    team_id: uuid.UUID | None


Judge = Callable[[Nearing], int | None]


def escalate_due(judge: Judge, *, actor: Actor, limit: int) -> list[Nearing]:
    """Escalate requests that nobody has begun and whose time has come, the longest waiting first; return them.

    Call it in a transaction. One index leads to them, however many requests there are. What somebody else has locked
    is left for the next time. Each is flagged, raised in priority, and gets the moment it is looked at next. One that
    goes wrong is logged and looked at again in an hour.

    Args:
        judge: returns the priority a request is raised to unless it is as urgent already (5 leaves it), None to do
            nothing this time.
        limit: how many are looked at.
    """
    wanted = ServiceRequest.objects.select_for_update(of=("self",), skip_locked=True).select_related("category")
    waiting = wanted.filter(state__in=NOT_BEGUN, look_at__isnull=False, look_at__lte=clock.now())
    told = []
    for request in waiting.order_by("look_at", "id")[:limit]:
        is_done = False
        with batches.spared(_log, "Request %s was not looked at as its target nears.", request.id):
            if one := _look_at(request, judge, actor):
                told.append(one)
            is_done = True
        if not is_done:  # not first in line every minute
            ServiceRequest.objects.filter(id=request.id).update(look_at=clock.now() + _TROUBLE)
    return told


def _look_at(request: ServiceRequest, judge: Judge, actor: Actor) -> Nearing | None:
    """Escalate a request if it is time, and say when to look next; return it if it was."""
    request.look_at = request_router.get().look_at(
        request.category.code, request.requested_at, request.due_at, after=clock.now()
    )
    one = _nearing(request)
    priority = judge(one) if one else None
    if one is None or priority is None:
        request.save(update_fields=["look_at"])
        return None
    _escalate(request, actor, priority)
    return one


def _nearing(request: ServiceRequest) -> Nearing | None:
    if request.due_at is None:
        return None
    return Nearing(
        request.id,
        number_text(request.number),
        request.category.code,
        request.category.name,
        request.requested_at,
        request.due_at,
        request.department_id,
        request.team_id,
    )


def _escalate(request: ServiceRequest, actor: Actor, priority: int) -> None:
    request.escalated += 1
    facts: dict[str, Any] = {"escalated": request.escalated}
    if priority < request.priority:
        facts["priority"] = {"from": request.priority, "to": priority}
        request.priority = priority
    event = writing.add_event(request, actor, Fact.ASSIGNED, visibility=Visibility.INTERNAL, data=facts)
    writing.finish(request, actor, "escalated", event=event, data=facts, quietly=True)


_OPEN = """
    select r.id, c.code, r.requested_at, r.due_at, r.look_at, r.queue_at
    from service_requests_servicerequest r join service_requests_category c on c.id = r.category_id
    where r.state <> 'closed' and (r.queue_at, r.id) > (%s, %s)
    order by r.queue_at, r.id limit %s
"""
# Locked in the order of their ids, as a change of many does.
_SET = """
    with held as (
        select r.id, n.look_at from service_requests_servicerequest r
        join unnest(%s::uuid[], %s::timestamptz[]) n(id, look_at) on n.id = r.id order by r.id for update of r
    )
    update service_requests_servicerequest r set look_at = held.look_at from held where r.id = held.id
"""
Mark = tuple[datetime, uuid.UUID]
_FIRST: Mark = (datetime.fromisoformat("0001-01-01T00:00:00+00:00"), uuid.UUID(int=0))


def look_again(mark: Mark | None, limit: int, *, after: datetime | None = None) -> Mark | None:
    """Set anew when `limit` open requests from a mark on are escalated; return the next mark, None at the end.

    What should have happened before `after` (now, when None) does not happen any more.
    """
    when: Callable[..., datetime | None] = request_router.get().look_at
    since = after or clock.now()
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [*(mark or _FIRST), limit])
        rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
        changed = [
            (id_, moment)
            for id_, code, requested_at, due_at, look_at, _queue_at in rows
            # What is due already is escalated by its own job, in a minute.
            if (look_at is None or look_at > clock.now())
            and (moment := when(code, requested_at, due_at, after=since)) != look_at
        ]
        if changed:
            cursor.execute(_SET, [[id_ for id_, _ in changed], [moment for _, moment in changed]])
    return (rows[-1][5], rows[-1][0]) if len(rows) == limit else None
