"""The wire format: what we write is what we read, and what real servers write is read too."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cityhall.kernel.georeport import parse, render
from cityhall.kernel.georeport.contracts import (
    Answer,
    Attribute,
    Choice,
    Definition,
    Discovery,
    Endpoint,
    Extensions,
    Note,
    Problem,
    Receipt,
    Request,
    Service,
    Update,
)

# A busy machine is no reason to fail.
unhurried = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
WRITERS = pytest.mark.parametrize("write", [render.as_json, render.as_xml], ids=["json", "xml"])

# What survives both forms: XML readers trim and cannot carry control characters, so property tests leave them out.
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), max_size=60).map(str.strip)
texts = texts.filter(lambda text: "\ufffe" not in text and "\uffff" not in text)
names = texts.filter(bool)
words = st.text("abcdefghijklmnopqrstuvwxyz 0123456789", min_size=1, max_size=12).map(str.strip).filter(bool)
times = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(
    lambda at: at.replace(microsecond=0, tzinfo=timezone(timedelta(hours=-8)))
)
requests = st.builds(
    Request,
    service_request_id=names,
    status=st.sampled_from(["open", "closed"]),
    service_code=names,
    service_name=texts,
    status_notes=texts,
    description=texts,
    agency_responsible=texts,
    requested=st.none() | times,
    updated=st.none() | times,
    expected=st.none() | times,
    address=texts,
    zipcode=texts,
    lat=st.floats(1, 90),
    long=st.floats(-180, 180),
    extensions=st.none()
    | st.builds(
        Extensions,
        more=st.just({"supporters": "3"}),
        answers=st.lists(st.builds(Answer, names, texts, texts), max_size=3).map(tuple),
        notes=st.lists(st.builds(Note, times, names, texts), min_size=1, max_size=3).map(tuple),
    ),
)


@WRITERS
@unhurried
@given(found=st.lists(requests, max_size=4))
def test_requests_come_back_as_they_were_written(write, found):
    assert parse.requests(write(render.requests(found))) == found


@WRITERS
@unhurried
@given(
    found=st.lists(
        st.builds(Service, names, texts, texts, st.booleans(), keywords=st.lists(words).map(tuple), group=texts),
        max_size=4,
    )
)
def test_services_come_back_as_they_were_written(write, found):
    assert parse.services(write(render.services(found))) == found


@WRITERS
def test_a_definition_comes_back_as_it_was_written(write):
    found = Definition(
        "pothole",
        (
            Attribute("notice", "text", False, "Stay away from traffic.", 1, variable=False),
            Attribute(
                "depth", "singlevaluelist", True, "How deep?", 2, values=(Choice("a", "Ankle"), Choice("k", "Knee"))
            ),
        ),
    )
    assert parse.definition(write(render.definition(found))) == found


@WRITERS
def test_discovery_updates_receipts_and_problems_come_back(write):
    endpoint = Endpoint("http://a.example/v2", "2026-01-02T03:04:05Z", "production", ("text/xml", "application/json"))
    found = Discovery("2026-01-02T03:04:05Z", "a@example.org", "Ask us.", (endpoint,))
    assert parse.discovery(write(render.discovery(found))) == found
    update = Update("7", "48-220", "fixed", datetime(2026, 1, 2, tzinfo=UTC), "Done & dusted")
    assert parse.updates(write(render.updates([update]))) == [update]
    assert parse.receipt(write(render.receipt(Receipt("48-220", service_notice="Thanks")))) == Receipt(
        "48-220", service_notice="Thanks"
    )
    assert parse.receipt(write(render.receipt(Receipt(token="t")))) == Receipt(token="t")
    problems = [Problem("400", "lat: a number, please"), Problem("400", "email")]
    assert parse.problems(write(render.problems(problems))) == problems


def test_times_are_written_with_their_zone_and_never_without():
    pacific = timezone(timedelta(hours=-8))
    assert render.moment(datetime(2010, 4, 14, 6, 37, 38, 999, pacific)) == "2010-04-14T06:37:38-08:00"
    assert render.moment(datetime(2010, 4, 14, 6, 37, 38, tzinfo=UTC)) == "2010-04-14T06:37:38Z"
    with pytest.raises(ValueError, match="zone"):
        render.moment(datetime(2010, 4, 14))


def test_json_lists_are_bare_arrays_with_typed_values():
    request = Request("48-220", "open", "pothole", lat=32.7, long=-117.1)
    [written] = json.loads(render.as_json(render.requests([request])))
    assert written["service_request_id"] == "48-220"
    assert (written["lat"], written["long"]) == (32.7, -117.1)
    assert written["address_id"] is None
    [service] = json.loads(render.as_json(render.services([Service("001", "Cans", metadata=True)])))
    assert service["service_code"] == "001"
    assert service["metadata"] is True


def test_xml_says_its_encoding_and_survives_hostile_text():
    body = render.as_xml(render.requests([Request("1", "open", "x", description="a\x0b<b>&\ud800 \r\nñ")]))
    assert body.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    root = ElementTree.fromstring(body)
    assert root.findtext("request/description") == "a\ufffd<b>&\ufffd \r\nñ"


@unhurried
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_rubbish_is_refused_and_nothing_worse(body):
    for read in (parse.services, parse.requests, parse.updates, parse.definition, parse.discovery, parse.receipt):
        try:
            read(body)
        except parse.Unreadable:
            continue
    assert parse.problems(body)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(
            st.sampled_from(["attributes", "lat", "long", "service_code", "keywords", "values", "notes", "requests"])
            | st.text(max_size=5),
            below,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@unhurried
@given(json_values)
def test_json_of_any_shape_is_refused_and_nothing_worse(value):
    test_rubbish_is_refused_and_nothing_worse.hypothesis.inner_test(json.dumps(value).encode())


def test_entities_are_refused():
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><services><service>&c;</service></services>'
    with pytest.raises(parse.Unreadable):
        parse.services(bomb)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2012-05-23T15:55:28-04:00", datetime(2012, 5, 23, 19, 55, 28, tzinfo=UTC)),
        ("2012-05-23T15:55:28Z", datetime(2012, 5, 23, 15, 55, 28, tzinfo=UTC)),
        ("2012-05-23 15:55:28 -0400", datetime(2012, 5, 23, 19, 55, 28, tzinfo=UTC)),
        ("2012-05-23T15:55:28", datetime(2012, 5, 23, 15, 55, 28, tzinfo=UTC)),
        ("2012-05-23", datetime(2012, 5, 23, tzinfo=UTC)),
        ("", None),
        ("yesterday", None),
        ("0001-01-01T00:00:00", None),
        ("9999-12-31 23:59:59 -0800", None),
        (None, None),
    ],
)
def test_times_are_read_in_the_forms_servers_write(text, expected):
    assert parse.moment(text) == expected


@pytest.fixture
def folder(real_data: Path) -> Path:
    return real_data / "open311"


class TestRecordedAnswers:
    """The recorded answers of real servers."""

    def test_bloomington(self, folder):
        services = parse.services((folder / "bloomington_services.json").read_bytes())
        assert len(services) == 46
        assert services[1] == Service(
            "4e090d24992b941e78000027",
            "Graffiti",
            "Report graffiti on public or private structures",
            metadata=True,
            group="Most Popular",
        )
        found = parse.requests((folder / "bloomington_requests.json").read_bytes())
        assert len(found) == 21
        assert (found[0].lat, found[0].long, found[0].media_url) == (None, None, "")
        assert found[1].lat == 39.146551871103
        assert all(request.requested and request.requested.tzinfo for request in found)

    def test_giessen(self, folder):
        services = parse.services((folder / "services_giessen.xml").read_bytes())
        assert services[0].code == "015"
        assert services[3].keywords == ("graffiti", "paintings")
        assert not any(service.metadata for service in services)

    def test_chicago(self, folder):
        services = parse.services((folder / "open311status_service_list.json").read_bytes())
        assert [service.code for service in services] == ["001", "002", "003"]
        first, second = parse.requests((folder / "open311status_service_requests.json").read_bytes())
        assert (first.status_notes, second.status_notes) == ("", "Locked")

    def test_helsinki_answers_with_one_object_and_numbers_as_text(self, folder):
        [request] = parse.requests((folder / "taskful_request.json").read_bytes())
        assert request.service_request_id == "3qp16kaphhsc78uc422l"
        assert (request.lat, request.long) == (22.266944, 60.451667)
        assert request.extensions and request.extensions.more["detailed_status"] == "PROCESSED"

    def test_san_francisco(self, folder):
        folder = folder / "cfa_ruby_fixtures"
        assert parse.services((folder / "services.xml").read_bytes())[0].name == "Cans_Left_Out_24x7"
        definition = parse.definition((folder / "service_definition.xml").read_bytes())
        assert definition.service_code == "DMV66"
        assert definition.attributes[0].values == (Choice("123", "Ford"), Choice("124", "Chrysler"))
        assert [r.service_request_id for r in parse.requests((folder / "service_requests.xml").read_bytes())] == [
            "638344",
            "638349",
        ]
        [one] = parse.requests((folder / "get_service_request.xml").read_bytes())
        assert one.media_url == "http://open311.city.gov.s3.amazonaws.com/requests/media/638344.rss"
        assert parse.requests((folder / "service_requests_empty.xml").read_bytes()) == []
        receipt = parse.receipt((folder / "post_service_request.xml").read_bytes())
        assert receipt.service_request_id == "293944"
        assert receipt.service_notice.startswith("The City will inspect")
        assert parse.receipt((folder / "request_id_from_token.xml").read_bytes()) == Receipt("638344", "12345")

    def test_errors(self, folder):
        folder = folder / "cfa_ruby_fixtures"
        [refused] = parse.problems((folder / "403.xml").read_bytes())
        assert refused.description.startswith("Invalid api_key received")
        assert parse.problems((folder / "get_service_request_not_found.xml").read_bytes()) == [
            Problem("404", "Service request not found with id or token not-an-id")
        ]
