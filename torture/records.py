"""What the campaign reads from the city's database, past the application, and the two things it writes there."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import tuple_row


class Records:
    """The database of a city, reached by its data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data

    @property
    def url(self) -> str:
        """Where the database is now."""
        from cityhall.adapters.database.embedded import EmbeddedPostgres

        return EmbeddedPostgres(self.data).url

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Read everything as of one moment."""
        with psycopg.connect(self.url, row_factory=tuple_row, connect_timeout=10) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            yield Snapshot(connection)

    def _write(self, sql: str, *parameters: Any) -> None:
        try:
            with psycopg.connect(self.url, autocommit=True, connect_timeout=10) as connection:
                connection.execute(sql, parameters)
        except (psycopg.OperationalError, FileNotFoundError):
            pass  # it is down: nothing to disturb

    def defer_again(self, most: int) -> None:
        """Put delivery jobs of events that were delivered already, and of the newest ones, into the queue again."""
        self._write(
            """
            insert into procrastinate_jobs (queue_name, task_name, priority, args, status)
            select 'events', 'kernel.deliver', 0, jsonb_build_object('event_id', d.event_id, 'receiver', d.receiver),
                'todo'
            from (
                (select event_id, receiver from kernel_delivery order by random() limit %s)
                union all
                (select id, 'service_requests.followers' from kernel_outboxevent
                 where kind in ('service_requests.closed', 'service_requests.scheduled') order by id desc limit %s)
            ) d
            """,
            most,
            most,
        )

    def take_marks_away(self, most: int) -> None:
        """Make the relay forget that it relayed the newest events."""
        self._write(
            "update kernel_outboxevent set relayed_at = null where id in"
            " (select id from kernel_outboxevent where relayed_at is not null order by id desc limit %s)",
            most,
        )

    def hurry(self) -> None:
        """Let what waits for its next try be tried now: at the end the campaign does not wait for hours."""
        self._write("update procrastinate_jobs set scheduled_at = null where status = 'todo' and scheduled_at > now()")
        self._write(
            "update notify_message set send_after = now() where sent_at is null and failed_at is null"
            " and send_after > now()"
        )


class Snapshot:
    """One moment of the database."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def rows(self, sql: str, *parameters: Any) -> Sequence[tuple[Any, ...]]:
        """Return what a query gives."""
        return self._connection.execute(sql, parameters or None).fetchall()

    def value(self, sql: str, *parameters: Any) -> Any:
        """Return the first value of the first row."""
        return self.rows(sql, *parameters)[0][0]


def point_django_at(data: Path, url: str) -> None:
    """Make Django of this process read the city, for what only the application itself can check."""
    os.environ.update(CITYHALL_DATA=str(data), DATABASE_URL=url, CITYHALL_LOG_LEVEL="ERROR")
    os.environ["DJANGO_SETTINGS_MODULE"] = "cityhall.config.settings"
    import django

    django.setup()
