"""Reading a file while the database is at work, and what two threads need for that to be worth it."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain, islice, repeat

from cityhall.apps.service_requests.imports import columns
from cityhall.apps.service_requests.imports.normalise import Normaliser
from cityhall.apps.service_requests.imports.records import Record, Row, Trouble, fingerprints
from cityhall.apps.service_requests.services.loading import Draft

_PIECE = 500  # rows understood at once: more would not stay in the processor's cache
_TURN = 0.00005  # seconds a thread counts while the other waits to send: with the usual 5 ms the database would idle

Items = list[tuple[Row, Record | Trouble, str]]
"""Rows with what they mean, and the fingerprint of each record."""
Prepare = Callable[[Items], Draft | None]


class Ahead:
    """Batches of rows with what they mean, each with a draft of it as requests where it could be prepared.

    The next is read while the database is at work on the one before.

    It is begun when `begin` is called, else once the one before is dealt with: two threads that count at the same time
    only take turns, and then both wait for the database at the same time.

    Args:
        prepare: makes the draft, in another thread: it may not ask the database.
    """

    def __init__(self, rows: Iterator[Row], normaliser: Normaliser, batch: int, prepare: Prepare) -> None:
        self._rows = rows
        self._normaliser = normaliser
        # A small one first: until it has told what is new, no other can be prepared.
        self._sizes = chain([min(_PIECE, batch)], repeat(batch))
        self._prepare = prepare
        self._coming: Future[tuple[Items, Draft | None]] | None = None

    def __enter__(self) -> Ahead:
        self._pool = ThreadPoolExecutor(1)
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def begin(self) -> None:
        """Begin to read the next batch."""
        if self._coming is None:
            self._coming = self._pool.submit(self._read)

    def __iter__(self) -> Iterator[tuple[Items, Draft | None]]:
        while True:
            self.begin()
            assert self._coming is not None
            items, draft = self._coming.result()
            self._coming = None
            if not items:
                return
            yield items, draft

    def _read(self) -> tuple[Items, Draft | None]:
        items: Items = []
        left = next(self._sizes)
        while left and (given := list(islice(self._rows, min(_PIECE, left)))):
            left -= len(given)
            found = columns.records(self._normaliser, given)
            prints = iter(fingerprints([one for one in found if isinstance(one, Record)]))
            each = [next(prints) if isinstance(one, Record) else "" for one in found]
            items += zip(given, found, each, strict=True)
        return items, self._prepare(items)


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Look for circles among objects seldom: rows make none, and the search took a third of the time.

    Objects without circles are freed at once all the same.
    """
    before = gc.get_threshold()
    gc.set_threshold(200_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def short_turns() -> Iterator[None]:
    """Let threads take turns more often than they do by themselves."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(min(before, _TURN))
    try:
        yield
    finally:
        sys.setswitchinterval(before)
