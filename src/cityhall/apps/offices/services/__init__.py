"""Writes of the room."""

from cityhall.apps.offices.services.offices import save_office
from cityhall.apps.offices.services.reports import send_due

__all__ = ["save_office", "send_due"]
