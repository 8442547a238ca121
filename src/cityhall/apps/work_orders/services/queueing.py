"""From an event of a request to what each connection is to be told of it."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.service_requests.contracts import HandedOver, State, Visibility
from cityhall.apps.work_orders import rules
from cityhall.apps.work_orders.contracts import Kind
from cityhall.apps.work_orders.models import Connection, Delivery, Order, Try
from cityhall.apps.work_orders.queries import terms_of
from cityhall.apps.work_orders.services import sending
from cityhall.kernel import clock
from cityhall.kernel.events import Event

#: What connections are told of; a note only when it is public or the connection reads internal ones.
KINDS = (
    "received",
    "assigned",
    "category_changed",
    "moved",
    "scheduled",
    "started",
    "referred",
    "taken_back",
    "put_back",
    "noted",
    "closed",
    "reopened",
    "contested",
    "undone",
    "erased",
)
_AGAIN = frozenset({"reopened", "contested"})


def queue(event: Event) -> int:
    """Queue a delivery for every connection the event concerns; return how many.

    What a connection has done itself is not told to it.
    """
    connections = list(Connection.objects.order_by("id"))
    if not connections:
        return 0
    request_id, kind = event.subject_id, event.kind.removeprefix("service_requests.")
    over = service_requests.handed_over(request_id) if request_id else None
    if request_id is None or over is None:
        return 0
    if kind in _AGAIN:
        Order.objects.filter(request_id=request_id).update(status="", closed_there=False)
    if kind == "erased":
        Try.objects.filter(delivery__request_id=request_id).update(answer="")
    event_id = uuid.UUID(event.data["event_id"]) if event.data.get("event_id") else None
    fact = service_requests.happened(event_id) if event_id else None
    internal = kind == "noted" and fact is not None and fact.visibility is Visibility.INTERNAL
    known = {order.connection_id for order in Order.objects.filter(request_id=request_id)}
    held = event.data.get("hold_until")
    due = max(clock.now(), datetime.fromisoformat(held)) if held else clock.now()
    told = 0
    for connection in connections:
        if fact is not None and fact.author_id == connection.id:
            continue
        if internal and not connection.notes:
            continue
        if not _is_told(connection, over, known=connection.id in known):
            continue
        Order.objects.get_or_create(
            connection=connection,
            request_id=request_id,
            defaults={"number": over.request.number, "created_at": clock.now()},
        )
        Delivery.objects.create(
            connection=connection,
            request_id=request_id,
            number=over.request.number,
            kind=kind,
            event_id=event_id,
            at=event.at,
            version=event.data.get("version", 1),
            created_at=clock.now(),
            send_after=due,
        )
        told += 1
    if told:
        transaction.on_commit(lambda: sending.ask_for_delivery(due), robust=True)
    return told


def _is_told(connection: Connection, over: HandedOver, *, known: bool) -> bool:
    """Say whether the connection hears of it: it has the request already, or the open request is to go there now."""
    if known:
        return connection.kind == Kind.WEBHOOK or connection.sends_updates
    return over.request.state is not State.CLOSED and rules.concerns(
        terms_of(connection), over.request.category_code, over.department_id, over.team_id
    )


def hand_over(connection_id: uuid.UUID, request_id: uuid.UUID, *, event_id: uuid.UUID, at: datetime) -> bool:
    """Give a request to one connection. See `public.hand_over`."""
    connection = Connection.objects.filter(id=connection_id).first()
    over = service_requests.handed_over(request_id)
    if connection is None or over is None:
        return False
    _order, made = Order.objects.get_or_create(
        connection=connection,
        request_id=request_id,
        defaults={"number": over.request.number, "created_at": clock.now()},
    )
    if not made:
        return False
    due = clock.now()
    Delivery.objects.create(
        connection=connection,
        request_id=request_id,
        number=over.request.number,
        kind="referred",
        event_id=event_id,
        at=at,
        created_at=due,
        send_after=due,
    )
    transaction.on_commit(lambda: sending.ask_for_delivery(due), robust=True)
    return True
