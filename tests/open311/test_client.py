"""Our client against our server, over real HTTP, in both formats."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from cityhall.adapters.open311.client import GeoReportClient, Refused, Unreachable
from cityhall.kernel.georeport.contracts import Choice, Problem, Report, Update

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["xml", "json"])
def speak(request, live_server, city):
    made = []

    def open_client(**settings):
        made.append(GeoReportClient(f"{live_server.url}/open311/v2", fmt=request.param, **settings))
        return made[-1]

    yield open_client
    for client in made:
        client.close()


def test_from_discovery_to_a_tracked_request(speak, asking, photo):
    client = speak()
    [endpoint, _trial] = client.discovery().endpoints
    client = GeoReportClient(endpoint.url)
    [service] = client.services()
    assert (service.code, service.metadata) == ("streetlight", True)
    definition = client.definition(service.code)
    assert [attribute.code for attribute in definition.attributes if attribute.required] == ["pole", "problem"]
    assert definition.attributes[5].values == (Choice("out", "Out"), Choice("flicker", "Flicker"))
    receipt = client.file(
        Report(
            "streetlight",
            description="Dark corner & ñ",
            lat=32.7157,
            long=-117.1611,
            attributes={"pole": "A-7", "problem": "out", "when": ("dusk", "night")},
            email="rosa@example.org",
        ),
        files=[("lamp.jpg", photo, "image/jpeg")],
    )
    assert client.token(receipt.service_request_id).service_request_id == receipt.service_request_id
    found = client.request(receipt.service_request_id)
    assert found is not None
    assert (found.status, found.description, found.lat, found.long) == ("open", "Dark corner & ñ", 32.7157, -117.1611)
    assert httpx.get(found.media_url).headers["Content-Type"].startswith("image/")
    [listed] = client.requests(service_code=["streetlight"], status="open", extensions="true")
    assert listed.extensions is not None
    assert [(a.code, a.value) for a in listed.extensions.answers if a.code == "when"] == [
        ("when", "dusk"),
        ("when", "night"),
    ]
    client.close()


def test_changes_travel_both_ways(speak, pothole, key):
    client = speak(api_key=key("open311.write", "requests.write"))
    number = client.file(Report("pothole", lat=32.7, long=-117.1)).service_request_id
    ours = client.post_update(Update("u1", number, "fixed", datetime(2026, 6, 1, tzinfo=UTC), "Filled."))
    [change] = client.updates()
    assert (change.update_id, change.service_request_id, change.status) == (ours, number, "fixed")
    assert change.description == "Filled."


def test_refusals_are_read(speak, pothole):
    client = speak()
    with pytest.raises(Refused) as refused:
        client.request("9-999")
    assert (refused.value.status, refused.value.problems[0].code) == (404, "404")
    with pytest.raises(Refused) as refused:
        client.file(Report("pothole"))
    assert refused.value.problems[0].description.startswith("lat")
    with pytest.raises(Refused) as refused:
        speak(api_key="wrong").file(Report("pothole", lat=32.7, long=-117.1))
    assert refused.value.status == 403


def test_being_asked_to_wait_is_read(speak, make_category):
    make_category("pothole", open311_per_minute=1)
    client = speak()
    report = Report("pothole", lat=32.7, long=-117.1)
    client.file(report)
    with pytest.raises(Refused) as refused:
        client.file(report)
    assert refused.value.status == 429
    assert refused.value.retry_after


def test_other_servers_errors_and_silence():
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("services.xml"):
            return httpx.Response(500, text="<h1>Oops</h1>")
        raise httpx.ConnectError("nobody there")

    with GeoReportClient("https://city.example/v2", transport=httpx.MockTransport(answer)) as client:
        with pytest.raises(Refused) as refused:
            client.services()
        assert refused.value.problems == [Problem("", "<h1>Oops</h1>")] or refused.value.problems
        with pytest.raises(Unreachable):
            client.requests()


def test_parameters_are_sent_as_the_standard_writes_them():
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, text="<service_requests/>")

    transport = httpx.MockTransport(answer)
    with GeoReportClient("https://city.example/v2/", jurisdiction_id="city.example", transport=transport) as client:
        assert client.requests(start_date=datetime(2026, 1, 2, tzinfo=UTC), status=["open", "closed"], page=None) == []
        assert client.request("a/b") is None
    assert asked == [
        "https://city.example/v2/requests.xml?jurisdiction_id=city.example&start_date=2026-01-02T00%3A00%3A00Z"
        "&status=open%2Cclosed",
        "https://city.example/v2/requests/a%2Fb.xml?jurisdiction_id=city.example",
    ]
