"""Leaving, confirming, and the demo's outbox."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.apps.notify import queries
from cityhall.apps.notify.services import following
from cityhall.kernel.django import loopback
from cityhall.kernel.django.access import public


@public
@csrf_exempt  # mail programs post here on their own (RFC 8058); the token is the proof
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask with one button, or leave at once when posted to. Needs no sign-in; leaving twice is leaving once."""
    if queries.follower_in(token) is None:
        raise Http404
    done = request.method == "POST"
    if done:
        following.unfollow(token)
    return render(request, "notify/unsubscribe.html", {"done": done})


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Ask with one button whether the reader wants this; scanners that open links in mail confirm nothing."""
    if queries.follower_in(token) is None:
        raise Http404
    done = request.method == "POST"
    if done:
        following.confirm(token)
    return render(request, "notify/confirm.html", {"done": done})


@public
@never_cache
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """List the mail the demo kept, newest first."""
    return render(request, "notify/outbox.html", {"mails": _kept()})


@public
@never_cache
@require_safe
def outbox_mail(request: HttpRequest, mail_id: uuid.UUID) -> HttpResponse:
    """Show one kept mail."""
    for mail in _kept():
        if mail["id"] == str(mail_id):
            return render(request, "notify/outbox_mail.html", {"mail": mail})
    raise Http404


def _kept() -> list[dict[str, object]]:
    """Return the kept mail. Only the demo shows it, and only to this machine: it holds sign-in codes."""
    if not (settings.CITYHALL_DEMO and loopback.is_local()):
        raise Http404
    kept = queries.kept_mail()
    if kept is None:
        raise Http404
    return [{**mail, "when": datetime.fromisoformat(str(mail["at"]))} for mail in kept]
