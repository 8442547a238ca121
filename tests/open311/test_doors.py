"""The short way through the doors for programs answers what the long one does, and as guarded."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from cityhall.config.wsgi import application
from cityhall.kernel.django import programs

pytestmark = pytest.mark.django_db
_CHANGES = {"X-Request-ID", "Set-Cookie"}


@pytest.fixture(autouse=True)
def _in_the_tests_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Django's test client does: a new connection would see nothing of the test."""
    monkeypatch.setattr(programs, "close_old_connection", lambda: None)


def short(method: str, path: str, query: str = "", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Ask as Granian does."""
    told: list[tuple[str, list[tuple[str, str]]]] = []
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method, "PATH_INFO": path.encode().decode("latin-1"), "QUERY_STRING": query,
        "SERVER_NAME": "testserver", "SERVER_PORT": "80",
        "wsgi.input": BytesIO(), "wsgi.url_scheme": "http", "REMOTE_ADDR": "127.0.0.1", **headers,
    }  # fmt: skip
    body = b"".join(application(environ, lambda status, sent: told.append((status, sent))))
    return int(told[0][0].split()[0]), dict(told[0][1]), body


@pytest.mark.parametrize(
    ("method", "path", "query", "headers"),
    [
        ("GET", "/open311/v2/services.json", "", {}),
        ("GET", "/open311/v2/services.xml", "", {"HTTP_ACCEPT_LANGUAGE": "es"}),
        ("GET", "/open311/v2/requests.json", "status=open&page_size=5", {}),
        ("GET", "/open311/v2/requests.json", "status=never", {}),
        ("GET", "/open311/v2/requests/1.json", "", {}),
        ("GET", "/open311/v2/requests/%FF.json", "", {}),
        ("GET", "/open311/v2/", "", {}),
        ("HEAD", "/open311/v2/services.json", "", {}),
        ("POST", "/open311/v2/requests.json", "", {}),
        ("POST", "/open311/v2/requests.xml", "service_code=none", {"HTTP_ACCEPT_LANGUAGE": "es"}),
        ("DELETE", "/open311/v2/services.json", "", {}),
        ("OPTIONS", "/open311/v2/requests.json", "", {}),
        ("GET", "/open311/v2/services.json", "", {"HTTP_IF_NONE_MATCH": "*"}),
        ("GET", "/open311/v2/discovery.json", "", {"SCRIPT_NAME": "/city"}),
        ("GET", "/open311/v2/services/café.json", "", {}),
        ("GET", "/open311/test/v2/requests.json", "", {}),
        ("GET", "/open311/v2/no/such/place", "", {"HTTP_ACCEPT_LANGUAGE": "es-MX"}),
    ],
)
def test_both_ways_answer_the_same(client: Client, method: str, path: str, query: str, headers: dict[str, str]) -> None:
    client.raise_request_exception = False
    long: HttpResponse = client.generic(method, path, QUERY_STRING=query, **headers)  # type: ignore[arg-type]
    status, sent, body = short(method, path, query, **headers)
    assert (status, body) == (long.status_code, long.content)
    assert {k: v for k, v in sent.items() if k not in _CHANGES} == {k: v for k, v in long.items() if k not in _CHANGES}
    assert len(sent["X-Request-ID"]) == 24 or status == 400


def test_a_door_sends_the_headers_a_page_sends(client: Client) -> None:
    page, door = client.get("/"), client.get("/open311/v2/services.json")
    for name in ("Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy"):
        # The policy's directives have no order.
        assert sorted(door[name].split("; ")) == sorted(page[name].split("; "))


def test_a_host_that_is_not_ours_is_refused(client: Client) -> None:
    long = client.get("/open311/v2/services.json", HTTP_HOST="elsewhere.example")
    for _ in range(2):  # a host that is ours is remembered, one that is not must not be
        status, sent, body = short("GET", "/open311/v2/services.json", HTTP_HOST="elsewhere.example")
    assert status == long.status_code == 400
    assert b"elsewhere.example" not in body
    assert sent["X-Frame-Options"] == long["X-Frame-Options"] == "DENY"


def test_a_city_with_tls_sends_callers_there(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 600
    serve = programs.serving()
    plain = serve(RequestFactory().get("/open311/v2/services.json?page=2"))
    assert (plain.status_code, plain["Location"]) == (301, "https://testserver/open311/v2/services.json?page=2")
    secure = serve(RequestFactory().get("/open311/v2/services.json", secure=True))
    assert secure["Strict-Transport-Security"] == "max-age=600"


def test_while_the_database_is_away_callers_are_told_to_come_back(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_arguments: object, **_more: object) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr("cityhall.apps.service_requests.queries.listed", away)
    answer = client.get("/open311/v2/requests.json")
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert answer.json()[0]["code"] == 503
