"""DuckDB in process beside Sail, a Spark Connect server on this machine: `python benches/engines.py [--rows 1000000]`.

Both are asked through the port that the product uses, the same questions about the same rows: DuckDB of a query file,
Sail of the Parquet part beside it. Medians of five, warm, in turns; their answers are compared. What this does not
show is several machines, which is what Spark is for. Sail must be installed: `make sail`.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benches import opendata
from tests.support import spark

REPEATS = 5
_ROWS = """
create table rows as
select lpad(row_number() over ()::varchar, 10, '0') as ":id", requested_at as ":created_at",
    requested_at as ":updated_at", service_request_id, requested_at, closed_at, service_name, status,
    council_district::double as council_district, address, lng as "location.lon", lat as "location.lat", origin
from read_csv('$file', header = true, types = {'requested_at': 'TIMESTAMP', 'closed_at': 'TIMESTAMP'})
"""


def main() -> int:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=int(os.environ.get("OPENDATA_ROWS", "1000000")))
    parser.add_argument("--server", default="", help="sc://host:port of another Spark Connect server, instead of Sail")
    asked = parser.parse_args()
    if not asked.server and not spark.installed():
        print("Left out: Sail is not installed. Run: make sail")
        return 0
    server = nullcontext(asked.server) if asked.server else spark.server()
    with tempfile.TemporaryDirectory(prefix="cityhall-engines-") as scratch, server as address:
        compare(filled(Path(scratch), asked.rows), address, asked.rows)
    return 0


def filled(folder: Path, rows: int) -> Any:
    """Return a snapshot of so many service requests."""
    import duckdb

    from cityhall.kernel.analytics.columns import Column, Type
    from cityhall.kernel.analytics.port import SnapshotSource

    file, part = folder / "rows.csv", folder / "part-0.parquet"
    with duckdb.connect(str(folder / "rows.duckdb")) as session:
        session.execute(opendata._CSV.replace("$rows", str(rows)).replace("$file", str(file)))
        session.execute(_ROWS.replace("$file", str(file)))
        session.execute(f"copy rows to '{part}' (format parquet, compression zstd)")
    file.unlink()
    kinds = {
        "service_request_id": Type.TEXT, "requested_at": Type.TIMESTAMP, "closed_at": Type.TIMESTAMP,
        "service_name": Type.TEXT, "status": Type.TEXT, "council_district": Type.NUMBER, "address": Type.TEXT,
        "location": Type.POINT, "origin": Type.TEXT,
    }  # fmt: skip
    columns = tuple(Column(name, kind) for name, kind in kinds.items())
    return SnapshotSource(columns, query_file=folder / "rows.duckdb", parts=(part,))


def compare(source: Any, address: str, rows: int) -> None:
    """Ask both, and print a line for each question."""
    from cityhall.adapters.analytics.duckdb.engine import DuckDb
    from cityhall.adapters.analytics.spark.engine import Spark
    from cityhall.apps.opendata.soql.parameters import read_parameters
    from cityhall.kernel.analytics.port import Limits

    here = DuckDb()
    engines = {"DuckDB": here, "Spark": Spark(address, otherwise=here)}

    def asked(engine: Any, query: Any) -> tuple[float, Any, float]:
        began, first, batches = time.perf_counter(), 0.0, []
        with engine.run(source, query, Limits(300)) as result:
            for batch in result.batches():
                first = first or time.perf_counter() - began
                batches.append(batch.num_rows)
        return 1000 * (time.perf_counter() - began), sum(batches), 1000 * first

    load = os.getloadavg()[0]
    print(f"{rows:,} rows, {source.parts[0].stat().st_size / 1e6:.0f} MB of Parquet, load average {load:.1f}")
    questions = {name: case.asked for name, case in opendata.cases(rows).items()} | {"all rows": {"$limit": str(rows)}}
    for name, parameters in questions.items():
        query = read_parameters(list(parameters.items()), source.all_columns, rows=1000)
        repeats = 1 if name == "all rows" else REPEATS + 2
        taken: dict[str, list[tuple[float, Any, float]]] = {key: [] for key in engines}
        for _ in range(repeats):
            for key, engine in engines.items():
                taken[key].append(asked(engine, query))
        assert len({each[1] for found in taken.values() for each in found}) == 1, f"{name}: answers differ"
        times = {key: statistics.median(each[0] for each in found[-REPEATS:]) for key, found in taken.items()}
        told = ", ".join(f"{key} {took:.0f} ms" for key, took in times.items())
        begun = f"; first batch {', '.join(f'{found[-1][2]:.0f}' for found in taken.values())} ms" * (repeats == 1)
        print(f"{name:22}{told}: {times['Spark'] / times['DuckDB']:.1f} x{begun}", flush=True)
    held = [psutil.Process(), *psutil.Process().children()]
    told = ", ".join(f"{each.memory_info().rss / 1e6:.0f} MB" for each in held)
    print(f"{'memory at the end':22}{told} (this process, with DuckDB; Sail)")
    here.close()


if __name__ == "__main__":
    sys.exit(main())
