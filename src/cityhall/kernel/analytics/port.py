"""The port of engines that answer queries over snapshots."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from cityhall.kernel.analytics.columns import SYSTEM_COLUMNS, TABLE, Column
from cityhall.kernel.analytics.functions import Function
from cityhall.kernel.analytics.query import Query
from cityhall.kernel.slots import Slot

if TYPE_CHECKING:
    from pyarrow import RecordBatch


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine can do.

    Args:
        lacks: functions it cannot compute, and refuses.
        own_process: works outside the process that asks.
    """

    lacks: frozenset[Function]
    own_process: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may take.

    Args:
        seconds: of the engine's work on it; the time its reader takes between two batches does not count.
        rows: of the answer; the query's own limit may be smaller.
    """

    seconds: float
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Delta:
    """What became of a snapshot's rows since its parts were written, as Parquet.

    Args:
        rows: those that came or changed, in the order of their ids.
        gone: the ids of those in the parts that count no more.
    """

    rows: Path
    gone: Path


@dataclass(frozen=True, slots=True)
class SnapshotSource:
    """One immutable snapshot.

    Args:
        columns: the dataset's, without the system's.
        query_file: a file with the table `rows`, read-only; see `columns`.
        parts: the same rows as Parquet, for engines that read no query file.
        delta: what is to be done to the parts' rows; None for nothing.
        table: the table that is asked, one of those that the engine has.
    """

    columns: tuple[Column, ...]
    query_file: Path | None = None
    parts: tuple[Path, ...] = ()
    delta: Delta | None = None
    table: str = TABLE

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """Return the dataset's columns after the system's."""
        return (*SYSTEM_COLUMNS, *self.columns)


@runtime_checkable
class Result(Protocol):
    """An answer on its way. Leaving the `with` block stops the engine's work on it.

    A batch has one Arrow column for each of `columns`, in order: string, int64 or double, bool, timestamp (no zone),
    and for a point a struct of `lon` and `lat`. Numbers may be NaN or infinite; doors show these as null.
    """

    columns: tuple[Column, ...]

    def __enter__(self) -> Result:
        """Begin."""

    def __exit__(self, *details: object) -> None:
        """End, finished or not."""

    def batches(self) -> Iterator[RecordBatch]:
        """Iterate over the answer, once. Raises QueryError, at the deadline TimedOut."""


@runtime_checkable
class Analytics(Protocol):
    """Answers queries."""

    capabilities: Capabilities

    def run(self, source: SnapshotSource, query: Query, limits: Limits) -> Result:
        """Start a query. Raises QueryError, FileNotFoundError when the snapshot's files are gone."""

    def tables(self, source: SnapshotSource) -> Collection[str]:
        """Return which tables beside `rows` can be asked; see `columns`. Raises FileNotFoundError as `run` does."""

    def trouble(self) -> str:
        """Return what keeps the engine from answering, "" when nothing does."""


analytics: Slot[Analytics] = Slot("analytics")
