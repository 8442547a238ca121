"""Pure decisions: which rule holds, which of its teams, when a step before a target is due, what a form may say."""

from cityhall.apps.routing.rules.checking import plan_problems, rule_problems
from cityhall.apps.routing.rules.keeping import (
    kept_rules,
    kept_steps,
    kept_trial,
    rules_from,
    steps_from,
    trial_from,
)
from cityhall.apps.routing.rules.matching import choose, first_match, holds, in_window
from cityhall.apps.routing.rules.nearing import due_step, moment_of, next_moment, steps_for
from cityhall.apps.routing.rules.trying import Player, play

__all__ = [
    "Player",
    "choose",
    "due_step",
    "first_match",
    "holds",
    "in_window",
    "kept_rules",
    "kept_steps",
    "kept_trial",
    "moment_of",
    "next_moment",
    "plan_problems",
    "play",
    "rule_problems",
    "rules_from",
    "steps_for",
    "steps_from",
    "trial_from",
]
