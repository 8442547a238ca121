"""The desk's pages of field work: what was sent back, what visits add up to, and the list of materials."""

from __future__ import annotations

import csv
import io
import uuid
from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.apps.crews import queries, rules, services
from cityhall.apps.crews.contracts import CONFIGURE, EXPORT, VIEW, MaterialInfo
from cityhall.apps.crews.services.wording import REASONS
from cityhall.apps.crews.web import words
from cityhall.apps.service_requests import public as service_requests
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.django.seen import FIELD, mark
from cityhall.kernel.errors import Invalid, NotFound, Stale
from cityhall.kernel.spreadsheets import guarded


@staff(VIEW)
@never_cache
@require_safe
def totals(request: HttpRequest) -> HttpResponse:
    """Show what crews could not do, and a month's minutes and materials by category."""
    actor = actor_of(request)
    months = queries.months(actor)
    chosen = next((one for one in months if f"{one:%Y-%m}" == request.GET.get("month")), months[0] if months else None)
    names = service_requests.category_names()
    rows = queries.totals(actor, month=chosen) if chosen else []
    context = {
        "months": months,
        "chosen": chosen,
        "rows": [(one, names.get(one.category, one.category), words.duration(one.minutes)) for one in rows],
        "visits": sum(one.visits for one in rows),
        "minutes": words.duration(sum(one.minutes for one in rows)),
        "back": [(one, row, REASONS[one.reason] if one.reason else "") for one, row in queries.sent_back(actor)],
        "may_export": actor.may(EXPORT),
        "may_configure": actor.may(CONFIGURE),
        "tab": "totals",
    }
    return render(request, "crews/totals.html", context)


@staff(EXPORT)
@never_cache
@require_safe
def totals_csv(request: HttpRequest) -> HttpResponse:
    """Answer all months as CSV: a line for each material, and one for visits and minutes."""
    names = service_requests.category_names()
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(["month", "category", "category_name", "what", "unit", "amount"])
    for one in queries.totals(actor_of(request)):
        about = [f"{one.month:%Y-%m}", guarded(one.category), guarded(names.get(one.category, one.category))]
        sheet.writerow([*about, "visits", "", one.visits])
        sheet.writerow([*about, "sent_back", "", one.sent_back])
        sheet.writerow([*about, "minutes", "min", one.minutes])
        for used in one.used:
            name, unit = words.name_of(used.material), words.unit_of(used.material)
            sheet.writerow([*about, guarded(name), guarded(unit), rules.text_of(used.quantity)])
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="field-work.csv"'
    return response


@staff(CONFIGURE)
@never_cache
@require_safe
def materials(request: HttpRequest) -> HttpResponse:
    """List the materials."""
    return render(request, "crews/materials.html", {"rows": queries.materials(everything=True), "tab": "materials"})


@staff(CONFIGURE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_material(request: HttpRequest) -> HttpResponse:
    """Make a material."""
    return _form(request, None)


@staff(CONFIGURE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def material(request: HttpRequest, material_id: uuid.UUID) -> HttpResponse:
    """Show a material; change it."""
    found = next((one for one in queries.materials(everything=True) if one.id == material_id), None)
    if found is None:
        raise NotFound(_("There is no such material."))
    return _form(request, found)


def _form(request: HttpRequest, stands: MaterialInfo | None) -> HttpResponse:
    given, problems = _fields(stands), {}
    seen = mark(stands) if stands else ""
    if request.method == "POST":
        given = {name: str(value) for name, value in request.POST.items()}
        try:
            services.save_material(
                {"en": given.get("name_en", ""), "es": given.get("name_es", "")},
                {"en": given.get("unit_en", ""), "es": given.get("unit_es", "")},
                actor=actor_of(request),
                material_id=stands.id if stands else None,
                step=_decimal(given.get("step", "")),
                order=int(_decimal(given.get("order", ""))),
                is_active=given.get("is_active") == "yes",
                seen=given.get(FIELD, ""),
            )
        except Invalid as refused:
            problems, seen = refused.fields, given.get(FIELD, "")
        except Stale as refused:
            problems = {FIELD: refused.message}
        else:
            messages.success(request, _("The material is saved."))
            return redirect("desk-materials")
    context = {"material": stands, "given": {**given, FIELD: seen}, "problems": problems, "tab": "materials"}
    return render(request, "crews/material.html", context, status=422 if problems else 200)


def _fields(stands: MaterialInfo | None) -> dict[str, str]:
    if stands is None:
        return {"step": "1", "order": "50", "is_active": "yes"}
    return {
        "name_en": stands.name.get("en", ""),
        "name_es": stands.name.get("es", ""),
        "unit_en": stands.unit.get("en", ""),
        "unit_es": stands.unit.get("es", ""),
        "step": rules.text_of(stands.step),
        "order": str(stands.order),
        "is_active": "yes" if stands.is_active else "",
    }


def _decimal(text: str) -> Decimal:
    """Read a number; -1, which no field takes, for what is none."""
    try:
        found = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return Decimal(-1)
    return found if found.is_finite() else Decimal(-1)
