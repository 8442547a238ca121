"""What the public map draws: single requests close up, hexagons' counts from further away."""

from __future__ import annotations

from dataclasses import replace

from django.db import connection

from cityhall.apps.service_requests.contracts import Detail, MapPoint, RequestFilter, number_text
from cityhall.apps.service_requests.queries import rows
from cityhall.apps.service_requests.queries.filters import Conditions, conditions
from cityhall.apps.service_requests.queries.pages import page_ids
from cityhall.apps.service_requests.rules import grid
from cityhall.kernel.actors import ANONYMOUS, Actor
from cityhall.kernel.django.reading import read

FINE_ZOOM = 12
SINGLE_ZOOM = 15
ALL_SINGLE_ZOOM = 17.5
"""Nearer than that a hexagon is wider than what the page puts together by itself."""
RESOLUTIONS = ((11, 7), (13, 8), (14, 9), (ALL_SINGLE_ZOOM, 10))
"""Below which zoom hexagons of which resolution are counted, where counts are kept."""
MOST_POINTS = 1000
MOST_SINGLES = 500
"""Of a few streets, from zoom 17.5: more would lie one upon the other."""
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

    From zoom 17.5 each request is a point, the newest 500; further out requests are counted by hexagon, the larger
    the further, from counts that are kept, in two SQL queries. With filters nothing is counted beforehand: rows are,
    and each is a point from zoom 15. Requests whose place is withheld are on no map.
    """
    if zoom < ALL_SINGLE_ZOOM and (filters is None or filters == RequestFilter()):
        return _counted(bbox, next(resolution for below, resolution in RESOLUTIONS if zoom < below))
    found = conditions(filters or RequestFilter(), viewer)
    west, south, east, north = bbox
    found.add("r.public_lat between %s and %s and r.public_lon between %s and %s", south, north, west, east)
    if zoom >= SINGLE_ZOOM:
        most = MOST_SINGLES if zoom >= ALL_SINGLE_ZOOM else MOST_POINTS
        return _singles(replace(filters or RequestFilter(), bbox=bbox), found, most)
    return _clusters(found, "public_cell" if zoom >= FINE_ZOOM else "public_cell7")


def map_extent() -> tuple[float, float, float, float] | None:
    """Return a box (west, south, east, north) around nearly all that the public map shows; None with nothing on it.

    For a city that says nothing of where it is. One in fifty of the widest hexagons may lie beyond on each side: in a
    history some places are always wrong.
    """
    west, south, east, north = read(_EXTENT, [RESOLUTIONS[0][1]])[0]
    if west is None:
        return None
    return west - _MARGIN, south - _MARGIN, east + _MARGIN, north + _MARGIN


_MARGIN = 0.01
"""Degrees, about half of the widest hexagon."""
_EXTENT = """
    select lon[1], lat[1], lon[2], lat[2] from (
        select percentile_disc(array[0.02, 0.98]) within group (order by lon / count) as lon,
            percentile_disc(array[0.02, 0.98]) within group (order by lat / count) as lat
        from service_requests_mapcell where count > 0 and (cell >> 52) & 15 = %s::int
    ) sides
"""

_KEPT = """
    with spans as (
        select first, last from unnest(%s::bigint[], %s::bigint[]) as span (first, last)
    ), changed as (
        select k.cell, sum(k.count) as count, sum(k.lat) as lat, sum(k.lon) as lon, sum(k.number) as number
        from (
            select service_requests_parent(cell, %s::int) as cell, count, lat, lon, number
            from service_requests_mapchange
        ) k
        where exists (select 1 from spans where k.cell between spans.first and spans.last)
        group by 1
    ), now as (
        select m.count, m.lat, m.lon, m.number, m.cell
        from spans cross join lateral (
            select * from service_requests_mapcell where cell between spans.first and spans.last
            offset 0  -- span by span, by the key: joined freely, all cells of the city would be read for the box
        ) m
        where m.cell not in (select cell from changed)
            and m.lat between %s::float8 * m.count and %s::float8 * m.count
            and m.lon between %s::float8 * m.count and %s::float8 * m.count
        union all
        select c.count + coalesce(m.count, 0), c.lat + coalesce(m.lat, 0), c.lon + coalesce(m.lon, 0),
            c.number + coalesce(m.number, 0), c.cell
        from changed c left join service_requests_mapcell m on m.cell = c.cell
        where c.count + coalesce(m.count, 0) > 0
    )
    select lat / count, lon / count, count::bigint, case when count = 1 then number::bigint end from now
    order by count desc, cell limit %s
"""


def _counted(bbox: tuple[float, float, float, float], resolution: int) -> tuple[MapPoint, ...]:
    """A hexagon is in the box when the middle of its requests is. The cost is that of the hexagons around the box."""
    west, south, east, north = bbox
    spans = grid.spans(west, south, east, north, resolution)
    first, last = [one for one, _ in spans], [one for _, one in spans]
    found = read(_KEPT, [first, last, resolution, south, north, west, east, MOST_POINTS])
    # What changed a moment ago comes from everywhere.
    inside = [row for row in found if south <= row[0] <= north and west <= row[1] <= east]
    alone = [number for _, _, _, number in inside if number is not None]
    facts = {number: told for number, *told in read(_ALONE, [alone])} if alone else {}
    return tuple(
        _single(lat, lon, number, *facts[number]) if number in facts else MapPoint(round(lat, 6), round(lon, 6), count)
        for lat, lon, count, number in inside
    )


def _single(lat: float, lon: float, number: int, state: str, outcome: str, code: str, policy: str) -> MapPoint:
    status, roughly = rows.STATUS[state, outcome], policy == Detail.GENERALISED
    return MapPoint(round(lat, 6), round(lon, 6), 1, number_text(number), status, code, roughly)


_ALONE = """
    select r.number, r.state, r.outcome, c.code, c.place_policy from service_requests_servicerequest r
    join service_requests_category c on c.id = r.category_id
    where r.number = any(%s::bigint[]) and not r.hidden
"""


def _singles(filters: RequestFilter, found: Conditions, most: int) -> tuple[MapPoint, ...]:
    ids, parameters = page_ids(filters, found, limit=most)
    sql = f"""
        select r.public_lat, r.public_lon, r.number, r.state, r.outcome, c.code, c.place_policy from ({ids}) page
        join service_requests_servicerequest r on r.id = page.id
        join service_requests_category c on c.id = r.category_id
        order by r.requested_at desc, r.id desc
    """  # noqa: S608
    return tuple(_single(*row) for row in read(sql, parameters))


def _clusters(found: Conditions, column: str) -> tuple[MapPoint, ...]:
    """A hexagon with one request in it is drawn as that request."""
    sql = f"""
        select avg(r.public_lat), avg(r.public_lon), count(*), min(r.number), min(r.state), min(r.outcome), min(c.code)
        from {_FROM} where {found.sql} group by r.{column} order by count(*) desc limit {MOST_POINTS}
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, found.parameters)
        groups = cursor.fetchall()
    return tuple(
        MapPoint(round(lat, 6), round(lon, 6), count)
        if count > 1
        else MapPoint(round(lat, 6), round(lon, 6), 1, number_text(number), rows.STATUS[state, outcome], code)
        for lat, lon, count, number, state, outcome, code in groups
    )
