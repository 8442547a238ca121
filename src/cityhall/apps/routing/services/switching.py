"""Putting a set of rules in force, and going back to one that was."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

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
from cityhall.kernel.errors import Stale

_LOCK = 0x2007E


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
        _one_at_a_time()
        row = locked_draft(revision)
        if row.trial is None:
            raise refusal("trial", "not_tried")
        return _put_in_force(row, actor, "switched_on")


def return_to(number: int, *, actor: Actor, live: int | None = None) -> int:
    """Put the rules of an earlier version in force again, as a new version; return its number.

    Args:
        live: the version in force that the actor read.

    Raises:
        NotAllowed: without "routing.manage".
        NotFound: no such version.
        Stale: another version came into force since.
    """
    need(actor, MANAGE)
    found = version(number, actor)
    with transaction.atomic():
        _one_at_a_time()
        now = RuleSet.objects.filter(state=SetState.LIVE).values_list("number", flat=True).first() or 0
        if live is not None and live != now:
            words = _("Somebody put version %(number)s in force since you read this. Look at it again.")
            raise Stale(words % {"number": now}, current=now)
        kept = RuleSet.objects.get(id=found.id)
        again = RuleSet(rules=kept.rules, copied_from=number, changed_at=clock.now())
        return _put_in_force(again, actor, "returned", copied_from=number)


def _one_at_a_time() -> None:
    """Whoever comes second waits here until the first is done, and then reads what is in force."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])


def _put_in_force(row: RuleSet, actor: Actor, verb: str, **facts: int) -> int:
    now = clock.now()
    before = RuleSet.objects.filter(state=SetState.LIVE).first()
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
