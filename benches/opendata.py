"""How fast open data is published, queried and given out: `python benches/opendata.py [--rows 10000000]`.

DuckDB writes a CSV file of service requests, the same one each time; our own pipeline publishes it, timed beside
DuckDB's own reading and sorted writing of that file. Then the real web processes answer through HTTP, and beside each
answer the same SQL runs in DuckDB in this process, on the same query file: medians of five, warm, in turns. What CKAN
took was measured once at 10,000,000 rows, so it is compared at that size only. Datasette is installed from PyPI into
an environment of its own and measured in the same run where that works: as it comes, which is judged, and with indexes
and time, which is told beside it. `--keep FOLDER` keeps what was filled.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benches import scale
from benches.support.asking import connected, fetched, timed
from benches.support.datasette import LIMIT_MS, Took, datasette

ROWS, NAME = 10_000_000, "bench-requests"
REPEATS, CLIENTS, CALLS = 5, 16, 20
TIMES, MORE_MS, DATASETTE_TIMES = 1.5, 5.0, 8
PUBLISH_TIMES, DEEP_MS, FIRST_BYTE_MS, MEGABYTES, COMPILE_MS = 2.0, 60.0, 150.0, 400, 0.5
CENTRE = (32.75, -117.15)
SIDES = (-117.30, 32.60, -117.00, 32.90)
ZOOMS, TILES_EACH = range(8, 19), 6

_CSV = """
copy (
    select 'SR-' || lpad(n::varchar, 9, '0') as service_request_id,
        strftime(moment, '%Y-%m-%d %H:%M:%S') as requested_at,
        case when h % 100 < 92 then strftime(moment + to_minutes((h // 100 % 40000)::bigint), '%Y-%m-%d %H:%M:%S') end
            as closed_at,
        'Kind ' || (h // 7 % 60) as service_name,
        case when h % 100 < 92 then 'closed' else 'open' end as status,
        1 + h // 11 % 9 as council_district,
        (100 + h // 13 % 9000) || ' ' || ['Grand Ave', 'Market St', 'Park Blvd', 'Home Ave', '30th St'][1 + h // 17 % 5]
            as address,
        round(32.60 + (h // 19 % 300000) / 1e6, 6) as lat,
        round(-117.30 + (h // 23 % 300000) / 1e6, 6) as lng,
        ['web', 'phone', 'app'][1 + h // 29 % 3] as origin
    from (select n, (hash(n) >> 8)::bigint as h, timestamp '2016-01-01' + to_seconds(n * 315360000 // $rows) as moment
        from range($rows) t(n))
) to '$file' (format csv, header true)
"""
_CONTRACT = """
name = "bench-requests"
title = "Service requests"
key = "service_request_id"
columns = [
    { name = "service_request_id" },
    { name = "requested_at", type = "timestamp" },
    { name = "closed_at", type = "timestamp" },
    { name = "service_name" },
    { name = "status" },
    { name = "council_district", type = "number" },
    { name = "address" },
    { name = "location", type = "point", longitude = "lng", latitude = "lat" },
    { name = "origin" },
]
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A question, with what CKAN took for it and how often faster we must be, and its SQL for Datasette."""

    asked: dict[str, str]
    ckan: tuple[float, float] | None = None
    table: str = ""


def main() -> int:
    """Fill, measure, print; 1 when a target was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=int(os.environ.get("OPENDATA_ROWS", str(ROWS))))
    parser.add_argument("--keep", default="", help="a folder to fill and keep")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cityhall-opendata-") as scratch:
        folder = Path(asked.keep or scratch).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        os.environ |= {"CITYHALL_DATA": str(folder), "CITYHALL_LOG_LEVEL": "ERROR"}
        os.environ.pop("DATABASE_URL", None)
        from cityhall.cli.runtime import load_django, running_database

        with running_database():
            load_django()
            from cityhall.config.database import prepare_schema

            prepare_schema()
            return campaign(folder, Path(scratch), asked.rows)


def campaign(folder: Path, scratch: Path, rows: int) -> int:
    """Measure everything."""
    file = folder / f"{NAME}-{rows}.csv"
    if not file.exists():
        print(f"Writing {rows:,} rows of CSV…", flush=True)
        _duckdb().execute(_CSV.replace("$rows", str(rows)).replace("$file", str(file)))
    load = os.getloadavg()[0]
    print(f"{rows:,} rows, {file.stat().st_size / 1e6:.0f} MB of CSV, {os.cpu_count()} cores, load average {load:.1f}")
    code = published(file, scratch)
    compiling(code)
    theirs = datasette(file, scratch, {name: case.table for name, case in cases(rows).items() if case.table})
    with scale.web(folder):
        for name, case in cases(rows).items():
            compare(name, case, code, rows, theirs.get(name))
        tiles(code)
        crowd(code, rows)
    with scale.web(folder):  # anew, so that memory is what exports take
        exports(code, rows)
    missed = scale._met.count(False)
    print("All targets met." if not missed else f"{missed} of {len(scale._met)} targets missed.")
    return 1 if missed else 0


def cases(rows: int) -> dict[str, Case]:
    """Return the questions."""
    kinds = {"$select": "service_name, count(*) as n", "$group": "service_name", "$order": "service_name"}
    month = "date_trunc_ym(requested_at)"
    lat, lon = CENTRE
    return {
        "filter, month group": Case(
            {"$select": f"{month} as month, count(*) as n", "$where": "service_name = 'Kind 7'", "$group": "month",
             "$order": "month"},
            (540, 5),
            "select substr(requested_at, 1, 7) as month, count(*) as n from requests where service_name = 'Kind 7'"
            " group by 1 order by 1",
        ),
        "two keys, all rows": Case(
            {"$select": "service_name, council_district, count(*) as n", "$group": "service_name, council_district",
             "$order": "service_name, council_district"},
            (1400, 2),
            "select service_name, council_district, count(*) as n from requests group by 1, 2 order by 1, 2",
        ),
        "newest 1,000": Case(
            {"$order": "requested_at desc", "$limit": "1000"}, (601, 10),
            "select * from requests order by requested_at desc limit 1000",
        ),
        "circle of 500 m": Case(kinds | {"$where": f"within_circle(location, {lat}, {lon}, 500)"}),
        "polygon, 200 corners": Case(kinds | {"$where": f"within_polygon(location, '{_polygon(200)}')"}),
        "offset of half": Case({"$offset": str(rows // 2), "$limit": "1000"}),
    }  # fmt: skip


def _polygon(corners: int) -> str:
    """Return a star in WKT around the centre, some two kilometres wide."""
    import math

    chance, (lat, lon), ring = random.Random(3), CENTRE, []
    for n in range(corners):
        far, turn = 0.01 * chance.uniform(0.6, 1), 2 * math.pi * n / corners
        ring.append(f"{lon + far * math.cos(turn):.5f} {lat + far * math.sin(turn):.5f}")
    return f"POLYGON(({', '.join([*ring, ring[0]])}))"


def published(file: Path, scratch: Path) -> str:
    """Publish the file, timed beside DuckDB's own reading and sorted writing; return the dataset's 4x4."""
    from cityhall.apps.opendata import public
    from cityhall.kernel.actors import system

    out, spilled = scratch / "own.parquet", scratch / "spilled"
    began = time.perf_counter()
    session = _duckdb()
    session.execute(f"set temp_directory = '{spilled}'")
    session.execute(
        f"copy (select * from read_csv('{file}') order by service_request_id) to '{out}' (format parquet,"
        " compression zstd)"
    )
    own = time.perf_counter() - began
    session.close()
    out.unlink()
    began = time.perf_counter()
    done = public.publish_file(file, actor=system("Benchmark"), contract=public.read_contract(_CONTRACT))
    ours = time.perf_counter() - began
    said = f"{ours:.1f} s, DuckDB's own {own:.1f} s: {ours / own:.1f} x"
    if done.is_new:
        scale.tell("publishing", said, f"<= {PUBLISH_TIMES:.0f} x", ours <= PUBLISH_TIMES * own)
    else:
        print(f"{'publishing':22}{said}; not judged, since the kept folder has it", flush=True)
    if done.quarantined:
        print(f"{'':22}{done.quarantined:,} rows were put aside: {dict(done.reasons)}")
    return str(done.id)


def compiling(code: str) -> None:
    """Time what is done with a query before the engine has it."""
    from cityhall.apps.opendata import queries

    columns = queries.source_of(code).all_columns
    asked = cases(ROWS)["filter, month group"].asked

    def once() -> float:
        began = time.perf_counter()
        _sql(asked, columns)
        return 1000 * (time.perf_counter() - began)

    once()
    took = statistics.median(once() for _ in range(500))
    scale.tell("parse and compile", f"{took:.3f} ms", f"< {COMPILE_MS} ms", took < COMPILE_MS)


def _sql(asked: dict[str, str], columns: Any, heads: dict[str, int] | None = None) -> Any:
    """Return a question as the SQL that the engine is given for a file with these heads."""
    from cityhall.adapters.analytics.sql import Sql
    from cityhall.apps.opendata.soql.parameters import DEFAULT_ROWS, read_parameters

    def kept(area: Any) -> int:
        _areas.append(area)
        return len(_areas) - 1

    query = read_parameters(list(asked.items()), columns, rows=DEFAULT_ROWS)
    return Sql(query, searched=(), areas=kept, limit=None, heads=heads or {})


def _heads(session: Any) -> dict[str, int]:
    from cityhall.kernel.analytics.columns import HEAD, HEAD_ROWS

    tables = session.execute("select table_name from duckdb_tables()").fetchall()
    return {name.removeprefix(HEAD): HEAD_ROWS for (name,) in tables if name.startswith(HEAD)}


_areas: list[Any] = []
_one_at_a_time = threading.Lock()


def _in_area(lon: Any, lat: Any, key: Any) -> Any:
    import pyarrow
    import shapely

    if not len(key):
        return pyarrow.array([], pyarrow.bool_())
    area = _areas[key[0].as_py()]
    with _one_at_a_time:  # as the product's own
        found = shapely.contains_xy(area, lon.to_numpy(False), lat.to_numpy(False))
    return pyarrow.array(found)


def _duckdb(file: Path | None = None) -> Any:
    import duckdb

    session = duckdb.connect(str(file), read_only=True) if file else duckdb.connect()
    session.execute("set threads = 2")
    if file:
        session.create_function("in_area", _in_area, ["DOUBLE", "DOUBLE", "BIGINT"], "BOOLEAN", type="arrow")
    return session


def compare(name: str, case: Case, code: str, rows: int, theirs: Took | None) -> None:
    """Ask through HTTP and in this process in turns, and print the lines."""
    from cityhall.apps.opendata import queries

    source = queries.source_of(code)
    session = _duckdb(source.query_file)
    sql = _sql(case.asked, source.all_columns, _heads(session))
    connection = connected()
    path = f"/resource/{code}.json?{urlencode(case.asked)}"
    ours, raw = [], []
    for _ in range(REPEATS + 2):
        ours.append(timed(lambda: fetched(connection, path)))
        raw.append(timed(lambda: session.execute(sql.text, sql.parameters).fetchall()))
    connection.close()
    session.close()
    took, own = statistics.median(ours[2:]), statistics.median(raw[2:])
    said, most = f"{took:.1f} ms, raw DuckDB {own:.1f} ms", TIMES * own + MORE_MS
    scale.tell(name, said, f"<= {most:.1f} ms", took <= most)
    if name == "offset of half":
        scale.tell("", "", f"< {DEEP_MS:.0f} ms", took < DEEP_MS)
    if case.ckan and rows == ROWS:
        slow, times = case.ckan
        scale.tell("", f"CKAN {slow:.0f} ms: {slow / took:.1f} x", f">= {times:.0f} x", slow >= times * took)
    if theirs is not None:
        beside(theirs, took)


def beside(theirs: Took, took: float) -> None:
    """Print what Datasette took. It is judged as it comes, and only where it answers."""
    if theirs.as_it_comes is None:
        print(f"{'':22}Datasette as it comes: no answer within its {LIMIT_MS:,} ms; not judged", flush=True)
    else:
        said = f"Datasette as it comes {theirs.as_it_comes:.0f} ms: {theirs.as_it_comes / took:.1f} x"
        scale.tell("", said, f">= {DATASETTE_TIMES} x", theirs.as_it_comes >= DATASETTE_TIMES * took)
    if theirs.indexed is not None:
        said = f"Datasette with indexes and time {theirs.indexed:.0f} ms: {theirs.indexed / took:.1f} x"
        print(f"{'':22}{said}; not judged", flush=True)


def tiles(code: str) -> None:
    """Ask for map tiles of every zoom, each once, so that no process has answered it before."""
    from cityhall.apps.opendata.ogc.tiles import reach

    chance, connection, times = random.Random(11), connected(), {}
    for zoom in ZOOMS:
        first, last, left, right = reach(zoom, SIDES)
        there = [(row, column) for row in range(first, last + 1) for column in range(left, right + 1)]
        for row, column in chance.sample(there, min(TILES_EACH, len(there))):
            times[zoom, row, column] = timed(lambda at=(zoom, row, column): _tile(connection, code, at))
    connection.close()
    half, worst = statistics.median(times.values()), max(times, key=lambda at: times[at])
    said = f"{len(times)} tiles, p50 {half:.0f} ms, worst {times[worst]:.0f} ms at zoom {worst[0]}"
    scale.tell("map tiles, cold", said, f"< {scale.TILE_MS:.0f} ms", times[worst] < scale.TILE_MS)
    for zoom in ZOOMS:
        slowest = max(took for at, took in times.items() if at[0] == zoom)
        if slowest >= scale.TILE_MS:
            print(f"{'':22}zoom {zoom}: at most {slowest:.0f} ms", flush=True)


def _tile(connection: http.client.HTTPConnection, code: str, at: tuple[int, int, int]) -> None:
    path = f"/ogc/collections/{code}/tiles/WebMercatorQuad/{at[0]}/{at[1]}/{at[2]}"
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    if answer.status not in (200, 204):  # 204 where no row is
        raise RuntimeError(f"{path} answered {answer.status}")


def crowd(code: str, rows: int) -> None:
    """Ask from 16 clients at once, each with an address of its own, since a sender may call 600 times a minute."""
    paths = [f"/resource/{code}.json?{urlencode(case.asked)}" for case in cases(rows).values()]
    times: list[float] = []
    wrong: list[str] = []

    def client(number: int) -> None:
        chance, connection = random.Random(number), connected(f"127.0.1.{number + 1}")
        for _ in range(CALLS):
            path = chance.choice(paths)
            try:
                times.append(timed(lambda path=path: fetched(connection, path)))
            except (OSError, http.client.HTTPException, RuntimeError) as problem:
                wrong.append(str(problem))
                connection.close()
        connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds, most = time.perf_counter() - began, sorted(times)[int(0.95 * len(times))] if times else 0.0
    half = statistics.median(times) if times else 0.0
    scale.tell(f"{CLIENTS} clients, mixed",
               f"{len(times) / seconds:.0f}/s, p50 {half:.0f}, p95 {most:.0f} ms, {len(wrong)} errors", "no error",
               not wrong)  # fmt: skip
    for problem in wrong[:3]:
        print(f"{'':22}{problem[:200]}")


def exports(code: str, rows: int) -> None:
    """Time the first byte of exports, then give out all rows and watch the web processes' memory."""
    for form in ("csv", "jsonl"):
        path, times = f"/resource/{code}.{form}?{urlencode({'$limit': rows})}", []
        for _ in range(REPEATS + 1):
            times.append(_first_byte(path))
        took = statistics.median(times[1:])
        scale.tell(f"{form}: first byte", f"{took:.0f} ms", f"< {FIRST_BYTE_MS:.0f} ms", took < FIRST_BYTE_MS)
    for form in ("csv", "parquet"):
        with watched() as peak:
            began = time.perf_counter()
            try:
                size, problem = _drained(f"/api/views/{code}/rows.{form}"), ""
            except (OSError, http.client.HTTPException, RuntimeError) as broken:
                size, problem = 0, f" BROKE OFF: {broken}"
            took = time.perf_counter() - began
        scale.tell(f"{form}: all rows", f"{size / 1e6:.0f} MB in {took:.1f} s, at most {peak[0]:.0f} MB{problem}",
                   f"whole, < {MEGABYTES} MB", not problem and peak[0] < MEGABYTES)  # fmt: skip


def _first_byte(path: str) -> float:
    connection = connected()
    began = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    begun = answer.read(1)
    took = 1000 * (time.perf_counter() - began)
    connection.close()
    if answer.status != 200 or not begun:
        raise RuntimeError(f"{path} answered {answer.status}")
    time.sleep(0.5)  # the server notices that nobody reads, and gives the long answer's place back
    return took


def _drained(path: str) -> int:
    connection, size = connected(), 0
    connection.request("GET", path)
    answer = connection.getresponse()
    while piece := answer.read(1 << 20):
        size += len(piece)
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status}")
    return size


@contextmanager
def watched() -> Iterator[list[float]]:
    """Keep the most memory that one web process had, in megabytes."""
    peak, ended = [0.0], threading.Event()

    def watch() -> None:
        while not ended.wait(0.05):
            peak[0] = max([peak[0], *(process.memory_info().rss / 1e6 for process in scale._workers())])

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()


if __name__ == "__main__":
    raise SystemExit(main())
