"""What is open around a place, and what the public map draws."""

from __future__ import annotations

import uuid

from cityhall.apps.service_requests.contracts import Detail, Nearby
from cityhall.apps.service_requests.queries import rows
from cityhall.apps.service_requests.queries.catalogue import category_row
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
    category = category_row(category_code)
    if category is None or category.place_policy == Detail.WITHHELD:
        return ()
    radius = min(metres if metres is not None else float(category.duplicate_metres), FURTHEST)
    if category.place_policy == Detail.GENERALISED:
        radius = max(radius, 250.0)
    return around(category.id, lat, lon, radius=radius, actor=viewer, public=True, limit=limit, language=language)


def around(
    category_id: uuid.UUID,
    lat: float,
    lon: float,
    *,
    radius: float,
    actor: Actor,
    public: bool = False,
    but_not: uuid.UUID | None = None,
    limit: int = 10,
    language: str | None = None,
) -> tuple[Nearby, ...]:
    """Return a category's open requests within `radius` metres, nearest first.

    Args:
        public: measure to the public point; else to the exact one, among the actor's own work only.
    """
    column = "public_cell" if public else "cell"
    found = rows.fetch(
        f"select {rows.COLUMNS} from {rows.TABLES}"  # noqa: S608
        f" where r.{column} = any(%s::bigint[]) and r.category_id = %s::uuid and r.state <> 'closed' and not r.hidden"
        " order by r.requested_at desc limit 200",
        [grid.ring(lat, lon, radius), category_id],
        steady=True,
    )
    near = []
    for row in found:
        facts = row.facts
        there = (facts.public_lat, facts.public_lon) if public else (facts.lat, facts.lon)
        if facts.id == but_not or there[0] is None or there[1] is None:
            continue
        if not public and not rows.within_limits(actor, row.department_id, row.team_id):
            continue
        away = grid.distance(lat, lon, there[0], there[1])
        if away <= radius:
            near += [Nearby(seen, round(away, 1)) for seen in rows.publish_all([row], actor, language=language)]
    return tuple(sorted(near, key=lambda one: (one.metres, str(one.request.id)))[:limit])
