"""The page of a team's day: choose, make, look, print."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import qrcode
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cityhall.apps.day_plans import queries, services
from cityhall.apps.day_plans.contracts import PLAN, VIEW, Content, PlanInfo, Standing
from cityhall.apps.day_plans.web import drawing, showing, words
from cityhall.apps.identity import public as identity
from cityhall.apps.identity.contracts import TeamInfo
from cityhall.apps.places import public as places
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.django.acts import sent_from
from cityhall.kernel.errors import Invalid, NotFound

_GOING = frozenset({Standing.ASKED, Standing.READING, Standing.SOLVING})


def today() -> date:
    """Return the day it is in the city."""
    return places.local(clock.now()).date()


def day_of(text: str) -> date:
    """Return a day as an address has it.

    Raises:
        NotFound: it is none.
    """
    try:
        found = date.fromisoformat(text)
    except ValueError as problem:
        raise NotFound(_("There is no such day. Write it as in 2026-03-05.")) from problem
    if not 2000 <= found.year <= 2200:
        raise NotFound(_("There is no such day. Write it as in 2026-03-05."))
    return found


@staff(VIEW)
@never_cache
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Go to the plan of a team and day; to one's own team's today when none is asked for."""
    actor = actor_of(request)
    known = queries.teams(actor)
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = today()
    wanted = request.GET.get("team", "")
    team = next((one for one in known if str(one.id) == wanted), None) or _likely(known, actor, day)
    if team is None:
        return render(request, "day_plans/no_team.html", {"may_manage": actor.may("identity.manage")})
    return redirect("desk-day-plan-page", team_id=team.id, day=day.isoformat())


def _likely(known: tuple[TeamInfo, ...], actor: Actor, day: date) -> TeamInfo | None:
    """Return the team somebody most likely means: their own, one that has a plan, one that has crews, any."""
    for wanted in (
        actor.teams,
        queries.teams_with_plan(day, published=True),
        queries.teams_with_plan(day),
        queries.teams_with_crews(),
    ):
        found = next((one for one in known if one.id in wanted), None)
        if found:
            return found
    return known[0] if known else None


@staff(VIEW)
@never_cache
@require_safe
def page(request: HttpRequest, team_id: uuid.UUID, day: str) -> HttpResponse:
    """Show a team's day: to those who plan it the version they work on, to its crews the one they were given."""
    return render(request, "day_plans/page.html", _context(request, team_id, day_of(day)))


@staff(VIEW)
@never_cache
@require_safe
def standing(request: HttpRequest, team_id: uuid.UUID, day: str) -> HttpResponse:
    """Say how far the making of a plan is: a part of the page, asked for again and again."""
    plan = queries.plan_on(team_id, day_of(day), actor_of(request))
    if plan is None or plan.standing not in _GOING or _gave_up(plan):
        answer = HttpResponse("")
        answer["HX-Refresh"] = "true"
        return answer
    shown = {"team_id": team_id, "day": day, "going": words.STANDINGS[plan.standing]}
    return render(request, "day_plans/parts/standing.html", shown)


@staff(PLAN)
@never_cache
@sent_from("desk-day-plan-page", "team_id", "day")
def make(request: HttpRequest, team_id: uuid.UUID, day: str) -> HttpResponse:
    """Ask for a plan."""
    try:
        services.ask(team_id, day_of(day), actor=actor_of(request))
    except Invalid as refused:
        for text in refused.fields.values():
            messages.error(request, str(text))
    return redirect("desk-day-plan-page", team_id=team_id, day=day)


@staff(VIEW)
@never_cache
@require_safe
def routes(request: HttpRequest, team_id: uuid.UUID, day: str) -> HttpResponse:
    """Answer the routes for the map."""
    actor = actor_of(request)
    plan = queries.plan_on(team_id, day_of(day), actor)
    content = _version(plan, actor) if plan else None
    if plan is None or content is None:
        return JsonResponse({"type": "FeatureCollection", "features": []})
    rows = queries.rows_of(content.requests, actor)
    titles = [
        [f"{showing.hour(stop.arrive)} {showing.line(stop.key, rows).title}" for stop in route.stops]
        for route in content.routes
    ]
    return JsonResponse(drawing.geojson(content, titles))


@staff(VIEW)
@never_cache
@require_safe
def as_print(request: HttpRequest, team_id: uuid.UUID, day: str) -> HttpResponse:
    """Show the plan as sheets of paper: one for each crew, with a code that opens each request."""
    actor = actor_of(request)
    team = queries.team_of(team_id, actor, VIEW)
    when = day_of(day)
    plan = queries.plan_on(team_id, when, actor)
    content = _version(plan, actor) if plan else None
    if plan is None or content is None:
        raise NotFound(_("There is no plan for this day yet."))
    shown = showing.sheet(plan, content, actor)
    sheets = [
        (route, [(stop, [(one, _code(request, one.number)) for one in stop.lines]) for stop in route.stops])
        for route in shown.routes
    ]
    is_draft = plan.content is content and plan.shown != plan.published
    context = {"sheet": shown, "sheets": sheets, "team": team, "day": when, "is_draft": is_draft}
    return render(request, "day_plans/print.html", context)


def _code(request: HttpRequest, number: str) -> SafeString:
    """Return a QR code of a request's page, as SVG."""
    if not number:
        return SafeString("")
    code = qrcode.QRCode(border=2)
    code.add_data(request.build_absolute_uri(reverse("desk-request", args=[number])))
    dots = code.get_matrix()
    runs = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(dots) for x, is_dark in enumerate(row) if is_dark)
    return format_html('<svg viewBox="0 0 {} {}" aria-hidden="true"><path d="{}"/></svg>', len(dots), len(dots), runs)


def _version(plan: PlanInfo, actor: Actor) -> Content | None:
    return plan.content if actor.may(PLAN) else plan.published_content


def _gave_up(plan: PlanInfo) -> bool:
    return clock.now() - plan.asked_at > services.GIVEN_UP


def _context(request: HttpRequest, team_id: uuid.UUID, day: date) -> dict[str, Any]:
    actor = actor_of(request)
    team = queries.team_of(team_id, actor, VIEW)
    plan = queries.plan_on(team_id, day, actor)
    may_plan = actor.may(PLAN)
    content = _version(plan, actor) if plan else None
    going = bool(plan and may_plan and plan.standing in _GOING and not _gave_up(plan))
    failed = bool(
        plan and may_plan and (plan.standing is Standing.FAILED or (plan.standing in _GOING and _gave_up(plan)))
    )
    context: dict[str, Any] = {
        "team": team,
        "team_id": team_id,
        "teams": queries.teams(actor),
        "day": day,
        "day_text": day.isoformat(),
        "days": (day - timedelta(days=1), day + timedelta(days=1)),
        "is_today": day == today(),
        "is_past": day < today(),
        "plan": plan,
        "may_plan": may_plan,
        "going": words.STANDINGS[plan.standing] if plan and going else "",
        "failed": failed,
        "terms": queries.team_terms(team_id),
        "crews": queries.crews(team_id),
        "sheet": showing.sheet(plan, content, actor) if plan and content else None,
        "works": places.calendar().works_on(day),
        "layers": ",".join(places.layers()),
    }
    if plan and may_plan:
        names = identity.names({by for _number, _reason, _at, by in plan.numbers if by}, to=actor)
        context["versions"] = [
            (number, words.REASONS[reason], at, names.get(by, "") if by else "")
            for number, reason, at, by in reversed(plan.numbers)
        ]
        context["is_published"] = plan.published is not None and plan.shown == plan.published
        if plan.proposal:
            rows = queries.rows_of({one.request_id for one in plan.differences}, actor)
            context["differences"] = [showing.difference(one, rows) for one in plan.differences]
            context["unplaced"] = _unplaced(plan, actor)
    if content:
        points = [point for route in content.routes for point in drawing.lines(route)]
        if points:
            context["bounds"] = ",".join(f"{side:.5f}" for side in _bounds(points))
    return context


def _unplaced(plan: PlanInfo, actor: Actor) -> list[showing.Line]:
    """Return what a proposal leaves out that the crews' plan knew nothing of."""
    found = [one.request_id for one in plan.proposal.left_out] if plan.proposal else []
    known = {one.request_id for one in plan.published_content.left_out} if plan.published_content else set()
    known |= plan.published_content.requests if plan.published_content else set()
    rows = queries.rows_of(set(found) - known, actor)
    return [showing.line(one, rows) for one in found if one not in known]


def _bounds(points: list[tuple[float, float]]) -> tuple[float, float, float, float]:
    """Return west, south, east and north of the points, with some room around a single one."""
    lats, lons = [lat for lat, _lon in points], [lon for _lat, lon in points]
    room = 0.002
    return min(lons) - room, min(lats) - room, max(lons) + room, max(lats) + room
