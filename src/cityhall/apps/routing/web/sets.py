"""The desk's pages of the rules in force and of earlier versions."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cityhall.apps.routing import queries, services
from cityhall.apps.routing.contracts import MANAGE
from cityhall.apps.routing.web import words
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.errors import Stale


@staff(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Show the rules in force and the versions before them; begin a draft."""
    actor = actor_of(request)
    if request.method == "POST":
        services.begin_draft(actor=actor)
        return redirect("desk-routing-draft")
    held = queries.live(actor)
    shown = {
        "held": held,
        "rules": words.said(held.rules, words.names(held.rules)) if held else [],
        "draft": queries.draft(actor),
        "versions": queries.versions(actor),
        "tab": "rules",
    }
    return render(request, "routing/rules.html", shown)


@staff(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, number: int) -> HttpResponse:
    """Show one version; return to it."""
    actor = actor_of(request)
    found = queries.version(number, actor)
    if request.method == "POST":
        read = request.POST.get("live", "")
        try:
            live = int(read) if read.isascii() and read.isdecimal() and len(read) < 10 else None
            new = services.return_to(number, actor=actor, live=live)
        except Stale as refused:
            messages.error(request, str(refused.message))
            return redirect("desk-routing")
        said = _("The rules of version %(old)s are in force again, as version %(new)s.") % {"old": number, "new": new}
        messages.success(request, said)
        return redirect("desk-routing")
    held = queries.live(actor)
    shown = {
        "set": found,
        "live": held.number if held else 0,
        "rules": words.said(found.rules, words.names(found.rules)),
        "tab": "rules",
    }
    return render(request, "routing/version.html", shown)
