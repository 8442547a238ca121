"""SODA's answers to the letter."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest

from cityhall.apps.opendata.soda import rows
from cityhall.apps.opendata.soda.errors import DATASET_NOT_FOUND, error_object
from cityhall.apps.opendata.soda.types import column_headers
from cityhall.kernel.analytics.columns import Column, Type

COLUMNS = (
    Column("name", Type.TEXT),
    Column("n", Type.NUMBER),
    Column("x", Type.NUMBER),
    Column("yes", Type.BOOLEAN),
    Column("opened", Type.TIMESTAMP),
    Column("seen", Type.INSTANT),
    Column("place", Type.POINT),
    Column("page", Type.URL),
)
WHEN = datetime(2015, 1, 10, 12, 0, 0, 123456)


def batch(*values: tuple[Any, ...]) -> pa.RecordBatch:
    kinds = [
        pa.string(), pa.int64(), pa.float64(), pa.bool_(), pa.timestamp("us"), pa.timestamp("us"),
        pa.struct([("lon", pa.float64()), ("lat", pa.float64())]), pa.string(),
    ]  # fmt: skip
    arrays = [pa.array([row[place] for row in values], kind) for place, kind in enumerate(kinds)]
    return pa.RecordBatch.from_arrays(arrays, names=[column.name for column in COLUMNS])


FULL = ('He said "ä",\nthen', 5, 2.5, True, WHEN, WHEN, {"lon": -117.15, "lat": 32.0}, "https://a.test/?b=c")
EMPTY = (None,) * 8
EMPTY_TEXT = ("", 0, -0.0, False, WHEN, WHEN, None, None)

Pieces = Callable[[tuple[Column, ...], Iterable[pa.RecordBatch]], Iterator[bytes]]


def written(pieces: Pieces, *batches: pa.RecordBatch) -> str:
    return b"".join(pieces(COLUMNS, batches)).decode()


def test_json_leaves_nulls_out_and_writes_numbers_as_texts() -> None:
    assert json.loads(written(rows.json_pieces, batch(FULL, EMPTY))) == [
        {
            "name": 'He said "ä",\nthen',
            "n": "5",
            "x": "2.5",
            "yes": True,
            "opened": "2015-01-10T12:00:00.123",
            "seen": "2015-01-10T12:00:00.123Z",
            "place": {"type": "Point", "coordinates": [-117.15, 32.0]},
            "page": {"url": "https://a.test/?b=c"},
        },
        {},
    ]


@pytest.mark.parametrize("pieces", [rows.json_pieces, rows.geojson_pieces])
def test_any_number_of_batches_is_one_document(pieces: Pieces) -> None:
    for batches in ([], [batch()], [batch(FULL)], [batch(), batch(FULL), batch(), batch(EMPTY, FULL)]):
        read = json.loads(written(pieces, *batches))
        found = read if isinstance(read, list) else read["features"]
        assert len(found) == sum(each.num_rows for each in batches)


def test_csv_puts_every_value_into_quotation_marks_and_leaves_nulls_empty() -> None:
    text = written(rows.csv_pieces, batch(FULL), batch(EMPTY, EMPTY_TEXT))
    assert text == (
        '"name","n","x","yes","opened","seen","place","page"\n'
        '"He said ""ä"",\nthen","5","2.5","true","2015-01-10T12:00:00.123","2015-01-10T12:00:00.123Z",'
        '"POINT (-117.15 32)","https://a.test/?b=c"\n'
        ",,,,,,,\n"
        '"","0","0","false","2015-01-10T12:00:00.123","2015-01-10T12:00:00.123Z",,\n'
    )
    assert len(list(csv.reader(io.StringIO(text)))) == 4


def test_csv_begins_with_a_mark_where_it_is_wanted() -> None:
    assert b"".join(rows.csv_pieces(COLUMNS[:1], [], bom=True)) == b'\xef\xbb\xbf"name"\n'


def test_geojson_takes_the_first_place_and_keeps_nulls() -> None:
    read = json.loads(written(rows.geojson_pieces, batch(FULL, EMPTY)))
    first, second = read["features"]
    assert first["geometry"] == {"type": "Point", "coordinates": [-117.15, 32.0]}
    assert "place" not in first["properties"]
    assert second["geometry"] is None
    assert second["properties"]["n"] is None
    assert read["crs"]["properties"]["name"].endswith("CRS84")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (5.0, "5"), (-0.0, "0"), (0.1, "0.1"), (1e15, "1000000000000000.0"), (123456789012.5, "123456789012.5"),
        (1234567890123.0, "1234567890123"), (1e-7, "1e-07"), (float("nan"), None), (float("inf"), None),
    ],
)  # fmt: skip
def test_numbers_are_written_alike_in_every_format(number: float, text: str | None) -> None:
    row = ("a", 1, number, None, None, None, None, None)
    in_json = json.loads(written(rows.json_pieces, batch(row)))[0].get("x")
    in_csv = next(iter(csv.DictReader(io.StringIO(written(rows.csv_pieces, batch(row))))))["x"]
    assert (in_json, in_csv or None) == (text, text)


def test_headers_say_the_columns_and_their_types() -> None:
    headers = column_headers(COLUMNS)
    assert json.loads(headers["X-SODA2-Fields"]) == [column.name for column in COLUMNS]
    assert json.loads(headers["X-SODA2-Types"]) == [
        "text", "number", "number", "checkbox", "floating_timestamp", "fixed_timestamp", "point", "url",
    ]  # fmt: skip


def test_headers_too_long_for_a_client_are_left_out() -> None:
    assert column_headers([Column(f"a_rather_long_name_{number}", Type.NUMBER) for number in range(700)]) == {}


def test_an_error_is_soda_s_object() -> None:
    assert error_object(DATASET_NOT_FOUND, "There is none.") == {
        "code": "soda.dataset.not-found",
        "error": True,
        "message": "There is none.",
        "data": {},
    }
