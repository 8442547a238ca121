"""Datasette, installed from PyPI into an environment of its own that is kept for the next run, over the same file."""

from __future__ import annotations

import sqlite3
import statistics
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benches.support.asking import connected, fetched, timed

TABLE_PORT = 18413
ROOT = Path(__file__).resolve().parents[2]
LIMIT_MS = 1000
"""What Datasette allows a statement when nobody says otherwise."""
_LONG_MS = 120_000
_REPEATS = 5
_ROWS_AT_ONCE = 20_000
_TOOL = Path(".cache/datasette/bin/datasette")
_KINDS = {"BIGINT": "integer", "DOUBLE": "float"}
_INDEXED = ("service_name", "requested_at")


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds that Datasette took for a statement, None where its time limit came first.

    Args:
        as_it_comes: with its own limit of `LIMIT_MS`, over the table as it was imported.
        indexed: with a limit of two minutes, and indexes on the service and the time.
    """

    as_it_comes: float | None
    indexed: float | None


def datasette(file: Path, scratch: Path, statements: Mapping[str, str]) -> Mapping[str, Took]:
    """Time statements in Datasette, which runs while nothing else does; nothing where it cannot be installed."""
    made = subprocess.run(["make", "--silent", str(_TOOL)], cwd=ROOT, capture_output=True, text=True)
    if made.returncode:
        print(f"Datasette was left out: `make {_TOOL}` did not work.", flush=True)
        return {}
    database = scratch / "city.db"
    began = time.perf_counter()
    rows = _filled(database, file)
    print(f"{'Datasette':22}{rows:,} rows were put into SQLite in {time.perf_counter() - began:.0f} s", flush=True)
    with _served(database):
        plain = {name: _asked(statement) for name, statement in statements.items()}
    _index(database)
    with _served(database, "--setting", "sql_time_limit_ms", str(_LONG_MS)):
        indexed = {name: _asked(statement) for name, statement in statements.items()}
    database.unlink()
    return {name: Took(plain[name], indexed[name]) for name in statements}


def _filled(database: Path, file: Path) -> int:
    """Make the table that `sqlite-utils insert --csv` makes, without its hours: numbers are numbers, the rest texts."""
    import duckdb

    reader = duckdb.connect()
    columns = reader.execute("describe select * from read_csv($1)", [str(file)]).fetchall()
    told = ", ".join(f'"{name}" {_KINDS.get(kind, "text")}' for name, kind, *_ in columns)
    found = reader.execute("select * from read_csv($1, all_varchar = true)", [str(file)])
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("pragma journal_mode = off")
    connection.execute("pragma synchronous = off")
    connection.execute(f"create table requests ({told})")
    connection.execute("begin")
    places = ", ".join("?" for _ in columns)
    connection.executemany(f"insert into requests values ({places})", _rows(found))  # question marks
    connection.execute("commit")
    [rows] = connection.execute("select count(*) from requests").fetchone()
    connection.close()
    reader.close()
    return int(rows)


def _rows(found: Any) -> Iterator[Iterable[Any]]:
    while rows := found.fetchmany(_ROWS_AT_ONCE):
        yield from rows


def _index(database: Path) -> None:
    connection = sqlite3.connect(database)
    for name in _INDEXED:
        connection.execute(f"create index by_{name} on requests ({name})")
    connection.close()


@contextmanager
def _served(database: Path, *settings: str) -> Iterator[None]:
    """Serve the file inside the block."""
    command = [str(ROOT / _TOOL), "serve", str(database), "--port", str(TABLE_PORT), *settings]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                connected(port=TABLE_PORT).close()
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise RuntimeError("Datasette does not answer")
        yield
    finally:
        server.terminate()
        server.wait(30)


def _asked(statement: str) -> float | None:
    """Return the median of a statement's times after one to warm up; None when it takes longer than it may twice."""
    path = f"/city.json?{urlencode({'sql': statement, '_shape': 'array'})}"
    connection, times, late = connected(port=TABLE_PORT), [], 0
    while len(times) <= _REPEATS and late < 2:
        try:
            times.append(timed(lambda: fetched(connection, path)))
        except RuntimeError as refused:
            if "too long" not in str(refused):
                raise
            late += 1
    connection.close()
    return statistics.median(times[1:]) if late < 2 else None
