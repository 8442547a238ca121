"""Areas by kind, by id and by point."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import shapely
from django.db import connection
from django.db.models import Count, Q
from shapely.geometry.base import BaseGeometry

from cityhall.apps.places.contracts import AREA_RESOLUTION, AreaInfo, AreaKindInfo
from cityhall.apps.places.models import Area, AreaKind
from cityhall.apps.places.rules.geometry import cell, is_point, polygon
from cityhall.kernel.django.reading import read

_PLAIN = ("id", "kind__code", "code", "name", "west", "south", "east", "north")


def _info(row: Sequence[object]) -> AreaInfo:
    id_, kind, code, name, *box = row
    return AreaInfo(id_, kind, code, name, tuple(box))  # type: ignore[arg-type]  # the columns of _PLAIN


def kinds() -> list[AreaKindInfo]:
    """Return the kinds of area that have current areas."""
    rows = AreaKind.objects.annotate(count=Count("areas", filter=Q(areas__is_current=True))).filter(count__gt=0)
    return [AreaKindInfo(row.code, row.name, row.count) for row in rows.order_by("order", "code")]


def areas(kind: str) -> list[AreaInfo]:
    """Return the current areas of a kind, numbers in their order, then names."""
    found = [_info(row) for row in Area.objects.filter(kind__code=kind, is_current=True).values_list(*_PLAIN)]
    return sorted(found, key=lambda area: (int(area.code) if area.code.isdecimal() else 10**9, area.code))


def area(id_: uuid.UUID) -> AreaInfo | None:
    """Return one area, current or not."""
    row = Area.objects.filter(id=id_).values_list(*_PLAIN).first()
    return _info(row) if row else None


def area_names(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Mapping[str, str]]:
    """Return the translated names of areas by id; ids nobody knows are left out."""
    return dict(Area.objects.filter(id__in=list(ids)).values_list("id", "name"))


_BY_ID = """
    select a.id, k.code, a.code, a.name::text, a.west, a.south, a.east, a.north
    from places_area a join places_areakind k on k.id = a.kind_id where a.id = any(%s::uuid[])
"""


def areas_by_id(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, AreaInfo]:
    """Return areas by id, current or not; ids nobody knows are left out. One query."""
    return {
        id_: AreaInfo(id_, kind, code, json.loads(name), tuple(box))
        for id_, kind, code, name, *box in read(_BY_ID, [list(ids)])
    }


@lru_cache(maxsize=4096)
def _shape(id_: uuid.UUID, revision: int) -> BaseGeometry:
    """Return an area's shape ready for many tests. A changed shape has another revision."""
    shape = polygon(Area.objects.values_list("geojson", flat=True).get(id=id_))
    shapely.prepare(shape)
    return shape


_AT = """
    select ac.whole, a.revision, a.id, k.code, a.code, a.name::text, a.west, a.south, a.east, a.north
    from places_areacell ac join places_area a on a.id = ac.area_id join places_areakind k on k.id = a.kind_id
    where ac.cell = %s::bigint and a.is_current order by k."order", k.code, a.code
"""


def areas_at(lat: float, lon: float) -> list[AreaInfo]:
    """Return the current areas a point is in, in the order of their kinds. An edge belongs to both sides."""
    if not is_point(lat, lon):
        return []
    rows = read(_AT, [cell(lat, lon, AREA_RESOLUTION)])
    point = shapely.Point(lon, lat)
    return [
        AreaInfo(id_, kind, code, json.loads(name), tuple(box))
        for whole, revision, id_, kind, code, name, *box in rows
        if whole or _shape(id_, revision).covers(point)
    ]


_COVERS = """
    select ac.cell, ac.area_id, a.revision, ac.whole
    from places_areacell ac join places_area a on a.id = ac.area_id join places_areakind k on k.id = a.kind_id
    where ac.cell = any(%s::bigint[]) and a.is_current order by k."order", ac.area_id
"""


def bulk_areas(points: Sequence[tuple[float, float]]) -> list[tuple[uuid.UUID, ...]]:
    """Return for each point (latitude, longitude) the ids of the current areas it is in, in three queries at most.

    Made for imports: the cells asked for are read once, the shapes are kept, points in whole cells cost nothing, and
    the others are tested area by area rather than one by one.
    """
    cells = [cell(lat, lon, AREA_RESOLUTION) if is_point(lat, lon) else 0 for lat, lon in points]
    covers: dict[int, list[tuple[uuid.UUID, int, bool]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COVERS, [list(set(cells))])
        for found, id_, revision, whole in cursor.fetchall():
            covers.setdefault(found, []).append((id_, revision, whole))
    asked: dict[tuple[uuid.UUID, int], list[int]] = {}
    whole_cells: dict[int, tuple[uuid.UUID, ...]] = {}
    for own, near in covers.items():
        if all(whole for _, _, whole in near):
            whole_cells[own] = tuple(id_ for id_, _, _ in near)
    for index, own in enumerate(cells):
        if own in covers and own not in whole_cells:
            for id_, revision, whole in covers[own]:
                if not whole:
                    asked.setdefault((id_, revision), []).append(index)
    outside: set[tuple[int, uuid.UUID]] = set()
    for (id_, revision), indexes in asked.items():
        lats, lons = zip(*(points[index] for index in indexes), strict=True)
        # Of a point, "intersects" is "covers": an edge belongs to both sides.
        inside = shapely.intersects_xy(_shape(id_, revision), lons, lats)
        outside.update((index, id_) for index, yes in zip(indexes, inside, strict=True) if not yes)
    return [
        whole_cells[own] if own in whole_cells
        else tuple(id_ for id_, _, _ in covers.get(own, ()) if (index, id_) not in outside)
        for index, own in enumerate(cells)
    ]  # fmt: skip
