"""The desk's page of what the city says of the datasets of its own records."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cityhall.apps.opendata import services
from cityhall.apps.opendata.contracts import PUBLISH
from cityhall.apps.opendata.queries import desk, own
from cityhall.apps.opendata.web import desk_forms
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.django.translated import pick
from cityhall.kernel.errors import Invalid


@staff(PUBLISH)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: HttpRequest) -> HttpResponse:
    """Say who answers for the city's own datasets, and how they may be used."""
    actor, stands = actor_of(request), own.terms()
    filled, problems = {"owner": stands.owner, "licence": stands.licence}, {}
    if request.method == "POST":
        filled = {name: request.POST.get(name, "").strip() for name in filled}
        try:
            changed = services.state_terms(**filled, actor=actor)
        except Invalid as refused:
            problems = dict(refused.fields)
        else:
            messages.success(request, _("It is saved, and on the public pages.") if changed else _("Nothing changed."))
            return redirect("desk-data")
    context: dict[str, Any] = {
        "stands": stands,
        "filled": filled,
        "problems": problems,
        "errors": [(f"#{name}", text) for name, text in problems.items()],
        "licences": desk_forms.LICENCES,
        "titles": [pick(one.title) or one.name for one in desk.datasets(actor) if one.is_live],
    }
    return render(request, "opendata/desk/own.html", context, status=422 if problems else 200)
