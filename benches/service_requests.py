"""How fast requests are read and written at a large city's volume: `python benches/service_requests.py [ROWS]`.

Loads ROWS (100,000) into a throw-away embedded database, then prints one JSON line per measure: median and p99 in
milliseconds. The baseline is the same page of a list as plain SQL without publication, in the same run.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benches.support.own_city import own_city

CENTRE = (32.75, -117.14)
STREETS = ("Grand Ave", "Harbor St", "Juniper Ln", "Mission Rd", "Ocean Blvd", "Palm Dr")
WORDS = ("pothole", "deep", "lane", "broken", "light", "corner", "tree", "fallen", "sidewalk", "leak", "sign", "trash")
BATCH = 5000
PLAIN = """
    select r.id, r.number, r.state, r.description, r.public_lat, r.public_lon, r.public_address, r.requested_at
    from service_requests_servicerequest r where not r.hidden
    order by r.requested_at desc, r.id desc limit 100
"""


def batches(rows: int) -> Iterator[list[Any]]:
    """Make up a history, the same every time."""
    from cityhall.apps.service_requests.contracts import LoadedRequest, Outcome, Place, Source, State

    chance = random.Random(11)
    start = datetime(2025, 1, 1, tzinfo=UTC)
    for first in range(0, rows, BATCH):
        batch = []
        for index in range(first, min(first + BATCH, rows)):
            at = start + timedelta(minutes=5 * index)
            is_open = chance.random() < 0.15
            batch.append(
                LoadedRequest(
                    external_id=str(index),
                    category_code=chance.choice(("pothole", "light", "tree", "housing")),
                    place=Place(
                        CENTRE[0] + chance.gauss(0, 0.05),
                        CENTRE[1] + chance.gauss(0, 0.05),
                        address=f"{chance.randrange(100, 9999)} {chance.choice(STREETS)}",
                    ),
                    requested_at=at,
                    description=" ".join(chance.choices(WORDS, k=8)),
                    state=State.RECEIVED if is_open else State.CLOSED,
                    outcome=None if is_open else Outcome.FIXED,
                    outcome_sentence="" if is_open else "Done.",
                    closed_at=None if is_open else at + timedelta(days=3),
                    source=Source.IMPORT,
                )
            )
        yield batch


def main() -> None:
    """Load, measure, print."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with own_city():
        load(rows)
        measure(rows)


def load(rows: int) -> None:
    """Fill the database by the room's own loader."""
    from django.db import connection

    from cityhall.apps.service_requests.public import bulk_load, ensure_category
    from cityhall.kernel.actors import system

    for code in ("pothole", "light", "tree"):
        ensure_category(code, group="streets", name={"en": code.capitalize()}, target_days=5)
    ensure_category(
        "housing", group="homes", name={"en": "Housing"}, place_policy="generalised", text_policy="withheld"
    )
    started = time.perf_counter()
    bulk_load(batches(rows), actor=system("Bench"), source_system="bench")
    seconds = time.perf_counter() - started
    print(
        json.dumps({"what": "bulk_load", "rows": rows, "seconds": round(seconds, 1), "per_second": int(rows / seconds)})
    )
    with connection.cursor() as cursor:
        cursor.execute("analyze")


def measure(rows: int) -> None:
    """Time each read and write; the ratio is to the plain list query."""
    from django.db import connection

    from cityhall.apps.service_requests import queries, services
    from cityhall.apps.service_requests.contracts import NewRequest, Place, RequestFilter
    from cityhall.kernel.actors import ANONYMOUS

    chance = random.Random(12)

    def plain() -> None:
        with connection.cursor() as cursor:
            cursor.execute(PLAIN)
            cursor.fetchall()

    cursors = [""]
    for _ in range(20):
        cursors.append(queries.published(RequestFilter(), ANONYMOUS, after=cursors[-1], limit=1000).next)
    numbers = [one.number for one in queries.published(RequestFilter(), ANONYMOUS, limit=1000).items]

    def box() -> RequestFilter:
        lat, lon = CENTRE[0] + chance.gauss(0, 0.03), CENTRE[1] + chance.gauss(0, 0.03)
        return RequestFilter(bbox=(lon - 0.0053, lat - 0.0045, lon + 0.0053, lat + 0.0045))

    def spot() -> tuple[float, float]:
        return CENTRE[0] + chance.gauss(0, 0.05), CENTRE[1] + chance.gauss(0, 0.05)

    acts: dict[str, tuple[int, Callable[[], Any]]] = {
        "plain SQL, first 100": (200, plain),
        "published, first 100": (100, lambda: queries.published(RequestFilter(), ANONYMOUS, limit=100)),
        "published, a page of 100 further on": (
            100,
            lambda: queries.published(RequestFilter(), ANONYMOUS, after=chance.choice(cursors[1:]), limit=100),
        ),
        "published, a box of 1 km2": (100, lambda: queries.published(box(), ANONYMOUS, limit=100)),
        "published, common word": (50, lambda: queries.published(RequestFilter(words="pothole"), ANONYMOUS)),
        "published, rare words": (
            50,
            lambda: queries.published(RequestFilter(words=f"{chance.randrange(100, 9999)} grand"), ANONYMOUS),
        ),
        "one": (200, lambda: queries.one(chance.choice(numbers), ANONYMOUS)),
        "nearby_open": (100, lambda: queries.nearby_open("pothole", *spot())),
        "file_request": (
            100,
            lambda: services.file_request(
                NewRequest("pothole", Place(*spot(), address="12 Grand Ave"), "Deep."), actor=ANONYMOUS
            ),
        ),
    }
    baseline = 0.0
    for what, (times, act) in acts.items():
        act()
        taken = []
        for _ in range(times):
            started = time.perf_counter()
            act()
            taken.append((time.perf_counter() - started) * 1000)
        median, worst = statistics.median(taken), sorted(taken)[max(0, int(times * 0.99) - 1)]
        baseline = baseline or median
        told = {"what": what, "rows": rows, "median_ms": round(median, 2), "p99_ms": round(worst, 2)}
        print(json.dumps({**told, "ratio": round(median / baseline, 1)}), flush=True)


if __name__ == "__main__":
    main()
