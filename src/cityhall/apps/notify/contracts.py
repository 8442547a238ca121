"""What the notify room tells other rooms."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a message goes, and in which language. `user_id` is None for somebody without an account."""

    address: str
    language: str
    user_id: uuid.UUID | None = None
