"""Calls: which two ways of writing a telephone number are the same number, and what a logged call must say."""

from __future__ import annotations

import re

from cityhall.apps.service_requests.contracts import CHANNELS, CallKind, NewCall
from cityhall.apps.service_requests.rules.problems import Problem
from cityhall.apps.service_requests.rules.submissions import check_contact, check_text

MAX_TOPIC = 80
MAX_NOTE = 2000
MAX_TOPICS = 60
TAIL = 7
"""How many of a number's last digits are looked up; `phone_key` decides among those that share them."""
_EXTENSION = re.compile(r"[x#].*$", re.I)
_TRUNK = re.compile(r"\(0\)")
_NOT_DIGITS = re.compile(r"[^0-9]")
_LEAST = 5
#: What only filing and joining write.
BY_REQUEST = frozenset({CallKind.FILED, CallKind.JOINED})


def phone_key(text: str, country: str) -> str:
    """Return a number's digits with its country code, the same however it is written; "" when it is no number.

    A number without an area code stays one: it equals only itself.

    Args:
        country: the code of numbers that are written without one: "1".
    """
    bare = _EXTENSION.sub("", text.strip())
    abroad = bare.startswith("+")
    digits = _NOT_DIGITS.sub("", _TRUNK.sub("", bare) if abroad else bare)
    if not abroad and digits.startswith("00"):
        abroad, digits = True, digits[2:]
    if not abroad:
        if country == "1" and len(digits) == 11 and digits.startswith("1"):
            digits = digits[1:]
        digits = digits.lstrip("0")
        return country + digits if len(digits) >= _LEAST else ""
    return digits if len(digits) >= _LEAST else ""


def phone_tail(text: str) -> str:
    """Return the last digits of a number, as the database looks them up."""
    return _NOT_DIGITS.sub("", _EXTENSION.sub("", text))[-TAIL:]


def check_call(new: NewCall) -> dict[str, Problem]:
    """Say what is wrong with a call to be logged."""
    problems: dict[str, Problem] = {}
    if new.kind in BY_REQUEST:
        problems["kind"] = Problem("call_kind")
    if new.channel not in CHANNELS:
        problems["channel"] = Problem("call_channel")
    if new.kind is CallKind.FOLLOW_UP and not new.number.strip():
        problems["number"] = Problem("call_number")
    problems |= check_text("topic", new.topic, MAX_TOPIC)
    problems |= check_text("note", new.note, MAX_NOTE)
    return problems | check_contact(new.caller)
