"""The page of legal holds."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cityhall.apps.places import public as places
from cityhall.apps.records import queries
from cityhall.apps.records.contracts import MANAGE, HoldTerms
from cityhall.apps.records.services import holds as services
from cityhall.apps.records.services import office
from cityhall.apps.records.web import words
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.django.acts import sent_from
from cityhall.kernel.django.translated import pick
from cityhall.kernel.errors import Invalid


@staff(MANAGE)
@never_cache
@require_http_methods(["GET", "POST"])
def holds(request: HttpRequest) -> HttpResponse:
    """List the holds and take a new one."""
    problems: Mapping[str, Any] = {}
    if request.method == "POST":
        try:
            services.place(actor=actor_of(request), terms=_terms(request.POST))
        except Invalid as refused:
            problems = refused.fields
        else:
            messages.success(request, _("The hold is placed. Nobody can remove what it means until it is lifted."))
            return redirect("desk-records-holds")
    context = {
        "rows": [{"hold": one, "scope": words.scope(one)} for one in queries.holds()],
        "areas": _areas(),
        "given": request.POST,
        "problems": problems,
    }
    return render(request, "records/holds.html", context, status=400 if problems else 200)


@staff(MANAGE)
@sent_from("desk-records-holds")
def lift(request: HttpRequest, hold_id: uuid.UUID) -> HttpResponse:
    """Lift a hold, and erase whom it was in the way of."""
    actor = actor_of(request)
    services.lift(actor=actor, hold_id=hold_id)
    done = office.do_waiting(actor=actor)
    messages.success(request, _("The hold is lifted."))
    if done:
        said = ngettext("%(n)s erasure that waited is done.", "%(n)s erasures that waited are done.", done)
        messages.success(request, said % {"n": done})
    return redirect("desk-records-holds")


def _areas() -> list[tuple[str, list[Any]]]:
    return [(pick(kind.name), places.areas(kind.code)) for kind in places.area_kinds()]


def _terms(given: Mapping[str, str]) -> HoldTerms:
    wrong = {}
    days = {}
    for name in ("since", "until"):
        text = given.get(name, "").strip()
        try:
            days[name] = date.fromisoformat(text) if text else None
        except ValueError:
            wrong[name] = _("Write a day like 2026-03-12.")
    if wrong:
        raise Invalid(wrong)
    try:
        area_id = uuid.UUID(given.get("area", "")) if given.get("area") else None
    except ValueError:
        raise Invalid({"scope": _("Choose one of those in the list.")}) from None
    return HoldTerms(
        name=given.get("name", ""),
        reason=given.get("reason", ""),
        numbers=tuple(one for one in re.split(r"[\s,;]+", given.get("numbers", "")) if one),
        area_id=area_id,
        address=given.get("address", ""),
        since=days["since"],
        until=days["until"],
        email=given.get("email", ""),
        phone=given.get("phone", ""),
    )
