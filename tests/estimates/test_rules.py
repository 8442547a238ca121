from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cityhall.apps.estimates.contracts import Checked
from cityhall.apps.estimates.rules import calibrating, judging
from cityhall.apps.estimates.rules.curves import EDGES, accumulated, age_when, done_by, quantiles
from cityhall.apps.estimates.rules.learning import ENOUGH, Learner, Past, season, walk

HORIZON = 365.0


def past(rows: list[tuple[float, float | None]], **factors: list[int]) -> Past:
    """Rows of (filed on day, took days or None while open), of one category."""
    rows = sorted(rows, key=lambda row: row[0])
    filed = np.array([row[0] for row in rows], dtype=np.float64)
    took = np.array([np.inf if row[1] is None else row[1] for row in rows], dtype=np.float64)
    zeros = np.zeros(len(rows), dtype=np.int64)
    levels = {name: np.array(values, dtype=np.int64) for name, values in factors.items()}
    return Past(filed, filed + took, zeros, np.zeros(1, dtype=np.int64), levels)


def curve_of(history: Past, day: float) -> np.ndarray:
    learner = Learner(history, horizon=HORIZON)
    walk(learner, day, step=7.0, ask_from=learner.begin)
    return learner.curves()[0]


def half_of(curve: np.ndarray, age: float = 0.0) -> float:
    return float(quantiles(curve, (0.5,), age=age, horizon=HORIZON)[0][0])


histories = st.lists(st.tuples(st.floats(0, 200), st.one_of(st.none(), st.floats(0.0, 400))), min_size=1, max_size=60)


@settings(max_examples=25, deadline=None)
@given(histories, st.floats(0, 1000), st.floats(0.1, 5))
def test_ranges_are_in_order_and_never_lie_in_the_past(
    rows: list[tuple[float, float | None]], age: float, factor: float
) -> None:
    curve = curve_of(past(rows), 220.0)
    assert (np.diff(curve) >= 0).all()
    ages, share = quantiles(curve, (0.1, 0.5, 0.9), age=age, horizon=HORIZON, factor=factor)
    assert age <= ages[0] <= ages[1] <= ages[2] <= age + HORIZON
    assert 0 <= share <= 1


def test_open_requests_move_the_date_later() -> None:
    closed = [(day * 1.0, 2.0 + day % 5) for day in range(100)]
    slow = curve_of(past(closed + [(day * 1.0, None) for day in range(0, 100, 2)]), 110.0)
    assert half_of(slow) >= half_of(curve_of(past(closed), 110.0))
    share = done_by(slow, np.array([60.0]))[0]
    assert share < 0.8 < done_by(curve_of(past(closed), 110.0), np.array([60.0]))[0]


@pytest.mark.parametrize(
    ("closed", "half", "nine", "missed"),
    [
        (2000, 0.5, 0.9, (None, None)),
        (2000, 0.41, 0.86, (None, None)),
        (2000, 0.27, 0.82, (0.27, 0.82)),
        (2000, 0.66, 0.97, (0.66, None)),
        (2000, 0.52, 0.8, (None, 0.8)),
        (60, 0.38, 0.84, (None, None)),  # so few may be so far off by chance
        (60, 0.2, 0.6, (0.2, 0.6)),
    ],
)
def test_dates_were_off_where_it_is_more_than_some_points_and_more_than_chance(
    closed: int, half: float, nine: float, missed: tuple[float | None, float | None]
) -> None:
    assert judging.missed(Checked(closed, half, nine)) == missed


def test_dates_nobody_checked_were_not_off() -> None:
    assert judging.missed(None) == (None, None)


def test_recent_closings_weigh_more_than_old_ones() -> None:
    rows = [(day * 0.5, 20.0) for day in range(400)] + [(200 + day * 0.5, 2.0) for day in range(400)]
    assert half_of(curve_of(past(rows), 400.0)) < 5


def test_without_closings_nothing_is_foretold_and_one_closing_is_not_enough() -> None:
    for rows in ([(1.0, None)], [(1.0, 2.0), (3.0, None)]):
        learner = Learner(past(rows), horizon=HORIZON)
        walk(learner, 50.0, step=1.0, ask_from=0.0)
        assert learner.foretell(np.array([0])) == [None]
    many = Learner(past([(day / 2, 1.5) for day in range(ENOUGH + 10)]), horizon=HORIZON)
    walk(many, 60.0, step=1.0, ask_from=0.0)
    (answer,) = many.foretell(np.array([0]))
    assert answer is not None
    assert 1 < answer.half <= answer.nine < 4


def test_an_empty_city_is_no_trouble() -> None:
    none = np.zeros(0)
    history = Past(none, none, none.astype(np.int64), none.astype(np.int64))
    learner = Learner(history, horizon=HORIZON)
    walk(learner, 10.0, step=1.0, ask_from=0.0)
    trial = judging.trial(history, 5.0, 10.0)
    assert trial.nightly == ()


def test_a_row_of_1970_does_not_make_nights_months_long() -> None:
    rows: list[tuple[float, float | None]] = [(18_000 + day / 4, 3.0 if day < 600 else 9.0) for day in range(1000)]
    alone, with_one = (judging.trial(past(one), 18_140.0, 18_260.0) for one in (rows, [(0.0, 1.0), *rows]))
    halves = [[one.half if one else None for one in trial.nightly] for trial in (alone, with_one)]
    assert halves[1] == pytest.approx(halves[0], rel=0.1)


def test_a_clock_that_goes_back_changes_nothing() -> None:
    learner = Learner(past([(day / 2, 1.5) for day in range(200)]), horizon=HORIZON)
    walk(learner, 90.0, step=1.0, ask_from=0.0)
    before = learner.curves()
    learner.advance(30.0)
    assert learner.day == 90.0
    assert (learner.curves() == before).all()


def test_what_lies_ahead_is_not_looked_at() -> None:
    rows = [(day / 4, 3.0) for day in range(400)]
    told = [(filed, took) for filed, took in rows] + [(50.0, None)]
    known = [(filed, took if filed + took < 60 else None) for filed, took in rows if filed < 60] + [(50.0, None)]
    assert (curve_of(past(told), 60.0) == curve_of(past(known), 60.0)).all()


@pytest.mark.parametrize(
    ("filed", "closed", "category"),
    [
        ([2.0, 1.0], [3.0, 3.0], [0, 0]),
        ([1.0, np.nan], [3.0, 3.0], [0, 0]),
        ([1.0, 2.0], [3.0, np.nan], [0, 0]),
        ([1.0, 2.0], [3.0], [0, 0]),
    ],
)
def test_a_past_that_cannot_be_is_refused(filed: list[float], closed: list[float], category: list[int]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Past(np.array(filed), np.array(closed), np.array(category), np.zeros(1, dtype=np.int64))


def test_a_slow_area_has_later_dates_than_a_fast_one() -> None:
    chance = np.random.default_rng(3)
    rows = [(day / 4, float(chance.exponential(10.0 if day % 2 else 3.0))) for day in range(800)]
    history = past(rows, area=[day % 2 for day in range(800)])
    learner = Learner(history, horizon=HORIZON)
    walk(learner, 199.0, step=7.0, ask_from=100.0)
    fast, slow = learner.foretell(np.array([798, 799]))
    assert fast is not None
    assert slow is not None
    assert fast.half * 1.5 < slow.half


def test_a_thin_category_leans_on_its_group() -> None:
    little = accumulated(np.zeros(64), np.zeros(64), np.full(64, 0.2), 0.3)
    assert age_when(little, np.array([0.5]))[0] == pytest.approx(np.log(2) / 0.2, rel=0.05)


def test_a_curve_is_bent_to_what_came() -> None:
    rate = np.concatenate([[0.0], np.cumsum(np.full(64, 0.1) * np.diff(EDGES))])
    chance = np.random.default_rng(5)
    late = np.minimum(chance.exponential(20.0, 800), HORIZON)  # foretold: 10 days on average
    levels = done_by(rate, late) / done_by(rate, np.array([HORIZON]))[0]
    bent = calibrating.bent(rate, calibrating.LEVELS, calibrating.bend(levels, late < HORIZON, 1.0), HORIZON)
    assert half_of(rate) == pytest.approx(6.9, abs=0.3)
    assert half_of(bent) == pytest.approx(13.9, abs=2)


def test_what_nobody_could_see_closed_is_made_up_for() -> None:
    chance = np.random.default_rng(7)
    took, watched = chance.exponential(20.0, 4000), chance.uniform(0, 90, 4000)
    half = np.full(4000, 20.0 * np.log(2 / (1 + np.exp(-90 / 20))))
    seen = took <= watched
    assert (took <= half)[seen].mean() > 0.57
    found = judging.verdict(np.where(seen, took, np.inf), watched, 90.0, half, half)
    assert found is not None
    assert found.cover50 == pytest.approx(0.5, abs=0.03)
    share = judging.share_closed(np.where(seen, took, np.inf), watched, 60.0)
    assert share == pytest.approx(1 - np.exp(-3), abs=0.03)


def test_seasons_begin_with_december() -> None:
    days = np.array(["2025-12-01", "2026-02-28", "2026-03-01", "2026-11-30"], dtype="datetime64[D]").astype(np.float64)
    assert season(days).tolist() == [0, 0, 1, 3]
