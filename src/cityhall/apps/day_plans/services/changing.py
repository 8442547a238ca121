"""What people do with a plan: change it by hand, give it to the crews, go back, say yes or no to a new one."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cityhall.apps.day_plans import queries, rules
from cityhall.apps.day_plans.contracts import Act, Content, Reason
from cityhall.apps.day_plans.models import DayPlan
from cityhall.apps.day_plans.services import versions
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.errors import Invalid

_REASONS = {Act.SPLIT: Reason.SPLIT, Act.LEAVE_OUT: Reason.LEFT_OUT, Act.TAKE_IN: Reason.TAKEN_IN}


def change(
    plan_id: uuid.UUID, act: Act, key: uuid.UUID, *, actor: Actor, version: int, crew_id: uuid.UUID | None = None
) -> None:
    """Change the version on the page; the crews keep theirs until the next one is published.

    Raises:
        NotAllowed, NotFound, Stale: see `versions.locked`.
        Invalid: field "act": the change cannot be made.
    """
    with transaction.atomic():
        plan = versions.locked(plan_id, actor, version)
        before = rules.as_begun(_content(plan, plan.shown), queries.progress_of(plan.id), clock.now())
        after = rules.changed(before, act, key, crew_id)
        if after is None:
            raise Invalid({"act": _("This cannot be changed: the stop is begun, or it is not there any more.")})
        plan.shown = versions.add(plan, after, _REASONS.get(act, Reason.CHANGED), actor, parent=plan.shown)
        versions.save(plan, actor, "changed", number=plan.shown, act=act.value)


def publish(plan_id: uuid.UUID, *, actor: Actor, version: int) -> None:
    """Give the version on the page to the crews. A proposal that waited is answered by it: no."""
    with transaction.atomic():
        plan = versions.locked(plan_id, actor, version)
        content = _for_crews(plan, plan.shown)
        assert plan.shown is not None, "it has a content"
        versions.hand_out(plan, plan.shown, content)
        plan.proposed = None
        versions.save(plan, actor, "published", number=plan.shown, jobs=len(content.requests))


def go_to(plan_id: uuid.UUID, number: int, *, actor: Actor, version: int) -> None:
    """Show another version, to go on from there: undo, or back to what the crews have."""
    with transaction.atomic():
        plan = versions.locked(plan_id, actor, version)
        _content(plan, number)
        plan.shown = number
        versions.save(plan, actor, "returned", number=number)


def accept(plan_id: uuid.UUID, *, actor: Actor, version: int) -> None:
    """Give the crews the plan that was proposed."""
    with transaction.atomic():
        plan = versions.locked(plan_id, actor, version)
        content = _for_crews(plan, plan.proposed)
        assert plan.proposed is not None, "it has a content"
        versions.hand_out(plan, plan.proposed, content)
        plan.shown, plan.proposed = plan.proposed, None
        versions.save(plan, actor, "accepted", number=plan.shown)


def refuse_proposal(plan_id: uuid.UUID, *, actor: Actor, version: int) -> None:
    """Keep the crews' plan as it is."""
    with transaction.atomic():
        plan = versions.locked(plan_id, actor, version)
        number, plan.proposed = plan.proposed, None
        versions.save(plan, actor, "refused", number=number)


def _for_crews(plan: DayPlan, number: int | None) -> Content:
    """Return a version that is to be handed out. It may take from no crew what the crew has begun."""
    content = _content(plan, number)
    if rules.is_overtaken(content, queries.content_of(plan, plan.published), queries.progress_of(plan.id)):
        raise Invalid(
            {"act": _("Crews have begun stops that this version gives to others. Make the plan again to go on.")}
        )
    return content


def _content(plan: DayPlan, number: int | None) -> Content:
    content = queries.content_of(plan, number)
    if content is None:
        raise Invalid({"act": _("There is no such version of the plan. Make the plan first.")})
    return content
