"""What a file has said so far: a temporary table, so that a file of millions needs no more memory than a small one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from django.db import connection

from cityhall.apps.service_requests.services import copying

_TABLE = "import_seen"
_REPEATS = "import_repeats"
_FIRST_ANALYZE = 20_000


class Seen:
    """What this file's rows said, and which request they repeat.

    Rows that this import itself wrote are not kept: the record of them says the same.
    """

    def __init__(self) -> None:
        self._rows = 0
        self._analyze_at = _FIRST_ANALYZE
        self.forget()
        with connection.cursor() as cursor:
            cursor.execute(
                f'create temporary table {_TABLE} (external_id text collate "C" primary key, fingerprint text not null)'
            )
            cursor.execute(
                f'create temporary table {_REPEATS} (external_id text collate "C" primary key, parent text not null)'
            )

    def find(self, external_ids: Iterable[str]) -> dict[str, str]:
        """Return the fingerprints of those that were read before."""
        if not self._rows:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(
                f"select external_id, fingerprint from {_TABLE} where external_id = any(%s::text[])",  # noqa: S608
                [copying.array(external_ids)],
            )
            return dict(cursor.fetchall())

    def add(self, rows: Mapping[str, str]) -> None:
        """Remember rows: external id to fingerprint."""
        lines = [f"{copying.text(external_id)}\t{fingerprint}" for external_id, fingerprint in rows.items()]
        copying.copy_in([copying.Copy(_TABLE, ("external_id", "fingerprint"), lines)])
        self._rows += len(rows)
        if self._rows >= self._analyze_at:
            # Nobody analyses a temporary table but its owner; without this each batch would read all of it.
            self._analyze_at *= 4
            with connection.cursor() as cursor:
                cursor.execute(f"analyze {_TABLE}")

    def repeat(self, rows: Mapping[str, str]) -> None:
        """Remember rows that repeat another: external id to that of the other."""
        lines = [f"{copying.text(external_id)}\t{copying.text(parent)}" for external_id, parent in rows.items()]
        copying.copy_in([copying.Copy(_REPEATS, ("external_id", "parent"), lines)])

    def repeats(self, size: int) -> Iterator[list[tuple[str, str]]]:
        """Iterate over batches of (external id, parent's external id), of the rows that repeat another."""
        last = ""
        while True:
            with connection.cursor() as cursor:
                cursor.execute(
                    f"select external_id, parent from {_REPEATS} where external_id > %s"  # noqa: S608
                    " order by external_id limit %s",
                    [last, size],
                )
                batch = [(row[0], row[1]) for row in cursor.fetchall()]
            if not batch:
                return
            last = batch[-1][0]
            yield batch

    def forget(self) -> None:
        """Drop the tables."""
        with connection.cursor() as cursor:
            cursor.execute(f"drop table if exists {_TABLE}, {_REPEATS}")
