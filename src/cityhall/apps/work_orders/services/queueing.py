"""From an event of a request to what each connection is to be told of it."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.service_requests.contracts import HandedOver, State, Visibility
from cityhall.apps.work_orders import rules
from cityhall.apps.work_orders.contracts import Kind, Sees
from cityhall.apps.work_orders.models import Connection, Delivery, Order, Try
from cityhall.apps.work_orders.queries import terms_of
from cityhall.apps.work_orders.services import sending, telling
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
    known = {order.connection_id: order for order in Order.objects.filter(request_id=request_id)}
    held = event.data.get("hold_until")
    due = max(clock.now(), datetime.fromisoformat(held)) if held else clock.now()
    told = 0
    for connection in connections:
        if fact is not None and fact.author_id == connection.id:
            continue
        order = known.get(connection.id)
        is_ours = _goes_to(connection, over)
        if internal and not (connection.notes and (is_ours or order is None or order.sees == Sees.WORK)):
            continue
        if not (_takes_changes(connection) if order else is_ours):
            continue
        if order is None:
            Order.objects.get_or_create(
                connection=connection,
                request_id=request_id,
                defaults={"number": over.request.number, "created_at": clock.now()},
            )
        elif is_ours and order.sees != Sees.WORK:
            Order.objects.filter(id=order.id).update(sees=Sees.WORK)
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


def _takes_changes(connection: Connection) -> bool:
    return connection.kind == Kind.WEBHOOK or connection.sends_updates


def _goes_to(connection: Connection, over: HandedOver) -> bool:
    """Say whether the open request is to go there now by the connection's own terms."""
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
        defaults={"number": over.request.number, "sees": Sees.PUBLISHED, "created_at": clock.now()},
    )
    if made:
        _deliver(connection, over, "referred", event_id=event_id, at=at)
    else:  # what was shown to it when it was referred there before is not shown again by itself
        share(connection_id, request_id, all_of_it=False)
    return made


def share(connection_id: uuid.UUID, request_id: uuid.UUID, *, all_of_it: bool) -> None:
    """Show a connection all of a request that was referred there, or what everybody sees. See `public.share`."""
    sees = Sees.WHOLE if all_of_it else Sees.PUBLISHED
    referred = Order.objects.filter(connection_id=connection_id, request_id=request_id).exclude(sees=Sees.WORK)
    over = service_requests.handed_over(request_id)
    if not referred.update(sees=sees) or over is None or not all_of_it:
        return
    connection = Connection.objects.get(id=connection_id)
    if _takes_changes(connection):
        _deliver(connection, over, telling.SHARED, at=clock.now(), version=over.request.version)


def _deliver(
    connection: Connection,
    over: HandedOver,
    kind: str,
    *,
    at: datetime,
    event_id: uuid.UUID | None = None,
    version: int = 0,
) -> None:
    due = clock.now()
    Delivery.objects.create(
        connection=connection,
        request_id=over.request.id,
        number=over.request.number,
        kind=kind,
        event_id=event_id,
        at=at,
        version=version,
        created_at=due,
        send_after=due,
    )
    transaction.on_commit(lambda: sending.ask_for_delivery(due), robust=True)
