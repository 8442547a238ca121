"""Points made of two columns of degrees: guessed, checked, kept in every file, and served."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from cityhall.apps.opendata import public, queries
from cityhall.apps.opendata.contracts import Contract, Published
from cityhall.apps.opendata.models import Snapshot
from cityhall.apps.opendata.rules import guessing
from cityhall.kernel.actors import system
from cityhall.kernel.errors import Invalid
from cityhall.kernel.snapshots import ColumnType, Sample

TERMS = """
name = "lamps"
title = "Lamps"
key = "id"
most_aside = 1.0
[[columns]]
name = "id"
[[columns]]
name = "place"
type = "point"
longitude = "lng"
latitude = "lat"
"""
LAMPS = "id,lat,lng\n1,32.7157,-117.1611\n2,32.75,-117.2\n3,,\n4,0,0\n"


@pytest.fixture
def publish(tmp_path: Path) -> Callable[..., Published]:
    def run(text: str, contract: Contract | None = None) -> Published:
        file = tmp_path / "lamps.csv"
        file.write_text(text, encoding="utf-8")
        return public.publish_file(file, actor=system("test"), contract=contract)

    return run


@pytest.mark.parametrize(
    ("headings", "row", "found"),
    [
        (("lat", "lng"), ("32.7", "-117.1"), ("lng", "lat")),
        (("Longitude", "Latitude"), ("-117.1", "32.7"), ("Longitude", "Latitude")),
        (("x", "y"), ("-117.1", "32.7"), ("x", "y")),
        (("x", "y"), ("6280145.2", "1840563.9"), None),
        (("x", "y"), ("3", "4"), None),
        (("lat", "length"), ("32.7", "-117.1"), None),
    ],
)
def test_a_point_is_guessed_beside_its_columns_where_they_hold_degrees(
    headings: tuple[str, ...], row: tuple[str, ...], found: tuple[str, str] | None
) -> None:
    columns = guessing.guessed("lamps", Sample(headings, (row, ("", "")))).columns
    points = [(one.longitude, one.latitude) for one in columns if one.type is ColumnType.POINT]
    assert points == ([found] if found else [])
    assert [one.source for one in columns if one.type is not ColumnType.POINT] == list(headings)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('latitude = "lat"\n', "", "columns.place.latitude"),
        ('name = "id"\n[', 'name = "id"\nlongitude = "x"\n[', "columns.id.longitude"),
        ('key = "id"', 'key = "place"', "key"),
        ('type = "point"', 'type = "point"\nsource = "x"', "columns.place.type"),
    ],
)
def test_a_point_without_its_two_headings_is_no_contract(old: str, new: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        public.read_contract(TERMS.replace(old, new))
    assert field in refused.value.fields


@pytest.mark.django_db
def test_points_are_in_the_query_file_the_geoparquet_and_sodas_answers(
    publish: Callable[..., Published], client: Any
) -> None:
    done = publish(LAMPS, public.read_contract(TERMS))
    assert (done.rows, done.quarantined) == (4, 0)
    whole = client.get(f"/resource/{done.id}.json?$order=id").getvalue()
    assert [row.get("place") for row in json.loads(whole)] == [
        {"type": "Point", "coordinates": [-117.1611, 32.7157]}, {"type": "Point", "coordinates": [-117.2, 32.75]},
        None, None,
    ]  # fmt: skip
    near = client.get(f"/resource/{done.id}.geojson", {"$where": "within_circle(place, 32.7157, -117.1611, 100)"})
    [feature] = json.loads(near.getvalue())["features"]
    assert (feature["geometry"]["coordinates"], feature["properties"]) == ([-117.1611, 32.7157], {"id": "1"})
    [column] = [one for one in queries.dataset(done.id).columns if one.name == "place"]
    assert (column.nulls, column.distinct) == (2, 2)
    part = pq.ParquetFile(queries.folder_of(Snapshot.objects.get()) / "part-0.parquet")
    geo = json.loads(part.schema_arrow.metadata[b"geo"])
    assert (geo["primary_column"], geo["columns"]["place"]["geometry_types"]) == ("place", ["Point"])
    assert client.get(f"/data/{done.id}/").status_code == 200


@pytest.mark.django_db
def test_places_that_are_nowhere_are_put_aside(publish: Callable[..., Published]) -> None:
    wrong = "5,95,-117\n6,-117.1,32.7x\n7,32.7,\n8,1840563,6280145\n"
    done = publish(LAMPS + wrong, public.read_contract(TERMS))
    assert (done.rows, dict(done.reasons)) == (4, {"place: no point": 4})
    folder = queries.folder_of(Snapshot.objects.get())
    aside = list(csv.DictReader((folder / "quarantine.csv").open(encoding="utf-8", newline="")))
    assert [row["line"] for row in aside] == ["6", "7", "8", "9"]
