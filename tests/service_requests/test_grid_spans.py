"""Ranges of hexagons around a box: whatever lies in the box is in one of them."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cityhall.apps.service_requests.rules import grid


def parent(cell: int, resolution: int) -> int:
    """The larger cell by its number, as the database has it."""
    return (cell & ~(15 << 52)) | (resolution << 52) | ((1 << 3 * (15 - resolution)) - 1)


@given(
    st.floats(-80, 80),
    st.floats(-180, 178),
    st.floats(0.0003, 1.9),
    st.floats(0.0003, 1.9),
    st.floats(0, 1),
    st.floats(0, 1),
    st.sampled_from([7, 8, 9, 10]),
)
def test_every_point_of_a_box_is_in_a_span(
    south: float, west: float, tall: float, wide: float, up: float, aside: float, resolution: int
) -> None:
    cell = parent(grid.cell(south + up * tall, west + aside * wide, grid.FINE), resolution)
    spans = grid.spans(west, south, west + wide, south + tall, resolution)
    assert any(first <= cell <= last for first, last in spans)
    assert len(spans) <= 61
    assert all(one[1] < other[0] for one, other in pairwise(spans)), "none overlap"


def test_few_streets_read_a_small_part_of_a_city() -> None:
    city = {grid.cell(32.6 + 0.0006 * i, -117.2 + 0.0006 * j, grid.FINE) for i in range(250) for j in range(250)}
    spans = grid.spans(-117.130, 32.700, -117.119, 32.707, grid.FINE)
    read = sum(any(first <= one <= last for first, last in spans) for one in city)
    assert read < len(city) / 5


def test_a_box_that_is_none_reads_everything_rather_than_fail() -> None:
    assert len(grid.spans(10, 10, -10, -10, 9)) == 1
    assert len(grid.spans(-180, -90, 180, 90, 7)) == 1
