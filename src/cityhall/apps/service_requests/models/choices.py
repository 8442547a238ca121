"""What a field may hold, by the words of a contract."""

from __future__ import annotations

from enum import Enum


def choices(kind: type[Enum]) -> list[tuple[str, str]]:
    """Return a field's choices: the values of an enum, each shown as it is."""
    return [(member.value, member.value) for member in kind]
