"""What stands below a table without being one of its rows: totals and notes."""

from __future__ import annotations

from typing import Final

from cityhall.kernel.snapshots import Sample
from cityhall.kernel.text import folded_words

_TOTALS: Final = frozenset({"total", "totals", "totales", "subtotal", "sum", "suma"})
_MOST: Final = 10
_LEAST_COLUMNS: Final = 3
_LONGEST: Final = 80


def closing_rows(sample: Sample) -> list[str]:
    """Return how the last rows begin that look like totals or notes, as the file has them; nothing where none does.

    A total says so in its first value; a note stands alone in a row of a table whose rows have more.

    Args:
        sample: a whole file.
    """
    rows = [filled for row in sample.rows if (filled := [text.strip() for text in row if text and text.strip()])]
    sizes = sorted(map(len, rows))
    has_notes = bool(sizes) and sizes[-1] >= _LEAST_COLUMNS and sizes[len(sizes) // 2] > 1
    found: list[str] = []
    for row in reversed(rows[-_MOST:]):
        is_total = bool(set(folded_words(row[0])[:2]) & _TOTALS)
        if not is_total and not (len(row) == 1 and has_notes):
            break
        found.append(row[0][:_LONGEST])
    return found[::-1] if len(found) < len(rows) else []
