"""What is here already of what a file tells of: records of the same source, and requests of this city itself."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import connection

from cityhall.apps.service_requests.contracts import State, number_value
from cityhall.apps.service_requests.imports.records import Record
from cityhall.apps.service_requests.services import copying

_HIGHEST = 10**9


def of_source(source_system: str, names: Iterable[str]) -> dict[str, tuple[str, uuid.UUID, uuid.UUID]]:
    """Return what is here of the source: the other system's number to the row's hash, our request and the run."""
    with connection.cursor() as cursor:
        # One array, not thousands of parameters: those take longer to write down than the query to run.
        cursor.execute(
            "select external_id, row_hash, request_id, run_id from service_requests_importedrecord"
            " where source_system = %s and external_id = any(%s::text[])",
            [source_system, copying.array(names)],
        )
        return {name: (row_hash, request_id, run_id) for name, row_hash, request_id, run_id in cursor.fetchall()}


def of_this_city(names: Iterable[str]) -> dict[int, tuple[datetime, str]]:
    """Return when the requests of this city with these numbers were made, and their state."""
    found = [number for name in names if (number := number_value(name)) is not None]
    if not found:
        return {}
    with connection.cursor() as cursor:
        # Other systems have longer numbers than we have given out: then there is nothing to look for.
        cursor.execute("select coalesce(max(number), 0) from service_requests_servicerequest")
        [highest] = cursor.fetchone()
        numbers = [str(number) for number in found if number <= highest]
        if not numbers:
            return {}
        cursor.execute(
            "select number, requested_at, state from service_requests_servicerequest where number = any(%s::bigint[])",
            [copying.array(numbers)],
        )
        return {number: (requested_at, state) for number, requested_at, state in cursor.fetchall()}


def is_closed_here(ours: Mapping[int, tuple[datetime, str]], record: Record) -> bool | None:
    """Say of a record that is a request of this city whether it is closed here; None for any other.

    The number alone proves nothing: every system has one. The number and the second it was made do, and any of our
    export formats carries both.
    """
    number = number_value(record.external_id)
    own = ours.get(number) if number is not None else None
    if own is None or record.requested_at is None or abs((own[0] - record.requested_at).total_seconds()) >= 1:
        return None
    return own[1] == State.CLOSED


def free_names(records: Sequence[Record]) -> list[tuple[int | None, uuid.UUID | None]]:
    """Return for each record of one of our exports its own number and id, where nobody has them here."""
    names = [(_number(record.external_id), _uuid(record.own_id)) for record in records]
    with connection.cursor() as cursor:
        cursor.execute(
            "select number, id from service_requests_servicerequest where number = any(%s) or id = any(%s)",
            [[number for number, _ in names if number], [own for _, own in names if own]],
        )
        found = cursor.fetchall()
    taken: set[object] = {name for row in found for name in row}
    free = []
    for number, own in names:
        free.append((None if number in taken else number, None if own in taken else own))
        taken |= {number, own}  # a file may say the same number in two ways
    return free


def _number(text: str) -> int | None:
    """Return the number a request may take over; none so high that our own would go on from there."""
    number = number_value(text)
    return number if number is not None and 0 < number < _HIGHEST else None


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None
