"""The public pages: how other bodies answer, and the page by which one of them does."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import date
from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.apps.documents import public as documents
from cityhall.apps.referrals import queries, services
from cityhall.apps.referrals.contracts import AnswerInfo, AnswerKind, NewAnswer
from cityhall.apps.referrals.models import Referral
from cityhall.apps.referrals.web import words
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS
from cityhall.kernel.django import visitors
from cityhall.kernel.django.access import public
from cityhall.kernel.errors import Invalid, NotFound
from cityhall.kernel.spreadsheets import guarded

_COLUMNS = (
    "body",
    "body_es",
    "kind",
    "open",
    "overdue",
    "oldest_days",
    "answered_365_days",
    "median_answer_days",
    "named_in_records",
)


@public
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show how long each body takes to answer."""
    found, others = queries.figures_with_names()
    rows = [(one, words.KINDS[one.kind]) for one in found]
    return render(request, "referrals/figures.html", {"rows": rows, "others": others, "as_of": clock.now()})


@public
@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    """Hand out the same as CSV."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    writer.writerows([row[name] for name in _COLUMNS] for row in _rows())
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="referred-{clock.now():%Y-%m-%d}.csv"'
    return response


@public
@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    """Hand out the same as JSON."""
    return JsonResponse({"as_of": clock.now().isoformat(), "bodies": _rows()})


def _rows() -> list[dict[str, Any]]:
    """Return one row for each body, then one for each name in records that is no body's."""
    found, others = queries.figures_with_names()
    known = [
        {
            "body": guarded(one.name.get("en", "")),
            "body_es": guarded(one.name.get("es", "")),
            "kind": one.kind.value,
            "open": one.open,
            "overdue": one.overdue,
            "oldest_days": one.oldest_days,
            "answered_365_days": one.answered,
            "median_answer_days": None if one.median_days is None else round(one.median_days, 1),
            "named_in_records": one.named,
        }
        for one in found
    ]
    empty = dict.fromkeys(_COLUMNS)
    named = [
        {**empty, "body": guarded(one.name), "kind": "named", "named_in_records": one.count} for one in others.names
    ]
    if others.fewer:
        named.append({**empty, "kind": "named", "named_in_records": others.fewer})
    return known + named


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Let a body answer, without an account: whoever has the link may."""
    visitors.count(request, "referrals", "look", limit=300)
    link = queries.link_of(token)
    if link is None:
        return _private(render(request, "referrals/answer_gone.html", status=410))
    problems: dict[str, Any] = {}
    referral = link.referral
    # What comes after the end is not taken, and not lost: its words are given back, with what we have and what to do.
    command_id = _command(request)
    is_over = referral.ended_at is not None
    is_late = request.method == "POST" and is_over and not services.was_answered(referral.id, command_id)
    if request.method == "POST" and not is_late:
        visitors.count(request, "referrals", "answer", limit=30)
        try:
            services.answer(token, _given(request), command_id=command_id)
        except Invalid as refused:
            problems, is_late = refused.fields, "state" in refused.fields
            referral.refresh_from_db()
        except NotFound:
            return _private(render(request, "referrals/answer_gone.html", status=410))
        else:
            link = queries.link_of(token)
            referral = link.referral if link else referral
            messages.success(request, _thanks(request.POST.get("kind", ""), is_checked=referral.done_at is not None))
    seen = queries.seen_by_body(referral)
    if seen is None:
        return _private(render(request, "referrals/answer_gone.html", status=410))
    context = {
        "referral": referral,
        "seen": seen,
        "pictures": [{size: documents.url(one, size, signed=True) for size in ("thumb", "web")} for one in seen.photos],
        "answers": words.ANSWERS,
        "told": _told(referral),
        "given": request.POST if problems or is_late else {},
        "problems": {} if is_late else problems,
        "is_late": is_late,
        "is_over": referral.ended_at is not None,
        "sent_back": queries.was_sent_back(referral),
        "command_id": uuid.uuid4(),
    }
    return _private(
        render(request, "referrals/answer.html", context, status=409 if is_late else 422 if problems else 200)
    )


def _told(referral: Referral) -> list[tuple[str, AnswerInfo]]:
    """Return what the body itself has told us, oldest first, and in which words."""
    found = [one for one in queries.info(referral).answers if one.kind is not AnswerKind.STRANGER]
    return [(words.ANSWERS.get(one.kind, _("You wrote to us")), one) for one in sorted(found, key=lambda one: one.at)]


def _thanks(kind: str, *, is_checked: bool) -> str:
    if is_checked:
        return _("Thank you. The city looks at it, and then everybody who follows the request hears of it.")
    if kind == AnswerKind.MORE:
        return _("Thank you. The city reads your question and writes to you.")
    return _("Thank you. The city and everybody who follows the request see your answer.")


def _given(request: HttpRequest) -> NewAnswer:
    value = request.POST.get("kind", "")
    if value not in words.ANSWERS:
        raise Invalid({"kind": _("Choose what you can tell us.")})
    kind = AnswerKind(value)
    day = request.POST.get("on", "").strip()
    try:
        on = date.fromisoformat(day) if day and kind in {AnswerKind.DONE, AnswerKind.SCHEDULED} else None
    except ValueError as problem:
        raise Invalid({"on": _("Write the day like 2026-03-12.")}) from problem
    return NewAnswer(kind, request.POST.get("words", "").strip(), on, _photos(request))


def _command(request: HttpRequest) -> uuid.UUID | None:
    """Return the form's own id, so that sending it twice does it once."""
    try:
        return uuid.UUID(request.POST.get("command_id", ""))
    except ValueError:
        return None


def _photos(request: HttpRequest) -> tuple[uuid.UUID, ...]:
    uploads = [upload for upload in request.FILES.getlist("photo") if upload.name][:4]
    return tuple(
        documents.take(cast(BinaryIO, upload), filename=str(upload.name), actor=ANONYMOUS).id for upload in uploads
    )


def _private(response: HttpResponse) -> HttpResponse:
    """Keep the link out of search engines and of what other sites are told."""
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
