"""Finding a category by a resident's own words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
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

Known = Sequence[tuple[frozenset[str], float]]
"""The stems a category is found by, with what each weighs."""


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
    asked = list(dict.fromkeys(stem(word) for word in said if len(word) > 1 and word not in SILENT))
    known = [_known(category) for category in found]
    points = [0.0] * len(found)
    for word in asked:
        weights = [_weight(word, stems) for stems in known]
        strong = max(weights, default=0.0)
        if strong:
            sharing = sum(weight >= strong / 2 for weight in weights)
            points = [total + weight / sqrt(sharing) for total, weight in zip(points, weights, strict=True)]
    everything = {stem(word) for word in said}
    for place, category in enumerate(found):
        phrases = [[stem(word) for word in fold(keyword).split()] for keyword in category.keywords]
        points[place] += _WHOLE * _KEYWORD * any(len(one) > 1 and everything.issuperset(one) for one in phrases)
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


def _known(category: CategoryInfo) -> Known:
    texts = (
        ((category.name,), _NAME),
        (category.keywords, _KEYWORD),
        ((category.group,), _GROUP),
        ((category.description,), _DESCRIPTION),
    )
    return [
        (frozenset(stem(word) for text in some for word in fold(text).split() if word not in SILENT), weight)
        for some, weight in texts
    ]


def _weight(word: str, known: Known) -> float:
    best = 0.0
    for stems, weight in known:
        if word in stems:
            best = max(best, weight)
        elif len(word) > 3 and any(one.startswith(word) or (len(one) > 4 and word.startswith(one)) for one in stems):
            best = max(best, weight * _BEGINNING)
    return best
