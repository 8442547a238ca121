"""A request that was loaded before and says something else now: changed in place, with a line in its history."""

from __future__ import annotations

from typing import Any

from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import Detail, Fact, LoadedRequest, Outcome, State
from cityhall.apps.service_requests.models import Category, ImportedRecord, ServiceRequest
from cityhall.apps.service_requests.services import duplicates, finding, personal, placing, writing
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor


def change(one: LoadedRequest, record: ImportedRecord, category: Category, actor: Actor) -> None:
    """Bring a loaded request up to date. What the row says of a duplicate's original stays as it was loaded.

    It was locked by `duplicates.lock_all`.
    """
    request = ServiceRequest.objects.select_for_update(of=("self",)).get(id=record.request_id)
    before = {"state": request.state, "outcome": request.outcome, "category": str(request.category_id)}
    policy_changed = request.category_id != category.id
    request.category = category
    outcome = one.outcome
    if outcome is Outcome.DUPLICATE and request.duplicate_of_id is None:
        outcome = Outcome.CANNOT
    root = request.duplicate_of if outcome is not Outcome.DUPLICATE else None
    if root is not None:
        request.duplicate_of = None
    request.state = one.state
    request.outcome = outcome.value if outcome else ""
    request.outcome_sentence, request.referred_to = one.outcome_sentence, one.referred_to[:200]
    request.closed_at, request.scheduled_for = one.closed_at, one.scheduled_for
    request.requested_at = one.requested_at
    erased = personal.was_erased(request.id)
    if not erased:
        request.description, request.answers = one.description, dict(one.answers)
    request.supporters = max(request.supporters, one.supporters)
    if one.due_at is not None:
        request.due_at = one.due_at
    place = one.place
    found = placing.Found(place.lat, place.lon, place.address[:300], place.address_id, place.asset_id)
    now = placing.Found(request.lat, request.lon, request.address, request.address_id, request.asset_id)
    if (found != now and not (erased and category.place_policy != Detail.EXACT)) or policy_changed:
        placing.put(request, found, Detail(category.place_policy))
    request.updated_at = max(one.updated_at or one.closed_at or request.updated_at, request.updated_at)
    request.version += 1
    request.queue_at = rules.queue_time(
        State(request.state),
        requested_at=request.requested_at,
        due_at=request.due_at,
        changed_at=request.updated_at,
    )
    finding.index(request)
    request.save()
    _tell(request, before, one, actor)
    if root is not None:
        duplicates.part(request, root, actor)
    ImportedRecord.objects.filter(pk=record.pk).update(row_hash=one.row_hash)


def _tell(request: ServiceRequest, before: dict[str, str], one: LoadedRequest, actor: Actor) -> None:
    moved = before["state"] != request.state or before["outcome"] != request.outcome
    facts: dict[str, Any] = {"from": before["state"], "to": request.state, "loaded": True}
    if request.state == State.CLOSED and moved:
        facts["outcome"] = request.outcome
        writing.add_event(
            request, actor, Fact.CLOSED, text=one.outcome_sentence, data=facts, at=one.closed_at or clock.now()
        )
    elif moved:
        fact = Fact.REOPENED if before["state"] == State.CLOSED else Fact.STATE
        writing.add_event(request, actor, fact, data=facts, at=one.updated_at or clock.now())
    else:
        writing.add_event(request, actor, Fact.CORRECTED, data={"loaded": True})
