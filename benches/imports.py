"""How fast a history of San Diego's shape is imported: `python benches/imports.py [ROWS]`.

Writes a file of ROWS (100,000) records with San Diego's 23 columns, imports it into a database made for the run, and
imports it again. The city has a boundary of 720 corners, 9 districts and 49 neighbourhoods, in which every place is
looked up. Prints one JSON line for reading alone, for the first import and for the second, with rows a second; the
target of the first import is 25,000. Reading alone is the baseline: what the same machine needs without a database.

Beside the seconds stands the processor time of a row, of Python and of PostgreSQL. That is what to compare when the
machine has other work: two cores give at most 2,000,000 microseconds a second to both together.
"""

from __future__ import annotations

import csv
import json
import math
import os
import random
import sys
import time
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benches.support.own_city import own_city

TARGET = 25_000
#: When the last of the history was reported; what lies ahead of the clock would be refused.
END = datetime(2026, 1, 1)
STARTS = [a + b for a in "BCDFGKLMNPRST" for b in ("al", "en", "ir", "on", "ur", "arr", "ell", "ind")]
ENDS = [
    "wood",
    "ton",
    "field",
    "view",
    "crest",
    "mont",
    "a Vista",
    "o Alto",
    "dale",
    "side",
    "land",
    "er",
    "bury",
    "ham",
]
KINDS = ["Pothole", "Graffiti", "Illegal Dumping", "Parking Violation", "Street Light Out", "Missed Collection"]


def write(path: Path, rows: int) -> None:
    """Write the file, the same one for the same number of rows."""
    from cityhall.apps.service_requests.exports.files import SAN_DIEGO

    chance = random.Random(311)
    # As many streets as San Diego has, some with more trouble than others.
    streets = [f"{a}{b} {kind}" for a in STARTS for b in ENDS for kind in ("St", "Ave", "Rd", "Dr", "Way")]
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, SAN_DIEGO, restval="")
        writer.writeheader()
        for number in range(rows):
            made = END - timedelta(minutes=5 * (rows - number))
            closed = made + timedelta(days=chance.expovariate(1 / 14)) if chance.random() < 0.8 else None
            writer.writerow(
                {
                    "service_request_id": 4_000_000 + number,
                    "service_request_parent_id": 4_000_000 + chance.randrange(number) if number % 7 == 6 else "",
                    "date_requested": made.isoformat(),
                    "date_closed": closed.isoformat(timespec="seconds") if closed else "",
                    "service_name": chance.choice(KINDS),
                    "status": "Closed" if closed else "New",
                    "lat": round(32.72 + chance.gauss(0, 0.05), 6),
                    "lng": round(-117.14 + chance.gauss(0, 0.05), 6),
                    "street_address": f"{chance.randrange(100, 9999)} {chance.choice(streets)}",
                    "case_origin": chance.choice(["Mobile", "Web", "Phone"]),
                    "case_record_type": "TSW",
                    "public_description": "There is something wrong here " * chance.randrange(1, 4),
                }
            )


def city(folder: Path) -> None:
    """Give the city a boundary, districts and neighbourhoods."""
    from cityhall.apps.places import public as places

    ring = [[-117.14 + 0.4 * math.cos(math.radians(d / 2)), 32.72 + 0.4 * math.sin(math.radians(d / 2))]
            for d in range(720)]  # fmt: skip
    places.set_city(
        name="San Diego",
        time_zone="America/Los_Angeles",
        boundary={"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
    )
    for kind, side in (("districts", 3), ("neighborhoods", 7)):
        features = [
            {"type": "Feature", "properties": {"name": f"{x}-{y}"},
             "geometry": {"type": "Polygon", "coordinates": [_tile(x, y, 0.6 / side)]}}
            for x in range(side) for y in range(side)
        ]  # fmt: skip
        path = folder / f"{kind}.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        places.import_file(path)


def _tile(x: int, y: int, size: float) -> list[list[float]]:
    west, south = -117.44 + x * size, 32.42 + y * size
    steps = [part / 20 * size for part in range(20)]
    there = [[west + step, south] for step in steps] + [[west + size, south + step] for step in steps]
    back = [[west + size - step, south + size] for step in steps] + [[west, south + size - step] for step in steps]
    return [*there, *back, [west, south]]


def database_seconds() -> float:
    """Return the processor time the embedded PostgreSQL has used, with the processes that have ended."""
    from cityhall.kernel.django.reading import read

    [[ours]] = read("select pg_backend_pid()", [])
    first = int(Path(f"/proc/{ours}/stat").read_text().rpartition(")")[2].split()[1])  # which began all others
    ticks = 0
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            told = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # ended meanwhile
        if int(entry.parent.name) == first:
            ticks += sum(map(int, told[11:15]))
        elif int(told[1]) == first:
            ticks += sum(map(int, told[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Run and print."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with own_city() as folder:
        city(folder)
        measure(folder / "history.csv", rows)


def measure(path: Path, rows: int) -> None:
    """Read alone, import, import again."""
    from cityhall.apps.places.public import boundary_test
    from cityhall.apps.service_requests.imports.columns import records
    from cityhall.apps.service_requests.imports.normalise import Normaliser
    from cityhall.apps.service_requests.imports.profiles import named
    from cityhall.apps.service_requests.imports.readers import open_file
    from cityhall.apps.service_requests.imports.run import BATCH
    from cityhall.apps.service_requests.public import import_file
    from cityhall.kernel import clock
    from cityhall.kernel.actors import system

    write(path, rows)
    with open_file(path) as opened:
        first = next(opened.rows)
        normaliser = Normaliser(named("san_diego"), [first], inside=boundary_test(), now=clock.now())
        started, python = time.perf_counter(), time.process_time()
        while given := list(islice(opened.rows, BATCH)):
            records(normaliser, given)
        show("reading alone", rows, time.perf_counter() - started, time.process_time() - python)
    for name in ("first import", "second import"):
        python, database = time.process_time(), database_seconds()
        report = import_file(path, actor=system("Bench"))
        show(
            name,
            report.rows,
            report.seconds,
            time.process_time() - python,
            database_seconds() - database,
            target=TARGET if name == "first import" else 0,
        )


def show(what: str, rows: int, seconds: float, python: float, database: float = 0.0, target: int = 0) -> None:
    """Print one line."""
    told = {
        "what": what,
        "rows": rows,
        "seconds": round(seconds, 2),
        "rows_per_second": int(rows / seconds),
        "python_us": round(python / rows * 1e6, 1),
        "postgresql_us": round(database / rows * 1e6, 1),
    }
    print(json.dumps({**told, **({"target": target, "met": rows / seconds >= target} if target else {})}))


if __name__ == "__main__":
    main()
