"""Rules of places: what is hidden, when work is due, how addresses are read."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityhall.apps.places.rules.address_text import generalise_address, parse, short_words, street_of
from cityhall.apps.places.rules.calendar import Calendar
from cityhall.apps.places.rules.geometry import along, cell, cells_within, generalise, metres

LATS = st.floats(-80, 80)
LONS = st.floats(-179, 179)


@given(LATS, LONS)
def test_a_generalised_point_stays_in_its_cell_and_does_not_move_again(lat: float, lon: float) -> None:
    once = generalise(lat, lon)
    assert generalise(*once) == once
    assert cell(*once, 9) == cell(lat, lon, 9)


@given(LATS, LONS, st.floats(-0.002, 0.002), st.floats(-0.002, 0.002))
def test_points_of_one_cell_look_the_same(lat: float, lon: float, north: float, east: float) -> None:
    if cell(lat, lon, 9) == cell(lat + north, lon + east, 9):
        assert generalise(lat, lon) == generalise(lat + north, lon + east)


@given(LATS, LONS, st.floats(1, 500), st.floats(0, 6.28), st.floats(0, 1))
def test_rings_of_cells_miss_nothing_within_the_radius(
    lat: float, lon: float, radius: float, turn: float, share: float
) -> None:
    import math

    north = radius * share * math.cos(turn) / 111_320
    east = radius * share * math.sin(turn) / (111_320 * math.cos(math.radians(lat)))
    if metres(lat, lon, lat + north, lon + east) <= radius:
        assert cell(lat + north, lon + east) in cells_within(lat, lon, radius)


@pytest.mark.parametrize(
    ("exact", "block"),
    [
        ("1202 Grand Ave", "1200 block of Grand Ave"),
        ("1202 Grand Ave Apt 3", "1200 block of Grand Ave"),
        ("1202-B Grand Ave #3, Springfield, NY 13203", "1200 block of Grand Ave"),
        ("7 Elm St", "unit block of Elm St"),
        ("12 1/2 Elm St", "unit block of Elm St"),
        ("0 block of Elm St", "unit block of Elm St"),
        ("unit block of Elm St", "unit block of Elm St"),
        ("100 5th St", "100 block of 5th St"),
        ("1202 E 5th St", "1200 block of E 5th St"),
        ("Grand Ave & 5th St", "Grand Ave & 5th St"),
        ("Apt 4, 1202 Grand Ave", "Grand Ave"),
        ("Calle Mayor 12", "Calle Mayor"),
        ("Calle Mayor 12½", "Calle Mayor"),
        ("N1202 Grand", "Grand"),
        ("Highway 101 at I-5", "Highway 101 at I-5"),
        ("12045", ""),
        ("", ""),
    ],
)
def test_an_address_becomes_its_block(exact: str, block: str) -> None:
    assert generalise_address(exact) == block


@pytest.mark.parametrize(
    ("exact", "street"),
    [
        ("1202 Grand Ave Apt 3, Springfield", "Grand Ave"),
        ("1200 block of Grand Ave", "Grand Ave"),
        ("unit block of Elm St", "Elm St"),
        ("100 5th St", "5th St"),
        ("Grand Ave", "Grand Ave"),
        ("12045", ""),
    ],
)
def test_an_address_becomes_its_street(exact: str, street: str) -> None:
    assert street_of(exact) == street


@given(st.text(max_size=60) | st.from_regex(r"[0-9 ,#.a-zA-Z/-]{0,50}", fullmatch=True))
def test_generalising_any_text_twice_changes_nothing_more(text: str) -> None:
    once = generalise_address(text)
    assert generalise_address(once) == once


@given(
    st.integers(1, 99_999).filter(lambda house: house % 100 != 0),
    st.sampled_from(["{} Grand Ave", "{}B Grand Ave", "{} 5th St Apt {}", "Grand Ave {}", "near {} Elm St", "#{} Elm"]),
    st.sampled_from(["", ", Springfield", ", NY 13203", " "]),
)
def test_the_house_number_never_comes_through(house: int, form: str, end: str) -> None:
    seen = re.findall(r"\d+", generalise_address(form.format(house, house) + end))
    assert str(house) not in [number for number in seen if number != "5" or house != 5]


@given(
    st.integers(0, 9_999_999),
    st.sampled_from(["5th St", "block of Elm St", "1/2 Elm St", "Elm St, Apt 3", "Elm\tSt", ""]) | st.text(max_size=20),
)
def test_another_space_after_the_house_number_changes_nothing(house: int, rest: str) -> None:
    assert generalise_address(f"{house} {rest}") == generalise_address(f"{house}  {rest}")


def test_words_for_streets_have_one_short_form() -> None:
    assert short_words("North Grand Avenue") == short_words("N. grand av") == "n grand ave"
    assert short_words("Calle Peñón") == "calle penon"


@pytest.mark.parametrize(
    ("text", "number", "street", "crossing", "unit"),
    [
        ("1202 Grand Avenue", "1202", "grand ave", "", ""),
        ("1202b N. Grand", "1202b", "n grand", "", ""),
        ("1202 E Grand", "1202", "e grand", "", ""),
        ("1202 Grand Ave Apt 3, Springfield NY 13203", "1202", "grand ave", "", "3"),
        ("1202 Grand Ave, Miami FL 33101", "1202", "grand ave", "", ""),
        ("Grand Ave & 5th St", "", "grand ave", "5th st", ""),
        ("5th and Market", "", "5th", "market", ""),
        ("corner of Fifth and Market", "", "5th", "market", ""),
        ("esquina de Grand y 5th", "", "grand", "5th", ""),
        ("Grand Ave esquina con 5th St", "", "grand ave", "5th st", ""),
        ("12 1/2 Elm St", "12 1 2", "elm st", "", ""),
        ("5th St", "", "5th st", "", ""),
    ],
)
def test_addresses_are_read_as_people_write_them(text: str, number: str, street: str, crossing: str, unit: str) -> None:
    asked = parse(text)
    assert (asked.number, asked.street, asked.crossing, asked.unit) == (number, street, crossing, unit)


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    parse(text)


NEW_YORK = Calendar("America/New_York", "US", "NY", frozenset({date(2026, 6, 5)}))
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@given(MOMENTS, st.integers(0, 60))
def test_work_is_due_at_the_end_of_a_business_day_with_as_many_between(start: datetime, days: int) -> None:
    due = NEW_YORK.due(start, days).astimezone(ZoneInfo("America/New_York"))
    first = start.astimezone(ZoneInfo("America/New_York")).date()
    assert NEW_YORK.works_on(due.date())
    assert (due.hour, due.minute, due.second) == (23, 59, 59)
    between = [first + timedelta(days=i) for i in range(1, (due.date() - first).days + 1)]
    worked = sum(NEW_YORK.works_on(day) for day in between)
    assert worked == days or (days == 0 and not NEW_YORK.works_on(first) and worked == 1)


@given(MOMENTS, st.integers(0, 40))
def test_more_days_are_never_due_earlier(start: datetime, days: int) -> None:
    assert NEW_YORK.due(start, days) <= NEW_YORK.due(start, days + 1)


def test_weekends_holidays_and_closed_days_are_left_out() -> None:
    thursday_evening = datetime(2026, 6, 5, 1, 0, tzinfo=UTC)  # still Thursday 4 June in New York
    due = NEW_YORK.due(thursday_evening, 1)  # Friday is closed, then the weekend
    assert NEW_YORK.local(due).date() == date(2026, 6, 8)
    assert not NEW_YORK.works_on(date(2026, 7, 3))  # Independence Day observed
    assert not NEW_YORK.works_on(date(2026, 11, 26))


def test_a_city_that_never_works_is_told_so() -> None:
    closed = frozenset(date(2026, 1, 1) + timedelta(days=i) for i in range(1200))
    with pytest.raises(ValueError, match="no business days"):
        Calendar("UTC", closed=closed).due(datetime(2026, 1, 1, tzinfo=UTC), 1)


@given(st.floats(0, 1))
def test_a_share_of_a_line_lies_on_it(share: float) -> None:
    lat, lon = along([(0.0, 0.0), (0.0, 0.01), (0.01, 0.01)], share)
    assert abs(lon) < 1e-9 or abs(lat - 0.01) < 1e-9
