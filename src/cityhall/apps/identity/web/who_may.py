"""The desk's page of who may do what, and the same as CSV."""

from __future__ import annotations

import csv
import io
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cityhall.apps.identity import public, queries
from cityhall.apps.identity.contracts import AccessRow, Standing
from cityhall.kernel import clock, offers
from cityhall.kernel.django.access import staff
from cityhall.kernel.django.translated import pick
from cityhall.kernel.spreadsheets import guarded

STANDINGS = {
    Standing.IN_FORCE: gettext_lazy("in force"),
    Standing.NO_SECOND_FACTOR: gettext_lazy("nothing until a second factor is set up"),
    Standing.CONTRACT_OVER: gettext_lazy("nothing: the contract does not run"),
    Standing.CLOSED: gettext_lazy("nothing: the account is closed"),
}
COLUMNS = ("name", "email", "contractor", "contract_ends_on", "standing", "permission", "where", "roles")


@staff("identity.manage")
@never_cache
@require_safe
def access(request: HttpRequest) -> HttpResponse:
    """Show who may do what and where, and what each role holds."""
    roles = queries.roles()
    labels = _labels()
    held = {code for role in roles for code in role.permissions}
    context = {
        "rows": [(row, STANDINGS[row.standing], _said(row, labels)) for row in _found(request)],
        "given": {name: request.GET.get(name, "") for name in ("q", "department", "contractor", "permission")},
        "query": request.GET.urlencode(),
        "departments": public.departments(),
        "contractors": queries.contractors(),
        "permissions": sorted(((code, labels.get(code, code)) for code in held), key=lambda pair: str(pair[1])),
        "roles": roles,
        "matrix": [
            (code, labels.get(code, code), [code in role.permissions for role in roles])
            for code in sorted(held | labels.keys())
        ],
    }
    return render(request, "identity/who_may.html", context)


@staff("identity.manage")
@require_safe
def access_csv(request: HttpRequest) -> HttpResponse:
    """Hand out the same as CSV: a line for each person and permission."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in _found(request):
        for line in _lines(row):
            writer.writerow([guarded(cell) for cell in line])
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="who-may-do-what-{clock.now():%Y-%m-%d}.csv"'
    return response


def _found(request: HttpRequest) -> list[AccessRow]:
    return queries.access_rows(
        words=request.GET.get("q", ""),
        department_id=_id(request, "department"),
        contractor_id=_id(request, "contractor"),
        permission=request.GET.get("permission", ""),
    )


def _lines(row: AccessRow) -> list[tuple[str, ...]]:
    person = (row.person.name, row.person.email, row.contractor, str(row.contract_ends_on or ""), row.standing.value)
    where = "; ".join(pick(name) for name in row.where) or "everywhere"
    lines: list[tuple[str, ...]] = [
        (*person, one.code, where if one.is_limited else "everywhere", "; ".join(pick(role) for role in one.roles))
        for one in row.held
    ]
    return lines or [(*person, "", "", "")]


def _said(row: AccessRow, labels: dict[str, Any]) -> list[tuple[str, list[Any]]]:
    """Return a row's permissions in words, by where they hold."""
    limited = [labels.get(one.code, one.code) for one in row.held if one.is_limited]
    rest = [labels.get(one.code, one.code) for one in row.held if not one.is_limited]
    if not row.where:
        limited, rest = [], [*limited, *rest]
    groups = [(", ".join(pick(name) for name in row.where), limited), (_("Everywhere"), rest)]
    return [(where, codes) for where, codes in groups if codes]


def _labels() -> dict[str, Any]:
    return {permission.code: permission.label for permission in offers.permissions}


def _id(request: HttpRequest, name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.GET.get(name, ""))
    except ValueError:
        return None
