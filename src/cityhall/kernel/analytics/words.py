"""Words that a search looks for."""

from __future__ import annotations

import re
import unicodedata

_MOST = 20


def search_words(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case and without accents, as engines compare them; the first twenty.

    A text of signs alone is looked for as it stands: to find everything would be the wrong answer to "☃".
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return tuple(dict.fromkeys(re.findall(r"\w+", plain) or plain.split()))[:_MOST]
