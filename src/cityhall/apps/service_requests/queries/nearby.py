"""What is open around a place, and what the public map draws."""

from __future__ import annotations

from cityhall.apps.service_requests.contracts import Detail, Nearby
from cityhall.apps.service_requests.models import Category
from cityhall.apps.service_requests.queries import rows
from cityhall.apps.service_requests.rules import grid
from cityhall.kernel.actors import ANONYMOUS, Actor

FURTHEST = 1000.0


def nearby_open(
    category_code: str,
    lat: float,
    lon: float,
    *,
    metres: float | None = None,
    viewer: Actor = ANONYMOUS,
    limit: int = 10,
    language: str | None = None,
) -> tuple[Nearby, ...]:
    """Return the open requests of a category around a point, nearest first.

    Distances are to the public point, so that probing around a home tells no more than its page does; a category
    whose place is withheld has no neighbours.

    Args:
        metres: radius, at most 1,000; None is the category's own.
    """
    category = Category.objects.filter(code=category_code).first()
    if category is None or category.place_policy == Detail.WITHHELD:
        return ()
    radius = min(metres if metres is not None else float(category.duplicate_metres), FURTHEST)
    if category.place_policy == Detail.GENERALISED:
        radius = max(radius, 250.0)
    found = rows.fetch(
        f"select {rows.COLUMNS} from {rows.TABLES}"  # noqa: S608
        " where r.public_cell = any(%s) and r.category_id = %s and r.state <> 'closed' and not r.hidden"
        " order by r.requested_at desc limit 200",
        [grid.ring(lat, lon, radius), category.id],
    )
    near = []
    for row, seen in zip(found, rows.publish_all(found, viewer, language=language), strict=True):
        if row.facts.public_lat is not None and row.facts.public_lon is not None:
            away = grid.distance(lat, lon, row.facts.public_lat, row.facts.public_lon)
            if away <= radius:
                near.append(Nearby(seen, round(away, 1)))
    return tuple(sorted(near, key=lambda one: (one.metres, str(one.request.id)))[:limit])
