"""What must hold before /readyz says yes, and what `cityhall doctor` finds in the work that waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from cityhall.kernel import clock
from cityhall.kernel.django.models import OutboxEvent

_PATIENCE = timedelta(minutes=5)
_TRIES = 5


def database_problem() -> str:
    """Return what is wrong with the database, "" when it answers and is migrated."""
    global _migrated
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        if not _migrated:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                return "the schema is behind this release: run cityhall migrate"
            _migrated = True
    except DatabaseError as problem:
        return f"the database does not answer ({type(problem).__name__}): is it running?"
    return ""


def standing_work() -> Iterator[str]:
    """Yield what is wrong with background work: nobody does it, or something in it fails again and again."""
    waiting = OutboxEvent.objects.filter(relayed_at__isnull=True, at__lt=clock.now() - _PATIENCE)
    if waiting.exists():
        yield "Events have waited for over five minutes. Is a worker running? Start `cityhall worker`, or `serve`."
    with connection.cursor() as cursor:
        cursor.execute(
            "select task_name, count(*), bool_or(status = 'failed') from procrastinate_jobs"
            " where status = 'failed' or (status = 'todo' and attempts >= %s) group by task_name order by task_name",
            [_TRIES],
        )
        for task, count, given_up in cursor.fetchall():
            last = "some were given up" if given_up else "they are tried again once an hour at least"
            yield f"{count} jobs of the kind {task} failed; {last}. The worker's log says why."


_migrated = False  # once true it stays true: a process never outlives its release's schema
