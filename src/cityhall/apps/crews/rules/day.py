"""In which order a crew goes about its day when nobody made a plan, and how a phone is told the way."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from cityhall.apps.service_requests.contracts import DeskRow, State

T = TypeVar("T", bound=DeskRow)


def in_order(rows: Iterable[T], metres: Callable[[T], float | None] | None = None) -> list[T]:
    """Return rows as they are best done: what is begun first, then the most urgent, by target date.

    Args:
        metres: how far each is, where the crew said where it is: then what is begun comes first, and the nearest.
    """

    def key(row: T) -> tuple[bool, float, float, datetime, str]:
        away = metres(row) if metres is not None else None
        near = (math.inf if away is None else away) if metres is not None else 0.0
        return (row.request.state is not State.IN_PROGRESS, near, row.priority, row.queue_at, row.request.number)

    return sorted(rows, key=key)


def directions(lat: float, lon: float, *, user_agent: str = "") -> str:
    """Return a link that the phone opens in its own map: Apple's scheme on theirs, `geo:` (RFC 5870) elsewhere."""
    at = f"{lat:.6f},{lon:.6f}"
    if any(name in user_agent for name in ("iPhone", "iPad", "Mac OS X")):
        return f"maps:?daddr={at}"
    return f"geo:{at}?q={at}"
