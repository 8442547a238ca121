"""What a text looks like to the model: its words, pairs of them, how they sound, and their parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from zlib import crc32

from cityhall.kernel.text import fold
from cityhall.kernel.words import SILENT, stem

FEATURES = 1
"""Counts up whenever the same text gives other features: a model learnt from others is not used."""

_MOST_WORDS = 200
_PAIR, _SOUND, _PARTS = 0.6, 0.5, 0.9
_GRAMS = (3, 4, 5)

#: Letters that are taken for one another by ear, in Spanish above all; applied in this order.
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("ph", "f"), ("sh", "x"), ("ch", "x"), ("h", ""), ("qu", "k"), ("g(?=[ei])", "j"), ("gu(?=[ei])", "g"),
        ("c(?=[ei])", "s"), ("[ck]+", "k"), ("z", "s"), ("v", "b"), ("ll", "y"), ("w", "u"), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip


def features(text: str) -> dict[int, float]:
    """Return a text's features by number, with what each counts; nothing for a text that says nothing."""
    said = [word for word in fold(text).split()[:_MOST_WORDS] if word not in SILENT and len(word) > 1]
    found: dict[int, float] = {}
    before = ""
    for word in said:
        stemmed = stem(word)
        for number, weight in _of_word(word):
            found[number] = max(found.get(number, 0.0), weight)
        if before:
            found[_number(f"2 {before} {stemmed}")] = _PAIR
        before = stemmed
    return found


@lru_cache(maxsize=16_384)
def _of_word(word: str) -> tuple[tuple[int, float], ...]:
    return tuple(_parts_of(word[:40]))


def _parts_of(word: str) -> Iterator[tuple[int, float]]:
    stemmed = stem(word)
    yield _number(f"1 {stemmed}"), 1.0
    if not word.isalpha():
        return
    yield _number(f"s {_sound(stemmed)}"), _SOUND
    whole = f"<{word}>"
    parts = [whole[start : start + size] for size in _GRAMS for start in range(len(whole) - size + 1)]
    for part in parts:
        yield _number(f"p {part}"), _PARTS / len(parts) ** 0.5


def _sound(word: str) -> str:
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return word


def _number(feature: str) -> int:
    return crc32(feature.encode(errors="replace"))
