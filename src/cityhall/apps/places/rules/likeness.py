"""How like one name is to another: errors in the name itself, and apart from it what was said of direction and kind."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import process
from rapidfuzz.distance import OSA

from cityhall.apps.places.rules.address_text import DIRECTIONS, KINDS, ORDINALS

_ONES = (
    "", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
)  # fmt: skip
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_ORDINALS = {word: str(number) for number, word in enumerate(_ONES) if word}
_ORDINALS |= {f"{word[:-1]}ieth": str(number) for word, number in _TENS.items()}
_ORDINAL = re.compile(r"^(\d+)(?:st|nd|rd|th)$")
_BEFORE_THE_NAME = {"ave", "calle", "blvd"}
_KIND_OF_WORD = {word: short for short, words in KINDS.items() for word in (short, *words.split())}
_ORDINAL_WORDS = sorted(_ORDINALS)
_KIND_WORDS = sorted(_KIND_OF_WORD)
_LONG = {short: words.split()[0] for table in (DIRECTIONS, KINDS) for short, words in table.items() if words}
_LONG |= ORDINALS
MOST = 40


@dataclass(frozen=True, slots=True)
class Name:
    """A folded name taken apart.

    Args:
        key: the name's own words without gaps, ordinals as bare numbers: what errors are counted in.
        words: the same words apart.
        directions, kinds: what stands around them, as in "n" and "ave".
        errors: errors already met in reading it.
    """

    key: str
    words: tuple[str, ...]
    directions: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    errors: int = 0


def street_name(folded: str) -> Name:
    """Take a street's folded name apart. Of "w st" the name is "w", of "n grand ave" it is "grand"."""
    words = _numbered(folded.split())
    directions: set[str] = set()
    kinds: set[str] = set()
    if len(words) > 1 and words[0] in _BEFORE_THE_NAME:
        kinds.add(words.pop(0))
    while len(words) > 1 and (words[-1] in DIRECTIONS or words[-1] in KINDS):
        if words[-1] in DIRECTIONS and all(word in DIRECTIONS for word in words[:-1]):
            break  # of "s w st", which is South West Street, the name is "w"
        word = words.pop()
        (directions if word in DIRECTIONS else kinds).add(word)
    while len(words) > 1 and words[0] in DIRECTIONS:
        directions.add(words.pop(0))
    return Name("".join(words), tuple(words), frozenset(directions), frozenset(kinds))


def plain_name(folded: str) -> Name:
    """Take the folded name of anything else apart: all its words are its own."""
    words = [word for word in _numbered(folded.split()) if word != "the"]
    return Name("".join(words), tuple(words))


def _numbered(words: Sequence[str]) -> list[str]:
    """Return words with ordinals as numbers: "5th", "fifth" and "5" are one, "twenty first" is 21."""
    found: list[str] = []
    for word in words:
        number = _ORDINALS.get(word)
        if number is None and (match := _ORDINAL.match(word)):
            number = match[1]
        if number is not None and found and found[-1] in _TENS and len(number) == 1:
            number = str(_TENS[found.pop()] + int(number))
        found.append(number or word)
    return found


def readings(folded: str) -> list[Name]:
    """Return what a folded street name that was asked for may be: as written, with its kind or its number mended."""
    name = street_name(folded)
    found = [name]
    last = name.words[-1] if name.words else ""
    if not name.kinds and len(name.words) > 1 and len(last) >= 2 and last.isalpha():
        own = name.words[:-1]
        allowed = 2 if len(last) > 5 else 1
        near = process.extract(last, _KIND_WORDS, scorer=OSA.distance, score_cutoff=allowed, limit=3)
        for kind in dict.fromkeys(_KIND_OF_WORD[word] for word, _, _ in near):
            found.append(replace(name, key="".join(own), words=own, kinds=frozenset({kind}), errors=1))
    for at, word in enumerate(name.words):
        if len(word) >= 4 and (
            near := process.extract(word, _ORDINAL_WORDS, scorer=OSA.distance, score_cutoff=1, limit=1)
        ):
            words = (*name.words[:at], _ORDINALS[near[0][0]], *name.words[at + 1 :])
            found.append(replace(name, key="".join(words), words=words, errors=1))
            break
    return found


def long_words(folded: str) -> str:
    """Return a folded name with its words in their long form: "n st marys ave" becomes "north saint marys avenue"."""
    words = folded.split()
    begins = next((at for at, word in enumerate(words) if word not in DIRECTIONS), 0)
    saint = words[begins : begins + 1] == ["st"] and len(words) > begins + 1
    found = [_LONG.get(word, word) for word in words]
    if saint:
        found[begins] = "saint"
    return " ".join(found)


def allowed_errors(length: int) -> int:
    """Return how many errors a name of so many letters may hold and still be recognised."""
    return 0 if length < 3 else 1 if length < 5 else 2 if length < 9 else 3


def score(asked: Name, there: Name, errors: int) -> float:
    """Return how well a name answers the asked one, 0 to 1, when `errors` stand between their keys."""
    found = 1.0 - 0.04 * asked.errors - _cost(errors, max(len(asked.key), len(there.key)))
    # What was said and is different weighs most; what was left out, or is not known, little.
    for said, known, differ in ((asked.directions, there.directions, 0.1), (asked.kinds, there.kinds, 0.06)):
        if said != known:
            found -= differ if said and known and not said & known else 0.04 if said - known else 0.02
    return found


def _cost(errors: int, length: int) -> float:
    """Return what errors in a name of so many letters take from its score; two in five letters leave only a guess."""
    share = errors / max(length, 3)
    return errors * 0.04 + share * 0.4 + (0.28 if share >= 0.34 else 0.0)


def _digits(key: str) -> str:
    return "".join(letter for letter in key if letter.isdigit())


class Names:
    """Names by their keys, in memory: the same, beginning so, mistyped, and holding the asked words.

    A name that is asked for is compared with every one there is. That takes less than a millisecond for ten thousand
    names, and misses none, however short or wherever the error stands.
    """

    def __init__(self, names: Iterable[Name], wholes: Iterable[str] = ()) -> None:
        """Take the names, and where their surroundings count each one's whole text, folded."""
        self.names = list(names)
        self._short = list(wholes)
        self._long = [long_words(whole) for whole in self._short]
        self._rows: dict[str, list[int]] = defaultdict(list)
        by_word: dict[str, set[int]] = defaultdict(set)
        for number, name in enumerate(self.names):
            self._rows[name.key].append(number)
            if len(name.words) > 1:
                for word in name.words:
                    by_word[word].add(number)
        self._keys = sorted(self._rows)
        self._by_word = {word: frozenset(numbers) for word, numbers in by_word.items()}
        self._words = sorted(self._by_word)
        self._heads: dict[int, list[str]] = {}

    def same(self, asked: Name) -> dict[int, float]:
        """Return the names with the asked key, with their scores."""
        return {number: score(asked, self.names[number], 0) for number in self._rows.get(asked.key, ())}

    def mistyped(self, asked: Name, *, typing: bool = False) -> dict[int, float]:
        """Return names a few errors away from the asked key; while typing, also those whose beginning is."""
        found: dict[int, float] = {}
        length = len(asked.key)
        # Letters may be missing from what was asked: the longer of both says how many errors there may be.
        for key, errors, _ in process.extract(
            asked.key, self._keys, scorer=OSA.distance, score_cutoff=allowed_errors(length + 2), limit=MOST
        ):
            if errors <= allowed_errors(max(length, len(key))):
                self._add(found, asked, key, int(errors))
        if typing and length >= 4:
            for _, errors, at in process.extract(
                asked.key, self._cut(length), scorer=OSA.distance, score_cutoff=1 if length < 7 else 2, limit=MOST
            ):
                self._add(found, asked, self._keys[at], int(errors), 0.05)
        return found

    def mistyped_whole(self, asked: str) -> dict[int, float]:
        """Return names whose whole text, direction and kind and all, is a few errors from the asked one, folded."""
        found: dict[int, float] = {}
        for text, wholes in ((asked, self._short), (long_words(asked), self._long)):
            allowed = min(2, allowed_errors(len(text)))
            for whole, errors, number in process.extract(
                text, wholes, scorer=OSA.distance, score_cutoff=allowed, limit=MOST
            ):
                if errors and _digits(whole) != _digits(text):
                    continue
                likeness = 0.97 - _cost(int(errors), max(5, len(self.names[number].key)))
                found[number] = max(found.get(number, 0.0), likeness)
        return found

    def _add(self, found: dict[int, float], asked: Name, key: str, errors: int, less: float = 0.0) -> None:
        if errors and _digits(key) != _digits(asked.key) and not (less and key.startswith(asked.key)):
            return  # 6th is not a misspelt 5th
        for number in self._rows[key]:
            found[number] = max(found.get(number, 0.0), score(asked, self.names[number], errors) - less)

    def _cut(self, length: int) -> list[str]:
        """Return every key cut to a length; kept, for one types word after word of much the same lengths."""
        if length not in self._heads:
            self._heads[length] = [key[:length] for key in self._keys]
        return self._heads[length]

    def holding(self, asked: Name, *, typing: bool = False) -> dict[int, float]:
        """Return names of several words that hold every asked word, each perhaps mistyped, the last perhaps begun."""
        found: dict[int, float] = {}
        wanted = [word for word in asked.words if word not in {"of", "de", "the", "la", "el"}]
        if sum(map(len, wanted)) < 4:
            return found
        for at, word in enumerate(wanted):
            here: dict[int, float] = {}
            allowed = allowed_errors(len(word)) if word.isalpha() and len(word) > 3 else 0
            near = [(word, 0)] if word in self._by_word else []
            if not near and allowed:
                near = [
                    (other, int(errors)) for other, errors, _ in
                    process.extract(word, self._words, scorer=OSA.distance, score_cutoff=allowed, limit=MOST)
                ]  # fmt: skip
            if typing and at == len(wanted) - 1 and len(word) >= 2:
                near += [(other, 0) for other in self._words if other.startswith(word)]
            for other, errors in near:
                for number in self._by_word[other]:
                    here[number] = max(here.get(number, 0.0), 1.0 - errors / (1 + len(word)))
            found = here if at == 0 else {number: found[number] + here[number] for number in found.keys() & here.keys()}
            if not found:
                return {}
        scores: dict[int, float] = {}
        for number, likeness in found.items():
            name = self.names[number]
            share = min(1.0, len(asked.key) / len(name.key))
            scores[number] = score(asked, name, 0) * (0.6 + 0.3 * share) * (likeness / len(wanted)) ** 2
        return scores
