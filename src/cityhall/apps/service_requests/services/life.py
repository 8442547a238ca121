"""Moving a request through its life: schedule, start, refer, close, reopen, contest."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import (
    Action,
    Changed,
    Fact,
    Outcome,
    Showing,
    State,
    number_text,
)
from cityhall.apps.service_requests.models import ServiceRequest
from cityhall.apps.service_requests.queries import catalogue, reading
from cityhall.apps.service_requests.rules.submissions import MAX_SENTENCE
from cityhall.apps.service_requests.services import photos, writing
from cityhall.apps.service_requests.services.duplicates import join, root_request
from cityhall.apps.service_requests.services.wording import refusal, refuse
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import limits

WORK = "requests.work"
_CONTESTS_PER_DAY = 10


def schedule(
    request_id: uuid.UUID,
    *,
    actor: Actor,
    version: int | None = None,
    command_id: uuid.UUID | None = None,
    on: date | None = None,
    sentence: str = "",
) -> Changed:
    """Plan the work, for a day when it is known; `sentence` is public. Doing it again moves the day."""

    def change(request: ServiceRequest) -> dict[str, Any]:
        request.scheduled_for = on
        return {"on": on.isoformat()} if on else {}

    return _move(request_id, Action.SCHEDULE, "scheduled", change, sentence, actor, version, command_id, {"on": on})


def start(
    request_id: uuid.UUID,
    *,
    actor: Actor,
    version: int | None = None,
    command_id: uuid.UUID | None = None,
    sentence: str = "",
) -> Changed:
    """Say that work has begun."""
    return _move(request_id, Action.START, "started", lambda request: {}, sentence, actor, version, command_id, {})


def refer(
    request_id: uuid.UUID,
    *,
    actor: Actor,
    to: str,
    version: int | None = None,
    command_id: uuid.UUID | None = None,
    sentence: str = "",
) -> Changed:
    """Hand the work to somebody outside the city, named `to`. It stays open until they answer."""
    refuse(rules.check_text("to", to, 200, at_least=2))

    def change(request: ServiceRequest) -> dict[str, Any]:
        request.referred_to = to.strip()
        return {"referred_to": to.strip()}

    return _move(request_id, Action.REFER, "referred", change, sentence, actor, version, command_id, {"to": to})


def close(
    request_id: uuid.UUID,
    *,
    actor: Actor,
    outcome: Outcome,
    sentence: str,
    version: int | None = None,
    command_id: uuid.UUID | None = None,
    duplicate_of: str | uuid.UUID | None = None,
    evidence: Sequence[uuid.UUID] = (),
) -> Changed:
    """Close with an outcome and a public sentence.

    Args:
        duplicate_of: number or id of the request that stands for this one; needed for the outcome "duplicate".
            Followers and supporters move to it.
        evidence: documents that show the work.

    Raises:
        Invalid: fields "outcome", "sentence", "duplicate_of", "photos".
    """
    problems = rules.may_close(outcome, sentence, duplicate_of) | rules.check_text("sentence", sentence, MAX_SENTENCE)

    def run() -> Changed:
        # The other request is locked with this one, both in the order of their ids: see duplicates.root_request.
        root = root_request(request_id, duplicate_of, actor=actor) if duplicate_of is not None else None
        request = writing.locked(request_id, actor=actor, permission=WORK, version=version)
        return close_locked(
            request, actor, outcome=outcome, sentence=sentence, root=root, evidence=evidence, problems=problems
        )

    arguments = {
        "id": request_id,
        "outcome": outcome,
        "sentence": sentence,
        "duplicate_of": duplicate_of,
        "evidence": list(evidence),
        "version": version,
    }
    return writing.command(command_id, "close", actor, arguments, run)


def close_locked(
    request: ServiceRequest,
    actor: Actor,
    *,
    outcome: Outcome,
    sentence: str,
    root: ServiceRequest | None = None,
    evidence: Sequence[uuid.UUID] = (),
    problems: Mapping[str, rules.Problem] | None = None,
    data: Mapping[str, Any] | None = None,
) -> Changed:
    """Close a request that is locked already."""
    refuse(rules.may_close(outcome, sentence, root) if problems is None else problems)
    transition = _transition(request, Action.CLOSE)
    now = writing.moment(request)
    before = request.state
    request.state = transition.to
    request.outcome, request.outcome_sentence = outcome, sentence.strip()
    request.closed_at = now
    policy = catalogue.policy_of(request.category)
    pictures = photos.attach(request, evidence, policy, trusted=True, evidence=True)
    facts: dict[str, Any] = {"from": before, "to": request.state, "outcome": outcome.value}
    if pictures:
        facts["photos"] = pictures
    if root is not None:
        facts["duplicate_of"] = number_text(root.number)
        request.duplicate_of = root
    event = writing.add_event(request, actor, Fact.CLOSED, text=sentence, data=facts, at=now)
    done = writing.finish(request, actor, "closed", event=event, data={"outcome": outcome.value, **(data or {})})
    if root is not None:
        join(request, root, actor)
    return done


def reopen(
    request_id: uuid.UUID,
    *,
    actor: Actor,
    sentence: str,
    version: int | None = None,
    command_id: uuid.UUID | None = None,
) -> Changed:
    """Take a closed request up again; the public sentence says why."""
    problems = rules.check_text("sentence", sentence, MAX_SENTENCE, at_least=3)
    refuse(problems)

    def change(request: ServiceRequest) -> dict[str, Any]:
        return _unclose(request)

    return _move(
        request_id, Action.REOPEN, "reopened", change, sentence, actor, version, command_id, {}, fact=Fact.REOPENED
    )


def contest(
    request_id: uuid.UUID,
    *,
    actor: Actor,
    sentence: str,
    command_id: uuid.UUID | None = None,
    who: str = "",
    evidence: Sequence[uuid.UUID] = (),
) -> Changed:
    """Say "no, it isn't fixed": anybody may, with a sentence. The work comes back before all that nobody contests.

    Args:
        who: what the door counts a sender by; more than ten in a day are refused.
        evidence: photos of how it is now.

    Raises:
        Invalid: fields "sentence", or "state" when the request is not closed.
        TooMany: the sender contested too often.
    """
    refuse(rules.check_text("sentence", sentence, MAX_SENTENCE, at_least=3))
    if who and not writing.trusted(actor):
        limits.spend(f"contest:{reading.token_hash(who)[:40]}", limit=_CONTESTS_PER_DAY, per=timedelta(days=1))

    def run() -> Changed:
        request = writing.locked(request_id, actor=actor)
        transition = _transition(request, Action.CONTEST)
        facts = {"from": request.state, "to": transition.to.value, **_unclose(request)}
        request.state = transition.to
        now = writing.moment(request)
        writing.requeue(request, now)
        policy = catalogue.policy_of(request.category)
        ours = writing.trusted(actor)
        if pictures := photos.attach(request, evidence, policy, trusted=ours):
            facts["photos"] = pictures
        showing = rules.text_showing(policy, trusted=ours)
        event = writing.add_event(request, actor, Fact.CONTESTED, text=sentence, showing=showing, data=facts, at=now)
        return writing.finish(request, actor, "contested", event=event)

    arguments = {"id": request_id, "sentence": sentence, "evidence": list(evidence)}
    return writing.command(command_id, "contest", actor, arguments, run)


def _unclose(request: ServiceRequest) -> dict[str, Any]:
    """Take the outcome back; the history keeps it."""
    facts = {"outcome": request.outcome}
    request.outcome, request.outcome_sentence = "", ""
    request.closed_at = request.duplicate_of = None
    return facts


def _transition(request: ServiceRequest, action: Action) -> rules.Transition:
    transition = rules.next_state(State(request.state), action)
    if transition is None:
        raise refusal("state", "wrong_state")
    return transition


def move_locked(
    request: ServiceRequest,
    action: Action,
    kind: str,
    change: Callable[[ServiceRequest], dict[str, Any]],
    *,
    actor: Actor,
    sentence: str = "",
    fact: Fact = Fact.STATE,
    data: Mapping[str, Any] | None = None,
) -> Changed:
    """Make one move of the table on a request that is locked already."""
    refuse(rules.check_text("sentence", sentence, MAX_SENTENCE))
    transition = _transition(request, action)
    facts = {"from": request.state, **change(request), "to": transition.to.value}
    request.state = transition.to
    now = writing.moment(request)
    writing.requeue(request, now)
    event = writing.add_event(request, actor, fact, text=sentence, showing=Showing.SHOWN, data=facts, at=now)
    return writing.finish(request, actor, kind, event=event, data=data)


def _move(
    request_id: uuid.UUID,
    action: Action,
    kind: str,
    change: Callable[[ServiceRequest], dict[str, Any]],
    sentence: str,
    actor: Actor,
    version: int | None,
    command_id: uuid.UUID | None,
    arguments: Mapping[str, Any],
    *,
    fact: Fact = Fact.STATE,
) -> Changed:
    def run() -> Changed:
        request = writing.locked(request_id, actor=actor, permission=WORK, version=version)
        return move_locked(request, action, kind, change, actor=actor, sentence=sentence, fact=fact)

    said = {"id": request_id, "sentence": sentence, "version": version, **arguments}
    return writing.command(command_id, action.value, actor, said, run)
