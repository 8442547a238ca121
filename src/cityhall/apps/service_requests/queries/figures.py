"""The front page's honest strip: what was fixed, how long it took, and what residents contest."""

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
        contested: closed requests residents say were not fixed, which a supervisor has yet to settle.
        closures: how often a request was closed in the last 90 days, duplicates left out.
        closures_contested: how many of those closures were contested.
        upheld: how many of those contested a supervisor found not fixed.
        open: requests not closed.
        as_of: when this was counted.
    """

    fixed_this_week: int
    median_days: float | None
    contested: int
    open: int
    as_of: datetime
    closures: int = 0
    closures_contested: int = 0
    upheld: int = 0

    @property
    def contested_share(self) -> float | None:
        """How many of a hundred closures were contested; None when nothing was closed."""
        return 100 * self.closures_contested / self.closures if self.closures else None


def figures() -> Figures:
    """Count the strip's figures. Requests taken down as abuse count in none of them."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select count(*) filter (where outcome = 'fixed' and closed_at >= %s),
                percentile_cont(0.5) within group (
                    order by extract(epoch from closed_at - requested_at)::float8 / 86400
                ) filter (where outcome = 'fixed'),
                count(*)
            from service_requests_servicerequest
            where state = 'closed' and outcome <> 'duplicate' and closed_at >= %s and not hidden
            """,
            [now - timedelta(days=7), now - timedelta(days=TYPICAL_DAYS)],
        )
        fixed, median, closures = cursor.fetchone()
        cursor.execute(
            """
            select count(*) filter (where state = 'contested'), count(*)
            from service_requests_servicerequest where state <> 'closed' and not hidden
            """
        )
        contested, unclosed = cursor.fetchone()
        # A closing that was contested and does not stand is not among the closed ones: it is added.
        cursor.execute(
            """
            select count(*) filter (where not stands), count(*), count(*) filter (where upheld)
            from (
                select bool_or(coalesce(c.upheld, false)) upheld, not bool_or(c.upheld is not false) stands
                from service_requests_contest c join service_requests_servicerequest r on r.id = c.request_id
                where c.closed_at >= %s and c.outcome <> 'duplicate' and not r.hidden
                group by c.request_id, c.closed_at
            ) closings
            """,
            [now - timedelta(days=TYPICAL_DAYS)],
        )
        undone, doubted, upheld = cursor.fetchone()
    return Figures(fixed, median, contested, unclosed, now, closures + undone, doubted, upheld)
