"""Rate limits shared by every process: fixed windows counted in the database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils.translation import gettext_lazy as _

from cityhall.kernel import clock
from cityhall.kernel.django.models import RateCount
from cityhall.kernel.django.reading import QUICKLY, array, read
from cityhall.kernel.errors import TooMany

_COUNT = """
    insert into kernel_ratecount as r (key, "window", count)
    select each.key, %s::timestamptz, 1 from unnest(%s::varchar[]) each (key) {after}
    on conflict (key, "window") do update set count = r.count + 1 returning key, count
"""
_WITHIN = _COUNT.format(after="order by 1")
# A power cut forgives a few calls.
_ALONE = QUICKLY + _COUNT.format(after=", quickly order by 1")


def spend(key: str, *, limit: int, per: timedelta) -> None:
    """Count one use of `key` (at most 160 characters) in the current window of length `per`.

    Raises:
        TooMany: the window's `limit` is used up; `retry_after` says when the next window starts.
    """
    spend_each({key: limit}, per=per)


def spend_each(limits: Mapping[str, int], *, per: timedelta) -> None:
    """Count one use of each key against its limit, as `spend` does, in one statement."""
    now = clock.now()
    seconds = int(per.total_seconds())
    start = datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)
    counts = read(_WITHIN if connection.in_atomic_block else _ALONE, [start, array(limits)])
    if any(count > limits[key] for key, count in counts):
        wait = max(1, int((start + per - now).total_seconds()) + 1)
        raise TooMany(_("Too many tries. Wait a little, then try again."), retry_after=wait)


class Occupied:
    """One of few places, taken until `close`: for work that holds on to a thread, such as a long download.

    A place is a lock of the server's on a connection of its own, so that it is free again however its holder ends.

    Args:
        what: what the places are for.
        places: how many there are, counting every process.
        whose: who takes it, such as an address; "" for somebody who is not counted.
        each: how many of the places one of those may have at once.

    Raises:
        TooMany: all are taken, or all that this one may have.
    """

    def __init__(self, what: str, *, places: int, whose: str = "", each: int = 1) -> None:
        self._connection = connection.copy()
        self._connection.inc_thread_sharing()  # a streamed answer may end in another thread
        told = _("Others are doing the same just now. Wait a minute, then try again.")
        if whose and not self._takes(f"{what} {whose}", each):
            told = _("You have as many of these under way as one may have. Wait until one ends, then try again.")
        elif self._takes(what, places):
            return
        self.close()
        raise TooMany(told, retry_after=60)

    def _takes(self, what: str, places: int) -> bool:
        with self._connection.cursor() as cursor:
            for place in range(places):
                cursor.execute("select pg_try_advisory_lock(hashtext(%s), %s)", [what, place])
                if cursor.fetchone()[0]:
                    return True
        return False

    def close(self) -> None:
        """Leave the place."""
        with self._connection.cursor() as cursor:  # said aloud: the server takes a while to notice a closed connection
            cursor.execute("select pg_advisory_unlock_all()")
        self._connection.close()


def forget_old(*, older_than: timedelta = timedelta(days=2)) -> int:
    """Remove windows that ended long ago; return how many."""
    return RateCount.objects.filter(window__lt=clock.now() - older_than).delete()[0]
