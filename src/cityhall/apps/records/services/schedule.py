"""How long things are kept: decided by people, carried out by night."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cityhall.apps.records import queries, rules
from cityhall.apps.records.contracts import Kind
from cityhall.apps.records.models import ChosenPeriod, PurgeRun, Schedule, Walk
from cityhall.apps.records.services import holds
from cityhall.kernel import clock, offers
from cityhall.kernel.actors import Actor, system
from cityhall.kernel.django import audit
from cityhall.kernel.errors import Invalid
from cityhall.kernel.offers import Held, Period, Step

logger = logging.getLogger(__name__)

BATCH = 500
MOST_A_NIGHT = 50_000
_REHEARSALS_KEPT = timedelta(days=60)
_WALK_AGAIN = timedelta(days=7)
"""An import may bring what was closed long ago, behind where the nights are."""


@transaction.atomic
def choose(*, actor: Actor, kind: str, period: Period | None) -> None:
    """Decide how long a kind of record is kept; None for good.

    Raises:
        Invalid: field "kind": there is none, or a setting decides.
    """
    holds.may_manage(actor)
    if kind not in offers.retained or offers.retained[kind].fixed:
        raise Invalid({"kind": _("Choose one of those in the list.")})
    was = queries.kind(kind).period
    number, unit = (period.number, period.unit) if period else (None, "")
    ChosenPeriod.objects.update_or_create(kind=kind, defaults={"number": number, "unit": unit})
    facts = {"kind": kind, "from": _said(was), "to": _said(period)}
    audit.record(actor, "records.period_changed", subject_kind="schedule", subject_id=None, data=facts)


@transaction.atomic
def start(*, actor: Actor) -> None:
    """Let the nights remove what the schedule says, from the next on."""
    holds.may_manage(actor)
    Schedule.objects.update_or_create(id=1, defaults={"started_at": clock.now()})
    audit.record(actor, "records.schedule_started", subject_kind="schedule", subject_id=None)


def one_night() -> int:
    """Remove what is older than its period, kind by kind in batches, up to a bound; return how many records.

    Before the schedule is started, only what was always removed is; of the rest the night says what it would remove.
    """
    started = queries.started_at() is not None
    PurgeRun.objects.filter(is_rehearsal=True, at__lt=clock.now() - _REHEARSALS_KEPT).delete()
    total = 0
    for kind in queries.kinds():
        if kind.period is None or kind.fixed:
            continue
        try:
            total += _purge(kind) if started or kind.at_once else _rehearse(kind)
        except Exception as trouble:  # one room's trouble must not keep the others' records for ever
            logger.exception("records of the kind %s were not removed", kind.key)
            _write_down(kind, problem=f"{type(trouble).__name__}: {trouble}"[:300])
    return total


def _purge(kind: Kind) -> int:
    assert kind.period is not None
    one, before = offers.retained[kind.key], rules.before(clock.now(), kind.period)
    if one.step is not None:
        return _walk(kind, one.step, before)
    assert one.purge is not None
    removed, seen, held = 0, None, Held()
    while removed < MOST_A_NIGHT:
        with transaction.atomic():
            holds.lock()
            if seen != (seen := holds.state()):
                held = holds.held()
            done = one.purge(before, held, BATCH)
        if not done:
            break
        removed += done
    kept = one.due(before, Held()) - one.due(before, held) if held else 0
    if removed or kept:
        _write_down(kind, removed=removed, held=kept)
    return removed


def _walk(kind: Kind, step: Callable[[datetime, Held, int, str], Step], before: datetime) -> int:
    """Go on where the last night stopped. What holds keep is counted when the walk begins, as that reads everything."""
    removed, seen, held, is_fresh, is_end = 0, "", Held(), False, False
    while removed < MOST_A_NIGHT and not is_end:
        with transaction.atomic():
            holds.lock()
            if seen != (seen := "{} {}".format(*holds.state())):
                held = holds.held()
            walk, began = _going_on(kind.key, seen)
            done = step(before, held, BATCH, walk.after)
            removed, is_end, is_fresh = removed + done.removed, done.is_end, is_fresh or began
            walk.after = done.after
            if is_end and walk.ended_at is None:
                walk.ended_at = clock.now()
            walk.save()
    if is_fresh:
        due = offers.retained[kind.key].due
        walk.held = due(before, Held()) - due(before, held) if held else 0
        walk.save(update_fields=["held"])
    if removed or walk.held:
        _write_down(kind, removed=removed, held=walk.held)
    return removed


def _going_on(kind: str, now_held: str) -> tuple[Walk, bool]:
    """Return how far a kind's walk came, and whether it begins: for the first time, again each week, or by a hold."""
    walk = Walk.objects.filter(kind=kind).first()
    if walk is None or walk.holds != now_held:
        return Walk(kind=kind, holds=now_held), True
    if walk.ended_at is not None and walk.ended_at < clock.now() - _WALK_AGAIN:
        return Walk(kind=kind, holds=now_held), True
    return walk, False


def _rehearse(kind: Kind) -> int:
    due = queries.due(kind.key, kind.period, holds.held())
    if due.now or due.held:
        _write_down(kind, removed=due.now, held=due.held, is_rehearsal=True)
    return 0


def _write_down(kind: Kind, *, removed: int = 0, held: int = 0, is_rehearsal: bool = False, problem: str = "") -> None:
    assert kind.period is not None
    PurgeRun.objects.create(
        at=clock.now(),
        kind=kind.key,
        before=rules.before(clock.now(), kind.period),
        removed=removed,
        held=held,
        is_rehearsal=is_rehearsal,
        problem=problem,
    )
    if removed and not is_rehearsal:
        facts = {"kind": kind.key, "removed": removed, "held": held}
        audit.record(
            system("Retention schedule"), "records.purged", subject_kind="schedule", subject_id=None, data=facts
        )


def _said(period: Period | None) -> str:
    return f"{period.number} {period.unit}" if period else "keep"
