"""What words may mean, for every form that begins with them: the adviser's word, and the search's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import CategoryInfo
from cityhall.kernel import offers
from cityhall.kernel.offers import Advice


def suggestions(
    categories: Sequence[CategoryInfo], words: str, lat: float | None = None, lon: float | None = None
) -> list[rules.Suggestion]:
    """Return the categories words may mean, best first, without emergencies; none for words that say nothing."""
    if not words:
        return []
    advisor = offers.category_advisor.get()

    def advise(said: str, points: Mapping[str, float]) -> Sequence[Advice]:
        return advisor(said, points, lat, lon)

    return rules.suggested(categories, words, advise)
