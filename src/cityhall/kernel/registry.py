"""Typed registries: how a lower room offers something to whoever needs all of its kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Entries of one frozen kind, in order of registration, by a unique key.

    Args:
        name: what the registry holds, for error messages.
        key: takes the key out of an entry.
        check: raises ValueError when an entry is not fit to be registered.
    """

    def __init__(self, name: str, *, key: Callable[[T], str], check: Callable[[T], None] | None = None) -> None:
        self.name = name
        self._key = key
        self._check = check
        self._entries: dict[str, T] = {}

    def register(self, entry: T) -> T:
        """Add `entry` and return it. Raises ValueError when it is unfit or its key is taken by another."""
        key = self._key(entry)
        if not key:
            raise ValueError(f"{self.name}: an entry needs a key, got {entry!r}")
        if self._entries.get(key, entry) != entry:
            raise ValueError(f"{self.name}: {key!r} is registered already")
        if self._check is not None:
            self._check(entry)
        self._entries[key] = entry
        return entry

    def __getitem__(self, key: str) -> T:
        try:
            return self._entries[key]
        except KeyError:
            raise KeyError(f"{self.name}: no {key!r}; there are {sorted(self._entries)}") from None

    def __iter__(self) -> Iterator[T]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: object) -> bool:
        return key in self._entries
