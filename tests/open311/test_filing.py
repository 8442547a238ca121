"""POST requests: what is filed, what is refused, and with which words."""

from __future__ import annotations

import base64
import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cityhall.apps.documents import public as documents
from cityhall.apps.documents.models import Document
from cityhall.apps.places import public as places
from cityhall.apps.service_requests.jobs import media
from cityhall.apps.service_requests.models import HistoryEvent, Reporter, RequestPhoto, ServiceRequest
from cityhall.kernel import clock, ports
from cityhall.kernel.ports import FetchCapabilities, Fetched, FetchRefused, FetchUnavailable

POST = "/open311/v2/requests.json"
HERE = {"service_code": "pothole", "lat": "32.7157", "long": "-117.1611"}

pytestmark = pytest.mark.django_db


def filed(client, **form: Any) -> ServiceRequest:
    headers = form.pop("headers", {})
    answer = client.post(POST, {**HERE, **form}, headers=headers)
    assert answer.status_code == 200, answer.content
    [receipt] = json.loads(answer.content)
    return ServiceRequest.objects.get(number=int(receipt["service_request_id"].replace("-", "")))


def refused(client, status: int, **form: Any) -> list[str]:
    headers = form.pop("headers", {})
    answer = client.post(POST, {**HERE, **form}, headers=headers)
    assert answer.status_code == status, answer.content
    problems = json.loads(answer.content)
    assert {problem["code"] for problem in problems} == {status}
    assert not ServiceRequest.objects.exists()
    return [problem["description"] for problem in problems]


def test_a_form_becomes_a_request(client, pothole):
    request = filed(
        client,
        description="Deep",
        first_name="Rosa",
        last_name="Lee",
        email="rosa@example.org",
        phone="555 0100",
        device_id="abc",
        account_id="7",
    )
    assert (request.description, request.source, request.lat, request.lon) == ("Deep", "open311", 32.7157, -117.1611)
    assert request.reporter.email == "rosa@example.org"


def test_what_looks_private_is_left_out_where_all_can_read_it_and_staff_read_the_whole(client, make_category):
    make_category("pothole")
    whole = "Deep. Rosa Lee, 619 555 0199."
    request = filed(client, description=whole, first_name="Rosa", last_name="Lee")
    assert request.description == "Deep. [name left out], [telephone number left out]."
    assert HistoryEvent.objects.filter(request=request, text=whole, visibility="internal").count() == 1
    make_category("encampment", text_policy="withheld")
    assert filed(client, service_code="encampment", description=whole).description == whole


def test_urlencoded_and_multipart_file_the_same(client, pothole):
    body = "service_code=pothole&lat=32.7157&long=-117.1611&description=Deep+%C3%B1"
    answer = client.post(POST, body, content_type="application/x-www-form-urlencoded; charset=utf-8")
    assert answer.status_code == 200
    assert filed(client, description="Deep ñ").description == ServiceRequest.objects.earliest("number").description


def test_the_receipt_has_the_number_and_the_notice(client, pothole):
    [receipt] = json.loads(client.post(POST, HERE).content)
    assert receipt["service_notice"] == "A crew comes within five days."
    assert set(receipt) == {"service_request_id", "service_notice", "account_id"}
    xml = client.post("/open311/v2/requests.xml", HERE).content.decode()
    assert "<service_requests><request><service_request_id>" in xml
    assert "<service_notice>A crew comes within five days.</service_notice><account_id/></request>" in xml


def test_every_kind_of_attribute(client, asking):
    form = {
        "service_code": "streetlight",
        "attribute[pole]": "A-7",
        "attribute[count]": "3",
        "attribute[since]": "2026-01-02T03:04:05Z",
        "attribute[more]": "It\nhums",
        "attribute[problem]": "out",
        "attribute[when][]": ["dusk", "dawn"],
        "attribute[notice]": "seen",
    }
    assert filed(client, **form).answers == {
        "pole": "A-7",
        "count": "3",
        "since": "2026-01-02T03:04:05Z",
        "more": "It\nhums",
        "problem": "out",
        "when": ["dusk", "dawn"],
    }
    assert filed(client, **{**form, "attribute[when]": "night", "attribute[when][]": []}).answers["when"] == ["night"]


@pytest.mark.parametrize(
    ("form", "names"),
    [
        ({}, {"attribute[pole]", "attribute[problem]"}),
        ({"attribute[pole]": "1", "attribute[problem]": "flicker"}, {"attribute[rhythm]"}),
        ({"attribute[pole]": "1", "attribute[problem]": "none"}, {"attribute[problem]"}),
        ({"attribute[pole]": "1", "attribute[problem]": "out", "attribute[count]": "few"}, {"attribute[count]"}),
        ({"attribute[pole]": "1", "attribute[problem]": "out", "attribute[since]": "once"}, {"attribute[since]"}),
        ({"attribute[pole]": "1", "attribute[problem]": ["out", "flicker"]}, {"attribute[problem]"}),
        ({"attribute[pole]": "1", "attribute[problem]": "out", "attribute[colour]": "red"}, {"attribute[colour]"}),
    ],
)
def test_a_wrong_attribute_is_named(client, asking, form, names):
    problems = refused(client, 400, service_code="streetlight", **form)
    assert {problem.split(":")[0] for problem in problems} == names


@pytest.mark.parametrize(
    ("form", "status", "names"),
    [
        ({"service_code": ""}, 400, {"service_code"}),
        ({"service_code": "none"}, 404, {"service_code"}),
        ({"lat": "", "long": ""}, 400, {"lat"}),
        ({"lat": "95"}, 400, {"lat"}),
        ({"email": "rosa"}, 400, {"email"}),
        ({"phone": "call me"}, 400, {"phone"}),
        ({"description": "x" * 4001}, 400, {"description"}),
        ({"address_id": "none", "lat": "", "long": ""}, 400, {"address_id"}),
        ({"media_url": "file:///etc/passwd"}, 400, {"media_url"}),
    ],
)
def test_what_is_wrong_is_named(client, pothole, form, status, names):
    assert {problem.split(":")[0] for problem in refused(client, status, **form)} == names


def test_a_place_outside_the_city(client, pothole):
    from cityhall.apps.places import public

    square = [[[-117.2, 32.6], [-117.0, 32.6], [-117.0, 32.8], [-117.2, 32.8], [-117.2, 32.6]]]
    public.set_city(boundary={"type": "Polygon", "coordinates": square})
    assert filed(client).lat == 32.7157
    answer = client.post(POST, {**HERE, "lat": "40"})
    assert answer.status_code == 400
    assert "outside the city" in json.loads(answer.content)[0]["description"]


def test_an_emergency_is_sent_to_911(client, make_category):
    make_category("gas-leak", is_emergency=True)
    [problem] = refused(client, 400, service_code="gas-leak")
    assert "911" in problem
    assert client.get("/open311/v2/services.json").json() == []
    answer = client.get("/open311/v2/services/gas-leak.json")
    assert answer.status_code == 404
    assert "911" in answer.json()[0]["description"]


class TestKeys:
    def test_a_category_may_need_one(self, client, make_category, key):
        make_category("permits", open311_without_key=False)
        [problem] = refused(client, 403, service_code="permits")
        assert problem.startswith("api_key")
        mine = key("open311.write")
        request = filed(client, service_code="permits", api_key=mine)
        assert Reporter.objects.get(request=request).api_key_id is not None
        assert filed(client, service_code="permits", headers={"Authorization": f"Bearer {mine}"})
        assert client.post(f"{POST}?api_key={mine}", {**HERE, "service_code": "permits"}).status_code == 200

    def test_a_wrong_one_is_refused_even_where_none_is_needed(self, client, pothole, key):
        for wrong in ("nonsense", "ch_abc_def", key("requests.write")):
            [problem] = refused(client, 403, api_key=wrong)
            assert problem.startswith("api_key")

    def test_an_empty_one_is_none(self, client, pothole):
        assert filed(client, api_key="")

    def test_a_session_does_not_count(self, client, pothole, django_user_model):
        from cityhall.apps.identity import public

        client.force_login(django_user_model.objects.get(id=public.resident_account("rosa@example.org")))
        assert filed(client).reporter.user_id is None

    def test_without_one_a_sender_is_slowed_down(self, client, make_category):
        make_category("pothole", open311_per_minute=2)
        for _ in range(2):
            assert client.post(POST, HERE).status_code == 200
        answer = client.post(POST, HERE)
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["Retry-After"]) <= 61
        assert answer.json()[0]["code"] == 429
        assert client.post(POST, HERE, REMOTE_ADDR="192.0.2.7").status_code == 200
        with clock.held_at(clock.now() + timedelta(minutes=1)):
            assert client.post(POST, HERE).status_code == 200
        assert ServiceRequest.objects.count() == 4

    def test_a_key_has_its_own_limit(self, client, make_category, key):
        make_category("pothole", open311_per_minute=1)
        mine = key("open311.write", per_minute=3)
        with clock.held_at(clock.now()):
            statuses = [client.post(POST, {**HERE, "api_key": mine}).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]


class TestPictures:
    def test_files(self, client, pothole, photo):
        request = filed(
            client, media=[SimpleUploadedFile("a.jpg", photo, "image/jpeg"), SimpleUploadedFile("b.jpg", photo)]
        )
        assert request.photos.count() == 2
        [row] = client.get("/open311/v2/requests.json").json()
        assert row["media_url"].startswith("http://testserver/documents/")

    def test_data_addresses(self, client, pothole, photo):
        address = f"data:image/jpeg;base64,{base64.b64encode(photo).decode()}"
        assert filed(client, media_url=address).photos.count() == 1

    def test_what_is_no_picture_is_refused_and_nothing_is_filed(self, client, pothole):
        [problem] = refused(client, 400, media=SimpleUploadedFile("a.jpg", b"<html>"))
        assert problem.startswith("media")

    def test_pictures_of_a_refused_request_are_not_kept(self, client, asking, photo):
        from cityhall.apps.documents.models import Document

        files = [SimpleUploadedFile("a.jpg", photo), SimpleUploadedFile("b.jpg", b"<html>")]
        refused(client, 400, service_code="streetlight", media=files[:1])
        refused(client, 400, media=files, service_code="streetlight")
        assert not Document.objects.exists()

    def test_too_many(self, client, pothole, photo):
        files = [SimpleUploadedFile(f"{n}.jpg", photo) for n in range(6)]
        assert refused(client, 400, media=files)[0].startswith("media")

    def test_links_are_fetched_later(self, client, pothole):
        from procrastinate.contrib.django import app
        from procrastinate.contrib.django.models import ProcrastinateJob

        request = filed(client, media_url=["https://example.org/a.jpg", "http://example.org/b"])
        jobs = ProcrastinateJob.objects.filter(task_name="service_requests.fetch_media").order_by("id")
        assert [job.args for job in jobs] == [
            {"request_id": str(request.id), "link": "https://example.org/a.jpg"},
            {"request_id": str(request.id), "link": "http://example.org/b"},
        ]
        assert app.tasks["service_requests.fetch_media"].queue == "media"


class FakeWeb:
    """Answers every address alike."""

    capabilities = FetchCapabilities(guards_private_networks=True)

    def __init__(self, answer: bytes | Exception) -> None:
        self.answer = answer

    def fetch(self, url: str) -> Fetched:
        if isinstance(self.answer, Exception):
            raise self.answer
        return Fetched(url, self.answer, "image/jpeg")


@pytest.fixture
def web():
    kept = ports.web_fetcher.get()
    yield lambda answer: ports.web_fetcher.fill(lambda: FakeWeb(answer))
    ports.web_fetcher.fill(lambda: kept)


class TestFetchingLinks:
    LINK = "https://example.org/a.jpg"

    def fetch(self, request_id: uuid.UUID, *, last: bool = False) -> None:
        media.fetch_one(request_id, self.LINK, last=last)

    def test_a_picture_becomes_the_requests(self, pothole, file_one, photo, web):
        web(photo)
        request = file_one()
        self.fetch(request.id)
        self.fetch(request.id)
        [row] = RequestPhoto.objects.filter(request_id=request.id)
        assert (row.is_evidence, row.showing) == (False, "shown")
        assert len(documents.info([row.document_id])) == 1

    def test_it_waits_where_reporters_pictures_wait(self, make_category, file_one, photo, web):
        make_category("pothole", moderation="waits")
        web(photo)
        request = file_one()
        self.fetch(request.id)
        assert RequestPhoto.objects.get(request_id=request.id).showing == "waiting"

    @pytest.mark.parametrize("answer", [FetchRefused("not public"), b"<html>"])
    def test_a_link_to_something_else_is_told_to_staff_only(self, pothole, file_one, web, answer, client):
        web(answer)
        request = file_one()
        self.fetch(request.id)
        note = HistoryEvent.objects.get(request_id=request.id, fact="note")
        assert (note.visibility, self.LINK in note.text) == ("internal", True)
        assert self.LINK not in client.get(f"/open311/v2/requests/{request.number}.json?extensions=1").content.decode()

    def test_a_server_that_is_down_is_tried_again_but_not_for_ever(self, pothole, file_one, web):
        web(FetchUnavailable("503"))
        request = file_one()
        with pytest.raises(FetchUnavailable):
            self.fetch(request.id)
        self.fetch(request.id, last=True)
        assert HistoryEvent.objects.filter(request_id=request.id, fact="note").count() == 1

    def test_a_request_that_is_gone(self, db, photo, web):
        web(photo)
        self.fetch(uuid.uuid4())
        web(FetchRefused("x"))
        self.fetch(uuid.uuid4())


class TestTrying:
    """The test endpoint checks and answers, and keeps nothing."""

    TRY = "/open311/test/v2/requests.json"

    def test_it_answers_as_if(self, client, pothole, photo):
        answer = client.post(self.TRY, {**HERE, "media": SimpleUploadedFile("a.jpg", photo)})
        assert answer.status_code == 200
        assert answer.json()[0]["service_request_id"]
        assert answer.json()[0]["service_notice"].startswith("This is a trial. Nothing was kept")
        assert not ServiceRequest.objects.exists()
        assert client.get("/open311/test/v2/services.json").json() == client.get("/open311/v2/services.json").json()

    def test_it_looks_at_pictures_and_keeps_none(self, client, pothole, photo):
        for form in ({"media": SimpleUploadedFile("a.jpg", b"nonsense")}, {"media_url": "data:image/png;base64,AAAA"}):
            live = client.post(POST, dict(HERE, **form))
            form = {"media": SimpleUploadedFile("a.jpg", b"nonsense")} if "media" in form else form
            tried = client.post(self.TRY, dict(HERE, **form))
            assert (tried.status_code, tried.content) == (live.status_code, live.content)
            assert tried.status_code == 400
        assert client.post(self.TRY, {**HERE, "media": SimpleUploadedFile("a.jpg", photo)}).status_code == 200
        assert not Document.objects.exists()

    def test_it_refuses_as_if(self, client, pothole):
        assert client.post(self.TRY, {**HERE, "service_code": "none"}).status_code == 404


def test_a_broken_form_is_an_error_array(client, pothole):
    answer = client.post(POST, b"--x\r\nnonsense", content_type="multipart/form-data; boundary=")
    assert (answer.status_code, answer.json()[0]["code"]) == (400, 400)
    answer = client.post(POST, b"{}", content_type="application/json")
    assert answer.status_code == 400
    answer = client.post(POST, "x=" + "y" * 3_000_000, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400


class TestPublication:
    """Nothing a filter or an answer says is more than the page says."""

    def test_a_generalised_place_cannot_be_found_out(self, client, make_category, file_one):
        make_category("housing", place_policy="generalised", text_policy="withheld", photo_policy="withheld")
        number = file_one("housing", description="My neighbour's name is Ann").number
        [row] = client.get(f"/open311/v2/requests/{number}.json?extensions=true").json()
        assert (row["lat"], row["long"]) != (32.7157, -117.1611)
        assert row["description"] is None
        assert "1202" not in json.dumps(row)
        assert row["address_id"] is None

        def found(**query: Any) -> bool:
            return bool(client.get("/open311/v2/requests.json", query).json())

        # Around the true point, closer than the public one is to it: nothing. Around the public one: found.
        assert not found(lat="32.7157", long="-117.1611", radius="1")
        assert found(lat=row["lat"], long=row["long"], radius="1")
        assert not found(bbox="-117.16111,32.71569,-117.16109,32.71571")
        edge = 1e-6
        box = f"{row['long'] - edge},{row['lat'] - edge},{row['long'] + edge},{row['lat'] + edge}"
        assert found(bbox=box)

    def test_a_withheld_place_is_in_no_box(self, client, make_category, file_one):
        make_category("welfare", place_policy="withheld", text_policy="withheld", photo_policy="withheld")
        number = file_one("welfare").number
        [row] = client.get(f"/open311/v2/requests/{number}.json").json()
        assert (row["lat"], row["long"], row["address"]) == (None, None, None)
        assert client.get("/open311/v2/requests.json?bbox=-180,-90,180,90").json() == []
        assert len(client.get("/open311/v2/requests.json").json()) == 1

    def test_reporters_are_never_named(self, client, pothole):
        filed(client, first_name="Rosa", email="rosa@example.org", phone="555 0100")
        for path in ("requests.json?extensions=true", "requests.xml?extensions=1", "servicerequestupdates.json"):
            text = client.get(f"/open311/v2/{path}").content.decode()
            assert "Rosa" not in text
            assert "rosa@" not in text
            assert "555 0100" not in text

    def test_what_was_taken_down_is_not_there(self, client, pothole, file_one, worker):
        request = file_one()
        ServiceRequest.objects.filter(id=request.id).update(hidden=True)
        assert client.get(f"/open311/v2/requests/{request.number}.json").status_code == 404
        assert client.get(f"/open311/v2/tokens/{request.number}.json").status_code == 404
        assert client.get("/open311/v2/requests.json").json() == []
        assert client.get(f"/open311/v2/requests.json?service_request_id={request.number}").json() == []


def square(*, west: float = -117.2) -> None:
    ring = [[west, 32.6], [-117.0, 32.6], [-117.0, 32.8], [west, 32.8], [west, 32.6]]
    places.set_city(boundary={"type": "Polygon", "coordinates": [ring]})


def test_everything_that_is_wrong_is_said_at_once(client, asking):
    square()
    picture = SimpleUploadedFile("a.jpg", b"no picture")
    wrong = {"service_code": "streetlight", "lat": "40", "email": "rosa", "description": "x" * 4001, "media": picture}
    names = [told.split(":")[0] for told in refused(client, 400, **wrong)]
    assert sorted(names) == ["attribute[pole]", "attribute[problem]", "description", "email", "lat", "media"]
    # A parameter that is wrong by itself is named once, not again for the place it makes.
    assert [told.split(":")[0] for told in refused(client, 400, service_code="streetlight", lat="95")] == [
        "attribute[pole]",
        "attribute[problem]",
        "lat",
    ]


def test_an_unknown_address_is_blamed_on_the_address(client, pothole):
    square()
    [problem] = refused(client, 400, lat="", long="", address_string="1 Nowhere At All")
    assert problem.startswith("address_string: We could not find")
    [problem] = refused(client, 400, lat="", long="", address_id=str(uuid.uuid4()))
    assert problem.startswith("address_id:")


FORM = "application/x-www-form-urlencoded"


def test_bytes_that_are_no_text_are_refused_and_a_stated_character_set_is_read(client, pothole):
    body = b"service_code=pothole&lat=32.7157&long=-117.1611&description=caf%E9"
    for kind, sent in ((FORM, body), (FORM, body.replace(b"%E9", b"\xe9"))):
        answer = client.post(POST, sent, content_type=kind)
        assert answer.status_code == 400
        assert answer.json()[0]["description"].startswith("description: holds bytes that are not UTF-8")
    boundary = "multipart/form-data; boundary=xx"
    parts = [
        f'--xx\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in HERE.items()
    ]
    parts.append('--xx\r\nContent-Disposition: form-data; name="description"\r\n\r\ncafé\r\n--xx--\r\n')
    assert client.post(POST, "".join(parts).encode("latin-1"), content_type=boundary).status_code == 400
    assert not ServiceRequest.objects.exists()

    for charset in ("iso-8859-1", "Windows-1252", "latin1"):
        answer = client.post(POST, body, content_type=f"{FORM}; charset={charset}")
        assert answer.status_code == 200, answer.content
    assert set(ServiceRequest.objects.values_list("description", flat=True)) == {"café"}
    answer = client.post(POST, body, content_type=f"{FORM}; charset=utf-16")
    assert answer.status_code == 400
    assert answer.json()[0]["description"].startswith("charset:")


def test_one_sender_has_a_total_over_all_services(client, make_category, key):
    codes = [make_category(f"kind-{index}", open311_per_minute=30).code for index in range(7)]
    mine = key("open311.write")
    with clock.held_at(clock.now().replace(second=10)):
        answers = [client.post(POST, {**HERE, "service_code": code}).status_code for code in codes for _ in range(10)]
        assert answers == [200] * 60 + [429] * 10
        assert client.post(POST, {**HERE, "service_code": codes[0], "api_key": mine}).status_code == 200
        generous = make_category("generous", open311_per_minute=200).code
        assert client.post(POST, {**HERE, "service_code": generous}).status_code == 200


@pytest.mark.parametrize("fmt", ["json", "xml"])
def test_what_nobody_expected_is_an_error_array_too(client, pothole, monkeypatch, fmt, caplog):
    def broken(*_given: Any, **_more: Any) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("cityhall.apps.service_requests.open311.views.queries.categories", broken)
    answer = client.get(f"/open311/v2/services.{fmt}")
    assert answer.status_code == 500
    assert answer["Content-Type"].startswith("application/json" if fmt == "json" else "text/xml")
    assert b"Try again later" in answer.content
    assert b"secret" not in answer.content
    assert "a secret of the inside" in caplog.text
