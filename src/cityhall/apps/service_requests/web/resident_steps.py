"""What the steps of reporting share: where a draft stands, how a step is drawn and left."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cityhall.apps.documents import public as documents
from cityhall.apps.service_requests import queries
from cityhall.apps.service_requests.contracts import Definition
from cityhall.apps.service_requests.web import resident_draft, resident_errors
from cityhall.apps.service_requests.web.resident_draft import STEPS, Draft
from cityhall.kernel.errors import NotFound


def definition_of(draft: Draft) -> Definition | None:
    """Return the category a draft has, with its questions; None before one was chosen or when it is gone."""
    if not draft.category:
        return None
    try:
        return queries.definition(draft.category)
    except NotFound:
        return None


def pictures(draft: Draft) -> list[tuple[str, str]]:
    """Return a draft's photos: their ids, and where they can be looked at."""
    return [(one, documents.url(uuid.UUID(one), "thumb", signed=True)) for one in draft.photos]


def to(step: str) -> HttpResponse:
    """Lead to a step."""
    return redirect(f"report-{step}")


def choose_again(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Lead to the choice of a category: there is none yet, or the city has taken the chosen one off its list since."""
    if draft.category:
        draft.category = ""
        draft.mark("what", undo=("what", "which", "nearby", "questions"))
        resident_draft.save(request, draft)
        messages.warning(
            request, _("The city does not take this kind of report any more. Choose another; what you gave is kept.")
        )
    return to("what")


def onward(request: HttpRequest, draft: Draft, step: str, *, undo: tuple[str, ...] = ()) -> HttpResponse:
    """Keep that a step is done, and lead to the next. `undo` names steps that are to be answered again."""
    draft.mark(step, undo=undo)
    draft.answered_before = [one for one in draft.answered_before if one != step]
    resident_draft.save(request, draft)
    return to(draft.next_step())


def page(
    request: HttpRequest,
    draft: Draft,
    step: str,
    context: dict[str, Any],
    problems: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Draw a step, its errors above and at the fields, status 422 when there are any."""
    shown = [one for one in STEPS if one != "which" or step == "which"]
    position = shown.index(step)
    counted, steps = draft.counted(step)
    full = {
        "draft": draft,
        "step": step,
        "position": counted,
        "steps": steps,
        "back": reverse(f"report-{shown[position - 1]}") if position else reverse("report"),
        "problems": problems or {},
        "errors": resident_errors.summary(problems or {}, on_check=step == "check"),
        **context,
    }
    return render(request, f"service_requests/report/{step}.html", full, status=422 if problems else 200)
