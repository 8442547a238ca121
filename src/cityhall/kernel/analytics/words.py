"""Words that a search looks for."""

from __future__ import annotations

import re
import unicodedata

_MOST = 20


def search_words(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case and without accents, as engines compare them; the first twenty."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return tuple(dict.fromkeys(re.findall(r"\w+", plain)))[:_MOST]
