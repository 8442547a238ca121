"""The desk's page of what happens when a target nears and nobody has begun."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cityhall.apps.routing import queries, services
from cityhall.apps.routing.contracts import MANAGE, Measure, Step
from cityhall.apps.routing.web import choices, words
from cityhall.apps.service_requests import public as service_requests
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.errors import Invalid, Stale

_NOTHING: Mapping[str, Any] = {"categories": (), "measure": "percent", "number": "75", "priority": "2", "tell": "yes"}


@staff(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Show the steps before a target; add one, take one out, pause them all."""
    actor = actor_of(request)
    given, problems = dict(_NOTHING), {}
    if request.method == "POST":
        try:
            messages.success(request, _act(request.POST, actor))
        except Invalid as refused:
            problems = refused.fields
            given = {name: request.POST.get(name, "") for name in _NOTHING}
            given["categories"] = request.POST.getlist("categories")
        except Stale as refused:
            messages.error(request, str(refused.message))
            return redirect("desk-routing-targets")
        else:
            return redirect("desk-routing-targets")
    plan = queries.plan()
    known = service_requests.category_names()
    shown = {
        "plan": plan,
        "steps": [words.step(step, known) for step in plan.steps],
        "given": given,
        "problems": problems,
        "chooser": choices.categories(given["categories"]),
        "priorities": words.PRIORITIES,
        "tab": "targets",
    }
    return render(request, "routing/targets.html", shown, status=422 if problems else 200)


def _act(posted: QueryDict, actor: Actor) -> str:
    verb, _colon, place = posted.get("act", "").partition(":")
    revision = _whole(posted.get("revision", ""))
    if verb == "add":
        services.add_step(_step(posted), actor=actor, revision=revision)
        return _("The step is added. Open requests follow in a minute.")
    if verb == "remove":
        services.remove_step(_whole(place), actor=actor, revision=revision)
        return _("The step is removed.")
    if verb in {"pause", "resume"}:
        services.set_paused(verb == "pause", actor=actor, revision=revision)
        return _("The steps are paused.") if verb == "pause" else _("The steps go on.")
    raise Invalid({"act": _("Choose one of those in the list.")})


def _step(posted: QueryDict) -> Step:
    priority = posted.get("priority", "")
    return Step(
        categories=tuple(posted.getlist("categories")),
        measure=Measure.DAYS if posted.get("measure") == "days" else Measure.PERCENT,
        number=_whole(posted.get("number", "")),
        priority=_whole(priority) if priority else None,
        tell=posted.get("tell") == "yes",
    )


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
