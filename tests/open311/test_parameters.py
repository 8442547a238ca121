"""Reading what clients send: exact where the standard is, and never more than a refusal whatever arrives."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cityhall.apps.service_requests.open311 import parameters, posted
from cityhall.kernel.errors import Invalid

# A busy machine is no reason to fail.
unhurried = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
PACIFIC = ZoneInfo("America/Los_Angeles")


def query(**sent: str) -> parameters.ListQuery:
    return parameters.list_query({name: [value] for name, value in sent.items()}, zone=PACIFIC, now=NOW)


def refused(**sent: str) -> set[str]:
    with pytest.raises(Invalid) as problem:
        query(**sent)
    return set(problem.value.fields)


def test_without_filters_the_last_90_days_and_at_most_1000():
    found = query()
    assert (found.since, found.until, found.page, found.page_size) == (NOW - timedelta(days=90), None, 1, 1000)


def test_empty_parameters_are_absent_ones():
    names = [
        "service_request_id", "service_code", "status", "start_date", "end_date", "page", "page_size", "per_page",
        "updated_after", "updated_before", "bbox", "lat", "long", "radius", "extensions", "jurisdiction_id",
    ]  # fmt: skip
    assert query(**dict.fromkeys(names, "")) == query()
    assert query(**dict.fromkeys(names, "  ")) == query()


def test_ids_override_everything_else():
    found = query(service_request_id="1-001, 1-002,,1-001", status="nonsense", start_date="never", bbox="x")
    assert found.numbers == ("1-001", "1-002")


def test_lists_are_separated_by_commas_or_repeated():
    sent = {"service_code": ["a,b", "c"], "status": ["open", "CLOSED"]}
    found = parameters.list_query(sent, zone=PACIFIC, now=NOW)
    assert found.codes == ("a", "b", "c")
    assert set(found.statuses) == {"open", "closed"}


def test_a_day_is_the_citys_day_and_the_end_is_included():
    found = query(start_date="2026-03-01", end_date="2026-03-02")
    assert found.since == datetime(2026, 3, 1, tzinfo=PACIFIC)
    assert found.until == datetime(2026, 3, 3, tzinfo=PACIFIC)
    found = query(start_date="2026-03-01T10:00:00Z", end_date="2026-03-01T10:00:00Z")
    assert found.since == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert found.until == datetime(2026, 3, 1, 10, 0, 1, tzinfo=UTC)


def test_a_plus_sign_that_became_a_space_is_understood():
    assert query(start_date="2026-03-01T10:00:00 02:00").since == datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "wrong"),
    [
        ("2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z", set()),
        ("2026-01-01T00:00:00Z", "2026-04-02T00:00:01Z", {"end_date"}),
        ("2026-01-01T00:00:00-08:00", "2026-04-01T00:00:00-07:00", set()),
        ("2026-04-01T00:00:00Z", "2026-01-01T00:00:00Z", {"end_date"}),
        ("2026-01-01T00:00:00", "", {"start_date"}),
        ("yesterday", "2026-13-01", {"start_date", "end_date"}),
        ("2026-02-30", "", {"start_date"}),
        ("0000-01-01", "9999-12-31", {"start_date", "end_date"}),
        ("0001-01-01T00:00:00+14:00", "", {"start_date"}),
    ],
)
def test_spans_of_at_most_90_days(start, end, wrong):
    if wrong:
        assert refused(start_date=start, end_date=end) == wrong
    else:
        assert query(start_date=start, end_date=end).until


def test_one_end_of_the_span_gives_the_other():
    assert query(start_date="2026-01-01T00:00:00Z").until == datetime(2026, 4, 1, tzinfo=UTC)
    assert query(end_date="2026-04-01").since == datetime(2026, 4, 2, tzinfo=PACIFIC) - timedelta(days=90)


def test_asking_for_what_changed_is_not_limited_to_recent_requests():
    found = query(updated_after="2026-01-01T00:00:00Z")
    assert (found.since, found.updated_since) == (None, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"status": "pending"}, {"status"}),
        ({"page": "0"}, {"page"}),
        ({"page": "-1"}, {"page"}),
        ({"page": "1.5"}, {"page"}),
        ({"page": "²"}, {"page"}),
        ({"page_size": "1001"}, {"page_size"}),
        ({"per_page": "many"}, {"per_page"}),
        ({"bbox": "1,2,3"}, {"bbox"}),
        ({"bbox": "1,2,3,x"}, {"bbox"}),
        ({"bbox": "10,0,-10,1"}, {"bbox"}),
        ({"bbox": "nan,nan,nan,nan"}, {"bbox"}),
        ({"lat": "32", "long": "-117"}, {"radius"}),
        ({"radius": "100"}, {"lat", "long"}),
        ({"lat": "91", "long": "-117", "radius": "5"}, {"lat"}),
        ({"lat": "inf", "long": "1_1", "radius": "-5"}, {"lat", "long", "radius"}),
        ({"extensions": "perhaps"}, {"extensions"}),
        ({"service_code": "a\x00b"}, {"service_code"}),
    ],
)
def test_a_wrong_parameter_is_refused_by_its_name(sent, wrong):
    assert refused(**sent) == wrong


def test_pages():
    assert (query(page="3").page, query(page="3").page_size) == (3, 100)
    assert query(page="2", per_page="7").page_size == 7
    assert query(page_size="5", per_page="7").page_size == 5


def post(**sent: object) -> posted.Posted:
    lists = {name: value if isinstance(value, list) else [str(value)] for name, value in sent.items()}
    found, wrong = posted.posted_request(
        {"service_code": ["pothole"], "lat": ["32.7"], "long": ["-117.1"], **lists}, zone=PACIFIC
    )
    if wrong:
        raise Invalid(wrong)
    return found


def test_a_posted_request():
    found = post(description="A hole", email="a@example.org", address_string="1 Main St", phone="555 0100")
    assert (found.service_code, found.lat, found.long) == ("pothole", 32.7, -117.1)
    assert (found.description, found.email, found.address) == ("A hole", "a@example.org", "1 Main St")


def test_attributes_single_and_several():
    sent = {
        "attribute[A]": ["one"],
        "attribute[B][]": ["two", "three"],
        "attribute[C]": ["four", "five"],
        "attribute[D][]": ["six"],
        "attribute[E]": [""],
    }
    assert post(**sent).attributes == {"A": "one", "B": ["two", "three"], "C": ["four", "five"], "D": ["six"]}


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"service_code": ""}, {"service_code"}),
        ({"lat": "", "long": ""}, {"lat"}),
        ({"lat": ""}, {"lat"}),
        ({"long": ""}, {"long"}),
        ({"lat": "north"}, {"lat"}),
        ({"description": "x" * 4001}, {"description"}),
        ({"attribute[": "x"}, {"attribute["}),
        ({"media_url": "ftp://example.org/a.jpg"}, {"media_url"}),
        ({"media_url": "javascript:alert(1)"}, {"media_url"}),
        ({"media_url": "data:image/png;base64,*"}, {"media_url"}),
        ({"media_url": [f"https://example.org/{n}.jpg" for n in range(6)]}, {"media_url"}),
    ],
)
def test_a_wrong_posted_parameter_is_refused_by_its_name(sent, wrong):
    with pytest.raises(Invalid) as problem:
        post(**sent)
    assert set(problem.value.fields) == wrong


def test_a_place_may_be_an_address_instead():
    assert post(lat="", long="", address_string="1 Main St").lat is None
    assert post(lat="", long="", address_id="77").address_id == "77"


def test_media_links_and_data_addresses():
    picture = base64.b64encode(b"\xff\xfe>").decode()
    found = post(media_url=["https://example.org/a.jpg", f"data:image/png;base64,{picture}", "data:,a%20b"])
    assert found.links == ("https://example.org/a.jpg",)
    assert found.pictures == (b"\xff\xfe>", b"a b")


NAMES = st.sampled_from(
    [
        "service_request_id", "service_code", "status", "start_date", "end_date", "page", "page_size", "per_page",
        "updated_after", "updated_before", "bbox", "lat", "long", "lon", "radius", "extensions", "media_url",
        "attribute[a]", "attribute[a][]", "attribute[", "attribute", "address_id", "description", "email",
        "update_id", "updated_datetime",
    ]
)  # fmt: skip
VALUES = (
    st.text(max_size=40)
    | st.floats().map(str)
    | st.integers().map(str)
    | st.datetimes().map(datetime.isoformat)
    | st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat)
    | st.dates().map(str)
    | st.lists(st.floats().map(str), min_size=4, max_size=4).map(",".join)
    | st.text(max_size=20).map("data:".__add__)
)


@unhurried
@given(st.dictionaries(NAMES | st.text(max_size=10), st.lists(VALUES, max_size=3), max_size=6))
def test_whatever_arrives_is_read_or_refused(sent):
    for read in (
        lambda: parameters.list_query(sent, zone=PACIFIC, now=NOW),
        lambda: parameters.updates_query(sent, zone=PACIFIC, now=NOW),
        lambda: parameters.extensions_wanted(sent, zone=PACIFIC),
        lambda: parameters.position(sent),
        lambda: posted.posted_request(sent, zone=PACIFIC),
        lambda: posted.posted_update(sent, zone=PACIFIC),
    ):
        try:
            read()
        except Invalid as problem:
            assert problem.fields
            assert all(str(text) for text in problem.fields.values())
