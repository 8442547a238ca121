"""CSV files as offices save them: in other encodings than UTF-8, with a title above the heading or two of them."""

from __future__ import annotations

import codecs
import csv
import io
import re
from enum import StrEnum
from pathlib import Path
from typing import Final

from django.utils.translation import gettext_noop as _

from cityhall.apps.opendata.rules import sniffing
from cityhall.kernel.snapshots import UnreadableFile
from cityhall.kernel.told import Told

_HEAD: Final = 64 * 1024
_CHUNK: Final = 1024 * 1024
_SIGNS: Final = (",", ";", "\t", "|")
#: What some programs write first, to tell Excel the sign between values.
_HINT: Final = re.compile(r"\"?sep=[,;\t|]\"?\r?\n", re.IGNORECASE)
#: Letters of Western languages as UTF-8 has them.
_LETTER: Final = re.compile(rb"\xc3[\x80-\xbf]")


class Mended(StrEnum):
    """What had to be done to a CSV file."""

    NOTHING = "nothing"
    REWRITTEN = "rewritten"
    JOINED = "joined"


def mended(file: Path, made: Path) -> Mended:
    """Write a CSV file anew: as UTF-8, from its heading on, two rows of headings as one; nothing when it is so.

    Raises:
        UnreadableFile: its letters cannot be told.
    """
    encoding = _encoding(file)
    above, heading = _beginning(file, encoding)
    if encoding == "utf-8" and not above:
        return Mended.NOTHING
    try:
        with (
            file.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as given,
            made.open("w", encoding="utf-8", newline="") as written,
        ):
            for _line in range(above):
                given.readline()
            written.write(heading)
            while text := given.read(_CHUNK):
                written.write(text)
    except UnicodeError as problem:
        raise UnreadableFile(
            Told(_("its letters are in no encoding that is known; open it and save it as CSV UTF-8"))
        ) from problem
    return Mended.JOINED if heading else Mended.REWRITTEN


def _encoding(file: Path) -> str:
    """Return "utf-8", or what else Excel writes: "utf-16" for Unicode text, "cp1252" for plain CSV."""
    decoder, is_inside = codecs.getincrementaldecoder("utf-8")(), False
    with file.open("rb") as opened:
        chunk = opened.read(_CHUNK)
        if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if b"\0" in chunk:
            return "utf-8"  # no text at all, which its reader says
        while chunk:
            following = opened.read(_CHUNK)
            try:
                if is_inside or not chunk.isascii():
                    decoder.decode(chunk, final=not following)
                    is_inside = bool(decoder.getstate()[0])
            except UnicodeDecodeError:
                if _LETTER.search(chunk):
                    raise UnreadableFile(
                        Told(_("some of its letters are UTF-8 and some are not; open it and save it as CSV UTF-8"))
                    ) from None
                return "cp1252"
            chunk = following
    return "utf-8"


def _beginning(file: Path, encoding: str) -> tuple[int, str]:
    """Return how many lines are left out at the beginning, and the heading to be written in the place of two rows."""
    with file.open("rb") as opened:
        head = opened.read(_HEAD).decode("utf-8-sig" if encoding == "utf-8" else encoding, errors="replace")
    hint = _HINT.match(head)
    head = head[hint.end() :] if hint else head
    sign = max(_SIGNS, key=lambda one: sum(len(row) > 1 for row, _end in _rows(head, one)))
    rows = [(row, end + bool(hint)) for row, end in _rows(head, sign)]
    above = sniffing.titles_above([row for row, _end in rows])
    if joined := sniffing.joined_headings([row for row, _end in rows[above:]]):
        out = io.StringIO()
        csv.writer(out, delimiter=sign, lineterminator="\n").writerow(joined)
        return rows[above + 1][1], out.getvalue()
    return rows[above - 1][1] if above else int(bool(hint)), ""


def _rows(head: str, sign: str) -> list[tuple[list[str], int]]:
    """Return the first rows, each with the number of its last line."""
    reader, found = csv.reader(io.StringIO(head, newline=""), delimiter=sign), []
    try:
        for row in reader:
            found.append((row, reader.line_num))
            if len(found) == sniffing.FIRST_ROWS:
                break
    except csv.Error:  # of a value without an end; its reader says so
        pass
    return found
