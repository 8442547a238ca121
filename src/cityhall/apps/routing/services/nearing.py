"""The steps before a target: setting them, and taking them."""

from __future__ import annotations

import logging
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app as jobs
from procrastinate.exceptions import AlreadyEnqueued

from cityhall.apps.identity import public as identity
from cityhall.apps.identity.contracts import PersonInfo
from cityhall.apps.notify import public as notify
from cityhall.apps.routing import queries, rules
from cityhall.apps.routing.contracts import MANAGE, Plan, Step
from cityhall.apps.routing.models import NearingPlan
from cityhall.apps.routing.services.wording import refusal, refuse
from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.service_requests.public import Nearing
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor, system
from cityhall.kernel.django import audit, batches, outbox
from cityhall.kernel.django.permissions import need
from cityhall.kernel.django.reading import forget
from cityhall.kernel.errors import Stale
from cityhall.kernel.ids import new_id

LOOK_AGAIN = "routing.look_again"
BATCH = 200
_LISTED = 25
_PLAN = uuid.UUID(int=1)
_ROUTING = system("Routing")
_log = logging.getLogger(__name__)


def save_plan(steps: Sequence[Step], *, actor: Actor, revision: int, is_paused: bool = False) -> None:
    """Set the steps before a target. Open requests follow by a job; a step whose moment has passed is not caught up on.

    Raises:
        NotAllowed: without "routing.manage".
        Stale: somebody changed the plan since the actor read it.
        Invalid: fields "number", "priority", "tell", "categories", of the last step.
    """
    _change(actor, revision, lambda plan: Plan(tuple(steps), is_paused))


def add_step(step: Step, *, actor: Actor, revision: int) -> None:
    """Add a step. See `save_plan`."""
    _change(actor, revision, lambda plan: Plan((*plan.steps, step), plan.is_paused))


def remove_step(number: int, *, actor: Actor, revision: int) -> None:
    """Take a step out; 1 is the first."""

    def change(plan: Plan) -> Plan:
        if not 1 <= number <= len(plan.steps):
            raise refusal("step", "no_such_step")
        kept = tuple(step for place, step in enumerate(plan.steps, start=1) if place != number)
        return Plan(kept, plan.is_paused)

    _change(actor, revision, change)


def set_paused(is_paused: bool, *, actor: Actor, revision: int) -> None:
    """Pause the steps, or go on. What came due meanwhile, and is not late yet, is done then."""
    _change(actor, revision, lambda plan: Plan(plan.steps, is_paused))


def _change(actor: Actor, revision: int, change: Callable[[Plan], Plan]) -> None:
    need(actor, MANAGE)
    with transaction.atomic():
        NearingPlan.objects.get_or_create(id=1)
        row = NearingPlan.objects.select_for_update().get(id=1)
        if row.revision != revision:
            raise Stale(_("Somebody changed the steps since you read them. Look at them again."), current=row.revision)
        before = Plan(rules.steps_from(row.steps), row.is_paused, row.revision)
        after = change(before)
        refuse(rules.plan_problems(after.steps, categories=service_requests.category_names()))
        row.steps, row.is_paused = rules.kept_steps(after.steps), after.is_paused
        row.revision += 1
        row.save()
        facts = {"steps": len(after.steps), "is_paused": after.is_paused}
        outbox.record("routing.plan_changed", subject_id=None, data=facts)
        audit.record(actor, "routing.plan_changed", subject_kind="routing_plan", subject_id=_PLAN, data=facts)
        forget(queries.IN_FORCE)
        transaction.on_commit(lambda: forget(queries.IN_FORCE))
        if after.steps != before.steps:
            transaction.on_commit(ask_to_look_again)


def ask_to_look_again() -> None:
    """Have a job set anew when open requests are escalated."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        jobs.configure_task(LOOK_AGAIN, queue="upkeep", queueing_lock=LOOK_AGAIN).defer()


def look_again(*, after: datetime | None = None) -> None:
    """Set anew when each open request is escalated, a batch at a time.

    Args:
        after: what should have happened before this (now, when None) does not happen any more.
    """
    forget(queries.IN_FORCE)
    mark = None
    while True:
        with transaction.atomic():
            mark = service_requests.look_again(mark, BATCH, after=after)
        if mark is None:
            return


def escalate_due() -> int:
    """Take the steps that are due, a batch in one transaction; return how many requests were escalated.

    Whoever leads their teams is written to once about all of a batch. A target that has passed is late, not near: the
    queue of late requests has it, and no step is taken any more.
    """
    plan = queries.plan()
    if plan.is_paused or not plan.steps:
        return 0
    now = clock.now()
    taken: dict[uuid.UUID, Step] = {}

    def judge(one: Nearing) -> int | None:
        step = rules.due_step(plan.steps, one.category, one.requested_at, one.due_at, now=now)
        if step is None or one.due_at <= now:
            return None
        taken[one.id] = step
        return step.priority or 5

    with transaction.atomic():
        escalated = service_requests.escalate_due(judge, actor=_ROUTING, limit=BATCH)
        _tell([one for one in escalated if taken[one.id].tell])
    return len(escalated)


def _tell(requests: Sequence[Nearing]) -> None:
    """Write to whoever leads the teams of these requests: one message each, about theirs."""
    leads: dict[tuple[uuid.UUID | None, uuid.UUID | None], list[PersonInfo]] = {}
    theirs: dict[uuid.UUID, list[Nearing]] = defaultdict(list)
    people: dict[uuid.UUID, PersonInfo] = {}
    for one in requests:
        whose = (one.team_id, one.department_id)
        if whose not in leads:
            leads[whose] = identity.leads(*whose)
        for person in leads[whose]:
            people[person.id] = person
            theirs[person.id].append(one)
    for id_, person in people.items():
        listed = sorted(theirs[id_], key=lambda one: (one.due_at, one.number))
        context = {"requests": listed[:_LISTED], "more": max(0, len(listed) - _LISTED), "count": len(listed)}
        with batches.spared(_log, "%s was not told of targets that near.", id_):
            notify.send(
                person.email,
                template="routing/nears",
                context=context,
                language=person.language,
                user_id=id_,
                key=f"routing:{new_id()}",
            )
