"""Harborview's ground: complete, without gaps, and the same every time."""

from __future__ import annotations

import math
from collections import Counter

import pytest
import shapely

from cityhall.demo.ground import city, frame
from cityhall.demo.ground.city import Harborview


@pytest.mark.parametrize("kind", ["neighbourhoods", "districts", "postal_zones"])
def test_areas_cover_the_city_without_gaps_or_overlaps(harborview: Harborview, kind: str) -> None:
    shapes = list(getattr(harborview, kind).values())
    whole = harborview.land.boundary.area
    assert sum(shape.area for shape in shapes) == pytest.approx(whole, rel=1e-6)
    assert shapely.union_all(shapes).area == pytest.approx(whole, rel=1e-6)


def test_there_are_as_many_areas_as_the_plan_says(harborview: Harborview) -> None:
    assert len(harborview.districts) == 6
    assert len(harborview.postal_zones) == 5
    assert 14 <= len(harborview.neighbourhoods) <= 16


def test_there_is_what_a_city_of_ninety_thousand_has(harborview: Harborview) -> None:
    assert 8_000 < len(harborview.addresses) < 12_000
    assert 2_500 < len(harborview.segments) < 5_000
    assert len(harborview.crossings) > 1_000
    layers = Counter(asset.layer for asset in harborview.assets)
    assert layers["streetlights"] == 3000
    assert layers["signs"] == 1500
    assert layers["hydrants"] == 900
    assert 3_900 <= layers["trees"] <= 4_100
    assert layers["signals"] > 40


def test_grand_avenue_is_a_main_street_and_streets_are_named_in_both_languages(harborview: Harborview) -> None:
    assert any(segment.street == "Grand Avenue" and segment.main for segment in harborview.segments)
    streets = {segment.street for segment in harborview.segments}
    assert sum(street.startswith(("Calle", "Camino", "Paseo", "Vía", "Avenida")) for street in streets) > 40


def test_addresses_and_codes_are_given_once(harborview: Harborview) -> None:
    labels = [home.label for home in harborview.addresses]
    assert len(labels) == len(set(labels))
    codes = [(asset.layer, asset.code) for asset in harborview.assets]
    assert len(codes) == len(set(codes))


def test_addresses_stand_on_dry_land_inside_the_city(harborview: Harborview) -> None:
    xs, ys = [home.x for home in harborview.addresses], [home.y for home in harborview.addresses]
    assert shapely.contains_xy(harborview.land.boundary, xs, ys).all()
    assert not shapely.contains_xy(harborview.land.water, xs, ys).any()


def test_house_numbers_grow_along_every_segment(harborview: Harborview) -> None:
    assert all(segment.low < segment.high for segment in harborview.segments)


def test_crossings_are_ends_of_segments_of_both_streets(harborview: Harborview) -> None:
    ends = {
        (end, segment.street)
        for segment in harborview.segments
        for end in (segment.line.coords[0], segment.line.coords[-1])
    }
    for crossing in harborview.crossings:
        for street in crossing.streets:
            assert ((crossing.x, crossing.y), street) in ends


def test_the_city_lies_in_the_open_ocean_far_from_any_real_place(harborview: Harborview) -> None:
    west, south, east, north = harborview.land.boundary.buffer(2600).bounds
    for x, y in ((west, south), (east, north)):
        lat, lon = frame.to_lat_lon(x, y)
        # San Nicolas Island, the nearest land, is at 33.25 N, 119.5 W.
        assert math.hypot((lat - 33.25) * 111, (lon + 119.5) * 93) > 100


def test_degrees_and_metres_are_each_others_inverse() -> None:
    lat, lon = frame.to_lat_lon(1234.5, -987.6)
    x, y = frame.to_metres(lat, lon)
    assert math.hypot(x - 1234.5, y + 987.6) < 0.2


def test_the_same_seed_draws_the_same_city(harborview: Harborview) -> None:
    again = city.build(1)
    assert again.addresses == harborview.addresses
    assert again.assets == harborview.assets
    assert [s.line.wkb for s in again.segments] == [s.line.wkb for s in harborview.segments]
