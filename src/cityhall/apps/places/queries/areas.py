"""Areas by kind, by id and by point."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import shapely
from django.db.models import Count, Q
from shapely.geometry.base import BaseGeometry

from cityhall.apps.places.contracts import AREA_RESOLUTION, AreaInfo, AreaKindInfo
from cityhall.apps.places.models import Area, AreaCell, AreaKind
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
        id_: AreaInfo(id_, kind, code, json.loads(name), tuple(box))  # type: ignore[arg-type]  # four numbers
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
        AreaInfo(id_, kind, code, json.loads(name), tuple(box))  # type: ignore[arg-type]  # four numbers
        for whole, revision, id_, kind, code, name, *box in rows
        if whole or _shape(id_, revision).covers(point)
    ]


def bulk_areas(points: Sequence[tuple[float, float]]) -> list[list[uuid.UUID]]:
    """Return for each point (latitude, longitude) the ids of the current areas it is in, in three queries at most.

    Made for imports: the cells asked for are read once, the shapes are kept, points in whole cells cost nothing.
    """
    cells = [cell(lat, lon, AREA_RESOLUTION) if is_point(lat, lon) else 0 for lat, lon in points]
    covers: dict[int, list[tuple[uuid.UUID, int, bool]]] = {}
    rows = AreaCell.objects.filter(cell__in=set(cells), area__is_current=True).order_by("area__kind__order", "area_id")
    for found, id_, revision, whole in rows.values_list("cell", "area_id", "area__revision", "whole"):
        covers.setdefault(found, []).append((id_, revision, whole))
    result: list[list[uuid.UUID]] = []
    for (lat, lon), own in zip(points, cells, strict=True):
        near = covers.get(own, [])
        point = shapely.Point(lon, lat) if any(not whole for _, _, whole in near) else None
        result.append([id_ for id_, revision, whole in near if whole or _shape(id_, revision).covers(point)])
    return result
