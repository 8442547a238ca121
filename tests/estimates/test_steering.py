"""Dates that came true too often or too rarely are moved, by little where news comes late."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cityhall.apps.estimates.rules.curves import EDGES, age_when, done_by
from cityhall.apps.estimates.rules.steering import Steering

HORIZON = 365.0
TEN_DAYS = np.concatenate([[0.0], np.cumsum(np.full(64, 0.1) * np.diff(EDGES))])
"""A curve by which a request takes ten days on average."""


def told(steering: Steering, filed: np.ndarray, took: np.ndarray, *, half: float = 7.0, nine: float = 23.0) -> None:
    """Say the same two dates to requests of the first category."""
    said = np.tile([half, nine, 1.0], (len(filed), 1))
    steering.said(np.zeros(len(filed), dtype=np.int64), filed, filed + took, said)


def shares(steering: Steering, ages: tuple[float, float] = (7.0, 23.0)) -> list[float]:
    curve = steering.steered(0, TEN_DAYS, HORIZON)
    return [float(one) for one in done_by(curve, np.array(ages))]


def test_a_curve_is_left_alone_until_something_is_known() -> None:
    steering = Steering(2)
    told(steering, np.zeros(50), np.full(50, 30.0))
    steering.learn(5.0)  # no date has passed
    assert steering.levels.tolist() == [[0.5, 0.9], [0.5, 0.9]]
    ages = np.array([0.5, 3.0, 10.0, 60.0])
    assert done_by(steering.steered(0, TEN_DAYS, HORIZON), ages) == pytest.approx(done_by(TEN_DAYS, ages), abs=0.01)


def test_whoever_is_open_past_the_first_date_has_missed_it_before_anybody_knows_the_end() -> None:
    steering = Steering(1)
    told(steering, np.zeros(50), np.full(50, np.inf))
    steering.learn(8.0)
    moved = steering.levels[0].tolist()
    assert moved[0] > 0.5
    assert moved[1] == 0.9, "the second date has not passed"
    steering.learn(9.0)
    assert steering.levels[0].tolist() == moved, "each one is learnt from once"


def test_where_many_are_never_done_being_open_past_the_first_date_says_nothing_yet() -> None:
    steering = Steering(1)
    rows = np.tile([7.0, 23.0, 0.6], (50, 1))
    steering.said(np.zeros(50, dtype=np.int64), np.zeros(50), np.full(50, np.inf), rows)
    steering.learn(8.0)
    assert steering.levels[0].tolist() == [0.5, 0.9]


def test_where_requests_take_longer_than_was_said_both_dates_move_back() -> None:
    steering, before = Steering(2), shares(Steering(1))
    for day in range(0, 400, 10):
        told(steering, np.full(5, float(day)), np.array([9.0, 12.0, 15.0, 30.0, 40.0]))
        steering.learn(float(day))
    assert all(later < sooner - 0.05 for later, sooner in zip(shares(steering), before, strict=True))
    assert steering.levels[1].tolist() == [0.5, 0.9], "another category is none of its business"


@pytest.mark.parametrize("really", [5.0, 10.0, 15.0])
def test_in_the_long_run_half_and_nine_in_ten_come_by_their_dates(really: float) -> None:
    steering, chance, kept = Steering(1), np.random.default_rng(3), []
    for day in range(1500):
        curve = steering.steered(0, TEN_DAYS, HORIZON)
        half, nine = age_when(curve, np.array([0.5, 0.9]))
        took = chance.exponential(really, 2)
        told(steering, np.full(2, float(day)), took, half=half, nine=nine)
        kept.append([np.mean(took <= half), np.mean(took <= nine)])
        steering.learn(float(day))
    assert np.mean(kept[300:], axis=0) == pytest.approx([0.5, 0.9], abs=0.03)


def test_the_more_still_wait_the_less_each_one_counts() -> None:
    moved = []
    for waiting in (0, 1000):
        steering = Steering(1)
        told(steering, np.zeros(10), np.full(10, 20.0))
        told(steering, np.full(waiting, 95.0), np.full(waiting, 20.0))
        steering.learn(100.0)
        moved.append(steering.levels[0, 0] - 0.5)
    assert moved[0] > 10 * moved[1] > 0


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 300), st.one_of(st.just(np.inf), st.floats(0, 400))), max_size=40))
def test_whatever_comes_the_curve_rises_and_the_dates_are_in_order(rows: list[tuple[float, float]]) -> None:
    steering = Steering(1)
    for filed, took in sorted(rows):
        told(steering, np.array([filed]), np.array([took]), half=1.0, nine=2.0)
        steering.learn(filed)
    half, nine = steering.levels[0]
    assert 0 < half < nine < 1
    assert (np.diff(steering.steered(0, TEN_DAYS, HORIZON)) >= 0).all()
