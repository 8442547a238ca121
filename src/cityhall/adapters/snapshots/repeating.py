"""The same file by the same contract as the snapshot before: its rows are there, and its files are linked.

Many portals are asked each hour for a file that changes once a month.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import duckdb

from cityhall.adapters.snapshots import links, manifests
from cityhall.adapters.snapshots.columns import text
from cityhall.kernel.snapshots import (
    CHANGES_FILE,
    DELTA_FILE,
    PART_FILE,
    QUARANTINE_FILE,
    QUERY_FILE,
    SnapshotJob,
    SnapshotWritten,
)

_WAY = 4
"""Of writing: another number once the same file would be written otherwise, so that all are written anew."""
_TAKEN_OVER = (PART_FILE, QUERY_FILE, QUARANTINE_FILE)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a snapshot is made of.

    Args:
        mark: a hash of the file and of all that is done with it; "" where the outcome depends on more than these.
        state: of the file, when it was looked at.
    """

    mark: str
    state: tuple[int, ...]

    def lasting(self, file: Path) -> str:
        """Return the mark; "" when the file was written to since it was looked at."""
        return self.mark if _state(file) == self.state else ""


def origin(job: SnapshotJob) -> Origin:
    """Return what a job's snapshot is made of. What is hidden, and what is held back, can be other values tomorrow."""
    state = _state(job.file)
    if job.kept is not None or any(one.hide is not None or one.hold_after is not None for one in job.columns):
        return Origin("", state)
    done = repr((_WAY, duckdb.__version__, tuple(job.columns), tuple(job.key), tuple(job.rare)))
    return Origin(hashlib.sha256(f"{manifests.sum_of(job.file)} {done}".encode()).hexdigest(), state)


def repeat(job: SnapshotJob, mark: str) -> SnapshotWritten | None:
    """Link what the snapshot before has; None, and nothing left, where that one is of something else."""
    if not mark or job.before is None or (job.before / DELTA_FILE).is_file():
        return None
    known = manifests.read(job.before)
    before = job.before
    if known is None or known.mark != mark or not links.link(job.folder, {one: before / one for one in _TAKEN_OVER}):
        return None
    with duckdb.connect() as session:
        nothing = 'select null::varchar as ":id", null::varchar as kind limit 0'
        session.execute(f"copy ({nothing}) to {text(job.folder / CHANGES_FILE)} (format parquet)")
    changes = {CHANGES_FILE: manifests.sum_of(job.folder / CHANGES_FILE)}
    written = SnapshotWritten(
        known.rows, sum(known.reasons.values()), 0, 0, 0, sum(file.stat().st_size for file in job.folder.iterdir()),
        known.reasons, known.facts, {**known.parts, **changes},
    )  # fmt: skip
    manifests.keep(job.folder, written, mark)
    return written


def _state(file: Path) -> tuple[int, ...]:
    found = file.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns
