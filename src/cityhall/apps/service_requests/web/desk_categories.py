"""Categories at the desk: the list with targets and policies, and a page to change one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.apps.identity import public as identity
from cityhall.apps.service_requests import queries, services
from cityhall.apps.service_requests.contracts import CategorySettings, Detail, Moderation
from cityhall.apps.service_requests.web import resident_words
from cityhall.apps.service_requests.web.desk_detail import OUTCOMES
from cityhall.apps.service_requests.web.desk_filters import as_id
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.django.translated import pick
from cityhall.kernel.errors import Invalid, Stale

DETAILS = {
    Detail.EXACT: gettext_lazy("public"),
    Detail.GENERALISED: gettext_lazy("roughly"),
    Detail.WITHHELD: gettext_lazy("not public"),
}
MODERATIONS = {
    Moderation.AT_ONCE: gettext_lazy("shows at once"),
    Moderation.WAITS: gettext_lazy("waits for a person"),
}


@staff("requests.configure")
@never_cache
@require_safe
def categories(request: HttpRequest) -> HttpResponse:
    """List the categories by group, with who handles them, how soon, and what is public."""
    departments = {one.id: pick(one.name) for one in identity.departments()}
    rows = [
        {
            "category": one,
            "department": departments.get(one.department_id, "") if one.department_id else "",
            "place": DETAILS[one.policy.place],
            "text": DETAILS[one.policy.text],
            "photo": DETAILS[one.policy.photo],
            "moderation": MODERATIONS[one.policy.moderation],
            "group": one.group,
        }
        for one in queries.categories(everything=True)
    ]
    return render(request, "service_requests/desk/categories.html", {"rows": rows})


@staff("requests.configure")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def category(request: HttpRequest, code: str) -> HttpResponse:
    """Show one category's settings; change them."""
    actor = actor_of(request)
    stands = queries.category_settings(code, actor)
    if request.method != "POST":
        return _page(request, stands, _fields(stands))
    given = {name: str(value) for name, value in request.POST.items()}
    try:
        services.configure_category(
            code,
            actor=actor,
            read_at=_moment(given.get("read_at", "")),
            name={"en": given.get("name_en", ""), "es": given.get("name_es", "")},
            target_days=_days(given.get("target_days", "")),
            department_id=as_id(given.get("department", "")),
            team_id=as_id(given.get("team", "")),
            text_policy=_choice(Detail, given.get("text_policy", ""), "text_policy"),
            moderation=_choice(Moderation, given.get("moderation", ""), "moderation"),
            is_active=given.get("is_active") == "yes",
            proof_photo=given.get("proof_photo") == "yes",
            approve=[one for one in OUTCOMES if given.get(f"approve_{one}") == "yes"],
        )
    except Invalid as problem:
        return _page(request, stands, given, problems=problem.fields, status=problem.http_status)
    except Stale as problem:
        return _page(request, stands, given, stale=True, status=problem.http_status)
    messages.success(request, _("The category is changed. New requests follow it from now on."))
    return redirect("desk-categories")


def _page(
    request: HttpRequest,
    stands: CategorySettings,
    given: dict[str, str],
    *,
    problems: dict[str, Any] | None = None,
    stale: bool = False,
    status: int = 200,
) -> HttpResponse:
    departments = {one.id: pick(one.name) for one in identity.departments()}
    shown = {
        "stands": stands,
        "title": pick(stands.name),
        "given": given,
        "problems": problems or {},
        "stale": stale,
        "theirs": _fields(stands),
        "departments": identity.departments(),
        "teams": [
            (one.id, f"{pick(one.name)} ({departments[one.department_id]})")
            for one in identity.teams()
            if one.department_id in departments
        ],
        "texts": [(value.value, words) for value, words in DETAILS.items() if value is not Detail.GENERALISED],
        "moderations": [(value.value, words) for value, words in MODERATIONS.items()],
        "place": DETAILS[stands.place],
        "photo": DETAILS[stands.photo],
        "approve": [
            (f"approve_{one}", resident_words.outcome_words(one), given.get(f"approve_{one}") == "yes")
            for one in OUTCOMES
        ],
        "read_at": stands.updated_at.isoformat(),
    }
    return render(request, "service_requests/desk/category.html", shown, status=status)


def _fields(stands: CategorySettings) -> dict[str, str]:
    return {
        "name_en": stands.name.get("en", ""),
        "name_es": stands.name.get("es", ""),
        "target_days": "" if stands.target_days is None else str(stands.target_days),
        "department": str(stands.department_id or ""),
        "team": str(stands.team_id or ""),
        "text_policy": stands.text.value,
        "moderation": stands.moderation.value,
        "is_active": "yes" if stands.is_active else "",
        "proof_photo": "yes" if stands.proof_photo else "",
        **{f"approve_{one}": "yes" for one in stands.approve},
    }


def _days(text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as problem:
        raise Invalid({"read_at": _("The page is incomplete. Open the category again.")}) from problem


def _choice(kind: Any, value: str, name: str) -> Any:
    try:
        return kind(value)
    except ValueError as problem:
        raise Invalid({name: _("Choose one of those in the list.")}) from problem
