"""What the public map draws: single requests close up, hexagons' counts from further away."""

from __future__ import annotations

from django.db import connection

from cityhall.apps.service_requests.contracts import MapPoint, Outcome, RequestFilter, State, number_text
from cityhall.apps.service_requests.queries.filters import Conditions, conditions
from cityhall.apps.service_requests.rules import status_of
from cityhall.kernel.actors import ANONYMOUS, Actor

SINGLE_ZOOM = 15
FINE_ZOOM = 12
MOST_POINTS = 2000
_FROM = """
    service_requests_servicerequest r
    join service_requests_category c on c.id = r.category_id
    join service_requests_categorygroup g on g.id = c.group_id
    left join service_requests_reporter rep on rep.request_id = r.id
"""


def map_points(
    bbox: tuple[float, float, float, float],
    zoom: float,
    filters: RequestFilter | None = None,
    *,
    viewer: Actor = ANONYMOUS,
) -> tuple[MapPoint, ...]:
    """Return what to draw in a box (west, south, east, north in degrees), all of it from public places.

    From zoom 15 each request is a point, the newest 2,000; further out requests are counted by hexagon. One SQL
    query. Requests whose place is withheld are on no map.
    """
    found = conditions(filters or RequestFilter(), viewer)
    west, south, east, north = bbox
    found.add("r.public_lat between %s and %s and r.public_lon between %s and %s", south, north, west, east)
    if zoom >= SINGLE_ZOOM:
        return _singles(found)
    return _clusters(found, "public_cell" if zoom >= FINE_ZOOM else "public_cell7")


def _singles(found: Conditions) -> tuple[MapPoint, ...]:
    sql = f"""
        select r.public_lat, r.public_lon, r.number, r.state, r.outcome, c.code from {_FROM} where {found.sql}
        order by r.requested_at desc, r.id desc limit {MOST_POINTS}
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, found.parameters)
        rows = cursor.fetchall()
    return tuple(
        MapPoint(
            lat=lat,
            lon=lon,
            count=1,
            number=number_text(number),
            status=status_of(State(state), Outcome(outcome) if outcome else None),
            category_code=code,
        )
        for lat, lon, number, state, outcome, code in rows
    )


def _clusters(found: Conditions, column: str) -> tuple[MapPoint, ...]:
    """A hexagon with one request in it is drawn as that request."""
    sql = f"""
        select avg(r.public_lat), avg(r.public_lon), count(*), min(r.number), min(r.state), min(r.outcome), min(c.code)
        from {_FROM} where {found.sql} group by r.{column} order by count(*) desc limit {MOST_POINTS}
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, found.parameters)
        rows = cursor.fetchall()
    return tuple(
        MapPoint(
            lat=round(lat, 6),
            lon=round(lon, 6),
            count=count,
            number=number_text(number) if count == 1 else "",
            status=status_of(State(state), Outcome(outcome) if outcome else None) if count == 1 else None,
            category_code=code if count == 1 else "",
        )
        for lat, lon, count, number, state, outcome, code in rows
    )
