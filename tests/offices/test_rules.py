"""Weeks and streets, without a database."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityhall.apps.offices import rules

ZONE = ZoneInfo("America/Los_Angeles")


@given(st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)))
def test_a_report_is_due_on_the_monday_that_was(moment: datetime) -> None:
    local = moment.replace(tzinfo=ZONE)
    turn = rules.last_turn(local)
    assert turn <= local
    assert (turn.weekday(), turn.hour) == (0, 7)
    assert local.date() - turn.date() <= timedelta(days=7)


@pytest.mark.parametrize(
    ("text", "monday"),
    [
        ("", date(2026, 11, 16)),
        ("2026-11-16", date(2026, 11, 16)),
        ("2026-11-11", date(2026, 11, 9)),
        ("2026-11-30", date(2026, 11, 16)),  # not over yet
        ("soon", date(2026, 11, 16)),
        ("0001-01-01", date(2026, 11, 16)),
    ],
)
def test_a_week_is_named_by_any_of_its_days_and_is_over(text: str, monday: date) -> None:
    assert rules.week_of(text, date(2026, 11, 26)) == monday


def test_a_week_with_a_change_of_clocks_has_its_hour_more_and_all_begin_on_mondays() -> None:
    since, until = rules.span_of(date(2026, 10, 26), ZONE)  # clocks go back on November 1
    assert (until.timestamp() - since.timestamp()) / 3600 == 169
    assert [since.weekday() for since, _until in rules.spans_of(date(2026, 11, 16), ZONE)] == [0, 0, 0]


def test_streets_are_counted_however_they_are_written_and_one_request_names_no_house() -> None:
    found = rules.top_streets(
        ["12 Grand Ave", "14-16 Grand Avenue, Harbor", "18b Grand Ave", "5th St & Oak St", "3 Elm St", "City park", ""],
        lambda street: street.lower().replace("avenue", "ave"),
    )
    assert found == (("Grand Ave", 3),)
