"""When an act was, how long the work took, and whose it is after it was sent back."""

from __future__ import annotations

from datetime import datetime, timedelta

from cityhall.apps.crews.contracts import Reason

#: An act may come this much later than it was done: a long weekend without signal.
LONGEST_WAIT = timedelta(days=4)
MOST_MINUTES = 16 * 60
_NOT_FOR_THIS_TEAM = frozenset({Reason.WRONG_PLACE, Reason.OTHER_TEAM})


def moment_of(claimed: datetime | None, now: datetime, *, not_before: datetime | None = None) -> datetime:
    """Return when an act was: as the phone says, unless that is in the future or too long ago; then it is now.

    Args:
        not_before: what it follows; an act is never before that.
    """
    believed = claimed is not None and claimed.tzinfo is not None and now - LONGEST_WAIT <= claimed <= now
    at = claimed if claimed is not None and believed else now
    return max(at, not_before) if not_before is not None else at


def minutes_between(start: datetime, end: datetime) -> int:
    """Return the minutes from one to the other, at least one, at most a very long shift's."""
    return max(1, min(MOST_MINUTES, round((end - start).total_seconds() / 60)))


def worked(text: str) -> int | None:
    """Read minutes as somebody writes them; None when they are none. Raises ValueError when they cannot be right."""
    if not text.strip():
        return None
    minutes = int(text.strip()) if text.strip().isascii() else -1
    if not 0 <= minutes <= MOST_MINUTES:
        raise ValueError(text)
    return minutes


def leaves_team(reason: Reason) -> bool:
    """Say whether work that was sent back is somebody else's: then the desk gives it to a team anew."""
    return reason in _NOT_FOR_THIS_TEAM
