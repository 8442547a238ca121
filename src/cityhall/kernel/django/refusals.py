"""Turns a service's refusal that no view handled into an answer: a page for people, JSON for programs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from cityhall.kernel.django import disk
from cityhall.kernel.django.request_ids import current_request_id
from cityhall.kernel.errors import CityhallError, Invalid, TooMany

logger = logging.getLogger(__name__)


class RefusalMiddleware:
    """Answers every CityhallError with its status, its message and the request's id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Answer a refusal, and what no column or no disk has room for; leave every other exception alone."""
        if disk.is_full(problem):
            logger.error("disk_full", exc_info=problem)
            return answer(request, disk.NoRoom())
        if isinstance(problem, DataError):
            logger.exception("something was sent that the database cannot hold")
            said = _(
                "Something you sent is too long, or holds a character that cannot be kept. Mend it, and send again."
            )
            problem = CityhallError(said, code="unkeepable")
        return answer(request, problem) if isinstance(problem, CityhallError) else None


def answer(request: HttpRequest, problem: CityhallError) -> HttpResponse:
    """Return the page or JSON that tells of `problem`. Middleware calls it itself: nothing above would catch it."""
    if request.path.startswith("/api/") or request.headers.get("Accept", "").startswith("application/json"):
        body: dict[str, Any] = {
            "code": problem.code,
            "message": str(problem.message),
            "request_id": current_request_id(),
        }
        if isinstance(problem, Invalid):
            body["fields"] = {name: str(text) for name, text in problem.fields.items()}
        response: HttpResponse = JsonResponse(body, status=problem.http_status)
    else:
        context = {"problem": problem, "request_id": current_request_id()}
        response = render(request, "refusal.html", context, status=problem.http_status)
    if isinstance(problem, TooMany):
        response["Retry-After"] = str(problem.retry_after)
    return response
