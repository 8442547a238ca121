"""Slots: where one thing is put that others find: the engine of a port, or what one room does for others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Slot(Generic[T]):
    """Where `config` puts the engine it chose for a port, or a room what it does for others, and rooms find it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._make: Callable[[], T] | None = None

    def fill(self, make: Callable[[], T]) -> None:
        """Say how to get it. The last call wins, so that a test can put its fake here."""
        self._make = make

    def get(self) -> T:
        """Return it. Raises RuntimeError when there is none."""
        if self._make is None:
            raise RuntimeError(f"no engine was chosen for {self.name}")
        return self._make()
