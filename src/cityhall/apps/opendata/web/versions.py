"""A dataset's versions: a page for people, what publishers need to recall one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.apps.opendata import queries, services
from cityhall.apps.opendata.contracts import PUBLISH
from cityhall.kernel.django.access import actor_of, public, staff
from cityhall.kernel.errors import Invalid


@public
@require_safe
def versions(request: HttpRequest, code: str) -> HttpResponse:
    """Show a dataset's snapshots and the notices of those that were recalled."""
    context = {"history": queries.history(code), "may_recall": actor_of(request).may(PUBLISH)}
    return render(request, "opendata/versions.html", context)


@staff(PUBLISH)
@never_cache
@require_http_methods(["GET", "POST"])
def recall(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for the reason before a recall, which cannot be undone, and do it."""
    history = queries.history(code)
    given = request.POST if request.method == "POST" else request.GET
    number, column = given.get("snapshot", ""), given.get("column", "")
    problems = {}
    if request.method == "POST":
        try:
            services.recall(
                code,
                actor=actor_of(request),
                reason=given.get("reason", ""),
                snapshots=[int(number)] if number.isascii() and number.isdecimal() and len(number) < 10 else [],
                column=column,
            )
        except Invalid as refused:
            problems = refused.fields
        else:
            messages.success(request, _("It is recalled. The notice is on this page."))
            return redirect("opendata-versions", code=code)
    context = {
        "history": history,
        "readable": [one for one in history.versions if one.recalled_at is None],
        "number": number,
        "column": column,
        "reason": given.get("reason", ""),
        "problems": problems,
    }
    return render(request, "opendata/recall.html", context, status=400 if problems else 200)
