"""A contract guessed from the beginning of a file, for a person to look at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from cityhall.apps.opendata import rules
from cityhall.apps.opendata.contracts import ColumnTerms, Contract
from cityhall.kernel.snapshots import DATE_FORMS, TIME_FORMS, ColumnType, Sample

_NUMBER = re.compile(r"[-+]?(?:\d{1,15}|\d{1,3}(?:,\d{3})+)(?:\.\d+)?(?:[eE][-+]?\d{1,3})?")
_CODE = re.compile(r"[-+]?0\d")
_WORDS = frozenset({"true", "false", "yes", "no"})
#: Headings of codes that look like numbers and are none: nobody adds them up.
_CODES = frozenset({"zip", "zipcode", "postcode", "phone", "fips", "geoid", "parcel", "apn"})


def guessed(name: str, sample: Sample) -> Contract:
    """Return a contract for a file: each column's type is the narrowest that all its first values have."""
    columns: dict[str, ColumnTerms] = {}
    for at, heading in enumerate(sample.headings):
        values = [text for row in sample.rows if (text := (row[at] or "").strip())]
        column = rules.column_name(heading, columns)
        columns[column] = ColumnTerms(column, heading, guessed_type(heading, values), {"en": heading})
    key = next((one.name for one in columns.values() if one.name == "id"), "")
    title = name.replace("-", " ").capitalize()
    return Contract(name, {"en": title}, {}, "", "", tuple(columns.values()), (key,) if key else ())


def guessed_type(heading: str, values: Sequence[str]) -> ColumnType:
    """Return the narrowest type all of these have; text when there are none."""
    if not values:
        return ColumnType.TEXT
    if {value.lower() for value in values} <= _WORDS:
        return ColumnType.BOOLEAN
    if all(_NUMBER.fullmatch(value) for value in values):
        named = set(heading.lower().replace("_", " ").split())
        # 00501 is a code, and stays as it stands.
        is_code = any(_CODE.match(value) for value in values) or bool(named & _CODES)
        return ColumnType.TEXT if is_code else ColumnType.NUMBER
    if all(_is_any(value, DATE_FORMS) for value in values):
        return ColumnType.DATE
    if all(_is_any(value, (*TIME_FORMS, *DATE_FORMS)) for value in values):
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
