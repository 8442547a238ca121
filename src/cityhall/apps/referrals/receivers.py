"""What the room does when something happened to a request: a body is told, or a referral is over."""

from __future__ import annotations

import uuid

from cityhall.apps.referrals import services
from cityhall.apps.referrals.models import Referral
from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.service_requests.contracts import Visibility
from cityhall.kernel.events import Event, Receiver

_REFERRED = "service_requests.referred"
_KINDS = frozenset(
    f"service_requests.{kind}"
    for kind in (
        "referred",
        "scheduled",
        "started",
        "taken_back",
        "closed",
        "reopened",
        "contested",
        "noted",
        "moderated",
        "undone",
        "approval_asked",
        "approval_sent_back",
    )
)


def follow(event: Event) -> None:
    """Begin a referral, note what a body did through its connection, or end what the city took back."""
    if event.subject_id is None:
        return
    kind = event.kind.removeprefix("service_requests.")
    event_id = uuid.UUID(event.data["event_id"]) if event.data.get("event_id") else None
    said = service_requests.happened(event_id) if event_id else None
    if event.kind == _REFERRED:
        body_id = said.event.data.get("body") if said else None
        if said and event_id and body_id:
            number = event.data["number"]
            services.refer(event.subject_id, number, uuid.UUID(body_id), event_id=event_id, at=said.event.at)
        else:
            services.withdraw(event.subject_id)
        return
    if kind == "undone":
        services.resume(event.subject_id)
        return
    open_one = (
        Referral.objects.select_related("body").filter(request_id=event.subject_id, ended_at__isnull=True).first()
    )
    if open_one is None or (said and said.event.at < open_one.referred_at):
        return
    connection = open_one.body.connection_id
    # Events may come late and in another order: what waits is asked of the request, not taken from an event.
    if kind == "approval_sent_back" and service_requests.awaits_approval(event.subject_id):
        return
    if kind == "approval_sent_back":
        note = said.event.text if said and event.data.get("for", "") in {"", str(connection or "")} else None
        services.approval_decided(open_one.id, note=note)
    elif kind == "approval_asked":
        if said and connection is not None and said.author_id == connection:
            services.take_from_connection(open_one.id, said)
    elif kind == "closed" and open_one.done_at is not None:
        services.approval_decided(open_one.id, outcome=str(event.data.get("outcome", "")))
    elif said and connection is not None and said.author_id == connection:
        # Its number over there is kept as an internal note, and answers nothing.
        if said.visibility is Visibility.PUBLIC:
            services.take_from_connection(open_one.id, said)
    elif kind == "moderated":
        if service_requests.handed_over(event.subject_id) is None:
            services.withdraw(event.subject_id)
    elif kind != "noted":
        services.withdraw(event.subject_id)


referred = Receiver("referrals.referred", _KINDS, follow)
