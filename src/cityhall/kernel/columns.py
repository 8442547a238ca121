"""Columns of thousands of values, in which few differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


def each(values: Sequence[K], make: Callable[[K], V]) -> list[V]:
    """Return what is made of each value, made once for each that differs, in the order they come."""
    made = {value: make(value) for value in dict.fromkeys(values)}
    if len(made) == 1:
        return list(made.values()) * len(values)
    return list(map(made.__getitem__, values))
