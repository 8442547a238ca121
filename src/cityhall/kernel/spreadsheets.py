"""CSV files: texts that people open in a spreadsheet may not run there as a formula; rows for other programs."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

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


def write_rows(file: Path, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a CSV file for a program, texts as they are and None as nothing; return how many rows it has."""
    count = 0
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(heading)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count
