"""When a delivery is tried again."""

from __future__ import annotations

from datetime import timedelta

MOST_ATTEMPTS = 16
FAILING_AFTER = 5
"""So many tries in a row that fail make a connection one that fails."""
_LONGEST_WAIT = timedelta(hours=12)
_LONGEST_ASKED = timedelta(hours=24)


def wait_before(attempt: int, *, share: float, asked: int | None = None) -> timedelta | None:
    """Return how long to wait before try number `attempt` (the second is 2); None when it is time to give up.

    One minute, doubling to twelve hours: sixteen tries span about three days.

    Args:
        share: a number from 0 to 1 that moves the wait by up to a fifth, so that many do not come at once.
        asked: seconds the other side asked to be left alone (Retry-After), at most a day is kept to.
    """
    if attempt > MOST_ATTEMPTS:
        return None
    wait = min(timedelta(minutes=2 ** max(0, attempt - 2)), _LONGEST_WAIT) * (0.8 + 0.4 * share)
    return max(wait, timedelta(seconds=min(asked or 0, int(_LONGEST_ASKED.total_seconds()))))
