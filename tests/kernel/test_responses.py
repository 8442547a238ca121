"""Responses that are made without Django looking through them."""

from __future__ import annotations

import pytest
from django.http import HttpResponse

from cityhall.kernel.django.responses import written


@pytest.mark.parametrize("status", [200, 404])
def test_what_is_written_is_what_django_makes(status: int) -> None:
    ours = written(b'{"a": 1}', "application/json; charset=utf-8", status=status)
    theirs = HttpResponse(b'{"a": 1}', content_type="application/json; charset=utf-8", status=status)
    assert dict(ours.headers) == dict(theirs.headers)
    assert {**vars(ours), "headers": None} == {**vars(theirs), "headers": None}
    assert (ours.content, ours.serialize(), ours.charset) == (theirs.content, theirs.serialize(), theirs.charset)


def test_no_response_shares_what_another_is_given() -> None:
    one, other = (written(b"", "text/plain; charset=utf-8") for _ in range(2))
    one.set_cookie("mine", "1")
    one["X-Mine"] = "1"
    one.write(b"mine")
    assert not other.cookies
    assert "X-Mine" not in other
    assert other.content == b""
