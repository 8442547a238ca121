"""Rows taken many at once become the same records, and are refused for the same reasons, as one at a time."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest

from cityhall.apps.service_requests.imports.columns import records
from cityhall.apps.service_requests.imports.coordinates import Inside, box
from cityhall.apps.service_requests.imports.normalise import Normaliser
from cityhall.apps.service_requests.imports.profiles import Profile, shipped
from cityhall.apps.service_requests.imports.readers.decoding import MARK
from cityhall.apps.service_requests.imports.records import Record, Row, Trouble

NOW = datetime(2026, 11, 26, tzinfo=UTC)
DATES = (
    "2024-03-01T10:00:00", "2024-11-03T01:30:00", "2024-11-03T00:59:59", "2024-03-10T02:30:00", "2024-03-01",
    "2024-03-01T10:01:00Z", "1960-01-01T00:00:00", "2031-01-01T00:00:00", "3/1/2024 10:00", "no date", "",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
)  # fmt: skip
WORDS = (
    "", " ", "n/a", "None", "Closed", "closed ", "New", "In Process", "Referred", "Strange", "Pothole", f"bad {MARK}",
    "tab\there", "line\nend", "\x00", "x" * 130, "y" * 400, "z" * 11_000, "12", "32.7", "-117.1", "0", "1e400", "nan",
    "500", "-500", "-77.0", "shown", "fixed", "duplicate", "exact", "es", "español", "\\N", "ß" * 24,
)  # fmt: skip
TESTS: tuple[Inside | None, ...] = (None, box(32.0, -118.0, 34.0, -116.0), box(-80.0, 30.0, -70.0, 35.0))


USUAL = {
    "requested_at": DATES,
    "updated_at": DATES,
    "closed_at": DATES,
    "due_at": DATES,
    "address": ("12 Grand Ave", "12 Grand Ave, CA 92101", "a" * 295, ""),
    "zipcode": ("92101", "92101-4321", "9210", ""),
    "status": ("Closed", "New", "Referred", "Open", ""),
    "lat": ("32.7", "32.71", "-117.1", "-77.2", "0", ""),
    "lon": ("-117.1", "-117.11", "32.7", "38.9", "0", ""),
}


def made_up(profile: Profile, rows: int, chance: Random) -> list[Row]:
    """Rows that are mostly as they should be, and have anything in any column sometimes."""
    usual = {"id": tuple(map(str, range(rows))), "parent": tuple(map(str, range(rows))), **USUAL}
    columns = {one: usual.get(name, ("same",)) for name, take in profile.fields.items() for one in take.mentions()}
    found = []
    for number in range(1, rows + 1):
        odd = chance.random() < 0.5
        values = {
            column: chance.choice(WORDS if odd and chance.random() < 0.1 else likely)
            for column, likely in columns.items()
        }
        found.append(Row(number, {}, "wrong_columns", "It has 2 fields.") if number % 50 == 0 else Row(number, values))
    return found


@pytest.mark.parametrize("inside", TESTS)
@pytest.mark.parametrize("name", sorted(shipped()))
def test_many_rows_become_what_each_becomes_alone(name: str, inside: Inside | None) -> None:
    profile = shipped()[name]
    rows = made_up(profile, 500, Random(name))
    header = Row(0, {column: "" for take in profile.fields.values() for column in take.mentions()})
    normaliser = Normaliser(profile, [header], inside=inside, now=NOW)
    alone = [normaliser(row) for row in rows]

    assert records(normaliser, rows) == alone
    assert {type(one) for one in alone} == {Record, Trouble}


def test_no_rows_are_no_records() -> None:
    assert records(Normaliser(shipped()["san_diego"], [], inside=None, now=NOW), []) == []
