"""The room's background jobs."""

from cityhall.apps.service_requests.jobs.likeness import look_for_repeats
from cityhall.apps.service_requests.jobs.map import add_up_map
from cityhall.apps.service_requests.jobs.media import fetch_media

__all__ = ["add_up_map", "fetch_media", "look_for_repeats"]
