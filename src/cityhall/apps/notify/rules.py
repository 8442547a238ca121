"""When a message that could not be sent is tried again, and what a written message is made of."""

from __future__ import annotations

import re
from datetime import timedelta

MOST_ATTEMPTS = 12
_LONGEST_WAIT = timedelta(hours=6)
_TEMPLATE = re.compile(r"(?P<room>[a-z0-9_]+)/(?:mail/)?(?P<name>[a-z0-9_-]+)")


def wait_before(attempt: int) -> timedelta | None:
    """Return how long to wait before attempt number `attempt` (the second is 2); None when it is time to give up.

    One minute, doubling to six hours: twelve attempts span about a day.
    """
    if attempt > MOST_ATTEMPTS:
        return None
    return min(timedelta(minutes=2 ** max(0, attempt - 2)), _LONGEST_WAIT)


def split_message(rendered: str) -> tuple[str, str]:
    """Split a rendered text into its subject (the first line, at most 200 characters) and its body.

    Raises:
        ValueError: there is no subject, or no body.
    """
    first, _, rest = rendered.strip().partition("\n")
    subject, body = " ".join(first.split())[:200], rest.strip()
    if not subject or not body:
        raise ValueError("a message needs a subject line and a body")
    return subject, body + "\n"


#: What people answer to hear no more, and to hear again: carriers' words, and Spanish ones.
STOP_WORDS = frozenset(["stop", "stopall", "unsubscribe", "cancel", "end", "quit", "alto", "parar", "baja"])
START_WORDS = frozenset(["start", "unstop", "yes", "empezar", "alta", "si", "sí"])
_LONGEST_SMS = 320


def sms_text(subject: str, page: str, ending: str) -> str:
    """Return a text message of at most 320 characters (two parts): the subject is cut before the address is."""
    rest = f" {page} {ending}"
    room = _LONGEST_SMS - len(rest)
    return (subject if len(subject) <= room else subject[: room - 1].rstrip() + "…") + rest


def asks_to(text: str) -> str:
    """Return what an answer asks for: "stop", "start", or "" for all else."""
    word = text.strip().strip(".!¡").casefold()
    return "stop" if word in STOP_WORDS else "start" if word in START_WORDS else ""


def template_file(template: str, ending: str) -> str:
    """Return the file of the template "room/name" (or "room/mail/name"): "room/mail/name.txt" for the ending "txt".

    Raises:
        ValueError: `template` is not of that form.
    """
    parts = _TEMPLATE.fullmatch(template)
    if parts is None:
        raise ValueError(f"not a message template: {template!r}; it reads room/name")
    return f"{parts['room']}/mail/{parts['name']}.{ending}"


def address_of(text: str) -> str:
    """Return an e-mail address as it is kept: without surrounding space and in lower case."""
    return text.strip().lower()
