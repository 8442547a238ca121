"""Writing many rows at once with PostgreSQL's COPY, in its text format."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import connection

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\x00": None})
_CHUNK = 500
_JSON = msgspec.json.Encoder(enc_hook=str)


def text(value: str) -> str:
    """Return a text as COPY wants it. NUL, which no PostgreSQL text can hold, is left out."""
    return value.translate(_ESCAPES)


def as_json(value: Any) -> str:
    """Return JSON as COPY wants it; an empty object costs nothing."""
    if not value:
        return "{}"
    return _JSON.encode(value).decode().replace("\\u0000", "").translate(_ESCAPES)


def one(value: Any) -> str:
    """Return a value of any other kind as COPY wants it; None becomes its sign for null."""
    if value is None:
        return "\\N"
    if value is True:
        return "t"
    if value is False:
        return "f"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def ids(values: Iterable[uuid.UUID]) -> str:
    """Return an array of ids as COPY wants it."""
    return "{" + ",".join(map(str, values)) + "}"


def copy_in(table: str, columns: Sequence[str], lines: Sequence[str]) -> None:
    """COPY lines (columns parted by tabs, each already escaped) into a table of ours."""
    if not lines:
        return
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor, cursor.copy(f"copy {table} ({names}) from stdin") as copy:
        for start in range(0, len(lines), _CHUNK):
            copy.write("\n".join(lines[start : start + _CHUNK]) + "\n")
