"""What only DuckDB must hold: the locks on its connection, and its files."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from tests.analytics.conftest import COLUMNS

from cityhall.adapters.analytics.duckdb import whole
from cityhall.adapters.analytics.duckdb.engine import DuckDb
from cityhall.adapters.analytics.duckdb.watch import Watch
from cityhall.adapters.analytics.sql import Sql
from cityhall.apps.opendata.soql.parameters import read_parameters
from cityhall.kernel.analytics.columns import Type
from cityhall.kernel.analytics.errors import TimedOut
from cityhall.kernel.analytics.port import Limits, SnapshotSource
from cityhall.kernel.analytics.query import Field, Item, Query

COUNT = [("$select", "count(*)")]


def count(engine: DuckDb, source: SnapshotSource) -> int:
    query = read_parameters(COUNT, source.all_columns)
    with engine.run(source, query, Limits(20)) as result:
        return int(next(iter(result.batches())).to_pylist()[0]["count"])


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM glob('/*')",
        "COPY rows TO 'out.csv'",
        "ATTACH 'other.duckdb'",
        "INSTALL spatial",
        "LOAD spatial",
        "SET enable_external_access = true",
        "SET memory_limit = '100GB'",
        "SET TimeZone = 'America/Los_Angeles'",
        "SELECT getenv('HOME')",
        "DELETE FROM rows",
        "CREATE TABLE other (a INTEGER)",
    ],
)
def test_even_a_statement_of_ones_own_reaches_nothing_else(snapshot: SnapshotSource, statement: str) -> None:
    engine = DuckDb()
    assert snapshot.query_file
    with pytest.raises(duckdb.Error):
        engine._cursor(snapshot.query_file)[0].execute(statement).fetchall()
    engine.close()


def test_a_name_of_a_column_is_never_part_of_the_statement(snapshot: SnapshotSource) -> None:
    engine = DuckDb()
    odd = Query((Item(Field("days", Type.NUMBER), 'x" FROM rows; DROP TABLE rows; --'),), limit=1)
    with engine.run(snapshot, odd, Limits(20)) as result:
        assert list(next(iter(result.batches())).to_pylist()[0]) == ['x" FROM rows; DROP TABLE rows; --']
    engine.close()


def test_a_long_query_ends_at_its_deadline(tmp_path: Path) -> None:
    file = tmp_path / "rows.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            """CREATE TABLE rows AS SELECT 'row-' || i AS ":id", now()::TIMESTAMP AS ":created_at",
            now()::TIMESTAMP AS ":updated_at", repeat('a', 2000) || i AS service FROM range(20000) AS t(i)"""
        )
    engine = DuckDb()
    source = SnapshotSource(COLUMNS[:1], query_file=file)
    slow = " and ".join(f"not service like '%a%a%a%a%a%a%{number}b%'" for number in range(200))
    query = read_parameters([("$select", "count(*)"), ("$where", slow)], source.all_columns)
    begun = time.monotonic()
    with engine.run(source, query, Limits(0.2)) as result, pytest.raises(TimedOut, match=r"0\.2 seconds"):
        list(result.batches())
    assert time.monotonic() - begun < 10
    engine.close()


def test_few_files_stay_open_and_all_are_answered(snapshot: SnapshotSource, tmp_path: Path) -> None:
    assert snapshot.query_file
    engine = DuckDb(open_files=2)
    copies = []
    for number in range(4):
        copy = tmp_path / f"{number}.duckdb"
        copy.write_bytes(snapshot.query_file.read_bytes())
        copies.append(SnapshotSource(COLUMNS, query_file=copy))
    assert [count(engine, source) for source in [*copies, *copies]] == [8] * 8
    assert len(engine._opened) == 2
    engine.close()


def test_many_ask_at_once(snapshot: SnapshotSource) -> None:
    engine = DuckDb()
    found: list[int] = []
    askers = [threading.Thread(target=lambda: found.append(count(engine, snapshot))) for _ in range(8)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert found == [8] * 8
    engine.close()


@pytest.mark.parametrize(
    ("asked", "reads"),
    [
        ({"$order": "opened desc", "$limit": "3"}, '"head:opened"'),
        ({"$order": "opened desc", "$limit": "3", "$offset": "5"}, '"head:opened"'),
        ({"$order": "opened desc", "$limit": "3", "$offset": "6"}, "rows"),
        ({"$order": "opened", "$limit": "3"}, "rows"),
        ({"$order": "opened desc, service", "$limit": "3"}, "rows"),
        ({"$order": "days desc", "$limit": "3"}, "rows"),
        ({"$order": "opened desc", "$limit": "3", "$where": "urgent"}, "rows"),
        ({"$order": "opened desc", "$limit": "3", "$q": "pothole"}, "rows"),
        ({"$select": "opened, count(*)", "$group": "opened", "$order": "opened desc", "$limit": "3"}, "rows"),
        ({"$select": "distinct opened", "$order": "opened desc", "$limit": "3"}, "rows"),
    ],
)
def test_a_head_is_read_where_the_answer_lies_within_it(
    snapshot: SnapshotSource, asked: dict[str, str], reads: str
) -> None:
    query = read_parameters(list(asked.items()), snapshot.all_columns)
    sql = Sql(query, searched=COLUMNS[:1], areas=lambda _area: 0, limit=None, heads={"opened": 8})
    assert f" FROM {reads} AS r" in sql.text


@pytest.mark.parametrize("limit", [None, 3, 8, 100])
def test_all_rows_come_from_the_parts_as_they_come_from_the_engine(
    snapshot: SnapshotSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int | None
) -> None:
    monkeypatch.setattr(whole, "LEAST", 0)
    part, copy = tmp_path / "part.parquet", tmp_path / "rows.duckdb"
    assert snapshot.query_file
    copy.write_bytes(snapshot.query_file.read_bytes())  # the engine may hold the file open
    with duckdb.connect(str(copy)) as connection:
        connection.execute(f"copy rows to '{part}' (format parquet)")
    items = tuple(Item(Field(column.name, column.type), f"{column.name}!") for column in snapshot.all_columns)
    query, engine, found = Query(items, limit=limit), DuckDb(), []
    for source in (snapshot, replace(snapshot, parts=(part,))):
        with engine.run(source, query, Limits(20)) as result:
            assert result.columns == query.columns
            found.append([row for batch in result.batches() for row in batch.to_pylist()])
    assert found[0] == found[1]
    assert len(found[1]) == min(limit or 8, 8)
    with engine.run(replace(snapshot, parts=(part,)), query, Limits(0)) as result, pytest.raises(TimedOut):
        list(result.batches())
    engine.close()


def test_what_is_due_is_stopped_and_what_has_ended_is_not() -> None:
    watch, late, early = Watch(), threading.Event(), threading.Event()
    with watch.until(time.monotonic() + 60, late.set), watch.until(time.monotonic(), early.set):
        assert early.wait(10)
    with watch.until(time.monotonic(), early.set):
        assert early.wait(10)
    assert not late.is_set()
    assert not watch._due
