"""Which database this installation uses, and how its schema comes to be."""

from __future__ import annotations

import os
from pathlib import Path

from cityhall.adapters.database import embedded
from cityhall.adapters.database.embedded import DatabaseProblem, EmbeddedPostgres
from cityhall.config import environment

__all__ = ["DatabaseProblem", "EmbeddedPostgres", "embedded_server", "prepare_schema", "program"]

SCHEMA = Path(__file__).with_name("schema.sql")


def embedded_server() -> EmbeddedPostgres | None:
    """Return the data folder's own server, None when DATABASE_URL names another."""
    return None if os.environ.get("DATABASE_URL") else EmbeddedPostgres(environment.data_folder())


def program(name: str) -> str:
    """Return the path of a PostgreSQL client program that came with us (`pg_dump`, `pg_restore`)."""
    return str(embedded.tool(name))


def prepare_schema() -> bool:
    """Bring the database to this release's schema; True when it was empty before.

    An empty database is given the schema as it was dumped (a second instead of fifteen), then migrated like any
    other, so that a dump that is behind the migrations is never wrong, only slower. One that lacks no migration is
    left alone: Django's command would draw all models and look for all their permissions anew.
    """
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    with connection.cursor() as cursor:
        cursor.execute("select count(*) from information_schema.tables where table_schema = 'public'")
        empty = bool(cursor.fetchone()[0] == 0)
        if empty and SCHEMA.exists():
            cursor.execute(SCHEMA.read_text(encoding="utf-8"))
            cursor.execute("select pg_catalog.set_config('search_path', 'public', false)")
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    connection.close()
    if empty or missing:
        call_command("migrate", verbosity=0, interactive=False)
    return empty
