"""Guesses what a file holds from its name, its columns and its shapes. Options of the command come first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from cityhall.apps.places.contracts import ImportKind, ImportOptions, Translated
from cityhall.apps.places.imports.readers import Raw, refuse
from cityhall.kernel.text import fold

AREA_KINDS: dict[str, Translated] = {
    "council_district": {"en": "Council districts", "es": "Distritos del concejo"},
    "neighbourhood": {"en": "Neighborhoods", "es": "Vecindarios"},
    "community_plan": {"en": "Community planning areas", "es": "Áreas de planificación comunitaria"},
    "census_tract": {"en": "Census tracts", "es": "Sectores censales"},
    "block_group": {"en": "Census block groups", "es": "Grupos de manzanas censales"},
    "county": {"en": "Counties", "es": "Condados"},
    "zip": {"en": "ZIP codes", "es": "Códigos postales"},
    "ward": {"en": "Wards", "es": "Distritos electorales"},
    "police_district": {"en": "Police districts", "es": "Distritos policiales"},
    "fire_district": {"en": "Fire districts", "es": "Distritos de bomberos"},
    "school_district": {"en": "School districts", "es": "Distritos escolares"},
}
_BY_WORD = (
    ("council", "council_district"), ("cpname", "community_plan"), ("community plan", "community_plan"),
    ("cmty plan", "community_plan"), ("neighborhood", "neighbourhood"), ("neighbourhood", "neighbourhood"),
    ("nhood", "neighbourhood"), ("vecindario", "neighbourhood"), ("zcta", "zip"), ("zipcode", "zip"), ("zip", "zip"),
    ("police", "police_district"), ("fire", "fire_district"), ("school", "school_district"), ("ward", "ward"),
)  # fmt: skip
_GEOID = {5: "county", 11: "census_tract", 12: "block_group"}
_CODES = ("district", "council_district", "district_number", "dist", "geoid", "geoid20", "geoid10", "cpcode",
    "external_id", "zip", "zipcode", "zcta5ce20", "zcta5ce10", "ward", "asset_id", "assetid", "facilityid",
    "facility_id", "unitid",
    "pole_id", "poleid", "tree_id", "treeid", "street_id", "streetid", "segment_id", "segmentid", "code")  # fmt: skip
_LAST_CODES = ("id", "gid", "objectid", "fid")
_NAMES = ("name", "cpname", "region_name", "neighborhood", "neighbourhood", "nhood", "nbhd_name", "district_name",
    "label", "title", "full_name", "nombre", "description", "type", "species")  # fmt: skip
_STREETS = ("street", "fullname", "full_name", "fullstname", "full_street_name", "street_name", "street name",
    "streetname", "st_name", "stname", "road_name", "roadname", "rd_name", "name", "label")  # fmt: skip
#: Of those, the columns that may hold the bare name, "GRAND", with its other words in columns of their own.
_BARE_STREETS = frozenset(
    {"street_name", "street name", "streetname", "st_name", "stname", "road_name", "roadname", "rd_name"}
)
_BEFORE_STREET = ("predir", "pre_dir", "predirection", "pre_direction", "st_predir", "st_pre_dir", "street_prefix")
_STREET_TYPES = ("streettype", "street_type", "street type", "st_type", "sttype", "st_postyp", "st_pos_typ", "posttype",
    "post_type", "street_suffix", "streetsuffix")  # fmt: skip
_AFTER_STREET = ("streetdirection", "street_direction", "street direction", "sufdir", "suf_dir", "postdir", "post_dir",
    "st_posdir", "st_pos_dir")  # fmt: skip
_NUMBERS = ("number", "house_number", "housenumber", "house_num", "street_number", "streetnumber", "addr_num",
    "add_number", "st_num", "stno", "house_no", "address_number", "addr:housenumber", "num")  # fmt: skip
_UNITS = ("unit", "apt", "unit_number", "unitnumber", "suite")
_FULL_ADDRESSES = ("address", "full_address", "fulladdr", "full_addr", "street_address", "site_address", "direccion")
_RANGES = (
    ("l_f_add", "l_t_add", "r_f_add", "r_t_add"), ("lfromadd", "ltoadd", "rfromadd", "rtoadd"),
    ("lfromhn", "ltohn", "rfromhn", "rtohn"), ("fromleft", "toleft", "fromright", "toright"),
    ("from_addr_l", "to_addr_l", "from_addr_r", "to_addr_r"), ("l_add_from", "l_add_to", "r_add_from", "r_add_to"),
    ("left_from", "left_to", "right_from", "right_to"), ("lladd", "luadd", "rladd", "ruadd"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds what; "" for none.

    Args:
        street_words: where `street` is a bare name, the direction before it, its type and the direction after it.
    """

    code: str = ""
    name: str = ""
    street: str = ""
    street_words: tuple[str, str, str] = ("", "", "")
    number: str = ""
    unit: str = ""
    full_address: str = ""
    ranges: tuple[str, str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file becomes, and how its columns are read."""

    kind: ImportKind
    target: str
    title: Translated | None
    columns: Columns
    notes: tuple[str, ...]


def plan(path: Path, rows: Sequence[Raw], options: ImportOptions) -> Plan:
    """Return what to make of a file. Raises Invalid when it cannot be guessed and the options do not say."""
    stem = re.sub(r"\.(geojson|json|csv|zip|gz)", "", path.name, flags=re.IGNORECASE)
    fields = list(dict.fromkeys(str(key) for row in rows[:200] for key in row.properties))
    for wanted in (options.code_field, options.name_field, *options.where):
        if wanted and wanted not in fields:
            raise refuse(
                _("there is no column '%(column)s'; there are %(columns)s")
                % {"column": wanted, "columns": ", ".join(fields)}
            )
    kind = options.kind or _kind(stem, fields, rows)
    columns = _columns(fields, options)
    notes = [] if options.kind else [f"taken for {kind.value}"]
    target = options.target
    title: Translated | None = {"en": options.title} if options.title else None
    if kind is ImportKind.AREAS:
        if not target:
            target = _area_kind(stem, fields, rows)
            notes.append(f"the kind of area is taken for {target}")
        title = title or AREA_KINDS.get(target)
    elif kind in {ImportKind.ASSETS, ImportKind.FEATURES} and not target:
        target = _slug(stem)
        notes.append(f"the layer is called {target} after the file")
    if kind is ImportKind.AREAS:
        notes.append(f"code from {columns.code or 'the name'}, name from {columns.name or 'the code'}")
    return Plan(kind, target, title, columns, tuple(notes))


def _kind(stem: str, fields: Sequence[str], rows: Sequence[Raw]) -> ImportKind:
    types = {str(row.geometry["type"]).removeprefix("Multi") for row in rows if row.geometry}
    low = {field.lower() for field in fields}
    if not types:
        if {"streetid", "overall"} <= low:
            return ImportKind.ROAD_RATINGS
        raise refuse(
            _("no row has a place: latitude and longitude are looked for among %(columns)s")
            % {"columns": ", ".join(fields[:30])}
        )
    if len(types) > 1:
        raise refuse(_("the file mixes %(shapes)s: say what it is with --kind") % {"shapes": ", ".join(sorted(types))})
    form = types.pop()
    words = fold(stem.replace("_", " "))
    if form == "Polygon":
        if re.search(r"\b(boundary|city limits?|limits|outline)\b", words):
            return ImportKind.BOUNDARY
        return ImportKind.AREAS
    if form == "LineString":
        return ImportKind.STREETS
    if form == "Point":
        has_address = _first(_FULL_ADDRESSES, fields) or (_first(_NUMBERS, fields) and _first(_STREETS, fields))
        return ImportKind.ADDRESSES if has_address and "address" in words else ImportKind.ASSETS
    raise refuse(_("nothing is made of shapes of type %(shape)s") % {"shape": form})


def _area_kind(stem: str, fields: Sequence[str], rows: Sequence[Raw]) -> str:
    low = {field.lower(): field for field in fields}
    first = rows[0].properties
    if "region_type" in low:
        region = fold(str(first.get(low["region_type"], "")))
        return {"tract": "census_tract"}.get(region, _slug(region))
    spoken = fold(" ".join([stem.replace("_", " "), *fields[:12], str(first.get(low.get("kind", ""), ""))]))
    for field in ("geoid", "geoid20", "geoid10"):
        length = len(str(first.get(low.get(field, ""), "")))
        if field in low and length in _GEOID:
            return _GEOID[length]
    for word, kind in _BY_WORD:
        if re.search(rf"\b{word}", spoken):
            return kind
    if {"name", "cartodb_id"} <= low.keys():  # volunteers' neighbourhood files have a name and no more
        return "neighbourhood"
    return _slug(stem)


def _slug(text: str) -> str:
    found = re.sub(r"[^a-z0-9]+", "_", fold(text)).strip("_")[:60]
    return found if found[:1].isalpha() else f"areas_{found}"[:60]


def _first(candidates: Sequence[str], fields: Sequence[str]) -> str:
    low = {field.lower(): field for field in fields}
    return next((low[candidate] for candidate in candidates if candidate in low), "")


def _columns(fields: Sequence[str], options: ImportOptions) -> Columns:
    name = options.name_field or _first(_NAMES, fields)
    code = options.code_field or _first(_CODES, fields)
    if not code and not name:
        code = _first(_LAST_CODES, fields)
    ranges = next((found for names in _RANGES if all(found := tuple(_first([n], fields) for n in names))), None)
    street = options.name_field or _first(_STREETS, fields)
    before, kind, after = (_first(names, fields) for names in (_BEFORE_STREET, _STREET_TYPES, _AFTER_STREET))
    return Columns(
        code=code,
        name=name,
        street=street,
        street_words=(before, kind, after) if street.lower() in _BARE_STREETS else ("", "", ""),
        number=_first(_NUMBERS, fields),
        unit=_first(_UNITS, fields),
        full_address=_first(_FULL_ADDRESSES, fields),
        ranges=ranges,  # type: ignore[arg-type]  # four names, or nothing
    )


def street_of(properties: Mapping[str, Any], columns: Columns) -> str:
    """Return the street's whole name, its words put together where they stand in columns of their own.

    A word that the name begins or ends with already is not said twice.
    """
    name = text_of(properties, columns.street)
    before, kind, after = (text_of(properties, column) for column in columns.street_words)
    words = fold(name).split()
    if not words:
        return name
    parts = (
        before if fold(before) != words[0] else "",
        name,
        kind if fold(kind) not in words[-2:] else "",
        after if fold(after) != words[-1] else "",
    )
    return " ".join(part for part in parts if part)


def text_of(properties: Mapping[str, Any], column: str) -> str:
    """Return a column's value as text; whole numbers written as 12.0 lose the point."""
    value = properties.get(column) if column else None
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split())
