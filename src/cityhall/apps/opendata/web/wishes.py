"""Asking the city for a dataset: the form, the public list, and the desk's answers."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.apps.opendata import queries
from cityhall.apps.opendata.contracts import PUBLISH, WishState
from cityhall.apps.opendata.queries import people
from cityhall.apps.opendata.services import wishes as services
from cityhall.apps.opendata.web.following import language
from cityhall.kernel.django import visitors
from cityhall.kernel.django.access import actor_of, public, staff
from cityhall.kernel.django.acts import sent_from
from cityhall.kernel.django.translated import pick
from cityhall.kernel.errors import Invalid

WISHES_PER_HOUR: Final = 5
VOTES_PER_HOUR: Final = 60
STATES: Final[dict[WishState, Any]] = {
    WishState.WAITING: gettext_lazy("Not read yet"),
    WishState.ASKED: gettext_lazy("Asked for"),
    WishState.PLANNED: gettext_lazy("Planned"),
    WishState.PUBLISHED: pgettext_lazy("data", "Published"),
    WishState.DECLINED: gettext_lazy("Will not be published"),
}
_OPEN: Final = (WishState.ASKED, WishState.PLANNED)
_OVER: Final = (WishState.PUBLISHED, WishState.DECLINED)


@public
@never_cache
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Show what people asked for, and what became of it."""
    context = {"wanted": _told(*_OPEN), "over": _told(*_OVER)}
    return render(request, "opendata/wishes.html", context)


def _told(*states: WishState) -> list[tuple[Any, Any]]:
    return [(one, STATES[one.state]) for one in people.wishes(*states)]


@public
@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a dataset."""
    problems: dict[str, Any] = {}
    given = {name: request.POST.get(name, "") for name in ("what", "why", "email")}
    if request.method == "POST":
        mark = visitors.browser(request)
        try:
            visitors.count(request, "opendata", "wish", limit=WISHES_PER_HOUR)
            if visitors.filled_by_a_machine(request):
                raise Invalid({"website": _("Leave the field “Website” empty, then send again.")})
            services.ask(**given, actor=actor_of(request), who=mark, language=language())
        except Invalid as refused:
            problems = dict(refused.fields)
        else:
            messages.success(request, _("Thank you. Somebody of the city reads it, then it stands in this list."))
            response = redirect("opendata-wishes")
            visitors.remember_browser(response, mark)
            return response
    context = {"given": given, "problems": problems, "errors": [(f"#f-{at}", text) for at, text in problems.items()]}
    return render(request, "opendata/wish.html", context, status=422 if problems else 200)


@public
@sent_from("opendata-wishes")
def me_too(request: HttpRequest, wish_id: uuid.UUID) -> HttpResponse:
    """Want a dataset too."""
    visitors.count(request, "opendata", "me-too", limit=VOTES_PER_HOUR)
    mark = visitors.browser(request)
    if services.support(wish_id, actor=actor_of(request), who=mark):
        messages.success(request, _("You are counted."))
    else:
        messages.info(request, _("You had said so already."))
    response = redirect("opendata-wishes")
    visitors.remember_browser(response, mark)
    return response


@staff(PUBLISH)
@never_cache
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Show who publishes what was asked for."""
    context = {"waiting": _told(WishState.WAITING), "wanted": _told(*_OPEN), "over": _told(*_OVER)}
    return render(request, "opendata/desk_wishes.html", context)


@staff(PUBLISH)
@never_cache
@require_http_methods(["GET", "POST"])
def desk_one(request: HttpRequest, wish_id: uuid.UUID) -> HttpResponse:
    """Answer one wish, or remove it."""
    wish, actor = people.wish(wish_id), actor_of(request)
    problems: dict[str, Any] = {}
    if request.POST.get("act") == "remove":
        services.remove(wish_id, actor=actor)
        messages.success(request, _("It is removed."))
        return redirect("desk-data-wishes")
    given = {"state": wish.state.value, "text": wish.answer, "dataset": wish.code}
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in given}
        try:
            services.answer(wish_id, **given, actor=actor)
        except Invalid as refused:
            problems = dict(refused.fields)
        else:
            messages.success(request, _("Your answer stands in the public list."))
            return redirect("desk-data-wishes")
    context = {
        "wish": wish,
        "given": given,
        "states": [(one.value, STATES[one]) for one in (*_OPEN, *_OVER)],
        "datasets": sorted(((one.code, pick(one.title)) for one in queries.datasets()), key=lambda one: one[1]),
        "problems": problems,
        "errors": [(f"#{at}", text) for at, text in problems.items()],
    }
    return render(request, "opendata/desk_wish.html", context, status=422 if problems else 200)
