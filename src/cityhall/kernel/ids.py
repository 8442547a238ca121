"""Identifiers: UUID version 7 (RFC 9562, section 5.7), made in Python so that no database feature is needed."""

from __future__ import annotations

import os
import threading
import time
import uuid
from datetime import UTC, datetime

_lock = threading.Lock()
_last = 0
_FRACTIONS = [f"{fraction:03x}" for fraction in range(4096)]


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
    # Eight random bytes for each, the two highest bits of which are the variant's: set in all of them at once.
    random = int.from_bytes(os.urandom(8 * count), "big")
    variants = int.from_bytes(b"\x80\0\0\0\0\0\0\0" * count, "big")
    chance = ((random | variants) & ~(variants >> 1)).to_bytes(8 * count, "big").hex()
    made: list[str] = []
    at = 0
    while at < count:  # the ids of one millisecond begin alike
        milliseconds, fraction = divmod(first + at, 4096)
        start = f"{milliseconds >> 16:08x}-{milliseconds & 0xFFFF:04x}-7"
        times = _FRACTIONS[fraction : fraction + count - at]
        places = range(16 * at, 16 * (at + len(times)), 16)
        made += [
            f"{start}{part}-{chance[place : place + 4]}-{chance[place + 4 : place + 16]}"
            for part, place in zip(times, places, strict=True)
        ]
        at += len(times)
    return made


def id_at(moment: datetime, salt: int) -> uuid.UUID:
    """Return the UUIDv7 for `moment`, made unique by `salt` (0 <= salt < 2**62): for generated histories."""
    millis = int(moment.astimezone(UTC).timestamp() * 1000)
    return uuid.UUID(int=millis << 80 | 0x7 << 76 | 0b10 << 62 | salt)
