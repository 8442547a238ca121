"""Any file becomes rows, a reason, or a refusal; never a crash."""

from __future__ import annotations

import csv
import gzip
import io
import json
import lzma
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cityhall.apps.service_requests.imports.readers import open_file
from cityhall.apps.service_requests.imports.records import REASONS, Row, Unusable
from cityhall.kernel.spreadsheets import guarded, unguarded

XML = """<?xml version="1.0" encoding="utf-8"?><service_requests><request>
<service_request_id>638344</service_request_id><status>closed</status><description>caf\u00e9 &amp; bar</description>
</request><request><service_request_id>2</service_request_id><extended_attributes><a>1</a></extended_attributes>
</request></service_requests>"""


def rows_of(data: bytes, name: str = "file") -> tuple[str, list[Row]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        with open_file(path) as opened:
            return opened.kind, list(opened.rows)


def test_a_record_with_a_quoted_line_end_is_one_record() -> None:
    kind, rows = rows_of(b'id,text\r\n1,"two\r\nlines"\r\n\r\n2,x\r\n')
    assert kind == "csv"
    assert [dict(row.values) for row in rows] == [{"id": "1", "text": "two\r\nlines"}, {"id": "2", "text": "x"}]
    assert [row.number for row in rows] == [1, 2]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_separator_is_found(mark: str) -> None:
    _, rows = rows_of(f"a{mark}b{mark}c\n1{mark}2{mark}3\n".encode())
    assert dict(rows[0].values) == {"a": "1", "b": "2", "c": "3"}


def test_packed_files_are_known_by_content_whatever_their_name() -> None:
    plain = b"a,b\n1,2\n"
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("data/inner.csv", plain)
    for data in (plain, gzip.compress(plain), lzma.compress(plain), zipped.getvalue()):
        assert dict(rows_of(data, "misnamed.txt")[1][0].values) == {"a": "1", "b": "2"}


def test_old_encodings_are_read_byte_by_byte() -> None:
    text = "id,name\n1,Peña\n"
    for encoding in ("utf-8", "utf-8-sig", "latin-1", "utf-16"):
        assert dict(rows_of(text.encode(encoding))[1][0].values) == {"id": "1", "name": "Peña"}, encoding
    mixed = "id,name\n1,Peña\n".encode() + "2,Peña\n".encode("latin-1")
    assert [row.values["name"] for row in rows_of(mixed)[1]] == ["Peña", "Peña"]


def test_a_row_of_another_width_is_put_aside_and_the_next_is_read() -> None:
    _, rows = rows_of(b"a,b\n1,2,3\n4,5\n6\n")
    assert [row.broken for row in rows] == ["wrong_columns", "", "wrong_columns"]
    assert "3 fields" in rows[0].detail


def test_empty_lines_before_the_header_are_none() -> None:
    assert [dict(row.values) for row in rows_of(b"\n , \n\na,b\n1,2\n")[1]] == [{"a": "1", "b": "2"}]
    with pytest.raises(Unusable, match="empty"):
        rows_of(b"\n\n")


def test_a_first_line_may_say_what_separates() -> None:
    for said in (b"sep=;", b'"sep=;"', b"SEP=;;;"):
        assert [dict(row.values) for row in rows_of(said + b"\r\na;b\r\n1,5;2\r\n")[1]] == [{"a": "1,5", "b": "2"}]


def test_json_in_its_many_coats() -> None:
    record = {"id": 7, "at": {"lat": 1.5}, "tags": ["x", None], "open": True}
    flat = {"id": "7", "at.lat": "1.5", "tags.0": "x", "tags.1": "", "open": "true"}
    for document in ([record], {"requests": [record]}, {"type": "x", "data": [record]}):
        kind, rows = rows_of(json.dumps(document).encode())
        assert (kind, dict(rows[0].values)) == ("json", flat)
    kind, rows = rows_of(b"\n".join(json.dumps(record).encode() for _ in range(2)))
    assert (kind, len(rows), dict(rows[1].values)) == ("jsonl", 2, flat)


def test_socrata_and_geojson() -> None:
    socrata = {"meta": {"view": {"columns": [{"fieldName": "id"}, {"fieldName": "status"}]}}, "data": [["5", "Open"]]}
    assert dict(rows_of(json.dumps(socrata).encode())[1][0].values) == {"id": "5", "status": "Open"}
    point = {"type": "Point", "coordinates": [-117.1, 32.7]}
    feature = {"type": "Feature", "properties": {"id": "5"}, "geometry": point}
    geojson = {"type": "FeatureCollection", "features": [feature]}
    found = dict(rows_of(json.dumps(geojson).encode())[1][0].values)
    assert found == {"id": "5", "geometry.lon": "-117.1", "geometry.lat": "32.7"}


def test_georeport_xml() -> None:
    kind, rows = rows_of(XML.encode())
    assert kind == "xml"
    assert rows[0].values["description"] == "café & bar"
    assert rows[1].values["extended_attributes.a"] == "1"
    latin = XML.replace("utf-8", "iso-8859-1").encode("latin-1")
    assert rows_of(latin)[1][0].values["description"] == "café & bar"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "no text file"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b'<!DOCTYPE r [<!ENTITY a "b">]><r><x>&a;</x></r>', "DTD"),
        (b'{"widgets": [{"x": 1}], "value_boxes": []}', "totals"),
        (b'{\n"a": [1]}', "no list of records"),
        (b"a,a\n1,2\n", "twice"),
        (b"<errors><error><code>400</code></error></errors>", "error answer"),
    ],
)
def test_what_holds_no_records_is_refused_in_words(data: bytes, says: str) -> None:
    with pytest.raises(Unusable, match=says):
        rows_of(data)


def test_a_truncated_file_gives_what_stands_before_the_break() -> None:
    whole = gzip.compress(b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * 7919) for n in range(20_000)))
    _, rows = rows_of(whole[: len(whole) // 2])
    assert rows[-1].broken in {"file_broken", "wrong_columns"}
    assert len(rows) > 1000
    _, rows = rows_of(b'[{"a": 1}, {"a": 2}, {"a"')
    assert [row.broken for row in rows] == ["", "", "file_broken"]
    _, rows = rows_of(XML.encode()[:-60])
    assert rows[-1].broken == "file_broken"


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8))
@settings(deadline=None)
def test_what_a_csv_writer_writes_is_read_back(cells: list[tuple[str, str]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([("first", "second"), *cells])
    _, rows = rows_of(out.getvalue().encode())
    assert [(row.values["first"], row.values["second"]) for row in rows] == cells


@given(st.text(max_size=30))
def test_the_guard_against_formulas_can_be_undone(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "@"))


SEEDS = [b"a,b\n1,2\n", b'[{"a": 1}, {"b": [2]}]', b'{"a": 1}\n{"a": 2}\n', XML.encode(), gzip.compress(b"a,b\n1,2\n")]


@given(st.sampled_from(SEEDS), st.integers(0, 400), st.binary(max_size=12))
@settings(deadline=None, max_examples=150)
def test_damage_never_crashes_a_reader(seed: bytes, place: int, damage: bytes) -> None:
    for data in (seed[:place], seed[:place] + damage + seed[place:], damage + seed):
        try:
            _, rows = rows_of(data)
        except Unusable as refusal:
            assert str(refusal).endswith((".", "?"))
            continue
        assert all(row.broken in {"", *REASONS} for row in rows)
        assert [row.number for row in rows] == list(range(1, len(rows) + 1))
