"""Moving a request through its life: schedule, start, refer, take back, close, reopen."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date
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
from cityhall.apps.service_requests.models import Approval, HistoryEvent, RequestPhoto, ServiceRequest
from cityhall.apps.service_requests.queries import catalogue
from cityhall.apps.service_requests.rules.submissions import MAX_SENTENCE
from cityhall.apps.service_requests.services import approvals, photos, watching, writing
from cityhall.apps.service_requests.services.duplicates import join, locked_root, part, root_request
from cityhall.apps.service_requests.services.wording import refusal, refuse
from cityhall.kernel import clock, offers
from cityhall.kernel.actors import Actor, ActorKind

WORK = "requests.work"
_PROGRAMS = frozenset({ActorKind.SYSTEM, ActorKind.API_KEY})


def schedule(
    request_id: uuid.UUID,
    *,
    actor: Actor,
    version: int | None = None,
    command_id: uuid.UUID | None = None,
    on: date | None = None,
    sentence: str = "",
    also: Mapping[str, str] | None = None,
) -> Changed:
    """Plan the work, for a day when it is known; `sentence` is public. Doing it again moves the day.

    Here and below, `also` has the public sentence in other languages, by their codes.

    Raises:
        Invalid: field "on": the day is more than ten years off.
    """
    refuse(rules.may_plan(on, today=clock.now().date()))

    def change(request: ServiceRequest) -> dict[str, Any]:
        request.scheduled_for = on
        return {"on": on.isoformat()} if on else {}

    arguments = {"on": on, **told_also(also)}
    return _move(
        request_id, Action.SCHEDULE, "scheduled", change, sentence, actor, version, command_id, arguments, also=also
    )


def start(
    request_id: uuid.UUID,
    *,
    actor: Actor,
    version: int | None = None,
    command_id: uuid.UUID | None = None,
    sentence: str = "",
    also: Mapping[str, str] | None = None,
) -> Changed:
    """Say that work has begun."""
    arguments = told_also(also)
    return _move(
        request_id,
        Action.START,
        "started",
        lambda request: {},
        sentence,
        actor,
        version,
        command_id,
        arguments,
        also=also,
    )


def refer(
    request_id: uuid.UUID,
    *,
    actor: Actor,
    to: str = "",
    body: uuid.UUID | None = None,
    version: int | None = None,
    command_id: uuid.UUID | None = None,
    sentence: str = "",
    also: Mapping[str, str] | None = None,
) -> Changed:
    """Hand the work to somebody outside the city. It stays open until they answer.

    Args:
        to: their name, where they are none of the bodies the city refers to.
        body: one of `offers.referral_bodies`; it is told, and asked for an answer.

    Raises:
        Invalid: fields "to", "body".
    """
    known = next((one for one in offers.referral_bodies.get() if one.id == body), None) if body else None
    if body and known is None:
        raise refusal("body", "body_unknown")
    if known is None:
        refuse(rules.check_text("to", to, 200, at_least=2))

    def change(request: ServiceRequest) -> dict[str, Any]:
        name = rules.pick(known.name, request.language) if known else watching.said(request, actor, to)
        request.referred_to = name.strip()[:200]
        return {"referred_to": request.referred_to, **({"body": str(body)} if known else {})}

    arguments = {"to": to, "body": body, **told_also(also)}
    return _move(
        request_id, Action.REFER, "referred", change, sentence, actor, version, command_id, arguments, also=also
    )


def take_back(
    request_id: uuid.UUID,
    *,
    actor: Actor,
    sentence: str = "",
    version: int | None = None,
    command_id: uuid.UUID | None = None,
    also: Mapping[str, str] | None = None,
) -> Changed:
    """Take a referred request back into the city's own hands."""
    return _move(
        request_id,
        Action.TAKE_BACK,
        "taken_back",
        lambda request: {},
        sentence,
        actor,
        version,
        command_id,
        told_also(also),
        also=also,
    )


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
    also: Mapping[str, str] | None = None,
) -> Changed:
    """Close with an outcome and a public sentence. Where the category says so, it waits for a supervisor first.

    Args:
        duplicate_of: number or id of the request that stands for this one; needed for the outcome "duplicate".
            Followers and supporters move to it.
        evidence: documents that show the work.

    Raises:
        Invalid: fields "outcome", "sentence", "duplicate_of", "photos". Where the category asks for a photo of the
            work, people have to give one; what a program closes without is marked in the history.
    """
    problems = rules.may_close(outcome, sentence, duplicate_of) | rules.check_text("sentence", sentence, MAX_SENTENCE)
    problems |= check_also(also)

    def run() -> Changed:
        # The other request is locked with this one, both in the order of their ids: see duplicates.root_request.
        root = root_request(request_id, duplicate_of, actor=actor) if duplicate_of is not None else None
        request = writing.locked(request_id, actor=actor, permission=WORK, version=version)
        return close_locked(
            request,
            actor,
            outcome=outcome,
            sentence=sentence,
            also=also,
            root=root,
            evidence=evidence,
            problems=problems,
        )

    arguments = {
        "id": request_id,
        "outcome": outcome,
        "sentence": sentence,
        "duplicate_of": duplicate_of,
        "evidence": list(evidence),
        "version": version,
        **told_also(also),
    }
    return writing.command(command_id, "close", actor, arguments, run)


def close_locked(
    request: ServiceRequest,
    actor: Actor,
    *,
    outcome: Outcome,
    sentence: str,
    also: Mapping[str, str] | None = None,
    root: ServiceRequest | None = None,
    evidence: Sequence[uuid.UUID] = (),
    problems: Mapping[str, rules.Problem] | None = None,
    data: Mapping[str, Any] | None = None,
    approved: Approval | None = None,
) -> Changed:
    """Close a request that is locked already, or ask for approval where its category wants one for this outcome.

    Args:
        approved: what somebody asked for and `actor` approves: it is closed in their name.
    """
    refuse(rules.may_close(outcome, sentence, root) if problems is None else problems)
    transition = transition_of(request, Action.CLOSE)
    now = writing.moment(request)
    unproven = outcome is Outcome.FIXED and not evidence and not _is_proven(request)
    if unproven and actor.kind not in _PROGRAMS and approved is None:
        raise refusal("photos", "proof_missing")
    if approved is None:
        sentence, also = watching.said_in_both(request, actor, sentence, also)
        if rules.needs_approval(outcome, request.category.approve_outcomes):
            return approvals.ask(
                request,
                actor,
                outcome=outcome,
                sentence=sentence,
                also=kept_also(also),
                evidence=evidence,
                no_proof=unproven,
                data=data,
            )
    held = approved.evidence if approved is not None else approvals.overtake(request, actor, outcome)
    before = request.state
    request.state = transition.to
    request.outcome, request.outcome_sentence = outcome, sentence.strip()
    request.outcome_also, request.closed_at = kept_also(also), now
    policy = catalogue.policy_of(request.category)
    facts: dict[str, Any] = {"from": before, "to": request.state, "outcome": outcome.value, **told_also(also)}
    pictures = photos.release(request, held, policy) if held else []
    if approved is not None:
        unproven, facts["approved_by"] = approved.no_proof, str(actor.id)
    else:
        pictures += photos.attach(request, evidence, policy, trusted=True, evidence=True)
    if pictures:
        facts["photos"] = pictures
    if unproven:
        facts["no_proof"] = True
    if root is not None:
        facts["duplicate_of"] = number_text(root.number)
        request.duplicate_of = root
    author = approvals.asker(approved) if approved is not None else actor
    event = writing.add_event(request, author, Fact.CLOSED, text=sentence, data=facts, at=now)
    told = {"outcome": outcome.value, **({"approved": str(approved.id)} if approved else {}), **(data or {})}
    done = writing.finish(request, actor, "closed", event=event, data=told)
    if root is not None:
        join(request, root, actor)
    return done


def _is_proven(request: ServiceRequest) -> bool:
    """Say whether the work has the photo its category asks for: one of the work, newer than any doubt about it."""
    if not request.category.proof_photo:
        return True
    doubts = HistoryEvent.objects.filter(request=request, fact__in=[Fact.CONTESTED, Fact.REOPENED])
    last = doubts.order_by("-at").values_list("at", flat=True).first()
    shown = RequestPhoto.objects.filter(request=request, is_evidence=True)
    shown = shown.exclude(document_id__in=approvals.refused_evidence(request.id))
    return (shown.filter(added_at__gt=last) if last else shown).exists()


def reopen(
    request_id: uuid.UUID,
    *,
    actor: Actor,
    sentence: str,
    version: int | None = None,
    command_id: uuid.UUID | None = None,
    also: Mapping[str, str] | None = None,
) -> Changed:
    """Take a closed request up again; the public sentence says why. A duplicate stands for itself again."""
    refuse(rules.check_text("sentence", sentence, MAX_SENTENCE, at_least=3))

    def run() -> Changed:
        root = locked_root(request_id)
        request = writing.locked(request_id, actor=actor, permission=WORK, version=version)
        done = move_locked(
            request, Action.REOPEN, "reopened", unclose, actor=actor, sentence=sentence, also=also, fact=Fact.REOPENED
        )
        if root is not None:
            part(request, root, actor)
        return done

    arguments = {"id": request_id, "sentence": sentence, "version": version, **told_also(also)}
    return writing.command(command_id, "reopen", actor, arguments, run)


def unclose(request: ServiceRequest) -> dict[str, Any]:
    """Take the outcome back; the history keeps it."""
    facts = {"outcome": request.outcome}
    request.outcome, request.outcome_sentence, request.outcome_also = "", "", None
    request.closed_at = request.duplicate_of = None
    return facts


def check_also(also: Mapping[str, str] | None) -> dict[str, rules.Problem]:
    """Say what is wrong with a public sentence's other languages."""
    found = (rules.check_text("also", text, MAX_SENTENCE) for text in (also or {}).values())
    return next((one for one in found if one), {})


def kept_also(also: Mapping[str, str] | None) -> dict[str, str] | None:
    """Return a public sentence's other languages as they are kept; None where there are none."""
    return {language: text.strip() for language, text in (also or {}).items() if text.strip()} or None


def told_also(also: Mapping[str, str] | None) -> dict[str, Any]:
    """Return what an event of the history keeps of a public sentence's other languages."""
    kept = kept_also(also)
    return {"also": kept} if kept else {}


def transition_of(request: ServiceRequest, action: Action) -> rules.Transition:
    """Return the row of the table, or refuse what cannot be done in this state."""
    transition = rules.next_state(State(request.state), action)
    if transition is None:
        raise refusal("state", "contested_first" if request.state == State.CONTESTED else "wrong_state")
    return transition


def move_locked(
    request: ServiceRequest,
    action: Action,
    kind: str,
    change: Callable[[ServiceRequest], dict[str, Any]],
    *,
    actor: Actor,
    sentence: str = "",
    also: Mapping[str, str] | None = None,
    fact: Fact = Fact.STATE,
    data: Mapping[str, Any] | None = None,
) -> Changed:
    """Make one move of the table on a request that is locked already."""
    refuse(rules.check_text("sentence", sentence, MAX_SENTENCE) | check_also(also))
    transition = transition_of(request, action)
    sentence, also = watching.said_in_both(request, actor, sentence, also)
    approvals.overtake(request, actor)
    facts = {"from": request.state, **change(request), "to": transition.to.value, **told_also(also)}
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
    also: Mapping[str, str] | None = None,
) -> Changed:
    def run() -> Changed:
        request = writing.locked(request_id, actor=actor, permission=WORK, version=version)
        return move_locked(request, action, kind, change, actor=actor, sentence=sentence, also=also)

    said = {"id": request_id, "sentence": sentence, "version": version, **arguments}
    return writing.command(command_id, action.value, actor, said, run)
