"""Areas, addresses and assets as live datasets, as the maps and the search for places know them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cityhall.apps.places.models import Address, Area, Asset, City
from cityhall.apps.places.queries.things import address_label
from cityhall.apps.places.rules.geometry import polygon
from cityhall.kernel import clock
from cityhall.kernel.django.translated import pick
from cityhall.kernel.offers import LiveDataset
from cityhall.kernel.spreadsheets import write_rows

_AREA_COLUMNS = ("kind", "kind_name", "kind_name_es", "code", "name", "name_es", "lon", "lat", "outline")
_ADDRESS_COLUMNS = ("address_id", "address", "number", "street", "unit", "lon", "lat")
_ASSET_COLUMNS = ("layer", "layer_name", "layer_name_es", "code", "label", "label_es", "lon", "lat")
#: Degrees of outlines are told to about ten centimetres.
_PLACES = 6
_AT_ONCE = 5000


def live_datasets() -> tuple[LiveDataset, ...]:
    """Return the city's places as open data."""
    return (
        LiveDataset("areas", _contract("areas"), _mark, _write_areas),
        LiveDataset("addresses", _contract("addresses"), _mark, _write_addresses),
        LiveDataset("assets", _contract("assets"), _mark, _write_assets),
    )


def _contract(name: str) -> str:
    return Path(__file__).with_name(f"open-data-{name}.toml").read_text(encoding="utf-8")


def _mark() -> str:
    """Say which revision the city's places have. Twice a day they are looked at anyhow, as a day is promised."""
    revision = City.objects.values_list("revision", flat=True).first()
    return f"{revision} {clock.now().strftime('%Y-%m-%d %p')}"


def _write_areas(file: Path) -> int:
    return write_rows(file, _AREA_COLUMNS, _areas())


def _areas() -> Iterator[tuple[Any, ...]]:
    found = Area.objects.filter(is_current=True).order_by("kind__order", "kind__code", "code")
    for kind, kind_name, code, name, shape in found.values_list(
        "kind__code", "kind__name", "code", "name", "geojson"
    ).iterator(chunk_size=100):
        inside = polygon(shape).representative_point()
        outline = {"type": shape["type"], "coordinates": _rounded(shape["coordinates"])}
        yield (
            kind, pick(kind_name, "en"), pick(kind_name, "es"), code, pick(name, "en"), pick(name, "es"),
            round(inside.x, _PLACES), round(inside.y, _PLACES), json.dumps(outline, separators=(",", ":")),
        )  # fmt: skip


def _rounded(given: Any) -> Any:
    return round(given, _PLACES) if isinstance(given, int | float) else [_rounded(one) for one in given]


def _write_addresses(file: Path) -> int:
    found = Address.objects.order_by("id").values_list("id", "number", "street__name", "unit", "lon", "lat")
    rows = (
        (id_, address_label(number, street, unit), number, street, unit, lon, lat)
        for id_, number, street, unit, lon, lat in found.iterator(chunk_size=_AT_ONCE)
    )
    return write_rows(file, _ADDRESS_COLUMNS, rows)


def _write_assets(file: Path) -> int:
    found = Asset.objects.filter(is_current=True).order_by("layer__code", "code")
    wanted = found.values_list("layer__code", "layer__name", "code", "label", "properties__labels", "lon", "lat")
    rows = (
        (layer, pick(layer_name, "en"), pick(layer_name, "es"), code, label, (labels or {}).get("es", label), lon, lat)
        for layer, layer_name, code, label, labels, lon, lat in wanted.iterator(chunk_size=_AT_ONCE)
    )
    return write_rows(file, _ASSET_COLUMNS, rows)
