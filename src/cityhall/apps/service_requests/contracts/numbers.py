"""How a request's number is written."""

from __future__ import annotations

import re

#: As people write it who heard it, or copied it from a letter: "8 391", "8–391". Of words, only these are a number.
_APART = re.compile(r"([0-9]{1,12})[\s\u2010-\u2014]([0-9]{3})")


def number_text(number: int) -> str:
    """Return the number as people read it: 48220 is "48-220"."""
    return f"{number // 1000}-{number % 1000:03d}"


def number_value(text: str) -> int | None:
    """Return the number behind "48-220" (or "48220", "48 220", "#48-220"), None when `text` is no request number."""
    if text.isdigit():
        digits = text
    else:
        bare = text.strip().removeprefix("#").lstrip()
        digits = "".join(apart.groups()) if (apart := _APART.fullmatch(bare)) else bare.replace("-", "", 1)
    if not digits.isascii() or not digits.isdigit() or len(digits) > 15:
        return None
    return int(digits)
