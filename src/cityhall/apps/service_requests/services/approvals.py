"""Closings that wait for a supervisor: asked for, overtaken by other work, put back by an undo."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cityhall.apps.service_requests.contracts import Changed, Fact, Outcome, Visibility
from cityhall.apps.service_requests.models import Approval, ServiceRequest
from cityhall.apps.service_requests.queries import catalogue
from cityhall.apps.service_requests.services import photos, writing
from cityhall.kernel.actors import Actor, ActorKind


def waiting_on(request_id: uuid.UUID) -> Approval | None:
    """Return the closing that waits on a request, None when none does."""
    return Approval.objects.filter(request_id=request_id, settled="").first()


def ask(
    request: ServiceRequest,
    actor: Actor,
    *,
    outcome: Outcome,
    sentence: str,
    also: Mapping[str, str] | None,
    evidence: Sequence[uuid.UUID],
    no_proof: bool,
    data: Mapping[str, Any] | None = None,
) -> Changed:
    """Write down a closing for a supervisor. Asked again with the same words, it waits as it did."""
    before = waiting_on(request.id)
    if before is not None and not evidence:
        same = (actor.id, outcome.value, sentence.strip(), also or None)
        if (before.by_id, before.outcome, before.sentence, before.also) == same:
            return writing.changed(request)
    now = writing.moment(request)
    kept = brought_along(before, outcome)
    if before is not None:
        settle(before, "overtaken", actor, now)
    policy = catalogue.policy_of(request.category)
    pictures = photos.attach(request, evidence, policy, trusted=True, evidence=True, held=True)
    Approval.objects.create(
        request=request,
        at=now,
        by_kind=actor.kind,
        by_id=actor.id,
        by_label=actor.label,
        outcome=outcome,
        sentence=sentence.strip(),
        also=dict(also) if also else None,
        evidence=[*kept, *(uuid.UUID(one) for one in pictures)],
        no_proof=no_proof,
    )
    facts: dict[str, Any] = {"step": "asked", "outcome": outcome.value, **({"photos": pictures} if pictures else {})}
    event = writing.add_event(
        request, actor, Fact.APPROVAL, text=sentence, visibility=Visibility.INTERNAL, data=facts, at=now
    )
    told = {"outcome": outcome.value, **(data or {})}
    return writing.finish(request, actor, "approval_asked", event=event, data=told, quietly=True)


def brought_along(before: Approval | None, outcome: Outcome) -> list[uuid.UUID]:
    """Return the photos that go along when a closing that waits is asked for or made again in other words."""
    return list(before.evidence) if before is not None and before.outcome == outcome.value else []


def refused_evidence(request_id: uuid.UUID) -> set[uuid.UUID]:
    """Return the photos that came with closings nobody approved and that wait no more: they prove nothing."""
    good: set[uuid.UUID] = set()
    rest: set[uuid.UUID] = set()
    for settled, evidence in Approval.objects.filter(request_id=request_id).values_list("settled", "evidence"):
        (good if settled in {"", "approved"} else rest).update(evidence)
    return rest - good


def overtake(request: ServiceRequest, actor: Actor, outcome: Outcome | None = None) -> list[uuid.UUID]:
    """End the wait of a closing, as the work went on in another way.

    Returns:
        The photos that came with it, when it is closed with the same outcome now.
    """
    if (before := waiting_on(request.id)) is None:
        return []
    now = writing.moment(request)
    settle(before, "overtaken", actor, now)
    facts = {"step": "overtaken", "outcome": before.outcome}
    writing.add_event(request, actor, Fact.APPROVAL, visibility=Visibility.INTERNAL, data=facts, at=now)
    return brought_along(before, outcome) if outcome is not None else []


def put_back(request: ServiceRequest, actor: Actor, since: datetime) -> None:
    """Take back what a bulk change did: what it asked for waits no more, what it overtook waits again."""
    now = writing.moment(request)
    for asked in Approval.objects.filter(request=request, settled="", at__gte=since):
        settle(asked, "overtaken", actor, now)
    overtaken = Approval.objects.filter(request=request, settled="overtaken", at__lt=since, settled_at__gte=since)
    if (before := overtaken.order_by("-at").first()) is not None:
        before.settled, before.settled_at, before.settled_by_id = "", None, None
        before.save()
        photos.hold(request, before.evidence, catalogue.policy_of(request.category))


def asker(approval: Approval) -> Actor:
    """Return who asked, as the author of the closing."""
    return Actor(ActorKind(approval.by_kind), approval.by_id, approval.by_label)


def settle(approval: Approval, settled: str, actor: Actor, now: datetime) -> None:
    """Write down how the wait of a closing ended."""
    approval.settled, approval.settled_at, approval.settled_by_id = settled, now, actor.id
    approval.save()
