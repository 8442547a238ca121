"""What the city's own past says about how long a request takes, and what dates are learnt from."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.db import connection, transaction

from cityhall.apps.service_requests.contracts import PastRequest, ResolutionRange, Waiting, number_text
from cityhall.kernel import clock

AT_LEAST = 20


def resolution_range(category_code: str, *, days: int = 365, at_least: int = AT_LEAST) -> ResolutionRange | None:
    """Return how many days half and nine in ten of the category's fixed requests took.

    Only what was closed as fixed in the last `days` counts; None with fewer than `at_least` of them, because a
    range from a handful promises more than it knows.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select percentile_cont(0.5) within group (order by took), percentile_cont(0.9) within group (order by took),
                count(*)
            from (
                select extract(epoch from r.closed_at - r.requested_at)::float8 / 86400 as took
                from service_requests_servicerequest r join service_requests_category c on c.id = r.category_id
                where c.code = %s and r.state = 'closed' and r.outcome = 'fixed' and r.closed_at >= %s
            ) fixed
            """,
            [category_code, clock.now() - timedelta(days=days)],
        )
        half, nine, count = cursor.fetchone()
    if count < at_least:
        return None
    return ResolutionRange(round(half, 2), round(nine, 2), count)


def waiting(ids: Collection[uuid.UUID]) -> list[Waiting]:
    """Return those of these requests that are open and shown."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select r.id, r.number, c.code, r.requested_at, r.department_id, r.public_areas, r.state = 'referred'
            from service_requests_servicerequest r join service_requests_category c on c.id = r.category_id
            where r.id = any(%s) and r.state <> 'closed' and not r.hidden
            """,
            [list(ids)],
        )
        return [
            Waiting(request_id, number_text(number), code, requested_at, department_id, tuple(areas), is_referred)
            for request_id, number, code, requested_at, department_id, areas, is_referred in cursor.fetchall()
        ]


def filed_before(request_id: uuid.UUID) -> int:
    """Return how many open requests of the same category and department were filed before this one.

    Whole days come from the tallies and what is not added up yet; only the day it was filed on is counted by rows.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FILED_BEFORE, [request_id])
        found = cursor.fetchone()
    return int(found[0]) if found else 0


_FILED_BEFORE = """
    with this as (
        select r.id, r.category_id as category, r.department_id as department, r.requested_at, zone,
            (r.requested_at at time zone zone)::date as day
        from service_requests_servicerequest r, service_requests_tallystate where r.id = %s
    )
    select
        coalesce((
            select sum(t.count) from service_requests_opentally t
            where t.kind = 'filed' and t.area is null and t.category = this.category and not t.whole
                and t.day < this.day and t.department is not distinct from this.department
        ), 0) + coalesce((
            select sum(t.count) from service_requests_tallychange t
            where t.category = this.category and t.department is not distinct from this.department
                and t.filed < this.day and t.closed is null
        ), 0) + (
            select count(*) from service_requests_servicerequest r
            where r.category_id = this.category and r.department_id is not distinct from this.department
                and r.requested_at >= this.day::timestamp at time zone zone
                and (r.requested_at, r.id) < (this.requested_at, this.id) and r.closed_at is null and not r.hidden
                -- not by the state: the planner would go through all open requests by an index that is about them
        )
    from this
"""


def past_requests(since: datetime, *, until: datetime) -> Iterator[PastRequest]:
    """Iterate over what dates are learnt from, the oldest first: filed between two times, closed since or open still.

    A request that was closed as another's duplicate is left out: nothing was done for it. What was taken down is, too.
    """
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(
            """
            select c.code, g.code, extract(epoch from r.requested_at)::float8,
                extract(epoch from case when r.closed_at <= %s then r.closed_at end)::float8,
                r.department_id, r.public_areas
            from service_requests_servicerequest r
            join service_requests_category c on c.id = r.category_id
            join service_requests_categorygroup g on g.id = c.group_id
            where r.requested_at >= %s and r.requested_at <= %s and not r.hidden and r.outcome <> 'duplicate'
            order by r.requested_at, r.id
            """,
            [until, since, until],
        )
        while rows := cursor.fetchmany(20_000):
            for code, group, requested, closed, department_id, areas in rows:
                yield PastRequest(code, group, requested, closed, department_id, tuple(areas))
