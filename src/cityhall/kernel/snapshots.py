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
from typing import Protocol, runtime_checkable

from cityhall.kernel.analytics.columns import Type
from cityhall.kernel.ports import Slot

#: The file of a snapshot that queries read; it can be made anew from the parts.
QUERY_FILE = "rows.duckdb"
#: How days and times may be written in a file; a time is also a day alone.
DATE_FORMS = ("%Y-%m-%d", "%m/%d/%Y", "%Y/%m/%d")
TIME_FORMS = (
    "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d %H:%M:%S.%f", "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %H:%M", "%Y-%m-%d %H:%M",
)  # fmt: skip


class ColumnType(StrEnum):
    """What a column holds. `DATE` has no time of day; `TIMESTAMP` is the city's wall clock, without an offset."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"

    @property
    def kept_as(self) -> Type:
        """The type queries see: a date is its midnight."""
        return Type.TIMESTAMP if self is ColumnType.DATE else Type(self.value)


@dataclass(frozen=True, slots=True)
class SnapshotColumn:
    """A column of a snapshot.

    Args:
        name: lower-case letters, digits and `_`, beginning with a letter.
        source: its heading in the file.
        required: rows without a value are put aside.
        choices: the only values there may be; empty for any.
        least, most: bounds of a number, both allowed.
    """

    name: str
    source: str
    type: ColumnType
    required: bool = False
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class SnapshotJob:
    """What to write.

    Args:
        file: a CSV file with a heading.
        folder: an empty folder to write into.
        key: names of the columns that tell rows apart; empty when only their whole content does.
        before: folder of the snapshot before this one; None for the first.
        at: when new and changed rows are said to have come.
    """

    file: Path
    folder: Path
    columns: Sequence[SnapshotColumn]
    key: Sequence[str]
    before: Path | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """What a column of a written snapshot holds: how many rows have no value, how many values differ (about)."""

    nulls: int
    distinct: int


@dataclass(frozen=True, slots=True)
class SnapshotWritten:
    """What was written. Counts are of rows; `quarantined` are those put aside, `reasons` how many for each reason.

    Args:
        parts: SHA-256 by file name.
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


@dataclass(frozen=True, slots=True)
class Sample:
    """The beginning of a file: its headings, and rows of text as they stand there."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]


class UnreadableFile(Exception):
    """The file is no table. The message says why."""


@runtime_checkable
class SnapshotWriter(Protocol):
    """Turns files into snapshots. Whatever it was given is in the rows or in the quarantine; nothing is dropped."""

    def sample(self, file: Path, rows: int) -> Sample:
        """Return a file's headings and its first rows. Raises UnreadableFile."""

    def write(self, job: SnapshotJob, progress: Callable[[str], None] = ...) -> SnapshotWritten:
        """Write the snapshot into the job's folder and make it last on the disk. Raises UnreadableFile."""


snapshot_writer: Slot[SnapshotWriter] = Slot("snapshot writer")
