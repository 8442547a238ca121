"""The desk's pages of the draft: its rules, its trial, and the form of one rule."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.apps.routing import queries, services
from cityhall.apps.routing.contracts import MANAGE, MOST_SHARES, Holidays, Rule, SetInfo, Share, Trial, Window
from cityhall.apps.routing.web import choices, words
from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.service_requests.contracts import DeskFilter, RequestFilter, State
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.django.acts import sent_from
from cityhall.kernel.errors import Invalid, NotFound, Stale


@staff(MANAGE)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show the draft, with what its trial found."""
    actor = actor_of(request)
    draft = queries.draft(actor)
    if draft is None:
        return redirect("desk-routing")
    known = words.names(draft.rules)
    trial = draft.trial
    shown = {
        "draft": draft,
        "rules": words.said(draft.rules, known, trial.decided if trial else ()),
        "trial": trial,
        "result": _result(trial, draft, known, actor) if trial else None,
        "periods": words.PERIODS,
        "days": trial.days if trial else 30,
        "tab": "rules",
    }
    return render(request, "routing/draft.html", shown)


def _result(trial: Trial, draft: SetInfo, known: words.Names, actor: Actor) -> dict[str, Any]:
    """Return a trial's tables in words. Examples that are not among the reader's work are left out."""
    ids = tuple(one.request for one in trial.examples)
    wanted = DeskFilter(base=RequestFilter(ids=ids), states=tuple(State))
    may_see = actor.may("requests.view")
    rows = {row.request.id: row for row in service_requests.desk_queue(wanted, actor).items} if may_see else {}
    return {
        "percent": trial.moved * 100 / trial.tested if trial.tested else 0,
        "flows": [(known.team(one.before), known.team(one.after), one.count) for one in trial.flows],
        "load": [
            {
                "team": known.team(one.team),
                "row": one,
                "is_more": one.finished is not None and one.after > one.finished and one.after > one.before,
            }
            for one in trial.load
        ],
        "examples": [
            {
                "row": rows[one.request],
                "before": known.team(one.before),
                "after": known.team(one.after),
                "rule": one.rule,
                "name": draft.rules[one.rule - 1].name if 0 < one.rule <= len(draft.rules) else "",
            }
            for one in trial.examples
            if one.request in rows
        ],
    }


@staff(MANAGE)
@sent_from("desk-routing-draft")
def act(request: HttpRequest) -> HttpResponse:
    """Do one thing to the draft; which one, the pressed button says."""
    actor = actor_of(request)
    verb, _colon, place = request.POST.get("act", "").partition(":")
    revision, number = _whole(request.POST.get("revision", "")), _whole(place)
    try:
        if verb in {"up", "down"}:
            services.move_rule(number, actor=actor, revision=revision, up=verb == "up")
        elif verb == "remove":
            services.remove_rule(number, actor=actor, revision=revision)
            messages.success(request, _("The rule is out of the draft."))
        elif verb == "test":
            services.try_draft(actor=actor, revision=revision, days=_whole(request.POST.get("days", "")))
            messages.success(request, _("The rules were tested. Nothing was moved."))
        elif verb == "switch":
            new = services.switch_on(actor=actor, revision=revision)
            messages.success(request, _("Version %(number)s of the rules is in force.") % {"number": new})
            return redirect("desk-routing")
        elif verb == "discard":
            services.discard_draft(actor=actor, revision=revision)
            messages.success(request, _("The draft is gone. The rules in force stay."))
            return redirect("desk-routing")
        else:
            raise Invalid({"act": _("Choose one of those in the list.")})
    except Invalid as refused:
        for text in refused.fields.values():
            messages.error(request, str(text))
    except Stale as refused:
        messages.error(request, str(refused.message))
    return redirect("desk-routing-draft")


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


@staff(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write a new rule."""
    return _form(request, None)


@staff(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, number: int) -> HttpResponse:
    """Show a rule of the draft; change it."""
    return _form(request, number)


def _form(request: HttpRequest, number: int | None) -> HttpResponse:
    actor = actor_of(request)
    draft = queries.draft(actor)
    if draft is None:
        return redirect("desk-routing")
    if number is not None and not 1 <= number <= len(draft.rules):
        raise NotFound(_("There is no such rule in the draft."))
    given = _given(draft.rules[number - 1]) if number else _given(Rule(""))
    problems: Mapping[str, Any] = {}
    revision = draft.revision
    if request.method == "POST":
        given, revision = _typed(request.POST), _whole(request.POST.get("revision", ""))
        try:
            services.save_rule(_rule(given), actor=actor, revision=revision, number=number)
        except Invalid as refused:
            problems = refused.fields
        except Stale as refused:
            messages.error(request, str(refused.message))
            return redirect("desk-routing-draft")
        else:
            messages.success(request, _("The rule is in the draft. Test it before you switch it on."))
            return redirect("desk-routing-draft")
    shown = {
        "number": number,
        "given": given,
        "problems": problems,
        "revision": revision,
        "choosers": [
            choices.categories(given["categories"]),
            choices.areas(given["areas"]),
            choices.layers(given["layers"]),
            choices.owners(given["owners"]),
        ],
        "days": [(str(place), name, str(place) in given["days"]) for place, name in enumerate(words.day_names())],
        "holidays": words.HOLIDAYS,
        "teams": choices.teams(),
        "tab": "rules",
    }
    return render(request, "routing/rule.html", shown, status=422 if problems else 200)


def _given(stands: Rule) -> dict[str, Any]:
    shares = [(str(share.team), str(share.weight)) for share in stands.shares]
    window = stands.window
    return {
        "name": stands.name,
        "categories": list(stands.categories),
        "areas": [str(area) for area in stands.areas],
        "layers": list(stands.layers),
        "owners": list(stands.owners),
        "days": [str(day) for day in window.days],
        "since": window.since.isoformat("minutes") if window.since else "",
        "until": window.until.isoformat("minutes") if window.until else "",
        "holidays": window.holidays.value,
        "shares": [*shares, *[("", "1")] * (MOST_SHARES - len(shares))],
    }


def _typed(posted: QueryDict) -> dict[str, Any]:
    shares = list(zip(posted.getlist("team"), posted.getlist("weight"), strict=False))[:MOST_SHARES]
    return {
        **{name: posted.getlist(name) for name in ("categories", "areas", "layers", "owners", "days")},
        **{name: posted.get(name, "").strip() for name in ("name", "since", "until", "holidays")},
        "shares": [*shares, *[("", "1")] * (MOST_SHARES - len(shares))],
    }


def _rule(given: Mapping[str, Any]) -> Rule:
    """Return the rule that was typed. Raises Invalid for what is no rule at all."""
    problems: dict[str, Any] = {}
    clocks: dict[str, time | None] = {}
    for name in ("since", "until"):
        try:
            at = time.fromisoformat(given[name]) if given[name] else None
            clocks[name] = at and at.replace(second=0, microsecond=0, tzinfo=None)
        except ValueError:
            problems[name] = _("Write the time like 17:30.")
    try:
        areas = tuple(uuid.UUID(one) for one in given["areas"])
        shares = tuple(Share(uuid.UUID(team), _whole(weight)) for team, weight in given["shares"] if team)
        days = frozenset(int(day) for day in given["days"] if day in set("0123456"))
        holidays = Holidays(given["holidays"])
    except ValueError as problem:
        raise Invalid({"teams": _("Choose one of those in the list.")}) from problem
    if problems:
        raise Invalid(problems)
    return Rule(
        name=given["name"],
        categories=tuple(given["categories"]),
        areas=areas,
        layers=tuple(given["layers"]),
        owners=tuple(given["owners"]),
        window=Window(days, clocks["since"], clocks["until"], holidays),
        shares=shares,
    )
