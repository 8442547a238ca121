"""Writes of the room: the draft and its trial, switching rules on, the plan of steps and taking them."""

from cityhall.apps.routing.services.drafting import begin_draft, discard_draft, move_rule, remove_rule, save_rule
from cityhall.apps.routing.services.nearing import (
    add_step,
    ask_to_look_again,
    escalate_due,
    look_again,
    remove_step,
    save_plan,
    set_paused,
)
from cityhall.apps.routing.services.switching import return_to, switch_on
from cityhall.apps.routing.services.trying import DAYS, try_draft

__all__ = [
    "DAYS",
    "add_step",
    "ask_to_look_again",
    "begin_draft",
    "discard_draft",
    "escalate_due",
    "look_again",
    "move_rule",
    "remove_rule",
    "remove_step",
    "return_to",
    "save_plan",
    "save_rule",
    "set_paused",
    "switch_on",
    "try_draft",
]
