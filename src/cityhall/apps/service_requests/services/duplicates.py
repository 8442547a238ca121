"""Duplicates: one request stands for all of them, and whoever waits for one waits for that."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db import connection

from cityhall.apps.service_requests.contracts import Fact, number_text, number_value
from cityhall.apps.service_requests.models import ServiceRequest
from cityhall.apps.service_requests.queries.rows import within_limits
from cityhall.apps.service_requests.services import families, writing
from cityhall.apps.service_requests.services.families import may_link
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
    lock_merges()
    found = _found(ref)
    if found is None or not within_limits_or_public(actor, found):
        raise refusal("duplicate_of", "duplicate_unknown")
    root_id = found.duplicate_of_id or found.id
    if root_id == request_id:
        raise refusal("duplicate_of", "duplicate_self")
    # Its own duplicates follow it to the root; one that is contested comes back to a family that counted it already.
    family = {request_id, root_id, *families.below(request_id)}
    if families.root_of(request_id) is not None:
        family |= families.members(root_id)
    return _locked(family)[root_id]


def lock_merges() -> None:
    """Wait for the one lock of all merges."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])


def _locked(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, ServiceRequest]:
    """Lock requests in the order of their ids, as a change of many does."""
    rows = ServiceRequest.objects.select_for_update(of=("self",)).select_related("category").filter(id__in=ids)
    return {row.id: row for row in rows.order_by("id")}


def within_limits_or_public(actor: Actor, request: ServiceRequest) -> bool:
    """Say whether the actor may know of the request: it is their work, or the public sees it."""
    return not request.hidden or within_limits(actor, request.department_id, request.team_id)


def _found(ref: str | uuid.UUID) -> ServiceRequest | None:
    if isinstance(ref, uuid.UUID):
        return ServiceRequest.objects.filter(id=ref).first()
    number = number_value(ref)
    return ServiceRequest.objects.filter(number=number).first() if number is not None else None


def join(request: ServiceRequest, root: ServiceRequest, actor: Actor) -> None:
    """Give what belongs to a duplicate to the one that stands for it, its own duplicates included.

    Its reporter counts as one more supporter of the root. Its followers are told; they hear of the root as long as it
    stands for the duplicate (see `rows.stood_for`). Where the public may not know of the link, they do not, and
    supporters stay: a count that goes up, a time that changes or a message about the other one would tell it too.
    """
    number, into, linked = number_text(request.number), number_text(root.number), may_link(request, root)
    tell(request.id, "merged", number=number, into=into if linked else "", path=page_of(into if linked else number))
    families.free(request, root)
    families.follow(families.members(request.id), root.id)
    people = families.bring(request, root, families.others(request)) if linked else 0
    event = writing.add_event(root, actor, Fact.MERGED, data={"number": number, "people": people})
    merged = {"number": number, "into": into, "into_id": str(root.id)}
    outbox.record("service_requests.merged", subject_id=request.id, data=merged)
    writing.finish(root, actor, "joined", event=event, data={"duplicate": number}, quietly=not linked)


def locked_root(request_id: uuid.UUID) -> ServiceRequest | None:
    """Return the request that stands for a duplicate, or for one that is contested as a duplicate; None for others.

    It is locked, and so are all that it stands for, under the one lock of merges. To be called before the request
    itself is locked.
    """
    lock_merges()
    root_id = families.root_of(request_id)
    if root_id is None:
        return None
    return _locked({request_id, root_id, *families.members(root_id), *families.members(request_id)})[root_id]


def lock_all(ids: Collection[uuid.UUID]) -> None:
    """Lock requests that may become or cease to be duplicates by a load, with all that stand for the same."""
    lock_merges()
    wanted = set(ids)
    for root_id in set(ServiceRequest.objects.filter(id__in=ids).values_list("duplicate_of_id", flat=True)) - {None}:
        wanted |= {root_id, *families.members(root_id)}
    _locked(wanted)


def part(request: ServiceRequest, root: ServiceRequest, actor: Actor) -> None:
    """Let a duplicate stand for itself again: what it brought to the root goes back to it, its own duplicates too.

    Both were locked by `locked_root` or `lock_all`.
    """
    people = families.part(request, root)
    number = number_text(request.number)
    event = writing.add_event(root, actor, Fact.PARTED, data={"number": number, "people": people})
    quietly = not may_link(request, root)
    writing.finish(root, actor, "parted", event=event, data={"duplicate": number}, quietly=quietly)
