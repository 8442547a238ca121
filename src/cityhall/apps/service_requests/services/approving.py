"""A supervisor approves a closing somebody asked for, or sends it back."""

from __future__ import annotations

import uuid

from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import Changed, Fact, Outcome, Visibility
from cityhall.apps.service_requests.models import Approval, ServiceRequest
from cityhall.apps.service_requests.rules.life import SETTLE
from cityhall.apps.service_requests.rules.submissions import MAX_SENTENCE
from cityhall.apps.service_requests.services import approvals, writing
from cityhall.apps.service_requests.services.life import close_locked
from cityhall.apps.service_requests.services.wording import refusal, refuse
from cityhall.kernel.actors import Actor


def approve(
    request_id: uuid.UUID, *, actor: Actor, version: int | None = None, command_id: uuid.UUID | None = None
) -> Changed:
    """Close a request as it was asked for, in the name of who asked, with their words and photos.

    Raises:
        NotAllowed: without "requests.settle".
        Invalid: field "state": nothing waits, or the actor asked for it.
    """

    def run() -> Changed:
        request, waiting = _decided(request_id, actor, version)
        approvals.settle(waiting, "approved", actor, writing.moment(request))
        return close_locked(
            request,
            actor,
            outcome=Outcome(waiting.outcome),
            sentence=waiting.sentence,
            also=waiting.also,
            approved=waiting,
        )

    return writing.command(command_id, "approve", actor, {"id": request_id, "version": version}, run)


def send_back(
    request_id: uuid.UUID,
    *,
    actor: Actor,
    note: str,
    version: int | None = None,
    command_id: uuid.UUID | None = None,
) -> Changed:
    """Send a closing back to who asked for it; the note says what is missing. The request stays as it is.

    Raises:
        NotAllowed: without "requests.settle".
        Invalid: fields "note", or "state": nothing waits, or the actor asked for it.
    """
    refuse(rules.check_text("note", note, MAX_SENTENCE, at_least=3))

    def run() -> Changed:
        request, waiting = _decided(request_id, actor, version)
        now = writing.moment(request)
        approvals.settle(waiting, "sent_back", actor, now)
        facts = {"step": "sent_back", "outcome": waiting.outcome, "for": str(waiting.by_id or "")}
        event = writing.add_event(
            request, actor, Fact.APPROVAL, text=note, visibility=Visibility.INTERNAL, data=facts, at=now
        )
        told = {"outcome": waiting.outcome, "for": facts["for"]}
        return writing.finish(request, actor, "approval_sent_back", event=event, data=told, quietly=True)

    arguments = {"id": request_id, "note": note, "version": version}
    return writing.command(command_id, "send_back", actor, arguments, run)


def _decided(request_id: uuid.UUID, actor: Actor, version: int | None) -> tuple[ServiceRequest, Approval]:
    request = writing.locked(request_id, actor=actor, permission=SETTLE, version=version)
    waiting = approvals.waiting_on(request.id)
    if waiting is None:
        raise refusal("state", "nothing_waits")
    refuse(rules.may_approve(asked_by=waiting.by_id, by=actor.id))
    return request, waiting
