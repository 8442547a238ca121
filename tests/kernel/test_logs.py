from __future__ import annotations

import io
import logging.config
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.log import log_response
from hypothesis import given
from hypothesis import strategies as st

from cityhall.kernel.django.logs import filter_personal_data, logging_config, without_personal_data


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("mail to ana.lopez@example.org failed", "ana.lopez@example.org"),
        ("called +1 (555) 010-9999 twice", "010-9999"),
        ("GET /r/?token=abc123&x=1", "abc123"),
    ],
)
def test_personal_data_does_not_reach_a_log_line(text: str, gone: str) -> None:
    assert gone in text
    assert gone not in without_personal_data(text)


def test_addresses_of_machines_and_ordinary_numbers_stay() -> None:
    text = "GET http://127.0.0.1:8000/readyz took 1234 ms for 48-220"
    assert without_personal_data(text) == text


@given(st.from_regex(r"[a-z]{1,9}@[a-z]{2,9}\.(org|com)", fullmatch=True), st.text())
def test_no_address_survives_in_any_text(address: str, around: str) -> None:
    assert f" {address} " not in without_personal_data(f"{around} {address} {around}")


def test_fields_that_name_a_secret_are_blanked() -> None:
    line = filter_personal_data(None, "info", {"event": "x", "api_key": "ch_1_2", "password": "p", "count": 3})
    assert line == {"event": "x", "api_key": "[removed]", "password": "[removed]", "count": 3}


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Log as the program does when it runs, to here."""
    written = io.StringIO()
    earnest = logging_config("INFO")
    earnest["handlers"]["stderr"]["stream"] = written
    logging.config.dictConfig(earnest)
    yield written
    logging.config.dictConfig(settings.LOGGING)


def test_a_form_to_put_right_is_no_line_in_the_log_and_a_failure_is_one(lines: io.StringIO, rf: RequestFactory) -> None:
    for status in (400, 404, 409, 422):
        log_response("Refused %s", status, response=HttpResponse(status=status), request=rf.get("/report/"))
    assert lines.getvalue() == ""
    log_response("Failed", response=HttpResponse(status=500), request=rf.get("/report/"))
    assert '"event": "Failed"' in lines.getvalue()
