"""Tables other than CSV are published like a CSV file of the same values; what is no table is refused, and why."""

from __future__ import annotations

import contextlib
import json
import random
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from tests.support.hostile import TIMES

from cityhall.apps.opendata import public, queries
from cityhall.apps.opendata.contracts import Published
from cityhall.apps.opendata.imports import tables
from cityhall.apps.opendata.soql import parameters
from cityhall.kernel.actors import system
from cityhall.kernel.analytics.port import Limits, analytics
from cityhall.kernel.errors import Invalid

pytestmark = pytest.mark.django_db
TREES: list[dict[str, Any]] = [
    {
        "id": 1, "kind": 'Oak, "old"\nand tall', "height": 12.5, "planted": date(2020, 3, 1),
        "seen": datetime(2024, 5, 1, 9, 30),
    },
    {"id": 2, "kind": "Ñandubay", "height": None, "planted": date(2021, 10, 12), "seen": datetime(2024, 5, 2)},
    {"id": 3, "kind": "=1+1", "height": 7, "planted": None, "seen": None},
]  # fmt: skip
PLAIN = [{key: str(one) if isinstance(one, date) else one for key, one in tree.items()} for tree in TREES]


def excel(file: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([])
    sheet.append([*TREES[0], None])
    for tree in TREES:
        sheet.append(list(tree.values()))
        sheet.append([])
    for row in sheet.iter_rows():
        for cell in row:
            if cell.data_type == "f":
                cell.data_type = "s"
    book.create_sheet("Notes").append(["not", "this"])
    book.save(file)


def json_lines(file: Path) -> None:
    file.write_text("\n\n".join(json.dumps(tree) for tree in PLAIN), encoding="utf-8-sig")


def geojson(file: Path) -> None:
    places = [[-122.4, 37.7], [-122.41, 37.71], None]
    features = [
        {"type": "Feature", "properties": tree, "geometry": place and {"type": "Point", "coordinates": place}}
        for tree, place in zip(PLAIN, places, strict=True)
    ]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")


def parquet_file(file: Path) -> None:
    parquet.write_table(
        pa.Table.from_pylist([{**tree, "height": tree["height"] and float(tree["height"])} for tree in TREES]), file
    )


def publish(file: Path) -> Published:
    with public.as_csv(file) as table:
        return public.publish_file(table, actor=system("test"))


def rows(code: str) -> list[dict[str, Any]]:
    source = queries.source_of(code)
    query = parameters.read_parameters([("$order", "id")], source.all_columns, rows=1000)
    with analytics.get().run(source, query, Limits(10)) as result:
        return [row for batch in result.batches() for row in batch.to_pylist()]


@pytest.mark.parametrize(
    ("ending", "write"),
    [("xlsx", excel), ("jsonl", json_lines), ("geojson", geojson), ("parquet", parquet_file)],
)
def test_each_kind_of_file_gives_the_same_rows_and_types(
    tmp_path: Path, ending: str, write: Callable[[Path], None]
) -> None:
    file = tmp_path / f"trees.{ending}"
    write(file)
    done = publish(file)
    seen = queries.dataset(done.id)
    assert (done.rows, done.quarantined, seen.name) == (3, 0, "trees")
    types = {one.name: one.type.value for one in seen.columns}
    assert [types[one] for one in TREES[0]] == ["number", "text", "number", "date", "timestamp"]
    assert ("point" in types.values()) == (ending == "geojson")
    found = rows(done.id)
    assert [(one["id"], one["kind"], one["height"]) for one in found] == [
        (1, 'Oak, "old"\nand tall', 12.5), (2, "Ñandubay", None), (3, "=1+1", 7),
    ]  # fmt: skip
    assert [one["planted"] for one in found] == [datetime(2020, 3, 1), datetime(2021, 10, 12), None]
    assert [one["seen"] for one in found] == [datetime(2024, 5, 1, 9, 30), datetime(2024, 5, 2), None]
    assert not list((queries.folder() / "making").iterdir())


def test_keys_that_come_late_are_columns_too_and_nested_values_are_json(tmp_path: Path) -> None:
    file = tmp_path / "late.ndjson"
    file.write_text('{"id": 1, "ok": true}\n{"id": 2, "tags": ["a", "b"]}\n', encoding="utf-8")
    assert [(one["ok"], one["tags"]) for one in rows(publish(file).id)] == [(True, None), (None, '["a", "b"]')]


def test_a_time_with_an_offset_becomes_the_citys_wall_clock(tmp_path: Path) -> None:
    file = tmp_path / "calls.parquet"
    parquet.write_table(pa.table({"id": [1], "called": pa.array([datetime(2024, 7, 1, 19, 30, tzinfo=UTC)])}), file)
    (row,) = rows(publish(file).id)
    from cityhall.apps.places import public as places

    assert row["called"] == places.local(datetime(2024, 7, 1, 19, 30, tzinfo=UTC)).replace(tzinfo=None)


def test_a_very_long_text_that_many_rows_of_parquet_have_is_in_memory_once(tmp_path: Path) -> None:
    file, many, text = tmp_path / "long.parquet", 400, "x" * 500_000
    parquet.write_table(pa.table({"id": list(range(many)), "told": [*[text] * (many - 2), "short", None]}), file)
    tracemalloc.start()
    try:
        for table in tables.READERS[".parquet"](file):
            found = [row[1] for row in table.rows]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found == [*[text] * (many - 2), "short", None]
    assert peak < 20 * len(text)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.jsonl", b'{"id": 1}\n[2]\n', "line 2 is no JSON object"),
        ("a.jsonl", b'{"id": 1}\n{"id": \n', "line 2 is no JSON"),
        ("a.jsonl", b"\xff\xfe\n", "line 1 is no JSON"),
        ("a.jsonl", b"", "it has no heading"),
        ("a.jsonl", b'{"a;b;c": 1}\n', "its headings have too many signs"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": []}', "it is no GeoJSON with features"),
        ("a.geojson", b'{"features": [{"geometry": {"type": "Polygon"}}]}', "feature 1 is no point"),
        ("a.geojson", b'{"features": [7]}', "it is no GeoJSON"),
        ("a.geojson", b"<kml/>", "it is no GeoJSON"),
        ("a.parquet", b"PAR1 but no more", "it is no Parquet file"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0", "have to be saved as .xlsx"),
        ("a.zip", b"PK\x03\x04 but no more", "unpack it, and bring the table"),
        ("a.XLS", b"\xd0\xcf\x11\xe0", "save it as .xlsx or CSV"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(Invalid) as refused:
        publish(file)
    assert why in str(refused.value.fields["file"])
    assert not queries.datasets()


def test_a_shapefile_is_called_one_with_the_way_out(tmp_path: Path) -> None:
    file = tmp_path / "streets.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("streets/Streets.SHP", b"")
    with pytest.raises(Invalid) as refused:
        publish(file)
    assert "it is a shapefile; save it in a map program as GeoJSON" in str(refused.value.fields["file"])


def test_a_workbook_that_would_unpack_to_too_much_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "bomb.xlsx"
    excel(file)
    monkeypatch.setattr(tables, "LARGEST_PART", 1_000_000)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/more.xml", b"0" * 1_000_001)
    assert file.stat().st_size < 20_000
    with pytest.raises(Invalid) as refused:
        publish(file)
    assert "too large for a spreadsheet" in str(refused.value.fields["file"])


def test_a_zip_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.xlsx"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(Invalid) as refused:
        publish(file)
    assert "it is no Excel file that can be read" in str(refused.value.fields["file"])


@pytest.mark.parametrize(
    ("ending", "write"),
    [("xlsx", excel), ("jsonl", json_lines), ("geojson", geojson), ("parquet", parquet_file)],
)
def test_any_bytes_are_read_or_refused(tmp_path: Path, ending: str, write: Callable[[Path], None]) -> None:
    file = tmp_path / f"trees.{ending}"
    write(file)
    good, chance = file.read_bytes(), random.Random(7)
    for _ in range(150 * TIMES):
        bad = bytearray(good[: chance.randrange(len(good))] if chance.random() < 0.3 else good)
        for _ in range(chance.randrange(1, 9)):
            if bad:
                bad[chance.randrange(len(bad))] = chance.randrange(256)
        file.write_bytes(bad)
        with contextlib.suppress(Invalid), public.as_csv(file) as table:
            table.read_bytes()
    assert not list((queries.folder() / "making").iterdir())


def test_damaged_sheets_in_a_sound_archive_are_read_or_refused(tmp_path: Path) -> None:
    file = tmp_path / "trees.xlsx"
    excel(file)
    chance = random.Random(11)
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(150 * TIMES):
        name = chance.choice(list(parts))
        bad = bytearray(parts[name])
        for _ in range(chance.randrange(1, 4)):
            bad[chance.randrange(len(bad))] = chance.choice(b'0123456789<>/"=AZaz-')
        with zipfile.ZipFile(file, "w") as archive:
            for one, content in parts.items():
                archive.writestr(one, bytes(bad) if one == name else content)
        with contextlib.suppress(Invalid), public.as_csv(file) as table:
            table.read_bytes()


@pytest.mark.parametrize("place", ["xl/strings.bin", "xl/worksheets/strings.xml"])
def test_a_workbook_whose_strings_are_called_otherwise_is_no_way_around_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setattr(tables, "LARGEST_PART", 100_000)
    excel(tmp_path / "plain.xlsx")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    named = f'<Override PartName="/{place}" ContentType="{kind}"/></Types>'.encode()
    with zipfile.ZipFile(tmp_path / "plain.xlsx") as plain, zipfile.ZipFile(tmp_path / "t.xlsx", "w", 8) as made:
        for one in plain.namelist():
            made.writestr(one, plain.read(one).replace(b"</Types>", named))
        main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        made.writestr(place, f'<sst xmlns="{main}">{"<si><t>a</t></si>" * 20_000}</sst>')
    with pytest.raises(Invalid, match=r"too large|no Excel"):
        publish(tmp_path / "t.xlsx")


@pytest.mark.parametrize(("name", "around"), [("t.json", "[%s]"), ("t.geojson", '{"features":[%s]}')])
def test_a_row_of_json_that_is_too_long_to_be_held_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, around: str
) -> None:
    monkeypatch.setattr(tables, "LONGEST_LINE", 200_000)
    row = {"type": "Feature", "kind": "Oak", "geometry": None, "properties": {"kind": "Oak"}}
    many, long = [row] * 10_000, [row, {**row, "properties": {"kind": ["x"] * 100_000}}]
    (tmp_path / name).write_text(around % json.dumps(many)[1:-1], encoding="utf-8")
    assert publish(tmp_path / name).rows
    (tmp_path / name).write_text(around % json.dumps(long)[1:-1], encoding="utf-8")
    with pytest.raises(Invalid, match="longer than 16 megabytes"):
        publish(tmp_path / name)


def test_a_value_that_is_nested_without_an_end_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text('[{"id":' + "[" * 20_000 + "]" * 20_000 + "}]", encoding="utf-8")
    with pytest.raises(Invalid, match=r"nested|no list"):
        publish(tmp_path / "t.json")
