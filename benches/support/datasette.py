"""Datasette, installed from PyPI into an environment of its own that is kept for the next run, over the same file."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from benches.support.asking import connected, fetched, timed

TABLE_PORT = 18413
ROOT = Path(__file__).resolve().parents[2]
_TOOL = Path(".cache/datasette/bin/datasette")


@contextmanager
def datasette(file: Path, scratch: Path) -> Iterator[Callable[[str], float] | None]:
    """Serve the same file with Datasette inside the block; yields what times a statement, None where it cannot be."""
    database, tool = scratch / "city.db", ROOT / _TOOL.parent
    steps = [
        ["make", "--silent", str(_TOOL)],
        [str(tool / "sqlite-utils"), "insert", str(database), "requests", str(file), "--csv", "--silent"],
        [str(tool / "sqlite-utils"), "create-index", str(database), "requests", "service_name"],
        [str(tool / "sqlite-utils"), "create-index", str(database), "requests", "requested_at"],
    ]
    for step in steps:
        done = subprocess.run(step, cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            print(f"Datasette was left out: `{Path(step[0]).name} {step[1]}` did not work.", flush=True)
            yield None
            return
    command = [str(tool / "datasette"), "serve", str(database), "--port", str(TABLE_PORT), "--setting",
               "sql_time_limit_ms", "120000"]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield _asks_datasette
    finally:
        server.terminate()
        server.wait(30)


def _asks_datasette(statement: str) -> float:
    path = f"/city.json?{urlencode({'sql': statement, '_shape': 'array'})}"
    for _ in range(300):
        try:
            connection = connected(port=TABLE_PORT)
            break
        except OSError:
            time.sleep(0.1)
    else:
        raise RuntimeError("Datasette does not answer")
    times = [timed(lambda: fetched(connection, path)) for _ in range(6)]
    connection.close()
    return statistics.median(times[1:])
