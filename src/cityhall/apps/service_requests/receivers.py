"""What the room does when something happened to a request: followers are told, what it is like is looked for."""

from __future__ import annotations

import uuid
from datetime import datetime

from cityhall.apps.service_requests.services import likeness, telling
from cityhall.kernel.events import Event, Receiver

#: What a supervisor decided of a contest is told in other words than an ordinary closing or reopening.
_SETTLED = {"uphold": "upheld", "keep_closed": "kept_closed"}
_TEMPLATES = {
    "service_requests.scheduled": "scheduled",
    "service_requests.started": "started",
    "service_requests.referred": "referred",
    "service_requests.taken_back": "taken_back",
    "service_requests.closed": "closed",
    "service_requests.reopened": "reopened",
    "service_requests.contested": "contested",
    "service_requests.noted": "noted",
    "service_requests.corrected": "corrected",
    "service_requests.category_changed": "category_changed",
}


def tell_followers(event: Event) -> None:
    """Queue the message of an event. Followers of a duplicate were told when it was merged."""
    if event.subject_id is None or event.data.get("outcome") == "duplicate":
        return
    if event.data.get("visibility") == "internal":
        return
    telling.tell_of(
        event.subject_id,
        _SETTLED.get(event.data.get("settled", ""), _TEMPLATES[event.kind]),
        event_id=uuid.UUID(event.data["event_id"]),
        change_id=uuid.UUID(event.data["change_id"]) if event.data.get("change_id") else None,
        hold_until=datetime.fromisoformat(event.data["hold_until"]) if event.data.get("hold_until") else None,
    )


followers = Receiver("service_requests.followers", frozenset(_TEMPLATES), tell_followers)


def look_again(event: Event) -> None:
    """Look for what a request is like that is new, is of another kind now, or opened or closed."""
    if event.subject_id is not None:
        likeness.look(event.subject_id)


repeats = Receiver(
    "service_requests.repeats",
    frozenset(
        f"service_requests.{kind}"
        for kind in ("received", "moved", "category_changed", "reopened", "contested", "closed", "undone")
    ),
    look_again,
)
