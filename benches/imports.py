"""How fast a history of San Diego's shape is imported: `python benches/imports.py [ROWS]`.

Writes a file of ROWS (100,000) records with San Diego's 23 columns, imports it into a database made for the run, and
imports it again. Prints one JSON line for reading alone, for the first import and for the second, with rows a second;
the target of the first import is 25,000. Reading alone is the baseline: what the same machine needs without a database.
"""

from __future__ import annotations

import csv
import json
import os
import random
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

TARGET = 25_000
KINDS = ["Pothole", "Graffiti", "Illegal Dumping", "Parking Violation", "Street Light Out", "Missed Collection"]


def write(path: Path, rows: int) -> None:
    """Write the file, the same one for the same number of rows."""
    from cityhall.apps.service_requests.exports.files import SAN_DIEGO

    chance = random.Random(311)
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, SAN_DIEGO, restval="")
        writer.writeheader()
        for number in range(rows):
            made = datetime(2024, 1, 1) + timedelta(minutes=5 * number)
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
                    "street_address": f"{chance.randrange(100, 9999)} {chance.choice('ABCDEFGH')} St",
                    "case_origin": chance.choice(["Mobile", "Web", "Phone"]),
                    "case_record_type": "TSW",
                    "public_description": "There is something wrong here " * chance.randrange(1, 4),
                }
            )


def main() -> None:
    """Run and print."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory(prefix="cityhall-bench-") as folder:
        os.environ["CITYHALL_DATA"] = folder
        os.environ.pop("DATABASE_URL", None)
        os.environ["CITYHALL_LOG_LEVEL"] = "ERROR"
        from cityhall.cli.runtime import load_django, running_database

        with running_database():
            load_django()
            from django.core.management import call_command

            call_command("migrate", verbosity=0)
            measure(Path(folder) / "history.csv", rows)


def measure(path: Path, rows: int) -> None:
    """Read alone, import, import again."""
    from cityhall.apps.service_requests.imports.normalise import Normaliser
    from cityhall.apps.service_requests.imports.profiles import named
    from cityhall.apps.service_requests.imports.readers import open_file
    from cityhall.apps.service_requests.public import import_file
    from cityhall.kernel import clock
    from cityhall.kernel.actors import system

    write(path, rows)
    with open_file(path) as opened:
        first = next(opened.rows)
        normaliser = Normaliser(named("san_diego"), [first], inside=None, now=clock.now())
        started = time.perf_counter()
        for row in opened.rows:
            normaliser(row)
        show("reading alone", rows, time.perf_counter() - started)
    for name in ("first import", "second import"):
        report = import_file(path, actor=system("Bench"))
        show(name, report.rows, report.seconds, target=TARGET if name == "first import" else 0)


def show(what: str, rows: int, seconds: float, target: int = 0) -> None:
    """Print one line."""
    told = {"what": what, "rows": rows, "seconds": round(seconds, 2), "rows_per_second": int(rows / seconds)}
    print(json.dumps({**told, **({"target": target, "met": rows / seconds >= target} if target else {})}))


if __name__ == "__main__":
    main()
