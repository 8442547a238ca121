"""The front page's honest strip: what was fixed, how long it took, and what residents dispute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from cityhall.kernel import clock

TYPICAL_DAYS = 90


@dataclass(frozen=True, slots=True)
class Figures:
    """How the city is doing.

    Args:
        fixed_this_week: requests closed as fixed in the last seven days.
        median_days: days from report to repair, of those fixed in the last 90; None when there were none.
        contested: closed requests residents say were not fixed, open again now.
        open: requests not closed.
        as_of: when this was counted.
    """

    fixed_this_week: int
    median_days: float | None
    contested: int
    open: int
    as_of: datetime


def figures() -> Figures:
    """Count the strip's figures. Requests taken down as abuse count in none of them."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select count(*) filter (where closed_at >= %s),
                percentile_cont(0.5) within group (
                    order by extract(epoch from closed_at - requested_at)::float8 / 86400
                )
            from service_requests_servicerequest
            where state = 'closed' and outcome = 'fixed' and closed_at >= %s and not hidden
            """,
            [now - timedelta(days=7), now - timedelta(days=TYPICAL_DAYS)],
        )
        fixed, median = cursor.fetchone()
        cursor.execute(
            """
            select count(*) filter (where state = 'contested'), count(*)
            from service_requests_servicerequest where state <> 'closed' and not hidden
            """
        )
        contested, unclosed = cursor.fetchone()
    return Figures(fixed, median, contested, unclosed, now)
