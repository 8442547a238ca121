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
            select r.id, r.number, c.code, r.requested_at, r.department_id, r.public_areas
            from service_requests_servicerequest r join service_requests_category c on c.id = r.category_id
            where r.id = any(%s) and r.state <> 'closed' and not r.hidden
            """,
            [list(ids)],
        )
        return [
            Waiting(request_id, number_text(number), code, requested_at, department_id, tuple(areas))
            for request_id, number, code, requested_at, department_id, areas in cursor.fetchall()
        ]


def filed_before(request_id: uuid.UUID) -> int:
    """Return how many open requests of the same category and department were filed before this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select category_id, department_id, requested_at from service_requests_servicerequest where id = %s",
            [request_id],
        )
        found = cursor.fetchone()
        if found is None:
            return 0
        category, department, requested_at = found
        # Said outright, so that the index of what a department has open serves it.
        theirs = "department_id is null" if department is None else "department_id = %s"
        cursor.execute(
            f"""
            select count(*) from service_requests_servicerequest
            where {theirs} and category_id = %s and (requested_at, id) < (%s, %s) and state <> 'closed' and not hidden
            """,  # noqa: S608
            [*([] if department is None else [department]), category, requested_at, request_id],
        )
        return int(cursor.fetchone()[0])


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
