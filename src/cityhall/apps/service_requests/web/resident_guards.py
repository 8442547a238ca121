"""Keeping spam out without puzzles: a field people never see, a least time, counts per sender."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest

from cityhall.kernel.django import limits, visitors
from cityhall.kernel.django.visitors import browser, filled_by_a_machine, remember_browser

__all__ = ["LEAST_SECONDS", "browser", "count", "filled_by_a_machine", "remember_browser", "sender"]

LEAST_SECONDS = 4.0


def sender(request: HttpRequest) -> str:
    """Return what a sender is counted by: a hash of their address."""
    return visitors.sender(request, "service_requests")


def count(request: HttpRequest, act: str, *, limit: int = 30) -> None:
    """Count one act of a sender; raise TooMany above `limit` in an hour."""
    limits.spend(f"resident:{act}:{sender(request)}", limit=limit, per=timedelta(hours=1))
