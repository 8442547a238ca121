"""Writes of the room."""

from cityhall.apps.work_orders.services.connections import (
    change_connection,
    make_connection,
    new_secret,
    pause,
    resume,
    send_test,
)
from cityhall.apps.work_orders.services.incoming import receive
from cityhall.apps.work_orders.services.polling import poll
from cityhall.apps.work_orders.services.queueing import queue
from cityhall.apps.work_orders.services.replaying import replay, replay_failed
from cityhall.apps.work_orders.services.sending import deliver_due

__all__ = [
    "change_connection",
    "deliver_due",
    "make_connection",
    "new_secret",
    "pause",
    "poll",
    "queue",
    "receive",
    "replay",
    "replay_failed",
    "resume",
    "send_test",
]
