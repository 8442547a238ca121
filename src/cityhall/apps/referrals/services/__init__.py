"""Writes of the room."""

from cityhall.apps.referrals.services.answering import (
    answer,
    approval_decided,
    receive_mail,
    take_from_connection,
    was_answered,
)
from cityhall.apps.referrals.services.bodies import name_body, save_body
from cityhall.apps.referrals.services.loading import load_referrals
from cityhall.apps.referrals.services.referring import (
    chase_due,
    mark_read,
    refer,
    reply,
    resume,
    revoke_links,
    send_again,
    share,
    withdraw,
)

__all__ = [
    "answer",
    "approval_decided",
    "chase_due",
    "load_referrals",
    "mark_read",
    "name_body",
    "receive_mail",
    "refer",
    "reply",
    "resume",
    "revoke_links",
    "save_body",
    "send_again",
    "share",
    "take_from_connection",
    "was_answered",
    "withdraw",
]
