"""The endpoints that read, in both formats, against the official schemas and a contract written from the standard."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import jsonschema
import pytest
from django.test.utils import CaptureQueriesContext

from cityhall.apps.service_requests import services
from cityhall.apps.service_requests.contracts import Outcome, Place, Visibility
from cityhall.kernel import clock
from cityhall.kernel.georeport import parse

V2 = "/open311/v2"
NOW = datetime(2026, 6, 1, 19, tzinfo=UTC)

# Element names, in order, from the standard's tables and examples.
REQUEST = [
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description",
    "agency_responsible", "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address",
    "address_id", "zipcode", "lat", "long", "media_url",
]  # fmt: skip
SERVICE = ["service_code", "service_name", "description", "metadata", "type", "keywords", "group"]
ATTRIBUTE = ["variable", "code", "datatype", "required", "datatype_description", "order", "description"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _here(city):
    with clock.held_at(NOW):
        yield


def get(client, path: str, **query: Any) -> Any:
    answer = client.get(f"{V2}/{path}", query)
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content) if path.endswith("json") else ElementTree.fromstring(answer.content)


def ids(client, **query: Any) -> list[str]:
    found = [row["service_request_id"] for row in get(client, "requests.json", **query)]
    rows = get(client, "requests.xml", **query)
    assert found == [row.findtext("service_request_id") for row in rows], "both formats hold the same records"
    return found


def tags(element: ElementTree.Element) -> list[str]:
    return [child.tag for child in element]


def check(value: Any, schema: str, folder: Path) -> None:
    """Validate against an official schema. They refer to each other by file name, in the draft-04 way."""
    folder = folder / "open311" / "georeport_v2_schema"
    loaded = json.loads((folder / schema).read_text())
    if "items" in loaded and "$ref" in loaded["items"]:
        assert isinstance(value, list)
        loaded = json.loads((folder / loaded["items"]["$ref"]).read_text())
        for item in value:
            jsonschema.Draft4Validator(loaded, format_checker=jsonschema.FormatChecker()).validate(item)
    else:
        jsonschema.Draft4Validator(loaded, format_checker=jsonschema.FormatChecker()).validate(value)


def test_the_official_schemas_accept_every_answer(client, real_data, pothole, asking, file_one, worker):
    file_one(description="Deep one")
    closed = file_one()
    services.close(closed.id, actor=worker, outcome=Outcome.FIXED, sentence="Filled.")
    check(get(client, "services.json"), "services.json", real_data)
    check(get(client, "services/streetlight.json"), "service-definition.json", real_data)
    check(get(client, "services/pothole.json"), "service-definition.json", real_data)
    check(get(client, "requests.json"), "requests.json", real_data)
    check(get(client, "requests.json", extensions="true"), "requests.json", real_data)
    check(get(client, f"requests/{closed.number}.json"), "requests.json", real_data)


class TestXmlContract:
    def test_content_types_and_declaration(self, client, pothole):
        for path in ("services", "requests", "discovery", "services/pothole", "servicerequestupdates"):
            answer = client.get(f"{V2}/{path}.xml")
            assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
            assert answer.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
            assert client.get(f"{V2}/{path}.json").headers["Content-Type"] == "application/json; charset=utf-8"

    def test_services(self, client, pothole, asking):
        root = get(client, "services.xml")
        assert root.tag == "services"
        assert all(child.tag == "service" and tags(child) == SERVICE for child in root)
        texts = {child.findtext("service_code"): child.findtext("metadata") for child in root}
        assert texts == {"pothole": "false", "streetlight": "true"}
        assert {child.findtext("type") for child in root} == {"realtime"}
        assert root.findtext("service[service_code='pothole']/keywords") == "hole,road"

    def test_definition(self, client, asking):
        root = get(client, "services/streetlight.xml")
        assert root.tag == "service_definition"
        assert tags(root) == ["service_code", "attributes"]
        attributes = root.findall("attributes/attribute")
        for attribute in attributes:
            listed = attribute.findtext("datatype") in {"singlevaluelist", "multivaluelist"}
            assert tags(attribute) == [*ATTRIBUTE, "values"] if listed else ATTRIBUTE
        assert [a.findtext("order") for a in attributes] == [str(n) for n in range(1, 9)]
        assert attributes[0].findtext("variable") == "false"
        assert attributes[1].findtext("required") == "true"
        values = attributes[5].find("values")
        assert values is not None
        assert [(v.tag, tags(v), v.findtext("key"), v.findtext("name")) for v in values] == [
            ("value", ["key", "name"], "out", "Out"),
            ("value", ["key", "name"], "flicker", "Flicker"),
        ]

    def test_a_conditional_question_is_not_required_of_everybody(self, client, asking):
        last = get(client, "services/streetlight.json")["attributes"][-1]
        assert last["required"] is False
        assert "Flicker" in last["description"]

    def test_requests(self, client, pothole, file_one):
        filed = file_one(description="Deep & <wide>")
        root = get(client, "requests.xml")
        assert root.tag == "service_requests"
        [request] = root
        assert request.tag == "request"
        assert tags(request) == REQUEST
        assert request.findtext("service_request_id") == filed.number
        assert request.findtext("description") == "Deep & <wide>"
        assert request.findtext("requested_datetime") == "2026-06-01T12:00:00-07:00"
        assert (request.findtext("lat"), request.findtext("long")) == ("32.7157", "-117.1611")
        assert request.findtext("zipcode") == ""

    def test_the_zip_code_is_told_where_the_whole_address_is(self, client, pothole, make_category, file_one):
        make_category("graffiti", place_policy="generalised")
        place = Place(32.7157, -117.1611, address="1202 Grand Ave, San Diego, CA 92101-4321")
        whole, rough, without = file_one(place=place), file_one("graffiti", place=place), file_one()
        told = {whole.number: "92101-4321", rough.number: None, without.number: None}
        rows = [*get(client, "requests.json"), *get(client, "requests.json", extensions="true")]
        assert {row["service_request_id"]: row["zipcode"] for row in rows} == told
        found = {row.findtext("service_request_id"): row.findtext("zipcode") for row in get(client, "requests.xml")}
        assert found == {number: code or "" for number, code in told.items()}
        [one] = get(client, f"requests/{rough.number}.json", extensions="true")
        assert "92101" not in json.dumps(one)

    def test_discovery(self, client, pothole):
        root = get(client, "discovery.xml")
        assert tags(root) == ["changeset", "contact", "key_service", "endpoints"]
        endpoints = root.findall("endpoints/endpoint")
        assert len(endpoints) == 2
        for endpoint in endpoints:
            assert tags(endpoint) == ["specification", "url", "changeset", "type", "formats"]
            assert [f.text for f in endpoint.findall("formats/format")] == ["text/xml", "application/json"]
        assert [e.findtext("type") for e in endpoints] == ["production", "test"]
        assert parse.moment(root.findtext("changeset"))
        assert "Sample Bay" in (root.findtext("contact") or "")


def test_the_endpoints_of_discovery_answer(client, pothole):
    for endpoint in get(client, "discovery.json")["endpoints"]:
        assert client.get(endpoint["url"].removeprefix("http://testserver") + "/services.json").status_code == 200


def test_the_changeset_grows_when_a_question_changes(client, asking):
    before = get(client, "discovery.json")["changeset"]
    question = asking.questions.first()
    question.text = {"en": "Changed"}
    question.save()
    asking.questions.update(updated_at=datetime(2030, 1, 1, tzinfo=UTC))
    assert get(client, "discovery.json")["changeset"] > before


def test_json_and_xml_hold_the_same(client, pothole, asking, file_one, worker):
    file_one(description="One")
    services.refer(file_one().id, actor=worker, to="The harbour")
    for path in ("requests", "services", "services/streetlight", "discovery"):
        reader = {"requests": parse.requests, "services": parse.services, "discovery": parse.discovery}.get(
            path, parse.definition
        )
        answers = [client.get(f"{V2}/{path}.{fmt}").content for fmt in ("json", "xml")]
        assert reader(answers[0]) == reader(answers[1])


def test_texts_are_in_the_callers_language(client, pothole):
    answer = client.get(f"{V2}/services.json", headers={"Accept-Language": "es"})
    assert json.loads(answer.content)[0]["service_name"] == "pothole en español"
    assert "Accept-Language" in answer.headers["Vary"]


class TestFilters:
    def test_by_ids_which_override_the_rest(self, client, pothole, file_one):
        first, second, _third = (file_one().number for _ in range(3))
        wanted = f"{first},{second},9-999,nonsense"
        assert set(ids(client, service_request_id=wanted, status="closed", start_date="2020-01-01")) == {first, second}
        assert ids(client, service_request_id="nonsense") == []

    def test_by_service(self, client, pothole, make_category, file_one):
        make_category("graffiti")
        hole, paint = file_one().number, file_one("graffiti").number
        assert ids(client, service_code="graffiti") == [paint]
        assert set(ids(client, service_code="graffiti,pothole")) == {hole, paint}
        assert ids(client, service_code="none") == []

    def test_by_status(self, client, pothole, file_one, worker):
        opened, fixed, elsewhere, copy = (file_one() for _ in range(4))
        services.close(fixed.id, actor=worker, outcome=Outcome.FIXED, sentence="Filled.")
        services.refer(elsewhere.id, actor=worker, to="The harbour")
        services.close(
            copy.id, actor=worker, outcome=Outcome.DUPLICATE, sentence="The same hole.", duplicate_of=opened.number
        )
        assert set(ids(client, status="open")) == {opened.number, elsewhere.number}
        assert set(ids(client, status="closed")) == {fixed.number, copy.number}
        assert len(ids(client, status="open,closed")) == 4
        rows = {row["service_request_id"]: row for row in get(client, "requests.json")}
        assert rows[fixed.number]["status_notes"] == "Filled."
        assert opened.number in rows[copy.number]["status_notes"]
        assert "The harbour" in rows[elsewhere.number]["status_notes"]
        assert rows[elsewhere.number]["agency_responsible"] == "The harbour"

    def test_by_time_filed(self, client, pothole, file_one):
        numbers = []
        for days in (200, 100, 50, 0):
            with clock.held_at(NOW - timedelta(days=days)):
                numbers.append(file_one().number)
        oldest, old, recent, new = numbers
        assert ids(client) == [new, recent]
        assert ids(client, start_date=(NOW - timedelta(days=201)).isoformat()) == [oldest]
        assert ids(client, end_date=(NOW - timedelta(days=100)).isoformat()) == [old]
        day = (NOW - timedelta(days=50)).date().isoformat()
        assert ids(client, start_date=day, end_date=day) == [recent]

    def test_by_time_changed(self, client, pothole, file_one, worker):
        with clock.held_at(NOW - timedelta(days=200)):
            old, older = file_one(), file_one()
        services.start(old.id, actor=worker)
        after = (NOW - timedelta(hours=1)).isoformat()
        assert ids(client, updated_after=after) == [old.number]
        assert ids(client, updated_before=after) == [older.number]

    def test_by_box_and_circle(self, client, pothole, file_one):
        here, there = file_one(at=(32.70, -117.10)).number, file_one(at=(32.80, -117.20)).number
        assert ids(client, bbox="-117.15,32.65,-117.05,32.75") == [here]
        assert set(ids(client, bbox="-118,32,-117,33")) == {here, there}
        assert ids(client, lat="32.8", long="-117.2", radius="50") == [there]
        assert ids(client, lat="32.8003", long="-117.2", radius="20") == []

    def test_by_page(self, client, pothole, file_one):
        numbers = []
        for minutes in range(7):
            with clock.held_at(NOW - timedelta(minutes=minutes)):
                numbers.append(file_one().number)
        assert ids(client, page_size=3) == numbers[:3]
        assert ids(client, page=2, per_page=3) == numbers[3:6]
        assert ids(client, page=3, page_size=3) == numbers[6:]
        assert ids(client, page=2, page_size=3, bbox="-118,32,-117,33") == numbers[3:6]
        answer = client.get(f"{V2}/requests.json?page=1&page_size=3&status=open")
        following = answer.headers["Link"].split(">")[0][1:].removeprefix("http://testserver")
        assert [row["service_request_id"] for row in json.loads(client.get(following).content)] == numbers[3:6]
        assert "Link" not in client.get(f"{V2}/requests.json?page=3&page_size=3").headers

    def test_at_most_1000(self, client):
        assert client.get(f"{V2}/requests.json?page_size=1001").status_code == 400


def test_extensions_add_answers_and_public_history_only(client, asking, file_one, worker):
    filed = file_one(
        "streetlight", answers={"pole": "A-7", "problem": "flicker", "rhythm": "fast", "when": ["dusk", "night"]}
    )
    services.add_note(filed.id, actor=worker, text="Ladder ordered.", visibility=Visibility.PUBLIC)
    services.add_note(filed.id, actor=worker, text="He is rude.", visibility=Visibility.INTERNAL)
    services.close(filed.id, actor=worker, outcome=Outcome.FIXED, sentence="New lamp.")
    assert "extended_attributes" not in get(client, f"requests/{filed.number}.json")[0]
    [found] = get(client, f"requests/{filed.number}.json", extensions="true")
    assert found["extended_attributes"]["detailed_status"] == "fixed"
    pairs = [(answer["code"], answer["value"]) for answer in found["attributes"]]
    assert ("problem", "flicker") in pairs
    assert [value for code, value in pairs if code == "when"] == ["dusk", "night"]
    assert [note["type"] for note in found["notes"]] == ["opened", "comment", "closed"]
    assert [note["summary"] for note in found["notes"]][1:] == ["Ladder ordered.", "New lamp."]
    [listed] = get(client, "requests.json", extensions="true")
    assert listed == found
    [written] = get(client, "requests.xml", extensions="true")
    assert written.findtext("notes/note/type") == "opened"
    assert written.findtext("extended_attributes/detailed_status") == "fixed"


def test_the_number_of_queries_does_not_depend_on_the_number_of_requests(client, pothole, file_one):
    from django.db import connection

    def count(**query: Any) -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            get(client, "requests.json", **query)
        return len(caught)

    file_one(answers={})
    few = [count(), count(extensions="true")]
    for _ in range(12):
        file_one()
    assert [count(), count(extensions="true")] == few


def test_the_token_of_a_request_is_its_number(client, pothole, file_one):
    number = file_one().number
    assert get(client, f"tokens/{number}.json") == [{"service_request_id": number, "token": number}]
    root = get(client, f"tokens/{number}.xml")
    assert (root.tag, tags(root[0])) == ("service_requests", ["service_request_id", "token"])


class TestRefusals:
    @pytest.mark.parametrize(
        ("path", "status", "says"),
        [
            ("services/none", 404, "service_code"),
            ("requests/9-999", 404, "service_request_id"),
            ("requests/nonsense", 404, "service_request_id"),
            ("requests/%00", 404, "service_request_id"),
            ("tokens/9-999", 404, "service_request_id"),
            ("nothing", 404, "discovery"),
            ("services/a/b", 404, "discovery"),
            ("requests", 200, ""),
        ],
    )
    def test_what_is_not_there(self, client, pothole, path, status, says):
        answers = {fmt: client.get(f"{V2}/{path}.{fmt}") for fmt in ("json", "xml")}
        assert {answer.status_code for answer in answers.values()} == {status}
        if status != 200:
            [problem] = json.loads(answers["json"].content)
            assert problem["code"] == status
            assert says in problem["description"]
            root = ElementTree.fromstring(answers["xml"].content)
            assert (root.tag, tags(root), tags(root[0])) == ("errors", ["error"], ["code", "description"])
            assert root.findtext("error/code") == str(status)

    @pytest.mark.parametrize(
        "query",
        [
            {"start_date": "yesterday"},
            {"end_date": "2026-02-30"},
            {"start_date": "2026-01-01", "end_date": "2026-05-01"},
            {"status": "pending"},
            {"page": "0"},
            {"page_size": "x"},
            {"bbox": "1"},
            {"lat": "abc", "long": "1", "radius": "1"},
            {"updated_after": "now"},
            {"extensions": "7"},
        ],
    )
    def test_a_wrong_parameter_is_named(self, client, query):
        answer = client.get(f"{V2}/requests.json", query)
        assert answer.status_code == 400
        named = {problem["description"].split(":")[0] for problem in json.loads(answer.content)}
        assert named <= set(query)
        assert named

    def test_an_unknown_format(self, client):
        answer = client.get(f"{V2}/services.csv")
        assert answer.status_code == 404
        assert ElementTree.fromstring(answer.content).tag == "errors"
        assert client.get(f"{V2}/services").status_code == 404

    def test_methods(self, client, pothole):
        answer = client.delete(f"{V2}/requests.json")
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, POST, HEAD, OPTIONS")
        assert json.loads(answer.content)[0]["code"] == 405
        assert client.post(f"{V2}/services.xml").headers["Allow"] == "GET, HEAD, OPTIONS"

    def test_another_jurisdiction(self, client, pothole, settings):
        assert client.get(f"{V2}/services.json?jurisdiction_id=elsewhere.gov").status_code == 200
        settings.OPEN311_JURISDICTION = "sample.gov"
        assert client.get(f"{V2}/services.json?jurisdiction_id=sample.gov").status_code == 200
        assert client.get(f"{V2}/services.json").status_code == 200
        for path in ("services", "requests", "services/pothole", "requests/1", "tokens/1", "servicerequestupdates"):
            answer = client.get(f"{V2}/{path}.json?jurisdiction_id=elsewhere.gov")
            assert answer.status_code == 404
            assert "jurisdiction_id" in json.loads(answer.content)[0]["description"]


def test_head_says_what_get_would(client, pothole):
    got, asked = client.get(f"{V2}/services.xml"), client.head(f"{V2}/services.xml")
    assert (asked.status_code, asked.content) == (200, b"")
    assert asked.headers["ETag"] == got.headers["ETag"]
    assert asked.headers["Content-Type"] == got.headers["Content-Type"]


def test_what_has_not_changed_is_not_sent_again(client, pothole):
    etag = client.get(f"{V2}/services.json").headers["ETag"]
    again = client.get(f"{V2}/services.json", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    pothole.name = {"en": "Hole"}
    pothole.save()
    assert client.get(f"{V2}/services.json", headers={"If-None-Match": etag}).status_code == 200


def test_pages_of_other_sites_may_read(client, pothole):
    for answer in (client.get(f"{V2}/services.json"), client.get(f"{V2}/services/none.json")):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers
    asked = client.options(f"{V2}/requests.json")
    assert (asked.status_code, asked.content) == (204, b"")
    assert "POST" in asked.headers["Access-Control-Allow-Methods"]


NASTY = (
    "9999-12-31",
    "0001-01-15",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "\x00",
    "nan",
    "-inf",
    "1e400",
    "٣",
    "\ud800",
    "x" * 5000,
    "9" * 40,
    "-1",
    "' or 1=1 --",
    "%s%(a)s",
    "[]",
    "1,2,3,4",
    "180,90,-180,-90",
)
ASKED = {
    "/open311/v2/requests.{fmt}": "service_request_id service_code status start_date end_date updated_after "
    "updated_before bbox lat long radius page page_size extensions jurisdiction_id",
    "/open311/v2/servicerequestupdates.{fmt}": "start_date end_date jurisdiction_id",
    "/open311/v2/services.{fmt}": "lat long jurisdiction_id",
    "/requests/": "q category status area period after view",
    "/requests/feed.json": "q category status area period",
    "/requests/feed.rss": "q category status area period",
    "/requests/points.json": "bbox zoom category language",
    "/report/": "q",
    "/places/suggest": "q",
    "/places/reverse": "lat lon",
}
PATHS = (
    "/open311/v2/services/{}.json",
    "/open311/v2/requests/{}.xml",
    "/open311/v2/tokens/{}.json",
    "/requests/{}/",
    "/requests/private/{}/",
    "/documents/{}/web",
)


@pytest.mark.parametrize("door", ASKED)
def test_no_nonsense_in_an_address_breaks_a_door(client, pothole, door):
    client.raise_request_exception = False
    for fmt in ("json", "xml") if "{fmt}" in door else ("",):
        for name in ASKED[door].split():
            for value in NASTY:
                others = {"lat": "32", "long": "-117", "lon": "-117", "radius": "9", "bbox": "-118,32,-117,33"}
                given = {key: text for key, text in others.items() if key in ASKED[door].split()} | {name: value}
                query = urlencode(given, errors="surrogatepass")
                answer = client.get(f"{door.format(fmt=fmt)}?{query}")
                assert answer.status_code < 500, (door, name, value[:40])
                if fmt and answer.status_code >= 400:
                    assert answer["Content-Type"].startswith(("application/json", "text/xml"))


@pytest.mark.parametrize("path", PATHS)
def test_no_nonsense_in_a_path_breaks_a_door(client, pothole, path):
    client.raise_request_exception = False
    for value in NASTY:
        sent = quote(value, safe="", errors="surrogatepass")
        answer = client.get(path.format(sent))
        assert answer.status_code < 500, (path, value[:40])


@pytest.mark.parametrize("name", ["start_date", "end_date"])
@pytest.mark.parametrize("value", ["9999-12-31", "0001-01-15"])
def test_a_day_at_the_end_of_time_is_refused_by_its_name(client, db, name, value):
    for address in ("requests", "servicerequestupdates"):
        answer = client.get(f"/open311/v2/{address}.json?{name}={value}")
        assert answer.status_code == 400
        assert [told["description"].split(":")[0] for told in answer.json()] == [name]
