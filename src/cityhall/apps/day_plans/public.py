"""What other rooms and the demo may ask of the day plans room."""

from cityhall.apps.day_plans.queries import plan_of
from cityhall.apps.day_plans.services import plan_now, publish, save_crew, save_kinds, save_team

__all__ = ["plan_now", "plan_of", "publish", "save_crew", "save_kinds", "save_team"]
