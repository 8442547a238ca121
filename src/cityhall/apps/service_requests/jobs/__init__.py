"""The room's background jobs."""

from cityhall.apps.service_requests.jobs.categories import reapply
from cityhall.apps.service_requests.jobs.indexes import put_back_indexes
from cityhall.apps.service_requests.jobs.likeness import find_missed, look_for_repeats
from cityhall.apps.service_requests.jobs.map import add_up_map
from cityhall.apps.service_requests.jobs.media import fetch_media
from cityhall.apps.service_requests.jobs.tallies import add_up_tallies

__all__ = [
    "add_up_map",
    "add_up_tallies",
    "fetch_media",
    "find_missed",
    "look_for_repeats",
    "put_back_indexes",
    "reapply",
]
