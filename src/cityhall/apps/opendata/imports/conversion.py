"""Whatever table is given is made a CSV file first, so that all go through the same checks."""

from __future__ import annotations

import contextlib
import csv
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from cityhall.apps.opendata.imports import texts
from cityhall.apps.opendata.imports.tables import MOST_COLUMNS, READERS, Table, read_excel
from cityhall.apps.opendata.services.making import place_to_write
from cityhall.apps.places import public as places
from cityhall.kernel.django.translated import say
from cityhall.kernel.errors import Invalid
from cityhall.kernel.snapshots import LONGEST_VALUE, UnreadableFile, snapshot_writer
from cityhall.kernel.told import Told

LARGEST: Final = 8 * 1024**3
_LOOK_EVERY: Final = 4096
_NO_TABLES: Final = (".xls", ".xlsb", ".ods")


@contextmanager
def as_csv(
    file: Path,
    *,
    name: str = "",
    sheet: str = "",
    joined: Callable[[Sequence[str]], None] = lambda _headings: None,
    picked: Callable[[str, Sequence[str]], None] = lambda _sheet, _sheets: None,
) -> Iterator[Path]:
    """Give a file's table as a CSV file in UTF-8, which is gone afterwards; a file that is one is given as it is.

    Args:
        name: what a person knows the file by; its own when left out.
        sheet: which of a workbook is read; the first with a table when left out.
        joined: is called with the headings where they were made of two rows.
        picked: is called for a workbook with the sheet's name and the names of all with a table.

    Raises:
        Invalid: field "file": it cannot be read, or is too large.
    """
    ending = file.suffix.lower()
    with place_to_write() as folder:
        made = folder / f"{file.stem}.csv"
        try:
            if ending == ".zip":
                raise UnreadableFile(_packed(file))
            if ending in _NO_TABLES:
                raise UnreadableFile(Told(_("save it as .xlsx or CSV")))
            if sheet and READERS.get(ending) is not read_excel:
                raise UnreadableFile(Told(_("it is no workbook, and has no sheets")))
            if ending not in READERS:
                done = texts.mended(file, made)
                if done is texts.Mended.JOINED:
                    joined(snapshot_writer.get().sample(made, 0).headings)
                made = file if done is texts.Mended.NOTHING else made
            else:
                for table in read_excel(file, sheet) if sheet else READERS[ending](file):
                    if table.sheet:
                        picked(table.sheet, table.sheets)
                    write_table(table, made)
                    if table.is_joined:
                        joined(table.headings)
        except UnreadableFile as problem:
            raise Invalid(
                {
                    "file": gettext_lazy("%(file)s is no table: %(why)s.")
                    % {"file": name or file.name, "why": say(Told.by(problem))}
                }
            ) from problem
        yield made


def _packed(file: Path) -> Told:
    """Return why a packed file is no table, and what to bring instead."""
    with (
        contextlib.suppress(zipfile.BadZipFile, NotImplementedError, ValueError, OSError),
        zipfile.ZipFile(file) as archive,
    ):
        if any(name.lower().endswith(".shp") for name in archive.namelist()):
            return Told(_("it is a shapefile; save it in a map program as GeoJSON, in WGS 84, if it holds points"))
    return Told(_("it is packed; unpack it, and bring the table that is in it"))


def write_table(table: Table, made: Path) -> None:
    """Write a table as a CSV file. Raises UnreadableFile."""
    headings = list(table.headings)
    if not any(headings):
        raise UnreadableFile(Told(_("it has no heading")))
    if len(headings) > MOST_COLUMNS:
        raise UnreadableFile(Told(_("it has more than %(most)s columns"), {"most": MOST_COLUMNS}))
    # Whoever reads a CSV file takes for the delimiter what its heading has most of.
    if any("".join(headings).count(sign) > len(headings) - 1 for sign in ";\t|"):
        raise UnreadableFile(Told(_("its headings have too many signs such as ; or |")))
    with made.open("w", encoding="utf-8", errors="replace", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(headings)
        for number, row in enumerate(table.rows):
            try:
                writer.writerow([_text(value) for value in row])
            except RecursionError as problem:
                raise UnreadableFile(Told(_("a value of it is nested too deeply"))) from problem
            if number % _LOOK_EVERY == 0 and opened.tell() > LARGEST:
                raise UnreadableFile(Told(_("it is larger than 8 gigabytes as CSV")))


def _text(value: Any) -> str:
    """Return a value as it stands in a CSV file. A time with an offset becomes the city's wall clock."""
    match value:
        case None:
            return ""
        case str():
            return value[: LONGEST_VALUE + 1]  # enough to have the row put aside
        case bool():
            return "true" if value else "false"
        case float():
            return (
                "" if value != value else str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
            )
        case datetime():
            local = places.local(value.astimezone(UTC)).replace(tzinfo=None) if value.tzinfo else value
            return local.date().isoformat() if local.time() == time() else local.isoformat(sep=" ")
        case date():
            return value.isoformat()
        case bytes():
            return value.hex()
        case dict() | list():
            return json.dumps(value, ensure_ascii=False, default=str)
        case _:
            return str(value)
