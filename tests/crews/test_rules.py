"""What is decided without a database: when an act was, how long it took, in which order, how much."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityhall.apps.crews import rules
from cityhall.apps.crews.contracts import Reason, Result
from cityhall.apps.crews.web import words
from cityhall.apps.service_requests.contracts import State

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("claimed", "taken"),
    [
        (None, NOW),
        (NOW - timedelta(hours=7), NOW - timedelta(hours=7)),
        (NOW + timedelta(seconds=1), NOW),
        (NOW - timedelta(days=5), NOW),
        (datetime(2026, 3, 31, 11), NOW),  # without a zone nobody knows when that was
    ],
)
def test_an_act_was_when_the_phone_says_within_reason(claimed: datetime | None, taken: datetime) -> None:
    assert rules.moment_of(claimed, NOW) == taken


@given(st.integers(-10_000, 10_000), st.integers(0, 10_000))
def test_an_act_is_never_in_the_future_nor_before_what_it_follows(claimed: int, begun: int) -> None:
    start = NOW - timedelta(minutes=begun)
    at = rules.moment_of(NOW + timedelta(minutes=claimed), NOW, not_before=start)
    assert start <= at <= NOW


def test_minutes_are_at_least_one_and_at_most_a_very_long_shift() -> None:
    assert rules.minutes_between(NOW, NOW) == 1
    assert rules.minutes_between(NOW - timedelta(minutes=45), NOW) == 45
    assert rules.minutes_between(NOW - timedelta(days=3), NOW) == rules.MOST_MINUTES
    assert rules.worked(" 45 ") == 45
    assert rules.worked("") is None
    for wrong in ("-1", "961", "an hour", "4.5", "٣"):
        with pytest.raises(ValueError):
            rules.worked(wrong)


@pytest.mark.parametrize(
    ("text", "amount"), [("2", "2"), ("0.5", "0.5"), ("0,5", "0.5"), ("", None), ("0", None), (" 12.50 ", "12.5")]
)
def test_amounts_are_read_as_people_write_them(text: str, amount: str | None) -> None:
    found = rules.amount_of(text)
    assert (rules.text_of(found) if found is not None else None) == amount


@pytest.mark.parametrize("text", ["-1", "two", "NaN", "Infinity", "100000", "1e9"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        rules.amount_of(text)


def test_an_amount_reads_without_needless_zeros() -> None:
    assert [rules.text_of(Decimal(one)) for one in ("2.00", "0.50", "10", "100.00")] == ["2", "0.5", "10", "100"]


def row(number: str, state: State = State.RECEIVED, priority: int = 3, days: int = 0) -> Any:
    request = SimpleNamespace(state=state, number=number)
    return SimpleNamespace(request=request, priority=priority, queue_at=NOW + timedelta(days=days))


def test_without_a_plan_begun_work_comes_first_then_urgency_then_target() -> None:
    rows = [row("a", days=1), row("b", priority=1, days=9), row("c"), row("d", State.IN_PROGRESS, priority=5)]
    assert [one.request.number for one in rules.in_order(rows)] == ["d", "b", "c", "a"]


def test_where_the_crew_says_where_it_is_the_nearest_comes_first() -> None:
    away = {"a": 900.0, "b": 20.0, "c": None}
    rows = [row("a", priority=1), row("b", priority=5), row("c", priority=1)]
    found = rules.in_order(rows, lambda one: away[one.request.number])
    assert [one.request.number for one in found] == ["b", "a", "c"]


def test_the_way_is_shown_by_the_phones_own_map() -> None:
    assert rules.directions(32.7, -117.1, user_agent="Mozilla/5.0 (Linux; Android 14)").startswith("geo:32.7")
    assert rules.directions(32.7, -117.1, user_agent="Mozilla/5.0 (iPhone; …)").startswith("maps:?daddr=32.7")


def test_every_outcome_a_crew_can_choose_has_a_sentence_in_both_languages() -> None:
    for language in ("en", "es"):
        ready = words.ready(language)
        assert all(one.choice.also for one in ready)
        assert {one.outcome for one in ready} == set(Result) - {Result.SENT_BACK, Result.ENDED}
        assert {one.choice.language for one in ready} == {language}
    assert {one.choice.language for one in words.ready("fr")} == {"en"}


def test_work_for_others_leaves_the_team() -> None:
    assert {one for one in Reason if rules.leaves_team(one)} == {Reason.WRONG_PLACE, Reason.OTHER_TEAM}
