"""Sending what is due, each delivery in its own transaction, those of one request in order."""

from __future__ import annotations

import contextlib
import logging
import random
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import translation
from procrastinate.contrib.django import app as jobs
from procrastinate.exceptions import AlreadyEnqueued

from cityhall.apps.service_requests.contracts import State
from cityhall.apps.work_orders import rules
from cityhall.apps.work_orders.contracts import Kind
from cityhall.apps.work_orders.models import Connection, Delivery, Order, Try
from cityhall.apps.work_orders.services import numbering, telling
from cityhall.kernel import clock, ports
from cityhall.kernel.django import sealing
from cityhall.kernel.georeport.contracts import Receipt, Report, Update
from cityhall.kernel.ports import CallForbidden, CallRefused, CallUnavailable, GeoReportServer

log = logging.getLogger(__name__)

DELIVER = "work_orders.deliver"
QUEUE = "work-orders"
TEST = "test"
BATCH = 500
PATIENCE = 3
SLOW = 5.0
_RUN_LOCK = 0x0DE11
_WAITS = Q(sent_at__isnull=True, failed_at__isnull=True)
_NEVER = frozenset({400, 422})
"""What a GeoReport server says to a report it will not take however often it is sent."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of a try. `final`: it is no use to try again."""

    problem: str = ""
    status: int | None = None
    answer: str = ""
    retry_after: int | None = None
    final: bool = False


def ask_for_delivery(due: datetime) -> None:
    """Plan one run for all that is due by the same second. The job of every minute is the safety net."""
    at = due.replace(microsecond=0) + timedelta(seconds=1)
    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        jobs.configure_task(
            DELIVER, queue=QUEUE, schedule_at=at, queueing_lock=f"{DELIVER}:{at.timestamp():.0f}"
        ).defer()


def deliver_due() -> int:
    """Send up to a batch of the deliveries that are due; return how many arrived.

    One run at a time, so that systems that hang leave the other workers to other work: whatever became due meanwhile
    is the run's own, or that of the next minute. No delivery goes before an earlier one of the same request. A
    connection that fails or is slow several times in a row is left alone for this run.
    """
    with _alone() as alone:
        return _deliver_due() if alone else 0


def _deliver_due() -> int:
    sent = 0
    troubles: dict[uuid.UUID, int] = {}
    for _turn in range(BATCH):
        tired = [one for one, times in troubles.items() if times >= PATIENCE]
        started = time.monotonic()
        with transaction.atomic():
            delivery = _next(tired)
            if delivery is None:
                break
            arrived = _attempt(delivery)
        sent += arrived
        well = arrived and time.monotonic() - started < SLOW
        troubles[delivery.connection_id] = 0 if well else troubles.get(delivery.connection_id, 0) + 1
    return sent


@contextlib.contextmanager
def _alone() -> Iterator[bool]:
    """Say whether no other run is under way; while ours is, others are told so. A dead worker's lock ends with it."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [_RUN_LOCK])
        alone = bool(cursor.fetchone()[0])
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", [_RUN_LOCK])


def deliver_now(delivery_id: uuid.UUID) -> None:
    """Try one delivery, whether its connection is paused or not."""
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(of=("self",)).select_related("connection").get(_WAITS, id=delivery_id)
        )
        _attempt(delivery)


def _next(tired: list[uuid.UUID]) -> Delivery | None:
    earlier = Delivery.objects.filter(
        _WAITS, connection_id=OuterRef("connection_id"), request_id=OuterRef("request_id")
    ).filter(Q(version__lt=OuterRef("version")) | Q(version=OuterRef("version"), id__lt=OuterRef("id")))
    return (
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("connection")
        .filter(_WAITS, ~Exists(earlier), send_after__lte=clock.now(), connection__paused_at__isnull=True)
        .exclude(connection_id__in=tired)
        .order_by("send_after", "id")
        .first()
    )


def _attempt(delivery: Delivery) -> bool:
    """Try a delivery that is locked, and write down what came of it; return whether it arrived."""
    started = time.monotonic()
    outcome = _hand_over(delivery)
    now = clock.now()
    Try.objects.create(
        delivery=delivery,
        at=now,
        status=outcome.status,
        milliseconds=int((time.monotonic() - started) * 1000),
        problem=outcome.problem,
        answer=outcome.answer[:500],
    )
    delivery.attempts += 1
    delivery.problem = outcome.problem
    if not outcome.problem:
        delivery.sent_at = now
    elif outcome.final or delivery.kind == TEST:
        delivery.failed_at = now
    elif wait := rules.wait_before(
        delivery.attempts + 1,
        share=random.random(),  # noqa: S311  # so that many do not come at once
        asked=outcome.retry_after,
    ):
        delivery.send_after = now + wait
    else:
        delivery.failed_at = now
    delivery.save(update_fields=["attempts", "problem", "sent_at", "failed_at", "send_after", "external_id"])
    remember(delivery.connection_id, arrived=not outcome.problem)
    return not outcome.problem


def remember(connection_id: uuid.UUID, *, arrived: bool) -> None:
    """Count a connection's failures in a row, which make it one that fails, and its last success."""
    mine = Connection.objects.filter(id=connection_id)
    if arrived:
        mine.update(failures=0, failing_since=None, last_success_at=clock.now())
        return
    mine.update(failures=F("failures") + 1)
    mine.filter(failures__gte=rules.FAILING_AFTER, failing_since__isnull=True).update(failing_since=clock.now())


def _hand_over(delivery: Delivery) -> _Outcome:
    try:
        with translation.override(settings.LANGUAGE_CODE):
            return _post(delivery) if delivery.connection.kind == Kind.WEBHOOK else _report(delivery)
    except CallForbidden as refusal:
        return _Outcome(f"not called: {refusal}"[:200])
    except CallUnavailable as trouble:
        return _Outcome(f"no answer: {trouble}"[:200])
    except CallRefused as refusal:
        return _Outcome(
            f"answered {refusal.status}",
            refusal.status,
            refusal.text,
            refusal.retry_after,
            final=refusal.status in _NEVER,
        )
    except telling.Gone:
        return _Outcome("the request is not there any more", final=True)
    except sealing.Unreadable:
        return _Outcome("the secret cannot be read: make a new one")
    except Exception as fault:  # one delivery nobody foresaw must not stop those behind it
        log.exception("a delivery could not be made", extra={"delivery_id": str(delivery.id)})
        return _Outcome(type(fault).__name__)


def secrets_of(system: Connection) -> Iterator[str]:
    """Iterate over the secrets that count now: the newest, and for a day the one before."""
    yield sealing.unseal(system.secret)
    if system.former_until and system.former_until > clock.now() and system.former_secret:
        with contextlib.suppress(sealing.Unreadable):
            yield sealing.unseal(system.former_secret)


def _post(delivery: Delivery) -> _Outcome:
    system = delivery.connection
    with transaction.atomic():  # on its own: what the audit log has of it stands, whatever comes of the call
        body = telling.message(delivery)
    timestamp = str(int(clock.now().timestamp()))
    answer = ports.other_systems.get().post(
        system.url,
        body,
        {
            "Content-Type": "application/json",
            "webhook-id": str(delivery.id),
            "webhook-timestamp": timestamp,
            "webhook-signature": rules.sign(secrets_of(system), str(delivery.id), timestamp, body),
        },
    )
    if not 200 <= answer.status < 300:
        return _Outcome(f"answered {answer.status}", answer.status, answer.text, answer.retry_after)
    with transaction.atomic():
        numbering.take_from_answer(delivery, answer.text)
    return _Outcome(status=answer.status, answer=answer.text)


def _report(delivery: Delivery) -> _Outcome:
    """Do what is next with a GeoReport server: file the request, ask what became of its token, or send the change."""
    with opened(delivery.connection) as server:
        if delivery.request_id is None:
            return _look_at(server, delivery.connection)
        order = Order.objects.select_for_update().get(connection=delivery.connection, request_id=delivery.request_id)
        if not order.external_number and order.token:
            with transaction.atomic():
                numbering.take_receipt(order, server.token(order.token))
            if not order.external_number:
                return _Outcome("they have given no number yet")
        if not order.external_number:
            return _file(delivery, order, server)
        if not delivery.connection.sends_updates:
            return _Outcome(answer="They take no changes.")
        over = telling.handed_over(delivery)
        delivery.external_id = server.post_update(
            Update(
                update_id=str(delivery.id),
                service_request_id=order.external_number,
                status=rules.update_word(over.request.status, over.request.outcome),
                updated=over.request.updated_at,
                description=telling.change(delivery, over),
            )
        )[:120]
        return _Outcome(status=200, answer=delivery.external_id)


def _file(delivery: Delivery, order: Order, server: GeoReportServer) -> _Outcome:
    if telling.handed_over(delivery).request.state is State.CLOSED:
        return _Outcome(answer="Closed here before it was filed there.")
    with transaction.atomic():
        report = telling.report(delivery)
    receipt = _filed_before(delivery, report, server) or server.file(report)
    with transaction.atomic():
        numbering.take_receipt(order, receipt)
    return _Outcome(status=200, answer=receipt.service_request_id or f"token {receipt.token}")


def _filed_before(delivery: Delivery, report: Report, server: GeoReportServer) -> Receipt | None:
    """Look whether an earlier try arrived although its answer was lost: the protocol knows no repeated call."""
    if not delivery.tries.filter(status__isnull=True).exists():
        return None
    ours = telling.reference(delivery.number)
    since = delivery.created_at - timedelta(hours=1)
    for found in server.requests(service_code=report.service_code, start_date=since, end_date=clock.now()):
        if ours in found.description:
            return Receipt(service_request_id=found.service_request_id)
    return None


@contextlib.contextmanager
def opened(system: Connection) -> Iterator[GeoReportServer]:
    """Open the GeoReport server of a connection."""
    with ports.other_systems.get().georeport(
        system.url,
        jurisdiction_id=system.jurisdiction_id,
        api_key=sealing.unseal(system.api_key),
    ) as server:
        yield server


def _look_at(server: GeoReportServer, system: Connection) -> _Outcome:
    """A test of a GeoReport server: it lists its services, and knows those we would file under."""
    services = {service.code for service in server.services()}
    wanted = {system.service_codes.get(code, code) for code in system.categories}
    if unknown := sorted(wanted - services):
        return _Outcome(f"they have no service {', '.join(unknown)}"[:200], 200, f"{len(services)} services")
    return _Outcome(status=200, answer=f"{len(services)} services")
