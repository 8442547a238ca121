"""What the city's own past says about how long a request takes."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from cityhall.apps.service_requests.contracts import ResolutionRange
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
