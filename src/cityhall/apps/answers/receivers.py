"""What the room does when something happened to a request: colleagues get notices."""

from __future__ import annotations

import uuid

from cityhall.apps.answers import services
from cityhall.kernel.events import Event, Receiver

_SENT_BACK = "service_requests.approval_sent_back"


def tell(event: Event) -> None:
    """Tell whom an internal note names, or who asked for a closing that came back."""
    if event.subject_id is None or not event.data.get("event_id"):
        return
    event_id = uuid.UUID(event.data["event_id"])
    if event.kind == _SENT_BACK:
        if event.data.get("for"):
            services.sent_back(event_id, event.subject_id, uuid.UUID(event.data["for"]))
    elif event.data.get("visibility") == "internal":
        services.mention(event_id, event.subject_id)


colleagues = Receiver("answers.colleagues", frozenset({"service_requests.noted", _SENT_BACK}), tell)
