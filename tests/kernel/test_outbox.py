from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from cityhall.kernel.django import outbox
from cityhall.kernel.django.models import Delivery, OutboxEvent
from cityhall.kernel.events import Event, Receiver, receivers
from cityhall.kernel.ids import new_id


@pytest.fixture
def heard() -> Iterator[list[Event]]:
    """A receiver of "test.happened" that remembers what it heard."""
    events: list[Event] = []
    receivers.register(Receiver("test-ear", frozenset({"test.happened"}), events.append))
    yield events
    receivers._entries.pop("test-ear")


@pytest.mark.django_db(transaction=True)
def test_an_event_of_a_rolled_back_write_is_never_heard(heard: list[Event]) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.record("test.happened", subject_id=None)
        raise ZeroDivisionError
    assert outbox.drain() == 0
    assert heard == []


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        outbox.record("test.happened", subject_id=None)


@pytest.mark.django_db(transaction=True)
def test_relay_makes_one_job_for_each_receiver_and_takes_each_event_once(heard: list[Event]) -> None:
    subject = new_id()
    with transaction.atomic():
        outbox.record("test.happened", subject_id=subject, data={"n": 1})
        outbox.record("test.unheard", subject_id=None)
    assert outbox.relay() == 2
    assert outbox.relay() == 0
    from procrastinate.contrib.django.models import ProcrastinateJob

    jobs = list(ProcrastinateJob.objects.filter(task_name="kernel.deliver"))
    assert [job.args["receiver"] for job in jobs] == ["test-ear"]


@pytest.mark.django_db(transaction=True)
def test_an_event_delivered_twice_is_handled_once(heard: list[Event]) -> None:
    with transaction.atomic():
        row = outbox.record("test.happened", subject_id=None, data={"n": 1})
    for _ in range(3):
        outbox.deliver(event_id=str(row.id), receiver="test-ear")
    assert [event.data for event in heard] == [{"n": 1}]


@pytest.mark.django_db(transaction=True)
def test_a_receiver_that_fails_gets_the_event_again() -> None:
    tries: list[Any] = []

    def stumble(event: Event) -> None:
        tries.append(event.id)
        if len(tries) == 1:
            raise ValueError("not yet")

    receivers.register(Receiver("test-stumbler", frozenset({"test.happened"}), stumble))
    try:
        with transaction.atomic():
            row = outbox.record("test.happened", subject_id=None)
        with pytest.raises(ValueError, match="not yet"):
            outbox.deliver(event_id=str(row.id), receiver="test-stumbler")
        assert not Delivery.objects.filter(event_id=row.id).exists()
        outbox.deliver(event_id=str(row.id), receiver="test-stumbler")
    finally:
        receivers._entries.pop("test-stumbler")
    assert len(tries) == 2
    assert OutboxEvent.objects.filter(id=row.id).exists()
