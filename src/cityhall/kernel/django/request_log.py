"""What was asked and how long it took: a figure for every request, a log line for each write, refusal and slow read."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from prometheus_client import Histogram

logger = logging.getLogger(__name__)

_SLOW_SECONDS = 1.0
_READS = {"GET", "HEAD", "OPTIONS"}
_SECONDS = Histogram(
    "cityhall_request_seconds",
    "Requests by view, method and status, and the seconds they took",
    ["view", "method", "status"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
_timed = lru_cache(maxsize=4096)(_SECONDS.labels)


class RequestLogMiddleware:
    """Counts and times requests. A line names the view, never the address: addresses can carry private tokens."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request between two looks at the clock."""
        start = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - start
        view = (request.resolver_match.view_name if request.resolver_match else "") or "none"
        method = request.method if request.method in _READS or request.method == "POST" else "other"
        _timed(view, method, str(response.status_code)).observe(seconds)
        if method not in _READS or response.status_code >= 400 or seconds >= _SLOW_SECONDS:
            logger.info(
                "request served",
                extra={"view": view, "method": method, "status": response.status_code, "ms": round(seconds * 1000)},
            )
        return response
