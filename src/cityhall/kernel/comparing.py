"""What differs between two snapshots of a dataset: the port of whoever works it out, and what crosses it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from cityhall.kernel.analytics.columns import Column, Type
from cityhall.kernel.slots import Slot

#: What became of a row: "added", "changed" or "removed".
CHANGE = Column(":change", Type.TEXT)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two snapshots to compare, and the file to write.

    Args:
        earlier, later: the snapshots' folders.
        file: a query file that is not there yet: the later snapshot's columns with `CHANGE`, a row for each difference.
        columns: of the later snapshot, without the system's.
        told: names of columns whose values are given of removed rows too; the others are empty there.
    """

    earlier: Path
    later: Path
    file: Path
    columns: Sequence[Column]
    told: Sequence[str]


@runtime_checkable
class SnapshotComparer(Protocol):
    """Finds the rows that differ by their ids and contents."""

    def compare(self, comparison: Comparison, *, seconds: float) -> None:
        """Write the file. Raises TimedOut, TooMuchMemory, FileNotFoundError when a snapshot's files are gone."""


snapshot_comparer: Slot[SnapshotComparer] = Slot("snapshot comparer")
