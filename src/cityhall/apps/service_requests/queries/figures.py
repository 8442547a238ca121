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
        closed_this_week: requests closed in the last seven days, with whatever outcome but "duplicate".
        closing_days: days from report to closing, of those closed in the last 90; None when there were none.
        unstated: how many of those say nothing of the outcome, as histories from elsewhere do.
    """

    fixed_this_week: int
    median_days: float | None
    contested: int
    open: int
    as_of: datetime
    closures: int = 0
    closures_contested: int = 0
    upheld: int = 0
    closed_this_week: int = 0
    closing_days: float | None = None
    unstated: int = 0

    @property
    def mostly_unstated(self) -> bool:
        """Whether so few closings name an outcome that counting the fixed ones would mislead."""
        return self.unstated * 2 > self.closures

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
                count(*),
                count(*) filter (where closed_at >= %s),
                percentile_cont(0.5) within group (
                    order by extract(epoch from closed_at - requested_at)::float8 / 86400
                ),
                count(*) filter (where outcome = 'not_stated')
            from service_requests_servicerequest
            where state = 'closed' and outcome <> 'duplicate' and closed_at >= %s and not hidden
            """,
            [now - timedelta(days=7), now - timedelta(days=7), now - timedelta(days=TYPICAL_DAYS)],
        )
        fixed, median, closures, closed, closing, unstated = cursor.fetchone()
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
    return Figures(
        fixed, median, contested, unclosed, now, closures + undone, doubted, upheld, closed, closing, unstated
    )
