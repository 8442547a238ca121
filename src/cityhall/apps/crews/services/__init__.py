"""Writes of the room."""

from cityhall.apps.crews.services.loading import load_visits
from cityhall.apps.crews.services.materials import save_material
from cityhall.apps.crews.services.visits import end_all, finish, send_back, start, was_done

__all__ = ["end_all", "finish", "load_visits", "save_material", "send_back", "start", "was_done"]
