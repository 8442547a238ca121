"""Every format of an answer, read back by a reader that is not ours."""

from __future__ import annotations

import csv
import gzip
import io
import json
from datetime import datetime, timedelta

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from tests.opendata.test_soda import COLUMNS, EMPTY, EMPTY_TEXT, FULL, batch, written

from cityhall.apps.opendata.formats import lines, packing, parquet, xlsx
from cityhall.apps.opendata.formats import table as formats

ODD = ('=1+1 "\\ \x07', 10**12, float("nan"), False, datetime(1812, 1, 1), None, None, "@x")
ALL = (FULL, EMPTY, EMPTY_TEXT, ODD)


def test_json_lines_have_numbers_as_numbers_and_keep_nulls() -> None:
    text = written(lines.json_line_pieces, batch(), batch(FULL, EMPTY), batch(ODD))
    first, second, third = [json.loads(line) for line in text.splitlines()]
    assert first == {
        "name": 'He said "ä",\nthen',
        "n": 5,
        "x": 2.5,
        "yes": True,
        "opened": "2015-01-10T12:00:00.123",
        "seen": "2015-01-10T12:00:00.123Z",
        "place": {"type": "Point", "coordinates": [-117.15, 32.0]},
        "page": "https://a.test/?b=c",
    }
    assert second == dict.fromkeys(first)
    assert (third["name"], third["n"], third["x"]) == (ODD[0], 10**12, None)


def test_tsv_reads_back() -> None:
    text = written(lines.tsv_pieces, batch(*ALL))
    read = list(csv.DictReader(io.StringIO(text), delimiter="\t"))
    assert [row["name"] for row in read] == [FULL[0], "", "", ODD[0]]
    assert read[0]["place"] == "POINT (-117.15 32)"


def test_parquet_is_read_by_arrow_with_points_as_geoparquet_has_them() -> None:
    table = pq.read_table(io.BytesIO(b"".join(parquet.parquet_pieces(COLUMNS, [batch(*ALL[:2]), batch(*ALL[2:])]))))
    assert table["name"].to_pylist() == [FULL[0], None, "", ODD[0]]
    assert table["opened"].to_pylist()[0] == datetime(2015, 1, 10, 12, 0, 0, 123000)
    assert str(table["seen"].type) == "timestamp[ms, tz=UTC]"
    geo = json.loads(table.schema.metadata[b"geo"])
    assert (geo["primary_column"], geo["columns"]["place"]["encoding"]) == ("place", "WKB")
    points = table["place"].to_pylist()
    assert shapely.from_wkb(points[0]).coords[0] == (-117.15, 32.0)
    assert points[1:] == [None, None, None]


def test_parquet_without_rows_or_points_is_whole() -> None:
    table = pq.read_table(io.BytesIO(b"".join(parquet.parquet_pieces(COLUMNS[:2], []))))
    assert (table.num_rows, table.column_names) == (0, ["name", "n"])
    assert table.schema.metadata == {}


def test_a_sheet_has_dates_as_dates_and_no_formulas() -> None:
    made = b"".join(xlsx.xlsx_pieces(COLUMNS, [batch(*ALL[:2]), batch(*ALL[2:])]))
    heading, full, empty, _, odd = openpyxl.load_workbook(io.BytesIO(made)).active.iter_rows()
    assert [cell.value for cell in heading] == [column.name for column in COLUMNS]
    assert [cell.value for cell in full[:4]] == [FULL[0], 5, 2.5, True]
    assert full[4].is_date
    assert abs(full[4].value - datetime(2015, 1, 10, 12)) < timedelta(seconds=1)
    assert full[6].value == "32.0, -117.15"
    assert {cell.value for cell in empty} == {None}
    assert [cell.data_type for cell in (odd[0], odd[7])] == ["s", "s"] or odd[0].data_type == "inlineStr"
    assert (odd[0].value, odd[1].value, odd[2].value) == ('=1+1 "\\ ', 10**12, None)


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br, zstd", "zstd"), ("gzip", "gzip"), ("", ""), ("zstd;q=0, gzip;q=0.5", "gzip"), ("br;q=x", "")],
)
def test_the_encoding_is_one_the_reader_takes(accepted: str, encoding: str) -> None:
    assert packing.chosen(accepted) == encoding


@pytest.mark.parametrize("encoding", packing.ENCODINGS)
def test_what_is_packed_unpacks_and_goes_out_at_once(encoding: str) -> None:
    pieces = list(packing.packed(iter([b"first", b"second"]), encoding))
    assert all(pieces[:2])
    unpacked = (
        gzip.decompress(b"".join(pieces))
        if encoding == "gzip"
        else pa.CompressedInputStream(pa.BufferReader(b"".join(pieces)), "zstd").read()
    )
    assert unpacked == b"firstsecond"


@pytest.mark.django_db
class TestAtTheDoor:
    def test_every_format_takes_the_same_query(self, client, publish):
        code = publish().id
        answers = {
            fmt: client.get(f"/resource/{code}.{fmt}", {"$where": "height > 10", "$select": "species, height"})
            for fmt in formats.FORMATS
            if fmt != "geojson"
        }
        got = {fmt: response.getvalue() for fmt, response in answers.items()}
        assert [json.loads(line)["height"] for line in got["jsonl"].splitlines()] == [12.5, 21]
        assert got["ndjson"] == got["jsonl"]
        assert sorted(got["tsv"].decode().splitlines()[1:]) == ['"Oak"\t"12.5"', '"Palm <b>"\t"21"']
        assert sorted(pq.read_table(io.BytesIO(got["parquet"]))["height"].to_pylist()) == [12.5, 21]
        sheet = openpyxl.load_workbook(io.BytesIO(got["xlsx"])).active
        assert sorted(row[1] for row in sheet.iter_rows(min_row=2, values_only=True)) == [12.5, 21]
        assert answers["xlsx"]["Content-Disposition"] == 'attachment; filename="trees.xlsx"'

    def test_texts_are_packed_for_whoever_takes_it(self, client, publish):
        code = publish().id
        response = client.get(f"/resource/{code}.csv", headers={"Accept-Encoding": "gzip"})
        assert response["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in response["Vary"]
        assert gzip.decompress(response.getvalue()).startswith(b'"id","species"')
        sheet = client.get(f"/resource/{code}.xlsx", headers={"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in sheet.headers

    def test_a_sheet_that_would_be_too_long_is_refused_with_the_way_out(self, client, publish, monkeypatch):
        few = formats.Format(xlsx.XLSX_TYPE, xlsx.xlsx_pieces, is_text=False, most=3)
        monkeypatch.setitem(formats.FORMATS, "xlsx", few)
        code = publish().id
        refused = client.get(f"/api/views/{code}/rows.xlsx")
        assert refused.status_code == 400
        assert "more than the 3 rows" in refused.json()["message"]
        assert "csv or parquet" in refused.json()["message"]
        for query in ({"$limit": "3"}, {"$where": "height > 5"}, {"$select": "species, count(*)", "$group": "species"}):
            assert client.get(f"/resource/{code}.xlsx", query).status_code == 200
