"""The desk's pages of ready answers: the list, and a page to write one and see what it says for a request."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.apps.answers import queries, services
from cityhall.apps.answers.contracts import MANAGE, AnswerTerms, Use
from cityhall.apps.answers.web import words
from cityhall.apps.service_requests import public as service_requests
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.django.seen import FIELD, mark
from cityhall.kernel.errors import Invalid, NotFound, Stale


@staff(MANAGE)
@never_cache
@require_safe
def answers(request: HttpRequest) -> HttpResponse:
    """List the answers by what they are for."""
    names = service_requests.category_names()
    rows: list[dict[str, Any]] = [
        {
            "info": one,
            "category": names.get(one.terms.category_code, one.terms.category_code),
            "lacks": [words.LACKS.get(code, code) for code in one.lacks],
        }
        for one in queries.answers(actor_of(request))
    ]
    groups = [(words.USES[use], list(found)) for use, found in groupby(rows, key=lambda row: row["info"].terms.use)]
    return render(request, "answers/answers.html", {"groups": groups})


@staff(MANAGE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write an answer."""
    return _form(request, None, AnswerTerms(Use.FIXED, {}))


@staff(MANAGE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    """Show an answer; change it."""
    return _form(request, answer_id, queries.answer(answer_id, actor_of(request)).terms)


def _form(request: HttpRequest, answer_id: uuid.UUID | None, stands: AnswerTerms) -> HttpResponse:
    given, problems, shown = _fields(stands), {}, None
    seen = mark(stands) if answer_id else ""
    if request.method == "POST":
        given = {name: str(value) for name, value in request.POST.items()}
        try:
            terms = _terms(given)
            if given.get("step") == "preview":
                shown, seen = _preview(terms, given.get("number", "")), given.get(FIELD, "")
            else:
                services.save_answer(terms, actor=actor_of(request), answer_id=answer_id, seen=given.get(FIELD, ""))
                messages.success(request, _("The answer is saved."))
                return redirect("desk-answers")
        except Invalid as refused:
            problems, seen = refused.fields, given.get(FIELD, "")
        except Stale as refused:
            problems = {FIELD: refused.message}
    return _page(request, answer_id, {**given, FIELD: seen}, problems, shown)


def _preview(terms: AnswerTerms, number: str) -> list[dict[str, Any]]:
    try:
        found = queries.preview(terms, number)
    except NotFound as problem:
        raise Invalid({"number": _("There is no request with this number. Check it.")}) from problem
    tongues = dict(settings.LANGUAGES)
    return [{"language": code, "name": tongues.get(code, code), "filled": one} for code, one in found.items()]


def _page(
    request: HttpRequest,
    answer_id: uuid.UUID | None,
    given: Mapping[str, str],
    problems: Mapping[str, Any],
    shown: list[dict[str, Any]] | None,
) -> HttpResponse:
    context = {
        "answer_id": answer_id,
        "given": given,
        "problems": problems,
        "preview": shown,
        "uses": words.USES,
        "categories": sorted(service_requests.category_names().items(), key=lambda pair: pair[1].casefold()),
        "languages": [
            (code, words.SENTENCES.get(code, code), given.get(f"text_{code}", "")) for code in queries.languages()
        ],
        "variables": words.VARIABLES,
    }
    return render(request, "answers/answer.html", context, status=422 if problems else 200)


def _fields(terms: AnswerTerms) -> dict[str, str]:
    return {
        "use": terms.use.value,
        "category": terms.category_code,
        "order": str(terms.order),
        "is_active": "yes" if terms.is_active else "",
        **{f"text_{language}": text for language, text in terms.text.items()},
    }


def _terms(given: Mapping[str, str]) -> AnswerTerms:
    order = given.get("order", "").strip()
    try:
        use = Use(given.get("use", ""))
    except ValueError as problem:
        raise Invalid({"use": _("Choose one of those in the list.")}) from problem
    return AnswerTerms(
        use=use,
        text={code: given.get(f"text_{code}", "") for code, _name in settings.LANGUAGES},
        category_code=given.get("category", ""),
        order=int(order) if order.isascii() and order.isdigit() and len(order) < 4 else -1,
        is_active=given.get("is_active") == "yes",
    )
