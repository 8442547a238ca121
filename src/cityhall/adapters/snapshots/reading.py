"""CSV files as DuckDB is told to read them: every value as text, by a dialect that is found here."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import duckdb
from django.utils.translation import gettext_noop as _

from cityhall.adapters.disk import is_full
from cityhall.adapters.snapshots.columns import text
from cityhall.kernel.snapshots import UnreadableFile
from cityhall.kernel.told import Told

#: Longer values are no table's: a lost quotation mark swallowed the rest of the file.
_LONGEST_LINE = 4 * 1024 * 1024
_LONGEST_HEADING = 256 * 1024
_MOST_COLUMNS = 500
_DELIMITERS = (",", ";", "\t", "|")


def source(file: Path, *, rejects: bool = False) -> str:
    """Return the statement's part that reads a CSV file, every value as text; nothing is guessed."""
    names, delimiter = headings(file)
    types = ", ".join(f"{text(heading)}: 'varchar'" for heading in names)
    keep = ", ignore_errors = true, store_rejects = true, rejects_limit = 0" if rejects else ""
    return (
        f"read_csv({text(_itself(file))}, auto_detect = false, header = true, columns = {{{types}}},"
        f" delim = {text(delimiter)}, quote = '\"', escape = '\"', max_line_size = {_LONGEST_LINE}{keep})"
    )


def _itself(file: Path) -> str:
    """Return a file's path so that its name is no pattern that fits others, too."""
    return re.sub(r"[*?\[]", r"[\g<0>]", str(file))


def headings(file: Path) -> tuple[tuple[str, ...], str]:
    """Return a CSV file's headings, made to differ, and what stands between values. Raises UnreadableFile."""
    with file.open("rb") as opened:
        start = opened.read(_LONGEST_HEADING)
    if b"\0" in start:
        raise UnreadableFile(Told(_("it is no text")))
    beginning = start.decode("utf-8-sig", errors="replace")
    first = next(csv.reader([beginning.split("\n", 1)[0].rstrip("\r")], delimiter="\x1f"), [])
    delimiter = max(_DELIMITERS, key=lambda one: "".join(first).count(one))
    found = next(csv.reader(io.StringIO(beginning), delimiter=delimiter), [])
    if not any(heading.strip() for heading in found):
        raise UnreadableFile(Told(_("it has no heading")))
    if len(found) > _MOST_COLUMNS:
        raise UnreadableFile(Told(_("it has more than %(most)s columns"), {"most": _MOST_COLUMNS}))
    differing: dict[str, str] = {}
    for at, heading in enumerate(found, start=1):
        told = base = heading.strip() or f"column {at}"
        number = 1
        while told.lower() in differing:  # to DuckDB a capital letter makes no difference
            number += 1
            told = f"{base} {number}"
        differing[told.lower()] = told
    return tuple(differing.values()), delimiter


def read(session: duckdb.DuckDBPyConnection, statement: str) -> duckdb.DuckDBPyConnection:
    """Run a statement that reads a file. Raises UnreadableFile."""
    try:
        return session.execute(statement)
    except (duckdb.InvalidInputException, duckdb.IOException, duckdb.ConversionException) as problem:
        if is_full(problem):
            raise
        why = str(problem).split("\n")[0]
        raise UnreadableFile(Told(_("its lines cannot be read (%(why)s)"), {"why": why})) from problem
