"""Snapshots whose large files are those of the snapshot before: only what changed is written.

Their folder has the base (a Parquet part and its query file) under links to the same files, which never change; a
delta, the rows that came or changed since the base was written; and which rows of the base count no more. The query
file holds the last two and the view over all. A folder is whole in itself: with its last link the base goes.
"""
# ruff: noqa: S608 — what is put into statements is quoted by `name` and `text`.

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import duckdb

from cityhall.adapters.disk import fullness_told
from cityhall.adapters.snapshots import links, manifests
from cityhall.adapters.snapshots.columns import name, text
from cityhall.kernel.analytics.columns import BASE, DELTA, GONE, PLACE, TABLE
from cityhall.kernel.snapshots import (
    BASE_FILE,
    CHANGES_FILE,
    DELTA_FILE,
    GONE_FILE,
    PART_FILE,
    QUARANTINE_FILE,
    QUERY_FILE,
    ColumnFacts,
    Kept,
    SnapshotJob,
    SnapshotWritten,
)

Write = Callable[[SnapshotJob, Callable[[str], None]], SnapshotWritten]

LEAST: Final = 100
"""So many rows may always differ from the base."""
_SHARE: Final = 10
"""Else the base is written anew once one row of so many differs from it."""
_MOST: Final = 50_000
"""And however large it is when so many do: each minute writes the delta anew, and exports hold it in memory."""
_MEMORY = "1GB"
_PARQUET = "format parquet, compression zstd, compression_level 1"
_SYSTEM: Final = (":id", ":created_at", ":updated_at", ":digest")


def append(job: SnapshotJob, write: Write, progress: Callable[[str], None]) -> SnapshotWritten | None:
    """Write what changed beside the base of the snapshot before; None, and nothing left, where all is to be written.

    Args:
        write: writes the rows of a job's file; of the snapshot before it reads ids, digests and times.
    """
    if job.kept is None or job.before is None or job.rare or not job.key:
        return None
    known = manifests.read(job.before)
    base = job.before / BASE_FILE
    files = {BASE_FILE: base if base.is_file() else job.before / QUERY_FILE, PART_FILE: job.before / PART_FILE}
    if known is None or not links.link(job.folder, files):
        return None
    changed, touched = job.folder / "changed", job.folder / "touched"
    is_done = False
    try:
        for place in (changed, touched):
            place.mkdir()
        with _session(job) as session:
            if not (was := _touch(session, job, job.kept, touched / PART_FILE)).may_grow:
                return None
            new = write(replace(job, folder=changed, before=touched, kept=None), progress)
            if was.differ + new.rows > was.most:
                return None
            _join(session, job, changed / PART_FILE)
            is_done = True
    finally:
        if not is_done:
            links.clear(job.folder)
    shutil.rmtree(touched)
    for file in (CHANGES_FILE, QUARANTINE_FILE):
        (changed / file).rename(job.folder / file)
    shutil.rmtree(changed)
    own = (CHANGES_FILE, QUARANTINE_FILE, DELTA_FILE, GONE_FILE)
    rows = known.rows - was.rows + new.rows
    written = replace(
        new,
        rows=rows,
        size=sum(file.stat().st_size for file in job.folder.iterdir()),
        facts={one: _facts(known.facts[one], known.rows, was.nulls[one], rows, new.facts[one]) for one in new.facts},
        parts={PART_FILE: known.parts[PART_FILE], **{file: manifests.sum_of(job.folder / file) for file in own}},
    )
    manifests.keep(job.folder, written)
    return written


@contextmanager
def _session(job: SnapshotJob) -> Iterator[duckdb.DuckDBPyConnection]:
    with fullness_told():
        session = duckdb.connect(str(job.folder / QUERY_FILE))
    try:
        session.execute(f"set memory_limit = '{_MEMORY}'")
        session.execute("set autoinstall_known_extensions = false; set autoload_known_extensions = false")
        session.execute(f"attach {text(job.folder / BASE_FILE)} as {name(BASE)} (read_only)")
        with fullness_told():
            yield session
            session.execute("checkpoint")
    finally:
        session.close()


@dataclass(frozen=True, slots=True)
class _Touched:
    """The rows that the file's take the place of: how many, and by column how many without a value.

    Args:
        differ: rows that differ from the base, without the file's; `most` is how many may.
    """

    rows: int
    nulls: Mapping[str, int]
    differ: int
    most: int

    @property
    def may_grow(self) -> bool:
        return self.differ <= self.most


def _touch(session: duckdb.DuckDBPyConnection, job: SnapshotJob, kept: Kept, file: Path) -> _Touched:
    """Find the rows that do not stay: write them, and mark those of the base in `gone`. The others stay in `delta`."""
    assert job.before is not None
    session.execute("create temp table named (key varchar)")
    session.execute("insert into named select unnest(?::varchar[])", [list(kept.but)])
    is_named = f"{name(kept.column)} in (from named)"
    rows, base = _names(job), f"{name(BASE)}.{name(TABLE)}"
    earlier = [job.before / one for one in (DELTA_FILE, GONE_FILE)]
    delta, gone = (f"read_parquet({text(one)})" if one.is_file() else "" for one in earlier)
    session.execute(
        f"create temp table taken as select {rows}, rowid as {name(PLACE)} from {base} where {is_named}"
        + (f" and rowid not in (select {name(PLACE)} from {gone})" if gone else "")
    )
    session.execute(
        f"create table {name(GONE)} as select {name(':id')}, {name(PLACE)} from taken"
        + (f" union all select {name(':id')}, {name(PLACE)} from {gone}" if gone else "")
    )
    if delta:
        session.execute(f"create temp table stays as select {rows} from {delta} where not coalesce({is_named}, false)")
        session.execute(f"insert into taken select {rows}, null from {delta} where {is_named}")
    else:
        session.execute(f"create temp table stays as select {rows} from taken limit 0")
    session.execute(f"copy taken to {text(file)} (format parquet)")
    columns = [f"count(*) - count({name(one.stored[0])})" for one in job.columns]
    total, *nulls = session.execute(f"select count(*), {', '.join(columns)} from taken").fetchall()[0]
    [(differ,)] = session.execute(f"select (select count(*) from stays) + count(*) from {name(GONE)}").fetchall()
    [(most,)] = session.execute(f"select count(*) from {base}").fetchall()
    return _Touched(
        total, {one.name: many for one, many in zip(job.columns, nulls, strict=True)}, differ,
        max(LEAST, min(most // _SHARE, _MOST)),
    )  # fmt: skip


def _names(job: SnapshotJob) -> str:
    return ", ".join(name(one) for one in (*_SYSTEM, *_stored(job)))


def _stored(job: SnapshotJob) -> Sequence[str]:
    return [one for column in job.columns for one in column.stored]


def _join(session: duckdb.DuckDBPyConnection, job: SnapshotJob, new: Path) -> None:
    """Make the delta of what stays of it and of what is new, and the view of all rows."""
    rows, gone, delta = _names(job), name(GONE), name(DELTA)
    session.execute(
        f"create table {delta} as from stays union all select {rows} from read_parquet({text(new)})"
        f" order by {name(':id')}"
    )
    session.execute(
        f"create view {name(TABLE)} as select {rows} from {name(BASE)}.{name(TABLE)}"
        f" where rowid not in (select {name(PLACE)} from {gone}) union all select {rows} from {delta}"
    )
    for table, file in ((delta, DELTA_FILE), (gone, GONE_FILE)):
        session.execute(f"copy {table} to {text(job.folder / file)} ({_PARQUET})")


def _facts(known: ColumnFacts, rows: int, nulls: int, now: int, new: ColumnFacts) -> ColumnFacts:
    """Return what a column holds now. How many values differ is counted with the base; till then it grows with a column
    whose values nearly all do.
    """
    differing = round(known.distinct * now / rows) if rows and 2 * known.distinct > rows else known.distinct
    return replace(new, nulls=known.nulls - nulls + new.nulls, distinct=max(differing, new.distinct))
