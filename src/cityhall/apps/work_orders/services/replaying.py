"""Sending again what was given up, or what its receiver has lost."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cityhall.apps.work_orders.models import Delivery
from cityhall.apps.work_orders.queries import MANAGE
from cityhall.apps.work_orders.services import records, sending
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import commands
from cityhall.kernel.django.permissions import need
from cityhall.kernel.errors import Invalid, NotFound


def replay(delivery_id: uuid.UUID, *, actor: Actor, command_id: uuid.UUID | None = None) -> None:
    """Send a delivery again, under its own id: a receiver that has it drops it. One that waits is tried at once.

    Raises:
        NotAllowed, NotFound.
        Invalid: it is a test.
    """
    need(actor, MANAGE)

    def run() -> dict[str, Any]:
        delivery = (
            Delivery.objects.select_for_update(of=("self",)).select_related("connection").filter(id=delivery_id).first()
        )
        if delivery is None:
            raise NotFound(_("There is no such delivery. The log keeps them for a while only."))
        connection = records.locked(delivery.connection_id, actor)
        if delivery.kind == sending.TEST:
            raise Invalid({"delivery": _("A test is sent once. Send another.")})
        _again([delivery])
        records.record(actor, "replayed", connection, {"delivery": str(delivery.id), "number": delivery.number})
        return {"count": 1}

    commands.once(command_id, "work_orders.replay", actor, {"id": delivery_id}, run)


def replay_failed(connection_id: uuid.UUID, *, actor: Actor, command_id: uuid.UUID | None = None) -> int:
    """Send everything again that was given up for a connection; return how many."""
    need(actor, MANAGE)

    def run() -> dict[str, Any]:
        connection = records.locked(connection_id, actor)
        given_up = Delivery.objects.filter(connection=connection, failed_at__isnull=False).exclude(kind=sending.TEST)
        found = list(given_up.select_for_update().order_by("id"))
        _again(found)
        records.record(actor, "replayed", connection, {"count": len(found)})
        return {"count": len(found)}

    return int(commands.once(command_id, "work_orders.replay_failed", actor, {"id": connection_id}, run)["count"])


def _again(deliveries: list[Delivery]) -> None:
    now = clock.now()
    for delivery in deliveries:
        if delivery.sent_at or delivery.failed_at:
            delivery.attempts = 0
        delivery.send_after, delivery.sent_at, delivery.failed_at, delivery.problem = now, None, None, ""
    Delivery.objects.bulk_update(deliveries, ["attempts", "send_after", "sent_at", "failed_at", "problem"])
    if deliveries:
        transaction.on_commit(lambda: sending.ask_for_delivery(now), robust=True)
