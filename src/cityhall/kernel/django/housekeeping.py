"""The worker's steady chores: relay events, seal the audit chain, forget who was counted at a limited door."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import close_old_connections, connection

from cityhall.kernel.django import audit, limits, outbox

logger = logging.getLogger(__name__)


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
