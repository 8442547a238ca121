"""Every address of the URL map takes what nobody should send, as every kind of person, and never breaks.

New addresses are found in the URL map. `CITYHALL_FUZZ=20` tries twenty times as much.
"""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support import hostile
from tests.support.people import sign_in

from cityhall.apps.identity.web.access_table import ANONYMOUS, Endpoint, endpoints

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
ROLES = (ANONYMOUS, "resident", "dispatcher", "administrator")
# A page of the content editor whose only purpose is to fail, for whoever set it up to see what that looks like.
MEANT_TO = {"cms/failwhale/"}
ALL = [endpoint for endpoint in endpoints() if endpoint.route not in MEANT_TO]
OURS = [endpoint for endpoint in ALL if not endpoint.module.startswith("wagtail.")]
THEIRS = [endpoint for endpoint in ALL if endpoint.module.startswith("wagtail.")]
KNOWN = hostile.names()
DETAIL = (b"Traceback (most recent", b"psycopg", b"django.db", b"site-packages", b"DoesNotExist")


def client_of(role: str) -> Client:
    client = Client(raise_request_exception=False)
    if role != ANONYMOUS:
        sign_in(client, role)
    return client


def call(client: Client, method: str, address: str, body: bytes = b"", kind: str = "", **headers: Any) -> str:
    """Send a request, take back what it changed, and return what is wrong with the answer, "" when nothing is."""
    cookies = client.cookies.output()
    with transaction.atomic():
        answer: HttpResponse = client.generic(method, address, body, kind, **headers)
        content = b"".join(answer) if answer.streaming else answer.content
        transaction.set_rollback(True)
    if client.cookies.output() != cookies:  # signed out, or another language: neither should last
        client.cookies.load(cookies.replace("Set-Cookie: ", "")) if cookies else client.cookies.clear()
    if answer.status_code >= 500 and answer.status_code != 503:
        why = getattr(answer, "exc_info", None)
        return f"{method} {address[:150]} ({kind[:60]}): {answer.status_code} {why[1]!r:.300}" if why else f"{answer}"
    if told := [word for word in DETAIL if word in content]:
        return f"{method} {address[:150]}: the answer tells {told}"
    if "X-Injected" in answer:
        return f"{method} {address[:150]}: a header was smuggled in"
    return ""


def attack(client: Client, endpoint: Endpoint, number: str, chance: random.Random) -> list[str]:
    """Try one address with a hostile query, a hostile address and a hostile body."""
    address = hostile.addresses(endpoint.route, endpoint.path, chance)
    real = endpoint.path.replace("/x/", f"/{number}/") if "<str:number>" in endpoint.route else endpoint.path
    query = hostile.encoded(hostile.fields(KNOWN, chance))
    found = [
        call(client, "GET", f"{real}?{query}", **hostile.headers(chance)),
        call(client, "GET", address),
        call(client, "POST", address, query.encode(), "application/x-www-form-urlencoded"),
    ]
    for method in ("POST", chance.choice(["POST", "POST", "PUT", "PATCH"])):
        kind, body = hostile.body(KNOWN, chance)
        found.append(call(client, method, real, body, kind))
    return [problem for problem in found if problem]


@pytest.mark.parametrize("role", ROLES)
def test_no_address_breaks(role: str, number: str) -> None:
    client, chance = client_of(role), random.Random(f"{role} {hostile.TIMES}")
    problems = []
    for _ in range(hostile.TIMES):
        # Of the content editor's many pages, only an editor sees more than a refusal.
        theirs = chance.sample(THEIRS, k=30) if role == "administrator" else ()
        # Strangers and residents get no further than the door at most of them: half of the addresses at a time.
        ours = OURS if role in {"administrator", "dispatcher"} else chance.sample(OURS, k=len(OURS) // 2)
        for endpoint in (*ours, *theirs):
            problems += attack(client, endpoint, number, chance)
    assert not problems, "\n".join(problems)


@settings(
    max_examples=60 * hostile.TIMES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_random_bytes_break_nothing(data: st.DataObject, number: str) -> None:
    client = Client(raise_request_exception=False)
    endpoint = data.draw(st.sampled_from(OURS))
    body = data.draw(st.binary(max_size=2000))
    kind = data.draw(
        st.sampled_from(["application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "application/json"])
        | st.text(st.characters(max_codepoint=255), max_size=60)
    )
    query = data.draw(st.binary(max_size=300)).decode("latin-1")
    method = data.draw(st.sampled_from(["GET", "POST", "HEAD", "DELETE", "TRACE", "OPTIONS", "BREW"]))
    assert call(client, method, endpoint.path, body, kind, QUERY_STRING=query) == ""
