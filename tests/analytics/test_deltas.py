"""A base with a delta is answered as the same rows in one table are, by each engine."""

from __future__ import annotations

import duckdb
import pytest
from tests.analytics import test_conformance as conformance

from cityhall.adapters.analytics.duckdb.engine import DuckDb
from cityhall.adapters.analytics.duckdb.whole import WholeTable
from cityhall.apps.opendata.soql.parameters import read_parameters
from cityhall.kernel.analytics.port import Analytics, Delta, Limits, SnapshotSource

QUESTIONS = conformance.QUESTIONS
source = conformance.source


@pytest.fixture(scope="module")
def layered(tmp_path_factory: pytest.TempPathFactory) -> SnapshotSource:
    """The rows of `source`: some came since the base, some stand in it as they were, and some of its are gone."""
    folder = tmp_path_factory.mktemp("layered")
    with duckdb.connect(str(folder / "base.duckdb")) as base:
        base.execute(conformance._ROWS)
        base.execute("create table truth as from rows")
        names = [name for (name,) in base.execute("select column_name from (describe rows)").fetchall()]
        listed = ", ".join(f'"{name}"' for name in names)
        base.execute("drop table rows")
        base.execute(
            """
            create table rows as
            select * exclude (n) replace (case when n % 17 = 3 then 'before' else kind end as kind) from (
                select *, row_number() over (order by ":id") as n from truth
                union all by name select * replace (":id" || 'x' as ":id"), 4 as n from truth where ":id" like '%7'
            ) where n % 17 <> 5 order by ":id"
            """
        )
        base.execute(
            'create table "head:opened" as select *, rowid as ":position" from rows'
            " order by opened desc nulls first, rowid"
        )
        base.execute(f"copy rows to '{folder}/part-0.parquet' (format parquet)")
        base.execute(
            f"""copy (select {listed} from truth except select {listed} from rows order by ":id")
                to '{folder}/delta.parquet' (format parquet)"""
        )
        base.execute(
            f"""copy (select ":id", rowid as place from rows where ":id" in (
                select ":id" from (select {listed} from rows except select {listed} from truth)))
                to '{folder}/gone.parquet' (format parquet)"""
        )
        base.execute("drop table truth")
    with duckdb.connect(str(folder / "rows.duckdb")) as made:
        made.execute(f"attach '{folder}/base.duckdb' as base (read_only)")
        for table in ("delta", "gone"):
            made.execute(f"create table {table} as from '{folder}/{table}.parquet'")
        made.execute(
            f"create view rows as select {listed} from base.rows where rowid not in (select place from gone)"
            f" union all select {listed} from delta"
        )
    return SnapshotSource(
        conformance.COLUMNS, folder / "rows.duckdb", (folder / "part-0.parquet",),
        Delta(folder / "delta.parquet", folder / "gone.parquet"),
    )  # fmt: skip


def test_duckdb_answers_every_question(
    duckdb_engine: Analytics, source: SnapshotSource, layered: SnapshotSource
) -> None:
    for query in QUESTIONS.values():
        wanted, found = (conformance.answer(duckdb_engine, one, query) for one in (source, layered))
        conformance.assert_same(found, wanted)


def test_the_newest_come_from_the_base_s_head_and_the_delta(
    duckdb_engine: DuckDb, source: SnapshotSource, layered: SnapshotSource
) -> None:
    assert layered.query_file
    heads = duckdb_engine._cursor(layered.query_file)[1].heads
    assert 9_900 < heads["opened"] < 10_000, "those that are gone answer for nothing"
    for offset in (0, 3, 60):
        query = read_parameters(
            (("$order", "opened DESC"), ("$limit", "40"), ("$offset", str(offset))), source.all_columns
        )
        found = [conformance.answer(duckdb_engine, one, query) for one in (source, layered)]
        assert len(found[0]) == 40
        assert found[0] == found[1]


def test_each_page_follows_the_one_before(
    duckdb_engine: DuckDb, source: SnapshotSource, layered: SnapshotSource
) -> None:
    for order in ("", ":id", ":id DESC"):
        for offset in range(0, 250, 7):
            asked = [("$limit", "7"), ("$offset", str(offset)), *([("$order", order)] if order else [])]
            query = read_parameters(asked, source.all_columns)
            found = [conformance.answer(duckdb_engine, one, query) for one in (source, layered)]
            assert found[1] == found[0], (order, offset)


def test_a_whole_table_is_merged_as_it_is_read(
    duckdb_engine: DuckDb, source: SnapshotSource, layered: SnapshotSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cityhall.adapters.analytics.duckdb.whole._BATCH", 16)
    for select in ("*", "kind, place", ":id", ":*, *"):
        query = read_parameters((("$select", select),), source.all_columns, rows=None)
        with duckdb_engine.run(layered, query, Limits(20)) as result:
            assert isinstance(result, WholeTable)
        assert conformance.answer(duckdb_engine, layered, query) == conformance.answer(duckdb_engine, source, query)


def test_no_file_can_be_read_once_the_base_is_attached(duckdb_engine: DuckDb, layered: SnapshotSource) -> None:
    assert layered.query_file
    cursor = duckdb_engine._cursor(layered.query_file)[0]
    for statement in (
        f"select * from '{layered.parts[0]}'", f"attach '{layered.parts[0].parent}/other.duckdb'",
        "set enable_external_access = true", "create table base.more as select 1", "drop table gone",
    ):  # fmt: skip
        with pytest.raises(duckdb.Error):
            cursor.execute(statement).fetchall()


@pytest.mark.slow
@pytest.mark.xdist_group("spark")
def test_spark_answers_as_from_one_table(
    spark_engine: Analytics, source: SnapshotSource, layered: SnapshotSource
) -> None:
    for query in list(QUESTIONS.values())[::25]:
        wanted, found = (conformance.answer(spark_engine, one, query) for one in (source, layered))
        conformance.assert_same(found, wanted)
