"""What the room does when a request is filed or opened again: it keeps what is foretold of it."""

from __future__ import annotations

from cityhall.apps.estimates.services import saying
from cityhall.kernel.events import Event, Receiver


def keep_word(event: Event) -> None:
    """Keep what is foretold of a request. One that was closed meanwhile has nothing foretold until it is open again."""
    if event.subject_id is not None:
        saying.say(event.subject_id)


filed = Receiver("estimates.filed", frozenset({"service_requests.received", "service_requests.reopened"}), keep_word)
