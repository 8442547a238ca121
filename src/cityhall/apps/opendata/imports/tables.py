"""Tables in other files than CSV, read row by row: Excel, JSON Lines, GeoJSON and Parquet.

What is read may be hostile: no file is unpacked or held whole before its declared sizes are looked at.
"""

from __future__ import annotations

import itertools
import json
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import ijson
import pyarrow as pa
import pyarrow.parquet as parquet
from django.utils.translation import gettext_noop as _

from cityhall.apps.opendata.rules import sniffing
from cityhall.kernel.snapshots import UnreadableFile
from cityhall.kernel.told import Told

MOST_COLUMNS: Final = 500
_MIB: Final = 1024 * 1024
LONGEST_LINE: Final = 16 * _MIB
LARGEST_SHEET: Final = 2048 * _MIB
#: Of everything in a workbook but its sheets, which openpyxl holds in memory.
LARGEST_PART: Final = 128 * _MIB
_MOST_PARTS: Final = 10_000
_SHEETS: Final = "xl/worksheets/"
_MOST_SHEET_ROWS: Final = 1_048_576
LARGEST_ROW_GROUP: Final = 1024 * _MIB
_BATCH_ROWS: Final = 8192
_NO_EXCEL: Final = Told(_("it is no Excel file that can be read; open it and save it as .xlsx again"))
_NO_PARQUET: Final = Told(_("it is no Parquet file that can be read"))


@dataclass(frozen=True, slots=True)
class Table:
    """Headings, and rows of as many values; a row may be longer, and is put aside later.

    Args:
        is_joined: whether the headings were made of two rows.
        sheet: the name of a workbook's sheet it is; sheets: of all that are shown and have a table.
    """

    headings: Sequence[str]
    rows: Iterable[Sequence[Any]]
    is_joined: bool = False
    sheet: str = ""
    sheets: Sequence[str] = ()


def read_excel(file: Path, sheet: str = "") -> Iterator[Table]:
    """Read a sheet without empty rows and a title above the heading; two rows of headings are joined.

    Args:
        sheet: its name, also of one that is hidden. Without it, the first that is shown and has a table.
    """
    from cityhall.apps.opendata.imports.workbooks import open_book  # large, and web processes seldom read a workbook

    _look_into(file)
    with _damage(_NO_EXCEL):
        with warnings.catch_warnings(action="ignore"):  # of styles and the like, which matter to nobody here
            book = open_book(file, _SHEETS)
        with closing(book):
            if not book.worksheets:
                raise UnreadableFile(Told(_("it has no sheet")))
            found, names = _sheet(book.worksheets, sheet)
            headings, joined, rows = _headed(_filled(_guarded(found.iter_rows(values_only=True), _NO_EXCEL)))
            filled = ((*_trimmed(row), *([None] * (len(headings) - len(_trimmed(row))))) for row in rows)
            yield Table(headings, filled, joined, found.title, names)


def _sheet(sheets: Sequence[Any], name: str) -> tuple[Any, list[str]]:
    """Return the sheet of this name, and the names of all that are shown and have a table.

    Without a name it is the first of those, as many workbooks begin with a page of notes; without any, the first that
    is shown, or the first of all. What is hidden was not meant for everybody.
    """
    for sheet in sheets:
        sheet.reset_dimensions()  # what a file says of its size is not to be relied on
    shown = [sheet for sheet in sheets if sheet.sheet_state == "visible"] or list(sheets)
    tables = [sheet for sheet in shown if _has_table(sheet)]
    names = [sheet.title for sheet in tables]
    if not name:
        return (tables or shown)[0], names
    named = next((sheet for sheet in sheets if sheet.title.strip().lower() == name.strip().lower()), None)
    if named is None:
        there = ", ".join(names)
        raise UnreadableFile(Told(_("it has no sheet %(sheet)s; it has %(there)s"), {"sheet": name, "there": there}))
    return named, names


def _has_table(sheet: Any) -> bool:
    first = itertools.islice(_filled(_guarded(sheet.iter_rows(values_only=True), _NO_EXCEL)), sniffing.FIRST_ROWS)
    return sum(sum(cell not in (None, "") for cell in row) > 1 for row in first) > 1


def read_json_lines(file: Path) -> Iterator[Table]:
    """Read one object for each line. Columns are all keys there are, in the order in which they appear."""
    headings = _keys(_objects(file))
    yield Table(headings, ([one.get(key) for key in headings] for one in _objects(file)))


def read_json_list(file: Path) -> Iterator[Table]:
    """Read a list of objects, as JSON doors answer. Columns are all keys there are, as with JSON Lines."""
    headings = _keys(_listed(file))
    yield Table(headings, ([one.get(key) for key in headings] for one in _listed(file)))


def read_geojson(file: Path) -> Iterator[Table]:
    """Read features of points: their properties, and the degrees in two columns at the end."""
    headings = _keys(properties for properties, _lon, _lat in _features(file))
    degrees = ["longitude", "latitude"]
    if set(degrees) & {one.lower() for one in headings}:
        degrees = ["geometry longitude", "geometry latitude"]
    rows = ([*(found.get(key) for key in headings), lon, lat] for found, lon, lat in _features(file))
    yield Table([*headings, *degrees], rows)


def read_parquet(file: Path) -> Iterator[Table]:
    """Read a Parquet file, batch by batch."""
    with _damage(_NO_PARQUET), parquet.ParquetFile(file) as opened:
        about = opened.metadata
        if any(about.row_group(at).total_byte_size > LARGEST_ROW_GROUP for at in range(about.num_row_groups)):
            raise UnreadableFile(Told(_("a row group of it is larger than a gigabyte; write it with smaller ones")))
        texts = [one.name for one in opened.schema_arrow if pa.types.is_string(one.type)]
    with _damage(_NO_PARQUET), parquet.ParquetFile(file, read_dictionary=texts) as opened:
        batches = opened.iter_batches(batch_size=_BATCH_ROWS, use_threads=False)
        rows = (row for batch in batches for row in zip(*map(_values, batch.columns), strict=True))
        yield Table(opened.schema_arrow.names, _guarded(rows, _NO_PARQUET))


def _values(column: pa.Array) -> list[Any]:
    """Return a column's values. A text that many rows have is in memory once, however long it is."""
    if not isinstance(column, pa.DictionaryArray):
        found: list[Any] = column.to_pylist()
        return found
    used = column.indices.unique()
    known = dict(zip(used.to_pylist(), column.dictionary.take(used).to_pylist(), strict=True))
    return [known[at] for at in column.indices.to_pylist()]


#: How to read a file, by how its name ends. Each reads for as long as its caller asks for rows.
READERS: Final[Mapping[str, Callable[[Path], Iterator[Table]]]] = {
    ".xlsx": read_excel, ".xlsm": read_excel,
    ".jsonl": read_json_lines, ".ndjson": read_json_lines, ".json": read_json_list,
    ".geojson": read_geojson, ".parquet": read_parquet,
}  # fmt: skip


@contextmanager
def _damage(told: Told) -> Iterator[None]:
    """Say that a file cannot be read, whatever its reader raises of damaged ones: that is of any kind."""
    try:
        yield
    except UnreadableFile:
        raise
    except Exception as problem:
        raise UnreadableFile(told) from problem


def _guarded(rows: Iterable[Sequence[Any]], told: Told) -> Iterator[Sequence[Any]]:
    with _damage(told):
        yield from rows


def _look_into(file: Path) -> None:
    """Refuse a workbook that would unpack to too much. No more than is declared is ever unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as problem:
        raise UnreadableFile(Told(_("it is no Excel file; older ones (.xls) have to be saved as .xlsx"))) from problem
    sheets = sum(one.file_size for one in parts if _is_sheet(one.filename))
    # What can hardly be packed, such as a picture, is no bomb, and is not read either.
    others = sum(
        one.file_size
        for one in parts
        if not _is_sheet(one.filename)
        and (one.filename.endswith((".xml", ".rels")) or one.file_size > 2 * one.compress_size)
    )
    if len(parts) > _MOST_PARTS or sheets > LARGEST_SHEET or others > LARGEST_PART:
        raise UnreadableFile(Told(_("it is too large for a spreadsheet; save it as CSV")))


def _is_sheet(name: str) -> bool:
    return name.startswith(_SHEETS) and not name.endswith(".rels")


def _filled(rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    for number, row in enumerate(rows, start=1):
        if number > _MOST_SHEET_ROWS:
            raise UnreadableFile(Told(_("its sheet has more rows than Excel allows")))
        if any(cell not in (None, "") for cell in row):
            yield row


def _headed(rows: Iterator[Sequence[Any]]) -> tuple[list[str], bool, Iterator[Sequence[Any]]]:
    """Return the headings, whether they were made of two rows, and the rows below them."""
    first = list(itertools.islice(rows, sniffing.FIRST_ROWS))
    first = first[sniffing.titles_above(first) :]
    joined = sniffing.joined_headings(first)
    headings = joined or [sniffing.heading(cell) for cell in _trimmed(first[0] if first else ())]
    return headings, bool(joined), itertools.chain(first[2 if joined else 1 :], rows)


def _trimmed(row: Sequence[Any]) -> Sequence[Any]:
    end = len(row)
    while end and row[end - 1] in (None, ""):
        end -= 1
    return row[:end]


def _keys(objects: Iterable[Mapping[str, Any]]) -> list[str]:
    found: dict[str, None] = {}
    for one in objects:
        found.update(dict.fromkeys(one))
        if len(found) > MOST_COLUMNS:
            raise UnreadableFile(Told(_("it has more than %(most)s columns"), {"most": MOST_COLUMNS}))
    return list(found)


def _objects(file: Path) -> Iterator[dict[str, Any]]:
    with file.open("rb") as opened:
        number = 0
        while line := opened.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise UnreadableFile(Told(_("line %(number)s is longer than 16 megabytes"), {"number": number}))
            if not line.strip():
                continue
            try:
                found = json.loads(line.decode("utf-8-sig"))
            except (ValueError, RecursionError) as problem:
                raise UnreadableFile(Told(_("line %(number)s is no JSON"), {"number": number})) from problem
            if not isinstance(found, dict):
                raise UnreadableFile(Told(_("line %(number)s is no JSON object"), {"number": number}))
            yield found


class _Measured:
    """A file that holds no more than so much from the end of one row to the next: a row is held whole."""

    def __init__(self, opened: BinaryIO) -> None:
        self._opened = opened
        self._taken = 0

    def begin(self) -> None:
        """Begin another row."""
        self._taken = 0

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes. Raises UnreadableFile."""
        found = self._opened.read(size)
        self._taken += len(found)
        if self._taken > LONGEST_LINE:
            raise UnreadableFile(Told(_("a row of it is longer than 16 megabytes")))
        return found


def _listed(file: Path) -> Iterator[dict[str, Any]]:
    number = 0
    with file.open("rb") as opened:
        measured = _Measured(opened)
        try:
            for number, one in enumerate(ijson.items(measured, "item", use_float=True), start=1):
                measured.begin()
                if not isinstance(one, dict):
                    raise UnreadableFile(Told(_("item %(number)s of it is no JSON object"), {"number": number}))
                yield one
        except (ijson.JSONError, UnicodeError, ValueError) as problem:
            raise UnreadableFile(
                Told(_("it is no list of JSON objects after item %(number)s"), {"number": number})
            ) from problem
    if not number:
        raise UnreadableFile(Told(_("it is no list of JSON objects, or an empty one")))


def _features(file: Path) -> Iterator[tuple[dict[str, Any], Any, Any]]:
    number = 0
    with file.open("rb") as opened:
        measured = _Measured(opened)
        try:
            for number, one in enumerate(ijson.items(measured, "features.item", use_float=True), start=1):
                measured.begin()
                geometry, properties = one["geometry"], one.get("properties") or {}
                if geometry is None:
                    yield properties, None, None
                elif geometry["type"] == "Point":
                    yield properties, *(geometry["coordinates"] or (None, None))[:2]
                else:
                    raise UnreadableFile(
                        Told(_("feature %(number)s is no point, and only points can be published"), {"number": number})
                    )
        except (ijson.JSONError, UnicodeError, KeyError, TypeError, ValueError, AttributeError) as problem:
            raise UnreadableFile(Told(_("it is no GeoJSON after feature %(number)s"), {"number": number})) from problem
    if not number:
        raise UnreadableFile(Told(_("it is no GeoJSON with features")))
