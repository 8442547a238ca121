"""The place step's choices: what a search found, what the photo says, the pin, each as one form value."""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from cityhall.apps.places import public as places
from cityhall.apps.places.contracts import AssetInfo, Hit, HitKind
from cityhall.apps.service_requests.rules import grid
from cityhall.apps.service_requests.web.resident_words import distance
from cityhall.kernel.django.translated import pick

_SEPARATOR = "|"
USEFUL = (HitKind.ADDRESS, HitKind.INTERSECTION, HitKind.STREET, HitKind.ASSET, HitKind.LANDMARK)
NEAR_ASSETS = 250.0
CLEARLY_NEARER = 5.0
"""By how many metres another address must be nearer to a pin than the one that was written."""
_MEANT = 0.9
"""Above which score a crossing, a street or a thing is what was written, and not only like it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A place that can be chosen: `value` goes through the form and comes back whole.

    Args:
        is_meant: it is what was written, and not only like it.
    """

    value: str
    label: str
    note: str = ""
    is_meant: bool = True


@dataclass(frozen=True, slots=True)
class Chosen:
    """A place that was chosen."""

    lat: float
    lon: float
    address: str
    address_id: str = ""
    asset_id: str = ""


def search(text: str, language: str) -> list[Choice]:
    """Return what an address search found, best first."""
    return [
        replace(choice_of(hit), is_meant=_is_meant(text, hit))
        for hit in places.locate(text, language)
        if hit.kind in USEFUL
    ]


def _is_meant(text: str, hit: Hit) -> bool:
    """Say whether a place is what was written: "12 Oak St" is "12 Oak Street, Unit 3" and not "12 Oak Road"."""
    if hit.kind is not HitKind.ADDRESS:
        return hit.score > _MEANT
    written, found = set(places.short_words(text).split()), set(places.short_words(hit.label).split())
    return written <= found or found <= written


def choice_of(hit: Hit, note: str = "") -> Choice:
    """Return a search's hit as a choice."""
    return Choice(value_of(hit.lat, hit.lon, hit.label, hit.address_id, hit.asset_id), hit.label, note)


def value_of(
    lat: float, lon: float, address: str, address_id: uuid.UUID | None = None, asset_id: uuid.UUID | None = None
) -> str:
    """Return the form value of a place."""
    parts = (f"{lat:.6f}", f"{lon:.6f}", str(address_id or ""), str(asset_id or ""), address)
    return _SEPARATOR.join(parts)


def parse(value: str) -> Chosen | None:
    """Return the place behind a form value, None for anything else."""
    parts = value.split(_SEPARATOR, 4)
    if len(parts) != 5:
        return None
    point = point_of(parts[0], parts[1])
    if point is None:
        return None
    try:
        ids = [str(uuid.UUID(one)) if one else "" for one in parts[2:4]]
    except ValueError:
        return None
    return Chosen(*point, parts[4][:300], *ids)


def point_of(lat: str, lon: str) -> tuple[float, float] | None:
    """Return a point from two texts, None when they are none."""
    try:
        found = float(lat), float(lon)
    except ValueError:
        return None
    if not all(map(math.isfinite, found)) or not (-90 <= found[0] <= 90 and -180 <= found[1] <= 180):
        return None
    return found


def at_point(lat: float, lon: float, text: str = "", language: str = "en") -> Chosen:
    """Return the place of a pin: the point as given, named by the nearest address.

    A place that `text` names keeps its name while none is clearly nearer to the pin: houses may share a point.
    """
    hit = places.reverse(lat, lon)
    away = (hit.distance or 0.0) if hit else 0.0
    for named in places.locate(text, language) if text else ():
        same = named.label.casefold() == text.casefold()
        if same and grid.distance(lat, lon, named.lat, named.lon) <= away + CLEARLY_NEARER:
            return Chosen(lat, lon, named.label, str(named.address_id or ""), str(named.asset_id or ""))
    return Chosen(lat, lon, hit.label if hit else "")


def from_photo(lat: float, lon: float) -> Choice | None:
    """Return the photo's place as an offer, None when it was taken outside the city."""
    if not places.inside(lat, lon):
        return None
    hit = places.reverse(lat, lon)
    label = hit.label if hit else f"{lat:.5f}, {lon:.5f}"
    return Choice(value_of(lat, lon, hit.label if hit else ""), label, _("where the photo was taken"))


def assets(layer: str, lat: float, lon: float) -> list[tuple[AssetInfo, str]]:
    """Return the nearest things of a layer, named in the visitor's language, with their distance in words."""
    found = places.assets_near(layer, lat, lon, NEAR_ASSETS)[:12]
    return [
        (replace(one, label=pick({"en": one.label, **(one.labels or {})})), distance(one.distance or 0.0))
        for one in found
    ]
