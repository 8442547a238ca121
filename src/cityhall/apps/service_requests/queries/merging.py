"""What to ask a dispatcher before two requests are merged."""

from __future__ import annotations

from dataclasses import dataclass

from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import RequestFacts
from cityhall.apps.service_requests.models import Category
from cityhall.apps.service_requests.queries.reading import row_of
from cityhall.apps.service_requests.rules import grid


@dataclass(frozen=True, slots=True)
class Doubts:
    """What speaks against a merge. `metres` is how far apart the two are, when that is one of the doubts."""

    policy: bool = False
    metres: float | None = None


def merge_doubts(number: str, other: str) -> Doubts | None:
    """Return what speaks against merging two requests, by their numbers; None when nothing does.

    Raises:
        NotFound: one of them is not there.
    """
    one, two = row_of(number), row_of(other)
    pairs = Category.objects.filter(id__in={one.category_id, two.category_id}).values_list("duplicate_metres")
    metres = _apart(one.facts, two.facts)
    found = rules.merge_doubts(
        rules.linked(one.facts),
        rules.linked(two.facts),
        same_category=one.category_id == two.category_id,
        metres=metres,
        radius=float(max(radius for (radius,) in pairs)),
    )
    if not found:
        return None
    return Doubts("policy" in found, metres if "apart" in found else None)


def _apart(one: RequestFacts, two: RequestFacts) -> float | None:
    if one.lat is None or one.lon is None or two.lat is None or two.lon is None:
        return None
    return grid.distance(one.lat, one.lon, two.lat, two.lon)
