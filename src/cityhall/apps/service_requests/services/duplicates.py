"""Duplicates: one request stands for all of them, and whoever waits for one waits for that."""

from __future__ import annotations

import uuid

from django.db import connection
from django.db.models import Q

from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import Fact, Linked, number_text, number_value
from cityhall.apps.service_requests.models import HistoryEvent, ServiceRequest, Supporter
from cityhall.apps.service_requests.queries import catalogue
from cityhall.apps.service_requests.queries.rows import within_limits
from cityhall.apps.service_requests.services import writing
from cityhall.apps.service_requests.services.telling import page_of, tell
from cityhall.apps.service_requests.services.wording import refusal
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import outbox

_LOCK = 0xD0B1E


def root_request(request_id: uuid.UUID, ref: str | uuid.UUID, *, actor: Actor) -> ServiceRequest:
    """Return the request that stands for `ref`, locked: `ref` itself, or what it is a duplicate of.

    Merges take one lock for all, so that two of them at once cannot make a circle or lock each other out.

    Raises:
        Invalid: field "duplicate_of": unknown, the request itself, or a duplicate of it.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
    found = _found(ref)
    if found is None or not within_limits_or_public(actor, found):
        raise refusal("duplicate_of", "duplicate_unknown")
    root_id = found.duplicate_of_id or found.id
    if root_id == request_id:
        raise refusal("duplicate_of", "duplicate_self")
    # Its own duplicates follow it to the root. All are locked in the order of their ids, as a change of many does.
    both = Q(id__in=[request_id, root_id]) | Q(duplicate_of=request_id)
    rows = {row.id: row for row in ServiceRequest.objects.select_for_update().filter(both).order_by("id")}
    return rows[root_id]


def within_limits_or_public(actor: Actor, request: ServiceRequest) -> bool:
    """Say whether the actor may know of the request: it is their work, or the public sees it."""
    return not request.hidden or within_limits(actor, request.department_id, request.team_id)


def _found(ref: str | uuid.UUID) -> ServiceRequest | None:
    if isinstance(ref, uuid.UUID):
        return ServiceRequest.objects.filter(id=ref).first()
    number = number_value(ref)
    return ServiceRequest.objects.filter(number=number).first() if number is not None else None


def may_link(request: ServiceRequest, root: ServiceRequest) -> bool:
    """Say whether the public may know that the one stands for the other: see `rules.may_link`."""
    return rules.may_link(_side(request), _side(root))


def _side(request: ServiceRequest) -> Linked:
    policy = catalogue.policy_of(request.category)
    place = (request.public_lat, request.public_lon, request.public_address)
    return Linked(request.number, policy, request.hidden, *place)


def join(request: ServiceRequest, root: ServiceRequest, actor: Actor) -> None:
    """Give what belongs to a duplicate to the one that stands for it, its own duplicates included.

    Its reporter counts as one more supporter of the root. Its followers are told; they hear of the root as long as it
    stands for the duplicate (see `rows.stood_for`). Where the public may not know of the link, they do not, and
    supporters stay: a count that goes up, a time that changes or a message about the other one would tell it too.
    """
    number, into, linked = number_text(request.number), number_text(root.number), may_link(request, root)
    tell(request.id, "merged", number=number, into=into if linked else "", path=page_of(into if linked else number))
    ServiceRequest.objects.filter(duplicate_of=request).update(duplicate_of=root)
    counted = HistoryEvent.objects.filter(request=root, fact=Fact.MERGED, data__number=number).exists()
    event = writing.add_event(root, actor, Fact.MERGED, data={"number": number})
    merged = {"number": number, "into": into, "into_id": str(root.id)}
    outbox.record("service_requests.merged", subject_id=request.id, data=merged)
    if not linked:
        writing.finish(root, actor, "joined", event=event, data={"duplicate": number}, quietly=True)
        return
    have = set(Supporter.objects.filter(request=root).values_list("who", flat=True))
    theirs = list(Supporter.objects.filter(request=request))
    moved = [Supporter(request=root, who=row.who, at=row.at) for row in theirs if row.who not in have]
    Supporter.objects.bulk_create(moved)
    # Opened again and merged again, it was counted before: only who came to it meanwhile is new.
    root.supporters += len(moved) if counted else request.supporters - (len(theirs) - len(moved)) + 1
    writing.finish(root, actor, "joined", event=event, data={"duplicate": number})
