"""What the notify room tells other rooms."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a message goes, and in which language. `user_id` is None for somebody without an account.

    `channel` is "mail", or "sms" for somebody who is known by a telephone number alone: `address` is then the number.
    """

    address: str
    language: str
    user_id: uuid.UUID | None = None
    channel: str = "mail"
