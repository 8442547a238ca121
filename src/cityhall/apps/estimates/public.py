"""What other rooms, the command line and the demo may ask of the estimates room."""

from cityhall.apps.estimates.queries.evaluation import judge_dates
from cityhall.apps.estimates.services.learning import learn
from cityhall.apps.estimates.services.saying import look_again

__all__ = ["judge_dates", "learn", "look_again"]
