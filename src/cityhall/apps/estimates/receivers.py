"""What the room does when a request is filed: it keeps what is foretold of it."""

from __future__ import annotations

from cityhall.apps.estimates.services import saying
from cityhall.kernel.events import Event, Receiver


def keep_first_word(event: Event) -> None:
    """Keep what is foretold of a request that was filed."""
    if event.subject_id is not None:
        saying.say_first(event.subject_id)


filed = Receiver("estimates.filed", frozenset({"service_requests.received"}), keep_first_word)
