"""What differs between two snapshots, as rows that are queried like any.

The file of it is made when somebody asks, and a few stay. It lies among the dataset's snapshots, where `tidy` removes
it with either of the two; nobody is led to it who may not read both.
"""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

from cityhall.apps.opendata import queries
from cityhall.kernel.analytics.columns import Column
from cityhall.kernel.analytics.port import SnapshotSource
from cityhall.kernel.comparing import CHANGE, Comparison, snapshot_comparer
from cityhall.kernel.django import limits
from cityhall.kernel.ids import new_id

_FILES = 8
"""How many comparisons of a dataset stay."""
_PLACES = 2
"""How many are made at once, counting every process."""
_PER_MINUTE = 20
"""How many are made of a dataset, for all who ask."""


def changes(code: str, before: int, after: int, *, seconds: float) -> SnapshotSource:
    """Return where the rows lie that differ between two snapshots. Raises NotFound, Gone, TimedOut, TooMany."""
    row, earlier, later = queries.both_ends(code, before, after)
    was = {one.name: one.type for one in queries.terms_of(row, earlier).columns}
    terms = queries.terms_of(row, later)
    columns = tuple(Column(one.name, one.type.kept_as) for one in terms.columns)
    file = queries.changes_of(row.id) / f"{before}-{after}.duckdb"
    if not file.is_file():
        limits.spend(f"open-data-changes:{code}", limit=_PER_MINUTE, per=timedelta(minutes=1))
        told = [one.name for one in terms.columns if one.name in terms.key and was.get(one.name) is one.type]
        place = limits.Occupied("open-data-changes", places=_PLACES)
        try:
            _make(file, queries.folder_of(earlier), queries.folder_of(later), columns, told, seconds)
        finally:
            place.close()
        queries.both_ends(code, before, after)  # neither was recalled meanwhile
    return SnapshotSource((CHANGE, *columns), query_file=file)


def _make(file: Path, earlier: Path, later: Path, columns: tuple[Column, ...], told: list[str], seconds: float) -> None:
    making = file.parent / f"making-{new_id()}"
    making.mkdir(parents=True)
    try:
        made = making / file.name
        snapshot_comparer.get().compare(Comparison(earlier, later, made, columns, told), seconds=seconds)
        made.rename(file)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    files = sorted(file.parent.glob("*.duckdb"), key=lambda one: one.stat().st_mtime)
    for old in files[:-_FILES]:
        old.unlink(missing_ok=True)
