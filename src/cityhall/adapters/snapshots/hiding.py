"""Hides what a contract hides, in `staged`, before anything is written into a file of the snapshot."""
# ruff: noqa: S608 — what is put into statements is quoted by `name` and `text`.

from __future__ import annotations

from collections.abc import Collection, Sequence

import duckdb
import pyarrow as pa

from cityhall.adapters.snapshots.columns import name, text, value_name
from cityhall.kernel.snapshots import ColumnType, Rare, SnapshotColumn

_AT_ONCE = 10_000
_USABLE = "\":reason\" = ''"


def hold(session: duckdb.DuckDBPyConnection, columns: Sequence[SnapshotColumn]) -> int:
    """Take out the rows that are too new; return how many."""
    before = _count(session, "staged")
    for one in columns:
        if one.hold_after is not None:
            session.execute(f"delete from staged where {value_name(one.name)} > ?", [one.hold_after])
    return before - _count(session, "staged")


def hide(session: duckdb.DuckDBPyConnection, columns: Sequence[SnapshotColumn]) -> None:
    """Put what may be shown in the place of each value that is hidden. Each different value is asked for once."""
    for column in columns:
        if column.hide is None:
            continue
        values = [value_name(stored) for stored in column.stored]
        given = ", ".join(f"{one} as given{at}" for at, one in enumerate(values))
        session.execute(
            f"create or replace temp table given as select distinct {given} from staged"
            f" where {_USABLE} and {values[0]} is not null"
        )
        kind = "varchar" if column.type is ColumnType.TEXT else "double"
        shown = ", ".join(f"null::{kind} as shown{at}" for at in range(len(values)))
        session.execute(f"create or replace temp table hidden as select *, {shown} from given limit 0")
        for start in range(0, _count(session, "given"), _AT_ONCE):
            rows = session.execute(
                "select * from given where rowid >= ? and rowid < ?", [start, start + _AT_ONCE]
            ).fetchall()
            asked = rows if len(values) > 1 else [row[0] for row in rows]
            nothing = (None,) * len(values)
            found = [nothing if one is None else one if len(values) > 1 else (one,) for one in column.hide(asked)]
            kept = pa.string() if column.type is ColumnType.TEXT else pa.float64()
            parts = [pa.array(part, kept) for part in (*zip(*rows, strict=True), *zip(*found, strict=True))]
            session.register("answered", pa.table(parts, names=[str(at) for at in range(len(parts))]))
            session.execute("insert into hidden from answered")
            session.unregister("answered")
        put = ", ".join(f"{one} = hidden.shown{at}" for at, one in enumerate(values))
        same = " and ".join(f"staged.{one} = hidden.given{at}" for at, one in enumerate(values))
        session.execute(f"update staged set {put} from hidden where {_USABLE} and {same}")


def take_out(session: duckdb.DuckDBPyConnection, columns: Sequence[SnapshotColumn], rares: Sequence[Rare]) -> None:
    """Take out the values that too few rows have together.

    What one rule takes out can leave too few rows to another, so they are gone through until all hold at once.
    """
    for rare in rares:
        _take_out(session, columns, rare)
    if len(rares) > 1:
        gone = {"", *(one.instead for one in rares)}
        while any(_take_out(session, columns, rare, gone) for rare in rares):
            pass


def _take_out(
    session: duckdb.DuckDBPyConnection, columns: Sequence[SnapshotColumn], rare: Rare, gone: Collection[str] = ()
) -> int:
    """Take out what one rule says; return how many groups of values went.

    Args:
        gone: texts in the place of what was taken out. Rows with these alone, or nothing, are left alone.
    """
    named = [one for one in columns if one.name in rare.columns]
    values = [value_name(stored) for one in named for stored in one.stored]
    taken = ", ".join(map(text, sorted(gone)))
    is_taken = " and ".join(f"coalesce({one}::varchar, '') in ({taken})" for one in values)
    left_alone = f" and not ({is_taken})" if gone else ""
    session.execute(
        f"create or replace temp table few as select {', '.join(values)} from staged where {_USABLE}"
        f"{left_alone} group by all having count(*) < {int(rare.fewer_than)}"
    )
    put = ", ".join(
        f"{value_name(stored)} = {text(rare.instead) if rare.instead and one.type is ColumnType.TEXT else 'null'}"
        for one in named
        for stored in one.stored
    )
    same = " and ".join(f"staged.{one} is not distinct from few.{one}" for one in values)
    session.execute(f"update staged set {put} from few where {_USABLE} and {same}")
    return _count(session, "few")


def _count(session: duckdb.DuckDBPyConnection, table: str) -> int:
    found = session.execute(f"select count(*) from {name(table)}").fetchone()
    return int(found[0]) if found else 0
