"""A town is set up, asked by point and by text, and loaded again."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime

import pytest
import shapely

from cityhall.apps.places import public
from cityhall.apps.places.contracts import AddressRow, AreaRow, AssetRow, HitKind, SegmentRow
from cityhall.kernel.errors import Invalid

LAT, LON, STEP = 43.05, -76.15, 0.002

pytestmark = pytest.mark.django_db


def square(west: float, south: float, east: float, north: float) -> dict[str, object]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def labels(text: str) -> list[str]:
    return [hit.label for hit in public.locate(text)]


def test_before_anything_is_set_every_place_is_accepted_and_all_is_missing() -> None:
    assert public.inside(10, 10)
    assert public.city().center is None
    assert public.areas_at(10, 10) == []
    assert public.suggest("12 grand") == []
    assert len(public.missing()) == 7
    assert public.trouble() == ""


def test_the_city_knows_its_edges(town: None) -> None:
    assert public.city().has_boundary
    assert public.inside(LAT, LON)
    assert not public.inside(LAT + 1, LON)
    assert not public.inside(float("nan"), LON)
    assert public.missing() == []


def test_a_boundary_of_another_city_is_told_from_what_was_imported(town: None) -> None:
    public.set_city(boundary=square(LON + 5, LAT, LON + 6, LAT + 1))
    told = " ".join(public.missing())
    for what in ("The streets that", "The addresses that", "The areas (council_district) that"):
        assert f"{what} were imported lie outside the boundary" in told


def test_a_point_is_in_its_district(town: None) -> None:
    assert [area.code for area in public.areas_at(LAT, LON - STEP / 2)] == ["1"]
    assert [area.code for area in public.areas_at(LAT, LON + STEP / 2)] == ["2"]
    assert public.areas_at(0, 0) == []


def test_areas_found_by_cells_are_those_the_shapes_hold(db: None) -> None:
    """Brute force over uneven overlapping shapes, with a hole and two parts."""
    rng = random.Random(7)
    shapes = [
        shapely.Point(LON + rng.uniform(-0.05, 0.05), LAT + rng.uniform(-0.05, 0.05)).buffer(
            rng.uniform(0.005, 0.04), 5
        )
        for _ in range(6)
    ]
    ring = shapely.Point(LON, LAT).buffer(0.05).difference(shapely.Point(LON, LAT).buffer(0.02))
    shapes.append(shapely.union(ring, shapely.box(LON + 0.08, LAT, LON + 0.09, LAT + 0.03)))
    public.replace_areas(
        "zone",
        [AreaRow(str(i), {"en": f"Zone {i}"}, shapely.geometry.mapping(shape)) for i, shape in enumerate(shapes)],
    )
    points = [(LAT + rng.uniform(-0.1, 0.1), LON + rng.uniform(-0.1, 0.1)) for _ in range(400)]
    ids = {area.id: area.code for area in public.areas("zone")}
    bulk = public.bulk_areas(points)
    for (lat, lon), found in zip(points, bulk, strict=True):
        expected = {str(i) for i, shape in enumerate(shapes) if shape.covers(shapely.Point(lon, lat))}
        assert {ids[id_] for id_ in found} == expected
    for lat, lon in points[:60]:
        expected = {str(i) for i, shape in enumerate(shapes) if shape.covers(shapely.Point(lon, lat))}
        assert {area.code for area in public.areas_at(lat, lon)} == expected


def test_who_looks_areas_up_again_and_again_hears_of_new_ones(town: None) -> None:
    find = public.AreaFinder(len)
    inside, far = (LAT + STEP / 2, LON + STEP / 2), (LAT + 5, LON)
    before = find([inside, far])
    public.replace_areas("ward", [AreaRow("9", {"en": "Ninth"}, square(LON, LAT, LON + STEP, LAT + STEP))])
    assert find([inside, far]) == [before[0] + 1, 0]
    assert len(public.bulk_areas([inside])[0]) == before[0] + 1


def test_areas_loaded_again_keep_their_ids_and_old_names_stay_known(town: None) -> None:
    one, two = public.areas("council_district")
    loaded = public.replace_areas(
        "council_district", [AreaRow("1", {"en": "First"}, square(LON, LAT, LON + STEP, LAT + STEP))]
    )
    assert (loaded.added, loaded.updated, loaded.removed) == (0, 1, 1)
    assert [area.id for area in public.areas("council_district")] == [one.id]
    assert public.areas_at(LAT - STEP / 2, LON - STEP / 2) == []
    assert [area.code for area in public.areas_at(LAT + STEP / 2, LON + STEP / 2)] == ["1"]
    assert public.area_names([one.id, two.id, uuid.uuid4()]) == {one.id: {"en": "First"}, two.id: {"en": "District 2"}}


def test_a_bad_area_leaves_everything_as_it_was(town: None) -> None:
    before = public.city().revision
    bad = AreaRow("3", {"en": "Bow"}, {"type": "LineString", "coordinates": [[0, 0], [1, 1]]})
    good = AreaRow("1", {"en": "Changed"}, square(LON, LAT, LON + STEP, LAT + STEP))
    with pytest.raises(Invalid, match="polygon is needed"):
        public.replace_areas("council_district", [good, bad])
    assert [area.name["en"] for area in public.areas("council_district")] == ["District 1", "District 2"]
    assert public.city().revision == before


@pytest.mark.parametrize(
    "text",
    ["1202 Grand Ave", "1202 GRAND AVENUE", "1202 grand", "1202 Grnad Ave", "1202 grand av.", "1202 Grand St",
     "1202 Grand Ave, Testville NY 13203", "1202 N Grand Ave"],
)  # fmt: skip
def test_an_address_is_found_however_it_is_written(town: None, text: str) -> None:
    best = public.locate(text)[0]
    assert (best.kind, best.label) == (HitKind.ADDRESS, "1202 Grand Ave")
    assert best.address_id is not None
    found = public.address(best.address_id)
    assert found is not None
    assert found.label == "1202 Grand Ave"


def test_accents_letters_and_units(town: None) -> None:
    assert labels("12b calle penon")[0] == "12B Calle Peñón"
    assert labels("77 Fifth Street apt 4")[0] == "77 5th St Unit 4"
    assert labels("77 5th st")[0] == "77 5th St"
    assert labels("1234 martin luther king")[0] == "1234 Dr Martin Luther King Jr Blvd"


def test_a_number_without_an_address_is_placed_along_its_street(town: None) -> None:
    best = public.locate("1150 North Market Street")[0]
    assert (best.label, best.address_id) == ("1150 N Market St", None)
    assert best.lat == pytest.approx(LAT + STEP)
    assert best.lon == pytest.approx(LON + STEP * 50 / 98, abs=1e-6)


@pytest.mark.parametrize(
    "text",
    ["Grand Ave & 5th St", "5th and Grand", "corner of Grand Avenue and Fifth Street", "grand / 5th",
     "Grand y 5th", "esquina de Grand Ave con 5th St", "gran ave & 5th st", "5th St at Grand Ave"],
)  # fmt: skip
def test_a_crossing_is_found_however_it_is_written(town: None, text: str) -> None:
    best = public.locate(text)[0]
    assert (best.kind, best.label) == (HitKind.INTERSECTION, "5th St & Grand Ave")
    assert (best.lat, best.lon) == (pytest.approx(LAT), pytest.approx(LON + STEP))


def test_streets_that_never_meet_are_not_crossings(town: None) -> None:
    assert all(hit.kind != HitKind.INTERSECTION for hit in public.locate("Grand Ave & Market St"))


def test_suggestions_follow_as_one_types(town: None) -> None:
    for text in ("1202 g", "1202 gra", "1202 grand aven", "1202 Grand Avenu"):
        assert public.suggest(text)[0].label == "1202 Grand Ave", text
    assert public.suggest("gra")[0].label == "Grand Ave"
    assert "Dr Martin Luther King Jr Blvd" in [hit.label for hit in public.suggest("martin lu")]
    assert "5th St & Grand Ave" in [hit.label for hit in public.suggest("grand ave & 5")]
    assert len(public.suggest("1", limit=8)) == 8
    assert public.suggest("  ") == []


def test_assets_and_areas_are_found_by_code_and_name(town: None) -> None:
    light = public.locate("SL-0003")[0]
    assert light.kind == HitKind.ASSET
    assert light.asset_id is not None
    found = public.asset(light.asset_id)
    assert found is not None
    assert (found.layer, found.code) == ("streetlights", "SL-0003")
    assert public.locate("district 1", language="es")[0].label == "Distrito 1"


def test_an_asset_typed_by_its_number_is_called_in_the_readers_language(town: None) -> None:
    labels = {"labels": {"es": "Luminaria SL-0099"}}
    named = AssetRow("SL-0099", "Streetlight SL-0099", LAT, LON, properties=labels)
    odd = AssetRow("SL-0098", "Streetlight SL-0098", LAT, LON, properties={"labels": "a column of the file"})
    public.load_assets("streetlights", [named, odd], name={"en": "Streetlights"})
    for asked in (public.locate, public.suggest):
        assert asked("SL-0099", language="es")[0].label == "Luminaria SL-0099"
        assert asked("SL-0099")[0].label == "Streetlight SL-0099"
        assert asked("SL-0098", language="es")[0].label == "Streetlight SL-0098"


def test_a_point_is_called_by_its_nearest_address_else_its_street(town: None) -> None:
    address = public.reverse(LAT, LON - STEP / 2)
    assert address is not None
    assert address.kind == HitKind.ADDRESS
    assert address.distance is not None
    assert address.distance < 20
    street = public.reverse(LAT + 3 * STEP + 0.0001, LON + 2 * STEP)
    assert street is not None
    assert street.label in {"Dr Martin Luther King Jr Blvd", "Saint Marys Ln"}
    assert public.reverse(0, 0) is None
    assert public.reverse(float("nan"), 500) is None


def test_assets_near_a_point_come_nearest_first(town: None) -> None:
    found = public.assets_near("streetlights", LAT, LON + 0.0011, 100)
    assert [item.code for item in found][:2] == ["SL-0002", "SL-0003"]
    assert all(item.distance is not None and item.distance <= 100 for item in found)
    assert public.assets_near("hydrants", LAT, LON, 100) == []


def test_loading_again_changes_nothing_and_keeps_ids(town: None, segments: list[SegmentRow]) -> None:
    before = public.locate("1202 Grand Ave")[0].address_id
    light = public.locate("SL-0003")[0].asset_id
    public.load_streets(segments)
    again = public.load_addresses([AddressRow("1202", "Grand Avenue", LAT, LON)])
    assert (again.added, again.updated) == (0, 1)
    assert public.locate("1202 Grand Ave")[0].address_id == before
    public.load_assets("streetlights", [AssetRow("SL-0003", "Moved", LAT, LON)])
    assert public.locate("SL-0003")[0].asset_id == light
    assert [layer.count for layer in public.asset_layers()] == [1]
    replaced = public.load_addresses([AddressRow("1204", "Grand Ave", LAT, LON)], replace=True)
    assert replaced.removed == 152
    assert [layer.label for layer in public.suggest("12")][:1] == ["1204 Grand Ave"]


def test_the_calendar_is_the_citys(town: None) -> None:
    friday = datetime(2026, 7, 2, 12, 0, tzinfo=UTC)
    assert public.local(public.due_date(friday, 1)).date().isoformat() == "2026-07-06"


@pytest.mark.parametrize(
    "change",
    [{"time_zone": "Mars/Base"}, {"holidays_country": "ZZ"}, {"holidays_country": "US", "holidays_subdivision": "QQ"},
     {"boundary": {"type": "Point", "coordinates": [0, 0]}}, {"boundary": square(2e6, 1e6, 3e6, 2e6)}],
)  # fmt: skip
def test_a_city_is_not_set_up_wrongly(db: None, change: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        public.set_city(**change)  # type: ignore[arg-type]
