"""Which snapshots stay: all of a while, then the last of each month, and always the current one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

LIVE_DAYS: Final = 1
"""How long snapshots of a live dataset stay: they may hold what has been erased or withheld since."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A snapshot that can be read; `published_at` is by the city's clock."""

    number: int
    published_at: datetime


def to_prune(
    snapshots: Iterable[Kept], current: int | None, now: datetime, *, days: int, is_live: bool = False
) -> tuple[int, ...]:
    """Return the numbers of the snapshots that go, in their order.

    Args:
        snapshots: those that can be read.
        now: by the city's clock.
        days: how long all of them stay; of live datasets it is a day, and none stands for its month.
    """
    found = sorted(snapshots, key=lambda one: one.number)
    last_of_month = {(one.published_at.year, one.published_at.month): one.number for one in found}
    stay = {current, *(() if is_live else last_of_month.values())}
    oldest = now - timedelta(days=LIVE_DAYS if is_live else days)
    return tuple(one.number for one in found if one.number not in stay and one.published_at < oldest)
