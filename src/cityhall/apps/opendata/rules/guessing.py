"""A contract guessed from the beginning of a file, for a person to look at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from cityhall.apps.opendata import rules
from cityhall.apps.opendata.contracts import ColumnTerms, Contract
from cityhall.kernel.snapshots import DATE_FORMS, TIME_FORMS, ColumnType, Sample, forms

_NUMBER = re.compile(r"[-+]?(?:\d{1,15}|\d{1,3}(?:,\d{3})+)(?:\.\d+)?(?:[eE][-+]?\d{1,3})?")
_CODE = re.compile(r"[-+]?0\d")
_WORDS = frozenset({"true", "false", "yes", "no"})
#: Headings of codes that look like numbers and are none: nobody adds them up.
_CODES = frozenset({"zip", "zipcode", "postcode", "phone", "fips", "geoid", "parcel", "apn"})
#: Headings of degrees, and how far they go.
_LATITUDES = frozenset({"lat", "latitude", "latitud", "y"})
_LONGITUDES = frozenset({"lng", "lon", "long", "longitude", "longitud", "x"})
#: What columns of degrees are called.
DEGREES = _LATITUDES | _LONGITUDES
_NEARLY_ALL = 0.8
#: What a point that was made from two columns is called.
POINT_TITLE = {"en": "Location", "es": "Ubicación"}


def guessed(name: str, sample: Sample) -> Contract:
    """Return a contract for a file: each column's type is the narrowest that all its first values have."""
    columns: dict[str, ColumnTerms] = {}
    for at, heading in enumerate(sample.headings):
        values = [text for row in sample.rows if (text := (row[at] or "").strip())]
        column = rules.column_name(heading, columns)
        kind, day_first = guessed_type(heading, values), False
        if kind is ColumnType.TEXT:
            kind, day_first = guessed_type(heading, values, day_first=True), True
        columns[column] = ColumnTerms(
            column, heading, kind, {"en": heading}, day_first=day_first and kind is not ColumnType.TEXT
        )
    longitude, latitude = _degrees(sample, _LONGITUDES, 180), _degrees(sample, _LATITUDES, 90)
    if longitude and latitude:
        column = rules.column_name("location", columns)
        columns[column] = ColumnTerms(column, "", ColumnType.POINT, POINT_TITLE, longitude=longitude, latitude=latitude)
    key = next((one.name for one in columns.values() if one.name == "id"), "")
    title = name.replace("-", " ").capitalize()
    return Contract(name, {"en": title}, {}, "", "", tuple(columns.values()), (key,) if key else ())


def _degrees(sample: Sample, headings: frozenset[str], most: float) -> str:
    """Return the one heading of these whose values are degrees, nearly all of them; "" when none is.

    A few that are none do not cost everybody the map: their rows are put aside, with the reason.
    """
    found = []
    for at, heading in enumerate(sample.headings):
        if heading.lower() in headings:
            values = [text for row in sample.rows if (text := (row[at] or "").strip())]
            if values and sum(_is_degree(value, most) for value in values) >= _NEARLY_ALL * len(values):
                found.append(heading)
    return found[0] if len(found) == 1 else ""


def _is_degree(text: str, most: float) -> bool:
    return "." in text and _NUMBER.fullmatch(text) is not None and abs(float(text.replace(",", ""))) <= most


def guessed_type(heading: str, values: Sequence[str], *, day_first: bool = False) -> ColumnType:
    """Return the narrowest type all of these have, their days written before months or not; text for no values."""
    if not values:
        return ColumnType.TEXT
    if {value.lower() for value in values} <= _WORDS:
        return ColumnType.BOOLEAN
    if all(_NUMBER.fullmatch(value) for value in values):
        named = set(heading.lower().replace("_", " ").split())
        # 00501 is a code, and stays as it stands.
        is_code = any(_CODE.match(value) for value in values) or bool(named & _CODES)
        return ColumnType.TEXT if is_code else ColumnType.NUMBER
    if all(_is_any(value, forms(DATE_FORMS, day_first=day_first)) for value in values):
        return ColumnType.DATE
    if all(_is_any(value, forms((*TIME_FORMS, *DATE_FORMS), day_first=day_first)) for value in values):
        return ColumnType.TIMESTAMP
    return ColumnType.TEXT


def _is_any(value: str, forms: Sequence[str]) -> bool:
    for form in forms:
        try:
            datetime.strptime(value, form)
        except ValueError:
            continue
        return True
    return False
