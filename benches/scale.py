"""How a city of millions of requests is served: `python benches/scale.py [--rows 3000000]`.

Fills a throw-away database in two steps (100,000 rows, then all), starts the real web processes beside it and drives
them with `wrk` (`apt install wrk`) from the same machine. Each reading and filing case is measured in five turns with a
bare WSGI application that sends the same statements; what is printed are medians. The floors are a Django GeoReport
server's at 100,000 rows.

With other work on the machine the requests a second say little; the share of the bare server and the processor time
for each request, which are measured at the same moments, still do. `--keep FOLDER` keeps the filled database.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
LUA = Path(__file__).parent / "support" / "replay.lua"
PORT, BARE_PORT = 18411, 18412
CLIENTS, SMALL, TURNS = 8, 100_000, 5
FLOORS = {"list of 100": (22, 40), "bbox of 50": (27, 14), "one request": (156, 10), "filing": (30, 15)}
BARE_SHARE, P99_MS, MIXED_P99_MS, NEARBY_MS, TILE_MS, MEGABYTES, FLAT = 65, 80.0, 80.0, 15.0, 60.0, 300, 1.5
AUTOGROUP = Path("/proc/sys/kernel/sched_autogroup_enabled")
_met: list[bool] = []


@dataclass(slots=True)
class Run:
    """What one drive told. `cpu` is milliseconds of processor for a request: server, database and load generator."""

    done: int = 0
    seconds: float = 0.0
    wrong: int = 0
    p50: float = 0.0
    p99: float = 0.0
    cpu: float = 0.0

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.done / self.seconds if self.seconds else 0.0


def main() -> int:
    """Fill, measure, print; 1 when a target was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=int(os.environ.get("SCALE_ROWS", "3000000")))
    parser.add_argument("--seconds", type=float, default=3.0, help="for each drive; there are ten for each case")
    parser.add_argument("--keep", default="", help="a folder to fill and keep")
    asked = parser.parse_args()
    if shutil.which("wrk") is None:
        print("wrk is not installed; on Debian and Ubuntu: apt install wrk. Nothing was measured.")
        return 0
    with tempfile.TemporaryDirectory(prefix="cityhall-scale-") as scratch:
        folder = Path(asked.keep or scratch).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        os.environ |= {"CITYHALL_DATA": str(folder), "CITYHALL_LOG_LEVEL": "ERROR"}
        os.environ.pop("DATABASE_URL", None)
        from cityhall.cli.runtime import load_django, running_database

        with running_database():
            load_django()
            from cityhall.config.database import prepare_schema

            prepare_schema()
            return campaign(folder, Path(scratch), asked.rows, asked.seconds)


def campaign(folder: Path, scratch: Path, rows: int, seconds: float) -> int:
    """Measure at 100,000 rows where the database is new, then at all rows."""
    from benches.support import seeding

    there = stored()
    early: dict[str, float] = {}
    if not there:
        seeding.prepare()
        first = min(SMALL, rows)
        print(f"Filling {first:,} rows…", flush=True)
        seeding.fill(0, first)
        there = first
        if rows > first:
            with web(folder):
                early = {name: several(name, there, folder, scratch, seconds).cpu for name in FLOORS}
                add_up_map()
            early["tiles"] = dear_tile(folder)
    if there < rows:
        print(f"Filling {rows - there:,} more rows…", flush=True)
        seeding.fill(there, rows)
    print(f"\n{rows:,} requests, {CLIENTS} clients, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}")
    if AUTOGROUP.exists() and AUTOGROUP.read_text().strip() == "1":
        print("kernel.sched_autogroup_enabled is 1: a p99 may tell of the kernel, see docs/explanation/performance.md.")
    print(
        f"{'':22}{'req/s':>8}{'p50 ms':>8}{'p99 ms':>8}{'x floor':>9}{'target':>8}{'cpu ms':>8}{'bare/s':>8}"
        f"{'% of bare':>11}{'% by cpu':>10}"
    )
    late: dict[str, Run] = {}
    with web(folder), bare(scratch, rows):
        for name in FLOORS:
            late[name] = compare(name, lines(name, rows), folder, scratch, seconds)
        at_once = drive("bare", ["GET /filing-at-once"], folder, scratch, seconds, port=BARE_PORT)
        print(
            f"{'':22}One bare statement that writes the same and asks nothing: {at_once.rate:.0f}/s,"
            f" {at_once.cpu:.2f} ms; filing is {100 * at_once.cpu / late['filing'].cpu:.0f} % of it by cpu.", flush=True
        )  # fmt: skip
        add_up_map()
        mixed = middle([drive("mixed", mixture(rows), folder, scratch, seconds) for _ in range(TURNS)])
        tell("mixed 80/10/10", f"{mixed.rate:.0f} req/s, p99 {mixed.p99:.1f} ms", f"p99 < {MIXED_P99_MS:.0f} ms",
             mixed.p99 < MIXED_P99_MS and not mixed.wrong)  # fmt: skip
        beside = besides_an_export(folder, scratch, seconds, rows)
        tell("list beside an export", f"{beside.rate:.0f} req/s, p99 {beside.p99:.1f} ms", "p99 < 160 ms, no error",
             beside.p99 < 160 and not beside.wrong)  # fmt: skip
        memory = max(process.memory_info().rss for process in _workers()) / 1e6
    with web(folder):
        add_up_map()
        cold = tiles()
    tell("map tile, cold", f"p50 {median(cold):.1f}, worst {cold[-1]:.1f} ms", f"< {TILE_MS:.0f} ms",
         cold[-1] < TILE_MS)  # fmt: skip
    near = nearby()
    tell("nearby duplicates", f"p50 {near.p50:.1f}, p99 {near.p99:.1f} ms", f"p99 < {NEARBY_MS:.0f} ms",
         near.p99 < NEARBY_MS)  # fmt: skip
    tell("web process", f"{memory:.0f} MB", f"< {MEGABYTES} MB", memory < MEGABYTES)
    for name, before in early.items():
        growth = (dear_tile(folder) if name == "tiles" else late[name].cpu) / before
        what = "time of a dear one" if name == "tiles" else "processor time"
        tell(f"flat: {name}", f"{growth:.2f} x the {what} at {SMALL:,} rows", f"< {FLAT} x", growth < FLAT)
    missed = _met.count(False)
    print("All targets met." if not missed else f"{missed} of {len(_met)} targets missed.")
    return 1 if missed else 0


def compare(name: str, requests: list[str], folder: Path, scratch: Path, seconds: float) -> Run:
    """Measure ours and the bare server in turns and print the medians."""
    path = "GET /" + name.replace(" ", "-")
    turns = [
        (
            drive(name, requests, folder, scratch, seconds),
            drive("bare", [path], folder, scratch, seconds, port=BARE_PORT),
        )
        for _ in range(TURNS)
    ]
    ours, theirs = middle([one for one, _bare in turns]), middle([bare for _one, bare in turns])
    floor, times = FLOORS[name]
    share = 100 * median(one.rate / bare.rate for one, bare in turns)
    by_cpu = 100 * median(bare.cpu / one.cpu for one, bare in turns)
    met = {
        f"{times} x floor": ours.rate >= floor * times,
        f"{BARE_SHARE} % of bare": max(share, by_cpu) >= BARE_SHARE,
        f"p99 < {P99_MS:.0f}": ours.p99 < P99_MS,
        "no error": not ours.wrong,
    }
    _met.extend(met.values())
    print(
        f"{name:22}{ours.rate:8.0f}{ours.p50:8.1f}{ours.p99:8.1f}{ours.rate / floor:8.1f}x{times:7}x{ours.cpu:8.2f}"
        f"{theirs.rate:8.0f}{share:10.0f}%{by_cpu:9.0f}%  "
        + ", ".join(f"{what}: {'met' if good else 'MISSED'}" for what, good in met.items()),
        flush=True,
    )
    return ours


def several(name: str, rows: int, folder: Path, scratch: Path, seconds: float) -> Run:
    """Measure ours alone, in several drives."""
    return middle([drive(name, lines(name, rows), folder, scratch, seconds) for _ in range(TURNS)])


def middle(runs: list[Run]) -> Run:
    """Return runs as one, with the median of each figure: one hiccup of the machine is no figure of ours."""
    return Run(
        sum(one.done for one in runs), sum(one.seconds for one in runs), sum(one.wrong for one in runs),
        median(one.p50 for one in runs), median(one.p99 for one in runs), median(one.cpu for one in runs),
    )  # fmt: skip


def tell(what: str, found: str, target: str, met: bool) -> None:
    """Print one line beside its target."""
    _met.append(met)
    print(f"{what:22}{found:44}target {target}: {'met' if met else 'MISSED'}", flush=True)


def drive(name: str, requests: list[str], folder: Path, scratch: Path, seconds: float, *, port: int = PORT) -> Run:
    """Send `requests` in turn from 8 clients for some seconds, after one to warm up."""
    script = scratch / "requests.txt"
    script.write_text("\n".join(requests) + "\n")

    def wrk(duration: float) -> str:
        command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{max(1, round(duration))}s", "--timeout", "10s", "-s", str(LUA)]
        command.append(f"http://127.0.0.1:{port}")
        return subprocess.run(
            command, env={**os.environ, "BENCH_REQUESTS": str(script)}, capture_output=True, text=True, check=True
        ).stdout

    wrk(1)
    before = processor(folder)
    told = next(line for line in wrk(seconds).splitlines() if line.startswith("RESULT")).split()
    used = processor(folder) - before
    done = int(told[1])
    return Run(done, float(told[2]), int(told[3]), float(told[4]), float(told[5]), 1000 * used / max(1, done))


def processor(folder: Path) -> float:
    """Return the seconds of processor used so far by the servers, the database and the ended load generators."""
    import psutil

    database = int((folder / "postgres" / "postmaster.pid").read_text().split()[0])
    total = sum(os.times()[2:4])
    for root in [psutil.Process(database), *(psutil.Process(child.pid) for child in _running)]:
        for process in [root, *root.children(recursive=True)]:
            try:
                used = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += used.user + used.system
    return total


_running: list[subprocess.Popen[bytes]] = []


def _workers() -> list[Any]:
    import psutil

    return psutil.Process(_running[0].pid).children(recursive=True)


@contextmanager
def served(command: list[str], port: int, **environment: str) -> Iterator[None]:
    """Run a web server inside the block."""
    with socket.socket() as probe:
        # Web processes share a port gladly, also those of two benchmarks: each would answer half of the other's calls.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise SystemExit(f"Port {port} is taken, perhaps by another benchmark. Wait until it is free.") from None
    child = subprocess.Popen(
        command, env={**os.environ, **environment}, cwd=LUA.parent.parent.parent, stderr=subprocess.DEVNULL
    )
    _running.append(child)
    try:
        for _ in range(1800):
            time.sleep(0.1)
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                connection.request("GET", "/healthz" if port == PORT else "/one-request")
                if connection.getresponse().status == 200:
                    break
            except OSError:
                continue
        else:
            raise RuntimeError(f"nothing answers on port {port}")
        yield
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(30)
        _running.remove(child)


def web(folder: Path) -> Any:
    """Run the product's own two web processes inside the block."""
    from cityhall.cli.processes import web_command
    from cityhall.config.static import collect_static

    collect_static()
    return served(web_command("127.0.0.1", PORT, 2), PORT)


def bare(scratch: Path, rows: int) -> Any:
    """Run the bare server inside the block, with the statements that ours sends."""
    from cityhall.cli.processes import web_command
    from cityhall.config import environment

    file = scratch / "bare.json"
    file.write_text(json.dumps({"url": environment.database_url(), "cases": statements(rows)}, default=str))
    command = ["benches.support.bare:application" if part.startswith("cityhall.config.wsgi") else part
               for part in web_command("127.0.0.1", BARE_PORT, 2)]  # fmt: skip
    return served(command, BARE_PORT, BARE=str(file))


def stored() -> int:
    """Return how many rows a kept folder has."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select count(*) from service_requests_servicerequest where number <= 10000000")
        return int(cursor.fetchone()[0])


def spots(count: int) -> list[tuple[float, float]]:
    """Return points where there are many requests, the same ones each time."""
    from benches.support.seeding import CENTRES

    chance = random.Random(7)
    found = []
    for _ in range(count):
        lat, lon, wide, _ = chance.choices(CENTRES, [one[3] for one in CENTRES])[0]
        found.append((round(chance.gauss(lat, wide / 2), 6), round(chance.gauss(lon, wide / 2), 6)))
    return found


def boxes() -> list[tuple[float, float, float, float]]:
    """Return boxes of one square kilometre: west, south, east, north."""
    return [(lon - 0.00535, lat - 0.0045, lon + 0.00535, lat + 0.0045) for lat, lon in spots(500)]


def numbers(rows: int) -> list[int]:
    """Return numbers of requests from the whole history."""
    chance = random.Random(8)
    return [10_000_000 - chance.randrange(rows) for _ in range(4000)]


def lines(name: str, rows: int) -> list[str]:
    """Return the requests of a case as the load generator reads them."""
    base = "/open311/v2/requests"
    if name == "list of 100":
        return [f"GET {base}.json?page_size=100"]
    if name == "bbox of 50":
        return [f"GET {base}.json?bbox={w:.5f},{s:.5f},{e:.5f},{n:.5f}&page_size=50" for w, s, e, n in boxes()]
    if name == "one request":
        # A request that was taken down (one of two thousand) is refused, as it must be: those are left out.
        hidden = taken_down()
        return [f"GET {base}/{n // 1000}-{n % 1000:03d}.json" for n in numbers(rows) if n not in hidden]
    chance = random.Random(9)
    return [
        f"POST {base}.json "
        + urlencode(
            {
                "service_code": f"kind-{chance.choice((1, 2, 3, 4, 5, 6, 7, 8))}", "lat": lat, "long": lon,
                "address_string": f"{chance.randrange(100, 9999)} Grand Ave", "description": "A deep hole in the lane.",
                "first_name": "Ann", "last_name": "Example", "email": "ann@example.org",
            }
        )
        for lat, lon in spots(1000)
    ]  # fmt: skip


def taken_down() -> set[int]:
    """Return the numbers of requests that no door shows."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select number from service_requests_servicerequest where hidden")
        return {row[0] for row in cursor.fetchall()}


def mixture(rows: int) -> list[str]:
    """Return 80 % reads, 10 % tiles, 10 % filings in a random order."""
    chance = random.Random(10)
    reads = [lines(name, rows) for name in ("list of 100", "bbox of 50", "one request", "one request")]
    some_tiles, filings = tile_lines(), lines("filing", rows)
    found = []
    for _ in range(3000):
        kind = chance.random()
        source = chance.choice(reads) if kind < 0.8 else some_tiles if kind < 0.9 else filings
        found.append(chance.choice(source))
    return found


def tile_lines() -> list[str]:
    """Return tiles of every zoom, as a map of 1,024 by 768 pixels asks for them."""
    chance = random.Random(11)
    found = []
    for zoom in range(8, 19):
        wide = 360 / 2**zoom * 2
        for lat, lon in chance.sample(spots(1000), 8):
            box = (lon - wide / 2, lat - wide * 0.3, lon + wide / 2, lat + wide * 0.3)
            found.append(f"GET /requests/points.json?bbox={','.join(f'{one:.5f}' for one in box)}&zoom={zoom}")
    return found


def add_up_map() -> None:
    """Do what the worker does once a minute, so that the map need not add up the thousands filed a moment ago."""
    from cityhall.apps.service_requests.jobs.map import add_up_map as job

    job(0)


def tiles() -> list[float]:
    """Return how many milliseconds each tile took, least first, asked for one after the other."""
    asked = tile_lines()
    random.Random(12).shuffle(asked)
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    times = []
    for number, line in enumerate([asked[0], *asked]):
        started = time.perf_counter()
        connection.request("GET", line.split()[1])
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        if number:  # the first one opened the connections
            times.append(1000 * (time.perf_counter() - started))
    return sorted(times)


def dear_tile(folder: Path) -> float:
    """Return the milliseconds of a dear tile (one in twenty is dearer), asked of new processes after others.

    The first time the rows of a large table come from the disk, those of a small one never do, and each process plans
    a statement once. What has to stay flat is the work.
    """
    with web(folder):
        tiles()
    with web(folder):
        times = tiles()
    return times[int(len(times) * 0.95)]


def nearby() -> Run:
    """Look for what is open around places, as the report page does before it lets somebody file."""
    from cityhall.apps.service_requests import queries

    times = []
    for number, (lat, lon) in enumerate(spots(600)):
        started = time.perf_counter()
        queries.nearby_open(f"kind-{number % 40}", lat, lon)
        times.append(1000 * (time.perf_counter() - started))
    times = sorted(times[20:])
    return Run(len(times), sum(times) / 1000, 0, times[len(times) // 2], times[int(len(times) * 0.99)])


def besides_an_export(folder: Path, scratch: Path, seconds: float, rows: int) -> Run:
    """Measure the list while the whole history is written to a file."""
    file = scratch / "export.csv"
    export = subprocess.Popen(
        [sys.executable, "-m", "cityhall.cli", "requests", "export", str(file)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        time.sleep(3)
        return several("list of 100", rows, folder, scratch, seconds)
    finally:
        export.send_signal(signal.SIGTERM)
        export.wait(30)


def statements(rows: int) -> dict[str, Any]:
    """Return the bare server's statements: the very ones that the product sends, and one that files at once."""
    from benches.support.recording import AT_ONCE, recorded

    from cityhall.apps.service_requests.models import Category

    category = Category.objects.get(code="kind-1")
    cases = {name.replace(" ", "-"): recorded(lines(name, rows)[:400], PORT) for name in FLOORS}
    filed = [[{"id": str(category.id)}, lat, lon, lat, lon] for lat, lon in spots(500)]
    return cases | {
        "filing-at-once": {"texts": [AT_ONCE], "sets": [{"answer": 0, "statements": [[0, one]]} for one in filed]}
    }


if __name__ == "__main__":
    sys.exit(main())
