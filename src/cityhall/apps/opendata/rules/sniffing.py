"""What kind of table a file is: told by what it begins with, whatever it is called."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, time
from pathlib import PurePath
from typing import Any, Final

from cityhall.kernel.told import Told
from cityhall.kernel.told import marked as _

#: So many bytes are looked at.
HEAD: Final = 64 * 1024
#: What only its name tells: old or packed tables, which are refused with their reason.
_BY_NAME: Final = frozenset({".xls", ".xlsm", ".xlsb", ".zip", ".ods"})
#: So many rows are looked at for a heading below a title.
FIRST_ROWS: Final = 25
#: What stands between the two names of a heading that was made of two rows.
JOINT: Final = " – "
_NUMBER: Final = re.compile(r"[-+$(]?[\d,.]*\d[\d,.]*%?\)?")
_YEAR: Final = re.compile(r"(1[89]|20|21)\d\d")
_BOMS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class NoTable(Exception):
    """The file is no table. It is raised with a `Told` that says why."""


def ending(head: bytes, told: str = "") -> str:
    """Return how the name of such a file ends, such as ".csv".

    Args:
        told: the format a contract names; it decides among those that look alike.

    Raises:
        NoTable: with the reason.
    """
    if head.startswith(b"PAR1"):
        return ".parquet"
    if head.startswith(b"PK\x03\x04"):
        return ".xlsx" if told == "xlsx" or b"xl/" in head or b"[Content_Types].xml" in head else ".zip"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return ".xls"
    if head.startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf")):
        raise NoTable(Told(_("it is packed; name one that is not")))
    if b"\0" in head and not head.startswith(_BOMS):
        raise NoTable(Told(_("it is neither text nor a table that is known")))
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if not text:
        raise NoTable(Told(_("it is empty")))
    if text.startswith(b"<"):
        raise NoTable(Told(_("it is a web page; name the address of the file itself")))
    if told and told not in {"xlsx", "parquet"}:
        return f".{told}"
    if text.startswith(b"["):
        return ".json"
    return _object(text) if text.startswith(b"{") else ".csv"


def ending_of_upload(head: bytes, name: str) -> str:
    """Return how the name of a file somebody brought should end: by what it is, else as it does, else ".csv"."""
    named = PurePath(name).suffix.lower()
    try:
        found = ending(head)
    except NoTable:
        found = ".csv"
    if named in _BY_NAME and found in {".csv", ".xlsx", ".zip"}:
        return named
    return ".xlsx" if found == ".zip" else found  # what is wrong with it the reader of workbooks says


def titles_above(rows: Sequence[Sequence[Any]]) -> int:
    """Return how many of a table's first rows are empty, or hold a title in a single cell, before its heading."""
    filled = [sum(cell is not None and str(cell).strip() != "" for cell in row) for row in rows]
    above = next((at for at, count in enumerate(filled) if count > 1), 0)
    below = filled[above + 1 :]
    title = next((str(cell) for row in rows[:above] for cell in row if cell not in (None, "")), "a title")
    # A table of one column has such rows too: there a single word is the heading.
    is_table = len(title.split()) > 1 and 2 * sum(count > 1 for count in below) >= max(len(below), 1)
    return above if is_table else 0


def joined_headings(rows: Sequence[Sequence[Any]]) -> list[str]:
    """Return one heading for each column where a table begins with two rows of headings; nothing where it has one.

    The upper row names groups, as a merged cell over its years; what stands alone there has nothing below it.

    Args:
        rows: the table's first rows, from its heading on.
    """
    if len(rows) < 3:
        return []
    upper, lower = (_as_wide(row, rows[:2]) for row in rows[:2])
    below = [_as_wide(row, rows[:2]) for row in rows[2:]]
    groups = _groups(upper, lower)
    grouped = {at for group in groups for at in group}
    alone = [at for at, name in enumerate(upper) if name and at not in grouped]
    is_whole = all(any(pair) for pair in zip(upper, lower, strict=True))
    differ = all(len({lower[at] for at in group}) == len(group) for group in groups)
    if len(upper) in map(len, groups):
        return []  # what stands over all columns is a title
    if not (groups and is_whole and differ) or any(lower[at] for at in alone) or not all(map(_may_head, lower)):
        return []
    if not (
        (alone and all(_mostly(row[at] != "" for row in below) for at in alone))
        or any(_mostly(_NUMBER.fullmatch(row[at]) and not _may_head(row[at]) for row in below) for at in grouped)
    ):
        return []  # the second row may be one of values
    over = {at: upper[group[0]] for group in groups for at in group}
    pairs = ((over.get(at, name), lower[at]) for at, name in enumerate(upper))
    return [JOINT.join(dict.fromkeys(part for part in pair if part)) for pair in pairs]


def heading(cell: Any) -> str:
    """Return a cell as a heading has it: a day without the time that a spreadsheet gives it."""
    if isinstance(cell, datetime) and cell.time() == time():
        cell = cell.date()
    return "" if cell is None else " ".join(str(cell).split())


def _as_wide(row: Sequence[Any], headings: Sequence[Sequence[Any]]) -> list[str]:
    told = [list(map(heading, one)) for one in (row, *headings)]
    width = max((at for one in told[1:] for at, text in enumerate(one, start=1) if text), default=0)
    return [*told[0], *[""] * width][:width]


def _groups(upper: Sequence[str], lower: Sequence[str]) -> list[list[int]]:
    """Return the columns below each name that stands over several."""
    found: list[list[int]] = []
    for at, (name, below) in enumerate(zip(upper, lower, strict=True)):
        if found and below and at and lower[at - 1] and name in {"", upper[found[-1][0]]}:
            found[-1].append(at)
        elif name:
            found.append([at])
    return [group for group in found if len(group) > 1]


def _may_head(text: str) -> bool:
    """Say whether a text may be a heading: words, a year, or nothing."""
    return not _NUMBER.fullmatch(text) or bool(_YEAR.fullmatch(text))


def _mostly(found: Iterable[object]) -> bool:
    told = [bool(one) for one in found]
    return 2 * sum(told) > len(told)


def _object(text: bytes) -> str:
    if b'"FeatureCollection"' in text or b'"features"' in text:
        return ".geojson"
    line, _newline, more = text.partition(b"\n")
    if line.rstrip().endswith(b"}") and (not more.strip() or more.lstrip().startswith(b"{")):
        return ".jsonl"
    raise NoTable(Told(_("it is JSON, and neither a list of objects nor GeoJSON")))
