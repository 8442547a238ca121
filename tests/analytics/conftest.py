"""A small city's requests as a snapshot, and the engines that answer questions about them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.support import spark

from cityhall.adapters.analytics.duckdb.engine import DuckDb
from cityhall.apps.opendata.soql.parameters import read_parameters
from cityhall.kernel.analytics.columns import Column, Type
from cityhall.kernel.analytics.port import Analytics, Capabilities, Limits, Result, SnapshotSource
from cityhall.kernel.analytics.query import Query

Ask = Callable[..., list[dict[str, Any]]]

COLUMNS = (
    Column("service", Type.TEXT),
    Column("opened", Type.TIMESTAMP),
    Column("days", Type.NUMBER),
    Column("cost", Type.NUMBER),
    Column("urgent", Type.BOOLEAN),
    Column("place", Type.POINT),
    Column("page", Type.URL),
    Column("seen", Type.INSTANT),
)
ROWS = """
    ('a', 'Pothole', '2025-01-05 08:30:00', 3, 10.5, true, -117.15, 32.71, 'https://a.test/1', '2025-01-05 16:30:00'),
    ('b', 'Pothole', '2025-01-20 23:59:59', 10, -2.5, false, -117.16, 32.72, 'https://a.test/2', '2025-01-21 07:59:59'),
    ('c', 'Graffiti', '2025-02-01 00:00:00', 1, 0, false, -117.20, 32.80, NULL, '2025-02-01 08:00:00'),
    ('d', 'Árbol caído', '2025-02-14 12:00:00', NULL, 99.99, true, NULL, NULL, NULL, NULL),
    ('e', 'graffiti', '2024-12-31 23:00:00', 7, NULL, NULL, -117.15, 32.72, NULL, '2025-01-01 07:00:00'),
    ('f', NULL, NULL, 0, 1e3, false, -117.10, 32.70, NULL, NULL),
    ('g', '100% "odd"_x', '2025-03-09 02:30:00', 2, 0.1, NULL, -117.15, 32.71, NULL, '2025-03-09 10:30:00'),
    ('h', 'It''s late', '2025-03-09 03:30:00', 2, 0.2, true, 179.99, 0, NULL, '2025-03-09 10:30:00')
"""


@pytest.fixture(scope="session")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> SnapshotSource:
    folder = tmp_path_factory.mktemp("snapshot")
    file = folder / "rows.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            f"""CREATE TABLE rows AS SELECT 'row-' || id AS ":id", opened::TIMESTAMP AS ":created_at",
                TIMESTAMP '2025-06-01' AS ":updated_at", service, opened::TIMESTAMP AS opened, days::BIGINT AS days,
                cost::DOUBLE AS cost, urgent, lon::DOUBLE AS "place.lon", lat::DOUBLE AS "place.lat", page,
                seen::TIMESTAMP AS seen
            FROM (VALUES {ROWS}) AS t(id, service, opened, days, cost, urgent, lon, lat, page, seen) ORDER BY id"""
        )
        connection.execute(f"COPY rows TO '{folder}/part-0.parquet' (FORMAT parquet)")
    return SnapshotSource(COLUMNS, query_file=file, parts=(folder / "part-0.parquet",))


@pytest.fixture(scope="session")
def duckdb_engine() -> Iterator[DuckDb]:
    engine = DuckDb()
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def spark_engine() -> Iterator[Analytics]:
    """Spark at the address of CITYHALL_TEST_SPARK; else Sail, started here."""
    from cityhall.adapters.analytics.spark.engine import Spark

    given = os.environ.get("CITYHALL_TEST_SPARK", "")
    if not given and not spark.installed():
        pytest.skip("Sail is not installed here: make sail")
    with nullcontext(given) if given else spark.server() as address:
        engine = Spark(address, otherwise=Nothing())
        yield engine
        engine.close()


@pytest.fixture(
    scope="session",
    params=["duckdb", pytest.param("spark", marks=[pytest.mark.slow, pytest.mark.xdist_group("spark")])],
)
def engine(request: pytest.FixtureRequest) -> Analytics:
    found: Analytics = request.getfixturevalue(f"{request.param}_engine")
    return found


class Nothing:
    """Answers nothing, so that nobody takes another engine's answers for Spark's."""

    capabilities = Capabilities(lacks=frozenset(), own_process=False)

    def run(self, source: SnapshotSource, query: Query, limits: Limits) -> Result:
        raise AssertionError("Spark passed the question on")

    def tables(self, source: SnapshotSource) -> tuple[str, ...]:
        return ()

    def trouble(self) -> str:
        return ""


@pytest.fixture(scope="session")
def ask(engine: Analytics, snapshot: SnapshotSource) -> Ask:
    def answer(query: str = "", **parameters: str) -> list[dict[str, Any]]:
        pairs = [("$query", query)] if query else [(f"${name}", value) for name, value in parameters.items()]
        checked = read_parameters(pairs, snapshot.all_columns)
        with engine.run(snapshot, checked, Limits(20)) as result:
            return [row for batch in result.batches() for row in batch.to_pylist()]

    return answer


@pytest.fixture
def missing(tmp_path: Path) -> SnapshotSource:
    return SnapshotSource(COLUMNS, query_file=tmp_path / "gone.duckdb", parts=(tmp_path / "part-0.parquet",))
