"""The right to contest: residents say that a closed request is not fixed, and a supervisor settles it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import (
    Action,
    Changed,
    Contester,
    Fact,
    Outcome,
)
from cityhall.apps.service_requests.models import Contest, HistoryEvent, ServiceRequest
from cityhall.apps.service_requests.queries import catalogue, contesting, reading
from cityhall.apps.service_requests.rules.life import SETTLE
from cityhall.apps.service_requests.rules.submissions import MAX_SENTENCE
from cityhall.apps.service_requests.services import families, photos, watching, writing
from cityhall.apps.service_requests.services.duplicates import locked_root, part, root_request
from cityhall.apps.service_requests.services.life import check_also, told_also, transition_of, unclose
from cityhall.apps.service_requests.services.wording import refuse
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import limits

_CONTESTS_PER_DAY = 10


def contest(
    request_id: uuid.UUID,
    *,
    actor: Actor,
    sentence: str = "",
    command_id: uuid.UUID | None = None,
    who: str = "",
    evidence: Sequence[uuid.UUID] = (),
    token: str = "",
    by_system: bool = False,
    hides_private: bool | None = False,
) -> Changed:
    """Say "no, it isn't fixed". It goes to a supervisor, and stands before all that nobody contests.

    Its reporter and its followers need no photo, anybody else does. What a supervisor kept closed can be contested
    once more, with a new photo.

    Args:
        sentence: how it is now, if they say so.
        who: what the door counts a sender by; more than ten in a day are refused.
        evidence: photos of how it is now.
        token: of the reporter's private page, or a follower's; it shows who they are.
        by_system: a program with a key asks for somebody it knows; it needs no photo.
        hides_private: leave out of the sentence what looks private, where everybody would read it; staff still read
            all of it. None when the sender was not asked yet.

    Raises:
        Invalid: fields "sentence", "photo", "publish" when the sender has to be asked, or "state" when the request is
            not closed or was settled twice.
        TooMany: the sender contested too often.
    """
    refuse(rules.check_text("sentence", sentence, MAX_SENTENCE))
    if who and not writing.trusted(actor):
        limits.spend(f"contest:{reading.token_hash(who)[:40]}", limit=_CONTESTS_PER_DAY, per=timedelta(days=1))

    def run() -> Changed:
        request = writing.locked(request_id, actor=actor)
        transition = transition_of(request, Action.CONTEST)
        by = Contester.SYSTEM if by_system else contesting.contester(request.id, actor, token)
        before = contesting.refused_before(request.id, request.closed_at)
        refuse(rules.may_contest(by, photos=len(set(evidence)), refused_before=before))
        words = watching.contested(request, actor, sentence, hides=hides_private)
        now = writing.moment(request)
        _keep(request, by, now)
        facts = {"from": request.state, "to": transition.to.value, "by": by.value, **unclose(request)}
        request.state = transition.to
        writing.requeue(request, now)
        policy = catalogue.policy_of(request.category)
        ours = writing.trusted(actor)
        if pictures := photos.attach(request, evidence, policy, trusted=ours):
            facts["photos"] = pictures
        showing = rules.text_showing(policy, trusted=ours)
        event = writing.add_event(request, actor, Fact.CONTESTED, text=words, showing=showing, data=facts, at=now)
        return writing.finish(request, actor, "contested", event=event)

    arguments = {"id": request_id, "sentence": sentence, "evidence": list(evidence)}
    return writing.command(command_id, "contest", actor, arguments, run)


def _keep(request: ServiceRequest, by: Contester, now: datetime) -> Contest:
    """Write down what is contested, so that it can stand again and be counted."""
    closing = HistoryEvent.objects.filter(request=request, fact=Fact.CLOSED).order_by("-at", "-id").first()
    return Contest.objects.create(
        request=request,
        at=now,
        by=by,
        closed_at=request.closed_at or now,
        closed_by_id=closing.author_id if closing else None,
        outcome=request.outcome,
        outcome_sentence=request.outcome_sentence,
        outcome_also=request.outcome_also,
        duplicate_of_id=request.duplicate_of_id,
    )


def _close_again(request: ServiceRequest, kept: Contest, root: ServiceRequest | None) -> None:
    """Let the closing stand again as it was, its day too: what was done then was done."""
    request.outcome, request.outcome_sentence = kept.outcome, kept.outcome_sentence
    request.outcome_also = kept.outcome_also
    request.closed_at, request.duplicate_of = kept.closed_at, root
    if root is not None:
        families.stay(request, root)


def settle(
    request_id: uuid.UUID,
    *,
    actor: Actor,
    upheld: bool,
    sentence: str,
    version: int | None = None,
    command_id: uuid.UUID | None = None,
    evidence: Sequence[uuid.UUID] = (),
    also: Mapping[str, str] | None = None,
) -> Changed:
    """Decide a contest: upheld, the work comes back with priority; not upheld, the request is closed as it was.

    Args:
        sentence: what the public reads.
        evidence: photos of how it is; needed to keep it closed.

    Raises:
        NotAllowed: without "requests.settle".
        Invalid: fields "sentence", "photos", or "state" when nobody contests it, or when the actor closed it and
            would keep it closed.
    """
    refuse(rules.check_text("sentence", sentence, MAX_SENTENCE) | check_also(also))
    action = Action.UPHOLD if upheld else Action.KEEP_CLOSED

    def run() -> Changed:
        waiting = Contest.objects.filter(request_id=request_id, upheld__isnull=True).order_by("-at", "-id").first()
        repeats = waiting.duplicate_of_id if waiting and not upheld and actor.may(SETTLE) else None
        if upheld:
            root = locked_root(request_id)
        else:
            root = root_request(request_id, repeats, actor=actor) if repeats else None
        request = writing.locked(request_id, actor=actor, permission=SETTLE, version=version)
        transition = transition_of(request, action)
        now = writing.moment(request)
        kept = waiting or _recalled(request, now)
        refuse(
            rules.may_settle(
                upheld=upheld,
                sentence=sentence,
                photos=len(set(evidence)),
                closed_by=actor.id if contesting.had_a_hand(request.id, actor.id) else kept.closed_by_id,
                settled_by=actor.id,
            )
        )
        words, other = watching.said_in_both(request, actor, sentence, also)
        kept.settled_at, kept.settled_by_id, kept.upheld = now, actor.id, upheld
        kept.save()
        facts: dict[str, Any] = {"from": request.state, "to": transition.to.value, "settled": action.value}
        facts |= told_also(other)
        policy = catalogue.policy_of(request.category)
        if pictures := photos.attach(request, evidence, policy, trusted=True, evidence=True):
            facts["photos"] = pictures
        request.state = transition.to
        data = {"settled": action.value}
        if upheld:
            fact, kind = Fact.REOPENED, "reopened"
            request.priority = rules.upheld_priority(request.priority)
            request.queue_at = rules.upheld_queue_time(now)
        else:
            fact, kind = Fact.CLOSED, "closed"
            facts["outcome"] = data["outcome"] = kept.outcome
            _close_again(request, kept, root)
        event = writing.add_event(request, actor, fact, text=words, data=facts, at=now)
        done = writing.finish(request, actor, kind, event=event, data=data)
        if upheld and root is not None:
            part(request, root, actor)
        return done

    arguments = {
        "id": request_id,
        "upheld": upheld,
        "sentence": sentence,
        "evidence": list(evidence),
        "version": version,
        **told_also(also),
    }
    return writing.command(command_id, "settle", actor, arguments, run)


def _recalled(request: ServiceRequest, now: datetime) -> Contest:
    """Return the contest of a request whose history came from elsewhere, from what the history says."""
    closing = HistoryEvent.objects.filter(request=request, fact=Fact.CLOSED).order_by("-at", "-id").first()
    outcome = str(closing.data.get("outcome") or "") if closing else ""
    plain = outcome if outcome in set(Outcome) - {Outcome.DUPLICATE} else Outcome.NOT_STATED.value
    return Contest(
        request=request,
        at=request.updated_at,
        by=Contester.UNKNOWN,
        closed_at=closing.at if closing else now,
        closed_by_id=closing.author_id if closing else None,
        outcome=plain,
        outcome_sentence=closing.text if closing else "",
    )
