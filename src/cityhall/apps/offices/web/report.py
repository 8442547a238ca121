"""An office's week and its cases: a page that prints well, and the same as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cityhall.apps.offices import queries, rules
from cityhall.apps.offices.contracts import MANAGE, WORK, Compared, Report
from cityhall.apps.places import public as places
from cityhall.kernel import clock
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.errors import NotFound
from cityhall.kernel.spreadsheets import guarded


@staff(WORK)
@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show the week of the reader's office, against the week before and last year, and the cases it filed."""
    actor = actor_of(request)
    try:
        office = queries.own_office(actor)
    except NotFound as nothing:
        return render(request, "offices/none.html", {"why": nothing, "may_manage": actor.may(MANAGE)})
    today = places.local(clock.now()).date()
    monday = rules.week_of(request.GET.get("week", ""), today)
    found = queries.report(office, monday)
    later = monday + rules.WEEK
    context = {
        "office": office,
        "report": found,
        "figures": _figures(found) if found else (),
        "cases": queries.cases(office, actor),
        "earlier": (monday - rules.WEEK).isoformat(),
        "later": later.isoformat() if later + timedelta(days=6) < today else "",
        "week": monday.isoformat(),
    }
    return render(request, "offices/report.html", context)


def _figures(found: Report) -> list[tuple[str, Compared]]:
    return [
        (_("Filed"), found.opened),
        (pgettext("requests", "Closed"), found.closed),
        (_("Contested"), found.contested),
    ]


@staff(WORK)
@never_cache
@require_safe
def week_csv(request: HttpRequest) -> HttpResponse:
    """Hand out the week's figures."""
    office = queries.own_office(actor_of(request))
    monday = rules.week_of(request.GET.get("week", ""), places.local(clock.now()).date())
    found = queries.report(office, monday)
    rows: list[list[Any]] = []
    if found:
        for name, one in (("opened", found.opened), ("closed", found.closed), ("contested", found.contested)):
            rows.append([name, "", one.now, one.before, one.last_year])
        for line in found.kinds:
            kind = guarded(line.name or _("Kinds whose places are not public"))
            rows.append(["opened", kind, line.opened.now, line.opened.before, line.opened.last_year])
            rows.append(["closed", kind, line.closed.now, line.closed.before, line.closed.last_year])
        rows += [["open now", "", found.open, "", ""], ["overdue now", "", found.overdue, "", ""]]
        rows += [["filed on street", guarded(street), count, "", ""] for street, count in found.streets]
    head = ("figure", "of", "week", "week_before", "same_week_last_year")
    return _csv(f"district-{monday}.csv", head, rows)


@staff(WORK)
@never_cache
@require_safe
def cases_csv(request: HttpRequest) -> HttpResponse:
    """Hand out the office's own cases; who they are for only where those agreed."""
    actor = actor_of(request)
    office = queries.own_office(actor)
    rows = [
        [
            one.request.number,
            guarded(one.request.category_name),
            guarded(one.request.address),
            one.request.status.value,
            _told(one.at),
            guarded(one.name),
            guarded(one.email),
            guarded(one.phone),
            _told(one.consent_at) if one.consent_at else "",
        ]
        for one in queries.cases(office, actor)
    ]
    head = ("request", "category", "address", "status", "taken_at", "name", "email", "phone", "consent_at")
    return _csv("cases.csv", head, rows)


def _told(moment: datetime) -> str:
    return places.local(moment).isoformat(timespec="seconds")


def _csv(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows(rows)
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
