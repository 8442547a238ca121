"""Reads of the room: a crew member's day, one job, visits, materials, and what visits add up to."""

from cityhall.apps.crews.queries.day import day, job
from cityhall.apps.crews.queries.materials import materials
from cityhall.apps.crews.queries.totals import months, sent_back, totals, work_times
from cityhall.apps.crews.queries.visits import desk_panel, visits_of

__all__ = ["day", "desk_panel", "job", "materials", "months", "sent_back", "totals", "visits_of", "work_times"]
