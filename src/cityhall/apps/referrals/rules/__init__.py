"""The pure decisions of the room: when answers are due, who is chased, what a mail says."""

from cityhall.apps.referrals.rules.answers import (
    answer_due,
    body_problems,
    check_answer,
    days_late,
    is_own,
    said_in,
    should_chase,
    token_hash,
)
from cityhall.apps.referrals.rules.mail import MOST_BYTES, parse

__all__ = [
    "MOST_BYTES",
    "answer_due",
    "body_problems",
    "check_answer",
    "days_late",
    "is_own",
    "parse",
    "said_in",
    "should_chase",
    "token_hash",
]
