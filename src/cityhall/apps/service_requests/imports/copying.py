"""Writing many rows at once by PostgreSQL's COPY, and the ids and numbers they need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def copy_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Copy `rows` into the model's table. JSON values are given as text."""
    copy_into(model._meta.db_table, columns, rows)


def copy_into(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Copy `rows` into `table`. Table and columns are ours, never anybody's input."""
    quoted = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor, cursor.copy(f'copy "{table}" ({quoted}) from stdin') as copy:
        for row in rows:
            copy.write_row(row)


def next_numbers(count: int) -> list[int]:
    """Return `count` request numbers nobody has."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval('service_requests_number') from generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]


def keep_numbers_above(number: int) -> None:
    """See that numbers given out from now on are higher than `number`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select setval('service_requests_number', %s) from service_requests_number where last_value < %s",
            [number, number],
        )
