from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app as jobs
from procrastinate.jobs import Job

from cityhall.config import checks
from cityhall.kernel import clock
from cityhall.kernel.django import outbox
from cityhall.kernel.django.jobs import retry_stalled
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


def in_a_worker(work: Callable[[Any], None]) -> None:
    """Do something with the jobs' app as a worker has it, in a thread where no event loop runs yet."""

    def run() -> None:
        with jobs.replace_connector(jobs.connector.get_worker_connector()) as working:
            work(working)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()


async def look_for_stalled(working: Any) -> None:
    async with working.open_async():
        await retry_stalled.func(timestamp=0)


def statuses() -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute("select status::text, attempts from procrastinate_jobs where task_name = 'kernel.deliver'")
        return list(cursor.fetchall())


@pytest.mark.django_db(transaction=True)
def test_a_worker_keeps_a_failed_delivery_for_later() -> None:
    def fail(event: Event) -> None:
        raise ValueError("not today")

    receivers.register(Receiver("test-failing", frozenset({"test.happened"}), fail))
    try:
        with transaction.atomic():
            outbox.record("test.happened", subject_id=None)
        outbox.relay()
        in_a_worker(lambda app: app.run_worker(wait=False, install_signal_handlers=False, queues=["events"]))
    finally:
        receivers._entries.pop("test-failing")
    assert statuses() == [("todo", 1)]


def test_a_delivery_is_tried_for_ever_and_at_least_once_an_hour() -> None:
    now = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
    waits = []
    with clock.held_at(now):
        for attempts in (0, 1, 5, 11, 12, 100_000):
            job = Job(id=1, queue="events", lock=None, queueing_lock=None, task_name="x", attempts=attempts)
            decision = outbox.NeverGivingUp().get_retry_decision(exception=ValueError(), job=job)
            assert decision.retry_at is not None
            waits.append(decision.retry_at - now)
    assert waits == [timedelta(seconds=seconds) for seconds in (1, 2, 32, 2048, 3600, 3600)]


@pytest.mark.django_db(transaction=True)
def test_the_job_of_a_worker_that_died_goes_back_into_the_queue(heard: list[Event]) -> None:
    with transaction.atomic():
        outbox.record("test.happened", subject_id=None)
    outbox.relay()
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_workers (last_heartbeat) values (now() - interval '5 minutes') returning id"
        )
        cursor.execute("update procrastinate_jobs set status = 'doing', worker_id = %s", [cursor.fetchone()[0]])
    in_a_worker(lambda app: asyncio.run(look_for_stalled(app)))
    assert statuses() == [("todo", 1)]


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_died_while_the_clock_was_ahead_does_not_keep_its_job(heard: list[Event]) -> None:
    with transaction.atomic():
        outbox.record("test.happened", subject_id=None)
    outbox.relay()
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_workers (last_heartbeat) values (now() + interval '1 day') returning id"
        )
        cursor.execute("update procrastinate_jobs set status = 'doing', worker_id = %s", [cursor.fetchone()[0]])
    in_a_worker(lambda app: asyncio.run(look_for_stalled(app)))
    with connection.cursor() as cursor:  # a minute later it has not beaten again
        cursor.execute("update procrastinate_workers set last_heartbeat = last_heartbeat - interval '1 minute'")
    in_a_worker(lambda app: asyncio.run(look_for_stalled(app)))
    assert statuses() == [("todo", 1)]


@pytest.mark.django_db(transaction=True)
def test_a_stalled_job_whose_like_waits_already_stands_in_nobodys_way(heard: list[Event]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_workers (last_heartbeat) values (now() - interval '5 minutes') returning id"
        )
        dead = cursor.fetchone()[0]
        # Jobs that wait once at most: one that died in mid-work, and the one that was put down meanwhile.
        job = (
            "insert into procrastinate_jobs (task_name, queue_name, queueing_lock, status, worker_id) "
            "values ('once', 'care', 'once', "
        )
        cursor.execute(f"{job} 'doing', %s)", [dead])
        cursor.execute(f"{job} 'todo', null)")
    with transaction.atomic():
        outbox.record("test.happened", subject_id=None)
    outbox.relay()
    with connection.cursor() as cursor:
        cursor.execute(
            "update procrastinate_jobs set status = 'doing', worker_id = %s where task_name <> 'once'", [dead]
        )
    in_a_worker(lambda app: asyncio.run(look_for_stalled(app)))
    assert statuses() == [("todo", 1)]
    with connection.cursor() as cursor:
        cursor.execute("select status::text from procrastinate_jobs where task_name = 'once' order by id")
        assert cursor.fetchall() == [("aborted",), ("todo",)]


@pytest.mark.django_db(transaction=True)
def test_the_doctor_names_work_that_nobody_does_and_work_that_fails(heard: list[Event]) -> None:
    with transaction.atomic():
        outbox.record("test.happened", subject_id=None)
    assert list(checks.standing_work()) == []
    with clock.held_at(clock.now() + timedelta(minutes=6)):
        assert "Is a worker running?" in next(checks.standing_work())
    outbox.relay()
    with connection.cursor() as cursor:
        cursor.execute("update procrastinate_jobs set attempts = 6")
    assert "1 jobs of the kind kernel.deliver failed; they are tried again" in next(checks.standing_work())
