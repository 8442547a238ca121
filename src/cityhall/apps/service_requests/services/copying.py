"""Writing many rows at once with PostgreSQL's COPY, in its text format."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any

import msgspec
from django.db import connection

from cityhall.kernel.columns import each

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\x00": None})
# Fewer lines would cost a system call each; more than a socket holds would leave the server idle while they are made.
_CHUNK = 200
_MADE = 2_000  # of lines that are made already: each call waits its turn among this program's threads
NULL = "\\N"
_JSON = msgspec.json.Encoder(enc_hook=str)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTES = [f"T{minute // 60:02d}:{minute % 60:02d}:" for minute in range(24 * 60)]
_SECONDS = [f"{second:02d}+00" for second in range(60)]


def text(value: str) -> str:
    """Return a text as COPY wants it. NUL, which no PostgreSQL text can hold, is left out."""
    if value.isprintable() and "\\" not in value:  # nearly all: nothing to escape
        return value
    return value.translate(_ESCAPES)


def texts(values: Iterable[str]) -> Sequence[str]:
    """Return a column of texts as COPY wants them."""
    column = values if isinstance(values, Sequence) else list(values)
    together = "".join(column)
    if together.isprintable() and "\\" not in together:
        return column
    return each(column, text)


def jsons(values: Sequence[Mapping[str, Any]]) -> Sequence[str]:
    """Return a column of objects as JSON as COPY wants it."""
    if not any(values):
        return ["{}"] * len(values)
    # The encoder knows no read-only mappings.
    lines = _JSON.encode_lines([value or {} for value in values]).decode().replace("\\u0000", "").split("\n")
    return texts(lines[: len(values)])


def as_json(value: Any) -> str:
    """Return JSON as COPY wants it; an empty object costs nothing."""
    if not value:
        return "{}"
    return text(_JSON.encode(value).decode().replace("\\u0000", ""))


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


def moments(times: Iterable[datetime | None]) -> list[str]:
    """Return a column of moments as COPY wants them, put together from days, minutes and seconds that are written.

    Python takes six times as long to write one from the beginning, and a load writes three for each request.
    """
    found = []
    for moment in times:
        if moment is None:
            found.append(NULL)
            continue
        since = moment - _EPOCH
        if since.microseconds:
            found.append(moment.isoformat())
            continue
        minute, second = divmod(since.seconds, 60)
        found.append(_day(since.days) + _MINUTES[minute] + _SECONDS[second])
    return found


@lru_cache(maxsize=20_000)
def _day(days: int) -> str:
    return (date(1970, 1, 1) + timedelta(days)).isoformat()


def ids(values: Iterable[uuid.UUID]) -> str:
    """Return an array of ids as COPY wants it."""
    return "{" + ",".join(map(str, values)) + "}"


def array(values: Iterable[str]) -> str:
    """Return texts as the literal of an array, for `any(%s::text[])`: thousands of parameters at the price of one."""
    given = list(values)
    together = "".join(given)
    if '"' in together or "\\" in together or "\x00" in together:
        given = [one.replace("\\", "\\\\").replace('"', '\\"').replace("\x00", "") for one in given]
    return '{"' + '","'.join(given) + '"}' if given else "{}"


def copy_in(table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    """COPY lines (columns parted by tabs, each already escaped) into a table of ours.

    They are taken as they are made, so that the server writes the first while the next are made. Whoever makes them
    may not ask the database anything meanwhile.
    """
    coming = iter(lines)
    size = _MADE if isinstance(lines, Sequence) else _CHUNK
    chunk = list(islice(coming, size))
    if not chunk:
        return
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor, cursor.copy(f"copy {table} ({names}) from stdin") as copy:
        while chunk:
            copy.write("\n".join(chunk) + "\n")
            chunk = list(islice(coming, size))
