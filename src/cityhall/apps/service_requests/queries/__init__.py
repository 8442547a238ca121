"""Reads of the room. Whatever leaves for the public has passed `rules.publish`."""

from cityhall.apps.service_requests.queries.calls import (
    call_counts,
    call_log,
    caller_past,
    one_call,
    request_of_call,
    topics,
    topics_offered,
)
from cityhall.apps.service_requests.queries.catalogue import (
    catalogue_changed,
    categories,
    category_groups,
    category_names,
    definition,
)
from cityhall.apps.service_requests.queries.changes import Change, changes, histories, last_event
from cityhall.apps.service_requests.queries.configuration import category_settings
from cityhall.apps.service_requests.queries.contesting import had_a_hand, photo_needed, settled_for_good
from cityhall.apps.service_requests.queries.covering import coverable
from cityhall.apps.service_requests.queries.desk import contact_of, desk_one, desk_queue
from cityhall.apps.service_requests.queries.estimates import resolution_range
from cityhall.apps.service_requests.queries.figures import Figures, figures
from cityhall.apps.service_requests.queries.likely import likely_open, likely_same, photos_of_repeats
from cityhall.apps.service_requests.queries.listing import Listed, listed, one_listed
from cityhall.apps.service_requests.queries.mapping import map_extent, map_points
from cityhall.apps.service_requests.queries.merging import merge_doubts
from cityhall.apps.service_requests.queries.nearby import nearby_open
from cityhall.apps.service_requests.queries.private import request_of_token
from cityhall.apps.service_requests.queries.queues import COUNTED_TO, queue_counts, queue_tally, saved_queues
from cityhall.apps.service_requests.queries.reading import history, one, published, supports
from cityhall.apps.service_requests.queries.records import ids_of
from cityhall.apps.service_requests.queries.rows import stood_for
from cityhall.apps.service_requests.queries.tallies import (
    open_ages,
    open_late,
    tallied_at,
    tallied_kinds,
    tallied_until,
    tallies,
    tallies_are_behind,
)

__all__ = [
    "COUNTED_TO",
    "Change",
    "Figures",
    "Listed",
    "call_counts",
    "call_log",
    "caller_past",
    "catalogue_changed",
    "categories",
    "category_groups",
    "category_names",
    "category_settings",
    "changes",
    "contact_of",
    "coverable",
    "definition",
    "desk_one",
    "desk_queue",
    "figures",
    "had_a_hand",
    "histories",
    "history",
    "ids_of",
    "last_event",
    "likely_open",
    "likely_same",
    "listed",
    "map_extent",
    "map_points",
    "merge_doubts",
    "nearby_open",
    "one",
    "one_call",
    "one_listed",
    "open_ages",
    "open_late",
    "photo_needed",
    "photos_of_repeats",
    "published",
    "queue_counts",
    "queue_tally",
    "request_of_call",
    "request_of_token",
    "resolution_range",
    "saved_queues",
    "settled_for_good",
    "stood_for",
    "supports",
    "tallied_at",
    "tallied_kinds",
    "tallied_until",
    "tallies",
    "tallies_are_behind",
    "topics",
    "topics_offered",
]
