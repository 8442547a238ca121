"""Sending what is due, each message in its own transaction."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from cityhall.apps.notify.models import Message, Suppression
from cityhall.apps.notify.rules import wait_before
from cityhall.kernel import clock, ports
from cityhall.kernel.ports import Mail, MailRefused, MailUnavailable, Sms, SmsRefused, SmsUnavailable

log = logging.getLogger(__name__)

BATCH = 500
PATIENCE = 3


def deliver_due() -> int:
    """Send up to a batch of the messages that are due; return how many were sent.

    Several workers may do this at once: each takes a row none of the others holds. A run ends early when the engine
    is unavailable several times in a row; those messages wait for their next attempt.
    """
    sent = unavailable = 0
    for _turn in range(BATCH):
        if unavailable >= PATIENCE or (outcome := _deliver_one()) is None:
            break
        sent += outcome == "sent"
        unavailable = unavailable + 1 if outcome == "unavailable" else 0
    return sent


def _deliver_one() -> str | None:
    """Send one due message; return "sent", "refused" or "unavailable", None when nothing is due."""
    with transaction.atomic():
        message = (
            Message.objects.select_for_update(skip_locked=True)
            .filter(sent_at__isnull=True, failed_at__isnull=True, send_after__lte=clock.now())
            .order_by("send_after", "id")
            .first()
        )
        if message is None:
            return None
        outcome, problem = _hand_over(message)
        now = clock.now()
        message.attempts += 1
        message.problem = problem
        if outcome == "sent":
            message.sent_at = now
        elif outcome == "refused":
            message.failed_at = now
        elif wait := wait_before(message.attempts + 1):
            message.send_after = now + wait
        else:
            message.failed_at = now
        message.save(update_fields=["attempts", "problem", "sent_at", "failed_at", "send_after"])
    return outcome


def _hand_over(message: Message) -> tuple[str, str]:
    if message.channel == "sms":
        return _hand_over_sms(message)
    mail = Mail(
        to=message.to,
        subject=message.subject,
        text=message.text,
        html=message.html,
        unsubscribe_url=message.unsubscribe_url,
        # The same at every attempt: a server that took the last one without our hearing it can tell.
        message_id=f"<{message.id}@{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'}>",
    )
    try:
        ports.mail_engine.get().send(mail)
    except MailRefused as refusal:
        return "refused", str(refusal)[:200]
    except MailUnavailable as trouble:
        return "unavailable", str(trouble)[:200]
    except Exception as fault:  # one message nobody foresaw must not stop those behind it
        log.exception("a message could not be handed over", extra={"message_id": str(message.id)})
        return "unavailable", type(fault).__name__
    return "sent", ""


def _hand_over_sms(message: Message) -> tuple[str, str]:
    if Suppression.objects.filter(address=message.to).exists():
        return "refused", "the number answered STOP"
    try:
        ports.sms_engine.get().send(Sms(to=message.to, text=message.text))
    except SmsRefused as refusal:
        return "refused", str(refusal)[:200]
    except SmsUnavailable as trouble:
        return "unavailable", str(trouble)[:200]
    except Exception as fault:  # one message nobody foresaw must not stop those behind it
        log.exception("a text message could not be handed over", extra={"message_id": str(message.id)})
        return "unavailable", type(fault).__name__
    return "sent", ""
