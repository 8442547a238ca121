"""What the room does when something happened to a request: connections are told."""

from __future__ import annotations

from cityhall.apps.work_orders.services.queueing import KINDS, queue
from cityhall.kernel.events import Event, Receiver


def tell_connections(event: Event) -> None:
    """Queue what connections are to be told."""
    queue(event)


connections = Receiver(
    "work_orders.connections", frozenset(f"service_requests.{kind}" for kind in KINDS), tell_connections
)
