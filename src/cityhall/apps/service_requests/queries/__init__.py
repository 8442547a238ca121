"""Reads of the room. Whatever leaves for the public has passed `rules.publish`."""

from cityhall.apps.service_requests.queries.catalogue import categories, definition
from cityhall.apps.service_requests.queries.nearby import nearby_open
from cityhall.apps.service_requests.queries.reading import history, one, published

__all__ = ["categories", "definition", "history", "nearby_open", "one", "published"]
