"""What to ask a dispatcher before two requests are merged."""

from __future__ import annotations

from dataclasses import dataclass

from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import PublicRequest
from cityhall.apps.service_requests.models import Category
from cityhall.apps.service_requests.queries import rows
from cityhall.apps.service_requests.queries.reading import missing, row_of
from cityhall.apps.service_requests.rules import grid
from cityhall.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Doubts:
    """What speaks against a merge. `metres` is how far apart the two are, when that is one of the doubts."""

    policy: bool = False
    metres: float | None = None


def merge_doubts(number: str, other: str, *, actor: Actor) -> Doubts | None:
    """Return what speaks against merging two requests, by their numbers; None when nothing does.

    It says no more than the actor may know anyway: the distance is between the places that they may see, and there is
    none to a place kept from them. From exact ones, three tries would lead to a home.

    Raises:
        NotFound: one of them is not there, or was taken down and is not among the actor's work.
    """
    (one, here), (two, there) = _seen(number, actor), _seen(other, actor)
    pairs = Category.objects.filter(id__in={one.category_id, two.category_id}).values_list("duplicate_metres")
    metres = _apart(here, there)
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


def _seen(number: str, actor: Actor) -> tuple[rows.Row, PublicRequest]:
    """Return a request, and what the actor may see of it. Raises NotFound."""
    row = row_of(number)
    seen = rules.publish(row.facts, rows.viewer_of(row, actor, language=rows.language_of(None)))
    if seen is None:
        raise missing()
    return row, seen


def _apart(one: PublicRequest, two: PublicRequest) -> float | None:
    if one.lat is None or one.lon is None or two.lat is None or two.lon is None:
        return None
    return grid.distance(one.lat, one.lon, two.lat, two.lon)
