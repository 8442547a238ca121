"""What holds at every address: forged forms, framing, caches, redirects, reading contact details. From the URL map."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from tests.support.people import sign_in

from cityhall.apps.identity.web.access_table import Endpoint, endpoints
from cityhall.kernel.actors import ANONYMOUS
from cityhall.kernel.django.models import AuditEntry

pytestmark = pytest.mark.django_db

#: Addresses that take writes without a form's token, and what stands in for it.
NO_TOKEN = {
    "unsubscribe": "the private token in the address; mail programs post here by themselves (RFC 8058)",
    "sms-inbound": "the SMS engine's signature",
    **dict.fromkeys(
        [
            "opendata-short",
            *(f"ckan-{name}" for name in ("action", "action-short", "dump", "version")),
            *(
                f"soda-{name}"
                for name in ("catalogue", "row", "rows", "rows-as-accepted", "unknown", "view", "view-json", "whole")
            ),
            "ogc",
            *(
                f"ogc-{name}"
                for name in ("api", "collection", "collections", "conformance", "item", "items", "queryables", "schema")
            ),
            *(f"ogc-tile{name}" for name in ("", "-scheme", "-schemes", "set", "sets")),
            "dcat-us-1.1",
            "dcat-us-3.0",
            "api-v1",
            *(f"datasets-api{name}" for name in ("", "-one", "-rows", "-versions")),
        ],
        "none: open data is for reading, and whatever is posted is refused in the protocol's words",
    ),
    "mfa_login_webauthn": "the passkey's signed answer to a challenge of this session",
}
OURS = [endpoint for endpoint in endpoints() if not endpoint.module.startswith("wagtail.")]
EVIL = ("https://evil.example/", "//evil.example/", "/\\evil.example", "https:evil.example", "\thttps://evil.example/")
CONTACT = ("Rosamund", "Leewards", "rosamund@example.org", "2025550143")


def call(
    client: Client, method: str, path: str, data: Any = None, counted: list[int] | None = None, **headers: Any
) -> HttpResponse:
    """Send a request and take back what it changed; `counted` gets the log's number of readings before and after."""
    cookies = client.cookies.output()
    readings = AuditEntry.objects.filter(action="service_requests.contact_read")
    with transaction.atomic():
        if counted is not None:
            counted.append(readings.count())
        answer: HttpResponse = (
            client.post(path, data or {}, **headers) if method == "POST" else client.get(path, data or {}, **headers)
        )
        if answer.streaming:
            answer.content_seen = b"".join(answer)  # type: ignore[attr-defined]
        if counted is not None:
            counted.append(readings.count())
        transaction.set_rollback(True)
    if client.cookies.output() != cookies:
        client.cookies.load(cookies.replace("Set-Cookie: ", "")) if cookies else client.cookies.clear()
    return answer


def named(found: list[Endpoint]) -> list[str]:
    return sorted({f"{endpoint.name} {endpoint.path}" for endpoint in found})


def test_no_form_is_taken_without_its_token() -> None:
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    sign_in(strict, "administrator")
    taken = [
        endpoint
        for endpoint in endpoints()
        # Programs are known by a key, not by a cookie that a browser would send along.
        if not endpoint.path.startswith("/open311/")
        and call(strict, "POST", endpoint.path).status_code not in {403, 404}
    ]
    assert named([endpoint for endpoint in taken if endpoint.name not in NO_TOKEN]) == []
    assert {endpoint.name for endpoint in taken} <= set(NO_TOKEN)


def test_every_answer_forbids_framing_sniffing_and_inline_script() -> None:
    client = Client(raise_request_exception=False)
    sign_in(client, "administrator")
    wrong = []
    for endpoint in endpoints():
        if endpoint.name == "near-widget":
            continue  # made for the frames of other sites; tests/subscriptions looks at it
        answer = call(client, "GET", endpoint.path)
        policy = answer.get("Content-Security-Policy", "")
        in_editor = endpoint.path.startswith("/cms/")
        holds = (
            answer.get("X-Content-Type-Options") == "nosniff"
            and answer.get("Referrer-Policy") == "same-origin"
            and answer.get("X-Frame-Options") in ({"DENY", "SAMEORIGIN"} if in_editor else {"DENY"})
            and ("frame-ancestors 'none'" in policy or in_editor)
            and ("unsafe" not in policy or in_editor)
        )
        if not holds:
            wrong.append(f"{endpoint.path}: {dict(answer.headers)}")
    assert wrong == []


def test_no_cache_keeps_a_page_that_asks_who_you_are() -> None:
    client = Client(raise_request_exception=False)
    sign_in(client, "administrator")
    private = [endpoint for endpoint in OURS if endpoint.access is None or endpoint.access.kind != "public"]
    report = [endpoint for endpoint in OURS if endpoint.route.startswith(("report/", "me/", "requests/private/"))]
    kept = [
        endpoint
        for endpoint in (*private, *report)
        if "no-store" not in call(client, "GET", endpoint.path).get("Cache-Control", "")
        # A redirect, a refusal of the method and a page that is not there hold nothing private.
        and call(client, "GET", endpoint.path).status_code == 200
    ]
    assert not kept, named(kept)


@pytest.mark.parametrize("role", ["", "resident", "administrator"])
def test_no_address_leads_to_another_site(role: str) -> None:
    client = Client(raise_request_exception=False)
    if role:
        sign_in(client, role)
    led = []
    for place, endpoint in enumerate(OURS):
        # Each address gets two of them, and their neighbours others.
        for method, evil in (("GET", EVIL[place % 2]), ("POST", EVIL[place % len(EVIL)]), ("POST", EVIL[0])):
            where = {"next": evil, "back": evil, "email": "a@b.example", "theme": "dark", "language": "es"}
            answer = call(client, method, endpoint.path, where, HTTP_REFERER=evil)
            if "evil" in urlsplit(answer.get("Location", "").replace("\\", "/")).netloc:
                led.append(f"{method} {endpoint.path} with {evil!r}: {answer['Location']}")
    assert led == []


@pytest.fixture
def number(db: None) -> str:
    """A request whose reporter left a name, an address and a telephone number."""
    from tests.support import city

    from cityhall.apps.service_requests import services
    from cityhall.apps.service_requests.contracts import Contact, NewRequest, Place
    from cityhall.apps.service_requests.models import Category, CategoryGroup

    city.build()
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets", "es": "Calles"})
    Category.objects.create(code="pothole", group=group, name={"en": "Pothole", "es": "Bache"})
    new = NewRequest("pothole", Place(*city.CENTER, address="1202 Grand Ave"), contact=Contact(*CONTACT))
    return services.file_request(new, actor=ANONYMOUS, command_id=uuid.uuid4()).number


@pytest.mark.parametrize("role", ["", "resident", "crew", "dispatcher", "supervisor", "administrator"])
def test_nobody_reads_contact_details_without_an_entry_in_the_audit_log(role: str, number: str) -> None:
    client = Client(raise_request_exception=False)
    if role:
        sign_in(client, role)
    shown, unseen = [], []
    for endpoint in OURS:
        path = endpoint.path.replace("/x/", f"/{number}/").replace("/x.", f"/{number}.")
        for method in ("GET", "POST"):
            counted: list[int] = []
            answer = call(client, method, path, {"pick": number}, counted=counted)
            content = getattr(answer, "content_seen", b"") if answer.streaming else answer.content
            read = counted[1] - counted[0]
            if any(part.encode() in content for part in CONTACT):
                (shown if read else unseen).append(f"{method} {endpoint.name}")
    assert unseen == []
    may = role in {"dispatcher", "supervisor", "administrator"}
    assert shown == (["POST desk-contact"] if may else [])
