"""The pure decisions of the room: what goes where, when to try again, what a signature is, what a message says."""

from cityhall.apps.work_orders.rules.choosing import concerns, is_within
from cityhall.apps.work_orders.rules.georeport import read_service_codes, status_of_update, update_word
from cityhall.apps.work_orders.rules.messages import Problem, read_message, request_named
from cityhall.apps.work_orders.rules.signing import new_secret, sign, verifies
from cityhall.apps.work_orders.rules.trying import FAILING_AFTER, wait_before

__all__ = [
    "FAILING_AFTER",
    "Problem",
    "concerns",
    "is_within",
    "new_secret",
    "read_message",
    "read_service_codes",
    "request_named",
    "sign",
    "status_of_update",
    "update_word",
    "verifies",
    "wait_before",
]
