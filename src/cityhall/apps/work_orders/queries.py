"""Reads of the room: connections, the delivery log, what came in, a request's orders."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from cityhall.apps.identity import public as identity
from cityhall.apps.service_requests.contracts import Page, number_text, number_value
from cityhall.apps.work_orders import rules
from cityhall.apps.work_orders.contracts import (
    ConnectionInfo,
    DeliveryFilter,
    DeliveryInfo,
    DeliveryState,
    IncomingInfo,
    IncomingState,
    Kind,
    OrderInfo,
    Standing,
    Terms,
    TryInfo,
)
from cityhall.apps.work_orders.models import Connection, Delivery, Incoming, Order, Try
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import sealing
from cityhall.kernel.errors import NotFound

MANAGE = "work_orders.manage"
_WAITING = Q(deliveries__sent_at__isnull=True, deliveries__failed_at__isnull=True)
_GIVEN_UP = Q(deliveries__failed_at__isnull=False)
_FOUND = 50
_STATES = {
    DeliveryState.WAITING: Q(sent_at__isnull=True, failed_at__isnull=True),
    DeliveryState.DELIVERED: Q(sent_at__isnull=False),
    DeliveryState.GIVEN_UP: Q(failed_at__isnull=False),
}


def is_managed_by(actor: Actor, connection: Connection) -> bool:
    """Say whether all that goes to the connection is the actor's own work."""
    if not actor.departments and not actor.teams:
        return True
    parents = {team.id: team.department_id for team in identity.teams()}
    return rules.is_within(
        actor, connection.departments, {team: parents.get(team, uuid.UUID(int=0)) for team in connection.teams}
    )


def connections(actor: Actor) -> list[ConnectionInfo]:
    """Return the connections the actor manages, by name."""
    return [_info(row) for row in _counted().order_by("name") if is_managed_by(actor, row)]


def connection(connection_id: uuid.UUID, actor: Actor) -> ConnectionInfo:
    """Return one connection. Raises NotFound."""
    row = _counted().filter(id=connection_id).first()
    if row is None or not is_managed_by(actor, row):
        raise NotFound(_("There is no such connection."))
    return _info(row)


def _counted() -> QuerySet[Connection]:
    return Connection.objects.annotate(
        waiting=Count("deliveries", filter=_WAITING), given_up=Count("deliveries", filter=_GIVEN_UP)
    )


def terms_of(row: Connection) -> Terms:
    """Return what is set of a connection."""
    return Terms(
        name=row.name,
        kind=Kind(row.kind),
        url=row.url,
        categories=frozenset(row.categories),
        departments=frozenset(row.departments),
        teams=frozenset(row.teams),
        notes=row.notes,
        contact=row.contact,
        jurisdiction_id=row.jurisdiction_id,
        service_codes=row.service_codes,
        sends_updates=row.sends_updates,
        closed_means=row.closed_means,
    )


def _info(row: Any) -> ConnectionInfo:
    return ConnectionInfo(
        id=row.id,
        terms=terms_of(row),
        standing=Standing.PAUSED if row.paused_at else Standing.FAILING if row.failing_since else Standing.RUNNING,
        failures=row.failures,
        failing_since=row.failing_since,
        last_success_at=row.last_success_at,
        has_key=bool(row.api_key),
        readable=_is_readable(row),
        waiting=row.waiting,
        given_up=row.given_up,
    )


def _is_readable(row: Connection) -> bool:
    try:
        sealing.unseal(row.secret)
        sealing.unseal(row.api_key)
    except sealing.Unreadable:
        return False
    return True


def deliveries(wanted: DeliveryFilter, actor: Actor, *, after: str = "", limit: int = 50) -> Page[DeliveryInfo]:
    """Return a page of the delivery log, newest first; `after` is the id of the last one of the page before."""
    mine = [row.id for row in Connection.objects.all() if is_managed_by(actor, row)]
    found = Delivery.objects.filter(connection_id__in=mine).select_related("connection")
    if wanted.connection is not None:
        found = found.filter(connection_id=wanted.connection)
    if wanted.state is not None:
        found = found.filter(_STATES[wanted.state])
    if wanted.number:
        value = number_value(wanted.number)
        numbers = Q(number=number_text(value)) if value is not None else Q()
        found = found.filter(numbers | Q(request_id__in=list(requests_of(wanted.number))))
        if value is None and not requests_of(wanted.number):
            found = found.none()
    if last := _uuid(after):
        found = found.filter(id__lt=last)
    newest = Try.objects.filter(delivery=OuterRef("id")).order_by("-id").values("status")[:1]
    page = list(found.annotate(last_status=Subquery(newest)).order_by("-id")[: limit + 1])
    items = tuple(_delivery(row) for row in page[:limit])
    return Page(items, str(items[-1].id) if len(page) > limit else "")


def delivery(delivery_id: uuid.UUID, actor: Actor) -> DeliveryInfo:
    """Return one delivery with all its tries, newest first. Raises NotFound."""
    row = Delivery.objects.select_related("connection").filter(id=delivery_id).first()
    if row is None or not is_managed_by(actor, row.connection):
        raise NotFound(_("There is no such delivery. The log keeps them for a while only."))
    tries = tuple(
        TryInfo(one.at, one.status, one.milliseconds, one.problem, one.answer) for one in row.tries.order_by("-id")
    )
    return _delivery(row, tries)


def _delivery(row: Any, tries: tuple[TryInfo, ...] = ()) -> DeliveryInfo:
    state = (
        DeliveryState.DELIVERED if row.sent_at else DeliveryState.GIVEN_UP if row.failed_at else DeliveryState.WAITING
    )
    waits = state is DeliveryState.WAITING and row.connection.paused_at is None
    return DeliveryInfo(
        id=row.id,
        connection_id=row.connection_id,
        connection=row.connection.name,
        kind=row.kind,
        number=row.number,
        state=state,
        created_at=row.created_at,
        attempts=row.attempts,
        next_try=row.send_after if waits else None,
        ended_at=row.sent_at or row.failed_at,
        problem=row.problem,
        last_status=tries[0].status if tries else getattr(row, "last_status", None),
        tries=tries,
    )


def incoming(connection_id: uuid.UUID, *, limit: int = 30) -> list[IncomingInfo]:
    """Return what came in from a connection, newest first."""
    return [
        IncomingInfo(row.message_id, row.number, row.status, IncomingState(row.state), row.at, row.problem)
        for row in Incoming.objects.filter(connection_id=connection_id).order_by("-at")[:limit]
    ]


def orders_of(request_id: uuid.UUID) -> list[OrderInfo]:
    """Return a request's numbers and states at connected systems. Two queries, one more for each refusal."""
    mine = Delivery.objects.filter(request_id=request_id)
    totals = {
        row["connection_id"]: row
        for row in mine.values("connection_id").annotate(
            waiting=Count("id", filter=_STATES[DeliveryState.WAITING]),
            given_up=Count("id", filter=_STATES[DeliveryState.GIVEN_UP]),
        )
    }
    refusals = {
        row.connection_id: row.problem if row.state == IncomingState.REFUSED else ""
        for row in Incoming.objects.filter(request_id=request_id).order_by("at", "id")
    }
    return [
        OrderInfo(
            connection_id=row.connection_id,
            connection=row.connection.name,
            external_number=row.external_number,
            status=row.status,
            told_at=row.told_at,
            waiting=totals.get(row.connection_id, {}).get("waiting", 0),
            given_up=totals.get(row.connection_id, {}).get("given_up", 0),
            refused=refusals.get(row.connection_id, ""),
        )
        for row in Order.objects.filter(request_id=request_id).select_related("connection").order_by("created_at")
    ]


def panel(request_id: uuid.UUID, actor: Actor) -> dict[str, Any] | None:
    """Return what the request's page at the desk shows of its orders; None when there are none."""
    found = orders_of(request_id)
    return {"orders": found, "may_manage": actor.may(MANAGE)} if found else None


def requests_of(text: str) -> list[uuid.UUID]:
    """Return the requests that have this number at some connected system."""
    text = text.strip()
    if not text or len(text) > 120:
        return []
    forms = {text, text.upper(), text.lower()}
    return list(Order.objects.filter(external_number__in=forms).values_list("request_id", flat=True)[:_FOUND])


def missing() -> Iterator[str]:
    """Iterate over what is wrong with connections, each with its mend."""
    given_up = Delivery.objects.filter(connection=OuterRef("id"), failed_at__isnull=False).exclude(kind="test")
    for row in Connection.objects.annotate(lost=Exists(given_up)).order_by("name"):
        if not _is_readable(row):
            yield (
                f"The secrets of the connection “{row.name}” were sealed with a secret key that is gone."
                " Make a new secret on its page at the desk, or write its key again."
            )
        if row.failing_since and row.paused_at is None:
            yield (
                f"The connection “{row.name}” has failed {row.failures} times in a row since"
                f" {row.failing_since:%Y-%m-%d %H:%M} UTC. Its delivery log at the desk says why."
            )
        if row.lost:
            yield f"Deliveries to “{row.name}” were given up. Mend the cause, then replay them at the desk."


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None
