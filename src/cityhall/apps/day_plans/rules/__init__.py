"""Pure decisions: which jobs share a stop, what the solver is asked, when a crew is where, what a change does."""

from cityhall.apps.day_plans.rules.changing import changed
from cityhall.apps.day_plans.rules.comparing import differences
from cityhall.apps.day_plans.rules.grouping import grouped
from cityhall.apps.day_plans.rules.planning import as_begun, as_problem, is_overtaken, planned, remaining
from cityhall.apps.day_plans.rules.timing import DETOUR, metres_between, timed, troubles_of_route, troubles_of_stop

__all__ = [
    "DETOUR",
    "as_begun",
    "as_problem",
    "changed",
    "differences",
    "grouped",
    "is_overtaken",
    "metres_between",
    "planned",
    "remaining",
    "timed",
    "troubles_of_route",
    "troubles_of_stop",
]
