"""Reads of the room. Whatever leaves for the public has passed `rules.publish`."""

from cityhall.apps.service_requests.queries.catalogue import catalogue_changed, categories, definition
from cityhall.apps.service_requests.queries.changes import Change, changes, histories, last_event
from cityhall.apps.service_requests.queries.nearby import nearby_open
from cityhall.apps.service_requests.queries.reading import history, one, published

__all__ = [
    "Change",
    "catalogue_changed",
    "categories",
    "changes",
    "definition",
    "histories",
    "history",
    "last_event",
    "nearby_open",
    "one",
    "published",
]
