"""The retention schedule's page: how long each kind is kept, a rehearsal before each change, what nights did."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.apps.records import queries, rules
from cityhall.apps.records.contracts import MANAGE
from cityhall.apps.records.services import holds
from cityhall.apps.records.services import schedule as services
from cityhall.apps.records.web import words
from cityhall.kernel import offers
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.django.acts import sent_from
from cityhall.kernel.errors import NotFound


@staff(MANAGE)
@never_cache
@require_safe
def schedule(request: HttpRequest) -> HttpResponse:
    """Show the schedule; with `preview`, also what it would remove now."""
    preview = "preview" in request.GET
    held = holds.held() if preview else None
    rows = [
        {
            "kind": one,
            "period": words.period(one.period),
            "due": queries.due(one.key, one.period, held) if held is not None else None,
        }
        for one in queries.kinds()
    ]
    labels = {one.key: one.label for one in offers.retained}
    context = {
        "rows": rows,
        "preview": preview,
        "started_at": queries.started_at(),
        "runs": [{"run": run, "label": labels.get(run.kind, run.kind)} for run in queries.runs()],
    }
    return render(request, "records/schedule.html", context)


@staff(MANAGE)
@never_cache
@require_http_methods(["GET", "POST"])
def period(request: HttpRequest, kind: str) -> HttpResponse:
    """Change how long one kind is kept: first say what that would remove now, then do it."""
    if kind not in offers.retained or offers.retained[kind].fixed:
        raise NotFound(_("There is no such kind of record."))
    one = queries.kind(kind)
    given = {
        "number": request.POST.get("number", str(one.period.number) if one.period else "").strip(),
        "unit": request.POST.get("unit", one.period.unit if one.period else "keep"),
    }
    context: dict[str, Any] = {"kind": one, "now": words.period(one.period), "given": given, "units": words.units()}
    if request.method != "POST":
        return render(request, "records/period.html", context)
    try:
        wanted = rules.chosen(given["number"], given["unit"])
    except ValueError:
        problem = _("Write a whole number from 1 on, up to a hundred years.")
        return render(request, "records/period.html", {**context, "problems": {"number": problem}}, status=400)
    if request.POST.get("sure") == "yes":
        services.choose(actor=actor_of(request), kind=kind, period=wanted)
        messages.success(request, _("The schedule is changed. It counts from the next night on."))
        return redirect("desk-records")
    context |= {"wanted": words.period(wanted), "due": queries.due(kind, wanted, holds.held()), "asks": True}
    return render(request, "records/period.html", context)


@staff(MANAGE)
@sent_from("desk-records")
def start(request: HttpRequest) -> HttpResponse:
    """Start the schedule."""
    services.start(actor=actor_of(request))
    messages.success(request, _("The schedule is started. Each night removes what is older than its period."))
    return redirect("desk-records")
