"""Finding a category by a resident's own words."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

from cityhall.apps.service_requests.contracts import CategoryInfo
from cityhall.kernel.offers import Advice
from cityhall.kernel.text import fold
from cityhall.kernel.words import SILENT, stem

_NAME, _KEYWORD, _GROUP, _DESCRIPTION = 8.0, 8.0, 1.5, 1.5
_BEGINNING = 0.4
"""How much of a word's weight its beginning counts."""
_WHOLE = 2.0
"""How much more several words count that stand together in a keyword."""

SURE, LIKELY, VERY_LIKELY = 0.3, 0.5, 0.8
_SUGGESTED = 3
_LEAST = 0.05


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A category that words may mean; the confidence is None where only the words' own search speaks for it."""

    category: CategoryInfo
    confidence: float | None = None


def is_sure(one: Suggestion) -> bool:
    """Say whether more speaks for it than "perhaps"."""
    return one.confidence is not None and one.confidence >= SURE


def suggested(
    categories: Sequence[CategoryInfo], words: str, advise: Callable[[str, Mapping[str, float]], Sequence[Advice]]
) -> list[Suggestion]:
    """Return what words may mean, best first: what the adviser says, then what else the search by words found.

    The adviser is told what the search found. Emergencies are left to the search and its caller.

    Args:
        advise: takes the words and the points of the search by code; returns categories with confidence, best first.
    """
    ordinary = [one for one in categories if not one.is_emergency]
    points = {one.code: many for one, many in zip(ordinary, points_of(ordinary, words), strict=True)}
    known = {one.code: one for one in ordinary}
    advice = [one for one in advise(words, points) if one.code in known and one.confidence >= _LEAST]
    found = [Suggestion(known[one.code], one.confidence) for one in advice[:_SUGGESTED]]
    rest = sorted((one for one in ordinary if points[one.code] > 0), key=lambda one: -points[one.code])
    have = {one.category.code for one in found}
    return [*found, *(Suggestion(one) for one in rest if one.code not in have)]


def matching(found: Sequence[CategoryInfo], words: str) -> list[CategoryInfo]:
    """Return the categories that `words` may mean, best first; none for words that say nothing.

    An emergency that is named comes before everything else, however well the rest fits.
    """
    said = fold(words).split()
    points = points_of(found, words)
    urgent = [category.is_emergency and is_named(category, said) for category in found]
    ranked = sorted(range(len(found)), key=lambda place: (not urgent[place], -points[place]))
    return [found[place] for place in ranked if urgent[place] or (points[place] > 0 and not found[place].is_emergency)]


def points_of(found: Sequence[CategoryInfo], words: str) -> list[float]:
    """Return how well `words` fit each category; 0 for one they say nothing of.

    A word that many categories share counts less than one that only few know.
    """
    said = fold(words).split()
    asked = dict.fromkeys(stem(word) for word in said if len(word) > 1 and word not in SILENT)
    index = _index(tuple((one.name, one.keywords, one.group, one.description) for one in found))
    points = [0.0] * len(found)
    for word in asked:
        weights = index.weights(word)
        strong = max(weights.values(), default=0.0)
        sharing = sum(weight >= strong / 2 for weight in weights.values())
        for place, weight in weights.items():
            points[place] += weight / sqrt(sharing)
    for place in index.named_whole({stem(word) for word in said}):
        points[place] += _WHOLE * _KEYWORD
    return points


def is_named(emergency: CategoryInfo, said: Iterable[str]) -> bool:
    """Say whether folded words name an emergency: one of its keywords, all the words of it when it has several.

    Its name does not: "Smell of gas" has a word that says nothing of danger. Where there are no keywords, though, any
    word of it does: better once too often.
    """
    stems = {stem(word) for word in said}
    parts = [{stem(word) for word in fold(keyword).split()} for keyword in emergency.keywords]
    if not parts:
        parts = [{stem(word)} for word in fold(emergency.name).split() if word not in SILENT]
    return any(part and part <= stems for part in parts)


@dataclass(frozen=True, slots=True)
class _Index:
    """By which words categories are found; a category is named by its place in their list.

    Args:
        stems: the categories that say a stem, with what it weighs there.
        sorted: the stems in order, to find those that begin with a word.
        phrases: by their first stem, keywords of several words.
    """

    stems: Mapping[str, Mapping[int, float]]
    sorted: Sequence[str]
    phrases: Mapping[str, Sequence[tuple[int, frozenset[str]]]]

    def weights(self, word: str) -> Mapping[int, float]:
        """Return what a stem weighs for each category it says something of."""
        best = dict(self.stems.get(word, ()))
        for near in self._near(word):
            for place, weight in self.stems[near].items():
                best[place] = max(best.get(place, 0.0), weight * _BEGINNING)
        return best

    def _near(self, word: str) -> Iterator[str]:
        """Iterate over the stems that begin with a word of some length, or that it begins with."""
        if len(word) <= 3:
            return
        for at in range(bisect_left(self.sorted, word), len(self.sorted)):
            if not self.sorted[at].startswith(word):
                break
            yield self.sorted[at]
        yield from (word[:length] for length in range(5, len(word)) if word[:length] in self.stems)

    def named_whole(self, stems: set[str]) -> set[int]:
        """Return the categories of which some keyword of several words stands whole in what was said."""
        begun = (one for word in stems for one in self.phrases.get(word, ()))
        return {place for place, phrase in begun if phrase <= stems}


@lru_cache(maxsize=16)
def _index(texts: tuple[tuple[str, tuple[str, ...], str, str], ...]) -> _Index:
    """Return the index of categories by their name, keywords, group and description: made once for each catalogue."""
    stems: dict[str, dict[int, float]] = {}
    phrases: dict[str, list[tuple[int, frozenset[str]]]] = {}
    for place, (name, keywords, group, description) in enumerate(texts):
        weighed = (((name,), _NAME), (keywords, _KEYWORD), ((group,), _GROUP), ((description,), _DESCRIPTION))
        for some, weight in weighed:
            for word in {stem(word) for text in some for word in fold(text).split() if word not in SILENT}:
                heard = stems.setdefault(word, {})
                heard[place] = max(heard.get(place, 0.0), weight)
        for keyword in keywords:
            phrase = [stem(word) for word in fold(keyword).split()]
            if len(phrase) > 1:
                phrases.setdefault(phrase[0], []).append((place, frozenset(phrase)))
    return _Index(stems, sorted(stems), phrases)
