"""Addresses and assets by id, and what is near a point."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import lru_cache

from django.db.models import Count, Q, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from cityhall.apps.places.contracts import (
    AddressInfo,
    AssetInfo,
    AssetLayerInfo,
    Hit,
    HitKind,
)
from cityhall.apps.places.models import Address, Asset, AssetLayer, Intersection, StreetSegment
from cityhall.apps.places.queries.city import row
from cityhall.apps.places.rules.geometry import cells_within, distance_to_line, is_point, metres
from cityhall.apps.places.rules.nearest import Nearest, Place

REVERSE_METRES = 250
"""How far the nearest address may be from a point it is to describe."""


def address_label(number: str, street: str, unit: str = "") -> str:
    """Return an address as it is shown."""
    return f"{number} {street} Unit {unit.upper()}" if unit else f"{number} {street}"


def address(id_: uuid.UUID) -> AddressInfo | None:
    """Return one address."""
    row = Address.objects.select_related("street").filter(id=id_).first()
    if row is None:
        return None
    label = address_label(row.number, row.street.name, row.unit)
    return AddressInfo(row.id, label, row.number, row.unit, row.street.name, row.lat, row.lon)


_ASSET = ("id", "layer__code", "code", "label", "lat", "lon", "properties__labels")
#: What files of assets call the column that says whose a thing is.
OWNER_COLUMNS = ("owner", "OWNER", "Owner", "owned_by", "OWNED_BY", "OwnedBy", "ownership", "OWNERSHIP", "Ownership")
_OWNER = Coalesce(
    *(KeyTextTransform(column, "properties") for column in OWNER_COLUMNS), Value(""), output_field=TextField()
)


def asset(id_: uuid.UUID) -> AssetInfo | None:
    """Return one asset, standing or gone."""
    row = Asset.objects.filter(id=id_).values_list(*_ASSET, _OWNER).first()
    return replace(AssetInfo(*row[:-1]), owner=row[-1].strip()) if row else None


def owners_of(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str]]:
    """Return the layer and the owner of each of these assets; see `asset`."""
    rows = Asset.objects.filter(id__in=ids).values_list("id", "layer__code", _OWNER)
    return {id_: (layer, owner.strip()) for id_, layer, owner in rows}


def asset_owners() -> list[str]:
    """Return who owns the city's assets, as their files say, by name. It is read once for each state of the places."""
    return list(_owners(row().revision))


@lru_cache(maxsize=2)
def _owners(revision: int) -> tuple[str, ...]:
    found = Asset.objects.filter(is_current=True).annotate(owner=_OWNER).values_list("owner", flat=True).distinct()
    return tuple(sorted({one.strip() for one in found} - {""}))


def asset_layers() -> list[AssetLayerInfo]:
    """Return the layers of assets with how many stand."""
    rows = AssetLayer.objects.annotate(count=Count("assets", filter=Q(assets__is_current=True))).order_by("code")
    return [AssetLayerInfo(row.code, row.name, row.count) for row in rows]


def assets_near(layer: str, lat: float, lon: float, radius: float, limit: int = 50) -> list[AssetInfo]:
    """Return the standing assets of a layer within `radius` metres (at most 2,000), nearest first."""
    if not is_point(lat, lon):
        return []
    radius = min(radius, 2000.0)
    rows = Asset.objects.filter(
        layer__code=layer, cell__in=cells_within(lat, lon, radius), is_current=True
    ).values_list(*_ASSET)
    ranked = sorted((metres(lat, lon, row[4], row[5]), row[2], row) for row in rows)
    return [replace(AssetInfo(*row), distance=away) for away, _, row in ranked if away <= radius][:limit]


def assets_in(layer: str, box: Sequence[float], limit: int) -> list[AssetInfo]:
    """Return up to `limit` standing assets of a layer in a box (west, south, east, north), by code."""
    west, south, east, north = box
    rows = Asset.objects.filter(
        layer__code=layer, lon__gte=west, lat__gte=south, lon__lte=east, lat__lte=north, is_current=True
    )
    return [AssetInfo(*row) for row in rows.order_by("code")[:limit].values_list(*_ASSET)]


def segment_codes() -> set[str]:
    """Return the city's own numbers of the street segments there are."""
    return set(StreetSegment.objects.exclude(code="").values_list("code", flat=True))


def nearest_address(lat: float, lon: float, radius: float = REVERSE_METRES) -> Hit | None:
    """Return the nearest address within `radius` metres."""
    if not is_point(lat, lon):
        return None
    # Most points have a house close by: look in the nearest cells before the wide ring.
    for reach in (55.0, radius) if radius > 55 else (radius,):
        rows = Address.objects.filter(cell__in=cells_within(lat, lon, reach)).values_list("id", "lat", "lon")
        distances = [(metres(lat, lon, row[1], row[2]), row[0]) for row in rows]
        if distances and (best := min(distances))[0] <= reach:
            found = address(best[1])
            if found is not None:
                return Hit(
                    HitKind.ADDRESS, found.label, found.lat, found.lon, address_id=found.id, distance=round(best[0], 1)
                )
    return None


def nearest_street(lat: float, lon: float, radius: float = REVERSE_METRES) -> Hit | None:
    """Return the nearest street within `radius` metres, with the point on it."""
    if not is_point(lat, lon):
        return None
    rows = StreetSegment.objects.filter(cells__overlap=cells_within(lat, lon, radius)).values_list(
        "line", "street__name"
    )
    found = min(((distance_to_line(lat, lon, line), name) for line, name in rows), default=None)
    if found is None or found[0][0] > radius:
        return None
    (distance, at_lat, at_lon), name = found
    return Hit(HitKind.STREET, name, at_lat, at_lon, score=0.5, distance=round(distance, 1))


def nearest_crossings(places: Sequence[Place], within: float) -> list[Place | None]:
    """Return the crossing nearest to each place (longitude, latitude), None where none is within so many metres."""
    return _crossings(row().revision).of(places, within)


def has_crossings() -> bool:
    """Say whether the city's streets are known."""
    return Intersection.objects.exists()


def example_crossing() -> str:
    """Return what some crossing of the city is called, "" when none is known. It names nobody's home."""
    return Intersection.objects.order_by("id").values_list("label", flat=True).first() or ""


@lru_cache(maxsize=1)
def _crossings(revision: int) -> Nearest:
    """Return the crossings, in an order of their own, so that the same network gives the same answers."""
    return Nearest(list(Intersection.objects.order_by("lat", "lon").values_list("lon", "lat")))


def reverse(lat: float, lon: float) -> Hit | None:
    """Return what a point is called: the nearest address within 250 metres, else the nearest street."""
    return nearest_address(lat, lon) or nearest_street(lat, lon)
