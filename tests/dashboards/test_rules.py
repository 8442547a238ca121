from __future__ import annotations

from datetime import date, timedelta

import pytest

from cityhall.apps.dashboards import rules
from cityhall.apps.dashboards.contracts import Span
from cityhall.apps.dashboards.web import drawing
from cityhall.kernel.scales import nice_top

TODAY = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("period", "since", "until"),
    [
        ("12", date(2025, 4, 1), date(2026, 4, 1)),
        ("36", date(2023, 4, 1), date(2026, 4, 1)),
        ("2025", date(2025, 1, 1), date(2026, 1, 1)),
        ("2026", date(2026, 1, 1), date(2026, 4, 1)),
        ("2030", date(2030, 1, 1), date(2030, 2, 1)),
    ],
)
def test_a_period_is_whole_months_that_have_begun(period: str, since: date, until: date) -> None:
    assert rules.span(period, TODAY) == Span(since, until, date(2026, 3, 1))


def test_a_span_is_walked_month_by_month_over_the_year() -> None:
    walked = list(rules.months_of(Span(date(2025, 11, 1), date(2026, 2, 1), TODAY)))
    assert walked == [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)]


def test_ages_are_told_of_today_whenever_they_were_counted() -> None:
    days = rules.age_days(TODAY)
    assert days == sorted(days)
    found = [0] * (len(days) + 1)
    for old in (0, 7, 8, 30, 31, 91, 181, 365, 366, 5000):
        found[sum(TODAY - timedelta(days=old) >= day for day in days)] += 1
    assert rules.ages(found) == {"week": 2, "month": 2, "quarter": 1, "half": 1, "year": 2, "older": 2}


def test_too_few_are_no_share() -> None:
    assert rules.share(9, 9) is None
    assert rules.share(5, 10) == 0.5


@pytest.mark.parametrize(
    ("values", "top"), [([], 1), ([0], 1), ([None, 3], 3), ([11], 15), ([980], 1000), ([0.3], 0.3)]
)
def test_a_scale_ends_at_a_round_number_above_all(values: list[float | None], top: float) -> None:
    assert nice_top(values) == pytest.approx(top)


def test_classes_rise_and_hold_every_value() -> None:
    values = [3.0, 5.0, 8.0, 8.0, 21.0, 40.0, 300.0]
    bounds = rules.classes(values)
    assert bounds == sorted(set(bounds))
    assert bounds[-1] == 300
    assert [drawing.shade(value, bounds) for value in values] == sorted(drawing.shade(v, bounds) for v in values)
    assert drawing.shade(300, bounds) == 5
    assert rules.classes([7.0, 7.0]) == [7]
    assert rules.classes([]) == []
    assert drawing.shade(None, bounds) == 0
