"""Identifiers: UUID version 7 (RFC 9562, section 5.7), made in Python so that no database feature is needed."""

from __future__ import annotations

import os
import threading
import time
import uuid
from datetime import UTC, datetime

_lock = threading.Lock()
_last = 0
_VARIANTS = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}
"""A random hexadecimal digit to one whose two highest bits are the variant's."""


def new_id() -> uuid.UUID:
    """Return a new UUIDv7. Ids made by one process only ever grow.

    The 48-bit millisecond time is followed by 12 bits of sub-millisecond fraction (RFC 9562, method 3),
    so rows written in order are stored in order; the last 62 bits are random.
    """
    global _last
    with _lock:
        now = time.time_ns()
        stamp = ((now // 1_000_000) << 12) | ((now % 1_000_000) * 4096 // 1_000_000)
        _last = stamp = max(stamp, _last + 1)
    random = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    return uuid.UUID(int=(stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62 | random)


def new_ids(count: int) -> list[str]:
    """Return `count` new UUIDv7 as text, growing, as `new_id` makes them, at a third of the price of as many calls."""
    global _last
    with _lock:
        now = time.time_ns()
        stamp = ((now // 1_000_000) << 12) | ((now % 1_000_000) * 4096 // 1_000_000)
        first = max(stamp, _last + 1)
        _last = first + count
    random = os.urandom(8 * count).hex()
    made = []
    for index in range(count):
        time_part, chance = f"{first + index:015x}", random[16 * index : 16 * index + 16]
        variant = _VARIANTS[chance[0]]
        made.append(f"{time_part[:8]}-{time_part[8:12]}-7{time_part[12:]}-{variant}{chance[1:4]}-{chance[4:]}")
    return made


def id_at(moment: datetime, salt: int) -> uuid.UUID:
    """Return the UUIDv7 for `moment`, made unique by `salt` (0 <= salt < 2**62): for generated histories."""
    millis = int(moment.astimezone(UTC).timestamp() * 1000)
    return uuid.UUID(int=millis << 80 | 0x7 << 76 | 0b10 << 62 | salt)
