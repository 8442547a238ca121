"""What other rooms, the command line and the demo may ask of the estimates room."""

from cityhall.apps.estimates.queries.evaluation import judge_dates

__all__ = ["judge_dates"]
