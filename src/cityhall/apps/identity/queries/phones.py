"""Reads: whether people can be reached by text message."""

from __future__ import annotations

from django.conf import settings

from cityhall.kernel import ports


def sms_offered() -> bool:
    """Say whether text messages reach anybody: an engine delivers them, or the demo shows them."""
    return ports.sms_engine.get().capabilities.delivers or settings.CITYHALL_DEMO
