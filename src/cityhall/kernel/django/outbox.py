"""The outbox: record events with the write that caused them, relay them as jobs, handle each once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app as jobs
from procrastinate.jobs import Job

from cityhall.kernel import clock
from cityhall.kernel.django.models import OutboxEvent
from cityhall.kernel.django.reading import gathering, insert, new_row
from cityhall.kernel.events import Event, receivers

RELAY_BATCH = 200
_LONGEST_WAIT = timedelta(hours=1)


def record(kind: str, *, subject_id: uuid.UUID | None, data: Mapping[str, Any] | None = None) -> OutboxEvent:
    """Record an event in the current transaction, or with the rows it is written together with.

    Raises RuntimeError outside of both.
    """
    if not (connection.in_atomic_block or gathering()):
        raise RuntimeError("an event must be recorded in the transaction of the write it tells of")
    event = new_row(OutboxEvent, kind=kind, subject_id=subject_id, at=clock.now(), data=dict(data or {}))
    insert(event)
    return event


def relay() -> int:
    """Turn up to one batch of waiting events into delivery jobs; return how many events were taken.

    Ids are not commit order, so rows are claimed by SKIP LOCKED and marked; no cursor is kept.
    """
    with transaction.atomic():
        waiting = list(
            OutboxEvent.objects.select_for_update(skip_locked=True)
            .filter(relayed_at__isnull=True)
            .order_by("id")[:RELAY_BATCH]
        )
        tasks: list[dict[str, Any]] = [
            {"event_id": str(event.id), "receiver": receiver.name}
            for event in waiting
            for receiver in receivers
            if event.kind in receiver.kinds
        ]
        if tasks:
            deliver.batch_defer(*tasks)
        OutboxEvent.objects.filter(id__in=[event.id for event in waiting]).update(relayed_at=clock.now())
    return len(waiting)


class NeverGivingUp(BaseRetryStrategy):
    """Tries again after 1, 2, 4… seconds, at last once an hour, for as long as it takes: an event is never lost."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        """Say when the next try is."""
        seconds = min(2 ** min(job.attempts, 12), int(_LONGEST_WAIT.total_seconds()))
        return RetryDecision(retry_at=clock.now() + timedelta(seconds=seconds))


@jobs.task(name="kernel.deliver", retry=NeverGivingUp(), queue="events")
def deliver(event_id: str, receiver: str) -> None:
    """Hand one event to one receiver, unless it has had it."""
    with transaction.atomic():
        row = OutboxEvent.objects.get(id=event_id)
        if _claim(row.id, receiver):
            receivers[receiver].handle(
                Event(id=row.id, kind=row.kind, subject_id=row.subject_id, at=row.at, data=row.data)
            )


def _claim(event_id: uuid.UUID, receiver: str) -> bool:
    """Write the proof of delivery; False when the receiver had the event before (or has it right now)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into kernel_delivery (event_id, receiver, at) values (%s, %s, %s) on conflict do nothing",
            [event_id, receiver, clock.now()],
        )
        return bool(cursor.rowcount == 1)


def drain() -> int:
    """Deliver everything that waits here and now, without jobs; return how many events. For commands and tests."""
    total = 0
    for event in OutboxEvent.objects.filter(relayed_at__isnull=True).order_by("id"):
        for receiver in receivers:
            if event.kind in receiver.kinds:
                deliver(event_id=str(event.id), receiver=receiver.name)
        event.relayed_at = clock.now()
        event.save(update_fields=["relayed_at"])
        total += 1
    return total
