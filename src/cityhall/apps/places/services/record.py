"""What every write of place data leaves behind: a new revision, an audit entry and an event."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from cityhall.apps.places.models import City
from cityhall.apps.places.queries.city import ROW
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit, outbox
from cityhall.kernel.django.reading import forget


def touch() -> int:
    """Give the city's place data a new revision (making the city's row if there is none) and return it.

    Revisions come from the clock, not from counting on: one that was rolled back is never given again, so nothing kept
    under it can be taken for what came after.
    """
    City.objects.get_or_create(id=1, defaults={"languages": ["en", "es"]})
    last = City.objects.select_for_update().values_list("revision", flat=True).get(id=1)
    revision = max(last + 1, time.time_ns() // 1000)
    City.objects.filter(id=1).update(revision=revision)
    forget(ROW)
    return revision


def note(actor: Actor, what: str, data: dict[str, Any]) -> int:
    """Record that place data changed, and return the new revision. `what` names it, as in "areas"."""
    revision = touch()
    audit.record(actor, f"places.{what}_changed", subject_kind="places", subject_id=None, data=data)
    outbox.record(f"places.{what}_changed", subject_id=None, data={**data, "revision": revision})
    return revision


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows by COPY, the fastest way in. JSON must be text already."""
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor, cursor.copy(f'copy "{table}" ({names}) from stdin') as copy:
        for row in rows:
            copy.write_row(row)


def merge_rows(
    table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, key: Sequence[str], extra: str = ""
) -> tuple[int, int]:
    """Write rows by COPY, updating those whose `key` is there already (their id stays); return added, updated.

    Rows equal to what is there count as neither. `extra` is SQL run on the table `incoming` before it is merged.
    """
    names = ", ".join(f'"{column}"' for column in columns)
    changing = [column for column in columns if column not in {"id", *key}]
    with connection.cursor() as cursor:
        cursor.execute(f'create temporary table incoming (like "{table}" including defaults) on commit drop')
        copy_rows("incoming", columns, rows)
        if extra:
            cursor.execute(extra)
        match = ", ".join(f'"{column}"' for column in key)
        sets = ", ".join(f'"{column}" = excluded."{column}"' for column in changing)
        differs = " or ".join(f't."{column}" is distinct from excluded."{column}"' for column in changing)
        # xmax is 0 for a row this command inserted and set for one it updated.
        cursor.execute(
            f'with merged as (insert into "{table}" as t ({names})'  # noqa: S608  # names are the models' own
            f" select distinct on ({match}) {names} from incoming order by {match}"
            f" on conflict ({match}) do update set {sets} where {differs} returning (t.xmax = 0) as added)"
            " select count(*) filter (where added), count(*) filter (where not added) from merged"
        )
        added, updated = cursor.fetchone()
        cursor.execute("drop table incoming")
    return int(added), int(updated)
