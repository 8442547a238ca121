"""A request's id: taken from X-Request-ID when it is safe to, made here otherwise, in every log line and answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import ContextVar
from random import getrandbits
from typing import Any

from django.core.signals import request_finished
from django.http import HttpRequest, HttpResponse

from cityhall.kernel.django.reading import Remembering

_current: ContextVar[str] = ContextVar("request_id", default="")
_SAFE = re.compile(r"[A-Za-z0-9._-]{8,64}")


def current_request_id() -> str:
    """Return the id of the request being served, "" outside of one."""
    return _current.get()


class RequestIdMiddleware:
    """Gives each request its id, sent back as X-Request-ID, and a memory for what every part of it asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request under its id."""
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if _SAFE.fullmatch(given) else f"{getrandbits(96):024x}"
        _current.set(request_id)
        with Remembering():
            response = self.get_response(request)
        response.headers._store["x-request-id"] = "X-Request-ID", request_id  # its characters were looked at
        return response


def _forget(**_signal: Any) -> None:
    _current.set("")


request_finished.connect(_forget)  # only now: Django logs refusals after the middleware has returned
