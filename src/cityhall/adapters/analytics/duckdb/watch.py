"""One thread that stops queries at their deadlines: a timer for each batch of each answer would be a thread each."""

from __future__ import annotations

import itertools
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Watch:
    """Calls what is to stop once its time has come, from a thread that sleeps while nothing is due."""

    def __init__(self) -> None:
        self._due: dict[int, tuple[float, Callable[[], None]]] = {}
        self._numbers = itertools.count()
        self._change = threading.Condition()
        self._wakes = math.inf
        self._thread: threading.Thread | None = None

    @contextmanager
    def until(self, deadline: float, stop: Callable[[], None]) -> Iterator[None]:
        """Call `stop` at the deadline (of `time.monotonic`) if the block is still running then."""
        number = next(self._numbers)
        with self._change:
            self._due[number] = deadline, stop
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="query deadlines", daemon=True)
                self._thread.start()
            elif deadline < self._wakes:
                self._change.notify()
        try:
            yield
        finally:
            with self._change:
                self._due.pop(number, None)

    def _run(self) -> None:
        with self._change:
            while True:
                now = time.monotonic()
                for number, (deadline, stop) in list(self._due.items()):
                    if deadline <= now:
                        del self._due[number]
                        stop()
                self._wakes = min((deadline for deadline, _stop in self._due.values()), default=math.inf)
                self._change.wait(None if self._wakes == math.inf else max(0.0, self._wakes - now))
