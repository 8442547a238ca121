"""Writes of the room."""

from cityhall.apps.answers.services.keeping_answers import count, save_answer
from cityhall.apps.answers.services.shelf import Shelf

__all__ = ["Shelf", "count", "save_answer"]
