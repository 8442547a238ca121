"""Writing many rows at once with PostgreSQL's COPY, in its text format."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import groupby, islice
from operator import itemgetter
from queue import SimpleQueue
from typing import Any

import msgspec
from django.db import connection
from django.db.backends.utils import CursorWrapper

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


@dataclass(frozen=True, slots=True)
class Copy:
    """What is to be copied into one of our tables: `lines` are columns parted by tabs, each already escaped."""

    table: str
    columns: Sequence[str]
    lines: Iterable[str]

    def statement(self) -> str:
        """Return the COPY itself."""
        names = ", ".join(f'"{name}"' for name in self.columns)
        return f"copy {self.table} ({names}) from stdin"

    def pieces(self) -> Iterator[str]:
        """Iterate over some lines at a time, as they are made."""
        coming = iter(self.lines)
        size = _MADE if isinstance(self.lines, Sequence) else _CHUNK
        while chunk := list(islice(coming, size)):
            yield "\n".join(chunk) + "\n"


def copy_in(copies: Sequence[Copy], at_work: Callable[[], None] = lambda: None) -> None:
    """COPY into one table after another.

    Lines are taken as they are made, those of a table when all of the one before are; another thread sends them, so
    that nobody here waits for the server. Whoever makes them may not ask the database anything meanwhile.

    Args:
        at_work: called once all lines are made, and only the database has work to do.
    """
    made: SimpleQueue[tuple[Copy, str] | None] = SimpleQueue()
    with connection.cursor() as cursor, ThreadPoolExecutor(1) as pool:
        sent = pool.submit(_send, cursor, iter(made.get, None))
        try:
            for copy in copies:
                for piece in copy.pieces():
                    made.put((copy, piece))
        finally:  # what was made is sent even then: an error takes the transaction back
            made.put(None)
        at_work()
        sent.result()


def _send(cursor: CursorWrapper, made: Iterator[tuple[Copy, str]]) -> None:
    for copy, pieces in groupby(made, itemgetter(0)):
        with cursor.copy(copy.statement()) as into:
            for _, piece in pieces:
                into.write(piece)
