"""Duplicates: one request stands for all of them, and whoever waits for one waits for that."""

from __future__ import annotations

import uuid

from django.db import connection

from cityhall.apps.notify import public as notify
from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import Fact, Linked, number_text, number_value
from cityhall.apps.service_requests.models import ServiceRequest, Supporter
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
    ids = sorted([request_id, root_id])
    rows = {row.id: row for row in ServiceRequest.objects.select_for_update().filter(id__in=ids).order_by("id")}
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
    """Move what belongs to a duplicate onto the one that stands for it, its own duplicates included.

    Its reporter counts as one more supporter of the root. Its followers are told, then follow the root. Where the
    public may not know of the link, supporters and followers stay: a count that goes up, a time that changes or a
    message about the other one would tell it too.
    """
    ServiceRequest.objects.filter(duplicate_of=request).update(duplicate_of=root)
    number = number_text(request.number)
    event = writing.add_event(root, actor, Fact.MERGED, data={"number": number})
    into = {"number": number, "into": number_text(root.number), "into_id": str(root.id)}
    outbox.record("service_requests.merged", subject_id=request.id, data=into)
    if not may_link(request, root):
        writing.finish(root, actor, "joined", event=event, data={"duplicate": number}, quietly=True)
        tell(request.id, "merged", number=number, into="", path=page_of(number))
        return
    have = set(Supporter.objects.filter(request=root).values_list("who", flat=True))
    theirs = list(Supporter.objects.filter(request=request))
    moved = [Supporter(request=root, who=row.who, at=row.at) for row in theirs if row.who not in have]
    Supporter.objects.bulk_create(moved)
    root.supporters += request.supporters - (len(theirs) - len(moved)) + 1
    writing.finish(root, actor, "joined", event=event, data={"duplicate": number})
    tell(request.id, "merged", number=number, into=into["into"], path=page_of(into["into"]))
    notify.move_followers(writing.SUBJECT, request.id, root.id)
