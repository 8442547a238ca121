"""What the room does when something happened to a request: see `services.following`."""

from __future__ import annotations

from cityhall.apps.day_plans import services
from cityhall.kernel.events import Event, Receiver

_CREWS = frozenset(
    f"service_requests.{kind}"
    for kind in (
        "started", "closed", "taken_back", "reopened", "scheduled", "referred", "put_back", "undone",
        "approval_asked", "approval_sent_back",
    )
)  # fmt: skip
_NEWS = frozenset(
    f"service_requests.{kind}" for kind in ("received", "assigned", "category_changed", "reopened", "contested")
)


def _follow(event: Event) -> None:
    if event.subject_id is not None:
        services.follow(event.subject_id, event.at)


def _look(event: Event) -> None:
    if event.subject_id is not None:
        services.look_for_urgent(event.subject_id)


progress = Receiver("day_plans.progress", _CREWS, _follow)
urgent = Receiver("day_plans.urgent", _NEWS, _look)
