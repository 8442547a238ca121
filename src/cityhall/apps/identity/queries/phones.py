"""Reads: whether people can be reached by text message, and at which number."""

from __future__ import annotations

from django.conf import settings

from cityhall.apps.identity.rules.phones import number_of
from cityhall.kernel import ports


def sms_offered() -> bool:
    """Say whether text messages reach anybody: an engine delivers them, or the demo shows them."""
    return ports.sms_engine.get().capabilities.delivers or settings.CITYHALL_DEMO


def sms_number(phone: str) -> str:
    """Return where a text message to this telephone goes, "" when none can."""
    return number_of(phone, settings.CITYHALL_PHONE_COUNTRY) if phone and sms_offered() else ""
