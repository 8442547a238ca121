"""Plans as they stand: for the desk's page, and what is published for whoever shows it to crews."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

import msgspec
from django.utils.translation import gettext_lazy as _

from cityhall.apps.day_plans.contracts import (
    VIEW,
    Content,
    PlanInfo,
    Progress,
    Reason,
    Standing,
)
from cityhall.apps.day_plans.models import DayPlan, JobProgress, PlanVersion
from cityhall.apps.day_plans.queries.reach import own_crews, team_of
from cityhall.apps.day_plans.rules import differences
from cityhall.kernel.actors import Actor
from cityhall.kernel.errors import NotFound
from cityhall.kernel.offers import PlannedStop


def content_of(plan: DayPlan, number: int | None) -> Content | None:
    """Return one version of a plan; None for none."""
    if number is None:
        return None
    kept = PlanVersion.objects.filter(plan=plan, number=number).values_list("content", flat=True).first()
    return msgspec.convert(kept, Content) if kept is not None else None


def plan_on(team_id: uuid.UUID, day: date, actor: Actor) -> PlanInfo | None:
    """Return a team's plan for a day; None when nobody has made one. Crews are shown the published version alone.

    Raises:
        NotAllowed, NotFound: see `team_of`.
    """
    team_of(team_id, actor, VIEW)
    row = DayPlan.objects.filter(team_id=team_id, day=day).first()
    return _info(row) if row else None


def plan_of(plan_id: uuid.UUID, actor: Actor, permission: str = VIEW) -> PlanInfo:
    """Return a plan by its id.

    Raises:
        NotAllowed: without the permission.
        NotFound: no such plan, or another team's.
    """
    row = DayPlan.objects.filter(id=plan_id).first()
    if row is None:
        raise NotFound(_("There is no such plan."))
    team_of(row.team_id, actor, permission)
    return _info(row)


def _info(row: DayPlan) -> PlanInfo:
    content, published = content_of(row, row.shown), content_of(row, row.published)
    proposal = content_of(row, row.proposed)
    versions = list(
        PlanVersion.objects.filter(plan=row).order_by("number").values_list("number", "reason", "at", "by_id", "parent")
    )
    return PlanInfo(
        id=row.id,
        team_id=row.team_id,
        day=row.day,
        version=row.version,
        standing=Standing(row.standing),
        asked_at=row.asked_at,
        content=content,
        shown=row.shown,
        published=row.published,
        proposed=row.proposed,
        published_content=published,
        proposal=proposal,
        differences=differences(published, proposal) if published and proposal else (),
        numbers=tuple((number, Reason(reason), at, by) for number, reason, at, by, _parent in versions),
        before=next((parent for number, _r, _a, _b, parent in versions if number == row.shown), None),
    )


def teams_with_plan(day: date, *, published: bool = False) -> frozenset[uuid.UUID]:
    """Return the teams that have a plan for a day, or those that have published one."""
    found = DayPlan.objects.filter(day=day)
    if published:
        found = found.filter(published__isnull=False)
    return frozenset(found.values_list("team_id", flat=True))


def progress_of(plan_id: uuid.UUID) -> dict[uuid.UUID, Progress]:
    """Return when crews began and ended a plan's requests."""
    rows = JobProgress.objects.filter(plan_id=plan_id).values_list("request_id", "started_at", "finished_at")
    return {request_id: Progress(started, finished) for request_id, started, finished in rows}


def planned_day(team_id: uuid.UUID, person_id: uuid.UUID | None, day: date) -> Sequence[PlannedStop]:
    """Return the stops of a team's published plan in order, or of the crews one person goes out with."""
    row = DayPlan.objects.filter(team_id=team_id, day=day, published__isnull=False).first()
    content = content_of(row, row.published) if row else None
    if content is None:
        return ()
    wanted = own_crews(team_id, person_id)
    return tuple(
        PlannedStop(
            tuple(job.request_id for job in stop.jobs),
            stop.jobs[0].lat,
            stop.jobs[0].lon,
            stop.arrive,
            stop.leave,
        )
        for route in content.routes
        if person_id is None or route.crew_id in wanted
        for stop in route.stops
    )


def published_on(day: date, request_id: uuid.UUID) -> DayPlan | None:
    """Return the published plan of a day that sends a crew to the request."""
    return DayPlan.objects.filter(day=day, published__isnull=False, requests__contains=[request_id]).first()
