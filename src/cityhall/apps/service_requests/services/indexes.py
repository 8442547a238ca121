"""Indexes set aside while a city's first history is loaded: to make them anew is cheaper than to sort each row in.

Nobody is kept waiting for what is not there: until then a city has few requests. They are put back at the end, and
where a load was killed before, by the worker within a minute or by the next load, whichever comes first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from cityhall.apps.service_requests.queries.indexes import missing_indexes, set_aside_by_loads

FEW, MANY = 10_000, 20_000
"""Indexes are set aside where a city has fewer requests than the one, and more than the other are coming."""
_KEY = 0x1D8E5


@contextmanager
def set_aside(coming: int) -> Iterator[None]:
    """Do without the indexes for the time of a load, where that is worth it."""
    aside = coming > MANY and _has_few() and _lock()
    try:
        if aside:
            _drop()
        else:
            put_back()
        yield
    finally:
        if aside:
            put_back()
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", [_KEY])


def put_back() -> None:
    """Make the indexes that are not there, unless a load is under way that has set them aside."""
    missing = missing_indexes()
    if not missing or _migrations_wait():
        return
    for model, index in missing:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select pg_try_advisory_xact_lock(%s)", [_KEY])
            if not cursor.fetchone()[0]:
                return
            # A sort of millions needs room; another process may have been faster.
            cursor.execute("set local maintenance_work_mem = '256MB'")
            cursor.execute("select to_regclass(%s)", [index.name])
            if cursor.fetchone()[0] is None:
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
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [_KEY])
        return bool(cursor.fetchone()[0])


def _drop() -> None:
    names = ", ".join(connection.ops.quote_name(index.name) for _, index in set_aside_by_loads())
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # Somebody who reads for longer keeps the indexes: nobody may wait behind us for it.
            cursor.execute("set local lock_timeout = '2s'")
            cursor.execute(f"drop index if exists {names}")
    except OperationalError:
        put_back()
