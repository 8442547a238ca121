"""What a supervisor does with a plan: one button, one change, and back to the page."""

from __future__ import annotations

import uuid
from datetime import time

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from cityhall.apps.day_plans import queries, services
from cityhall.apps.day_plans.contracts import PLAN, Act
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.django.acts import sent_from
from cityhall.kernel.errors import Invalid, Stale


@staff(PLAN)
@never_cache
@sent_from("desk-day-plan")
def act(request: HttpRequest, plan_id: uuid.UUID) -> HttpResponse:
    """Do one thing to a plan; which one, the pressed button says."""
    actor = actor_of(request)
    plan = queries.plan_of(plan_id, actor, PLAN)
    try:
        messages.success(request, _do(request, plan_id, actor))
    except Invalid as refused:
        for text in refused.fields.values():
            messages.error(request, str(text))
    except Stale as refused:
        messages.error(request, str(refused.message))
    address = reverse("desk-day-plan-page", args=[plan.team_id, plan.day.isoformat()])
    crew = request.POST.get("at", "")
    return redirect(f"{address}#{crew}" if crew.replace("-", "").isalnum() and len(crew) < 60 else address)


def _do(request: HttpRequest, plan_id: uuid.UUID, actor: Actor) -> str:
    given = request.POST
    version, wanted = _whole(given.get("version", "")), given.get("act", "")
    if wanted == "publish":
        services.publish(plan_id, actor=actor, version=version)
        return _("The crews have this plan now.")
    if wanted == "accept":
        services.accept(plan_id, actor=actor, version=version)
        return _("The crews have the new plan now.")
    if wanted == "refuse":
        services.refuse_proposal(plan_id, actor=actor, version=version)
        return _("The crews keep the plan they have.")
    if wanted.startswith("go-"):
        services.go_to(plan_id, _whole(wanted.removeprefix("go-")), actor=actor, version=version)
        return _("You are looking at the other version now. The crews keep theirs until you publish.")
    key = _id(given.get("key", ""))
    if wanted == "promise":
        begins, ends = hour_of(given.get("begins", "")), hour_of(given.get("ends", ""))
        services.promise(plan_id, key, begins, ends, actor=actor)
        return _("The hours are kept. Make the plan again to use them.")
    try:
        chosen = Act(wanted)
    except ValueError as problem:
        raise Invalid({"act": _("Choose one of those in the list.")}) from problem
    crew = _id(given.get("crew", "")) if chosen in {Act.GIVE, Act.TAKE_IN} else None
    services.change(plan_id, chosen, key, actor=actor, version=version, crew_id=crew)
    return _("Changed, with new times. The crews keep theirs until you publish.")


def hour_of(text: str) -> time | None:
    """Return an hour as a field has it, None for an empty one.

    Raises:
        Invalid: it is no hour.
    """
    if not text.strip():
        return None
    try:
        found = time.fromisoformat(text.strip())
    except ValueError as problem:
        raise Invalid({"window": _("Enter an hour as in 08:30.")}) from problem
    return found.replace(tzinfo=None, microsecond=0)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Invalid({"version": _("The page is incomplete. Open the plan again.")})
    return int(text)


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as problem:
        raise Invalid({"act": _("Choose one of those in the list.")}) from problem
