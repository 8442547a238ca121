"""What a connection is told: put together when it leaves, so that it says what holds, and no copy waits anywhere."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.urls import reverse

from cityhall.apps.documents import public as documents
from cityhall.apps.identity import public as identity
from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.service_requests.contracts import Contact, DeskEvent, HandedOver, Visibility
from cityhall.apps.work_orders.contracts import Sees
from cityhall.apps.work_orders.models import Delivery, Order
from cityhall.apps.work_orders.services.records import acting
from cityhall.kernel import clock
from cityhall.kernel.actors import ActorKind
from cityhall.kernel.georeport.contracts import Report

SHARED = "shared"
_RESIDENTS = frozenset({ActorKind.ANONYMOUS, ActorKind.RESIDENT})


class Gone(Exception):
    """The request is not there any more, or was taken down."""


def message(delivery: Delivery) -> bytes:
    """Return the body of a webhook. Raises Gone."""
    body: dict[str, Any] = {"type": f"request.{delivery.kind}", "timestamp": delivery.at.isoformat()}
    if delivery.request_id is None:
        body |= {"type": "test", "data": {"message": "A test from Cityhall. Answer with a status of 200."}}
        return _json(body)
    over = handed_over(delivery)
    order = _order(delivery)
    body["data"] = {
        "request": _request(over),
        "event": _event(delivery),
        "external_number": order.external_number if order else "",
    }
    if _knows_who(delivery):
        found = contact(delivery)
        body["data"]["contact"] = {
            "first_name": found.first_name,
            "last_name": found.last_name,
            "email": found.email,
            "phone": found.phone,
        }
    return _json(body)


def report(delivery: Delivery) -> Report:
    """Return the request as a GeoReport server is asked to take it. Raises Gone."""
    over = handed_over(delivery)
    seen, connection = over.request, delivery.connection
    who = contact(delivery) if _knows_who(delivery) else Contact()
    # The last line lets people over there, and us after a lost answer, tell that it is this request.
    lines = [*_lines(over), reference(seen.number)]
    return Report(
        service_code=connection.service_codes.get(seen.category_code, seen.category_code),
        description="\n".join(line for line in lines if line),
        lat=seen.lat,
        long=seen.lon,
        address=seen.address,
        email=who.email,
        first_name=who.first_name,
        last_name=who.last_name,
        phone=who.phone,
        media_urls=tuple(_pictures(seen.photos)[:1]),
    )


def _lines(over: HandedOver) -> list[str]:
    return [over.request.description, *(f"{one.question} {one.answer}" for one in over.request.answered)]


def change(delivery: Delivery, over: HandedOver) -> str:
    """Return the words of a change for a GeoReport server: what was said, or all of the request that is shown now."""
    if delivery.kind == SHARED:
        return "\n".join(line for line in _lines(over) if line)
    return _text(delivery) or over.request.outcome_sentence


def _order(delivery: Delivery) -> Order | None:
    assert delivery.request_id is not None, "a test is about no request"
    return Order.objects.filter(connection=delivery.connection, request_id=delivery.request_id).first()


def _sees(delivery: Delivery) -> str:
    order = _order(delivery)
    return order.sees if order else Sees.WORK


def _knows_who(delivery: Delivery) -> bool:
    return delivery.connection.contact and _sees(delivery) == Sees.WORK


def reference(number: str) -> str:
    """Return the line by which a request is known to be ours."""
    return f"[{settings.PUBLIC_URL.partition('://')[2]} {number}]"


def handed_over(delivery: Delivery) -> HandedOver:
    """Return the request of a delivery as it stands now. Raises Gone."""
    assert delivery.request_id is not None
    published = _sees(delivery) == Sees.PUBLISHED
    over = service_requests.handed_over(delivery.request_id, language=settings.LANGUAGE_CODE, as_published=published)
    if over is None:
        raise Gone
    return over


def happened(delivery: Delivery) -> DeskEvent | None:
    """Return the event of the history that a delivery is about."""
    return service_requests.happened(delivery.event_id) if delivery.event_id else None


def contact(delivery: Delivery) -> Contact:
    """Return the reporter's contact. The audit log has every reading of it."""
    assert delivery.request_id is not None
    return service_requests.contact_of(delivery.request_id, acting(delivery.connection, "requests.contact"))


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _text(delivery: Delivery) -> str:
    """Return what was said. Where it is only referred, residents' words and notes among colleagues are not told."""
    fact = happened(delivery)
    if fact is None:
        return ""
    by_city = fact.author_kind not in _RESIDENTS and fact.visibility is Visibility.PUBLIC
    return fact.event.text if by_city or _sees(delivery) == Sees.WORK else ""


def _event(delivery: Delivery) -> dict[str, Any]:
    fact = happened(delivery)
    return {
        "kind": delivery.kind,
        "at": delivery.at.isoformat(),
        "text": _text(delivery),
        "author": fact.event.author if fact else "",
        "visibility": fact.visibility.value if fact else "public",
    }


def _request(over: HandedOver) -> dict[str, Any]:
    seen = over.request
    departments = {one.id: one.code for one in identity.departments()}
    teams = {one.id: one.code for one in identity.teams()}
    return {
        "number": seen.number,
        "version": seen.version,
        "url": settings.PUBLIC_URL + reverse("request-page", args=[seen.number]),
        "category": seen.category_code,
        "category_name": seen.category_name,
        "status": seen.status.value,
        "outcome": seen.outcome.value if seen.outcome else None,
        "outcome_sentence": seen.outcome_sentence,
        "priority": over.priority,
        "department": departments.get(over.department_id) if over.department_id else None,
        "team": teams.get(over.team_id) if over.team_id else None,
        "requested_at": seen.requested_at.isoformat(),
        "updated_at": seen.updated_at.isoformat(),
        "due_at": seen.due_at.isoformat() if seen.due_at else None,
        "scheduled_for": seen.scheduled_for.isoformat() if seen.scheduled_for else None,
        "closed_at": seen.closed_at.isoformat() if seen.closed_at else None,
        "description": seen.description,
        "answers": [{"code": one.code, "question": one.question, "answer": one.answer} for one in seen.answered],
        "place": {"lat": seen.lat, "lon": seen.lon, "address": seen.address, "areas": dict(seen.areas)},
        "photos": _pictures(seen.photos),
        "evidence": _pictures(seen.evidence),
        "sent_at": clock.now().isoformat(),
    }


def _pictures(ids: Any) -> list[str]:
    """Return addresses of photos that open for about two hours, whoever has them."""
    return [settings.PUBLIC_URL + documents.url(one, "web", signed=True) for one in ids]
