"""A resident's own data: handed out when they ask, blanked when they go. The facts of the city's work stay."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from cityhall.apps.documents import public as documents
from cityhall.apps.identity import public as identity
from cityhall.apps.service_requests.contracts import Changed, Datatype, Fact, Showing, number_text
from cityhall.apps.service_requests.models import HistoryEvent, Question, Reporter, RequestPhoto, ServiceRequest
from cityhall.apps.service_requests.services import calls, writing
from cityhall.kernel.actors import Actor, ActorKind, system

_BY_RESIDENTS = (ActorKind.ANONYMOUS, ActorKind.RESIDENT)


def export(user_id: uuid.UUID) -> Iterable[Mapping[str, Any]]:
    """Return what is kept of a resident: their requests with contact and texts, and what they wrote on others."""
    for row in Reporter.objects.filter(user_id=user_id).select_related("request", "request__category"):
        request = row.request
        pictures = request.photos.filter(is_evidence=False).values_list("document_id", flat=True)
        yield {
            "kind": "service_request",
            "number": number_text(request.number),
            "category": request.category.code,
            "requested_at": request.requested_at.isoformat(),
            "description": request.description,
            "answers": request.answers,
            "address": request.address,
            "lat": request.lat,
            "lon": request.lon,
            "first_name": row.first_name,
            "last_name": row.last_name,
            "email": row.email,
            "phone": row.phone,
            "photos": [str(one) for one in pictures],
        }
    yield from calls.export_calls(*_reach(user_id))
    for event in HistoryEvent.objects.filter(author_id=user_id, author_kind=ActorKind.RESIDENT).select_related(
        "request"
    ):
        yield {
            "kind": "history",
            "number": number_text(event.request.number),
            "fact": event.fact,
            "at": event.at.isoformat(),
            "text": event.text,
        }


def erase(user_id: uuid.UUID) -> int:
    """Blank everything that says who a resident is or is in their words; return how many rows changed."""
    actor = system("Erasure")
    with transaction.atomic():
        ids = list(Reporter.objects.filter(user_id=user_id).values_list("request_id", flat=True))
        for request_id in ids:
            _erase(writing.locked(request_id, actor=actor, permission="requests.moderate"), actor)
        called = calls.erase_calls(*_reach(user_id))
        texts = HistoryEvent.objects.filter(author_id=user_id, author_kind=ActorKind.RESIDENT).update(
            text="", author_id=None, author_label=""
        )
    return len(ids) + called + texts


def _reach(user_id: uuid.UUID) -> tuple[str, str]:
    """Return the address and the confirmed telephone of an account, by which its calls are known."""
    person = identity.person(user_id)
    return (person.email, person.phone) if person else ("", "")


def erase_reporter(
    request_id: uuid.UUID, *, actor: Actor, version: int | None = None, command_id: uuid.UUID | None = None
) -> Changed:
    """Blank what one request keeps of its reporter, who had no account. Needs "requests.moderate"."""

    def run() -> Changed:
        request = writing.locked(request_id, actor=actor, permission="requests.moderate", version=version)
        return _erase(request, actor)

    return writing.command(command_id, "erase_reporter", actor, {"id": request_id, "version": version}, run)


def _erase(request: ServiceRequest, actor: Actor) -> Changed:
    free = set(
        Question.objects.filter(
            category_id=request.category_id, datatype__in=[Datatype.STRING, Datatype.TEXT]
        ).values_list("code", flat=True)
    )
    request.description, request.showing = "", Showing.WITHHELD
    request.answers = {code: value for code, value in request.answers.items() if code not in free}
    Reporter.objects.filter(request=request).update(
        user_id=None, first_name="", last_name="", email="", phone="", private_token_hash=""
    )
    calls.erase_calls_of(request.id)
    HistoryEvent.objects.filter(request=request, author_kind__in=_BY_RESIDENTS, fact=Fact.RECEIVED).update(
        text="", author_id=None, author_label=""
    )
    for event in HistoryEvent.objects.filter(request=request, data__has_key="answers_before"):
        event.data = {key: value for key, value in event.data.items() if key != "answers_before"}
        event.save(update_fields=["data"])
    pictures = RequestPhoto.objects.filter(request=request, is_evidence=False)
    ids = list(pictures.values_list("document_id", flat=True))
    pictures.delete()
    documents.discard(ids)
    event = writing.add_event(request, actor, Fact.ERASED)
    return writing.finish(request, actor, "erased", event=event)
