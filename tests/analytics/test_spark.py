"""What only Spark must hold: its server may be away, and the city says so; questions end; snapshots lie elsewhere."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from django.urls import reverse
from tests.analytics.conftest import COLUMNS, Ask
from tests.opendata import conftest as opendata
from tests.support import spark

from cityhall.adapters.analytics.duckdb.engine import DuckDb
from cityhall.adapters.analytics.spark.engine import Spark
from cityhall.adapters.analytics.spark.sql import MOST_EDGES
from cityhall.apps.opendata.models import Dataset
from cityhall.apps.opendata.soql.parameters import read_parameters
from cityhall.config import checks, environment
from cityhall.kernel.analytics import port
from cityhall.kernel.analytics.columns import Type
from cityhall.kernel.analytics.errors import EngineUnavailable, QueryError, TimedOut
from cityhall.kernel.analytics.port import Analytics, Limits, SnapshotSource
from cityhall.kernel.analytics.query import Field, Item, Query

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("spark")]
publish = opendata.publish
ID = Query((Item(Field(":id", Type.TEXT), ":id"),))


def rows(engine: Analytics, source: SnapshotSource, query: Query = ID, seconds: float = 20) -> int:
    with engine.run(source, query, Limits(seconds)) as result:
        return sum(batch.num_rows for batch in result.batches())


@pytest.fixture
def nowhere() -> str:
    """Return an address at which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"sc://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def away(nowhere: str) -> Iterator[Spark]:
    engine = Spark(nowhere, otherwise=DuckDb())
    yield engine
    engine.close()


def test_a_server_that_is_away_is_told_at_once(away: Spark, snapshot: SnapshotSource) -> None:
    began = time.monotonic()
    with pytest.raises(EngineUnavailable, match="in a minute"):
        rows(away, snapshot)
    assert away.trouble()
    assert time.monotonic() - began < 15


def test_files_without_parts_are_answered_without_the_server(away: Spark, snapshot: SnapshotSource) -> None:
    assert rows(away, SnapshotSource(COLUMNS, query_file=snapshot.query_file)) == 8


def test_a_server_that_ends_is_missed_and_one_that_runs_is_in_order(snapshot: SnapshotSource) -> None:
    if not spark.installed():
        pytest.skip("Sail is not installed here: make sail")
    with spark.server() as address:
        engine = Spark(address, otherwise=DuckDb())
        assert engine.trouble() == ""
        assert rows(engine, snapshot) == 8
    for _ in range(2):
        with pytest.raises(EngineUnavailable):
            rows(engine, snapshot)
    engine.close()


def test_a_long_question_ends_at_its_deadline_and_the_next_is_answered(
    spark_engine: Analytics, snapshot: SnapshotSource, tmp_path: Path
) -> None:
    part = tmp_path / "part-0.parquet"
    duckdb.connect().execute(
        f"""COPY (SELECT 'row-' || i AS ":id", TIMESTAMP '2025-01-01' AS ":created_at",
        TIMESTAMP '2025-01-01' AS ":updated_at", repeat('a', 2000) || i AS service FROM range(20000) AS t(i))
        TO '{part}' (FORMAT parquet)"""
    )
    source = SnapshotSource(COLUMNS[:1], parts=(part,))
    slow = " and ".join(f"not service like '%a%a%a%a%a%a%{number}b%'" for number in range(200))
    query = read_parameters([("$select", "count(*)"), ("$where", slow)], source.all_columns)
    begun = time.monotonic()
    with pytest.raises(TimedOut, match=r"0\.2 seconds"):
        rows(spark_engine, source, query, seconds=0.2)
    assert rows(spark_engine, snapshot) == 8
    assert time.monotonic() - begun < 15


def test_a_name_of_a_column_is_never_part_of_the_statement(spark_engine: Analytics, snapshot: SnapshotSource) -> None:
    odd = Query((Item(Field("days", Type.NUMBER), "x` FROM rows; DROP TABLE rows; --{rows}"),), limit=1)
    with spark_engine.run(snapshot, odd, Limits(20)) as result:
        assert list(next(iter(result.batches())).to_pylist()[0]) == ["x` FROM rows; DROP TABLE rows; --{rows}"]


def test_an_area_of_too_many_corners_is_refused_in_words(spark_engine: Analytics, snapshot: SnapshotSource) -> None:
    corners = ", ".join(f"{-117 + n / 1e5} {32 + n % 2 / 10}" for n in range(MOST_EDGES + 2))
    area = f"within_polygon(place, 'POLYGON(({corners}, -117 31, -117 32))')"
    query = read_parameters([("$where", area)], snapshot.all_columns)
    with pytest.raises(QueryError, match="Simplify"):
        rows(spark_engine, snapshot, query)


def test_what_grows_twofold_with_each_function_is_refused(ask: Ask) -> None:
    with pytest.raises(QueryError, match="nested too deeply"):
        ask(select="ln(" * 40 + "days" + ")" * 40 + " as x")


@pytest.mark.django_db
def test_snapshots_on_shared_storage_are_all_that_the_server_needs(
    spark_engine: Analytics,
    client,
    settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    publish: Callable[..., object],
) -> None:
    settings.CITYHALL_SNAPSHOTS = str(tmp_path / "shared")
    monkeypatch.setattr(port.analytics, "_make", lambda: spark_engine)
    code = publish().id  # type: ignore[attr-defined]
    assert list((tmp_path / "shared").glob("*/1/part-*.parquet"))
    answer = client.get(f"/resource/{code}.json", {"$select": "species, count(*) as n", "$group": "species"})
    found = json.loads(answer.getvalue())
    assert found == [{"species": "Oak", "n": "2"}, {"species": "Palm <b>", "n": "1"}, {"species": "Ñandubay", "n": "1"}]


@pytest.mark.django_db
def test_the_site_says_that_queries_must_wait(
    away: Spark, client, monkeypatch: pytest.MonkeyPatch, publish: Callable[..., object]
) -> None:
    monkeypatch.setattr(port.analytics, "_make", lambda: away)
    code = publish().id  # type: ignore[attr-defined]
    answer = client.get(f"/resource/{code}.json")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert answer.json()["code"] == "engine_unavailable"
    resource = Dataset.objects.get().id
    for path in (f"/api/3/action/datastore_search?resource_id={resource}", f"/ogc/collections/{code}/items"):
        assert client.get(path).status_code == 503, path
    page = client.get(reverse("opendata-dataset", args=[code]))
    assert page.status_code == 200, "what needs no query is shown"


def test_doctor_tells_of_a_server_and_a_folder_that_are_not_there(
    settings, nowhere: str, monkeypatch: pytest.MonkeyPatch, away: Spark
) -> None:
    assert list(checks.analytics_trouble()) == []
    settings.CITYHALL_ANALYTICS, settings.CITYHALL_SNAPSHOTS = nowhere, "/mnt/not-mounted"
    monkeypatch.setattr("cityhall.config.engines.analytics", lambda: away)
    folder, server = checks.analytics_trouble()
    assert "/mnt/not-mounted" in folder
    assert "does not answer" in server


def test_an_address_that_is_none_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in ("localhost:15002", "http://spark:15002", "sc://", "sc://spark:port"):
        monkeypatch.setenv("CITYHALL_ANALYTICS", wrong)
        with pytest.raises(SystemExit, match="sc://"):
            environment.spark_server("CITYHALL_ANALYTICS")
    monkeypatch.setenv("CITYHALL_ANALYTICS", "sc://spark.city.example:15002/;use_ssl=true")
    assert environment.spark_server("CITYHALL_ANALYTICS")
