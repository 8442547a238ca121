"""Responses made without looking again at what is known to be right."""

from __future__ import annotations

from functools import cache
from http.cookies import SimpleCookie
from typing import Any

from django.http import HttpResponse
from django.http.response import ResponseHeaders


def written(content: bytes, kind: str, *, status: int = 200) -> HttpResponse:
    """Return what `HttpResponse(content, content_type=kind, status=status)` is, in a quarter of the steps.

    Args:
        kind: a content type, one of few and with its charset. Django looks through its letters each time.
    """
    response = HttpResponse.__new__(HttpResponse)
    headers = ResponseHeaders({})
    headers._store["content-type"] = "Content-Type", kind
    told = response.__dict__
    told.update(_blank())
    told["headers"], told["cookies"], told["_resource_closers"] = headers, SimpleCookie(), []
    told["status_code"], told["_container"] = status, [content]
    return response


@cache
def _blank() -> dict[str, Any]:
    return vars(HttpResponse())
