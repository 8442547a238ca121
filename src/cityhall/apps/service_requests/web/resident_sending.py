"""The end of reporting: everything once more, sending it, the receipt, beginning anew."""

from __future__ import annotations

import contextlib
import uuid
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cityhall.apps.documents import public as documents
from cityhall.apps.service_requests import queries, services
from cityhall.apps.service_requests.contracts import Definition, Detail, NewRequest
from cityhall.apps.service_requests.web import (
    asking,
    resident_draft,
    resident_guards,
    resident_steps,
    resident_words,
)
from cityhall.apps.service_requests.web.resident_draft import Draft
from cityhall.kernel.django import dates
from cityhall.kernel.django.access import actor_of, public
from cityhall.kernel.django.acts import sent_from
from cityhall.kernel.errors import Invalid
from cityhall.kernel.watch import private_words


@public
@never_cache
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Show everything once more; send it."""
    draft = resident_draft.load(request)
    if request.method == "POST":
        kept = resident_draft.receipt_of(request, command_id=request.POST.get("command_id", ""))
        if kept is not None:
            return redirect("report-receipt", number=kept.number)
    elif not resident_draft.exists(request) and (sent := resident_draft.last_receipt(request)):
        # Whoever goes back after sending would meet an empty form, and think that nothing was sent.
        return redirect("report-receipt", number=sent.number)
    for step in ("place", "what", "questions"):
        if step not in draft.done:
            return resident_steps.to(step)
    definition = resident_steps.definition_of(draft)
    if definition is None:
        return resident_steps.choose_again(request, draft)
    problems: dict[str, Any] = {}
    if request.method == "POST":
        answer, problems = _send(request, draft)
        if answer is not None:
            return answer
    asked = [one for one in asking.asked_of(definition.questions, draft.answers, {}) if one["info"].variable]
    for one in asked:
        names = dict(one["info"].values)
        one["words"] = ", ".join(names.get(key, key) for key in one["chosen"] if key)
    context = {
        "definition": definition,
        "asked": [one for one in asked if one["words"]],
        "photos": resident_steps.pictures(draft),
        "title": resident_words.street_sign(definition.category.name, draft.address),
        "policy": definition.category.policy,
        "private": _private(draft, definition),
    }
    return resident_steps.page(request, draft, "check", context, problems)


def _private(draft: Draft, definition: Definition) -> list[str]:
    """Say what in the description looks private, where the description will be public."""
    policy = definition.category.policy
    if policy.text is not Detail.EXACT:
        return []
    known = services.reported(draft.as_request("").contact, draft.address, policy.place)
    return list(dict.fromkeys(services.looks_like(one) for one in private_words(draft.description, known)))


def _send(request: HttpRequest, draft: Draft) -> tuple[HttpResponse | None, dict[str, Any]]:
    """File the draft; return the way to its receipt, or what to mend."""
    if resident_guards.filled_by_a_machine(request):
        return None, {"website": _("Leave the field “Website” empty, then send again.")}
    draft.say_seen = bool(request.POST.get("say_seen"))
    draft.hides_private = bool(request.POST.get("hides_private"))
    if draft.seconds_old() < resident_guards.LEAST_SECONDS:
        return None, {"check": _("That was very quick. Look at it once more, then send it.")}
    try:
        filed = services.file_request(
            _told(draft),
            actor=actor_of(request),
            command_id=uuid.UUID(draft.command_id),
            who=resident_guards.sender(request),
        )
    except Invalid as refused:
        return None, dict(refused.fields)
    receipt = resident_draft.Receipt(
        draft.command_id, filed.number, filed.private_token, str(filed.notice), draft.follow
    )
    resident_draft.keep_receipt(request, receipt)
    resident_draft.forget(request)
    return redirect("report-receipt", number=filed.number), {}


def _told(draft: Draft) -> NewRequest:
    """Return the draft as a request; when it was seen stands below the description, if that was wished."""
    told = draft.as_request((get_language() or "en").split("-")[0])
    if not draft.say_seen or draft.photo_at is None:
        return told
    seen = _("Seen on %(moment)s") % {"moment": dates.moment(draft.photo_at)}
    return replace(told, description=f"{told.description}\n\n{seen}".strip())


@public
@never_cache
@require_http_methods(["GET"])
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """Show the receipt to the browser that sent the report; to others the request's own page."""
    kept = resident_draft.receipt_of(request, number=number)
    if kept is None:
        return redirect("request-page", number=number)
    seen = queries.one(number, actor_of(request), token=kept.token)
    link = settings.PUBLIC_URL + reverse("request-private", args=[kept.token])
    context = {
        "receipt": kept,
        "seen": seen,
        "title": resident_words.title_of(seen),
        "link": link,
        "range": resident_words.expected(seen),
    }
    return render(request, "service_requests/report/receipt.html", context)


@public
@sent_from("report")
def again(request: HttpRequest) -> HttpResponse:
    """Throw the draft away and begin anew."""
    draft = resident_draft.load(request)
    with contextlib.suppress(ValueError):
        documents.discard([uuid.UUID(one) for one in draft.photos])
    resident_draft.forget(request)
    return redirect("report")
