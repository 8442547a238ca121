"""A contract guessed from the beginning of a file, for a person to look at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

from cityhall.apps.opendata import rules
from cityhall.apps.opendata.contracts import ColumnTerms, Contract
from cityhall.apps.opendata.rules.numerals import Numerals, numerals
from cityhall.kernel.snapshots import DATE_FORMS, TIME_FORMS, ColumnType, Sample, forms

_NUMBER = re.compile(r"[-+]?(?:\d{1,15}|\d{1,3}(?:,\d{3})+)(?:\.\d+)?(?:[eE][-+]?\d{1,3})?")
_CODE = re.compile(r"[-+]?0\d")
_WORDS = frozenset({"true", "false", "yes", "no"})
#: Headings of codes that look like numbers and are none: nobody adds them up.
_CODES = frozenset(
    {
        "zip",
        "zipcode",
        "postcode",
        "postal",
        "cp",
        "phone",
        "telephone",
        "tel",
        "fax",
        "telefono",
        "teléfono",
        "celular",
    }
    | {"fips", "geoid", "parcel", "apn", "dni", "nif", "rfc"}
)
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
        column, values = rules.column_name(heading, columns), _values(sample, at)
        columns[column] = _column(ColumnTerms(column, heading, ColumnType.TEXT, {"en": heading}), values)
        if not values and sample.rows and heading == f"column {at + 1}":  # it has no heading either
            columns[column] = replace(columns[column], publish=False)
    for comma in (False, True):
        longitude, latitude = (
            _degrees(sample, names, most, decimal_comma=comma) for names, most in ((_LONGITUDES, 180), (_LATITUDES, 90))
        )
        if longitude and latitude:
            column = rules.column_name("location", columns)
            columns[column] = ColumnTerms(
                column, "", ColumnType.POINT, POINT_TITLE, longitude=longitude, latitude=latitude, decimal_comma=comma
            )
            break
    key = next((one.name for one in columns.values() if one.name == "id"), "")
    title = name.replace("-", " ").capitalize()
    return Contract(name, {"en": title}, {}, "", "", tuple(columns.values()), (key,) if key else ())


def with_numerals(contract: Contract, before: Contract, sample: Sample) -> Contract:
    """Return a contract in which columns that have just become numbers are read as most of their values are written.

    Args:
        before: the contract in which they were of another type.
    """
    numbers = {one.name for one in before.columns if one.type is ColumnType.NUMBER}
    columns = []
    for one in contract.columns:
        if one.type is ColumnType.NUMBER and one.name not in numbers and one.source in sample.headings:
            values = _values(sample, sample.headings.index(one.source))
            found = numerals(values, share=_NEARLY_ALL, decimal_comma=one.decimal_comma or None)
            one = _written(one, found) if found else one
        columns.append(one)
    return replace(contract, columns=tuple(columns))


def _column(column: ColumnTerms, values: Sequence[str]) -> ColumnTerms:
    """Return a text column as what all its values are."""
    for day_first in (False, True):
        kind = guessed_type(column.source, values, day_first=day_first)
        if kind is not ColumnType.TEXT:
            return replace(column, type=kind, day_first=day_first)
    if _is_code(column.source) or (found := numerals(values)) is None:
        return column
    return replace(_written(column, found), type=ColumnType.NUMBER)


def _written(column: ColumnTerms, found: Numerals) -> ColumnTerms:
    """Return a column of numbers that are written so; what stands at each is its unit."""
    return replace(column, **asdict(found), unit=column.unit or found.sign)


def _values(sample: Sample, at: int) -> list[str]:
    return [text for row in sample.rows if (text := (row[at] or "").strip())]


def _is_code(heading: str) -> bool:
    return bool(set(heading.lower().replace("_", " ").split()) & _CODES)


def _degrees(sample: Sample, headings: frozenset[str], most: float, *, decimal_comma: bool) -> str:
    """Return the one heading of these whose values are degrees, nearly all of them; "" when none is.

    A few that are none do not cost everybody the map: their rows are put aside, with the reason.
    """
    found = []
    for at, heading in enumerate(sample.headings):
        if heading.lower() in headings:
            values = _values(sample, at)
            told = [value.replace(",", ".") for value in values if "." not in value] if decimal_comma else values
            if values and sum(_is_degree(value, most) for value in told) >= _NEARLY_ALL * len(values):
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
        # 00501 is a code, and stays as it stands.
        is_code = _is_code(heading) or any(_CODE.match(value) for value in values)
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
