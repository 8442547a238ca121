"""Opening a file: unpacked by its first bytes, told apart as CSV, JSON, JSON lines or XML by what follows."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from cityhall.apps.service_requests.imports.readers.decoding import Recoded, text_of
from cityhall.apps.service_requests.imports.readers.json_rows import json_lines, json_rows
from cityhall.apps.service_requests.imports.readers.table_rows import table_rows
from cityhall.apps.service_requests.imports.readers.xml_rows import xml_rows
from cityhall.apps.service_requests.imports.records import Row, Unusable

_HEAD = 16_384
MOST_BYTES_OF_A_RECORD = 32 * 1024 * 1024
"""Unpacked bytes that may come before the next record. Without it a bomb of one line, one text or one element would be
held in memory whole.
"""
_LOOK, _MOST_OPEN = 4096, 2000
_LAYERS = 3  # a gzip inside a zip is seen in the wild; deeper nesting is an attack or a mistake


@dataclass(slots=True)
class Opened:
    """An opened file: its kind ("csv", "json", "jsonl", "xml") and its rows, to be read once.

    `position` says how many bytes of the file, as it lies on the disk, were read.
    """

    kind: str
    rows: Iterator[Row]
    position: Callable[[], int] = lambda: 0
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()


_BROKEN = (
    EOFError, RuntimeError, NotImplementedError, ValueError, struct.error, zlib.error, lzma.LZMAError,
    zipfile.BadZipFile,
)  # fmt: skip


def open_file(path: Path) -> Opened:
    """Open `path` for reading its records.

    Raises:
        Unusable: it cannot be opened, is empty, or holds no records (a picture, a page, totals).
    """
    stack = ExitStack()
    try:
        raw = cast(BinaryIO, stack.enter_context(path.open("rb")))
        meter = _Meter(_unpacked(raw, stack))
        stream: io.BufferedReader = io.BufferedReader(cast(io.RawIOBase, meter), _HEAD * 4)
        head = stream.peek(_HEAD)[:_HEAD]
        opened = _rows(stream, head, stack)
        opened.rows = meter.metered(opened.rows)
        # A reader that is done closes its stream.
        opened.position = lambda: path.stat().st_size if raw.closed else raw.tell()
        return opened
    except OSError as error:
        stack.close()
        raise Unusable(f"{path.name} cannot be opened: {error.strerror or error}.") from error
    except _BROKEN as error:
        stack.close()
        raise Unusable(f"{path.name} cannot be unpacked: {error}. Fetch it again, or unpack it yourself.") from error
    except BaseException:
        stack.close()
        raise


class _Meter(io.RawIOBase):
    """Counts what was read since the last record: stops a file that holds too much without one, or JSON nested without
    end, for each level of which the JSON parser keeps the names of all above it.
    """

    def __init__(self, inner: io.BufferedReader) -> None:
        self._inner = inner
        self._since = 0
        self._open = 0
        head = inner.peek(_HEAD)[:_HEAD].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
        self._is_json = head.startswith((b"[", b"{"))

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Read the next piece. Raises Unusable."""
        piece = self._inner.read1(len(memoryview(buffer)))
        memoryview(buffer)[: len(piece)] = piece
        self._since += len(piece)
        if self._since > MOST_BYTES_OF_A_RECORD:
            raise Unusable(f"A record is larger than {MOST_BYTES_OF_A_RECORD // 1_048_576} MB. Import a mended file.")
        if self._is_json:
            self._look_for_depth(piece)
        return len(piece)

    def _look_for_depth(self, piece: bytes) -> None:
        # Brackets in texts are counted too: they come in pairs, or seldom, and each record begins anew.
        for start in range(0, len(piece), _LOOK):
            part = piece[start : start + _LOOK]
            self._open += part.count(b"[") + part.count(b"{") - part.count(b"]") - part.count(b"}")
            if self._open > _MOST_OPEN:
                raise Unusable("The records are nested too deep.")

    def close(self) -> None:
        """Close what is read."""
        self._inner.close()
        super().close()

    def metered(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Give out `rows`, beginning to count anew with each."""
        for row in rows:
            self._since = self._open = 0
            yield row


def _unpacked(stream: BinaryIO, stack: ExitStack) -> io.BufferedReader:
    buffered: io.BufferedReader = io.BufferedReader(cast(io.RawIOBase, stream), _HEAD * 4)
    for _ in range(_LAYERS):
        head = buffered.peek(8)[:8]
        inner: BinaryIO
        if head.startswith(b"\x1f\x8b"):
            inner = cast(BinaryIO, stack.enter_context(gzip.GzipFile(fileobj=buffered)))
        elif head.startswith(b"\xfd7zXZ\x00"):
            inner = cast(BinaryIO, stack.enter_context(lzma.LZMAFile(buffered)))  # noqa: SIM115  # the stack closes it
        elif head.startswith(b"BZh"):
            inner = cast(BinaryIO, stack.enter_context(bz2.BZ2File(buffered)))
        elif head.startswith(b"PK\x03\x04"):
            inner = _member(buffered, stack)
        else:
            return buffered
        buffered = io.BufferedReader(cast(io.RawIOBase, inner), _HEAD * 4)
    return buffered


def _member(buffered: io.BufferedReader, stack: ExitStack) -> BinaryIO:
    archive = stack.enter_context(zipfile.ZipFile(buffered))
    inside = [
        info
        for info in archive.infolist()
        if not info.is_dir() and not info.filename.startswith("__MACOSX/") and not info.filename.endswith(".txt")
    ]
    if len(inside) != 1:
        names = ", ".join(info.filename for info in inside[:8]) or "nothing"
        raise Unusable(f"The archive must hold one file of records; it holds {names}. Unpack it and import one.")
    if inside[0].filename == "[Content_Types].xml" or inside[0].filename.startswith("xl/"):
        raise Unusable("This is a workbook. Save the sheet as CSV (UTF-8) and import that.")
    return cast(BinaryIO, stack.enter_context(archive.open(inside[0])))


def _rows(stream: io.BufferedReader, head: bytes, stack: ExitStack) -> Opened:
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    start = head.decode("utf-16" if wide else "utf-8-sig", "ignore").lstrip()
    if not start:
        raise Unusable("The file is empty.")
    if b"\x00" in head[:1024] and not wide:
        raise Unusable("This is no text file. Import CSV, JSON, JSON lines or XML.")
    utf8 = cast(BinaryIO, Recoded(stream, head))
    if start.startswith("<"):
        if start[:200].lower().startswith(("<!doctype html", "<html")):
            raise Unusable("This is a web page. Download the data itself: CSV, JSON or XML.")
        return Opened("xml", xml_rows(utf8 if _is_utf8_xml(start) else stream), _stack=stack)
    if start.startswith("["):
        return Opened("json", json_rows(utf8, "array"), _stack=stack)
    if start.startswith("{"):
        if _looks_like_lines(start):
            return Opened("jsonl", json_lines(utf8), _stack=stack)
        return Opened("json", json_rows(utf8, "object"), _stack=stack)
    text = text_of(cast(BinaryIO, stream), head)
    return Opened("csv", table_rows(text, start.splitlines()[0]), _stack=stack)


def _is_utf8_xml(start: str) -> bool:
    declaration = start.split("?>", 1)[0].lower() if start.startswith("<?xml") else ""
    return "encoding=" not in declaration or "utf-8" in declaration


def _looks_like_lines(start: str) -> bool:
    """One whole object a line. A single line is told from a document by holding no list of objects."""
    first, _, rest = start.partition("\n")
    if not first.rstrip().endswith("}"):
        return False
    if rest.strip():
        return rest.lstrip().startswith("{")
    try:
        alone = json.loads(first)
    except (ValueError, RecursionError):
        return False
    return not any(isinstance(value, list) and value and isinstance(value[0], dict | list) for value in alone.values())
