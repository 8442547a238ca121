"""The desk's pages of datasets: all of them with their state, one with its runs, what is said of it."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.apps.identity import public as identity
from cityhall.apps.opendata import services
from cityhall.apps.opendata.contracts import PUBLISH, Contract, DeskDataset, Freshness, Revision
from cityhall.apps.opendata.queries import desk, elsewhere, own
from cityhall.apps.opendata.rules import editing
from cityhall.apps.opendata.services import wording
from cityhall.apps.opendata.web import desk_forms, reasons, words
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.django.acts import sent_from
from cityhall.kernel.django.seen import FIELD, mark
from cityhall.kernel.django.translated import pick, say
from cityhall.kernel.errors import Invalid, Stale

_DRAFTS: Final[dict[str, Any]] = {
    "reading": gettext_lazy("being read"),
    "ready": gettext_lazy("waits to be confirmed"),
    "publishing": gettext_lazy("being published"),
    "failed": gettext_lazy("cannot be read"),
}
#: What differs between two versions of a contract.
_DIFFERS: Final[dict[str, Any]] = {
    "title": gettext_lazy("title"),
    "description": gettext_lazy("description"),
    "owner": gettext_lazy("owner"),
    "licence": gettext_lazy("license"),
    "fresh_within": gettext_lazy("promise"),
    "most_lost": gettext_lazy("rows that may be gone"),
    "most_aside": gettext_lazy("rows that may be unusable"),
    "new_columns": gettext_lazy("columns that are new"),
    "missing_columns": gettext_lazy("columns that are missing"),
    "key": gettext_lazy("what tells rows apart"),
    "suppress": gettext_lazy("rare values"),
}


@staff(PUBLISH)
@never_cache
@require_safe
def datasets(request: HttpRequest) -> HttpResponse:
    """List the datasets, those that need somebody first, the files that wait, and other publishers' catalogues."""
    actor = actor_of(request)
    found = desk.datasets(actor)
    context = {
        "datasets": [_shown(one) for one in found],
        "states_no_licence": any(one.is_live for one in found) and not own.terms().licence,
        "drafts": [(one, _DRAFTS.get(one.state, "")) for one in desk.drafts(actor)],
        "catalogues": [
            (one, words.promise(one.schedule), say(one.reason) if one.reason else "")
            for one in elsewhere.catalogues(actor)
        ],
    }
    return render(request, "opendata/desk/datasets.html", context)


@staff(PUBLISH)
@never_cache
@require_safe
def dataset(request: HttpRequest, code: str) -> HttpResponse:
    """Show one dataset: how it stands, the tries to publish it, its contract's versions."""
    actor = actor_of(request)
    revisions = desk.revisions(code, actor)
    names = identity.names([one.by for one in revisions if one.by])
    context = {
        "one": _shown(desk.dataset(code, actor)),
        "runs": desk.runs(code, actor),
        "revisions": [(one, names.get(one.by, "") if one.by else "", _differs(one)) for one in revisions],
    }
    return render(request, "opendata/desk/dataset.html", context)


@staff(PUBLISH)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reword(request: HttpRequest, code: str) -> HttpResponse:
    """Change what is said of a dataset."""
    actor = actor_of(request)
    shown = desk.dataset(code, actor)
    stands = desk.contract(code, actor)
    filled, problems, seen = editing.answers_of(stands), {}, mark(stands)
    if request.method == "POST":
        filled = desk_forms.answers(request.POST)
        try:
            changed = wording.reword(code, filled, actor=actor, seen=filled.get(FIELD, ""))
        except Invalid as refused:
            problems, seen = desk_forms.problems_of(refused.fields, stands, filled), filled.get(FIELD, "")
        except Stale as refused:
            problems = {FIELD: refused.message}
        else:
            messages.success(request, _("It is saved, and on the public pages.") if changed else _("Nothing changed."))
            return redirect("desk-data-dataset", code=code)
    context = {"one": _shown(shown), "seen": seen, **form_context(stands, None, filled, problems)}
    return render(request, "opendata/desk/words.html", context, status=422 if problems else 200)


@staff(PUBLISH)
@sent_from("desk-data-dataset", "code")
def publish_again(request: HttpRequest, code: str) -> HttpResponse:
    """Have one of the city's own datasets published again after a recall."""
    try:
        services.publish_again(code, actor=actor_of(request))
    except Invalid as refused:
        messages.error(request, str(refused.fields["name"]))
    else:
        messages.success(request, _("It is published again within a minute."))
    return redirect("desk-data-dataset", code=code)


@staff(PUBLISH)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, code: str) -> HttpResponse:
    """Ask before a dataset that was never published is removed, and do it."""
    actor = actor_of(request)
    shown = desk.dataset(code, actor)
    problems: dict[str, Any] = {}
    if request.method == "POST":
        try:
            services.remove(code, actor=actor)
        except Invalid as refused:
            problems = refused.fields
        else:
            messages.success(request, _("The draft is removed. Nothing of it was ever published."))
            return redirect("desk-data")
    context = {"one": _shown(shown), "problems": problems}
    return render(request, "opendata/desk/remove.html", context, status=422 if problems else 200)


@staff(PUBLISH)
@never_cache
@require_safe
def aside(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Give the list of rows that a version put aside: lines of the file, and reasons."""
    file = desk.aside(code, number, actor_of(request))
    return reasons.download(file, f"aside-{code}-{number}.csv")


def form_context(contract: Contract, sample: Any, filled: dict[str, str], problems: dict[str, Any]) -> dict[str, Any]:
    """Return what the form of a contract needs."""
    found = desk_forms.columns(contract, sample, filled, problems)
    return {
        "contract": contract,
        "columns": found,
        "filled": filled,
        "problems": problems,
        "errors": desk_forms.summary(problems, found),
        "promises": desk_forms.promises(contract.fresh_within),
        "licences": desk_forms.LICENCES,
        "classes": desk_forms.CLASSES,
        "new_columns": desk_forms.NEW_COLUMNS,
        "missing_columns": desk_forms.MISSING_COLUMNS,
        "rules": desk_forms.rare_rules(filled, problems),
        "point": desk_forms.point_choices(contract, sample),
    }


def _shown(one: DeskDataset) -> dict[str, Any]:
    """Return a dataset with the words for its state."""
    return {
        "info": one,
        "title": pick(one.title) or one.name,
        "promise": words.promise(one.fresh_within),
        "freshness": words.FRESHNESS[one.freshness],
        "is_late": one.freshness in {Freshness.LATE, Freshness.STALE},
        "needs": desk.needs_somebody(one),
    }


def _differs(one: Revision) -> str:
    return ", ".join(
        str(_DIFFERS.get(name, name)) if not name.startswith("columns.") else name.removeprefix("columns.")
        for name in one.differs
    )
