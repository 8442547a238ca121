"""Texts in CSV files that people open in a spreadsheet: none of them may run there as a formula."""

from __future__ import annotations

_UNSAFE = ("=", "+", "-", "@", "\t", "\r", "'")


def guarded(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula: with a `'` in front. Numbers are left alone."""
    if text.startswith(_UNSAFE) and not _is_number(text):
        return "'" + text
    return text


def unguarded(text: str) -> str:
    """Undo `guarded`."""
    return text[1:] if text.startswith("'") and text[1:2] in _UNSAFE else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
