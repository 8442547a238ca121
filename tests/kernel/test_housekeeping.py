"""The worker notices a clock that is set back, and nothing else of what clocks do."""

from __future__ import annotations

import pytest

from cityhall.kernel.django.housekeeping import ClockWatch

DAY = 24 * 3600.0


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([(0, 0), (1, 1), (2, 2)], 0),
        ([(0, 0), (DAY, 1), (DAY + 1, 2)], 0),
        ([(0, 0), (DAY, 1), (2, 2), (3, 3)], 1),
        ([(0, 0), (0.5, 1), (1.0, 2)], 0),
        ([(0, 0), (-90, 1)], 1),
    ],
    ids=["goes on", "put forward", "put forward and back", "a little slow", "set back"],
)
def test_a_clock_that_is_set_back_is_told_once(steps: list[tuple[float, float]], told: int) -> None:
    times: list[int] = []
    now = {"wall": 0.0, "steady": 0.0}
    watch = ClockWatch(lambda: times.append(1), wall=lambda: now["wall"], steady=lambda: now["steady"])
    for now["wall"], now["steady"] in steps:
        assert watch.look() == 0
    assert len(times) == told
