"""What must hold before /readyz says yes."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor


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


_migrated = False  # once true it stays true: a process never outlives its release's schema
