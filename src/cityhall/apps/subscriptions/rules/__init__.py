"""The pure decisions of the room: when a digest is due, and what a calendar file looks like."""

from cityhall.apps.subscriptions.rules.calendars import AllDay, calendar
from cityhall.apps.subscriptions.rules.turns import SENT_AT, last_turn

__all__ = ["SENT_AT", "AllDay", "calendar", "last_turn"]
