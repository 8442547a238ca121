"""Visitors without an account: keeping spam out of forms without puzzles, and counting one person once."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from cityhall.kernel.django import limits
from cityhall.kernel.django.client_address import counted_sender
from cityhall.kernel.django.keyed_hash import keyed_hash

HONEYPOT = "website"
_BROWSER = "browser"
_YEAR = 365 * 24 * 3600


def filled_by_a_machine(request: HttpRequest) -> bool:
    """Say whether the field nobody sees was filled."""
    return bool(request.POST.get(HONEYPOT, "").strip())


def sender(request: HttpRequest, room: str) -> str:
    """Return what a room counts a sender by: a hash of their address, another in each room."""
    return keyed_hash(f"{room}.sender", counted_sender(request))[:32]


def count(request: HttpRequest, room: str, act: str, *, limit: int) -> None:
    """Count one act of a sender; raise TooMany above `limit` in an hour."""
    limits.spend(f"{room}:{act}:{sender(request, room)}", limit=limit, per=timedelta(hours=1))


def browser(request: HttpRequest) -> str:
    """Return this browser's own mark, so that one person's "me too" counts once; a new one the first time."""
    try:
        return str(uuid.UUID(request.get_signed_cookie(_BROWSER, default="")))
    except Exception:  # no cookie, or one that was tampered with
        return str(uuid.uuid4())


def remember_browser(response: HttpResponseBase, mark: str) -> None:
    """Keep the mark in a signed cookie."""
    response.set_signed_cookie(
        _BROWSER, mark, max_age=_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
    )
