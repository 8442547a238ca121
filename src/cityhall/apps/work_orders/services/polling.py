"""Asking GeoReport servers what became of the requests they were given."""

from __future__ import annotations

import hashlib
import logging
import time
from datetime import datetime, timedelta

from django.db.models import Q

from cityhall.apps.work_orders import rules
from cityhall.apps.work_orders.contracts import Kind, Reason, Told, WorkStatus
from cityhall.apps.work_orders.models import Connection, Delivery, Incoming, Order
from cityhall.apps.work_orders.services import applying, numbering, sending
from cityhall.kernel import clock
from cityhall.kernel.django import sealing
from cityhall.kernel.errors import CityhallError
from cityhall.kernel.georeport.contracts import Request, Update
from cityhall.kernel.ports import CallForbidden, CallRefused, CallUnavailable, GeoReportServer

log = logging.getLogger(__name__)

BATCH = 100
SECONDS = 60.0
"""So long one server is asked in one run: one that is slow must not keep a worker from other work."""
AGAIN_AFTER = timedelta(minutes=15)
GIVEN_UP_AFTER = timedelta(days=730)
_OVERLAP = timedelta(minutes=30)
_NOT_OFFERED = frozenset({400, 404, 405, 410, 501})


def poll() -> int:
    """Ask every GeoReport server that is not paused; return how many messages came of it.

    No row is locked while another server is waited for.
    """
    came = 0
    for connection in Connection.objects.filter(kind=Kind.GEOREPORT, paused_at__isnull=True).order_by("id"):
        if not Order.objects.filter(connection=connection).exists():
            continue
        try:
            with sending.opened(connection) as server:
                _tokens(connection, server)
                came += _updates(connection, server) + _states(connection, server)
        except (CallForbidden, CallUnavailable, CallRefused, sealing.Unreadable) as trouble:
            log.warning("a GeoReport server could not be asked", extra={"problem": str(trouble)[:200]})
            sending.remember(connection.id, arrived=False)
        except Exception:  # a server nobody foresaw must not keep the others from being asked
            log.exception("what a GeoReport server answered could not be used", extra={"id": str(connection.id)})
            sending.remember(connection.id, arrived=False)
        else:
            # That it answers questions does not make well what it does not take.
            if not Delivery.objects.filter(connection=connection, sent_at__isnull=True, attempts__gt=0).exists():
                sending.remember(connection.id, arrived=True)
    return came


def _tokens(connection: Connection, server: GeoReportServer) -> None:
    for order in Order.objects.filter(connection=connection, external_number="").exclude(token="")[:BATCH]:
        if (receipt := server.token(order.token)).service_request_id:
            numbering.take_receipt(order, receipt)


def _updates(connection: Connection, server: GeoReportServer) -> int:
    """Read their changes, where they publish them."""
    if connection.offers_updates is False:
        return 0
    now = clock.now()
    start = (connection.read_until or connection.created_at) - _OVERLAP
    try:
        found = server.updates(start=start, end=now + _OVERLAP)
    except CallRefused as refusal:
        if refusal.status not in _NOT_OFFERED:
            raise
        Connection.objects.filter(id=connection.id).update(offers_updates=False)
        return 0
    ours = set(
        Delivery.objects.filter(
            connection=connection, external_id__in=[one.update_id for one in found if one.update_id]
        ).values_list("external_id", flat=True)
    )
    numbers = dict(
        Order.objects.filter(
            connection=connection, external_number__in={one.service_request_id for one in found}
        ).values_list("external_number", "number")
    )
    came = 0
    for update in sorted(found, key=lambda one: one.updated or now):
        if update.service_request_id in numbers and update.update_id not in ours:
            told = _told_by(update, numbers[update.service_request_id], now)
            if told is not None:
                came += _take(connection, told, f"update:{update.update_id}")
    Connection.objects.filter(id=connection.id).update(offers_updates=True, read_until=now)
    return came


def _told_by(update: Update, number: str, now: datetime) -> Told | None:
    status, reason = rules.status_of_update(update.status)
    note = update.description.strip()[:4000]
    if status is None and not note:
        return None
    # A word that is none of the work's own is for the desk to read.
    return Told(
        at=min(update.updated or now, now),
        number=number,
        status=status,
        note=note,
        public=status is not None,
        reason=reason,
    )


def _states(connection: Connection, server: GeoReportServer) -> int:
    """Ask for each open request whether it is closed there."""
    now = clock.now()
    due = (
        Order.objects.filter(connection=connection, closed_there=False, created_at__gt=now - GIVEN_UP_AFTER)
        .exclude(external_number="")
        .exclude(status__in=[WorkStatus.DONE, WorkStatus.CANNOT_DO])
        .filter(Q(asked_at__isnull=True) | Q(asked_at__lt=now - AGAIN_AFTER))
        .order_by("asked_at", "id")
    )
    came, until = 0, time.monotonic() + SECONDS
    for order in due[:BATCH]:
        if time.monotonic() > until:
            break
        try:
            found = server.request(order.external_number)
        except CallRefused as refusal:
            if refusal.status != 404:
                raise
            found = None
        closed = found is not None and found.status == "closed"
        Order.objects.filter(id=order.id).update(asked_at=now, closed_there=closed)
        if found is not None and closed:
            came += _take(connection, _told_closed(connection, order, found, now), f"closed:{found.updated or ''}")
    return came


def _told_closed(connection: Connection, order: Order, found: Request, now: datetime) -> Told:
    """Return what their plain "closed" means, as the connection says; without a word of it the desk decides."""
    meant = connection.closed_means
    status = {"fixed": WorkStatus.DONE, "cannot_be_done": WorkStatus.CANNOT_DO}.get(meant)
    note = found.status_notes.strip()[:4000]
    return Told(
        at=min(max(found.updated or now, order.told_at or order.created_at), now),
        number=order.number,
        status=status,
        note=note if status else f"{connection.name}: closed. {note}".strip(),
        public=status is not None,
        reason=Reason.CANNOT,
    )


def _take(connection: Connection, told: Told, message_id: str) -> bool:
    """Apply what was read, once; return whether it was new. What the rules refuse is logged, and the desk decides."""
    message_id = f"{told.number} {message_id}"[:120]
    if Incoming.objects.filter(connection=connection, message_id=message_id).exists():
        return False
    fingerprint = hashlib.sha256(message_id.encode()).hexdigest()
    try:
        applying.apply(connection, told, message_id=message_id, fingerprint=fingerprint)
    except CityhallError as refused:
        log.info("what a GeoReport server says was refused", extra={"problem": refused.code})
    return True
