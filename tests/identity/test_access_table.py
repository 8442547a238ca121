"""Every role at every address. New addresses are found in the URL map, so nobody has to add them here."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve, reverse
from tests.support.people import sign_in

from cityhall.apps.identity import rules
from cityhall.apps.identity.web.access_table import (
    ANONYMOUS,
    HALF,
    OTHERS,
    ROLES,
    Endpoint,
    document,
    endpoints,
    lets_in,
)
from cityhall.apps.offices.models import Member, Office
from cityhall.kernel import clock, offers

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "access.md"


def client_of(role: str) -> Client:
    client = Client(raise_request_exception=False)
    if role == HALF:
        sign_in(client, "administrator", second_factor=False)
    elif role != ANONYMOUS:
        person = sign_in(client, role)
        if role == "council-office":  # somebody in no office yet files for nobody
            now = clock.now()
            office = Office.objects.create(name={"en": "Office of Ana Diaz"}, created_at=now, told_until=now)
            Member.objects.create(office=office, user_id=person.id)
    return client


def call(client: Client, method: str, path: str) -> HttpResponse:
    """Send a request and take back whatever it changed."""
    with transaction.atomic():
        answer = client.generic(method, path)
        if hasattr(answer, "streaming_content"):
            list(answer.streaming_content)
        transaction.set_rollback(True)
    return answer


def to_sign_in(answer: HttpResponse) -> bool:
    entrances = tuple(reverse(name) for name in ("account_login", "staff-sign-in"))
    return answer.status_code == 302 and answer["Location"].startswith(entrances)


def test_every_view_of_ours_declares_what_it_asks_for() -> None:
    silent = [f"{e.route} ({e.module})" for e in endpoints() if e.is_ours and e.access is None]
    assert silent == [], "use @public, @resident or @staff(permission) of kernel.django.access"


def test_every_permission_asked_for_exists() -> None:
    known = {*rules.PERMISSIONS, *(permission.code for permission in offers.permissions)}
    asked = {e.access.permission for e in endpoints() if e.access and e.access.kind == "staff"}
    assert asked <= known


def test_every_example_reaches_its_view() -> None:
    wrong = [(e.route, e.path) for e in endpoints() if e.is_ours and resolve(e.path).func is not e.view]
    assert wrong == []


def test_no_exception_outlives_its_reason() -> None:
    modules = {e.module for e in endpoints()}
    assert [prefix for prefix in OTHERS if not any(module.startswith(prefix) for module in modules)] == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_every_role_at_every_address(role: str) -> None:
    client = client_of(role)
    wrong = []
    for endpoint in endpoints():
        if endpoint.is_ours and endpoint.access is not None:
            wrong += [
                f"{method} {endpoint.path}: {problem}"
                for method in ("GET", "POST")
                if (problem := judge(endpoint, role, method, call(client, method, endpoint.path)))
            ]
    assert wrong == []


def judge(endpoint: Endpoint, role: str, method: str, answer: HttpResponse) -> str:
    """Return what is wrong with an answer, "" when it is as declared."""
    access = endpoint.access
    assert access is not None
    got = f"{answer.status_code} {answer.get('Location', '')}"
    if answer.status_code >= 500 and answer.status_code != 503:
        return f"failed with {got}"
    if lets_in(access, role):
        # Guards say where to come back to; the pages of the entrance itself send people around without.
        if to_sign_in(answer) and "next=" in answer["Location"] and not endpoint.path.startswith("/account/"):
            return f"may come in, was sent to sign in ({got})"
        return f"may come in, was refused ({got})" if answer.status_code in {401, 403} else ""
    if method == "GET" and answer.status_code == 405:
        return ""  # The method is looked at first; the POST is judged as well.
    if role in {ANONYMOUS, HALF}:
        return "" if to_sign_in(answer) else f"was not sent to sign in ({got})"
    return "" if answer.status_code == 403 else f"was not refused ({got})"


#: Doors for programs, which read the status and follow no redirect.
FOR_PROGRAMS = ("sms/inbound/", "hooks/", "api/", "open311/", "odata/", "mcp/", "cms/")


@pytest.mark.django_db
def test_whoever_opens_the_address_of_an_act_is_led_to_the_page_with_its_form() -> None:
    """People come there by "reload", by "back" and after signing in again in the middle of an act."""
    clients: dict[str, Client] = {}
    stuck, led = [], 0
    for endpoint in endpoints():
        role = next((one for one in reversed(ROLES) if endpoint.access is None or lets_in(endpoint.access, one)), None)
        if role is None or endpoint.route.startswith(FOR_PROGRAMS):
            continue
        client = clients[role] = clients.get(role) or client_of(role)
        answer = call(client, "GET", endpoint.path)
        if answer.status_code == 405:
            stuck.append(f"{endpoint.route}: answers 405")
        elif endpoint.view is not None and getattr(endpoint.view, "cityhall_form", ""):
            led += 1
            there = call(client, "GET", answer["Location"])
            if (
                answer.status_code != 302
                or resolve(answer["Location"]).func is endpoint.view
                or there.status_code == 405
            ):
                stuck.append(f"{endpoint.route}: {answer.status_code} {answer['Location']}, {there.status_code}")
    assert stuck == [], "use sent_from(page) of kernel.django.acts"
    assert led > 50


@pytest.mark.django_db
def test_who_signs_in_again_in_the_middle_of_an_invitation_comes_to_the_people_page(client: Client) -> None:
    sent = client.post("/es/desk/people/invite/", {"email": "lena@example.org"})
    assert to_sign_in(sent)
    assert sent["Location"].endswith("?next=/es/desk/people/invite/")
    sign_in(client, "administrator")
    assert client.get("/es/desk/people/invite/")["Location"] == "/es/desk/people/"


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_the_content_editor_is_for_editors(role: str) -> None:
    answer = call(client_of(role), "GET", "/cms/")
    if "website.edit" in ROLES[role]:
        assert answer.status_code == 200
    elif role in {ANONYMOUS, HALF}:
        assert to_sign_in(answer)
    else:
        assert answer.status_code == 403


@pytest.mark.django_db
def test_the_content_editors_own_sign_in_is_closed() -> None:
    assert to_sign_in(call(client_of(ANONYMOUS), "POST", "/_util/login/"))
    assert to_sign_in(call(client_of(ANONYMOUS), "POST", "/cms/login/"))


@pytest.mark.django_db
def test_staff_without_the_second_factor_reach_nothing_of_the_desk() -> None:
    client = client_of(HALF)
    desk = [e for e in endpoints() if e.route.startswith("desk/")]
    assert desk
    for endpoint in desk:
        assert to_sign_in(call(client, "POST", endpoint.path)), endpoint.route


def test_the_page_in_the_docs_is_this_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(), "run .venv/bin/python docs/access.py and look at the change"
