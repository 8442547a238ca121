"""The page of a team's crews and hours, and of what kinds of work take."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cityhall.apps.day_plans import queries, services
from cityhall.apps.day_plans.contracts import PLAN, USUAL_MINUTES, CrewTerms, KindTerms, TeamTerms
from cityhall.apps.day_plans.web.changes import hour_of
from cityhall.apps.identity import public as identity
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import public as service_requests
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.django.seen import FIELD, mark
from cityhall.kernel.errors import Invalid, Stale
from cityhall.kernel.offers import work_times


@staff(PLAN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, team_id: uuid.UUID) -> HttpResponse:
    """Show how a team's day is; change one part of it, which the pressed button names."""
    actor = actor_of(request)
    team = queries.team_of(team_id, actor, PLAN)
    problems: Mapping[str, Any] = {}
    part = request.POST.get("part", "")
    if request.method == "POST":
        try:
            messages.success(request, _save(team_id, part, request.POST, actor))
        except Invalid as refused:
            problems = refused.fields
        except Stale:
            told = _(
                "Somebody else saved this while you filled it in. The page shows theirs; nothing of yours is saved."
            )
            messages.error(request, told)
            return redirect("desk-day-plan-crews", team_id=team_id)
        else:
            return redirect("desk-day-plan-crews", team_id=team_id)
    terms = queries.team_terms(team_id)
    kinds, learnt = queries.kinds(), work_times.get()()
    names = service_requests.category_names()
    own = {one.code for one in service_requests.categories(everything=True) if one.department_id == team.department_id}
    context = {
        "team": team,
        "terms": terms,
        "crews": [(crew, mark(crew)) for crew in queries.crews(team_id)],
        "marks": {"team": mark(terms), "kinds": mark(kinds)},
        "people": _people(actor, team_id),
        "kinds": [
            (code, names[code], kinds.get(code, KindTerms()), learnt.get(code), USUAL_MINUTES)
            for code in sorted(own | (set(kinds) & set(names)), key=lambda one: names[one])
        ],
        "skills": sorted({skill for crew in queries.crews(team_id) for skill in crew.skills}),
        "given": request.POST if problems else {},
        "part": part,
        "problems": problems,
        "new": CrewTerms(""),
    }
    return render(request, "day_plans/crews.html", context, status=422 if problems else 200)


def _people(actor: Actor, team_id: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    """Return who may go out with a crew: the department's people, a contractor's own."""
    team = queries.team_of(team_id, actor, PLAN)
    allowed = {one.id for one in identity.workforce(actor).people}
    found = identity.people(team.department_id)
    return [(one.id, one.name or one.email or one.phone) for one in found if one.id in allowed]


def _save(team_id: uuid.UUID, part: str, given: QueryDict, actor: Actor) -> str:
    seen = given.get(FIELD, "")
    if part == "team":
        services.save_team(team_id, _team(given), actor=actor, seen=seen)
        return _("The depot and hours are saved.")
    if part == "kinds":
        services.save_kinds(team_id, _kinds(given), actor=actor, seen=seen)
        return _("What jobs take is saved.")
    try:
        crew_id = uuid.UUID(part.removeprefix("end-").removeprefix("crew-")) if "-" in part else None
        members = tuple(uuid.UUID(one) for one in given.getlist("members"))
    except ValueError as problem:
        raise Invalid({"members": _("Choose people from the list.")}) from problem
    if part.startswith("end-") and crew_id:
        services.end_crew(team_id, crew_id, actor=actor)
        return _("The crew goes out no more.")
    terms = CrewTerms(
        name=given.get("name", ""),
        members=members,
        skills=tuple(dict.fromkeys(one.strip().lower() for one in given.get("skills", "").split(",") if one.strip())),
        most_jobs=_whole(given.get("most_jobs", "")) or 0,
        begins=_hour("begins", given),
        ends=_hour("ends", given),
    )
    services.save_crew(team_id, terms, actor=actor, crew_id=crew_id, seen=seen)
    return _("The crew is saved.")


def _team(given: QueryDict) -> TeamTerms:
    depot = given.get("depot", "").strip()
    label, lat, lon = _located(depot)
    usual = TeamTerms()
    return TeamTerms(
        depot=label,
        lat=lat,
        lon=lon,
        begins=_hour("begins", given) or usual.begins,
        ends=_hour("ends", given) or usual.ends,
        speed=_whole(given.get("speed", "")) or 0,
        at_once=given.get("at_once") == "yes",
    )


def _located(text: str) -> tuple[str, float | None, float | None]:
    """Return where a depot is: a point as in "32.7157, -117.1611", or the place a search finds first."""
    parts = [one.strip() for one in text.split(",")]
    try:
        lat, lon = (float(one) for one in parts)
    except ValueError:
        found = next(iter(places.locate(text)), None) if text else None
        return (found.label, found.lat, found.lon) if found else (text, None, None)
    return text, lat, lon


def _kinds(given: QueryDict) -> dict[str, KindTerms]:
    found = {}
    for name in given:
        if not name.startswith("minutes-"):
            continue
        code, text = name.removeprefix("minutes-"), given.get(name, "").strip()
        # What is no number is refused by the service, as 0 minutes is.
        minutes = (_whole(text) or 0) if text else None
        found[code] = KindTerms(minutes, given.get(f"skill-{code}", "").strip().lower())
    return found


def _hour(name: str, given: QueryDict) -> time | None:
    try:
        return hour_of(given.get(name, ""))
    except Invalid as problem:
        raise Invalid({name: next(iter(problem.fields.values()))}) from problem


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None
