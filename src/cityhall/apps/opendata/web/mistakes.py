"""Mistakes in rows: the form beside a row, and the desk's answers."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.apps.opendata import queries
from cityhall.apps.opendata.contracts import PUBLISH, DatasetInfo, MistakeInfo, MistakeState
from cityhall.apps.opendata.queries import people
from cityhall.apps.opendata.services import mistakes as services
from cityhall.apps.opendata.web import asking, words
from cityhall.apps.opendata.web.following import language
from cityhall.kernel.analytics.errors import QueryError
from cityhall.kernel.django import visitors
from cityhall.kernel.django.access import actor_of, public, staff
from cityhall.kernel.django.translated import pick
from cityhall.kernel.errors import Gone, Invalid, NotFound

REPORTS_PER_HOUR: Final = 20
STATES: Final[dict[MistakeState, Any]] = {
    MistakeState.OPEN: gettext_lazy("To be corrected"),
    MistakeState.CORRECTED: gettext_lazy("Corrected at its source"),
    MistakeState.RIGHT: gettext_lazy("The row is right"),
}
_MOST: Final = 100


@public
@never_cache
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, code: str, row: str) -> HttpResponse:
    """Report a mistake in a row."""
    number = request.POST.get("number", "")
    info, told = _seen(code, row, int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else None)
    given = {name: request.POST.get(name, "") for name in ("column", "what", "email")}
    problems: dict[str, Any] = {}
    if request.method == "POST":
        try:
            visitors.count(request, "opendata", "mistake", limit=REPORTS_PER_HOUR)
            if visitors.filled_by_a_machine(request):
                raise Invalid({"website": _("Leave the field “Website” empty, then send again.")})
            services.report(code, info.number, row, **given, actor=actor_of(request), language=language())
        except Invalid as refused:
            problems = dict(refused.fields)
        else:
            messages.success(request, _("Thank you. Who publishes this looks at it and corrects it at its source."))
            return redirect("opendata-row", code=code, row=row)
    context = {
        "info": info,
        "row": row,
        "told": told,
        "columns": [(one.name, pick(one.title) or one.name) for one in info.columns],
        "given": given,
        "problems": problems,
        "errors": [(f"#f-{at}", text) for at, text in problems.items()],
    }
    return render(request, "opendata/mistake.html", context, status=422 if problems else 200)


def _seen(code: str, row: str, number: int | None) -> tuple[DatasetInfo, list[tuple[str, str]]]:
    """Return the row as the snapshot has it that was looked at; as the current one where that is gone by now."""
    try:
        return _row(code, row, number)
    except Gone:
        return _row(code, row, None)


def _row(code: str, row: str, number: int | None) -> tuple[DatasetInfo, list[tuple[str, str]]]:
    """Return a dataset as one of its snapshots has it, and what the row holds there. Raises NotFound, Gone."""
    info = queries.dataset(code, number)
    try:
        values = asking.row_of(info, row, number)
    except (QueryError, FileNotFoundError):
        values = None
    if values is None:
        raise NotFound(_("There is no such row. It may have been removed since."))
    return info, [(pick(one.title) or one.name, words.cell(values.get(one.name))) for one in info.columns]


@staff(PUBLISH)
@never_cache
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Show who publishes which mistakes were reported."""
    context = {
        "waiting": people.mistakes(MistakeState.OPEN, most=_MOST),
        "over": [
            (one, STATES[one.state]) for one in people.mistakes(MistakeState.CORRECTED, MistakeState.RIGHT, most=_MOST)
        ],
    }
    return render(request, "opendata/desk_mistakes.html", context)


@staff(PUBLISH)
@never_cache
@require_http_methods(["GET", "POST"])
def desk_one(request: HttpRequest, mistake_id: uuid.UUID) -> HttpResponse:
    """Settle one mistake, or remove the report."""
    mistake, actor = people.mistake(mistake_id), actor_of(request)
    if request.POST.get("act") == "remove":
        services.remove(mistake_id, actor=actor)
        messages.success(request, _("It is removed."))
        return redirect("desk-data-mistakes")
    problems: dict[str, Any] = {}
    given = {"state": mistake.state.value, "text": mistake.answer}
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in given}
        try:
            services.settle(mistake_id, **given, actor=actor)
        except Invalid as refused:
            problems = dict(refused.fields)
        else:
            messages.success(request, _("It is settled."))
            return redirect("desk-data-mistakes")
    told, column = _as_published(mistake)
    context = {
        "mistake": mistake,
        "told": told,
        "column": column,
        "given": given,
        "states": [(one.value, text) for one, text in STATES.items() if one is not MistakeState.OPEN],
        "problems": problems,
        "errors": [(f"#{at}", text) for at, text in problems.items()],
    }
    return render(request, "opendata/desk_mistake.html", context, status=422 if problems else 200)


def _as_published(mistake: MistakeInfo) -> tuple[list[tuple[str, str]], str]:
    """Return the row as the snapshot has it that was looked at, nothing when that is gone; and the column's title."""
    try:
        info, told = _row(mistake.code, mistake.row, mistake.number)
    except (NotFound, Gone):
        return [], mistake.column
    titles = {one.name: pick(one.title) or one.name for one in info.columns}
    return told, titles.get(mistake.column, mistake.column)
