"""The door for work-order systems: a signed message, checked before a word of it is believed."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from cityhall.apps.work_orders import rules
from cityhall.apps.work_orders.contracts import Applied, Held, IncomingState, Kind, Unsigned
from cityhall.apps.work_orders.models import Connection, Order
from cityhall.apps.work_orders.services import applying
from cityhall.apps.work_orders.services.sending import secrets_of
from cityhall.kernel import clock
from cityhall.kernel.django import limits, sealing
from cityhall.kernel.errors import Invalid, NotFound

PER_MINUTE = 300
UNSIGNED_PER_MINUTE = 30
_LONGEST_ID = 120
_SENTENCES: Mapping[str, Any] = {
    "json": _("Send a JSON object."),
    "type": _("Send %(detail)s."),
    "moment": _("Say when it happened, with its zone, like 2026-03-05T09:14:00Z."),
    "data": _("Send an object with the fields of the message."),
    "text": _("Send a text."),
    "long": _("Shorten this to %(detail)s characters."),
    "characters": _("Remove the characters that cannot be stored."),
    "choice": _("Send one of: %(detail)s."),
    "day": _("Send a day like 2026-03-12."),
    "unknown": _("There is no such field. Leave it out."),
    "missing": _("Name the request by its number, like 48-220."),
    "sentence": _("Write a sentence that the public will read."),
    "nothing": _("Say something: a status, a note or an external number."),
}


def receive(connection_id: uuid.UUID, *, headers: Mapping[str, str], body: bytes, sender: str) -> Applied:
    """Take a message that came in by webhook.

    Args:
        headers: `webhook-id`, `webhook-timestamp`, `webhook-signature`, as Standard Webhooks has them.
        sender: what a stranger is counted by.

    Raises:
        NotFound: no such connection, or no such request among those it was told of.
        Unsigned: the signature or the time does not fit.
        Held: the connection is paused.
        TooMany: more messages than it may send in a minute.
        Invalid: by field.
    """
    connection = Connection.objects.filter(id=connection_id, kind=Kind.WEBHOOK).first()
    if connection is None:
        raise NotFound(_("There is no such connection."))
    message_id = headers.get("webhook-id", "")
    if not _is_signed(connection, headers, message_id, body):
        limits.spend(f"work_orders.unsigned:{sender}"[:160], limit=UNSIGNED_PER_MINUTE, per=timedelta(minutes=1))
        raise Unsigned(
            _("The signature does not fit. Sign id, time and body with this connection’s secret, and set your clock.")
        )
    if connection.paused_at is not None:
        raise Held(_("This connection is paused. Send the message again later."))
    limits.spend(f"work_orders.hook:{connection.id}", limit=PER_MINUTE, per=timedelta(minutes=1))
    fingerprint = hashlib.sha256(body).hexdigest()
    told, wrong = rules.read_message(body)
    if told is None:
        problem = Invalid({name: _say(one) for name, one in wrong.items()})
        order = Order.objects.filter(connection=connection, number=rules.request_named(body)).first()
        applying.log(connection, None, message_id, fingerprint, IncomingState.REFUSED, order=order, problem=problem)
        raise problem
    return applying.apply(connection, told, message_id=message_id, fingerprint=fingerprint)


def _say(problem: rules.Problem) -> Any:
    sentence = _SENTENCES[problem.code]
    return sentence % {"detail": problem.detail} if problem.detail else sentence


def _is_signed(connection: Connection, headers: Mapping[str, str], message_id: str, body: bytes) -> bool:
    timestamp = headers.get("webhook-timestamp", "")
    if not (0 < len(message_id) <= _LONGEST_ID and message_id.isascii() and message_id.isprintable()):
        return False
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 12):
        return False
    if abs(clock.now().timestamp() - int(timestamp)) > applying.TOLERANCE.total_seconds():
        return False
    try:
        secrets = list(secrets_of(connection))
    except sealing.Unreadable:
        return False
    return rules.verifies(headers.get("webhook-signature", ""), secrets, message_id, timestamp, body)
