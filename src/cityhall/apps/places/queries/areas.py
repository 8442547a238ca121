"""Areas by kind, by id and by point."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Generic, TypeVar, cast

import shapely
from django.db import connection
from shapely.geometry.base import BaseGeometry

from cityhall.apps.places.contracts import AREA_RESOLUTION, AreaInfo, AreaKindInfo
from cityhall.apps.places.models import Area, AreaKind
from cityhall.apps.places.queries.city import row
from cityhall.apps.places.rules.geometry import cell, cells_of, is_point, polygon
from cityhall.kernel.django.reading import read

T = TypeVar("T")
_PLAIN = ("id", "kind__code", "code", "name", "west", "south", "east", "north")


def _info(row: Sequence[object]) -> AreaInfo:
    id_, kind, code, name, *box = row
    return AreaInfo(id_, kind, code, name, tuple(box))  # type: ignore[arg-type]  # the columns of _PLAIN


def kinds() -> list[AreaKindInfo]:
    """Return the kinds of area that have current areas."""
    return list(_current()[0])


def areas(kind: str) -> list[AreaInfo]:
    """Return the current areas of a kind, numbers in their order, then names."""
    return list(_current()[1].get(kind, ()))


Current = tuple[tuple[AreaKindInfo, ...], Mapping[str, Sequence[AreaInfo]]]


def _current() -> Current:
    """Return the current areas by their kind. They are read again when any of the city's places changed."""
    revision = row().revision
    return _current_at(revision) if revision else _read_current()


def _read_current() -> Current:
    by_kind: dict[str, list[AreaInfo]] = {}
    for found in map(_info, Area.objects.filter(is_current=True).values_list(*_PLAIN)):
        by_kind.setdefault(found.kind, []).append(found)
    for some in by_kind.values():
        some.sort(key=lambda area: (int(area.code) if area.code.isdecimal() else 10**9, area.code))
    kinds = AreaKind.objects.filter(code__in=by_kind).order_by("order", "code")
    return tuple(AreaKindInfo(one.code, one.name, len(by_kind[one.code])) for one in kinds), by_kind


@lru_cache(maxsize=2)
def _current_at(revision: int) -> Current:
    return _read_current()


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
    """Return areas by id, current or not; ids nobody knows are left out. One query, for those that are not current."""
    revision = row().revision
    current = _current_by_id(revision) if revision else {}
    wanted = set(ids)
    found = {id_: current[id_] for id_ in wanted if id_ in current}
    if len(found) < len(wanted):
        for id_, kind, code, name, *box in read(_BY_ID, [list(wanted - found.keys())]):
            found[id_] = AreaInfo(id_, kind, code, json.loads(name), tuple(box))
    return found


@lru_cache(maxsize=2)
def _current_by_id(revision: int) -> Mapping[uuid.UUID, AreaInfo]:
    return {area.id: area for some in _current_at(revision)[1].values() for area in some}


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
    # Of a point, "intersects" is "covers": the edge counts.
    return [
        AreaInfo(id_, kind, code, json.loads(name), tuple(box))
        for whole, revision, id_, kind, code, name, *box in rows
        if whole or shapely.intersects_xy(_shape(id_, revision), lon, lat)
    ]


_CURRENT = """
    select a.id, a.revision from places_area a join places_areakind k on k.id = a.kind_id
    where a.is_current order by k."order", a.id
"""
_COVERS = "select cell, area_id, whole from places_areacell where cell = any(%s::bigint[])"


class AreaFinder(Generic[T]):
    """Finds the current areas of thousands of points at once, again and again: made for imports.

    Cells are read once and kept until an area changes, points in whole cells cost nothing, and the others are tested
    area by area rather than one by one.

    Args:
        made_of: turns the ids of the areas that points have in common into what the caller wants; asked once for each
            such set of areas. Never None.

    Attributes:
        changes: grows whenever an area has changed since the last call.
    """

    def __init__(self, made_of: Callable[[tuple[uuid.UUID, ...]], T]) -> None:
        self._made_of = made_of
        self._current: list[tuple[uuid.UUID, int]] = []
        self._whole: dict[int, T] = {}
        self._edges: dict[int, list[tuple[int, bool]]] = {}
        self._made: dict[tuple[int, ...], T] = {}
        self.changes = 0

    def __call__(self, points: Sequence[tuple[float, float]], cells: Sequence[int] = ()) -> list[T]:
        """Return what the areas of each point (latitude, longitude) make: two queries, and one for each new shape.

        Args:
            cells: what `area_cells` says of the points, where the caller has asked already.
        """
        cells = cells or area_cells(points)
        self._read(set(cells))
        found = list(map(self._whole.get, cells))
        asked: dict[int, list[int]] = {}
        edges = [index for index, whole in enumerate(found) if whole is None]
        for index in edges:
            for area_index, whole in self._edges[cells[index]]:
                if not whole:
                    asked.setdefault(area_index, []).append(index)
        outside: set[tuple[int, int]] = set()
        for area_index, indexes in asked.items():
            lats, lons = zip(*[points[index] for index in indexes], strict=True)
            # Of a point, "intersects" is "covers": an edge belongs to both sides.
            inside = shapely.intersects_xy(_shape(*self._current[area_index]), lons, lats).tolist()
            outside.update((index, area_index) for index, yes in zip(indexes, inside, strict=True) if not yes)
        for index in edges:
            near = self._edges[cells[index]]
            found[index] = self._make(tuple([one for one, whole in near if whole or (index, one) not in outside]))
        return cast(list[T], found)

    def _make(self, areas: tuple[int, ...]) -> T:
        if areas not in self._made:
            self._made[areas] = self._made_of(tuple(self._current[area_index][0] for area_index in areas))
        return self._made[areas]

    def _read(self, cells: set[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_CURRENT)
            if (current := cursor.fetchall()) != self._current:
                self._current = current
                self.changes += 1
                self._whole, self._edges, self._made = {}, {}, {}
            missing = cells - self._whole.keys() - self._edges.keys()
            if not missing:
                return
            place = {id_: index for index, (id_, _) in enumerate(current)}
            near: dict[int, list[tuple[int, bool]]] = {one: [] for one in missing}
            cursor.execute(_COVERS, [list(missing)])
            for own, id_, whole in cursor.fetchall():
                if id_ in place:
                    near[own].append((place[id_], whole))
        for own, areas in near.items():
            areas.sort()
            if all(whole for _, whole in areas):
                self._whole[own] = self._make(tuple(area_index for area_index, _ in areas))
            else:
                self._edges[own] = areas


def area_cells(points: Sequence[tuple[float, float]]) -> list[int]:
    """Return the cell of each point (latitude, longitude) by which its areas are found, without the database."""
    return cells_of(points, AREA_RESOLUTION)


def bulk_areas(points: Sequence[tuple[float, float]]) -> list[tuple[uuid.UUID, ...]]:
    """Return for each point (latitude, longitude) the ids of the current areas it is in, ordered by kind."""
    return AreaFinder(tuple)(points)
