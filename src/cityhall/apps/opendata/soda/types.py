"""The names SODA has for types, and the headers that carry them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from cityhall.kernel.analytics.columns import Column, Type

NAMES: Final = {
    Type.TEXT: "text",
    Type.NUMBER: "number",
    Type.BOOLEAN: "checkbox",
    Type.TIMESTAMP: "floating_timestamp",
    Type.INSTANT: "fixed_timestamp",
    Type.POINT: "point",
    Type.URL: "url",
}
_LONGEST: Final = 5_000


def column_headers(columns: Sequence[Column]) -> dict[str, str]:
    """Return the headers with the names and types of an answer's columns; none when they would be too long."""
    headers = {
        "X-SODA2-Fields": json.dumps([column.name for column in columns], separators=(",", ":")),
        "X-SODA2-Types": json.dumps([NAMES[column.type] for column in columns], separators=(",", ":")),
    }
    return {} if all(len(value) >= _LONGEST for value in headers.values()) else headers
