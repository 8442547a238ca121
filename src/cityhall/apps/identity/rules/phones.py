"""Telephone numbers as people write them, and the accounts that have no other address."""

from __future__ import annotations

import re

from cityhall.kernel.ports import is_phone

#: The domain of accounts that sign in by telephone: no mail can ever go there (RFC 2606).
NO_MAIL = "phone.invalid"
#: The domain of accounts that were erased.
ERASED = "invalid.example"
_BETWEEN = re.compile(r"[\s().\-/\u2010-\u2015\u00a0]+")


def number_of(text: str, country: str) -> str:
    """Return a number in the form +15550100123, "" when it is none.

    Args:
        country: the code put before a number written without one: "1".
    """
    bare = _BETWEEN.sub("", text.strip())
    if bare.startswith("00"):
        bare = "+" + bare[2:]
    if not bare.startswith("+"):
        if country == "1" and len(bare) == 11 and bare.startswith("1"):
            bare = bare[1:]
        bare = f"+{country}{bare.lstrip('0')}"
    # North American numbers have ten digits, and neither area nor exchange begins with 0 or 1.
    if bare.startswith("+1") and not re.fullmatch(r"\+1[2-9]\d{2}[2-9]\d{6}", bare):
        return ""
    return bare if bare.isascii() and is_phone(bare) else ""


def shown(number: str) -> str:
    """Return all of a number but its last four digits hidden, to be told on a page: "…0123"."""
    return f"…{number[-4:]}"


def mail_address(email: str) -> str:
    """Return an account's e-mail address, "" when it has none and is known by its telephone."""
    return "" if email.endswith(f"@{NO_MAIL}") else email
