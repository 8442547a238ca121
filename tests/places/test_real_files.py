"""Every real file of places is imported as the right thing, or refused with a reason a person can act on."""

from __future__ import annotations

from pathlib import Path

import pytest

from cityhall.apps.places import public
from cityhall.apps.places.contracts import HitKind, ImportKind, ImportOptions, ImportReport
from cityhall.kernel.errors import Invalid

pytestmark = pytest.mark.django_db

AREAS = {
    "Equity_Index_2024_(Tacoma).geojson.gz": ("block_group", 169, 0),
    "chesapeake.geojson.gz": ("neighbourhood", 9, 0),
    "council_districts_datasd.geojson.gz": ("council_district", 9, 0),
    "la-city-council-districts-2012.json": ("council_district", 15, 0),
    "miami.geojson": ("neighbourhood", 14, 0),
    "norfolk.geojson.gz": ("neighbourhood", 87, 0),
    "san_diego_community_plans_2017.geojson.gz": ("community_plan", 57, 6),
    "va_geo_census_cb_2020_census_tracts.geojson.gz": ("census_tract", 2186, 0),
    "va_geo_census_cb_2020_counties.geojson.gz": ("county", 133, 0),
}
STREETS = {"syracuse_street_centerlines_shapefile.zip", "syracuse_road_ratings_2015.csv.gz"}
REFUSED = {"chesapeake.metadata.json", "miami.metadata.json", "norfolk.metadata.json"}


def adds_up(report: ImportReport) -> bool:
    return report.rows == report.imported + report.merged + report.skipped + len(report.quarantined)


def test_no_real_file_is_left_out(real_data: Path) -> None:
    there = {file.name for file in (real_data / "geo").iterdir()} - {"SOURCE.md"}
    assert there == {*AREAS, *STREETS, *REFUSED}


@pytest.mark.parametrize("name", sorted(AREAS))
def test_areas_are_imported(real_data: Path, name: str) -> None:
    target, count, merged = AREAS[name]
    report = public.import_file(real_data / "geo" / name)
    assert (report.kind, report.target, report.merged) == (ImportKind.AREAS, target, merged)
    assert list(report.quarantined) == []
    assert adds_up(report)
    found = public.areas(target)
    assert len(found) == count == report.loaded.added
    assert all(area.name["en"] for area in found)
    again = public.import_file(real_data / "geo" / name)
    assert (again.loaded.added, again.loaded.removed) == (0, 0)
    assert [area.id for area in public.areas(target)] == [area.id for area in found]


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_files_that_hold_no_places_are_refused(real_data: Path, name: str) -> None:
    with pytest.raises(Invalid, match="describes another file"):
        public.import_file(real_data / "geo" / name)
    assert public.area_kinds() == []


def test_points_fall_into_the_right_districts(real_data: Path) -> None:
    public.import_file(real_data / "geo" / "council_districts_datasd.geojson.gz")
    public.import_file(real_data / "geo" / "san_diego_community_plans_2017.geojson.gz")
    names = {area.kind: area.name for area in public.areas_at(32.8328, -117.2713)}  # La Jolla village
    assert names == {
        "council_district": {"en": "District 1", "es": "Distrito 1"},
        "community_plan": {"en": "La Jolla"},
    }
    plans = {area.name["en"] for area in public.areas("community_plan")}
    assert "Southeastern San Diego" in plans


def test_one_county_becomes_the_boundary_of_its_city(real_data: Path) -> None:
    report = public.import_file(
        real_data / "geo" / "va_geo_census_cb_2020_counties.geojson.gz",
        ImportOptions(kind=ImportKind.BOUNDARY, where={"geoid": "51710"}),
    )
    assert (report.imported, report.skipped) == (1, 132)
    assert adds_up(report)
    assert public.inside(36.8508, -76.2859)  # Norfolk city hall
    assert not public.inside(37.5407, -77.4360)  # Richmond


def test_syracuse_streets_make_a_city_one_can_find_addresses_in(real_data: Path) -> None:
    streets = public.import_file(real_data / "geo" / "syracuse_street_centerlines_shapefile.zip")
    assert (streets.kind, streets.rows, streets.imported) == (ImportKind.STREETS, 6825, 6825)
    assert adds_up(streets)
    west, south, east, north = public.city().bounds or (0, 0, 0, 0)
    assert -76.3 < west < east < -76.0
    assert 42.9 < south < north < 43.2

    crossing = public.locate("corner of Salina Street and Fayette St")[0]
    assert crossing.kind == HitKind.INTERSECTION
    assert "Salina St" in crossing.label
    assert crossing.lat == pytest.approx(43.0496, abs=0.002)  # Clinton Square is a few steps north
    assert crossing.lon == pytest.approx(-76.1525, abs=0.002)

    house = public.locate("850 Caleb Avenue")[0]
    assert (house.kind, house.label) == (HitKind.ADDRESS, "850 Caleb Ave")
    assert public.locate("850 Calep Ave")[0].label == "850 Caleb Ave"
    assert "McCarthy Ave" in [hit.label for hit in public.suggest("mccar")]
    near = public.reverse(house.lat, house.lon)
    assert near is not None
    assert near.label == "Caleb Ave"

    ratings = public.import_file(real_data / "geo" / "syracuse_road_ratings_2015.csv.gz")
    assert (ratings.kind, ratings.rows, len(ratings.quarantined)) == (ImportKind.ROAD_RATINGS, 4864, 16)
    assert adds_up(ratings)
    assert "'NA'" in ratings.quarantined[0].reason
    assert public.quarantine_csv(ratings.quarantined).splitlines()[0].startswith("row,reason,block,streetName")


def test_road_ratings_without_streets_are_refused(real_data: Path) -> None:
    with pytest.raises(Invalid, match="centrelines first"):
        public.import_file(real_data / "geo" / "syracuse_road_ratings_2015.csv.gz")
