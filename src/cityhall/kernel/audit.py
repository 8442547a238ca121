"""The audit chain's arithmetic: how entries are hashed into one another.

An entry's hash covers the hash before it, so a changed, removed or reordered entry breaks every hash after it.
Personal data never enters: an entry names people by their ids.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

GENESIS = "0" * 64


def entry_hash(previous: str, entry: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hex) of `entry` chained to `previous` (hex). `entry` must be JSON-ready."""
    body = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()


def personal_hash(value: str, salt: bytes) -> str:
    """Return a salted hash that stands in for personal data. Without `salt` it tells nothing."""
    return hashlib.blake2b(value.encode(), key=salt[:64], digest_size=16).hexdigest()
