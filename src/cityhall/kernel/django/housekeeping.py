"""The worker's steady chores: relay events, seal the audit chain, forget who was counted at a limited door."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import close_old_connections, connection

from cityhall.kernel.django import audit, limits, outbox

logger = logging.getLogger(__name__)
_SET_BACK_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Chore:
    """Something done every `seconds`; `work` returns how much it did, and is called again at once while that is > 0."""

    name: str
    seconds: float
    work: Callable[[], int]


CHORES = (
    Chore("relay", 0.5, outbox.relay),
    Chore("seal", 2.0, audit.seal),
    Chore("forget-rate-counts", 3600.0, limits.forget_old),
)


@dataclass(slots=True)
class ClockWatch:
    """Notices that the machine's clock was set back, for instance after it had been wrong.

    What is done every minute waits for the minute after the last one it was done in, so it would stand still for as
    long as the clock was ahead. `tell` is called once; the worker then begins anew.
    """

    tell: Callable[[], None]
    wall: Callable[[], float] = time.time
    steady: Callable[[], float] = time.monotonic
    _ahead: float | None = field(default=None, init=False)

    def look(self) -> int:
        """Compare the clock with one that nobody can set."""
        ahead = self.wall() - self.steady()
        before, self._ahead = self._ahead, ahead
        if before is not None and before - ahead > _SET_BACK_SECONDS:
            logger.warning("the clock was set back by %.0f s", before - ahead)
            self.tell()
        return 0


class Housekeeper(threading.Thread):
    """Does the chores in one thread until stopped. A chore that fails is logged and tried again at its next turn.

    Args:
        chores: the steady ones by default; a long chore gets a housekeeper of its own, so that no other waits for it.
    """

    def __init__(self, chores: Sequence[Chore] = CHORES) -> None:
        super().__init__(name="housekeeper", daemon=True)
        self._chores = chores
        self._stopping = threading.Event()

    def run(self) -> None:
        """Do each chore when its time comes."""
        due = dict.fromkeys(self._chores, 0.0)
        while not self._stopping.wait(0.1):
            now = time.monotonic()
            for chore in self._chores:
                if due[chore] <= now:
                    due[chore] = now + chore.seconds
                    self._do(chore)
        connection.close()

    def stop(self) -> None:
        """Stop after the chore at hand."""
        self._stopping.set()
        self.join(10)

    def _do(self, chore: Chore) -> None:
        try:
            close_old_connections()
            while chore.work() > 0 and not self._stopping.is_set() and chore.seconds < 60:
                pass
        except Exception:
            logger.exception("the chore %s failed and will be tried again", chore.name)
            connection.close()
