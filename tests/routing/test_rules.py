"""Rules by themselves: first match, balance, windows past midnight and over clock changes, steps before a target."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityhall.apps.places.rules.calendar import Calendar
from cityhall.apps.routing import rules
from cityhall.apps.routing.contracts import Holidays, Measure, Rule, Share, Step, Window
from cityhall.apps.routing.rules.trying import Past, play
from cityhall.kernel.offers import ToRoute

NORTH, SOUTH, NIGHT = (uuid.UUID(int=number) for number in (1, 2, 3))
DISTRICT, ELSEWHERE = uuid.UUID(int=11), uuid.UUID(int=12)
ALL = {NORTH, SOUTH, NIGHT}
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
ZONE = ZoneInfo("America/Los_Angeles")


def asked(**facts: object) -> ToRoute:
    return replace(ToRoute("pothole", (DISTRICT,), "", "", NOON), **facts)


def to(*teams: uuid.UUID) -> tuple[Share, ...]:
    return tuple(Share(team) for team in teams)


def no_holiday(_day: date) -> bool:
    return False


def place_of(found: object) -> int:
    return found[0] if isinstance(found, tuple) else 0


def first(of: list[Rule], request: ToRoute, *, teams: set[uuid.UUID] = ALL) -> int:
    return place_of(rules.first_match(of, request, request.at, is_holiday=no_holiday, teams=teams))


def test_the_first_rule_whose_conditions_all_hold_decides() -> None:
    order = [
        Rule("graffiti", categories=("graffiti",), shares=to(NORTH)),
        Rule("here", categories=("pothole", "light"), areas=(DISTRICT,), shares=to(SOUTH)),
        Rule("all", shares=to(NIGHT)),
    ]
    assert first(order, asked()) == 2
    assert first(order, asked(areas=(ELSEWHERE,))) == 3
    assert first(order, asked(areas=(ELSEWHERE, DISTRICT))) == 2
    assert first(order, asked(category="graffiti")) == 1
    assert first(order[:2], asked(category="noise")) == 0
    assert first([], asked()) == 0


def test_an_asset_is_known_by_its_layer_and_its_owner_however_that_is_capitalised() -> None:
    power = [Rule("power", layers=("streetlights",), owners=("Bay Power",), shares=to(NORTH))]
    assert first(power, asked(layer="streetlights", owner="BAY POWER")) == 1
    assert first(power, asked(layer="streetlights", owner="City")) == 0
    assert first(power, asked(layer="signs", owner="Bay Power")) == 0
    assert first(power, asked()) == 0


def test_a_rule_whose_teams_can_do_no_work_is_passed_over() -> None:
    order = [Rule("gone", shares=to(NORTH)), Rule("half", shares=to(NORTH, SOUTH))]
    found = rules.first_match(order, asked(), NOON, is_holiday=no_holiday, teams={SOUTH})
    assert found is not None
    assert (found[0], found[2]) == (2, to(SOUTH))


def conditions() -> st.SearchStrategy[Rule]:
    return st.builds(
        Rule,
        st.just("rule"),
        categories=st.sets(st.sampled_from(["pothole", "light", "noise"])).map(tuple),
        areas=st.sets(st.sampled_from([DISTRICT, ELSEWHERE])).map(tuple),
        window=st.builds(Window, st.frozensets(st.integers(0, 6)), st.none() | st.times(), st.none() | st.times()),
        shares=st.sampled_from([to(NORTH), to(SOUTH), to(NORTH, SOUTH)]),
    )


@given(st.lists(conditions(), max_size=6), st.sampled_from(["pothole", "light"]), st.datetimes(timezones=st.just(UTC)))
def test_what_decides_holds_and_nothing_before_it_does(order: list[Rule], category: str, at: datetime) -> None:
    request = asked(category=category, at=at)
    place = first(order, request)
    holding = [rules.holds(rule, request, at, is_holiday=no_holiday) for rule in order]
    assert place == (holding.index(True) + 1 if any(holding) else 0)


@given(st.lists(conditions(), max_size=6))
def test_what_is_kept_of_rules_is_read_back_the_same(order: list[Rule]) -> None:
    minutes = [
        replace(
            rule,
            window=replace(
                rule.window,
                since=rule.window.since and rule.window.since.replace(second=0, microsecond=0),
                until=rule.window.until and rule.window.until.replace(second=0, microsecond=0),
            ),
        )
        for rule in order
    ]
    assert list(rules.rules_from(rules.kept_rules(minutes))) == minutes


def test_the_team_with_the_fewest_open_gets_it_and_the_rules_order_settles_ties() -> None:
    assert rules.choose(to(NORTH, SOUTH), {NORTH: 31, SOUTH: 22}).team == SOUTH
    assert rules.choose(to(NORTH, SOUTH), {NORTH: 22, SOUTH: 22}).team == NORTH
    assert rules.choose(to(SOUTH, NORTH), {NORTH: 22, SOUTH: 22}).team == SOUTH
    assert rules.choose((Share(NORTH, 2), Share(SOUTH, 1)), {NORTH: 39, SOUTH: 20}).team == NORTH
    assert rules.choose((Share(NORTH, 2), Share(SOUTH, 1)), {NORTH: 41, SOUTH: 20}).team == SOUTH


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 50), st.integers(0, 50))
def test_dealing_out_many_ends_near_the_shares(one: int, other: int, first_has: int, other_has: int) -> None:
    shares = (Share(NORTH, one), Share(SOUTH, other))
    loads = Counter({NORTH: first_has, SOUTH: other_has})
    for _ in range(1200):
        loads[rules.choose(shares, loads).team] += 1
    assert abs(loads[NORTH] / one - loads[SOUTH] / other) <= 1


NIGHTS = Window(frozenset({4}), time(22), time(6))  # Friday night


@pytest.mark.parametrize(
    ("day", "at", "inside"),
    [
        (6, time(21, 59), False),
        (6, time(22), True),
        (6, time(23, 59), True),
        (7, time(0), True),
        (7, time(5, 59), True),
        (7, time(6), False),
        (7, time(22), False),
        (6, time(3), False),
    ],
)
def test_a_window_past_midnight_belongs_to_the_day_it_began(day: int, at: time, inside: bool) -> None:
    local = datetime.combine(date(2026, 3, day), at, ZONE)  # March 6 is a Friday
    assert rules.in_window(NIGHTS, local, is_holiday=no_holiday) is inside


def test_open_ends_reach_from_and_until_midnight() -> None:
    midnight, last = datetime(2026, 3, 4, tzinfo=ZONE), datetime(2026, 3, 4, 23, 59, 59, tzinfo=ZONE)
    evening, morning = Window(since=time(18)), Window(until=time(6))
    assert rules.in_window(evening, last, is_holiday=no_holiday)
    assert not rules.in_window(evening, midnight, is_holiday=no_holiday)
    assert rules.in_window(morning, midnight, is_holiday=no_holiday)
    assert not rules.in_window(morning, last, is_holiday=no_holiday)


@given(st.none() | st.times(), st.none() | st.times(), st.datetimes(timezones=st.just(ZONE)))
def test_a_window_and_its_opposite_share_the_day_between_them(
    since: time | None, until: time | None, at: datetime
) -> None:
    one, other = Window(since=since, until=until), Window(since=until, until=since)
    is_whole = (since or time(0)) == (until or time(0))
    inside = rules.in_window(one, at, is_holiday=no_holiday)
    assert inside or not is_whole
    assert is_whole or inside is not rules.in_window(other, at, is_holiday=no_holiday)


def test_when_clocks_change_only_what_the_wall_shows_counts() -> None:
    calendar = Calendar("America/Los_Angeles")
    hour = Window(since=time(1), until=time(2))
    # November 1, 2026: 1:30 comes twice, an hour apart.
    for utc in (datetime(2026, 11, 1, 8, 30, tzinfo=UTC), datetime(2026, 11, 1, 9, 30, tzinfo=UTC)):
        assert rules.in_window(hour, calendar.local(utc), is_holiday=no_holiday)
    # March 8, 2026: 1:59 is followed by 3:00, so from 2 to 3 nothing is inside.
    skipped = Window(since=time(2), until=time(3))
    for minutes in range(0, 180, 10):
        at = calendar.local(datetime(2026, 3, 8, 9, tzinfo=UTC) + timedelta(minutes=minutes))
        assert not rules.in_window(skipped, at, is_holiday=no_holiday)


def test_holidays_are_the_citys_and_a_weekend_is_none_by_itself() -> None:
    calendar = Calendar("America/Los_Angeles", "US", "CA", frozenset({date(2026, 3, 4)}))
    only, never = Window(holidays=Holidays.ONLY), Window(holidays=Holidays.NEVER)
    for day, is_one in (("2026-07-04", True), ("2026-03-04", True), ("2026-03-05", False), ("2026-03-07", False)):
        local = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=ZONE)
        assert rules.in_window(only, local, is_holiday=calendar.is_holiday) is is_one
        assert rules.in_window(never, local, is_holiday=calendar.is_holiday) is not is_one


START, DUE = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 12, tzinfo=UTC)
HALF, LATER, TWO_DAYS = Step(number=50), Step(number=90, priority=1), Step(measure=Measure.DAYS, number=2)


def test_steps_come_one_after_the_other_and_each_once() -> None:
    steps = [LATER, HALF, TWO_DAYS]
    moments = []
    at: datetime | None = START
    while at is not None:
        at = rules.next_moment(steps, "pothole", START, DUE, after=at)
        moments.append(at)
    assert moments == [START + timedelta(days=5), START + timedelta(days=8), START + timedelta(days=9), None]
    due = [rules.due_step(steps, "pothole", START, DUE, now=moment) for moment in moments if moment]
    assert due == [HALF, TWO_DAYS, LATER]


def test_a_step_before_the_filing_is_never_taken_and_without_a_target_there_is_none() -> None:
    week = [Step(measure=Measure.DAYS, number=20)]
    assert rules.next_moment(week, "pothole", START, DUE, after=START) is None
    assert rules.due_step(week, "pothole", START, DUE, now=DUE) is None
    assert rules.next_moment([HALF], "pothole", START, None, after=START) is None


def test_a_step_for_some_categories_leaves_the_others_alone() -> None:
    steps = [Step(categories=("noise",), number=10)]
    assert rules.next_moment(steps, "pothole", START, DUE, after=START) is None
    assert rules.next_moment(steps, "noise", START, DUE, after=START) == START + timedelta(days=1)


def test_a_trial_counts_flows_and_what_staff_had_mended_by_hand() -> None:
    draft = [Rule("here", areas=(DISTRICT,), shares=to(SOUTH))]
    before, after = (rules.Player(of, ALL, no_holiday, Counter()) for of in ([], draft))
    past = [
        Past(uuid.UUID(int=n), f"1-{n}", asked(areas=(area,)), NOON, NORTH, now)
        for n, (area, now) in enumerate([(DISTRICT, SOUTH), (DISTRICT, NORTH), (ELSEWHERE, NIGHT), (ELSEWHERE, NORTH)])
    ]
    played = play(past, before, after)
    assert (played.tested, played.moved, played.by_hand, played.by_hand_right) == (4, 2, 2, 1)
    assert [(row.before, row.after, row.count) for row in played.flow_rows] == [(NORTH, SOUTH, 2)]
    assert [(one.number, one.rule) for one in played.examples] == [("1-1", 1), ("1-0", 1)]
    assert after.decided == Counter({1: 2, 0: 2})
