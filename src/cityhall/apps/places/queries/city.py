"""The city itself, its calendar and its boundary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast
from zoneinfo import ZoneInfo

import shapely
from django.db.models import Max, Min, Q, QuerySet
from shapely.geometry.base import BaseGeometry

from cityhall.apps.places.contracts import AREA_RESOLUTION, CityInfo
from cityhall.apps.places.models import Address, Area, City, Street
from cityhall.apps.places.rules.calendar import Calendar
from cityhall.apps.places.rules.geometry import cell, covering, polygon
from cityhall.kernel.django.reading import instances, lasting, remembered

_NOT_SET = City(languages=["en", "es"], revision=0, boundary_revision=0)


def row() -> City:
    """Return the city without its boundary's shape; defaults when it was not set up. A request reads it once."""
    return cast(City, remembered(ROW, _read_row))


ROW = "places.city"


def _lasting_row() -> City:
    """Return `row`, as it was a second ago at most."""
    found: City = lasting(ROW, row)
    return found


def _read_row() -> City:
    found = instances(City, "true limit 1", leave_out="boundary")
    return found[0] if found else _NOT_SET


def city() -> CityInfo:
    """Return what is known of the city."""
    found = row()
    bounds = tuple(found.bounds) or _extent()
    return CityInfo(
        name=found.name,
        time_zone=found.time_zone,
        languages=tuple(found.languages) or ("en",),
        bounds=bounds,  # type: ignore[arg-type]  # four numbers, by the service that writes them
        center=((bounds[1] + bounds[3]) / 2, (bounds[0] + bounds[2]) / 2) if bounds else None,
        has_boundary=bool(found.bounds),
        revision=found.revision,
        holidays_country=found.holidays_country,
        holidays_subdivision=found.holidays_subdivision,
        closed_days=tuple(found.closed_days),
    )


def _extent() -> tuple[float, ...]:
    """Return the box around streets, else around areas; empty when there are neither."""
    found = Street.objects.aggregate(Min("lon"), Min("lat"), Max("lon"), Max("lat"))
    if found["lon__min"] is None:
        found = Area.objects.filter(is_current=True).aggregate(Min("west"), Min("south"), Max("east"), Max("north"))
    values = tuple(found.values())
    return () if values[0] is None else values


def zone() -> ZoneInfo:
    """Return the city's time zone. A change made in another process is known a second later."""
    return ZoneInfo(_lasting_row().time_zone)


def calendar() -> Calendar:
    """Return the city's time zone and working days, for one caller to use many times."""
    found = _lasting_row()
    return Calendar(found.time_zone, found.holidays_country, found.holidays_subdivision, frozenset(found.closed_days))


@lru_cache(maxsize=2)
def _boundary(revision: int) -> BaseGeometry | None:
    found = City.objects.values_list("boundary", flat=True).first()
    if found is None:
        return None
    shape = polygon(found)
    shapely.prepare(shape)
    return shape


@lru_cache(maxsize=2)
def _whole(revision: int) -> frozenset[int]:
    """Return the cells that are wholly in the city: a point in one needs no other test."""
    shape = _boundary(revision)
    return frozenset(one for one, whole in covering(shape).items() if whole) if shape is not None else frozenset()


def inside(lat: float, lon: float) -> bool:
    """Say whether a point is in the city (its edge counts); True for every point while no boundary is set."""
    found = _lasting_row()
    if not found.bounds:
        return True
    west, south, east, north = found.bounds
    if not (west <= lon <= east and south <= lat <= north):
        return False
    shape = _boundary(found.boundary_revision)
    return shape is None or bool(shapely.intersects_xy(shape, lon, lat))  # of a point that is "covers": the edge counts


@dataclass(frozen=True, slots=True)
class BoundaryTest:
    """`inside` for many points, the boundary read once. `shape` is None where only the box is known."""

    box: tuple[float, float, float, float]
    shape: BaseGeometry | None = None
    whole: frozenset[int] = frozenset()

    def __call__(self, lat: float, lon: float) -> bool:
        """Say whether a point is in the city."""
        west, south, east, north = self.box
        if not (west <= lon <= east and south <= lat <= north):
            return False
        if self.shape is None:
            return True
        return cell(lat, lon, AREA_RESOLUTION) in self.whole or bool(self.shape.covers(shapely.Point(lon, lat)))

    def many(self, lats: Sequence[float], lons: Sequence[float]) -> Sequence[bool]:
        """Say of each point whether it is in the city."""
        if self.shape is None:
            return [self(lat, lon) for lat, lon in zip(lats, lons, strict=True)]
        # Of a point, "intersects" is "covers": the edge counts.
        return cast(Sequence[bool], shapely.intersects_xy(self.shape, lons, lats))


def elsewhere() -> list[str]:
    """Return the kinds of places, as the command line names them, of which not one is near the city's boundary."""
    return [what for what, is_near in nearness().items() if not is_near]


def nearness() -> dict[str, bool]:
    """Say of each kind of places there is whether one is near the city's boundary; nothing while there is none."""
    bounds = row().bounds
    if not bounds:
        return {}
    west, south, east, north = bounds
    points = Q(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)
    shapes = Q(west__lte=east, east__gte=west, south__lte=north, north__gte=south)
    current = Area.objects.filter(is_current=True)
    loaded: list[tuple[str, QuerySet[Any], Q]] = [
        ("streets", Street.objects.all(), points),
        ("addresses", Address.objects.all(), points),
        *(
            (f"areas ({kind})", current.filter(kind__code=kind), shapes)
            for kind in current.values_list("kind__code", flat=True).distinct().order_by("kind__code")
        ),
    ]
    return {what: rows.filter(near).exists() for what, rows, near in loaded if rows.exists()}


def boundary_test() -> BoundaryTest | None:
    """Return the test for many points; None while no boundary is set."""
    found = row()
    if not found.bounds:
        return None
    west, south, east, north = found.bounds
    shape = _boundary(found.boundary_revision)
    return BoundaryTest((west, south, east, north), shape, _whole(found.boundary_revision))
