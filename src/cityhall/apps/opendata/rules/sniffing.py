"""What kind of table a file is: told by what it begins with, whatever it is called."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any, Final

#: So many bytes are looked at.
HEAD: Final = 64 * 1024
#: What only its name tells: old or packed tables, which are refused with their reason.
_BY_NAME: Final = frozenset({".xls", ".xlsm", ".xlsb", ".zip", ".ods"})
#: So many rows are looked at for a heading below a title.
FIRST_ROWS: Final = 25
_BOMS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class NoTable(Exception):
    """The file is no table. The message says why."""


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
        raise NoTable("it is packed; name one that is not")
    if b"\0" in head and not head.startswith(_BOMS):
        raise NoTable("it is neither text nor a table that is known")
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if not text:
        raise NoTable("it is empty")
    if text.startswith(b"<"):
        raise NoTable("it is a web page; name the address of the file itself")
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


def _object(text: bytes) -> str:
    if b'"FeatureCollection"' in text or b'"features"' in text:
        return ".geojson"
    line, _newline, more = text.partition(b"\n")
    if line.rstrip().endswith(b"}") and (not more.strip() or more.lstrip().startswith(b"{")):
        return ".jsonl"
    raise NoTable("it is JSON, and neither a list of objects nor GeoJSON")
