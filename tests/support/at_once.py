"""Two at once, in a settled order: one is held back in the middle of its work until the other waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
from django.db import connection

_WAITS = "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')"


class Held:
    """Holds the first caller of something back until another waits for what it has locked, or is through."""

    def __init__(self, really: Callable[..., Any]) -> None:
        self.really = really
        self.begun, self.through = threading.Event(), threading.Event()

    def __call__(self, *given: Any, **named: Any) -> Any:
        answer = self.really(*given, **named)
        if not self.begun.is_set():
            self.begun.set()
            with psycopg.connect(**connection.get_connection_params(), autocommit=True) as own:
                until = time.monotonic() + 30
                while not self.through.is_set() and own.execute(_WAITS).fetchone() != (True,):
                    assert time.monotonic() < until, "nobody came"
        return answer

    def beside(self, first: Callable[[], Any], second: Callable[[], Any]) -> tuple[Any, Any]:
        """Return what both answer; the second begins where the first is held back."""

        def begin() -> Any:
            try:
                return first()
            finally:
                self.begun.set()
                connection.close()

        def follow() -> Any:
            self.begun.wait(30)
            try:
                return second()
            finally:
                self.through.set()
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            one, other = pool.submit(begin), pool.submit(follow)
            return one.result(60), other.result(60)
