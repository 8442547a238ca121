"""Which council offices there are, their districts, and who works in them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.apps.identity import public as identity
from cityhall.apps.offices import queries, services
from cityhall.apps.offices.contracts import MANAGE, OfficeTerms
from cityhall.apps.places import public as places
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.django.seen import FIELD, mark
from cityhall.kernel.django.translated import pick
from cityhall.kernel.errors import Invalid, Stale


@staff(MANAGE)
@never_cache
@require_safe
def offices(request: HttpRequest) -> HttpResponse:
    """List the offices."""
    return render(request, "offices/offices.html", {"rows": queries.offices(actor_of(request))})


@staff(MANAGE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make an office."""
    return _form(request, None, OfficeTerms({}, "", ""))


@staff(MANAGE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, office_id: uuid.UUID) -> HttpResponse:
    """Show an office; change it."""
    return _form(request, office_id, queries.office(office_id, actor_of(request)).terms)


def _form(request: HttpRequest, office_id: uuid.UUID | None, terms: OfficeTerms) -> HttpResponse:
    problems: Mapping[str, Any] = {}
    seen = mark(terms) if office_id else ""
    if request.method == "POST":
        terms = _terms(request)
        try:
            services.save_office(terms, actor=actor_of(request), office_id=office_id, seen=request.POST.get(FIELD, ""))
        except Invalid as refused:
            problems, seen = refused.fields, request.POST.get(FIELD, "")
        except Stale as refused:
            problems = {FIELD: refused.message}
        else:
            messages.success(request, _("The office is saved."))
            return redirect("offices")
    context = {
        "office_id": office_id,
        "terms": terms,
        FIELD: seen,
        "area": f"{terms.area_kind}:{terms.area_code}",
        "areas": [
            (pick(kind.name), [(f"{one.kind}:{one.code}", pick(one.name)) for one in places.areas(kind.code)])
            for kind in places.area_kinds()
            if kind.code != "boundary"
        ],
        "people": [one for one in identity.people() if one.contractor_id is None],
        "problems": problems,
        "errors": [(f"#f-{name.replace('_', '-')}", text) for name, text in problems.items()],
    }
    return render(request, "offices/office.html", context, status=422 if problems else 200)


def _terms(request: HttpRequest) -> OfficeTerms:
    def text(name: str) -> str:
        return request.POST.get(name, "").replace("\x00", "").strip()[:200]

    kind, _colon, code = text("area").partition(":")
    members = set()
    for value in request.POST.getlist("members")[:500]:
        try:
            members.add(uuid.UUID(value))
        except ValueError:
            members.add(uuid.UUID(int=0))
    return OfficeTerms(
        name={"en": text("name_en"), "es": text("name_es")},
        area_kind=kind,
        area_code=code,
        members=frozenset(members),
        is_active=text("is_active") == "yes",
    )
