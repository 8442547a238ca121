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
from cityhall.kernel import ports
from cityhall.kernel.django import loopback
from cityhall.kernel.django.access import public
from cityhall.kernel.ports import ReceivesSms


@public
@csrf_exempt  # mail programs post here on their own (RFC 8058); the token is the proof
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask with one button, or leave at once when posted to. Needs no sign-in; leaving twice is leaving once."""
    if not queries.followers_in(token):
        raise Http404
    done, never_asked = request.method == "POST", queries.waits(token)
    if done:
        following.unfollow(token)
    return render(request, "notify/unsubscribe.html", {"done": done, "never_asked": never_asked})


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Ask with one button whether the reader wants this; scanners that open links in mail confirm nothing."""
    if not queries.followers_in(token):
        raise Http404
    done = request.method == "POST"
    if done:
        following.confirm(token)
    return render(request, "notify/confirm.html", {"done": done})


@public
@csrf_exempt  # the SMS engine posts here; its signature is the proof
@never_cache
@require_http_methods(["POST"])
def sms_inbound(request: HttpRequest) -> HttpResponse:
    """Take what somebody answered by text message. The engine tells its own calls from everybody else's."""
    engine = ports.sms_engine.get()
    if not (engine.capabilities.receives and isinstance(engine, ReceivesSms)):
        raise Http404
    url = f"{settings.PUBLIC_URL}{request.path}"
    received = engine.receive(url, {name: str(value) for name, value in request.POST.items()}, request.headers)
    if received is None:
        return HttpResponse(status=403)
    following.answered(received.sender, received.text)
    return HttpResponse("<Response/>", content_type="text/xml")


@public
@never_cache
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """List the mail and the text messages the demo kept, newest first."""
    texts = [{**sms, "when": datetime.fromisoformat(str(sms["at"]))} for sms in queries.kept_sms()]
    return render(request, "notify/outbox.html", {"mails": _kept(), "texts": texts})


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
