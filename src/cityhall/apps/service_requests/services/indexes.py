"""Indexes set aside while a city's first history is loaded: to make them anew is cheaper than to sort each row in.

Nobody is kept waiting for what is not there: until then a city has few requests. They are put back at the end, and
where a load was killed before, by the worker within a minute or by the next load, whichever comes first. Those two
let residents file meanwhile; the load itself, which is in a hurry, keeps them waiting while it makes its indexes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import OperationalError, ProgrammingError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from cityhall.apps.service_requests.queries.indexes import Named, missing_indexes, set_aside_by_loads

FEW, MANY = 10_000, 20_000
"""Indexes are set aside where a city has fewer requests than the one, and more than the other are coming."""
_KEY = 0x1D8E5
_PATIENCE = "2s"
_ROOM = "128MB"  # a sort of millions needs it
_LONGEST = "request_words"  # takes as long as all others together, so it is begun first


@contextmanager
def set_aside(coming: int) -> Iterator[None]:
    """Do without the indexes for the time of a load, where that is worth it.

    Args:
        coming: about how many requests are loaded.
    """
    if not (coming > MANY and _has_few() and _lock()):
        put_back()
        yield
        return
    if connection.in_atomic_block:  # given up, it takes this back too
        _drop()
        yield
        connection.check_constraints()  # no index is made of rows whose references wait to be checked
        _make(missing_indexes())
        return
    try:
        _drop()
        yield
    finally:
        _make(missing_indexes())
        _unlock()


def put_back() -> None:
    """Make the indexes that are not there, unless a load is under way that has set them aside.

    Nobody who files meanwhile waits for it.
    """
    if not missing_indexes() or _migrations_wait() or not _lock():
        return
    try:
        missing = missing_indexes()  # another process may just have made them
        if connection.in_atomic_block:
            _make(missing)
        else:
            _make_beside(missing)
    finally:
        _unlock()


def _make_beside(missing: Sequence[Named]) -> None:
    """Make indexes while others write: one after another, for two at a time would wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute(f"set maintenance_work_mem = '{_ROOM}'")
        try:
            for model, index in missing:
                # One that was broken off is there, but of no use.
                cursor.execute(f"drop index concurrently if exists {connection.ops.quote_name(index.name)}")
                with connection.schema_editor(atomic=False) as editor:
                    editor.execute(index.create_sql(model, editor, concurrently=True), params=None)
        finally:
            cursor.execute("reset maintenance_work_mem")


def _make(missing: Sequence[Named]) -> None:
    """Make indexes, two at a time; one after another within a transaction, which nobody else sees into."""
    first = sorted(missing, key=lambda named: named[1].name != _LONGEST)
    if connection.in_atomic_block:
        for one in first:
            _make_one(one)
        return
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(_make_apart, first))


def _make_apart(named: Named) -> None:
    try:
        _make_one(named)
    finally:
        connection.close()  # this thread's own


def _make_one(named: Named) -> None:
    model, index = named
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"set local maintenance_work_mem = '{_ROOM}'")
        cursor.execute("set local max_parallel_maintenance_workers = 0")  # two are made at a time already
        cursor.execute("set local synchronous_commit = off")  # lost with the machine, it is made again
        cursor.execute(f"drop index if exists {connection.ops.quote_name(index.name)}")  # half made by the worker
        with connection.schema_editor() as editor:
            editor.add_index(model, index)


def _migrations_wait() -> bool:
    """Say whether the schema is behind: what is missing then may be a migration's to make."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes("service_requests")))


def _has_few() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from (select from service_requests_servicerequest limit %s) as found", [FEW + 1]
        )
        return bool(cursor.fetchone()[0] <= FEW)


def _lock() -> bool:
    """Take the lock of those who set indexes aside or put them back; within a transaction, until its end."""
    take = "pg_try_advisory_xact_lock" if connection.in_atomic_block else "pg_try_advisory_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"select {take}(%s)", [_KEY])
        return bool(cursor.fetchone()[0])


def _unlock() -> None:
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_unlock(%s)", [_KEY])


def _drop() -> None:
    names = ", ".join(connection.ops.quote_name(index.name) for _, index in set_aside_by_loads())
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # Nobody may wait behind us for somebody who reads for longer.
            cursor.execute(f"set local lock_timeout = '{_PATIENCE}'")
            cursor.execute(f"drop index if exists {names}")
            cursor.execute("set local lock_timeout to default")  # within a transaction it would go on
    except (OperationalError, ProgrammingError):
        return  # in use, or not ours: then the load goes on with them
