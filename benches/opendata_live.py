"""What a minute of a live dataset costs: `python benches/opendata_live.py [--rows 30000 1000000]`.

One row of many changes. It is written beside the base (as the product does), and with all rows copied (as it does when
much differs), in turns, by the product's own writer. Then one row of 200 has changed, and both snapshots are
asked the same, by the product's engine. All is processor time of this process and its threads, so that a busy machine
changes little; medians of five.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb

from cityhall.adapters.analytics.duckdb.engine import DuckDb
from cityhall.adapters.snapshots import appending
from cityhall.adapters.snapshots.duckdb import DuckDbSnapshots
from cityhall.apps.opendata.soql.parameters import read_parameters
from cityhall.kernel.analytics.columns import Column
from cityhall.kernel.analytics.port import Delta, Limits, SnapshotSource
from cityhall.kernel.snapshots import (
    DELTA_FILE,
    GONE_FILE,
    PART_FILE,
    QUERY_FILE,
    ColumnType,
    Kept,
    SnapshotColumn,
    SnapshotJob,
)

REPEATS = 5
COLUMNS = (
    SnapshotColumn("number", "number", ColumnType.TEXT, required=True),
    SnapshotColumn("service", "service", ColumnType.TEXT),
    SnapshotColumn("requested_at", "requested_at", ColumnType.TIMESTAMP),
    SnapshotColumn("description", "description", ColumnType.TEXT),
    SnapshotColumn("days", "days", ColumnType.NUMBER),
    SnapshotColumn("location", "", ColumnType.POINT, longitude="lng", latitude="lat"),
)
_CSV = """
copy (
    select 'SR-' || n as number, 'Service ' || n % 40 as service, timestamp '2016-01-01' + to_seconds(n * 300) as
        requested_at, $words || md5(n::varchar) || ' by the ' || n % 977 as description, n % 90 as days,
        -117.3 + n % 9973 / 20000 as lng, 32.6 + n % 7919 / 20000 as lat
    from range($first, $last) t(n)
) to '$file' (format csv, header true)
"""
_QUESTIONS: dict[str, dict[str, str]] = {
    "count": {"$select": "count(*)"},
    "filter and group": {"$select": "service, count(*)", "$where": "days > 45", "$group": "service"},
    "newest 1,000": {"$order": "requested_at DESC", "$limit": "1000"},
    "first 1,000": {"$limit": "1000"},
    "1,000 from the middle": {"$limit": "1000", "$offset": ""},
    "all rows": {},
}


def main() -> int:
    """Measure and print, for each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="*", default=[30_000, 1_000_000])
    for rows in parser.parse_args().rows:
        with tempfile.TemporaryDirectory(prefix="cityhall-live-") as scratch:
            measure(Path(scratch), rows)
    return 0


def measure(home: Path, rows: int) -> None:
    """Write a base, then minutes after it in both ways."""
    spent, _ = processor(write, home / "base", None, 0, rows)
    print(f"{rows:,} rows, all written: {spent:.2f} s", flush=True)
    some, everything, many = [], [], max(1, rows // 200)
    for turn in range(REPEATS):
        some.append(processor(write, home / f"some{turn}", home / "base", turn, turn + 1)[0])
        with mock.patch.object(appending, "append", lambda *_given: None):
            everything.append(processor(write, home / f"all{turn}", home / "base", turn, turn + 1)[0])
    told = statistics.median(some), statistics.median(everything)
    print(
        f"  one row changed: {told[0]:.3f} s beside the base, {told[1]:.3f} s with all rows: 1/{told[1] / told[0]:.0f}"
    )
    write(home / "many", home / "base", 0, many)
    with mock.patch.object(appending, "append", lambda *_given: None):
        write(home / "flat", home / "base", 0, many)
    after = [processor(write, home / f"more{turn}", home / "many", rows - 1, rows)[0] for turn in range(REPEATS)]
    print(f"  one more after {many:,} had changed: {statistics.median(after):.3f} s", flush=True)
    ask(home, rows)


def write(folder: Path, before: Path | None, first: int, last: int) -> None:
    """Write a snapshot of these rows, changed, and of all others of the one before."""
    folder.mkdir()
    file = folder.with_suffix(".csv")
    with duckdb.connect() as session:
        words = "'changed '" if before else "''"
        given = {"$words": words, "$first": str(first), "$last": str(last), "$file": str(file)}
        statement = _CSV
        for name, value in given.items():
            statement = statement.replace(name, value)
        session.execute(statement)
    kept = Kept("number", tuple(f"SR-{number}" for number in range(first, last))) if before else None
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    DuckDbSnapshots().write(SnapshotJob(file, folder, COLUMNS, ("number",), before, at, kept=kept))


def ask(home: Path, rows: int) -> None:
    """Ask the same of a snapshot with a delta and of one without, in turns."""
    engine = DuckDb()
    for name, asked in _QUESTIONS.items():
        parameters = {key: value or str(rows // 2) for key, value in asked.items()}
        taken: dict[str, list[float]] = {"many": [], "flat": []}
        answers = []
        for _ in range(REPEATS + 2):
            for place, spent in taken.items():
                source = source_of(home / place)
                query = read_parameters(list(parameters.items()), source.all_columns, rows=None)
                took, found = processor(answered, engine, source, query, not parameters)
                spent.append(1000 * took)
                answers.append(found)
        assert all(one == answers[0] for one in answers), f"{name}: answers differ"
        medians = {place: statistics.median(spent[2:]) for place, spent in taken.items()}
        print(f"  {name:22}{medians['many']:8.1f} ms with a delta, {medians['flat']:8.1f} ms without", flush=True)
    engine.close()


def source_of(folder: Path) -> SnapshotSource:
    """Return where a snapshot's rows lie."""
    columns = tuple(Column(one.name, one.type.kept_as) for one in COLUMNS)
    delta = Delta(folder / DELTA_FILE, folder / GONE_FILE) if (folder / DELTA_FILE).is_file() else None
    return SnapshotSource(columns, folder / QUERY_FILE, (folder / PART_FILE,), delta)


def answered(engine: DuckDb, source: SnapshotSource, query: Any, whole: bool) -> Any:
    """Return an answer; of all rows only how many they are."""
    with engine.run(source, query, Limits(300)) as result:
        if whole:
            return sum(batch.num_rows for batch in result.batches())
        return sorted(tuple(map(str, row.values())) for batch in result.batches() for row in batch.to_pylist())


def processor(work: Callable[..., Any], *given: Any) -> tuple[float, Any]:
    """Return the processor seconds that something takes, and what it returns."""
    began = time.process_time()
    found = work(*given)
    return time.process_time() - began, found


if __name__ == "__main__":
    sys.exit(main())
