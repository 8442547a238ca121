"""Events: facts a room records for rooms above it. Delivered at least once, handled once by each receiver."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cityhall.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class Event:
    """One recorded fact.

    Args:
        id: UUIDv7 of the event.
        kind: "room.fact_in_past_tense", for instance "service_requests.closed".
        subject_id: what it is about; None for a fact about many.
        at: when it happened.
        data: JSON-ready details. Never personal data: receivers fetch what they may see by id.
    """

    id: uuid.UUID
    kind: str
    subject_id: uuid.UUID | None
    at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Receiver:
    """A reaction to events of some kinds. `handle` runs in its own transaction, once for each event."""

    name: str
    kinds: frozenset[str]
    handle: Callable[[Event], None]


def _fit(receiver: Receiver) -> None:
    if not receiver.kinds:
        raise ValueError(f"receivers: {receiver.name!r} names no kind of event")


receivers: Registry[Receiver] = Registry("receivers", key=lambda receiver: receiver.name, check=_fit)
