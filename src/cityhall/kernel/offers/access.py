"""What people may do in a room, and how what they did there reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cityhall.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission a room asks for, so that roles can be shown and checked in one place."""

    code: str
    label: Any


permissions: Registry[Permission] = Registry("permissions", key=lambda item: item.code)


@dataclass(frozen=True, slots=True)
class AuditWords:
    """How a room's entries in the audit log read to people. What is not named is shown by its code.

    Args:
        key: the room; its actions are "<room>.<action>".
        actions: words for what comes after the dot, as in {"closed": "Closed it"}.
        subjects: words for the kinds of things that were acted on, as in {"service_request": "Request"}.
        pages: by kind, the URL name of its page, which takes the entry's "number".
        values: by fact, words for its codes, as in {"outcome": {"not_found": "not found"}}.
    """

    key: str
    actions: Mapping[str, Any]
    subjects: Mapping[str, Any]
    pages: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


audit_words: Registry[AuditWords] = Registry("audit words", key=lambda item: item.key)
