"""What other rooms may ask of the work-orders room."""

from __future__ import annotations

import uuid
from datetime import datetime

from cityhall.apps.work_orders.contracts import ConnectionInfo
from cityhall.apps.work_orders.queries import connections
from cityhall.apps.work_orders.services import queueing

__all__ = ["ConnectionInfo", "connections", "hand_over"]


def hand_over(connection_id: uuid.UUID, request_id: uuid.UUID, *, event_id: uuid.UUID, at: datetime) -> bool:
    """Give a request to one connection whatever its terms say: it is told of it, and of what happens from then on.

    Returns:
        False when the connection or the request is gone, or it has the request already.
    """
    return queueing.hand_over(connection_id, request_id, event_id=event_id, at=at)
