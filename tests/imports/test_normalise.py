"""Rows as cities write them become records, or a reason."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityhall.apps.service_requests.contracts import Outcome, State
from cityhall.apps.service_requests.imports.coordinates import box, point
from cityhall.apps.service_requests.imports.dates import choose
from cityhall.apps.service_requests.imports.normalise import Normaliser
from cityhall.apps.service_requests.imports.profiles import named, shipped
from cityhall.apps.service_requests.imports.recognise import recognise
from cityhall.apps.service_requests.imports.records import REASONS, Record, Row, RowRefused, Trouble, Unusable

NOW = datetime(2026, 8, 1, tzinfo=UTC)
SAN_DIEGO = {
    "service_request_id": "4812345",
    "service_request_parent_id": "",
    "date_requested": "2025-03-09T14:05:00",
    "service_name": "Pothole",
    "service_name_detail": "",
    "date_closed": "",
    "status": "New",
    "lat": "32.7157",
    "lng": "-117.1611",
    "street_address": "202 C St",
    "case_origin": "Mobile",
    "referred": "",
    "public_description": "Big hole",
}


def made(**change: str) -> Record | Trouble:
    row = Row(1, {**SAN_DIEGO, **change})
    return Normaliser(named("san_diego"), [row], inside=None, now=NOW)(row)


def record(**change: str) -> Record:
    found = made(**change)
    assert isinstance(found, Record), found
    return found


def test_times_are_the_citys_own() -> None:
    assert record().requested_at == datetime(2025, 3, 9, 21, 5, tzinfo=UTC)  # after the change to summer time
    assert record(date_requested="2025-01-09T14:05:00").requested_at == datetime(2025, 1, 9, 22, 5, tzinfo=UTC)
    assert record(date_requested="2025-03-09T14:05:00-05:00").requested_at == datetime(2025, 3, 9, 19, 5, tzinfo=UTC)


def test_the_hour_that_happens_twice_makes_no_row_unusable() -> None:
    found = record(date_requested="2024-11-03T01:50:00", date_closed="2024-11-03T01:10:00", status="Closed")
    assert found.closed_at == datetime(2024, 11, 3, 9, 10, tzinfo=UTC)
    assert found.requested_at == datetime(2024, 11, 3, 8, 50, tzinfo=UTC)


def test_what_is_closed_without_a_reason_does_not_get_one_invented() -> None:
    found = record(status="Closed", date_closed="2025-03-10T09:00:00")
    assert (found.state, found.outcome) == (State.CLOSED, Outcome.NOT_STATED)
    assert "do not say how" in found.sentence


def test_referred_and_done_with_is_closed_as_not_the_citys() -> None:
    assert record(status="Referred", referred="Caltrans").state == State.REFERRED
    found = record(status="Referred", date_closed="2025-03-10T09:00:00")
    assert (found.state, found.outcome) == (State.CLOSED, Outcome.NOT_CITY)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"service_request_id": " "}, "no_id"),
        ({"service_request_id": "9" * 121}, "bad_id"),
        ({"date_requested": "NULL"}, "no_date"),
        ({"date_requested": "soon"}, "unreadable_date"),
        ({"date_requested": "2025-02-30T10:00:00"}, "unreadable_date"),
        ({"date_requested": "1900-01-01T00:00:00"}, "date_out_of_range"),
        ({"date_requested": "2031-01-01T00:00:00"}, "date_out_of_range"),
        ({"status": "Closed", "date_closed": "2025-02-01T00:00:00"}, "closed_before_requested"),
        ({"status": "Closed"}, "no_closing_date"),
        ({"lat": "north"}, "bad_coordinates"),
        ({"lat": "530187.7", "lng": "3678691.8"}, "bad_coordinates"),
        ({"lat": "nan?", "lng": "inf"}, "bad_coordinates"),
        ({"public_description": "caf\uf8fe"}, "bad_encoding"),
    ],
)
def test_unusable_rows_say_why(change: dict[str, str], code: str) -> None:
    found = made(**change)
    assert isinstance(found, Trouble)
    assert found.code == code
    assert found.sentence.endswith(".")


@pytest.mark.parametrize(
    ("lat", "lon", "place"),
    [
        ("", "", (None, None, "")),
        ("NULL", "n/a", (None, None, "")),
        ("0.0", "0", (None, None, "zero_coordinates")),
        ("32.7", "", (None, None, "half_coordinates")),
        ("-117.16", "32.71", (32.71, -117.16, "swapped")),
        ("32.71", "-117.16", (32.71, -117.16, "")),
    ],
)
def test_coordinates(lat: str, lon: str, place: tuple[float | None, float | None, str]) -> None:
    found = record(lat=lat, lng=lon)
    assert (found.lat, found.lon, "".join(found.mended)) == place


def test_coordinates_that_could_be_either_way_are_told_apart_by_the_city() -> None:
    new_york = box(40.4, -74.3, 41.0, -73.6)
    assert point("-73.9", "40.7", new_york) == (40.7, -73.9, "swapped")
    assert point("-73.9", "40.7") == (-73.9, 40.7, "")
    assert point("10.0", "20.0", new_york) == (10.0, 20.0, "")


def test_outside_the_boundary() -> None:
    row = Row(1, {**SAN_DIEGO, "lat": "40.7", "lng": "-73.9"})
    found = Normaliser(named("san_diego"), [row], inside=box(32, -118, 34, -116), now=NOW)(row)
    assert isinstance(found, Trouble)
    assert found.code == "outside_boundary"


def test_a_closing_day_without_a_time_and_a_skewed_clock_are_put_right() -> None:
    same_day = record(status="Closed", date_closed="2025-03-09T00:00:00")
    assert same_day.closed_at == same_day.requested_at
    assert same_day.mended == ("closing_without_time",)
    assert record(status="Closed", date_closed="2025-03-09T14:04:30").mended == ("clock_skew",)


@pytest.mark.parametrize("day", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1899-12-30T00:00:00Z"])
def test_a_target_that_was_never_set_is_none(day: str) -> None:
    row = Row(1, {"service_request_id": "1", "requested_datetime": "2025-03-01T10:00:00Z", "status": "open",
                  "service_name": "Pothole", "expected_datetime": day})  # fmt: skip
    found = Normaliser(named("georeport_json"), [row], inside=None, now=NOW)(row)
    assert isinstance(found, Record), found
    assert (found.due_at, found.mended) == (None, ("no_target",))


def test_a_parent_is_kept_and_nobody_is_their_own() -> None:
    assert record(service_request_parent_id="77").parent == "77"
    assert record(service_request_parent_id="4812345").parent == ""


def test_the_fingerprint_sees_what_was_said_and_not_what_was_left_out() -> None:
    assert record().fingerprint() == record(case_age_days="14").fingerprint()
    for change in ({"status": "In Process"}, {"lat": "32.8"}, {"public_description": "Bigger"}):
        assert record(**change).fingerprint() != record().fingerprint()


def test_day_first_is_told_from_month_first_by_the_dates_themselves() -> None:
    forms = ["%d/%m/%Y", "%m/%d/%Y"]
    assert choose(forms, ["01/02/2022", "21/01/2022"]) == ["%d/%m/%Y"]
    assert choose(forms, ["01/02/2022", "01/21/2022"]) == ["%m/%d/%Y"]
    assert set(choose(forms, ["03/03/2022"])) == set(forms)
    with pytest.raises(Unusable, match="--profile"):
        choose(forms, ["01/02/2022"])


def test_files_nobody_knows_are_refused_with_a_way_on() -> None:
    with pytest.raises(Unusable, match="Write a profile"):
        recognise(shipped().values(), "csv", [Row(1, {"colour": "red"})])
    broken = Row(
        2, {"colour": "red", "quarantine_surplus": "7"}, "wrong_columns", "The row has 2 fields, the header 1."
    )
    with pytest.raises(Unusable) as refused:
        recognise(shipped().values(), "csv", [broken])
    assert "these columns: colour." in str(refused.value), "what we add ourselves is no column of the file"
    with pytest.raises(Unusable, match="totals"):
        recognise(shipped().values(), "csv", [Row(1, {"month": "May", "total": "7"})])
    with pytest.raises(Unusable, match="nearest to san_diego"):
        recognise(shipped().values(), "csv", [Row(1, {k: v for k, v in SAN_DIEGO.items() if k != "status"})])


def test_two_profiles_that_fit_alike_are_both_named() -> None:
    profile = named("san_diego")
    from dataclasses import replace

    with pytest.raises(Unusable, match="other or san_diego"):
        recognise([profile, replace(profile, name="other")], "csv", [Row(1, SAN_DIEGO)])


@given(st.fixed_dictionaries({column: st.text(max_size=40) for column in SAN_DIEGO}))
def test_no_text_crashes_the_normaliser(values: dict[str, str]) -> None:
    row = Row(1, values)
    found = Normaliser(named("san_diego"), [Row(1, SAN_DIEGO)], inside=None, now=NOW)(row)
    if isinstance(found, Trouble):
        assert found.code in REASONS
    else:
        assert found.requested_at is not None
        assert "\x00" not in found.description
        assert len(found.fingerprint()) == 32
        assert found.closed_at is None or found.closed_at >= found.requested_at


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_text_crashes_the_coordinates(lat: str, lon: str) -> None:
    try:
        found = point(lat, lon)
    except RowRefused as refusal:
        assert refusal.trouble.code == "bad_coordinates"
        return
    assert found[0] is None or (-90 <= found[0] <= 90 and found[1] is not None and -180 <= found[1] <= 180)
