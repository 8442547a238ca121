"""The demo's entrance signs in with one press: on this machine, in a demo, as a demo account, and nobody else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.support.people import make_person

from cityhall.cli import demo as demo_command
from cityhall.cli.runtime import console
from cityhall.config import urls as product
from cityhall.demo import web
from cityhall.demo.accounts import ACCOUNTS

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.demo.test_entrance")]

urlpatterns = [*web.urlpatterns, *product.urlpatterns]
handler404, handler403 = product.handler404, product.handler403
DISPATCHER = next(account for account in ACCOUNTS if account.role == "dispatcher")
HERE = {"Host": "127.0.0.1"}
ELSEWHERE: list[dict[str, Any]] = [
    {"REMOTE_ADDR": "192.0.2.7", "headers": HERE},
    {"headers": {"Host": "testserver"}},
    *({"headers": {**HERE, name: "192.0.2.7"}} for name in ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")),
]


@pytest.fixture(autouse=True)
def demo(settings: Any) -> None:
    settings.CITYHALL_DEMO = True
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [Path(web.__file__).with_name("templates")]}]
    make_person("dispatcher", email=DISPATCHER.email, is_demo=True)
    make_person("dispatcher", email="real@example.org")


def test_one_press_opens_the_desk(client: Client) -> None:
    assert DISPATCHER.email in client.get("/demo/", headers=HERE).text
    assert client.post("/demo/enter/", {"email": DISPATCHER.email}, headers=HERE)["Location"] == "/desk/"
    assert client.get("/desk/", headers=HERE).status_code == 200


@pytest.mark.parametrize("request_from", ELSEWHERE, ids=str)
def test_from_elsewhere_it_is_not_there(client: Client, request_from: dict[str, Any]) -> None:
    assert client.get("/demo/", **request_from).status_code == 404
    assert client.post("/demo/enter/", {"email": DISPATCHER.email}, **request_from).status_code == 404
    assert "sessionid" not in client.cookies


@pytest.mark.parametrize("request_from", ELSEWHERE, ids=str)
def test_a_demo_session_ends_when_it_is_used_from_elsewhere(client: Client, request_from: dict[str, Any]) -> None:
    client.post("/demo/enter/", {"email": DISPATCHER.email}, headers=HERE)
    assert client.get("/desk/", **request_from).status_code == 403
    assert client.get("/desk/", headers=HERE).status_code == 302


def test_a_city_of_its_own_has_no_entrance(client: Client, settings: Any) -> None:
    settings.CITYHALL_DEMO = False
    assert client.get("/demo/", headers=HERE).status_code == 404
    assert client.post("/demo/enter/", {"email": DISPATCHER.email}, headers=HERE).status_code == 404


def test_no_other_account_enters_that_way(client: Client) -> None:
    assert client.post("/demo/enter/", {"email": "real@example.org"}, headers=HERE)["Location"] == "/demo/"
    assert client.get("/desk/", headers=HERE).status_code == 302


def test_the_terminal_and_the_page_say_how_to_sign_in_by_hand(client: Client) -> None:
    with console.capture() as printed:
        demo_command._welcome("http://127.0.0.1:8000")
    told = " ".join(printed.get().split())
    assert "One click signs you in: http://127.0.0.1:8000/demo/" in told
    assert "an authenticator app on your phone must show a code: the secret to give it is on the /demo/ page" in told
    page = client.get("/demo/", headers=HERE).text
    assert "Secret for the authenticator app" in page
    assert DISPATCHER.totp_secret in page
