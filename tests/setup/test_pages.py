"""The set-up pages: who gets in, what each step takes, and that they are gone afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from tests.support.people import sign_in

from cityhall.apps.identity import public as identity
from cityhall.apps.identity.models import User
from cityhall.apps.places import public as places
from cityhall.apps.setup import queries
from cityhall.apps.setup.models import Upload
from cityhall.apps.setup.services import bringing, entrance
from cityhall.apps.setup.web import pages
from cityhall.config.settings_file import SettingsFile
from cityhall.kernel import clock, ports
from cityhall.kernel.django.models import AuditEntry
from cityhall.kernel.ports import Mail, MailCapabilities, MailUnavailable

pytestmark = pytest.mark.django_db
PASSWORD = "harbor lantern 57 quiet"
ADDRESSES = [reverse(f"setup-{step}") for step in pages.STEPS]
BASICS = {"name": "Norfolk", "time_zone": "America/New_York", "languages": ["en", "es"], "holidays": "US-VA",
          "public_url": "https://311.norfolk.example"}  # fmt: skip
Enter = Callable[..., Client]


def edge(name: str = "edge.geojson", geometry: str = "Polygon") -> SimpleUploadedFile:
    ring = [[-76.3, 36.8], [-76.2, 36.8], [-76.2, 36.9], [-76.3, 36.9], [-76.3, 36.8]]
    shape = {"type": geometry, "coordinates": [ring] if geometry == "Polygon" else ring[:2]}
    features = [{"type": "Feature", "properties": {"name": "Grand Ave"}, "geometry": shape}]
    return SimpleUploadedFile(name, json.dumps({"type": "FeatureCollection", "features": features}).encode())


def test_nothing_is_there_until_the_command_line_opens_it(client: Client) -> None:
    for address in ("/setup/", *ADDRESSES):
        assert client.get(address).status_code == 404
        assert client.post(address, BASICS).status_code == 404
    assert places.city().name == ""


def test_without_the_code_nobody_gets_further_than_the_door(client: Client) -> None:
    entrance.make_code()
    assert client.get("/setup/").status_code == 200
    for address in ADDRESSES:
        assert client.get(address)["Location"] == "/setup/"
        assert client.post(address, BASICS)["Location"] == "/setup/"
    sign_in(client, "administrator")  # no role opens it either
    assert client.post("/setup/city/", BASICS)["Location"] == "/setup/"
    refused = client.post("/setup/", {"code": "guess"})
    assert refused.status_code == 422
    assert "cityhall init --web" in refused.content.decode()
    assert places.city().name == ""


def test_a_code_works_once_for_a_day_and_a_new_one_ends_what_an_old_one_opened(client: Client, enter: Enter) -> None:
    code = entrance.make_code()
    with clock.held_at(clock.now() + timedelta(hours=25)):
        assert "too old" in client.post("/setup/", {"code": code}).content.decode()
    assert client.post("/setup/", {"code": code}).status_code == 302
    stranger = Client()
    assert stranger.post("/setup/", {"code": code}).status_code == 422
    assert client.get("/setup/city/").status_code == 200
    entrance.make_code()
    assert client.get("/setup/city/")["Location"] == "/setup/"


def test_guessing_is_counted(client: Client) -> None:
    entrance.make_code()
    answers = [client.post("/setup/", {"code": f"guess {n}"}).status_code for n in range(22)]
    assert answers[:20] == [422] * 20
    assert answers[20:] == [429] * 2


def test_a_form_from_elsewhere_is_refused_at_every_step(enter: Enter) -> None:
    client = enter(enforce_csrf_checks=True)
    for address in ADDRESSES:
        assert client.post(address, BASICS).status_code == 403, address
    assert client.post("/setup/map/", {"kind": "boundary", "file": edge()}).status_code == 403
    token = client.cookies["csrftoken"].value
    sent = {"csrfmiddlewaretoken": token, "kind": "boundary", "file": edge()}
    assert client.post("/setup/map/", sent).status_code == 302


def test_from_the_name_to_the_last_page_and_then_they_are_gone_for_ever(enter: Enter, installed: SettingsFile) -> None:
    client = enter()
    assert client.post("/setup/city/", BASICS)["Location"] == "/setup/map/"
    assert installed.value("CITYHALL_PUBLIC_URL") == "https://311.norfolk.example"
    assert client.post("/setup/categories/", {"pack": "shipped"})["Location"] == "/setup/departments/"
    codes = [one.code for one in identity.departments()]
    sent = {"code": [*codes, ""], "name_en": [*["Public Works"] * len(codes), "Port Authority"],
            "name_es": [*["Obras Públicas"] * len(codes), ""]}  # fmt: skip
    assert client.post("/setup/departments/", sent)["Location"] == "/setup/mail/"
    assert {one.code: one.name["en"] for one in identity.departments()}["port-authority"] == "Port Authority"
    early = client.post("/setup/check/")
    assert early.status_code == 422
    assert "administrator" in early.content.decode()
    person = {"name": "Ana Ruiz", "email": "ana@norfolk.example", "password": PASSWORD, "again": PASSWORD}
    assert client.post("/setup/administrator/", person)["Location"] == "/setup/check/"
    shown = client.get("/setup/check/").content.decode()
    for fact in ("Norfolk", "40 categories", "https://311.norfolk.example", "started again"):
        assert fact in shown
    assert client.post("/setup/check/")["Location"] == "/account/staff/"
    for address in ("/setup/", *ADDRESSES):
        assert client.get(address).status_code == 404
        assert client.post(address, BASICS).status_code == 404
    with pytest.raises(Exception, match="closed for ever"):
        entrance.make_code()
    assert AuditEntry.objects.filter(action="setup.finished").count() == 1
    user = User.objects.get(email="ana@norfolk.example")
    assert user.is_staff
    answer = client.post("/account/staff/", {"login": user.email, "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/account/second-factor/")


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("name", "  ", "Give the city"),
        ("time_zone", "Norfolk time", "There is no time zone"),
        ("time_zone", "", "Choose the city"),
        ("languages", [], "at least one language"),
        ("holidays", "US-XX", "US-VA"),
        ("public_url", "311.norfolk.example/x", "https://311.example.gov"),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field_and_the_answers_stay(
    enter: Enter, field: str, value: Any, told: str
) -> None:
    refused = enter().post("/setup/city/", {**BASICS, field: value})
    assert refused.status_code == 422
    shown = refused.content.decode()
    assert told in shown
    assert f'href="#f-{field.replace("_", "-")}"' in shown
    if field != "name":
        assert 'value="Norfolk"' in shown


def test_a_map_file_is_loaded_in_the_background_and_the_page_tells(enter: Enter) -> None:
    client = enter()
    client.post("/setup/map/", {"kind": "boundary", "file": edge()})
    waiting = client.get("/setup/map/").content.decode()
    assert "Waiting for its turn" in waiting
    assert "The file is here. It is being loaded; you can go on meanwhile." in waiting
    assert "Look again how far it is" in waiting
    [row] = Upload.objects.all()
    Upload.objects.update(state="running")  # a worker began it and died
    bringing.load(row.id)
    bringing.load(row.id)  # delivered twice
    assert places.city().has_boundary
    part = client.get("/setup/map/files/?seen=other").content.decode()
    assert "Loaded: 1 of 1 rows." in part
    assert 'role="status"' in part
    seen = queries.uploads()[0]
    assert (seen.state, seen.counts) == ("done", {"rows": 1, "imported": 1, "aside": 0})
    assert list(queries.folder().iterdir()) == []
    client.post(f"/setup/map/{row.id}/remove/")
    assert queries.uploads() == []
    assert places.city().has_boundary


def test_a_file_the_importer_refuses_says_why_and_leaves_nothing(enter: Enter) -> None:
    client = enter()
    client.post("/setup/map/", {"kind": "streets", "file": SimpleUploadedFile("../../evil name.csv", b"a,b\n1,2\n")})
    [row] = Upload.objects.all()
    bringing.load(row.id)
    assert queries.uploads()[0].state == "failed"
    shown = client.get("/setup/map/").content.decode()
    assert "evil name.csv" in shown
    assert "Not loaded." in shown
    assert "It is being loaded" not in shown
    assert list(queries.folder().iterdir()) == []


def test_a_refusal_is_told_in_the_language_the_file_was_brought_in(enter: Enter) -> None:
    client = enter()
    places_file = SimpleUploadedFile("puntos.csv", b"a,lat,lon\n1,36.9,-76.3\n")
    client.post("/es/setup/map/", {"kind": "addresses", "file": places_file})
    [row] = Upload.objects.all()
    with translation.override("en"):  # as the worker, which has no reader
        bringing.load(row.id)
    page = client.get("/es/setup/map/").content.decode()
    assert "Ninguna columna contiene el número y la calle, ni la dirección completa" in page


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"kind": "boundary"}, "Choose a file"),
        ({"kind": "moon", "file": edge}, "Choose what the file holds"),
        ({"kind": "boundary", "file": edge, "column": "geoid"}, "both the column and the value"),
        ({"kind": "assets", "file": edge}, "streetlights"),
        ({"kind": "boundary", "file": lambda: SimpleUploadedFile("e.csv", b"")}, "empty"),
    ],
)
def test_a_map_file_without_what_it_needs_is_refused_and_not_kept(
    enter: Enter, sent: dict[str, Any], told: str
) -> None:
    made = {key: value() if callable(value) else value for key, value in sent.items()}
    refused = enter().post("/setup/map/", made)
    assert refused.status_code == 422
    assert told in refused.content.decode()
    assert Upload.objects.count() == 0
    assert not queries.folder().exists() or list(queries.folder().iterdir()) == []


@pytest.mark.parametrize("pack", ["shipped", "keep", "own"])
def test_a_form_without_its_token_loads_no_categories_however_large_it_is(enter: Enter, pack: str) -> None:
    client = enter(enforce_csrf_checks=True)
    for size, status in ((10, 403), (1_200_000, 422)):
        sent = {"pack": pack, "file": SimpleUploadedFile("pack.toml", b"#" * size)}
        assert client.post("/setup/categories/", sent).status_code == status
    assert queries.standing().counts["categories"] == 0


def test_a_file_that_is_too_large_is_not_kept_whether_it_says_so_or_not(enter: Enter) -> None:
    client = enter()
    big = SimpleUploadedFile("pack.toml", b"#" * 1_030_000)
    told = client.post("/setup/categories/", {"pack": "own", "file": big})
    assert told.status_code == 422
    assert "less than 1 MB" in told.content.decode()
    announced = client.post("/setup/map/", {"kind": "boundary", "file": edge()}, CONTENT_LENGTH="9000000000")
    assert announced.status_code == 422
    assert "500 MB" in announced.content.decode()
    assert list(queries.folder().iterdir()) == []


def test_a_pack_of_the_citys_own_is_loaded_or_told_what_is_wrong_in_it(enter: Enter, tmp_path: Path) -> None:
    from cityhall.apps.service_requests import public as requests

    client = enter()
    good = (
        '[[groups]]\ncode = "g"\nname = { en = "G" }\n'
        '[[categories]]\ncode = "kelp"\ngroup = "g"\nname = { en = "Kelp" }\n'
    )
    bad = good.replace('group = "g"', 'group = "h"')
    refused = client.post("/setup/categories/", {"pack": "own", "file": SimpleUploadedFile("p.toml", bad.encode())})
    assert "categories[1] kelp: group" in refused.content.decode()
    assert requests.categories("en") == ()
    taken = client.post("/setup/categories/", {"pack": "own", "file": SimpleUploadedFile("p.toml", good.encode())})
    assert taken.status_code == 302
    assert [one.code for one in requests.categories("en")] == ["kelp"]
    assert client.post("/setup/categories/", {"pack": "keep"}).status_code == 302


class Server:
    """A mail server that takes everything, or nothing."""

    capabilities = MailCapabilities(delivers=True, keeps=False)

    def __init__(self) -> None:
        self.sent: list[Mail] = []
        self.trouble = ""

    def send(self, mail: Mail) -> None:
        if self.trouble:
            raise MailUnavailable(self.trouble)
        self.sent.append(mail)


def test_mail_is_set_tried_and_its_password_never_comes_back(
    enter: Enter, installed: SettingsFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server()
    monkeypatch.setattr(ports.mail_engine, "_make", lambda: server)
    client = enter()
    given = {"mail_host": "mail.norfolk.example", "mail_port": "587", "mail_user": "311", "mail_password": "s3cret:/@ñ",
             "mail_from": "311@norfolk.example", "starttls": "1"}  # fmt: skip
    assert client.post("/setup/mail/", given).status_code == 302
    kept = queries.mail_server()
    assert kept is not None
    assert (kept.host, kept.password, kept.starttls) == ("mail.norfolk.example", "s3cret:/@ñ", True)
    assert client.post("/setup/mail/", {**given, "mail_password": "", "mail_port": "2525"}).status_code == 302
    kept = queries.mail_server()
    assert kept is not None
    assert (kept.port, kept.password) == (2525, "s3cret:/@ñ")
    assert "s3cret" not in client.get("/setup/mail/").content.decode()
    assert "s3cret" not in str(list(AuditEntry.objects.values()))
    server.trouble = "ConnectionRefusedError"
    refused = client.post("/setup/mail/", {"test": "1", "test_to": "ana@norfolk.example"})
    assert "ConnectionRefusedError" in refused.content.decode()
    assert queries.standing().mail_tested_at is None
    server.trouble = ""
    installed.change({"CITYHALL_PUBLIC_URL": "https://311.norfolk.example"})
    assert client.post("/es/setup/mail/", {"test": "1", "test_to": "ana@norfolk.example"}).status_code == 302
    assert "llegó" in server.sent[0].subject
    assert "https://311.norfolk.example" in server.sent[0].text, "the address set just now"
    assert queries.standing().mail_tested_at is not None


def test_what_the_environment_decides_is_said_and_cannot_be_changed(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CITYHALL_SMTP_URL", "smtp://mail.other.example:25")
    client = enter()
    assert "CITYHALL_SMTP_URL" in client.get("/setup/mail/").content.decode()
    given = {"mail_host": "mail.norfolk.example", "mail_port": "587", "mail_from": "a@b.example"}
    assert "CITYHALL_SMTP_URL" in client.post("/setup/mail/", given).content.decode()


@pytest.mark.parametrize(
    ("change", "told"),
    [({"again": "other"}, "differ"), ({"password": "password", "again": "password"}, "password"),
     ({"email": "ana"}, "e-mail address"), ({"name": ""}, "Give a name")],
)  # fmt: skip
def test_an_administrator_needs_a_name_an_address_and_a_strong_password(
    enter: Enter, change: dict[str, str], told: str
) -> None:
    person = {"name": "Ana Ruiz", "email": "ana@norfolk.example", "password": PASSWORD, "again": PASSWORD, **change}
    refused = enter().post("/setup/administrator/", person)
    assert refused.status_code == 422
    assert told in refused.content.decode()
    assert PASSWORD not in refused.content.decode()
    assert identity.administrators() == {}
