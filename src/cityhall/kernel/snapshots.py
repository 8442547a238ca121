"""Snapshots of published data: what is written once, kept unchanged and read by every query.

The port and what crosses it. A snapshot is a folder of Parquet parts with a manifest of their hashes, a query file that
can be made from them again, the rows that could not be used, and what changed since the snapshot before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from cityhall.kernel.analytics.columns import Column, Type
from cityhall.kernel.slots import Slot

#: The file of a snapshot that queries read; it can be made anew from the parts.
QUERY_FILE = "rows.duckdb"
#: What the names of its Parquet parts begin with, and the one there is.
PART_PREFIX = "part-"
PART_FILE = f"{PART_PREFIX}0.parquet"
#: What its file says of the bytes that the texts of one row take at most.
WIDEST = "widest"
#: Where only what changed since an earlier snapshot was written: the query file of that one's rows, the rows that came
#: or changed since, and the ids of its rows that count no more. The part is then that one's, and the query file a view.
BASE_FILE = "base.duckdb"
DELTA_FILE = "delta.parquet"
GONE_FILE = "gone.parquet"
#: The file of what changed since the snapshot before.
CHANGES_FILE = "changes.parquet"
#: The file of the rows that could not be used: their lines and reasons, as CSV.
QUARANTINE_FILE = "quarantine.csv"
#: Bytes of the longest text that is a value; a row with a longer one is put aside.
LONGEST_VALUE = 100_000
#: How days and times may be written in a file; a time is also a day alone.
DATE_FORMS = (
    "%Y-%m-%d", "%m/%d/%y", "%m/%d/%Y", "%Y/%m/%d", "%d %b %Y", "%d %B %Y", "%d-%b-%y", "%d-%b-%Y", "%b %d, %Y",
    "%B %d, %Y",
)  # fmt: skip
TIME_FORMS = (
    "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d %H:%M:%S.%f", "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p", "%m/%d/%y %H:%M", "%m/%d/%y %I:%M %p", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %H:%M",
    "%Y-%m-%d %H:%M",
)  # fmt: skip


def forms(kinds: Sequence[str], *, day_first: bool) -> tuple[str, ...]:
    """Return the forms of `DATE_FORMS` or `TIME_FORMS`, of days written 21/01/2022, 21-01-2022 or 21.01.2022 where they
    are.
    """
    if not day_first:
        return tuple(kinds)
    # 21-01-22 is left out: it may as well begin with its year.
    turned = (
        one.replace("%m/%d/%y", "%d/%m/%y").replace("%m/%d/%Y", f"%d{between}%m{between}%Y")
        for one in kinds
        for between in "/-."
    )
    return tuple(dict.fromkeys(turned))


class ColumnType(StrEnum):
    """What a column holds.

    `DATE` has no time of day; `TIMESTAMP` is the city's wall clock, without an offset; `POINT` is made of two headings.
    """

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    POINT = "point"

    @property
    def kept_as(self) -> Type:
        """The type queries see: a date is its midnight."""
        return Type.TIMESTAMP if self is ColumnType.DATE else Type(self.value)


@dataclass(frozen=True, slots=True)
class SnapshotColumn:
    """A column of a snapshot.

    Args:
        name: lower-case letters, digits and `_`, beginning with a letter.
        source: its heading in the file; "" for a point.
        required: rows without a value are put aside.
        choices: the only values there may be; empty for any.
        least, most: bounds of a number, both allowed.
        longitude, latitude: the headings of a point's degrees (WGS 84).
        hide: what is written in the place of these values, one for each, of a text or of a point (longitude, latitude);
            None for nothing. It must say the same of equal values.
        hold_after: rows whose time is later are held back.
        day_first: of dates and times: 02/01/2026 is the second of January.
        sign, decimal_comma, brackets: how numbers are written, as `number_form` has it; of a point, whether its degrees
            have a decimal comma.
    """

    name: str
    source: str
    type: ColumnType
    required: bool = False
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    longitude: str = ""
    latitude: str = ""
    hide: Callable[[Sequence[Any]], Sequence[Any]] | None = None
    hold_after: datetime | None = None
    day_first: bool = False
    sign: str = ""
    decimal_comma: bool = False
    brackets: bool = False

    @property
    def stored(self) -> tuple[str, ...]:
        """Return the names of the stored columns."""
        return Column(self.name, self.type.kept_as).stored


@dataclass(frozen=True, slots=True)
class Rare:
    """Values that fewer than so many rows have together are taken out: a text becomes `instead`, others nothing."""

    columns: tuple[str, ...]
    fewer_than: int
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows of the snapshot before that stay as they are: all but those with one of these texts in a column."""

    column: str
    but: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SnapshotJob:
    """What to write.

    Args:
        file: a CSV file with a heading.
        folder: an empty folder to write into.
        key: names of the columns that tell rows apart; empty when only their whole content does.
        before: folder of the snapshot before this one; None for the first.
        at: when new and changed rows are said to have come.
        rare: what is taken out once all else is done; all of them hold in the end.
        kept: what stays beside the file's rows; only with `before`, and without `rare`.
    """

    file: Path
    folder: Path
    columns: Sequence[SnapshotColumn]
    key: Sequence[str]
    before: Path | None
    at: datetime
    rare: Sequence[Rare] = ()
    kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """What a column of a written snapshot holds: how many rows have no value, how many values differ (about).

    Args:
        empty: rows to which the file gave no value, whatever was hidden since.
        latest: the last time in the file, of a column of times.
    """

    nulls: int
    distinct: int
    empty: int = 0
    latest: datetime | None = None


@dataclass(frozen=True, slots=True)
class SnapshotWritten:
    """What was written. Counts are of rows; `quarantined` are those put aside, `reasons` how many for each reason.

    Args:
        parts: SHA-256 by file name.
        held: rows held back because they are too new.
    """

    rows: int
    quarantined: int
    added: int
    changed: int
    removed: int
    size: int
    reasons: Mapping[str, int]
    facts: Mapping[str, ColumnFacts]
    parts: Mapping[str, str]
    held: int = 0


@dataclass(frozen=True, slots=True)
class Sample:
    """The beginning of a file: its headings, and rows of text as they stand there."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]


class UnreadableFile(Exception):
    """The file is no table. A `Told` says why, or a text."""


@runtime_checkable
class SnapshotWriter(Protocol):
    """Turns files into snapshots.

    Whatever it was given is in the rows, in the quarantine or held back; nothing is dropped.
    """

    def sample(self, file: Path, rows: int) -> Sample:
        """Return a file's headings and its first rows. Raises UnreadableFile."""

    def write(self, job: SnapshotJob, progress: Callable[[str], None] = ...) -> SnapshotWritten:
        """Write the snapshot into the job's folder and make it last on the disk.

        Raises:
            UnreadableFile.
            OSError: ENOSPC for a disk that is full.
        """


snapshot_writer: Slot[SnapshotWriter] = Slot("snapshot writer")
