"""Which database this installation uses, and how its schema comes to be."""

from __future__ import annotations

import os
from pathlib import Path

from cityhall.adapters.database import embedded
from cityhall.adapters.database.embedded import DatabaseProblem, EmbeddedPostgres
from cityhall.config import environment

__all__ = [
    "DatabaseProblem",
    "EarlierRelease",
    "EmbeddedPostgres",
    "embedded_server",
    "lacks_migrations",
    "prepare_schema",
    "program",
    "refuse_earlier_release",
]

SCHEMA = Path(__file__).with_name("schema.sql")


class EarlierRelease(Exception):
    """The database holds a city that an earlier release made; the message says what to do."""

    #: With what status a service ends that may not serve it: systemd need not try again.
    STATUS = 78

    def __init__(self) -> None:
        super().__init__("This city belongs to an earlier release. Close it and run `cityhall upgrade`.")


def embedded_server() -> EmbeddedPostgres | None:
    """Return the data folder's own server, None when DATABASE_URL names another."""
    return None if os.environ.get("DATABASE_URL") else EmbeddedPostgres(environment.data_folder())


def program(name: str) -> str:
    """Return the path of a PostgreSQL client program that came with us (`pg_dump`, `pg_restore`)."""
    return str(embedded.tool(name))


def prepare_schema(*, may_migrate: bool = True) -> bool:
    """Bring the database to this release's schema; True when it was empty before.

    An empty database is given the schema as it was dumped (a second instead of fifteen), then migrated like any
    other, so that a dump that is behind the migrations is never wrong, only slower. One that lacks no migration is
    left alone: Django's command would draw all models and look for all their permissions anew.

    Args:
        may_migrate: whether a city of an earlier release is migrated. It has no way back then, as no backup was made.

    Raises:
        EarlierRelease: it holds such a city, which may not be migrated.
    """
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select count(*) from information_schema.tables where table_schema = 'public'")
        empty = bool(cursor.fetchone()[0] == 0)
        if empty and SCHEMA.exists():
            cursor.execute(SCHEMA.read_text(encoding="utf-8"))
            cursor.execute("select pg_catalog.set_config('search_path', 'public', false)")
    lacking, holds_a_city = _look()
    if lacking and holds_a_city and not empty and not may_migrate:
        raise EarlierRelease
    if empty or lacking:
        call_command("migrate", verbosity=0, interactive=False)
    return empty


def lacks_migrations() -> bool:
    """Say whether the database has not had every migration of this release."""
    return _look()[0]


def refuse_earlier_release() -> None:
    """Refuse a city that an earlier release made; a database without a city is none.

    Raises:
        EarlierRelease: it holds such a city.
    """
    if all(_look()):
        raise EarlierRelease


def _look() -> tuple[bool, bool]:
    """Say whether a migration of this release is lacking, and whether the database has had any."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    connection.close()
    return bool(missing), bool(executor.loader.applied_migrations)
