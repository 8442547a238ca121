"""When a digest is due."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from cityhall.apps.subscriptions.contracts import Every

SENT_AT = time(7, 0)
"""In the city's time: before people leave home."""
_DAYS = {Every.DAY: 1, Every.WEEK: 7}


def last_turn(every: Every, local: datetime) -> datetime:
    """Return when the latest digest was due: this morning or the one before; on Mondays for those by the week.

    Args:
        local: now, in the city's time zone.
    """
    turn = datetime.combine(local.date(), SENT_AT, local.tzinfo)
    if every is Every.WEEK:
        turn = datetime.combine(turn.date() - timedelta(days=turn.weekday()), SENT_AT, local.tzinfo)
    if turn > local:
        turn = datetime.combine(turn.date() - timedelta(days=_DAYS[every]), SENT_AT, local.tzinfo)
    return turn
