"""The desk's menu: how much work lies where, and the queues people saved."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

from cityhall.apps.places import public as places
from cityhall.apps.service_requests.contracts import QueueCounts, QueueTally, SavedQueue
from cityhall.apps.service_requests.models import SavedFilter
from cityhall.apps.service_requests.queries.desk import (
    ABUSE,
    APPROVAL,
    NEARS,
    STARRED,
    VIEW,
    WAITS,
    limit_to_own,
)
from cityhall.apps.service_requests.queries.filters import Conditions
from cityhall.apps.service_requests.queries.likely import LIKELY_REPEAT
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.permissions import need
from cityhall.kernel.django.reading import instances, read

COUNTED_TO = 10_000
"""Queues that no counts are kept of are counted so far, and said to be longer."""


def queue_counts(actor: Actor) -> QueueCounts:
    """Return how much of the open work the actor may see is in the queues that are counted as they are asked for.

    Raises:
        NotAllowed: without "requests.view".
    """
    need(actor, VIEW)
    asked = {
        "mine": _counted(actor, "r.assignee_id = %s::uuid", actor.id),
        "unassigned": _counted(actor, "r.assignee_id is null and r.team_id is null"),
        "contested": _counted(actor, "r.state = 'contested'"),
        "waiting": _counted(actor, WAITS),
        "abuse": _counted(actor, ABUSE),
        "repeats": _counted(actor, LIKELY_REPEAT),
        "nears": _counted(actor, NEARS, clock.now()),
        "approval": _counted(actor, APPROVAL),
        "starred": _counted(actor, STARRED, actor.id, closed=True),
    }
    counts = ", ".join(sql for sql, _parameters in asked.values())
    (found,) = read(f"select {counts}", [one for _sql, parameters in asked.values() for one in parameters])
    return QueueCounts(**dict(zip(asked, found, strict=True)))


def _counted(actor: Actor, condition: str, *parameters: Any, closed: bool = False) -> tuple[str, list[Any]]:
    """Return the SQL of a count, to `COUNTED_TO` and one more, and its parameters."""
    found = Conditions()
    if not closed:
        found.add("r.state <> 'closed'")
    found.add(condition, *parameters)
    limit_to_own(found, actor)
    return (
        f"(select count(*) from (select 1 from service_requests_servicerequest r"  # noqa: S608
        f" where {found.sql} limit {COUNTED_TO + 1}) first)",
        found.parameters,
    )


# What is kept of open requests, and what is not added up yet.
_FILED = """
    select 'filed' as kind, null::date as day, t.area, t.department, t.team, t.count from service_requests_opentally t
    where t.kind = 'filed' and t.day is null and t.category is null and {areas} and {own}
    union all
    select 'filed', null, a.area, t.department, t.team, t.count from service_requests_tallychange t {spread}
    where t.filed is not null and t.closed is null and {own}
"""
_DUE = """
    select 'due', t.day, t.area, t.department, t.team, t.count from service_requests_opentally t
    where t.kind = 'due' and t.day < %s and t.category is null and {areas} and {own}
    union all
    select 'due', t.due, a.area, t.department, t.team, t.count from service_requests_tallychange t {spread}
    where t.due < %s and t.closed is null and {own}
"""
_NOWHERE = "cross join (select null::uuid as area) a"
_IN_AREAS = "cross join lateral unnest(t.areas) a(area)"


def _own(actor: Actor) -> tuple[str, list[list[uuid.UUID]]]:
    """Return the condition that a line `t` is of the actor's work, as `limit_to_own` has it for requests."""
    limits = [(name, list(ids)) for name, ids in (("department", actor.departments), ("team", actor.teams)) if ids]
    return f"({' or '.join(f't.{name} = any(%s)' for name, _ in limits) or 'true'})", [ids for _, ids in limits]


def queue_tally(actor: Actor, *, due_before: datetime, areas: Collection[uuid.UUID] = ()) -> QueueTally:
    """Return how much open work the actor may see, and how much of it is late, by department, team and area.

    It is read from what is kept, so that it costs the same however much there is.

    Areas are those of the place the public sees: a request whose place is withheld is in none.

    Args:
        due_before: `due_soon` counts what has its target date from today until the day before.
        areas: which are counted.

    Raises:
        NotAllowed: without "requests.view".
    """
    need(actor, VIEW)
    own, given = _own(actor)
    kept = f"{_FILED} union all {_DUE}".format(own=own, areas="not t.whole and t.area is null", spread=_NOWHERE)
    whole = "not t.whole" if given else "t.whole"
    today, until = places.local(clock.now()).date(), places.local(due_before).date()
    groups = read(
        f"""
        select department, team, coalesce(sum(count) filter (where kind = 'filed'), 0)::bigint,
            coalesce(sum(count) filter (where kind = 'due' and day < %s), 0)::bigint,
            coalesce(sum(count) filter (where kind = 'due' and day >= %s), 0)::bigint
        from ({kept}) kept group by 1, 2
        """,  # noqa: S608
        [today, today, *given, *given, until, *given, until, *given],
    )
    by_area = read(
        f"""
        select area, sum(count)::bigint
        from ({_FILED.format(own=own, areas=f"{whole} and t.area = any(%s::uuid[])", spread=_IN_AREAS)}) kept group by 1
        """,  # noqa: S608
        [list(areas), *given, *given],
    )
    departments: Counter[uuid.UUID] = Counter()
    teams: Counter[uuid.UUID] = Counter()
    for department_id, team_id, count, _late, _soon in groups:
        if department_id is not None:
            departments[department_id] += count
        if team_id is not None:
            teams[team_id] += count
    return QueueTally(
        open=sum(group[2] for group in groups),
        late=sum(group[3] for group in groups),
        due_soon=sum(group[4] for group in groups),
        departments=departments,
        teams=teams,
        areas=dict(by_area),
    )


def saved_queues(actor: Actor) -> tuple[SavedQueue, ...]:
    """Return the actor's own saved queues and those shared with their departments, by name. One SQL query.

    A department shares with its own people, not with a contractor's.
    """
    need(actor, VIEW)
    rows = instances(
        SavedFilter,
        "owner_id = %s::uuid or (%s::bool and department_id is not null"
        " and (%s::uuid[] = '{}' or department_id = any(%s::uuid[]))) order by name, id limit 100",
        [actor.id, actor.contractor is None, list(actor.departments), list(actor.departments)],
    )
    return tuple(SavedQueue(row.id, row.name, row.query, row.owner_id == actor.id) for row in rows)
