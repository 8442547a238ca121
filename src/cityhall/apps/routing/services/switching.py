"""Putting a set of rules in force, and going back to one that was."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max

from cityhall.apps.routing.contracts import MANAGE, SetState
from cityhall.apps.routing.models import RuleSet
from cityhall.apps.routing.queries import IN_FORCE, version
from cityhall.apps.routing.services.drafting import SUBJECT, locked_draft
from cityhall.apps.routing.services.wording import refusal
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit, outbox
from cityhall.kernel.django.permissions import need
from cityhall.kernel.django.reading import forget


def switch_on(*, actor: Actor, revision: int) -> int:
    """Put the draft in force; return its version. The set before stays, and can be returned to.

    What was filed before is not moved. Other processes follow within a second.

    Raises:
        NotAllowed: without "routing.manage".
        NotFound: there is no draft.
        Stale: somebody changed the draft since the actor read it.
        Invalid: field "trial": the draft was not tried as it stands.
    """
    need(actor, MANAGE)
    with transaction.atomic():
        row = locked_draft(revision)
        if row.trial is None:
            raise refusal("trial", "not_tried")
        return _put_in_force(row, actor, "switched_on")


def return_to(number: int, *, actor: Actor) -> int:
    """Put the rules of an earlier version in force again, as a new version; return its number."""
    need(actor, MANAGE)
    found = version(number, actor)
    with transaction.atomic():
        kept = RuleSet.objects.get(id=found.id)
        again = RuleSet(rules=kept.rules, copied_from=number, changed_at=clock.now())
        return _put_in_force(again, actor, "returned", copied_from=number)


def _put_in_force(row: RuleSet, actor: Actor, verb: str, **facts: int) -> int:
    now = clock.now()
    # Whoever comes second waits here until the first is done.
    before = RuleSet.objects.select_for_update().filter(state=SetState.LIVE).first()
    if before is not None:
        before.state, before.live_until = SetState.PAST, now
        before.save()
    row.number = (RuleSet.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    row.state, row.live_from, row.live_by = SetState.LIVE, now, actor.id
    row.save()
    data = {"version": row.number, "rules": len(row.rules), "before": before.number if before else 0, **facts}
    outbox.record(f"routing.{verb}", subject_id=row.id, data=data)
    audit.record(actor, f"routing.{verb}", subject_kind=SUBJECT, subject_id=row.id, data=data)
    transaction.on_commit(lambda: forget(IN_FORCE))
    forget(IN_FORCE)
    return row.number
