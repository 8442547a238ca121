"""What other rooms may ask of the places room. Angles are WGS84 degrees, distances metres."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from cityhall.apps.places.imports.run import import_file, quarantine_csv
from cityhall.apps.places.models import Address, Area, AssetLayer, City, StreetSegment
from cityhall.apps.places.queries.areas import (
    AreaFinder,
    area,
    area_cells,
    area_names,
    areas,
    areas_at,
    areas_by_id,
    bulk_areas,
)
from cityhall.apps.places.queries.areas import kinds as area_kinds
from cityhall.apps.places.queries.city import boundary_test, calendar, city, elsewhere, inside, zone
from cityhall.apps.places.queries.city import row as _row
from cityhall.apps.places.queries.layers import names as layers
from cityhall.apps.places.queries.outlines import outlines
from cityhall.apps.places.queries.search import locate, suggest
from cityhall.apps.places.queries.things import (
    address,
    asset,
    asset_layers,
    asset_owners,
    assets_near,
    example_crossing,
    has_crossings,
    nearest_address,
    nearest_crossings,
    nearest_street,
    owners_of,
    reverse,
)
from cityhall.apps.places.queries.totals import totals
from cityhall.apps.places.queries.words import address_words, block_words
from cityhall.apps.places.rules.address_text import core as street_core
from cityhall.apps.places.rules.address_text import generalise_address, is_on_street, short_words, street_of, zip_code
from cityhall.apps.places.rules.geometry import cell, generalise, metres, public_point
from cityhall.apps.places.services.areas import remove_areas, replace_areas
from cityhall.apps.places.services.assets import load_assets, load_features
from cityhall.apps.places.services.city import set_city
from cityhall.apps.places.services.streets import load_addresses, load_streets, rate_segments
from cityhall.kernel.offers import CityCard

__all__ = [
    "AreaFinder",
    "address",
    "address_words",
    "area",
    "area_cells",
    "area_kinds",
    "area_names",
    "areas",
    "areas_at",
    "areas_by_id",
    "asset",
    "asset_layers",
    "asset_owners",
    "assets_near",
    "block_words",
    "boundary_test",
    "bulk_areas",
    "calendar",
    "card",
    "cell",
    "city",
    "due_date",
    "example_crossing",
    "generalise",
    "generalise_address",
    "has_crossings",
    "import_file",
    "inside",
    "is_on_street",
    "layers",
    "load_addresses",
    "load_assets",
    "load_features",
    "load_streets",
    "local",
    "locate",
    "metres",
    "missing",
    "nearest_address",
    "nearest_crossings",
    "nearest_street",
    "outlines",
    "owners_of",
    "public_point",
    "quarantine_csv",
    "rate_segments",
    "remove_areas",
    "replace_areas",
    "reverse",
    "set_city",
    "short_words",
    "street_core",
    "street_of",
    "suggest",
    "totals",
    "trouble",
    "zip_code",
    "zone",
]


def due_date(start: datetime, business_days: int) -> datetime:
    """Return the end (UTC) of the business day that is `business_days` after the day of `start` in the city.

    Callers with many dates take `calendar()` once and use its `due`.
    """
    return calendar().due(start, business_days)


def local(moment: datetime) -> datetime:
    """Return an aware moment in the city's time zone."""
    return calendar().local(moment)


def card() -> CityCard:
    """Return what every page says of the city."""
    found = _row()
    return CityCard(name=found.name or "Cityhall", time_zone=found.time_zone)


def missing() -> list[str]:
    """Return what this city has not set up yet, each with the command that mends it; empty when all is there."""
    found = city()
    gaps = []
    if not found.name:
        gaps.append("The city has no name. Set it with `cityhall places city --name NAME`.")
    if found.time_zone == "UTC":
        gaps.append("The time zone is UTC. Set it with `cityhall places city --time-zone America/New_York`.")
    if not found.holidays_country:
        gaps.append("No holidays are kept. Set them with `cityhall places city --holidays US-NY`.")
    if not found.has_boundary:
        gaps.append(
            "There is no boundary: places anywhere are accepted. Import it with"
            " `cityhall places import FILE --kind boundary`."
        )
    if not Area.objects.filter(is_current=True).exists():
        gaps.append(
            "There are no areas: nothing is routed by district. Import them with"
            " `cityhall places import FILE --kind areas`."
        )
    if not Address.objects.exists() and not StreetSegment.objects.exists():
        gaps.append(
            "There are no streets or addresses: nothing is found by address. Import them with"
            " `cityhall places import FILE --kind streets`."
        )
    if not AssetLayer.objects.exists():
        gaps.append(
            "There are no assets to pick from. Import them with"
            " `cityhall places import FILE --kind assets --layer streetlights`."
        )
    gaps += [
        f"The {what} that were imported lie outside the boundary, all of them: one of the two files is another city's."
        f" Import the right one, it takes the place of the other{_removal(what)}."
        for what in elsewhere()
    ]
    return gaps


def _removal(what: str) -> str:
    """Return how else to be rid of areas, as `elsewhere` names them; "" for other things."""
    kind = what.removeprefix("areas (").removesuffix(")")
    return f", or take it out with `cityhall places remove --kind areas --area-kind {kind}`" if kind != what else ""


def trouble() -> str:
    """Return what keeps the room from answering, for /readyz: "" when nothing does."""
    zone = City.objects.values_list("time_zone", flat=True).first() or "UTC"
    try:
        ZoneInfo(zone)
    except (OSError, ValueError):
        return f"The city's time zone {zone} is not known on this machine. Install tzdata or set another."
    without = Area.objects.filter(is_current=True, cells__isnull=True).values_list("code", flat=True).first()
    return f"Area {without} has no cells: import its file again." if without else ""
