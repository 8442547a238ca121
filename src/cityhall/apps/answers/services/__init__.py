"""Writes of the room."""

from cityhall.apps.answers.services.keeping_answers import count, save_answer
from cityhall.apps.answers.services.shelf import Shelf
from cityhall.apps.answers.services.telling import (
    choose_mail,
    erase,
    export,
    kept_kinds,
    mention,
    read_all,
    said_to_writer,
    sent_back,
)

__all__ = [
    "Shelf",
    "choose_mail",
    "count",
    "erase",
    "export",
    "kept_kinds",
    "mention",
    "read_all",
    "said_to_writer",
    "save_answer",
    "sent_back",
]
