"""What must hold before /readyz says yes, and what `cityhall doctor` finds in the work that waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from cityhall.config import engines
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
                return "the schema is behind this release: close the city and run `cityhall upgrade`"
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


def almighty_role() -> Iterator[str]:
    """Yield that the city's role may do more than it needs: what came into its database could start programs."""
    with connection.cursor() as cursor:
        cursor.execute("select rolsuper from pg_roles where rolname = current_user")
        if cursor.fetchone() == (True,):
            yield (
                "The city's database role is a superuser. Back up and restore into a new data folder, which has an"
                " ordinary one; or give your own server's role `nosuperuser`."
            )


def missing_standby() -> Iterator[str]:
    """Yield that nothing can be filed, since the database waits for a standby that is not there."""
    with connection.cursor() as cursor:
        # Which standby is in step only a monitoring role may read; that one is connected, everybody.
        cursor.execute(
            "select current_setting('synchronous_standby_names') <> '' and current_setting('synchronous_commit')"
            " not in ('off', 'local') and not exists (select from pg_stat_replication)"
        )
        if cursor.fetchone() == (True,):
            yield (
                "Nothing can be filed: the database waits for a standby, and none is connected. Start the standby, or"
                " let the database go on alone: alter system reset synchronous_standby_names; select pg_reload_conf();"
            )


def analytics_trouble() -> Iterator[str]:
    """Yield what keeps open data from being read or queried where it lies on other machines."""
    if settings.CITYHALL_SNAPSHOTS and not Path(settings.CITYHALL_SNAPSHOTS).is_dir():
        yield f"CITYHALL_SNAPSHOTS names {settings.CITYHALL_SNAPSHOTS}, which is no folder here. Is it mounted?"
    if settings.CITYHALL_ANALYTICS and (problem := engines.analytics().trouble()):
        yield f"The server of CITYHALL_ANALYTICS does not answer ({problem}). Is it running? Can this machine reach it?"


_migrated = False  # once true it stays true: a process never outlives its release's schema
