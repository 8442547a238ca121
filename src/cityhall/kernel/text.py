"""Folding text for search and comparison. Done in Python so that any PostgreSQL collation gives the same answer."""

from __future__ import annotations

import re
import unicodedata

_BROKEN = re.compile("[\0\ud800-\udfff]")
# What XML 1.0 cannot carry, even escaped (XML 1.0, production 2).
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_GAPS = re.compile(r"[^\w]+", re.UNICODE)
_ASCII_GAPS = "".join(" " if _GAPS.match(chr(code)) else chr(code) for code in range(128))


def fold(text: str) -> str:
    """Return `text` without case, accents or punctuation, words one space apart."""
    return " ".join(folded_words(text))


def folded_words(text: str) -> list[str]:
    """Return the words of `text` without case, accents or punctuation."""
    if text.isascii():  # most is, and then there is nothing to take apart: ten times faster
        return text.lower().translate(_ASCII_GAPS).split()
    # Decomposed before and after: styled letters have no lower case until they are plain ones.
    lowered = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return _GAPS.sub(" ", "".join(c for c in lowered if not unicodedata.combining(c))).split()


def for_xml(text: str) -> str:
    """Return `text` with U+FFFD in place of each character that no XML document can hold."""
    return _NOT_XML.sub("\ufffd", text)


def is_storable(text: str) -> bool:
    """Say whether a text can be stored: it holds neither the character NUL nor half of a character."""
    return _BROKEN.search(text) is None
