"""A snapshot's rows as SQL over its Parquet files: the parts, without the rows that are gone since, and the delta."""
# ruff: noqa: S608 — what is put into statements is quoted by `name` and `text`.

from __future__ import annotations

from pathlib import Path

from cityhall.adapters.snapshots.columns import name, text
from cityhall.kernel.analytics.columns import ID
from cityhall.kernel.snapshots import DELTA_FILE, GONE_FILE, PART_FILE


def rows_of(folder: Path) -> str:
    """Return the relation of a snapshot's rows. What is no row, such as a geometry, only some of them may have."""
    part = f"read_parquet({text(folder / PART_FILE)})"
    if not (folder / DELTA_FILE).is_file():
        return part
    gone, delta = (f"read_parquet({text(folder / one)})" for one in (GONE_FILE, DELTA_FILE))
    left = f"{name(ID)} not in (select {name(ID)} from {gone})"
    return f"(select * from {part} where {left} union all by name select * from {delta})"
