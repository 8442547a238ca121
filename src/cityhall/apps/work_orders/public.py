"""What other rooms may ask of the work-orders room."""

from __future__ import annotations

import uuid
from datetime import datetime

from cityhall.apps.work_orders.contracts import ConnectionInfo
from cityhall.apps.work_orders.queries import connections
from cityhall.apps.work_orders.services import queueing

__all__ = ["ConnectionInfo", "connections", "hand_over", "share"]


def hand_over(connection_id: uuid.UUID, request_id: uuid.UUID, *, event_id: uuid.UUID, at: datetime) -> bool:
    """Give a request to one connection whatever its terms say: it is told of it, and of what happens from then on.

    What its terms do not say is its work, it is told as everybody sees it, with the exact place, until it is shared.

    Returns:
        False when the connection or the request is gone, or it has the request already.
    """
    return queueing.hand_over(connection_id, request_id, event_id=event_id, at=at)


def share(connection_id: uuid.UUID, request_id: uuid.UUID, *, all_of_it: bool) -> None:
    """Tell a connection all of a request that was handed over to it, or from now on only what everybody sees.

    It never learns who reported it, nor what internal notes say.
    """
    queueing.share(connection_id, request_id, all_of_it=all_of_it)
