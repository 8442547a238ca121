"""What the room knows of people: what other systems answered and were refused with. And how long it is kept."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cityhall.apps.work_orders.models import Delivery, Incoming, Order, Try
from cityhall.kernel.offers import Held, Period, Person, Retained, personal_data


def kept_kinds() -> Iterator[Retained]:
    """Iterate over the kinds of records the room keeps for a while."""
    yield Retained(
        "deliveries",
        _("Deliveries to work-order systems, with what was answered"),
        _("From the moment they arrived or were given up. Those that still wait are not touched."),
        Period(90, "days"),
        lambda before, held: _deliveries(before, held).count(),
        lambda before, held, limit: _delete(_deliveries(before, held), limit),
        at_once=True,
        order=50,
    )
    yield Retained(
        "work-order messages",
        _("The log of what work-order systems told"),
        _("From the moment it came in. What was applied stays in the request’s history."),
        Period(90, "days"),
        lambda before, held: _incoming(before, held).count(),
        lambda before, held, limit: _delete(_incoming(before, held), limit),
        at_once=True,
        order=51,
    )


def export(person: Person) -> Iterable[Mapping[str, Any]]:
    """Return which systems a person's requests were handed to, and what of it is still in the logs."""
    for order in Order.objects.filter(request_id__in=person.requests).select_related("connection").order_by("id"):
        tries = Try.objects.filter(delivery__connection=order.connection, delivery__request_id=order.request_id)
        refusals = Incoming.objects.filter(connection=order.connection, request_id=order.request_id)
        yield {
            "kind": "work_order",
            "number": order.number,
            "handed_to": order.connection.name,
            "handed_at": order.created_at.isoformat(),
            "their_number": order.external_number,
            "with_contact": order.connection.contact,
            "answers": list(tries.exclude(answer="").order_by("id").values_list("answer", flat=True)),
            "refusals": list(refusals.exclude(problem="").order_by("at").values_list("problem", flat=True)),
        }


def erase(person: Person) -> int:
    """Blank what was answered about a person's requests, and what says how a message about them read.

    An answer may repeat the contact that was handed over. That the request was handed over stays.
    """
    with transaction.atomic():
        answers = Try.objects.filter(delivery__request_id__in=person.requests).exclude(answer="")
        said = Incoming.objects.filter(request_id__in=person.requests).exclude(problem="", fingerprint="")
        return answers.update(answer="") + said.update(problem="", fingerprint="")


def _deliveries(before: datetime, held: Held) -> QuerySet[Delivery]:
    rows = Delivery.objects.filter(Q(sent_at__lt=before) | Q(failed_at__lt=before))
    return rows.filter(_of_no(held)) if held else rows


def _incoming(before: datetime, held: Held) -> QuerySet[Incoming]:
    rows = Incoming.objects.filter(at__lt=before)
    return rows.filter(_of_no(held)) if held else rows


def _of_no(held: Held) -> Q:
    """Of no request that is held, itself or through its reporter."""
    return Q(request_id=None) | ~Q(request_id__in=_held_requests(held))


def _held_requests(held: Held) -> frozenset[uuid.UUID]:
    find = personal_data["service_requests"].find
    people = [
        *(Person(account=account) for account in held.accounts),
        *(Person(email=email) for email in held.emails),
        *(Person(phone=phone) for phone in held.phones),
    ]
    return held.requests.union(*(find(one).requests for one in people))


def _delete(rows: QuerySet[Any], limit: int) -> int:
    ids = list(rows.values_list("id", flat=True)[:limit])
    rows.model._default_manager.filter(id__in=ids).delete()
    return len(ids)
