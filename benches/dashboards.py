"""How figures, the busiest queue and suggested duplicates are served at 3,000,000 requests: `benches/dashboards.py`.

Eight clients ask the product's own two web processes on the same machine; 95 of 100 answers must come within 150 ms.
It fills a throw-away database as `benches/scale.py` does, or takes the one that kept (`--keep FOLDER`). Beside the time
stands the processor time of one request, server, database and load generator together, which says the same on a busy
machine. In "figures, asked anew" every address is another question, so that no page that was kept is used; what they
tell area by area is the same for ten of them.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benches import scale

CLIENTS, P95_MS = 8, 150.0


def main() -> int:
    """Fill where nothing is, measure, print; 1 when a target was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=int(os.environ.get("SCALE_ROWS", "3000000")))
    parser.add_argument("--seconds", type=float, default=10.0, help="for each case")
    parser.add_argument("--keep", default="", help="a folder benches/scale.py kept; a new one is filled and kept")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cityhall-dashboards-") as scratch:
        folder = Path(asked.keep or scratch).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        os.environ |= {"CITYHALL_DATA": str(folder), "CITYHALL_LOG_LEVEL": "ERROR"}
        os.environ.pop("DATABASE_URL", None)
        from cityhall.cli.runtime import load_django, running_database

        with running_database():
            load_django()
            from cityhall.config.database import prepare_schema

            started = time.perf_counter()
            prepare_schema()
            print(f"Schema ready after {time.perf_counter() - started:.0f} s", flush=True)
            return campaign(folder, asked.rows, asked.seconds)


def campaign(folder: Path, rows: int, seconds: float) -> int:
    """Measure every case."""
    from benches.support import seeding
    from django.db import connection

    from cityhall.apps.service_requests import public

    there = scale.stored()
    if there < rows:
        if not there:
            seeding.prepare()
        seeding.fill(there, rows)
    public.add_up_tallies()
    with connection.cursor() as cursor:
        cursor.execute("vacuum service_requests_tallychange")  # as the server does by itself within minutes
        for table in ("tally", "opentally"):
            cursor.execute(f"vacuum (analyze) service_requests_{table}")
            cursor.execute(
                f"select count(*), pg_total_relation_size('service_requests_{table}') from service_requests_{table}"
            )
            count, size = cursor.fetchone()
            print(f"{table}: {count:,} rows, {size / 1e6:.0f} MB")
    supervisor, reporting = [signed_in()], drafts(64)
    print(f"{scale.stored():,} requests, {CLIENTS} clients, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{'':30}{'req/s':>8}{'p50 ms':>8}{'p95 ms':>8}{'cpu ms':>8}   target p95 < {P95_MS:.0f} ms")
    missed = 0
    with scale.web(folder):
        for name, paths in cases().items():
            who = {"desk": supervisor, "repo": reporting}.get(name[:4], [""])
            rate, half, most, cpu, wrong = drive(paths, who, folder, seconds)
            met = most < P95_MS and not wrong
            missed += not met
            said = "met" if met else "MISSED"
            print(f"{name:30}{rate:8.0f}{half:8.0f}{most:8.0f}{cpu:8.1f}   {said}", flush=True)
    return 1 if missed else 0


def cases() -> dict[str, list[str]]:
    """Return the addresses of each case; figures asked anew are as many as nobody gets through."""
    from cityhall.apps.places import public as places
    from cityhall.apps.service_requests import public

    categories = ["", *(one.code for one in public.tallied_kinds())]
    districts = ["", *(str(one.id) for one in places.areas("council_district"))]
    kinds = ["council_district", "neighborhood"]
    periods = ["12", "24", "36", "2025"]
    anew = [
        f"/figures/?period={period}&kind={kind}&category={category}&area={area}"
        for period, category, area, kind in itertools.product(periods, categories, districts, kinds)
    ]
    whole = [f"/figures/?period={period}&kind={kind}" for period in periods for kind in kinds]
    return {
        "figures, as people ask": [*whole, *anew[::97]],
        "figures, asked anew": anew,
        "figures as CSV": [f"/figures/areas.csv?period={period}&kind=neighborhood" for period in periods],
        "desk: figures": ["/desk/figures/"],
        "desk: the whole queue": ["/desk/"],
        "reporting: likely duplicates": ["/report/nearby/"],
    }


def signed_in() -> str:
    """Return the cookie of a dispatcher's session."""
    from django.conf import settings
    from django.test import Client
    from tests.support.people import sign_in

    client = Client()
    sign_in(client, "supervisor")
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def drafts(many: int) -> list[str]:
    """Return the cookies of residents who are about to report what others have reported nearby."""
    from importlib import import_module

    from django.conf import settings
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "select c.code, r.lat, r.lon from service_requests_servicerequest r"
            " join service_requests_category c on c.id = r.category_id"
            " where r.state <> 'closed' and r.lat is not null and c.place_policy = 'exact' and not c.is_emergency"
            " order by md5(r.id::text) limit %s",
            [many],
        )
        places = cursor.fetchall()
    cookies = []
    for category, lat, lon in places:
        session = import_module(settings.SESSION_ENGINE).SessionStore()
        session["report"] = {
            "category": category,
            "lat": lat + 0.0001,
            "lon": lon,
            "address": "1200 Grand Avenue",
            "done": ["photo", "place", "what", "which"],
        }
        session.create()
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
    return cookies


def drive(paths: list[str], cookies: list[str], folder: Path, seconds: float) -> tuple[float, float, float, float, int]:
    """Ask from all clients for some seconds; return requests a second, p50, p95, processor time, and what failed."""
    times: list[float] = []
    wrong = 0
    lock, end = threading.Lock(), time.perf_counter() + seconds
    turns, visitors = itertools.cycle(paths), itertools.cycle(cookies)

    def client() -> None:
        nonlocal wrong
        connection = http.client.HTTPConnection("127.0.0.1", scale.PORT, timeout=30)
        while time.perf_counter() < end:
            with lock:
                path, cookie = next(turns), next(visitors)
            started = time.perf_counter()
            connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
            answer = connection.getresponse()
            answer.read()
            with lock:
                times.append(1000 * (time.perf_counter() - started))
                wrong += answer.status != 200

    before, clients = scale.processor(folder), [threading.Thread(target=client) for _ in range(CLIENTS)]
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    used = scale.processor(folder) - before
    times.sort()
    return len(times) / seconds, times[len(times) // 2], times[int(len(times) * 0.95)], 1000 * used / len(times), wrong


if __name__ == "__main__":
    sys.exit(main())
