"""What the room does when something happened to a request: visits to work that is over end."""

from __future__ import annotations

from cityhall.apps.crews import services
from cityhall.kernel.events import Event, Receiver

_KINDS = frozenset(f"service_requests.{kind}" for kind in ("closed", "put_back", "referred", "scheduled"))


def end(event: Event) -> None:
    """End what visits go on. Whoever ended the work from their own visit has ended that in the same moment."""
    if event.subject_id is not None:
        services.end_all(event.subject_id, at=event.at)


over = Receiver("crews.over", _KINDS, end)
