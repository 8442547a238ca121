"""How a request's number is written."""

from __future__ import annotations


def number_text(number: int) -> str:
    """Return the number as people read it: 48220 is "48-220"."""
    return f"{number // 1000}-{number % 1000:03d}"


def number_value(text: str) -> int | None:
    """Return the number behind "48-220" (or "48220"), None when `text` is no request number."""
    digits = text if text.isdigit() else text.strip().replace("-", "", 1)
    if not digits.isascii() or not digits.isdigit() or len(digits) > 15:
        return None
    return int(digits)
