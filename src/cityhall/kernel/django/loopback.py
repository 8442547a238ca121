"""Whether the work at hand was asked for from this very machine; demo accounts and pages work for no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_local: ContextVar[bool] = ContextVar("local", default=True)


def is_local() -> bool:
    """Return whether the request being served came over loopback. True outside of requests (commands, jobs)."""
    return _local.get()


@contextmanager
def serving(local: bool) -> Iterator[None]:
    """Remember, inside the block, where the request came from."""
    token = _local.set(local)
    try:
        yield
    finally:
        _local.reset(token)
