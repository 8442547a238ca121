"""What the room does when requests were loaded from a file: they are escalated like all others."""

from __future__ import annotations

from cityhall.apps.routing import queries, services
from cityhall.kernel.events import Event, Receiver


def look_again(event: Event) -> None:
    """Set when the loaded requests are escalated, if there are steps."""
    if queries.plan().steps:
        services.ask_to_look_again()


loaded = Receiver("routing.loaded", frozenset({"service_requests.loaded"}), look_again)
