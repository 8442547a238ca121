"""Snapshots of which only a few rows are new: the others are taken over from the snapshot before, as they were stored.

They are read and written as columns, which takes a small part of what it takes to make them from a room's records.
"""
# ruff: noqa: S608 — what is put into statements is quoted by `name` and `text`.

from __future__ import annotations

import duckdb

from cityhall.adapters.snapshots.columns import name
from cityhall.adapters.snapshots.parts import rows_of
from cityhall.kernel.snapshots import SnapshotJob


def stays(session: duckdb.DuckDBPyConnection, job: SnapshotJob) -> str:
    """Return the statement of the rows that stay beside those of the file; "" when none do."""
    if job.kept is None or job.before is None:
        return ""
    session.execute("create temp table gone (key varchar)")
    session.execute("insert into gone select unnest(?::varchar[])", [list(job.kept.but)])
    stored = ", ".join(name(one) for column in job.columns for one in column.stored)
    # As in the snapshot before: a digest that is no number is of an earlier version.
    return (
        f'select ":id", try_cast(":digest" as bigint) as ":digest", {stored}'
        f" from {rows_of(job.before)} where {name(job.kept.column)} not in (from gone)"
    )
