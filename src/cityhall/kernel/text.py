"""Folding text for search and comparison. Done in Python so that any PostgreSQL collation gives the same answer."""

from __future__ import annotations

import re
import unicodedata

_GAPS = re.compile(r"[^\w]+", re.UNICODE)


def fold(text: str) -> str:
    """Return `text` without case, accents or punctuation, words one space apart."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return _GAPS.sub(" ", plain).strip()


def trigrams(text: str) -> list[str]:
    """Return the sorted distinct trigrams of `text` folded, each word padded as pg_trgm does."""
    found: set[str] = set()
    for word in fold(text).split():
        padded = f"  {word} "
        found.update(padded[i : i + 3] for i in range(len(padded) - 2))
    return sorted(found)
