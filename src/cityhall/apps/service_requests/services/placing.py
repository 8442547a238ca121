"""Finding out where a filed request is, and what the public may know of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from cityhall.apps.places import public as places
from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import Detail, Place
from cityhall.apps.service_requests.models import ServiceRequest
from cityhall.apps.service_requests.rules import grid
from cityhall.apps.service_requests.services.wording import refusal, refuse

_LIKELY = 0.5
"""What a search must at least score for a place nobody chose by hand."""


@dataclass(frozen=True, slots=True)
class Found:
    """A place after looking it up. The point is missing only where the city has no boundary to check it with.

    `layer` and `owner` are the asset's.
    """

    lat: float | None
    lon: float | None
    address: str
    address_id: uuid.UUID | None
    asset_id: uuid.UUID | None
    layer: str = ""
    owner: str = ""


def find(place: Place, *, language: str) -> Found:
    """Look the place up: an asset's or address's own point, the address in words, the address of a point.

    Raises:
        Invalid: nothing says where it is, the address cannot be found, or it is outside the city.
    """
    refuse(rules.check_place(place))
    lat, lon, address = place.lat, place.lon, place.address.strip()
    address_id, asset_id, layer, owner = place.address_id, place.asset_id, "", ""
    if asset_id is not None:
        asset = places.asset(asset_id)
        if asset is None:
            raise refusal("place", "asset_unknown")
        layer, owner = asset.layer, asset.owner
        if lat is None or lon is None:
            lat, lon = asset.lat, asset.lon
    if lat is None and address_id is not None:
        known = places.address(address_id)
        if known is None:
            raise refusal("place", "place_unknown")
        lat, lon, address = known.lat, known.lon, address or known.label
    if lat is None and address:
        hits = [hit for hit in places.locate(address, language) if hit.score >= _LIKELY]
        if hits:
            lat, lon, address_id = hits[0].lat, hits[0].lon, hits[0].address_id or address_id
        elif places.city().has_boundary:
            raise refusal("place", "place_unknown")
    if lat is not None and lon is not None:
        if not places.inside(lat, lon):
            raise refusal("place", "place_outside", code="outside")
        if not address and (hit := places.reverse(lat, lon)) is not None:
            address = hit.label
    return Found(lat, lon, address[:300], address_id, asset_id, layer, owner)


def put(request: ServiceRequest, found: Found, detail: Detail) -> None:
    """Set the request's place, its areas and cells, and their public forms. Does not save."""
    request.lat, request.lon, request.address = found.lat, found.lon, found.address
    request.address_id, request.asset_id = found.address_id, found.asset_id
    if found.lat is not None and found.lon is not None:
        request.cell = grid.cell(found.lat, found.lon, grid.FINE)
        request.areas = [area.id for area in places.areas_at(found.lat, found.lon)]
    else:
        request.cell, request.areas = None, []
    show(request, detail)


def show(request: ServiceRequest, detail: Detail) -> None:
    """Set the public form of the request's place by the category's policy. Does not save."""
    public = rules.public_place(
        detail,
        request.lat,
        request.lon,
        request.address,
        generalise=places.generalise,
        generalise_address=places.generalise_address,
    )
    request.public_lat, request.public_lon, request.public_address = public.lat, public.lon, public.address
    if public.lat is None or public.lon is None:
        request.public_cell = request.public_cell7 = None
        request.public_areas = []
        return
    request.public_cell = grid.cell(public.lat, public.lon, grid.FINE)
    request.public_cell7 = grid.cell(public.lat, public.lon, grid.COARSE)
    if detail is Detail.EXACT:
        request.public_areas = request.areas
    else:
        request.public_areas = [area.id for area in places.areas_at(public.lat, public.lon)]
