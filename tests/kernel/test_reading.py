"""Prepared statements, rows written together, and a connection that went away."""

from __future__ import annotations

import pytest
from django.db import DataError, IntegrityError, OperationalError, connection, transaction

from cityhall.adapters.database.postgresql import base
from cityhall.kernel import clock
from cityhall.kernel.django import outbox, reading
from cityhall.kernel.django.models import AuditEntry, OutboxEvent
from cityhall.kernel.django.reading import Remembering, forget, insert, instances, read, remembered, shared, together


def event(kind: str) -> OutboxEvent:
    return OutboxEvent(kind=kind, subject_id=None, at=clock.now(), data={"ñ": [1, None]})


@pytest.mark.django_db
def test_rows_come_back_as_they_were_written() -> None:
    made = event("a.b")
    entry = AuditEntry(at=clock.now(), actor_kind="system", action="x", subject_kind="y", data={})
    with together():
        insert(made)
        insert(entry)
        assert not OutboxEvent.objects.exists()
    assert OutboxEvent.objects.get() == made
    assert instances(OutboxEvent, "kind = %s::varchar", ["a.b"])[0].data == {"ñ": [1, None]}
    assert instances(AuditEntry, "true", leave_out="data")[0].id == entry.id


@pytest.mark.django_db
def test_rows_that_say_what_they_said_are_the_same_and_a_change_is_seen_at_once() -> None:
    insert(event("a.b"))
    wanted = OutboxEvent, "kind = %s::varchar", ["a.b"]
    first, again = shared(*wanted), shared(*wanted)
    assert first[0] is again[0] and first[0].data == {"ñ": [1, None]}
    OutboxEvent.objects.update(data={"changed": True})
    assert [one.data for one in shared(*wanted)] == [{"changed": True}]
    OutboxEvent.objects.all().delete()
    assert shared(*wanted) == []
    before = len(reading._shared)
    assert shared(OutboxEvent, "kind = %s::varchar", ["x" * 80]) == []
    assert len(reading._shared) == before, "what is asked for in vain fills no memory"


@pytest.mark.django_db
def test_what_was_to_be_written_together_is_dropped_when_the_work_fails() -> None:
    with pytest.raises(ValueError), together():
        insert(event("a.b"))
        raise ValueError
    assert not OutboxEvent.objects.exists()
    insert(event("c.d"))
    assert OutboxEvent.objects.get().kind == "c.d"


@pytest.mark.django_db(transaction=True)
def test_what_is_written_together_needs_no_transaction_to_be_kept_whole_or_not_at_all() -> None:
    with pytest.raises(DataError), together():
        outbox.record("a.b", subject_id=None)
        insert(event("k" * 81))
    assert not OutboxEvent.objects.exists()
    with together():
        outbox.record("a.b", subject_id=None)
        outbox.record("c.d", subject_id=None)
    assert OutboxEvent.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_prepared_statement_outlives_a_transaction_that_failed() -> None:
    with pytest.raises(DataError), transaction.atomic():
        assert read("select 1 / %s::int", [1]) == [(1,)]
        read("select 1 / %s::int", [0])
    assert not connection.in_atomic_block
    assert read("select 1 / %s::int", [1]) == [(1,)]


@pytest.mark.django_db
def test_a_connection_keeps_few_statements_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "_MOST_PREPARED", 3)
    for _ in range(2):
        assert [read(f"select {number}")[0][0] for number in range(5)] == [0, 1, 2, 3, 4]
    assert read("select count(*) from pg_prepared_statements")[0][0] <= 3


@pytest.mark.django_db
def test_too_long_a_text_is_refused_and_not_cut() -> None:
    with pytest.raises(DataError), transaction.atomic():
        insert(event("k" * 81))


@pytest.mark.django_db
def test_a_key_that_is_taken_is_refused() -> None:
    made = event("a.b")
    insert(made)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(made)


def test_a_request_reads_once_and_again_after_a_write() -> None:
    asked = []

    def make() -> int:
        asked.append(1)
        return len(asked)

    assert (remembered("k", make), remembered("k", make)) == (1, 2)
    with Remembering():
        assert (remembered("k", make), remembered("k", make)) == (3, 3)
        forget("k")
        assert remembered("k", make) == 4
    assert remembered("k", make) == 5


@pytest.mark.django_db(transaction=True)
def test_a_connection_the_server_ended_is_noticed() -> None:
    assert read("select 1") == [(1,)]
    mine = read("select pg_backend_pid()")[0][0]
    assert connection.is_usable()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("select pg_terminate_backend(%s, 5000)", [mine])
    finally:
        other.close()
    assert not connection.is_usable()
    connection.close()
    assert read("select 1") == [(1,)]


@pytest.mark.django_db(transaction=True)
def test_a_server_that_goes_in_the_middle_is_told_of_as_such() -> None:
    try:
        for _ in range(2):
            with pytest.raises(OperationalError):
                read("select pg_terminate_backend(pg_backend_pid())")
    finally:
        connection.close()
    assert read("select 1") == [(1,)]
