"""Files of places made here: what is understood, what is put aside, what is refused."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import shapefile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cityhall.apps.places import public
from cityhall.apps.places.contracts import ImportKind, ImportOptions
from cityhall.kernel.django.models import AuditEntry, OutboxEvent
from cityhall.kernel.errors import Invalid

pytestmark = pytest.mark.django_db


def square(west: float, south: float, size: float = 0.01) -> dict[str, Any]:
    east, north = west + size, south + size
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def write(folder: Path, name: str, *features: Any, **more: Any) -> Path:
    path = folder / name
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features), **more}), encoding="utf-8")
    return path


def test_bad_features_are_put_aside_with_a_reason_and_the_good_are_loaded(tmp_path: Path) -> None:
    bow = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    flat = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0], [0, 0]]]}
    file = write(
        tmp_path, "Police Districts.geojson",
        feature(square(0, 0), district="1"), feature(None, district="2"), feature(bow, district="3"),
        feature(flat, district="4"), feature({"type": "Point", "coordinates": [0, 0]}, district="5"),
        feature({"type": "Polygon", "coordinates": [["x", "y"]]}, district="6"), feature(square(500, 0), district="7"),
        "not a feature",
    )  # fmt: skip
    report = public.import_file(file, ImportOptions(kind=ImportKind.AREAS))
    assert (report.target, report.rows, report.imported) == ("police_district", 8, 2)
    assert [item.row for item in report.quarantined] == [2, 4, 5, 6, 7, 8]
    assert all(item.reason for item in report.quarantined)
    assert any("crossed themselves" in note for note in report.notes)
    csv = public.quarantine_csv(report.quarantined)
    assert csv.splitlines()[0] == "row,reason,district"
    assert len(csv.splitlines()) == 7
    assert [area.code for area in public.areas("police_district")] == ["1", "3"]


def test_a_dry_run_says_the_same_and_leaves_nothing(tmp_path: Path) -> None:
    file = write(tmp_path, "wards.geojson", feature(square(0, 0), ward=1), feature(square(1, 1), ward=2))
    tried = public.import_file(file, ImportOptions(dry_run=True))
    assert (tried.imported, tried.target, public.area_kinds()) == (2, "ward", [])
    assert not OutboxEvent.objects.exists()
    assert not AuditEntry.objects.exists()
    done = public.import_file(file)
    assert (done.imported, done.loaded) == (tried.imported, tried.loaded)
    assert AuditEntry.objects.get().action == "places.areas_changed"
    assert OutboxEvent.objects.get().kind == "places.areas_changed"


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("empty.geojson", b"", "is empty"),
        ("broken.geojson", b'{"type": "FeatureCollection", "features": [', "begins like JSON"),
        ("about.json", b'{"locationName": "X", "dataUrl": "y"}', "describes another file"),
        ("list.json", b"[1, 2]", "no GeoJSON"),
        ("none.geojson", b'{"type": "FeatureCollection", "features": []}', "holds no rows"),
        ("feet.geojson", json.dumps({"type": "FeatureCollection", "features": [
            feature(square(6_280_000, 1_880_000, 100), name="A")]}).encode(), "are not degrees"),
        ("odd.geojson", b'{"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "EPSG:0"}},'
            b' "features": [{"type": "Feature", "geometry": null, "properties": {}}]}', "is unknown"),
        ("mixed.geojson", json.dumps({"type": "FeatureCollection", "features": [
            feature(square(0, 0)), feature({"type": "Point", "coordinates": [0, 1]})]}).encode(), "mixes"),
        ("totals.csv", b"year,total\n2020,3\n", "no row has a place"),
        ("heading.csv", b"lat,lon\n", "holds no rows"),
        ("cut.geojson.gz", gzip.compress(b"{}", mtime=0)[:-6], "is damaged"),
        ("cut.zip", b"PK\x03\x04 nothing", "is damaged"),
        ("streets.zip", b"<html>Not found</html>", "is neither"),
        ("photo.bin", b"\x89PNG\0\0\0", "is neither"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_used_are_refused_saying_why(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Invalid, match=why):
        public.import_file(path)
    assert not AuditEntry.objects.exists()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=80) | st.binary(max_size=40).map(lambda tail: b'{"type":"FeatureCollection","features":[' + tail)
)
def test_any_bytes_are_refused_or_read_but_never_crash(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.geojson"
    path.write_bytes(content)
    with pytest.raises(Invalid):
        public.import_file(path)


def test_projected_geojson_is_brought_to_degrees(tmp_path: Path) -> None:
    place = feature({"type": "Point", "coordinates": [6_280_000, 1_850_000]}, pole_id="A1")
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2230"}}  # California zone 6, feet
    public.import_file(
        write(tmp_path, "lights.geojson", place, crs=crs), ImportOptions(kind=ImportKind.ASSETS, target="streetlights")
    )
    found = public.locate("A1")  # too short a code to search by
    assert found == []
    near = public.assets_near("streetlights", 32.74, -117.17, 2000)
    assert [item.label for item in near] == ["Streetlight A1"]


def test_assets_from_csv_with_bad_and_double_rows(tmp_path: Path) -> None:
    path = tmp_path / "hydrants.csv.gz"
    rows = "FACILITYID;Latitude;Longitude\nH-100;43.1;-76.1\nH-101;;\nH-100;43.1;-76.1\nH-102;0;0\nH-103;43.2;-76.2\n"
    path.write_bytes(gzip.compress(rows.encode("latin-1")))
    report = public.import_file(path)
    assert (report.kind, report.target, report.imported) == (ImportKind.ASSETS, "hydrants", 2)
    assert [item.row for item in report.quarantined] == [2, 3, 4]
    assert public.locate("h103")[0].label == "Hydrant H-103"


def test_addresses_from_csv_in_parts_or_whole(tmp_path: Path) -> None:
    parts = tmp_path / "addresses.csv"
    parts.write_text(
        "HOUSE_NUM,ST_NAME,UNIT,LAT,LON\n1202,GRAND AVE,,43,-76\n,GRAND AVE,,43,-76\n1204,GRAND AVE,2,43,-76\n"
    )
    report = public.import_file(parts)
    assert (report.kind, report.imported, len(report.quarantined)) == (ImportKind.ADDRESSES, 2, 1)
    assert public.locate("1204 grand avenue unit 2")[0].label == "1204 Grand Ave Unit 2"
    whole = tmp_path / "address_points.csv"
    whole.write_text('address,lat,lon\n"7 Elm St, Springfield",43.01,-76\n"Elm St",43,-76\n')
    report = public.import_file(whole)
    assert (report.kind, report.imported, len(report.quarantined)) == (ImportKind.ADDRESSES, 1, 1)
    assert public.locate("7 elm street")[0].label == "7 Elm St"


def test_the_words_of_a_street_in_columns_of_their_own_are_put_together(tmp_path: Path) -> None:
    file = tmp_path / "addresses.csv"
    file.write_text(
        "StreetNumber,Street Name,StreetType,StreetDirection,Latitude,Longitude\n"
        "1283,CANAL ,ST,,43,-76\n415,CLINTON ,ST,S ,43.01,-76\n9,WEST END AVE,AVE,,43.02,-76\n7,BROADWAY,,,43.03,-76\n"
    )
    assert public.import_file(file, ImportOptions(kind=ImportKind.ADDRESSES)).imported == 4
    said = ("1283 Canal St", "415 Clinton St S", "9 West End Ave", "7 Broadway")
    assert [public.locate(one)[0].label for one in said] == list(said)


def test_addresses_whose_columns_nobody_knows_are_refused_with_the_names_to_give_them(tmp_path: Path) -> None:
    file = tmp_path / "addresses.csv"
    file.write_text("StreetNumber,Street Name,LAT,LON\n12,CANAL ST,43,-76\n")
    assert public.import_file(file, ImportOptions(kind=ImportKind.ADDRESSES)).imported == 1
    file.write_text("Hausnr,Strasse,LAT,LON\n12,CANAL ST,43,-76\n")
    with pytest.raises(Invalid, match=r"“number” and “street”.*there are Hausnr, Strasse"):
        public.import_file(file, ImportOptions(kind=ImportKind.ADDRESSES))


def zipped_shapefile(*members: tuple[str, bytes]) -> bytes:
    shp, shx, dbf = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with shapefile.Writer(shp=shp, shx=shx, dbf=dbf, shapeType=shapefile.POLYLINE) as writer:
        writer.field("STREET", "C", 30)
        writer.line([[[-76.15, 43.05], [-76.14, 43.05]]])
        writer.record("GRAND AVE")
        writer.line([[[-76.15, 43.05], [-76.15, 43.06]]])
        writer.record("5TH ST")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in (("a/s.shp", shp), ("a/s.shx", shx), ("a/s.dbf", dbf)):
            archive.writestr(name, data.getvalue())
        for name, content in (("__MACOSX/a/._s.shp", b"junk"), ("a/.DS_Store", b"junk"), *members):
            archive.writestr(name, content)
    return out.getvalue()


def test_a_zipped_shapefile_with_what_macos_adds(tmp_path: Path) -> None:
    path = tmp_path / "roads.zip"
    path.write_bytes(zipped_shapefile())
    report = public.import_file(path)
    assert (report.kind, report.imported) == (ImportKind.STREETS, 2)
    assert public.locate("Grand & 5th")[0].label == "5th St & Grand Ave"


def test_a_zip_with_two_shapefiles_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "roads.zip"
    path.write_bytes(zipped_shapefile(("other.shp", b"x")))
    with pytest.raises(Invalid, match="more than one shapefile"):
        public.import_file(path)


def test_a_column_or_condition_that_is_not_there_is_named(tmp_path: Path) -> None:
    file = write(tmp_path, "wards.geojson", feature(square(0, 0), ward=1))
    with pytest.raises(Invalid, match=r"no column 'WARD_NO'; there are ward"):
        public.import_file(file, ImportOptions(code_field="WARD_NO"))
    with pytest.raises(Invalid, match="no row is left"):
        public.import_file(file, ImportOptions(where={"ward": "9"}))


def test_a_boundary_is_joined_from_its_parts(tmp_path: Path) -> None:
    file = write(tmp_path, "city_boundary.geojson", feature(square(0, 0)), feature(square(0.01, 0)))
    report = public.import_file(file)
    assert (report.kind, report.imported, report.merged) == (ImportKind.BOUNDARY, 1, 1)
    assert public.inside(0.005, 0.015)
    assert not public.inside(0.005, 0.025)


def test_streets_wholly_outside_the_boundary_are_told_of(tmp_path: Path) -> None:
    streets = write(
        tmp_path,
        "centerlines.geojson",
        feature({"type": "LineString", "coordinates": [[0.001, 0.001], [0.009, 0.001]]}, street_name="Oak St"),
        feature({"type": "LineString", "coordinates": [[0.005, 0.005], [0.05, 0.005]]}, street_name="Main St"),
        feature({"type": "LineString", "coordinates": [[0.5, 0.5], [0.51, 0.5]]}, street_name="Far Rd"),
    )
    assert not any("boundary" in note for note in public.import_file(streets).notes)
    public.import_file(write(tmp_path, "city_boundary.geojson", feature(square(0, 0))))
    report = public.import_file(streets)
    assert report.imported == 3
    assert next(note for note in report.notes if "boundary" in note).startswith("1 of 3 street segments lie wholly")


def test_another_citys_file_is_refused_unless_somebody_insists(tmp_path: Path) -> None:
    public.import_file(write(tmp_path, "city_boundary.geojson", feature(square(0, 0))))
    ours = write(tmp_path, "wards.geojson", feature(square(0, 0), ward=1), feature(square(0.001, 0), ward=2))
    theirs = write(tmp_path, "far_wards.geojson", feature(square(5, 5), ward=1))
    public.import_file(ours, ImportOptions(target="ward"))
    for dry_run in (True, False):
        with pytest.raises(Invalid, match=r"areas \(ward\) would all lie outside the boundary. Is it your city's file"):
            public.import_file(theirs, ImportOptions(target="ward", dry_run=dry_run))
    assert [area.code for area in public.areas("ward")] == ["1", "2"]
    elsewhere = write(tmp_path, "norfolk_boundary.geojson", feature(square(5, 5)))
    with pytest.raises(Invalid, match=r"areas \(ward\) would all lie outside"):
        public.import_file(elsewhere)
    assert public.inside(0.005, 0.005), "the boundary is the city's still, also in this process"
    done = public.import_file(theirs, ImportOptions(target="ward", even_elsewhere=True))
    assert done.loaded.removed == 1
    assert "another city's" in done.notes[-1]
    assert any("places remove --kind areas --area-kind ward" in gap for gap in public.missing())
    public.import_file(elsewhere)  # now it is the file that fits


def test_areas_are_taken_out_and_keep_their_names_for_those_who_remember_them(tmp_path: Path) -> None:
    public.import_file(write(tmp_path, "wards.geojson", feature(square(0, 0), ward=1), feature(square(1, 1), ward=2)))
    [first, _second] = public.areas("ward")
    assert public.remove_areas("ward") == 2
    assert public.areas("ward") == []
    assert public.area_kinds() == []
    assert public.areas_at(0.005, 0.005) == []
    assert public.area_names([first.id])[first.id] == first.name
    with pytest.raises(Invalid, match=r"no areas of the kind 'ward'\. There are: none"):
        public.remove_areas("ward")
    assert AuditEntry.objects.filter(action="places.areas_changed").count() == 2
