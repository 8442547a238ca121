"""Pure decisions of the room."""

from cityhall.apps.crews.rules.acts import MOST_MINUTES, leaves_team, minutes_between, moment_of, worked
from cityhall.apps.crews.rules.amounts import amount_of, text_of
from cityhall.apps.crews.rules.day import directions, in_order

__all__ = [
    "MOST_MINUTES",
    "amount_of",
    "directions",
    "in_order",
    "leaves_team",
    "minutes_between",
    "moment_of",
    "text_of",
    "worked",
]
