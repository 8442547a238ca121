"""Counting the tallies again from the requests themselves, and saying what was not the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction


def recount_tallies() -> Mapping[str, Any]:
    """Mend the tallies where they are not what a recount finds.

    Returns "differences", how many rows were mended, and the "first" of them, with what was added to each count.
    Nobody who writes requests waits for it. Changes are added up first, so that the next reading is of now.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select service_requests_recount_tallies()::text")
        found: Mapping[str, Any] = json.loads(cursor.fetchone()[0])
        cursor.execute("select service_requests_add_up_tallies()")
    return found


def add_up_tallies() -> None:
    """Add up at once what the worker would within a minute: after a load."""
    with connection.cursor() as cursor:
        cursor.execute("select service_requests_add_up_tallies()")
