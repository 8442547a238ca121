"""The nearest of many points, against looking at each of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cityhall.apps.places.rules.geometry import metres
from cityhall.apps.places.rules.nearest import Nearest

IN_A_CITY = st.tuples(st.floats(-117.3, -117.0), st.floats(32.6, 32.9))


def away(one: tuple[float, float], other: tuple[float, float]) -> float:
    return metres(one[1], one[0], other[1], other[0])


@given(st.lists(IN_A_CITY, min_size=1, max_size=20), st.lists(IN_A_CITY, max_size=10))
def test_no_other_point_is_nearer(points: list[tuple[float, float]], places: list[tuple[float, float]]) -> None:
    for place, found in zip(places, Nearest(points).of(places, 100_000), strict=True):
        assert found in points
        # Within a city the flattened earth is off by less than a hundredth.
        assert away(place, found) <= min(away(place, one) for one in points) * 1.01 + 0.01


def test_of_two_just_as_near_the_first_is_taken_and_what_is_far_is_none() -> None:
    two = [(-117.0, 32.0), (-117.0, 32.25)]
    assert Nearest(two).of([(-117.0, 32.125)], 20_000) == [two[0]]
    assert Nearest(two[::-1]).of([(-117.0, 32.125)], 20_000) == [two[1]]
    assert Nearest(two).of([(-117.0, 32.1)], 10_000) == [None]
    assert Nearest([]).of([(-117.0, 32.1)], 10_000) == [None]
