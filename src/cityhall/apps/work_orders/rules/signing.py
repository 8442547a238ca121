"""Signatures of webhooks, as the Standard Webhooks specification has them: HMAC-SHA256 over id, time and body."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

_PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> str:
    """Return a new secret: "whsec_" and 256 random bits as base64."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def sign(secrets_: Iterable[str], message_id: str, timestamp: str, body: bytes) -> str:
    """Return the header `webhook-signature`: a signature by each secret, "v1,<base64>", separated by spaces."""
    return " ".join(f"v1,{_signature(one, message_id, timestamp, body)}" for one in secrets_)


def verifies(header: str, secrets_: Iterable[str], message_id: str, timestamp: str, body: bytes) -> bool:
    """Say whether any signature of the header is by any of the secrets. Each is compared in constant time."""
    given = [one.removeprefix("v1,").encode() for one in header.split()[:10] if one.startswith("v1,")]
    wanted = [_signature(one, message_id, timestamp, body).encode() for one in secrets_]
    return any(hmac.compare_digest(one, other) for one in given for other in wanted)


def _signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
