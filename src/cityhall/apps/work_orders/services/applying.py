"""Doing to a request what a work-order system says of it: by the services of its life, whose rules decide."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.service_requests.contracts import (
    Outcome,
    PublicRequest,
    State,
    Status,
    Visibility,
    number_text,
    number_value,
)
from cityhall.apps.work_orders.contracts import Applied, IncomingState, Reason, Told, WorkStatus
from cityhall.apps.work_orders.models import Connection, Incoming, Order
from cityhall.apps.work_orders.services import numbering
from cityhall.apps.work_orders.services.records import acting
from cityhall.kernel import clock
from cityhall.kernel.errors import CityhallError, Invalid, NotFound

TOLERANCE = timedelta(minutes=5)
_OUTCOMES = {
    Reason.CANNOT: Outcome.CANNOT,
    Reason.NOT_FOUND: Outcome.NOT_FOUND,
    Reason.NOT_CITY: Outcome.NOT_CITY,
}
_NAMES = {"sentence": "note", "text": "note", "state": "status", "outcome": "reason"}


def apply(connection: Connection, told: Told, *, message_id: str, fingerprint: str) -> Applied:
    """Apply a message once, and log it. The same message again gets the same answer.

    A message older than what was applied last is kept in the log and changes nothing. One that the rules refuse is
    logged with the reason; nothing of it is applied, and when it comes again it is tried again.

    Raises:
        NotFound: the connection was never told of such a request.
        Invalid: by field of the message.
    """
    number = number_text(value) if (value := number_value(told.number)) is not None else told.number
    try:
        with transaction.atomic():
            order = (
                Order.objects.select_for_update(of=("self",))
                .select_related("connection")
                .filter(connection=connection, number=number)
                .first()
            )
            if order is None:
                raise NotFound(
                    _("request: this connection was not told of a request with this number. Check the number.")
                )
            before = Incoming.objects.filter(connection=connection, message_id=message_id).first()
            if before is not None and before.state != IncomingState.REFUSED:
                if before.fingerprint != fingerprint:
                    raise Invalid(
                        {"webhook-id": _("This id was used for another message. Give every message its own.")},
                        code="reused",
                    )
                return Applied(IncomingState(before.state), number, again=True)
            if told.at > clock.now() + TOLERANCE:
                raise Invalid({"timestamp": _("This is in the future. Set your clock.")})
            late = order.told_at is not None and told.at < order.told_at
            if not late:
                _apply(connection, order, told, message_id)
            state = IncomingState.LATE if late else IncomingState.APPLIED
            log(connection, told, message_id, fingerprint, state, order=order)
            return Applied(state, number)
    except CityhallError as refused:
        problem = _in_their_words(refused)
        if problem.code != "reused":
            known = Order.objects.filter(connection=connection, number=number).first()
            log(connection, told, message_id, fingerprint, IncomingState.REFUSED, order=known, problem=problem)
        raise problem from refused


def log(
    connection: Connection,
    told: Told | None,
    message_id: str,
    fingerprint: str,
    state: IncomingState,
    *,
    order: Order | None = None,
    problem: CityhallError | None = None,
) -> None:
    """Write down what became of a message. What names no request of ours is not repeated: it may be anything."""
    named = number_value(told.number) if told else None
    Incoming.objects.update_or_create(
        connection=connection,
        message_id=message_id,
        defaults={
            "fingerprint": fingerprint,
            "request_id": order.request_id if order else None,
            "number": order.number if order else number_text(named) if named is not None else "",
            "status": told.status.value if told and told.status else "",
            "state": state,
            "problem": str(problem.message)[:500] if problem else "",
            "at": clock.now(),
        },
    )


def _in_their_words(refused: CityhallError) -> CityhallError:
    if not isinstance(refused, Invalid):
        return refused
    return Invalid({_NAMES.get(name, name): text for name, text in refused.fields.items()}, code=refused.code)


def _apply(connection: Connection, order: Order, told: Told, message_id: str) -> None:
    numbering.set_number(order, connection, told.external_number)
    over = service_requests.handed_over(order.request_id)
    if over is None:
        raise NotFound(_("request: it was taken down. There is nothing more to do."))
    _move(connection, over.request, told, uuid.uuid5(connection.id, message_id))
    order.told_at = told.at
    order.status = told.status or order.status
    order.save(update_fields=["external_number", "status", "told_at"])


def _move(connection: Connection, seen: PublicRequest, told: Told, command: uuid.UUID) -> None:
    """Make the one change that the message means for a request in this state."""
    actor = acting(connection, "requests.work")
    common: dict[str, Any] = {"actor": actor, "command_id": command}
    # A sentence that moves a request is public; what is only for colleagues goes beside it.
    sentence = told.note if told.public else ""
    if told.status is WorkStatus.DONE:
        if seen.status is not Status.FIXED:
            service_requests.close(seen.id, outcome=Outcome.FIXED, sentence=told.note, **common)
        return
    if told.status is WorkStatus.CANNOT_DO:
        outcome = _OUTCOMES[told.reason]
        if seen.outcome is not outcome:
            service_requests.close(seen.id, outcome=outcome, sentence=told.note, **common)
        return
    if told.status is WorkStatus.SCHEDULED and not (seen.state is State.SCHEDULED and seen.scheduled_for == told.on):
        service_requests.schedule(seen.id, on=told.on, sentence=sentence, **common)
    elif told.status is WorkStatus.IN_PROGRESS and seen.state is not State.IN_PROGRESS:
        service_requests.start(seen.id, sentence=sentence, **common)
    else:
        _note(seen, told, common)
        return
    if told.note and not told.public:
        _note(seen, replace(told, public=False), {"actor": actor, "command_id": uuid.uuid5(command, "note")})


def _note(seen: PublicRequest, told: Told, common: dict[str, Any]) -> None:
    if told.note:
        visibility = Visibility.PUBLIC if told.public else Visibility.INTERNAL
        service_requests.add_note(seen.id, text=told.note, visibility=visibility, **common)
