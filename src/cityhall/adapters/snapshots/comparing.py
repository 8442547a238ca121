"""DuckDB finds what differs between two snapshots, and writes it as a table that is queried like any snapshot."""
# ruff: noqa: S608 — what is put into statements is quoted by `name` and `text`.

from __future__ import annotations

import threading

import duckdb

from cityhall.adapters.disk import fullness_told
from cityhall.adapters.snapshots.columns import name, text
from cityhall.adapters.snapshots.parts import rows_of
from cityhall.kernel.analytics.columns import CREATED_AT, ID, TABLE, UPDATED_AT
from cityhall.kernel.analytics.errors import TimedOut, TooMuchMemory
from cityhall.kernel.comparing import CHANGE, Comparison
from cityhall.kernel.snapshots import PART_FILE

_MEMORY = "512MB"


class DuckDbComparer:
    """Compares within half a gigabyte of memory; what does not fit goes beside the file."""

    def compare(self, comparison: Comparison, *, seconds: float) -> None:
        """Write the file. The parts are read, not the query files, which the engine may hold open."""
        for folder in (comparison.earlier, comparison.later):
            if not (folder / PART_FILE).is_file():
                raise FileNotFoundError(folder / PART_FILE)
        session = duckdb.connect(str(comparison.file))
        watch = threading.Timer(seconds, session.interrupt)
        watch.daemon = True
        watch.start()
        try:
            session.execute(f"set memory_limit = '{_MEMORY}'")
            session.execute(f"set temp_directory = {text(comparison.file.parent / 'spilled')}")
            session.execute("set autoinstall_known_extensions = false; set autoload_known_extensions = false")
            with fullness_told():
                session.execute(_statement(comparison))
                session.execute("checkpoint")
        except duckdb.InterruptException as stopped:
            raise TimedOut(seconds) from stopped
        except duckdb.OutOfMemoryException as full:
            raise TooMuchMemory from full
        finally:
            watch.cancel()
            session.close()


def _statement(comparison: Comparison) -> str:
    earlier, later = (rows_of(one) for one in (comparison.earlier, comparison.later))
    system = ", ".join(f"there.{name(one)}" for one in (ID, CREATED_AT, UPDATED_AT))
    stored = {column.name: [name(one) for one in column.stored] for column in comparison.columns}
    values = "".join(f", there.{one}" for names in stored.values() for one in names)
    told = "".join(f", there.{one}" for column in comparison.told for one in stored[column])
    return f"""
        create table {TABLE} as from (
            select {system}, case when past.{name(ID)} is null then 'added' else 'changed' end
                as {name(CHANGE.name)}{values}
            from {later} there left join {earlier} past using ({name(ID)})
            where past.":digest"::varchar is distinct from there.":digest"::varchar
            union all by name
            select {system}, 'removed' as {name(CHANGE.name)}{told}
            from {earlier} there anti join {later} past using ({name(ID)})
        ) order by {name(ID)}
    """
