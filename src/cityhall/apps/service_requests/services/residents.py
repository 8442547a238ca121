"""What anybody may do about a request that is there already: support it, say that something does not belong."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import transaction

from cityhall.apps.notify import public as notify
from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import Changed, number_text
from cityhall.apps.service_requests.models import AbuseReport, ServiceRequest, Supporter
from cityhall.apps.service_requests.queries import reading
from cityhall.apps.service_requests.services import writing
from cityhall.apps.service_requests.services.families import may_link
from cityhall.apps.service_requests.services.wording import refuse
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor, ActorKind
from cityhall.kernel.django import audit, limits, outbox

_ME_TOOS_PER_DAY = 50
_ABUSE_PER_DAY = 20


def me_too(
    request_id: uuid.UUID,
    *,
    actor: Actor,
    who: str,
    command_id: uuid.UUID | None = None,
    follow_email: str = "",
    language: str = "en",
) -> Changed:
    """Support a request: one person counts once. A duplicate's support goes to the request that stands for it.

    Where the public may not know which that is, the support stays with the duplicate.

    Args:
        who: the browser or device by the door's own name for it; an account counts by itself. Only a hash is kept.
        follow_email: also follow, by this address.
    """
    person = str(actor.id) if actor.kind is ActorKind.RESIDENT else who
    key = reading.token_hash(f"me-too:{person}")
    limits.spend(f"me-too:{key[:40]}", limit=_ME_TOOS_PER_DAY, per=timedelta(days=1))

    def run() -> Changed:
        request = _standing(request_id, actor)
        if follow_email or actor.kind is ActorKind.RESIDENT:
            user_id = actor.id if actor.kind is ActorKind.RESIDENT else None
            notify.follow(
                writing.SUBJECT,
                request.id,
                email=follow_email or None,
                user_id=user_id,
                language=language,
                about=f"{rules.pick(request.category.name, language)}, {number_text(request.number)}",
            )
        _supporter, added = Supporter.objects.get_or_create(request=request, who=key, defaults={"at": clock.now()})
        if not added:
            return writing.changed(request)
        # Support does not make what a dispatcher is reading stale: the version stays.
        request.supporters += 1
        request.save(update_fields=["supporters"])
        outbox.record("service_requests.supported", subject_id=request.id, data={"supporters": request.supporters})
        return writing.changed(request)

    return writing.command(command_id, "me_too", actor, {"id": request_id, "who": key}, run)


def _standing(request_id: uuid.UUID, actor: Actor) -> ServiceRequest:
    """Return the request that stands for this one, as far as the public may know of that, locked.

    No two are locked at once: a merge that wants the one while it holds the other would wait for us, and we for it.
    """
    while True:
        with transaction.atomic():
            request = writing.locked(request_id, actor=actor)
            root = request.duplicate_of
            if root is None or not may_link(request, root):
                return request
            transaction.set_rollback(True)  # lets go of it
        request_id = root.id


def report_abuse(
    request_id: uuid.UUID, *, actor: Actor, reason: str = "", who: str = "", command_id: uuid.UUID | None = None
) -> Changed:
    """Say that a text or photo of the request does not belong in public. A person looks at it."""
    refuse(rules.check_text("reason", reason, 500))
    if who:
        limits.spend(f"abuse:{reading.token_hash(who)[:40]}", limit=_ABUSE_PER_DAY, per=timedelta(days=1))

    def run() -> Changed:
        request = writing.locked(request_id, actor=actor)
        AbuseReport.objects.create(request=request, reason=reason.strip(), at=clock.now())
        outbox.record("service_requests.abuse_reported", subject_id=request.id)
        audit.record(actor, "service_requests.abuse_reported", subject_kind=writing.SUBJECT, subject_id=request.id)
        return writing.changed(request)

    return writing.command(command_id, "report_abuse", actor, {"id": request_id, "reason": reason}, run)
