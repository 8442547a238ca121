"""The desk's way from a file to a dataset: bring it, look through its columns, see it as everybody will, publish."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.apps.opendata import queries
from cityhall.apps.opendata.contracts import MOST_UPLOAD_BYTES, PUBLISH, Contract, DraftInfo, Policy
from cityhall.apps.opendata.queries import desk
from cityhall.apps.opendata.rules import editing
from cityhall.apps.opendata.rules.closing import closing_rows
from cityhall.apps.opendata.services import drafts, previewing
from cityhall.apps.opendata.web import desk_forms, mapping, reasons, snippets, words
from cityhall.apps.opendata.web.desk import form_context
from cityhall.kernel.analytics.columns import Type
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.django.acts import sent_from
from cityhall.kernel.django.seen import FIELD, mark
from cityhall.kernel.django.translated import pick
from cityhall.kernel.django.uploads import is_too_large, limited
from cityhall.kernel.errors import CityhallError, Invalid, NotFound, Stale
from cityhall.kernel.snapshots import UnreadableFile

GOING: Final = {"reading", "publishing"}
_STEPS: Final[dict[str, Any]] = {
    "reading": gettext_lazy("The rows are being read."),
    "sorting": gettext_lazy("The rows are being sorted."),
    "writing": gettext_lazy("The files are being written."),
}


@staff(PUBLISH)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(desk.drafts_folder, MOST_UPLOAD_BYTES)
def new(request: HttpRequest, code: str = "") -> HttpResponse:
    """Take a file, for a new dataset or as a dataset's new version."""
    actor = actor_of(request)
    problems: dict[str, Any] = {}
    shown = desk.dataset(code, actor) if code else None
    if request.method == "POST":
        file = request.FILES.get("file")
        if is_too_large(request):
            told = _(
                "This file is larger than %(size)d MB. Publish it from the command line: cityhall opendata publish."
            )
            problems = {"file": told % {"size": MOST_UPLOAD_BYTES // 1_000_000}}
        elif file is None:
            problems = {"file": _("Choose a file.")}
        else:
            path = Path(file.temporary_file_path())  # type: ignore[attr-defined]  # our handler makes no other
            try:
                made = drafts.take(path, name=file.name or "file", actor=actor, code=code)
            except Invalid as refused:
                problems = refused.fields
            else:
                return redirect("desk-data-draft", draft_id=made)
    title = (pick(shown.title) or shown.name) if shown else ""
    context = {"dataset": shown, "title": title, "problems": problems, "size": MOST_UPLOAD_BYTES // 1_000_000}
    return render(request, "opendata/desk/new.html", context, status=422 if problems else 200)


@staff(PUBLISH)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Show how far a file is; when it is read, its columns to look through, and take down what a person says."""
    info = desk.draft(draft_id, actor_of(request))
    if info.state == "done":
        return _published(request, info)
    if info.state in GOING or info.contract is None:
        context = {"draft": info, "going": _STEPS.get(info.step, ""), "is_going": info.state in GOING}
        return render(request, "opendata/desk/going.html", context)
    return _confirming(request, info, info.contract)


def _confirming(request: HttpRequest, info: DraftInfo, stands: Contract) -> HttpResponse:
    filled, problems, seen = editing.answers_of(stands), {}, mark(stands)
    if request.method == "POST":
        filled = desk_forms.answers(request.POST)
        try:
            drafts.confirm(info.id, filled, actor=actor_of(request), seen=filled.get(FIELD, ""))
        except Invalid as refused:
            problems, seen = desk_forms.problems_of(refused.fields, stands, filled), filled.get(FIELD, "")
        except Stale as refused:
            problems = {FIELD: refused.message}
        else:
            return redirect("desk-data-preview", draft_id=info.id)
    try:
        sample = desk.draft_sample(info.id)
    except UnreadableFile as problem:
        raise NotFound(_("This file cannot be read any more. Bring it again.")) from problem
    context = {"draft": info, "seen": seen, **form_context(stands, sample, filled, problems)}
    found = context["columns"]
    context |= {
        "missing": [one.terms.source or ", ".join(one.terms.headings) for one in found if one.is_missing],
        "may_be_missing": stands.missing_columns is Policy.IGNORE,
        "looked_at": len(sample.rows),
        "closing": closing_rows(sample) if len(sample.rows) < desk.SAMPLED else [],
        "warned": [one for one in found if one.likely and not one.is_point],
    }
    return render(request, "opendata/desk/confirm.html", context, status=422 if problems else 200)


def _published(request: HttpRequest, info: DraftInfo) -> HttpResponse:
    try:
        shown = queries.dataset(info.outcome["id"])
    except CityhallError as problem:  # withdrawn since
        raise NotFound(problem.message) from problem
    context = {
        "draft": info,
        "dataset": shown,
        "title": pick(shown.title) or shown.name,
        "address": request.build_absolute_uri(f"/data/{shown.code}/"),
        "snippets": snippets.snippets(request, shown, has_place=bool(mapping.place_of(shown))),
    }
    return render(request, "opendata/desk/published.html", context)


@staff(PUBLISH)
@never_cache
@require_safe
def standing(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Say how far a file is: a part of the page, asked for again and again."""
    info = desk.draft(draft_id, actor_of(request))
    if info.state not in GOING:
        answer = HttpResponse("")
        answer["HX-Refresh"] = "true"
        return answer
    return render(request, "opendata/desk/parts/standing.html", {"draft": info, "going": _STEPS.get(info.step, "")})


@staff(PUBLISH)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Show the first rows as everybody will see them; publish them all."""
    actor = actor_of(request)
    info = desk.draft(draft_id, actor)
    if info.state != "ready" or info.contract is None or not info.is_confirmed:
        return redirect("desk-data-draft", draft_id=draft_id)
    if request.method == "POST":
        drafts.publish(draft_id, actor=actor)
        return redirect("desk-data-draft", draft_id=draft_id)
    made = previewing.preview(draft_id, info.contract, actor=actor)
    titles = {one.name: pick(one.title) or one.name for one in info.contract.columns}
    context = {
        "draft": info,
        "title": pick(info.contract.title),
        "contract": info.contract,
        "promise": words.promise(info.contract.fresh_within),
        "preview": made,
        "headings": [(titles[one.name], one.type is Type.NUMBER) for one in made.columns] if made else [],
        "rows": [
            [(words.cell(row.get(one.name)), one.type is Type.NUMBER) for one in made.columns] for row in made.rows
        ]
        if made
        else [],
        "left_out": [titles[one.name] for one in info.contract.columns if not one.publish],
    }
    return render(request, "opendata/desk/preview.html", context)


@staff(PUBLISH)
@never_cache
@sent_from("desk-data-draft", "draft_id")
def sheet(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Read a workbook again, from another of its sheets."""
    drafts.choose_sheet(draft_id, request.POST.get("sheet", ""), actor=actor_of(request))
    return redirect("desk-data-draft", draft_id=draft_id)


@staff(PUBLISH)
@never_cache
@sent_from("desk-data-draft", "draft_id")
def discard(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Remove a file that was brought."""
    drafts.discard(draft_id, actor=actor_of(request))
    messages.success(request, _("The file is discarded. Nothing was published."))
    return redirect("desk-data")


@staff(PUBLISH)
@never_cache
@require_safe
def aside(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponseBase:
    """Give the list of rows for which the last try was refused: lines of the file, and reasons."""
    info = desk.draft(draft_id, actor_of(request))
    if not info.has_aside:
        raise NotFound(_("There is no such list."))
    file = desk.draft_folder(draft_id) / desk.ASIDE
    return reasons.download(file, "aside.csv")
