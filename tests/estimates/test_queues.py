"""Where a crew works in order, a request waits as long as what lies before it takes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cityhall.apps.estimates.contracts import CategoryModel
from cityhall.apps.estimates.rules import dates, judging, queues
from cityhall.apps.estimates.rules.choosing import Foreteller, miss
from cityhall.apps.estimates.rules.curves import EDGES
from cityhall.apps.estimates.rules.learning import Past, walk

SPLIT, END = 350.0, 500.0


def crew() -> Past:
    """A crew that does ten jobs a day nearly in order; for months more comes in than it can do, for months less."""
    chance = np.random.default_rng(5)
    filed = np.sort(
        np.concatenate([day + chance.random(round(10 + 5 * np.sin(day / 25))) for day in np.arange(0.0, END)])
    )
    waiting: list[tuple[float, int]] = []
    closed, arrived = np.full(len(filed), np.inf), 0
    for day in range(1, int(END)):
        until = int(np.searchsorted(filed, day))
        waiting += [(float(filed[one] + chance.normal(0, 2)), one) for one in range(arrived, until)]
        arrived = until
        waiting.sort()
        for turn, (_, one) in enumerate(waiting[:10]):
            closed[one] = day + 0.3 + turn / 30
        del waiting[:10]
    return Past(filed, closed, np.zeros(len(filed), dtype=np.int64), np.zeros(1, dtype=np.int64))


def covers(past: Past, said: list[tuple[float, float]], asked: np.ndarray) -> tuple[float, float]:
    half, nine = np.array(said).T
    took = (past.closed - past.requested)[asked]
    found = judging.verdict(took, END - past.requested[asked], 90.0, half, nine)
    assert found is not None
    return found.cover50, found.cover90


def test_dates_of_a_crew_that_works_in_order_go_by_its_queue_and_hold() -> None:
    past = crew()
    foreteller = Foreteller(past, horizon=90.0)
    both: list[tuple[float, float]] = []
    days: list[tuple[float, float]] = []
    asked: list[int] = []
    walk(foreteller, 200.0, step=4.0, ask_from=80.0)
    while foreteller.day < END - 60:
        first, last = np.searchsorted(past.requested, [foreteller.day, foreteller.day + 4])
        today = np.arange(first, last)
        asked += today.tolist()
        days += [(one.half, one.nine) for one in foreteller.by_days.foretell(today) if one]
        both += [(one.half, one.nine) for one in foreteller.ask(today) if one]
        foreteller.advance(foreteller.day + 4)
    assert foreteller.by_queue.tolist() == [True]
    assert foreteller.of(0) is foreteller.by_queues
    took = (past.closed - past.requested)[asked]
    assert miss(np.array(both), took).mean() < 0.8 * miss(np.array(days), took).mean()
    half, nine = covers(past, both, np.array(asked))
    assert 0.38 < half < 0.62
    assert 0.82 < nine < 0.98


def test_where_there_is_no_order_dates_go_by_days() -> None:
    chance = np.random.default_rng(7)
    filed = np.sort(chance.uniform(0, 300, 1500))
    past = Past(filed, filed + chance.exponential(8, 1500), np.zeros(1500, dtype=np.int64), np.zeros(1, dtype=np.int64))
    foreteller = Foreteller(past, horizon=90.0)
    walk(foreteller, 300.0, step=7.0, ask_from=100.0)
    assert foreteller.by_queue.tolist() == [False]


def test_where_much_is_never_done_dates_do_not_go_by_the_queue() -> None:
    past = crew()
    never = np.arange(len(past.requested)) % 3 == 0
    past = Past(past.requested, np.where(never, np.inf, past.closed), past.category, past.groups)
    foreteller = Foreteller(past, horizon=90.0)
    walk(foreteller, SPLIT, step=7.0, ask_from=100.0)
    assert foreteller.by_queue.tolist() == [False]


def test_a_queue_is_what_waits_by_what_is_closed_a_day() -> None:
    filed = np.arange(0.0, 200.0, 0.5)  # two a day, each closed twenty days later
    (found,) = queues.days_ahead(np.array([150.0]), filed, filed + 20.0)
    assert found == pytest.approx(20.5, abs=1.0)
    passed_over = np.where(filed < 100, np.where(np.arange(len(filed)) % 10 == 0, np.inf, filed + 20.0), filed + 20.0)
    assert queues.days_ahead(np.array([150.0]), filed, passed_over)[0] == pytest.approx(20.5, abs=1.0)
    assert np.isnan(queues.days_ahead(np.array([5.0]), filed, filed + 20.0)).all()


rows = st.lists(st.tuples(st.floats(0, 60), st.floats(0, 40)), min_size=20, max_size=80)


@settings(max_examples=25, deadline=None)
@given(rows, st.floats(1, 300))
def test_nothing_later_than_the_night_is_looked_at(requests: list[tuple[float, float]], later: float) -> None:
    filed, took = np.array(sorted(requests)).T
    nights = np.arange(0.0, 40.0)
    found = queues.days_ahead(nights, filed, filed + took)
    assert (found[np.isfinite(found)] > 0).all()
    closed = np.where(filed + took >= 39.0, filed + took + later, filed + took)
    assert queues.days_ahead(nights, filed, closed).tolist() == pytest.approx(found.tolist(), nan_ok=True)
    young = filed < 39.0
    assert queues.days_ahead(nights, filed[young], closed[young]).tolist() == pytest.approx(found.tolist(), nan_ok=True)


@pytest.mark.parametrize("requests", [[], [(0.0, np.inf)]])
def test_without_a_past_there_is_no_queue(requests: list[tuple[float, float]]) -> None:
    filed, closed = np.array(requests, dtype=np.float64).reshape(-1, 2).T
    found = queues.read(filed, closed, np.zeros(len(filed), dtype=np.int64), 2)
    assert np.isinf(found.since).all()
    assert found.at(1, 400.0) == 1.0


def test_a_date_goes_by_the_queue_of_the_night_it_was_filed() -> None:
    curve = tuple(np.concatenate([[0.0], np.cumsum(np.diff(EDGES))]).tolist())  # one queue's worth on average
    known = CategoryModel(closings=500, curve=curve, queue=(10.0, 20.0, 30.0))
    said = [
        dates.foretell(known, waited=0.0, areas=(), department="", horizon=365.0, filed_before=before)
        for before in (-0.5, 0.5, 1.5, 9.0)
    ]
    halves = [one.half if one else 0.0 for one in said]
    assert halves == pytest.approx([6.93, 6.93, 13.86, 20.79], rel=0.05)
    late = dates.foretell(known, waited=25.0, areas=(), department="", horizon=365.0, filed_before=25.0)
    assert late is not None
    assert late.waited
    assert 25.0 < late.half < late.nine
