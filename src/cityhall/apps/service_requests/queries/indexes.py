"""The indexes of requests, history and origin that are not there: a load set them aside, and may have been killed."""

from __future__ import annotations

from django.db import connection, models

from cityhall.apps.service_requests.models import HistoryEvent, ImportedRecord, ServiceRequest

Named = tuple[type[models.Model], models.Index]


_NEEDED = "request_dupes"
_OF_FEW = {"request_asset", "request_look", "request_mine", "request_named", "request_nears", "request_waiting"}
_OF_OPEN = {"request_cell", "request_open", "request_public_cell", "request_queue", "request_unassigned"}
_KEPT = frozenset({_NEEDED, *_OF_FEW, *_OF_OPEN})
"""The one a load needs itself, and those in which few loaded requests stand: all would be read to make them."""


def set_aside_by_loads() -> list[Named]:
    """Return the indexes a load may set aside."""
    return [(model, index) for model, index in _indexes() if index.name not in _KEPT]


def _indexes() -> list[Named]:
    return [(model, index) for model in (ServiceRequest, HistoryEvent, ImportedRecord) for index in model._meta.indexes]


def missing_indexes() -> list[Named]:
    """Return those that are not there now, or only half: made while others wrote, and broken off.

    All are looked for: a load of an earlier version may have set others aside.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid"
            " where c.relnamespace = current_schema()::regnamespace and i.indisvalid"
        )
        there = {row[0] for row in cursor.fetchall()}
    return [(model, index) for model, index in _indexes() if index.name not in there]
