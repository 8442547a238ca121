"""Readers that people have: pandas, pyarrow and geopandas over real HTTP, and the page's own snippets as pasted."""

from __future__ import annotations

import html
import io
import json
import re
import shlex
import subprocess
import urllib.request
from datetime import datetime
from pathlib import Path

import geopandas
import pandas
import pyarrow as pa
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet as pq
import pyogrio
import pytest

from cityhall.apps.opendata import public
from cityhall.kernel.actors import system

TERMS = """
name = "lamps"
title = "Lamps"
key = "id"
[[columns]]
name = "id"
type = "number"
[[columns]]
name = "kind"
[[columns]]
name = "watts"
type = "number"
[[columns]]
name = "lit"
type = "boolean"
[[columns]]
name = "mended"
type = "timestamp"
[[columns]]
name = "place"
type = "point"
longitude = "lng"
latitude = "lat"
"""
LAMPS = """id,kind,watts,lit,mended,lat,lng
1,"Old, ""gas"" — Ñu",12.5,yes,2024-02-29 23:59:59,32.7157,-117.1611
2,LED,7,no,2019-03-05 08:00:00,32.75,-117.2
3,LED,,,,,
"""
KINDS = ['Old, "gas" — Ñu', "LED", "LED"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_connection_is_kept() -> None:
    """Else GDAL keeps one to the test's server, and that one to the test's database."""
    pyogrio.set_gdal_config_options({"GDAL_HTTP_HEADERS": "Connection: close"})


@pytest.fixture
def code(tmp_path: Path) -> str:
    file = tmp_path / "lamps.csv"
    file.write_text(LAMPS, encoding="utf-8")
    return public.publish_file(file, actor=system("test"), contract=public.read_contract(TERMS)).id


@pytest.fixture
def address(live_server, code: str) -> str:
    return f"{live_server.url}/api/views/{code}/rows"


def fetched(address: str) -> io.BytesIO:
    with urllib.request.urlopen(address, timeout=20) as answer:
        return io.BytesIO(answer.read())


def test_pandas_reads_csv_json_lines_and_parquet_with_their_types(address):
    for table in (
        pandas.read_csv(f"{address}.csv", parse_dates=["mended"]),
        pandas.read_json(f"{address}.jsonl", lines=True).astype({"mended": "datetime64[us]"}),
        pandas.read_parquet(f"{address}.parquet"),
    ):
        table = table.sort_values("id").reset_index(drop=True)
        assert table["id"].tolist() == [1, 2, 3]
        assert table["kind"].tolist() == KINDS
        assert table["watts"].tolist()[:2] == [12.5, 7]
        assert pandas.api.types.is_numeric_dtype(table["watts"])
        assert pandas.api.types.is_datetime64_any_dtype(table["mended"])
        assert table["mended"][0] == datetime(2024, 2, 29, 23, 59, 59)
        assert [bool(one) for one in table["lit"][:2]] == [True, False]
        assert table.iloc[2][["watts", "lit", "mended"]].isna().all()


def test_pyarrow_reads_csv_json_lines_and_parquet_with_their_types(address):
    parquet = pq.read_table(fetched(f"{address}.parquet")).sort_by("id")
    assert [str(parquet.schema.field(name).type) for name in ("id", "kind", "watts", "lit", "mended", "place")] == [
        "double", "string", "double", "bool", "timestamp[ms]", "binary",
    ]  # fmt: skip
    assert parquet["kind"].to_pylist() == KINDS
    table = pyarrow.csv.read_csv(fetched(f"{address}.csv")).sort_by("id")
    assert table["kind"].to_pylist() == KINDS
    assert pa.types.is_floating(table.schema.field("watts").type)
    assert table["mended"].to_pylist()[0] == datetime(2024, 2, 29, 23, 59, 59)
    lines = pyarrow.json.read_json(fetched(f"{address}.jsonl")).sort_by("id")
    assert lines["lit"].to_pylist() == [True, False, None]
    assert lines["place"][1]["coordinates"].as_py() == [-117.2, 32.75]


def test_geopandas_reads_geoparquet_and_geojson(address, tmp_path: Path):
    file = tmp_path / "lamps.parquet"
    file.write_bytes(fetched(f"{address}.parquet").getvalue())
    for frame in (geopandas.read_parquet(file), geopandas.read_file(f"{address}.geojson")):
        frame = frame.sort_values("id", key=lambda ids: ids.astype(float)).reset_index(drop=True)
        assert frame.crs.equals("OGC:CRS84") or frame.crs.to_epsg() == 4326
        assert [(one.x, one.y) for one in frame.geometry[:2]] == [(-117.1611, 32.7157), (-117.2, 32.75)]
        assert frame.geometry[2] is None or frame.geometry[2].is_empty
        assert frame["kind"].tolist() == KINDS
    with pq.ParquetFile(file) as read:
        geo = json.loads(read.metadata.metadata[b"geo"])
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "place")
    assert geo["columns"]["place"] == {"encoding": "WKB", "geometry_types": ["Point"]}


def test_the_page_s_snippets_run_as_they_are_pasted(live_server, code, capsys):
    with urllib.request.urlopen(f"{live_server.url}/data/{code}/", timeout=20) as answer:
        page = answer.read().decode()
    snippets = {
        name: html.unescape(text) for name, text in re.findall(r'data-snippet="(\w+)">(.*?)</code>', page, re.DOTALL)
    }
    assert {"curl", "requests", "pandas", "geopandas", "python", "r", "excel", "qgis"} <= set(snippets)
    for name in ("requests", "pandas", "geopandas", "python"):
        exec(compile(snippets[name], name, "exec"), {})
        assert capsys.readouterr().out == "3\n", name
    told = subprocess.run(shlex.split(snippets["curl"]), check=True, capture_output=True, timeout=20)
    assert len(json.loads(told.stdout)) == 3
    assert fetched(snippets["excel"]).getvalue().count(b"\n") == 4
    assert len(geopandas.read_file(snippets["qgis"])) == 3
