"""Which words a request is found by. They are folded here, so that every PostgreSQL collation finds the same.

PostgreSQL keeps them as a `tsvector` under a GIN index, its own parsers and dictionaries unused.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from cityhall.apps.service_requests.contracts import Policy, Showing, number_text
from cityhall.apps.service_requests.rules.publication import text_is_public, without_number
from cityhall.kernel.text import fold, folded_words

_LONGEST = 40
_MOST = 6


def public_words(
    *,
    number: int,
    category: str,
    address: str,
    description: str,
    outcome_sentence: str,
    policy: Policy,
    showing: Showing,
    duplicate_of: int | None = None,
) -> str:
    """Return the folded words the public may find a request by, one space apart; PostgreSQL keeps each once.

    Args:
        category: the folded names of the category, in every language.
        address: the public form of the address.
        description: as reported; it counts only where `policy` and `showing` let the public read it.
        duplicate_of: by this number it is not found, whatever the sentence says: see `publication.may_link`.
    """
    if duplicate_of is not None:
        outcome_sentence = without_number(outcome_sentence, duplicate_of)
    readable = description if text_is_public(policy, showing) else ""
    return words_of(category, number, address, readable, outcome_sentence)


def words_of(category: str, number: int, address: str, readable: str, sentence: str) -> str:
    """Return the words of texts that the public may read, as `public_words` does."""
    house, _, street = address.partition(" ")  # as many requests are on one street
    if not (house.isdecimal() and house.isascii() and len(house) <= _LONGEST):
        house, street = "", address
    own = " ".join(_cut(readable)) if readable else ""
    return f"{category} {number_text(number).replace('-', ' ')} {house} {_often(street)} {own} {_often(sentence)}"


@lru_cache(maxsize=16_384)
def _often(text: str) -> str:
    """Return the words of a text that is that of many requests."""
    return " ".join(_cut(text))


def _cut(text: str) -> list[str]:
    words = folded_words(text)
    # A word is no longer than what it stands in, but for letters that fold to several.
    return words if len(text) <= _LONGEST and text.isascii() else [word[:_LONGEST] for word in words]


def names_of(names: Mapping[str, str]) -> str:
    """Return a category's folded names for `public_words`, one space apart."""
    return " ".join(_cut(" ".join(names.values())))


def prefixes(words: str) -> str:
    """Return the text search query for words as somebody types them: each a word's beginning; "" for no words."""
    return " & ".join(f"{word[:_LONGEST]}:*" for word in fold(words).split()[:_MOST])
