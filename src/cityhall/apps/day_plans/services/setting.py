"""Saying how a team's day is: depot, hours, crews, what kinds of work take, and when somebody was promised."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from cityhall.apps.day_plans import queries
from cityhall.apps.day_plans.contracts import PLAN, CrewTerms, KindTerms, TeamTerms
from cityhall.apps.day_plans.models import Crew, Kind, TeamDay, Window
from cityhall.apps.identity import public as identity
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import public as service_requests
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit
from cityhall.kernel.django.permissions import DENIED
from cityhall.kernel.django.seen import need_unchanged
from cityhall.kernel.errors import Invalid, NotAllowed, NotFound

_SPEEDS, _JOBS, _MINUTES = (3, 60), (1, 200), (1, 480)


def save_team(team_id: uuid.UUID, terms: TeamTerms, *, actor: Actor, seen: str = "") -> None:
    """Say where a team starts, its hours, how fast it drives in town, and whether new plans wait for a yes.

    Args:
        seen: the mark of what the actor read, see `kernel.django.seen`; so with crews and kinds.

    Raises:
        NotAllowed, NotFound: see `queries.team_of`.
        Stale: somebody else saved since the actor read it.
        Invalid: fields "depot", "ends", "speed".
    """
    queries.team_of(team_id, actor, PLAN)
    problems: dict[str, Any] = {}
    if terms.lat is None or terms.lon is None or not (-90 <= terms.lat <= 90 and -180 <= terms.lon <= 180):
        problems["depot"] = _("Enter an address or a point inside the city.")
    elif not places.inside(terms.lat, terms.lon):
        problems["depot"] = _("This is outside the city. Enter an address or a point inside it.")
    if terms.ends <= terms.begins:
        problems["ends"] = _("Enter an hour after the first one.")
    if not _SPEEDS[0] <= terms.speed <= _SPEEDS[1]:
        problems["speed"] = _("Enter a speed from 3 to 60 miles an hour.")
    if problems:
        raise Invalid(problems)
    with transaction.atomic():
        list(TeamDay.objects.select_for_update().filter(team_id=team_id).values_list("id"))
        need_unchanged(seen, queries.team_terms(team_id))
        row, _made = TeamDay.objects.update_or_create(
            team_id=team_id,
            defaults={
                "depot": terms.depot.strip()[:200],
                "lat": terms.lat,
                "lon": terms.lon,
                "begins": terms.begins,
                "ends": terms.ends,
                "speed": terms.speed,
                "at_once": terms.at_once,
            },
        )
        facts = {"team": str(team_id), "at_once": terms.at_once}
        audit.record(actor, "day_plans.team_saved", subject_kind="team_day", subject_id=row.id, data=facts)


def save_crew(
    team_id: uuid.UUID, terms: CrewTerms, *, actor: Actor, crew_id: uuid.UUID | None = None, seen: str = ""
) -> uuid.UUID:
    """Add a crew to a team, or change one; return its id.

    Raises:
        NotAllowed, NotFound: see `queries.team_of`; no such crew.
        Stale: somebody else saved since the actor read it.
        Invalid: fields "name", "members", "most_jobs", "ends".
    """
    queries.team_of(team_id, actor, PLAN)
    hours = queries.team_terms(team_id)
    problems: dict[str, Any] = {}
    name = terms.name.strip()
    if not 1 <= len(name) <= 80:
        problems["name"] = _("Enter a name of at most 80 letters.")
    if not _JOBS[0] <= terms.most_jobs <= _JOBS[1]:
        problems["most_jobs"] = _("Enter a number from 1 to 200.")
    if (terms.ends or hours.ends) <= (terms.begins or hours.begins):
        problems["ends"] = _("Enter an hour after the first one.")
    if not set(terms.members) <= {one.id for one in identity.workforce(actor).people}:
        problems["members"] = _("Choose people from the list.")
    if any(len(skill) > 40 for skill in terms.skills) or len(terms.skills) > 20:
        problems["skills"] = _("Enter at most 20 skills of at most 40 letters each.")
    if problems:
        raise Invalid(problems)
    try:
        with transaction.atomic():
            there = Crew.objects.select_for_update().filter(team_id=team_id)
            row = there.filter(id=crew_id).first() if crew_id else Crew(team_id=team_id)
            if row is None:
                raise NotFound(_("There is no such crew."))
            if crew_id:
                need_unchanged(seen, queries.crew_of(row))
            row.name, row.members, row.skills = name, list(terms.members), list(terms.skills)
            row.most_jobs, row.begins, row.ends = terms.most_jobs, terms.begins, terms.ends
            row.save()
            facts = {"team": str(team_id), "name": name, "people": len(terms.members)}
            audit.record(actor, "day_plans.crew_saved", subject_kind="crew", subject_id=row.id, data=facts)
    except IntegrityError as problem:
        raise Invalid({"name": _("Another crew of the team has this name.")}) from problem
    return row.id


def end_crew(team_id: uuid.UUID, crew_id: uuid.UUID, *, actor: Actor) -> None:
    """Send a crew out no more. Plans it is in stay as they are."""
    queries.team_of(team_id, actor, PLAN)
    with transaction.atomic():
        if not Crew.objects.filter(id=crew_id, team_id=team_id, is_active=True).update(is_active=False):
            raise NotFound(_("There is no such crew."))
        audit.record(actor, "day_plans.crew_ended", subject_kind="crew", subject_id=crew_id, data={})


def save_kinds(team_id: uuid.UUID, terms: Mapping[str, KindTerms], *, actor: Actor, seen: str = "") -> None:
    """Say what categories' jobs take, for every team that does them.

    Raises:
        NotAllowed: a contractor's people: this is about other teams' work as well.
        Stale: somebody else saved since the actor read it.
        Invalid: a category's code, where its minutes or skill cannot be.
    """
    queries.team_of(team_id, actor, PLAN)
    if actor.contractor is not None:
        raise NotAllowed(DENIED)
    known = service_requests.category_names()
    problems = {
        code: _("Enter whole minutes from 1 to 480, or nothing, and a skill of at most 40 letters.")
        for code, one in terms.items()
        if code not in known
        or (one.minutes is not None and not _MINUTES[0] <= one.minutes <= _MINUTES[1])
        or len(one.skill) > 40
    }
    if problems:
        raise Invalid(problems)
    with transaction.atomic():
        # Whoever saves waits for whoever saves at this moment, or both would find what they had seen.
        list(Kind.objects.select_for_update().order_by("category").values_list("category"))
        need_unchanged(seen, queries.kinds())
        for code, one in terms.items():
            Kind.objects.update_or_create(category=code, defaults={"minutes": one.minutes, "skill": one.skill})
        audit.record(
            actor, "day_plans.kinds_saved", subject_kind="team_day", subject_id=None, data={"kinds": sorted(terms)}
        )


def promise(plan_id: uuid.UUID, request_id: uuid.UUID, begins: time | None, ends: time | None, *, actor: Actor) -> None:
    """Keep when somebody was promised that a crew is there on the plan's day; no hours forget it.

    The next plan that is made keeps to it.

    Raises:
        NotAllowed, NotFound: see `queries.plan_of`; the request is none of the actor's.
        Invalid: field "window".
    """
    plan = queries.plan_of(plan_id, actor, PLAN)
    if not queries.rows_of([request_id], actor):
        raise NotFound(_("There is no such request among your work."))
    if (begins is None) != (ends is None) or (begins and ends and ends <= begins):
        raise Invalid({"window": _("Enter both hours, the second after the first, or neither.")})
    day: date = plan.day
    with transaction.atomic():
        if begins is None or ends is None:
            Window.objects.filter(request_id=request_id, day=day).delete()
        else:
            Window.objects.update_or_create(request_id=request_id, day=day, defaults={"begins": begins, "ends": ends})
        facts = {"day": day.isoformat(), "promised": begins is not None}
        audit.record(actor, "day_plans.promised", subject_kind="service_request", subject_id=request_id, data=facts)
