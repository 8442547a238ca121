"""Finding a category by a resident's own words."""

from __future__ import annotations

from collections.abc import Sequence

from cityhall.apps.service_requests.contracts import CategoryInfo
from cityhall.kernel.text import fold

_NAME, _KEYWORD, _DESCRIPTION = 8, 5, 1


def matching(found: Sequence[CategoryInfo], words: str) -> list[CategoryInfo]:
    """Return the categories that share a word, or a word's beginning, with `words`; best first."""
    asked = [word for word in fold(words).split() if len(word) > 1]
    scored = [(score(category, asked), category) for category in found]
    return [category for points, category in sorted(scored, key=lambda one: -one[0]) if points > 0]


def score(category: CategoryInfo, asked: Sequence[str]) -> int:
    """Return how well a category fits folded words: names weigh most, then keywords, then the description."""
    total = 0
    for texts, weight in (
        ((category.name, category.group), _NAME),
        (category.keywords, _KEYWORD),
        ((category.description,), _DESCRIPTION),
    ):
        known = {word for text in texts for word in fold(text).split()}
        for word in asked:
            if word in known:
                total += 2 * weight
            elif len(word) > 2 and any(
                one.startswith(word) or (len(one) > 4 and word.startswith(one)) for one in known
            ):
                total += weight
    return total
