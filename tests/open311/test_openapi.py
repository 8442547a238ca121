"""The OpenAPI document says what the server takes and answers, no more, no less; schemathesis tries to prove it wrong.

`CITYHALL_FUZZ=20` tries twenty times as much.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode, checks
from tests.support.hostile import TIMES

from cityhall.apps.service_requests.open311 import openapi, parameters, posted, routes
from cityhall.kernel.errors import Invalid

BASE = "/open311/v2"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
DOCUMENT = openapi.document("https://city.example/open311/v2", "https://city.example/open311/test/v2")
FIRST_WORD = re.compile(r"(attribute\[[^\]]*\](?:\[\])?|attribute\S*|[a-z_]+(?:\[\])?): ")
UNREADABLE = "The form that was sent cannot be read."
# What the views read beside the modules of parameters.
EVERYWHERE, FORMS, CHANGES = {"jurisdiction_id"}, {"api_key"}, {"duplicate_of"}


class Asked(dict[str, Any]):
    """The parameters of nobody, which remember what was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def get(self, name: str, *default: Any) -> Any:
        self.names.add(name)
        return super().get(name, *default)


def read_by(reader: Callable[..., Any], **more: Any) -> set[str]:
    asked = Asked()
    with suppress(Invalid):
        reader(asked, **more)
    return asked.names


def queries(path: str) -> set[str]:
    return {p["name"] for p in DOCUMENT["paths"][path]["get"]["parameters"] if p["in"] == "query"}


def fields(path: str, kind: str = "application/x-www-form-urlencoded") -> set[str]:
    return set(DOCUMENT["paths"][path]["post"]["requestBody"]["content"][kind]["schema"]["properties"])


def test_it_names_every_address_and_no_other() -> None:
    known = {
        "/"
        + re.sub(r"<\w+:fmt>", "{format}", re.sub(r"<str:(\w+)>", r"{\1}", str(route.pattern))).removeprefix(
            "open311/v2/"
        )
        for route in routes.plain
        if str(route.pattern).startswith("open311/v2/") and "<anything:" not in str(route.pattern)
    } - {"/"}
    assert set(DOCUMENT["paths"]) == known


def test_it_names_every_parameter_that_is_read_and_no_other() -> None:
    span = {"zone": UTC, "now": NOW}
    assert queries("/requests.{format}") == read_by(parameters.list_query, **span) | EVERYWHERE
    assert queries("/requests/{number}.{format}") == read_by(parameters.extensions_wanted, zone=UTC) | EVERYWHERE
    assert queries("/services.{format}") == read_by(parameters.position) | EVERYWHERE
    assert queries("/servicerequestupdates.{format}") == read_by(parameters.updates_query, **span) | EVERYWHERE
    assert fields("/requests.{format}") == read_by(posted.posted_request, zone=UTC) | EVERYWHERE | FORMS
    assert fields("/requests.{format}", "multipart/form-data") == fields("/requests.{format}") | {"media"}
    changes = read_by(posted.posted_update, zone=UTC) | EVERYWHERE | FORMS | CHANGES
    assert fields("/servicerequestupdates.{format}") == changes


@pytest.mark.django_db
def test_it_is_served_for_pages_of_any_site(client: Client) -> None:
    answer = client.get("/open311/v2/openapi.json")
    assert answer["Content-Type"] == "application/json"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert [server["url"] for server in answer.json()["servers"]] == [
        "http://testserver/open311/v2",
        "http://testserver/open311/test/v2",
    ]
    for schema in answer.json()["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def names_what_is_wrong(ctx: Any, response: Any, case: Any) -> None:
    """Every entry of a refusal says which parameter it is about."""
    if response.status_code != 400:
        return
    if response.headers["content-type"][0].startswith("application/json"):
        told = [entry["description"] for entry in json.loads(response.content)]
    else:
        told = [str(entry.findtext("description")) for entry in ElementTree.fromstring(response.content)]
    unnamed = [text for text in told if not FIRST_WORD.match(text) and text != UNREADABLE]
    assert not unnamed, unnamed
    assert not re.search(r"Traceback|psycopg|django", str(told))


CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    names_what_is_wrong,
]


OPERATIONS = {
    result.ok().label: result.ok() for result in schemathesis.openapi.from_dict(DOCUMENT).get_all_operations()
}


@pytest.fixture
def api(
    city: None, asking: Any, make_category: Callable[..., Any], file_one: Callable[..., Any]
) -> Iterator[WSGIHandler]:
    """The real application, before a city with services and requests, and next to no limit per minute."""
    asking.open311_per_minute = 30_000
    asking.save()
    make_category("pothole", open311_per_minute=30_000)
    for _ in range(3):
        file_one("pothole")
    # As Django's own test client does: the connection with the test's transaction stays open.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("label", [label for label, one in OPERATIONS.items() if one.path_parameters or one.body])
def test_whatever_is_sent_is_answered_as_declared(label: str, mode: GenerationMode, api: Any) -> None:
    operation = OPERATIONS[label]

    # What is found is shown as it was found: making it smaller takes longer than finding it.
    @settings(
        max_examples=20 * TIMES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def try_it(case: Any) -> None:
        case.call_and_validate(base_url=f"http://testserver{BASE}", app=api, checks=CHECKS)

    try_it()
