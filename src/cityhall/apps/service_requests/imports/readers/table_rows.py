"""CSV and its relatives: records, not lines, so that a quoted line end is part of its field."""

from __future__ import annotations

import csv
import io
import lzma
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import islice

from cityhall.apps.service_requests.imports.records import Cells, Row, Unusable
from cityhall.kernel.spreadsheets import unguarded

FIELD_LIMIT = 1_000_000
"""Characters in one field. A quote that is never closed would otherwise swallow the rest of the file."""

COLUMN_LIMIT = 2000

BROKEN_STREAM = (EOFError, OSError, zlib.error, lzma.LZMAError)
"""What reading a damaged archive raises in the middle of it."""

QUARANTINE_PREFIX = "quarantine_"
"""Columns we add when rows are handed back; taken away again when the mended file comes in."""

#: Spreadsheets are told by such a first line, as in sep=;
_SEPARATOR = re.compile(r'"?sep=([,;|\t])"?[,;|\t]*', re.IGNORECASE)
OWN_COLUMN = "cityhall_id"
"""A column only our own exports have; they too are guarded against formulas."""

_ROW = partial(tuple.__new__, Row)  # a file has millions


def table_rows(text: io.TextIOBase, first_line: str) -> Iterator[Row]:
    """Iterate over the records of a CSV file with a header; `first_line` decides the separator.

    Raises:
        Unusable: the header is empty or names a column twice.
    """
    csv.field_size_limit(FIELD_LIMIT)
    said = _SEPARATOR.fullmatch(first_line)
    reader = csv.reader(text, delimiter=said[1] if said else _delimiter(first_line))
    header = _header(reader, after=1 if said else 0)
    ours = any(name.startswith(QUARANTINE_PREFIX) or name == OWN_COLUMN for name in header)
    places = {name: place for place, name in enumerate(header)}
    width = len(header)
    number = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            number += 1
            yield Row(number, {}, "unreadable_record", f"The record could not be read: {error}.")
            continue
        except BROKEN_STREAM as error:
            yield Row(number + 1, {}, "file_broken", f"The file breaks off after record {number}: {error}.")
            return
        if not cells or (len(cells) == 1 and not cells[0].strip() and width > 1):
            continue  # an empty line is no record
        number += 1
        if ours:
            cells = [unguarded(cell) for cell in cells]
        if len(cells) == width:
            yield _ROW((number, Cells(places, cells), "", ""))
            continue
        values = dict(zip(header, cells, strict=False))
        if len(cells) > width:
            values[f"{QUARANTINE_PREFIX}surplus"] = " | ".join(cells[width:])
        told = f"The row has {len(cells)} fields, the header {width}. Look for a comma or a quote that is not escaped."
        yield Row(number, values, "wrong_columns", told)


def _header(reader: Iterator[list[str]], *, after: int) -> list[str]:
    try:
        first = next(islice(reader, after, None))
        while not any(name.strip() for name in first):  # exports that begin with an empty line
            first = next(reader)
        header = [name.strip() for name in first]
    except (StopIteration, csv.Error, *BROKEN_STREAM) as error:
        raise Unusable(f"The header line cannot be read: {error}.") from error
    while header and not header[-1]:
        header.pop()
    named = [name for name in header if name]
    if len(header) > COLUMN_LIMIT:
        raise Unusable(
            f"The header names {len(header)} columns, more than {COLUMN_LIMIT}. Leave out what is not needed."
        )
    twice = sorted(name for name, count in Counter(named).items() if count > 1)
    if twice:
        raise Unusable(f"The header names a column twice: {', '.join(twice)}. Rename one of them.")
    return [name or f"column {place}" for place, name in enumerate(header, 1)]


def _delimiter(first_line: str) -> str:
    counts = {mark: first_line.count(mark) for mark in (",", ";", "\t", "|")}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] else ","
