"""The desk's menu: how much work lies where, and the queues people saved."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import connection
from django.db.models import Q

from cityhall.apps.service_requests.contracts import QueueTally, SavedQueue
from cityhall.apps.service_requests.models import SavedFilter
from cityhall.apps.service_requests.queries.desk import ABUSE, VIEW, limit_to_own, need
from cityhall.apps.service_requests.queries.filters import Conditions
from cityhall.apps.service_requests.queries.likely import LIKELY_REPEAT
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor


def queue_tally(actor: Actor, *, due_before: datetime) -> QueueTally:
    """Return how much open work the actor may see, by department, team and area. Two SQL queries.

    Args:
        due_before: `due_soon` counts what has its target date from now until then.

    Raises:
        NotAllowed: without "requests.view".
    """
    need(actor, VIEW)
    found = Conditions()
    found.add("r.state <> 'closed'")
    limit_to_own(found, actor)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select r.department_id, r.team_id, count(*),
                count(*) filter (where r.due_at >= %s and r.due_at < %s), count(*) filter (where {ABUSE}),
                count(*) filter (where {LIKELY_REPEAT})
            from service_requests_servicerequest r where {found.sql} group by 1, 2
            """,  # noqa: S608
            [clock.now(), due_before, *found.parameters],
        )
        groups = cursor.fetchall()
        cursor.execute(
            f"""
            select area, count(*) from service_requests_servicerequest r, unnest(r.areas) area
            where {found.sql} group by 1
            """,  # noqa: S608
            found.parameters,
        )
        areas = dict(cursor.fetchall())
    departments: dict[uuid.UUID, int] = {}
    teams: dict[uuid.UUID, int] = {}
    for department_id, team_id, count, *_others in groups:
        if department_id:
            departments[department_id] = departments.get(department_id, 0) + count
        if team_id:
            teams[team_id] = teams.get(team_id, 0) + count
    return QueueTally(
        due_soon=sum(group[3] for group in groups),
        abuse=sum(group[4] for group in groups),
        repeats=sum(group[5] for group in groups),
        departments=departments,
        teams=teams,
        areas=areas,
    )


def saved_queues(actor: Actor) -> tuple[SavedQueue, ...]:
    """Return the actor's own saved queues and those shared with their departments, by name. One SQL query.

    A department shares with its own people, not with a contractor's.
    """
    need(actor, VIEW)
    shared = Q(department__isnull=False) if actor.contractor is None else Q(pk__in=[])
    if actor.departments:
        shared &= Q(department_id__in=actor.departments)
    rows = SavedFilter.objects.filter(Q(owner_id=actor.id) | shared).order_by("name", "id")[:100]
    return tuple(
        SavedQueue(row.id, row.name, row.query, row.owner_id == actor.id, row.department_id is not None) for row in rows
    )
