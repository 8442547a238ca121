"""A plan's versions: finding and locking a plan, adding a version to it, handing one to the crews."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from cityhall.apps.day_plans import queries
from cityhall.apps.day_plans.contracts import PLAN, Content, Reason
from cityhall.apps.day_plans.models import DayPlan, PlanVersion
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit, outbox
from cityhall.kernel.errors import NotFound, Stale

SUBJECT = "day_plan"


def locked(plan_id: uuid.UUID, actor: Actor, version: int | None = None) -> DayPlan:
    """Return the plan, locked until the transaction ends, for somebody who may plan it.

    Raises:
        NotAllowed, NotFound: without the permission; no such plan, or another team's.
        Stale: it changed since the version that was read.
    """
    plan = DayPlan.objects.select_for_update().filter(id=plan_id).first()
    if plan is None:
        raise NotFound(_("There is no such plan."))
    queries.team_of(plan.team_id, actor, PLAN)
    if version is not None and version != plan.version:
        raise Stale(
            _("Somebody changed this plan since you read it. Look at it again, then make your change."),
            current=plan.version,
        )
    return plan


def add(plan: DayPlan, content: Content, reason: Reason, by: Actor, *, parent: int | None) -> int:
    """Write a version of a plan that is locked; return its number."""
    last = PlanVersion.objects.filter(plan=plan).aggregate(last=Max("number"))["last"] or 0
    PlanVersion.objects.create(
        plan=plan,
        number=last + 1,
        parent=parent,
        reason=reason,
        at=clock.now(),
        by_id=by.id,
        content=msgspec.to_builtins(content),
    )
    return int(last) + 1


def save(plan: DayPlan, actor: Actor, action: str, **facts: Any) -> None:
    """Save the plan as a new version of itself, with its audit entry."""
    plan.version += 1
    plan.save()
    told = {"team": str(plan.team_id), "day": plan.day.isoformat(), **facts}
    audit.record(actor, f"day_plans.{action}", subject_kind=SUBJECT, subject_id=plan.id, data=told)


def hand_out(plan: DayPlan, number: int, content: Content) -> None:
    """Give a version to the crews. Does not save the plan."""
    plan.published, plan.requests = number, sorted(content.requests)
    told = {"team": str(plan.team_id), "day": plan.day.isoformat(), "number": number}
    outbox.record("day_plans.published", subject_id=plan.id, data=told)
