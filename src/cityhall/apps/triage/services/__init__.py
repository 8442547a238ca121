"""Writes of the room, and what is measured of it."""

from cityhall.apps.triage.services.judging import judge
from cityhall.apps.triage.services.learning import learn, learn_if_due

__all__ = ["judge", "learn", "learn_if_due"]
