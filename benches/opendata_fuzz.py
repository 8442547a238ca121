"""Hundreds of thousands of questions nobody should ask of open data: `python benches/opendata_fuzz.py`.

Each is put to one of the languages (tests/support/questions.py). What is read is also asked of DuckDB, over a small
snapshot that lies beside a file nobody may read; no answer may hold that file's text or this process's environment.
Whatever is neither an answer nor a refusal ends the run with the seed that made it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.support import questions

from cityhall.adapters.analytics.duckdb.engine import DuckDb
from cityhall.adapters.snapshots.duckdb import DuckDbSnapshots
from cityhall.kernel.analytics.errors import QueryError
from cityhall.kernel.analytics.port import Limits, SnapshotSource
from cityhall.kernel.snapshots import QUERY_FILE, ColumnType, SnapshotColumn, SnapshotJob

OUTSIDE = "canary-of-another-file"
_ROWS = "name,a,b,opened,lng,lat,open\n" + "".join(
    f"Row {at},{at},{at * 1.5},2025-01-0{1 + at % 9},-117.{at:02},32.{at:02},{'yes' if at % 2 else 'no'}\n"
    for at in range(60)
)


def snapshot(folder: Path) -> SnapshotSource:
    """Write the rows that are asked."""
    file, place = folder / "rows.csv", folder / "1"
    file.write_text(_ROWS, encoding="utf-8")
    place.mkdir()
    columns = [
        SnapshotColumn("place", "", ColumnType.POINT, longitude="lng", latitude="lat")
        if one.name == "place"
        else SnapshotColumn(one.name, one.name, ColumnType(one.type.value))
        for one in questions.COLUMNS
    ]
    DuckDbSnapshots().write(SnapshotJob(file, place, columns, (), None, datetime(2026, 1, 1, tzinfo=UTC)))
    return SnapshotSource(questions.COLUMNS, query_file=place / QUERY_FILE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=300_000)
    count = parser.parse_args().questions
    os.environ["OUTSIDE"] = OUTSIDE
    engine, languages = DuckDb(), list(questions.LANGUAGES)
    put, read, answered, began = Counter(), Counter(), Counter(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "outside.csv").write_text(f"a\n{OUTSIDE}\n", encoding="utf-8")
        os.chdir(folder)
        source = snapshot(Path(folder))
        for seed in range(count):
            language = languages[seed % len(languages)]
            put[language] += 1
            try:
                was_read, query = questions.put(language, seed)
                read[language] += was_read
                if query is not None:
                    answered[language] += _ask(engine, source, query)
            except Exception as problem:
                sys.exit(f"{language}, seed {seed}: {problem!r}")
        engine.close()
    print("| Language | Put | Read | Answered by the engine |\n|---|---|---|---|")
    for language in languages:
        reached = f"{answered[language]:,}" if answered[language] else ""
        print(f"| {language} | {put[language]:,} | {read[language]:,} | {reached} |")
    print(f"\n{count:,} in {time.monotonic() - began:.0f} s; none broke anything.")


def _ask(engine: DuckDb, source: SnapshotSource, query: questions.Query) -> bool:
    """Say whether a query was answered, and not refused by the engine for what is in the rows."""
    try:
        with engine.run(source, query, Limits(seconds=10, rows=1_000)) as result:
            for batch in result.batches():
                assert OUTSIDE not in str(batch.to_pylist()), "an answer holds what is outside"
    except QueryError:
        return False
    return True


if __name__ == "__main__":
    main()
