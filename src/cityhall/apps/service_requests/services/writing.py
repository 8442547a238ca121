"""What every write to a request shares: finding and locking it for an actor, its history, and the paper trail."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import (
    Changed,
    Fact,
    Showing,
    State,
    Visibility,
    number_text,
)
from cityhall.apps.service_requests.models import HistoryEvent, ServiceRequest
from cityhall.apps.service_requests.queries.reading import missing
from cityhall.apps.service_requests.queries.rows import within_limits
from cityhall.apps.service_requests.services import finding
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor, ActorKind
from cityhall.kernel.django import audit, commands, outbox
from cityhall.kernel.django.permissions import need
from cityhall.kernel.django.reading import insert, new_row
from cityhall.kernel.errors import Stale

SUBJECT = "service_request"
_TRUSTED = frozenset({ActorKind.STAFF, ActorKind.SYSTEM})


def trusted(actor: Actor) -> bool:
    """Say whether the actor's texts and photos show without waiting."""
    return actor.kind in _TRUSTED


def command(
    command_id: uuid.UUID | None,
    verb: str,
    actor: Actor,
    arguments: Mapping[str, Any],
    run: Callable[[], Changed],
) -> Changed:
    """Run a write on one request once, in one transaction; a repeat of the command gets the same answer."""

    def running() -> dict[str, Any]:
        done = run()
        return {"id": str(done.id), "number": done.number, "state": done.state.value, "version": done.version}

    kept = commands.once(command_id, f"service_requests.{verb}", actor, arguments, running)
    return Changed(uuid.UUID(kept["id"]), kept["number"], State(kept["state"]), kept["version"])


def locked(request_id: uuid.UUID, *, actor: Actor, permission: str = "", version: int | None = None) -> ServiceRequest:
    """Return the request, locked until the transaction ends.

    Args:
        permission: what the actor needs, and within its department and team limits; "" for what anybody may do.
        version: the version the actor read; None skips the check.

    Raises:
        NotFound: no such request, taken down, or not among the actor's work.
        NotAllowed: the actor lacks the permission.
        Stale: the request changed since.
    """
    if permission:
        need(actor, permission)
    wanted = ServiceRequest.objects.select_for_update(of=("self",)).filter(id=request_id)
    # One whose category changed while we waited is not found beside the one it had: it is read again, by itself.
    found = wanted.select_related("category").first() or wanted.first()
    if found is None:
        raise missing()
    if permission:
        if not within_limits(actor, found.department_id, found.team_id):
            raise missing()
    elif found.hidden:
        raise missing()
    if version is not None and version != found.version:
        raise Stale(
            _("Somebody changed this request since you read it. Look at both versions, then save again."),
            current=found.version,
        )
    return found


def moment(request: ServiceRequest) -> datetime:
    """Return the time of what happens to the request now: after all before it, also when the clock was set back."""
    now = clock.now()
    return now if now >= request.updated_at else request.updated_at + timedelta(microseconds=1)


def add_event(
    request: ServiceRequest,
    actor: Actor,
    fact: Fact,
    *,
    text: str = "",
    visibility: Visibility = Visibility.PUBLIC,
    showing: Showing = Showing.SHOWN,
    data: Mapping[str, Any] | None = None,
    corrects: HistoryEvent | None = None,
    at: datetime | None = None,
) -> HistoryEvent:
    """Write one event of the history. A resident's label is never kept: it may be a name or an address."""
    event = new_row(
        HistoryEvent,
        request=request,
        fact=fact,
        at=at or moment(request),
        visibility=visibility,
        author_kind=actor.kind,
        author_id=actor.id,
        author_label=actor.label if actor.kind not in {ActorKind.ANONYMOUS, ActorKind.RESIDENT} else "",
        text=text.strip(),
        showing=showing,
        data=dict(data or {}),
        corrects=corrects,
    )
    insert(event)
    return event


def requeue(request: ServiceRequest, now: datetime) -> None:
    """Set where the request stands in the desk's queue."""
    request.queue_at = rules.queue_time(
        State(request.state), requested_at=request.requested_at, due_at=request.due_at, changed_at=now
    )


def finish(
    request: ServiceRequest,
    actor: Actor,
    kind: str,
    *,
    event: HistoryEvent | None = None,
    data: Mapping[str, Any] | None = None,
    quietly: bool = False,
) -> Changed:
    """Save the request as a new version, record the event for other rooms and the audit entry.

    Args:
        data: a "change_id" says that it is part of a bulk change, which has one audit entry for all.
        quietly: the public may not know that anything happened, so not when either.
    """
    request.version += 1
    if not quietly:
        request.updated_at = moment(request)
    finding.index(request)
    request.save()
    facts = {
        "number": number_text(request.number),
        "state": request.state,
        "version": request.version,
        **({"event_id": str(event.id)} if event else {}),
        **(data or {}),
    }
    outbox.record(f"service_requests.{kind}", subject_id=request.id, data=facts)
    if "change_id" not in facts:
        audit.record(actor, f"service_requests.{kind}", subject_kind=SUBJECT, subject_id=request.id, data=facts)
    return changed(request)


def changed(request: ServiceRequest) -> Changed:
    """Return what a write answers."""
    return Changed(request.id, number_text(request.number), State(request.state), request.version)
