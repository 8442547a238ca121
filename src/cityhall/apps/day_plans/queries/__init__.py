"""What is read: who may plan for whom, a team's work, crews, plans."""

from cityhall.apps.day_plans.queries.plans import (
    content_of,
    plan_of,
    plan_on,
    planned_day,
    progress_of,
    published_on,
    teams_with_plan,
)
from cityhall.apps.day_plans.queries.reach import own_crews, team_of, teams
from cityhall.apps.day_plans.queries.setting import crew_of, crews, kinds, team_terms, teams_with_crews
from cityhall.apps.day_plans.queries.work import (
    Work,
    at_hour,
    gone,
    is_for,
    jobs_of,
    open_work,
    rows_of,
    waits_for_approval,
)

__all__ = [
    "Work",
    "at_hour",
    "content_of",
    "crew_of",
    "crews",
    "gone",
    "is_for",
    "jobs_of",
    "kinds",
    "open_work",
    "own_crews",
    "plan_of",
    "plan_on",
    "planned_day",
    "progress_of",
    "published_on",
    "rows_of",
    "team_of",
    "team_terms",
    "teams",
    "teams_with_crews",
    "teams_with_plan",
    "waits_for_approval",
]
