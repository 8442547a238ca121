"""Secrets the program must be able to read again, unlike passwords and API keys: kept in the database, but sealed.

The key is made from the secret key, which is no part of the database: a dump, a replica or a log does not give them.
After `cityhall secrets rotate` the former keys still open what they sealed; without them it is lost, and says so.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

_PURPOSE = b"cityhall.sealing:"


class Unreadable(Exception):
    """The secret key it was sealed with is gone."""


def seal(text: str) -> str:
    """Return `text` sealed; "" stays "", for no secret."""
    return _box().encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    """Return what was sealed. Raises Unreadable."""
    if not sealed:
        return ""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as problem:
        raise Unreadable("the secret key it was sealed with is gone") from problem


def _box() -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(_PURPOSE + key.encode()).digest())) for key in keys]
    )
