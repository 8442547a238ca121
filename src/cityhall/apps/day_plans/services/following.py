"""What the room does when something happens to a request: a crew is further, or something urgent came."""

from __future__ import annotations

import uuid
from datetime import datetime

from procrastinate.contrib.django import app as jobs

from cityhall.apps.day_plans import queries
from cityhall.apps.day_plans.models import DayPlan, JobProgress
from cityhall.apps.day_plans.services.making import QUEUE, REPLAN
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.service_requests.contracts import State
from cityhall.kernel import clock

_URGENT = 1


def follow(request_id: uuid.UUID, at: datetime) -> None:
    """Keep when a crew began or ended a request of a plan it has; forget it when that was taken back.

    The request as it stands decides, so that events that come late or twice change nothing.
    """
    plan = queries.published_on(places.local(at).date(), request_id)
    found = service_requests.handed_over(request_id) if plan else None
    if plan is None or found is None:
        return
    state = found.request.state
    rows = JobProgress.objects.filter(plan=plan, request_id=request_id)
    if state not in {State.IN_PROGRESS, State.CLOSED}:
        rows.delete()
        return
    row, _made = JobProgress.objects.get_or_create(plan=plan, request_id=request_id)
    if state is State.IN_PROGRESS and not queries.waits_for_approval(request_id):
        row.started_at, row.finished_at = row.started_at or at, None
    else:
        row.finished_at = found.request.closed_at or at
    row.save()


def look_for_urgent(request_id: uuid.UUID) -> None:
    """When something urgent lies with a team that is out on a published plan, have the rest of its day planned anew."""
    found = service_requests.handed_over(request_id)
    if found is None or found.priority != _URGENT or found.team_id is None or found.request.state is State.CLOSED:
        return
    today = places.local(clock.now()).date()
    plan = DayPlan.objects.filter(team_id=found.team_id, day=today, published__isnull=False).first()
    content = queries.content_of(plan, plan.proposed or plan.published) if plan else None
    if plan is None or content is None or request_id in content.urgent:
        return
    jobs.configure_task(REPLAN, queue=QUEUE, lock=f"{REPLAN} {plan.id}").defer(
        plan_id=str(plan.id), request_id=str(request_id)
    )
