"""The indexes of requests and their history that are not there: a load set them aside, and may have been killed."""

from __future__ import annotations

from django.db import connection, models

from cityhall.apps.service_requests.models import HistoryEvent, ServiceRequest

Named = tuple[type[models.Model], models.Index]


_NEEDED = "request_dupes"
_KEPT = frozenset({_NEEDED, "request_asset", "request_look", "request_mine", "request_nears", "request_waiting"})
"""The one a load needs itself, and those in which few loaded requests stand: all would be read to make them."""


def set_aside_by_loads() -> list[Named]:
    """Return the indexes a load may set aside."""
    return [
        (model, index)
        for model in (ServiceRequest, HistoryEvent)
        for index in model._meta.indexes
        if index.name not in _KEPT
    ]


def missing_indexes() -> list[Named]:
    """Return those of them that are not there now, or only half: made while others wrote, and broken off."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid"
            " where c.relnamespace = current_schema()::regnamespace and i.indisvalid"
        )
        there = {row[0] for row in cursor.fetchall()}
    return [(model, index) for model, index in set_aside_by_loads() if index.name not in there]
