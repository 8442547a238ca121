"""What is written: how a team's day is, plans and their versions, what crews did."""

from cityhall.apps.day_plans.services.changing import accept, change, go_to, publish, refuse_proposal
from cityhall.apps.day_plans.services.following import follow, look_for_urgent
from cityhall.apps.day_plans.services.making import GIVEN_UP, ask, make, plan_now, plan_urgent
from cityhall.apps.day_plans.services.setting import end_crew, promise, save_crew, save_kinds, save_team

__all__ = [
    "GIVEN_UP",
    "accept",
    "ask",
    "change",
    "end_crew",
    "follow",
    "go_to",
    "look_for_urgent",
    "make",
    "plan_now",
    "plan_urgent",
    "promise",
    "publish",
    "refuse_proposal",
    "save_crew",
    "save_kinds",
    "save_team",
]
