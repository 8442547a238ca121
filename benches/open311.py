"""How fast the Open311 endpoints answer, over 100,000 requests, without the network.

Each line also shows what PostgreSQL alone needs for the same rows, measured in the same run, so that a slow machine is
not taken for slow code. Run with `make bench`; ROWS= and SECONDS= change the size.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROWS = int(os.environ.get("ROWS", "100000"))
SECONDS = float(os.environ.get("SECONDS", "3"))

MULTIPLY = """
insert into service_requests_servicerequest
select (jsonb_populate_record(r, jsonb_build_object(
    'id', gen_random_uuid(), 'number', 100000 + n,
    'lat', r.lat + (n %% 1000) * 0.0001, 'lon', r.lon + (n / 1000) * 0.0005,
    'public_lat', r.lat + (n %% 1000) * 0.0001, 'public_lon', r.lon + (n / 1000) * 0.0005,
    'requested_at', r.requested_at - n * interval '7 minutes',
    'updated_at', r.updated_at - n * interval '7 minutes'))).*
from service_requests_servicerequest r, generate_series(1, %s) n
where r.id = %s
"""
CELLS = "update service_requests_servicerequest set public_cell7 = %s, public_cell = %s where id = any(%s)"


def main() -> None:
    from cityhall.adapters.database.embedded import EmbeddedPostgres

    with tempfile.TemporaryDirectory() as scratch:
        os.environ |= {
            "CITYHALL_DATA": scratch,
            "CITYHALL_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "cityhall.config.settings",
        }
        server = EmbeddedPostgres(Path(scratch))
        server.start()
        os.environ["DATABASE_URL"] = server.url
        try:
            import django

            django.setup()
            from django.core.management import call_command
            from django.test.utils import override_settings

            call_command("migrate", verbosity=0)
            with override_settings(ALLOWED_HOSTS=["testserver"]):
                measure(fill())
        finally:
            server.stop()


def fill() -> str:
    """Make the rows; return one request's number."""
    import h3
    from django.db import connection

    from cityhall.apps.service_requests import services
    from cityhall.apps.service_requests.contracts import NewRequest, Place
    from cityhall.apps.service_requests.models import Category, CategoryGroup, ServiceRequest
    from cityhall.kernel.actors import ANONYMOUS

    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets"})
    for n in range(20):
        Category.objects.create(code=f"kind-{n}", group=group, name={"en": f"Kind {n}"}, open311_per_minute=32000)
    place = Place(32.7, -117.15, "1202 Grand Ave")
    filed = services.file_request(NewRequest("kind-1", place, "A hole in the road."), actor=ANONYMOUS)
    with connection.cursor() as cursor:
        cursor.execute(MULTIPLY, [ROWS, filed.id])
        by_cell: dict[tuple[int, int], list[object]] = {}
        for row_id, lat, lon in ServiceRequest.objects.values_list("id", "public_lat", "public_lon"):
            cells = tuple(h3.str_to_int(h3.latlng_to_cell(lat, lon, size)) for size in (7, 10))
            by_cell.setdefault((cells[0], cells[1]), []).append(row_id)
        cursor.executemany(CELLS, [(seven, ten, ids) for (seven, ten), ids in by_cell.items()])
        cursor.execute("vacuum analyze service_requests_servicerequest")
    return filed.number


def measure(number: str) -> None:
    from django.db import connection
    from django.test import Client

    client = Client()
    base = "/open311/v2"
    form = {"service_code": "kind-2", "lat": "32.71", "long": "-117.14", "description": "Deep"}

    def get(path: str) -> Callable[[], object]:
        def call() -> object:
            answer = client.get(f"{base}/{path}")
            assert answer.status_code == 200, answer.content[:300]
            return answer

        return call

    def sql(where: str, limit: int) -> Callable[[], object]:
        def call() -> object:
            with connection.cursor() as cursor:
                cursor.execute(
                    "select * from service_requests_servicerequest where not hidden"
                    f" and {where} order by requested_at desc, id desc limit {limit}"
                )
                return cursor.fetchall()

        return call

    box = "public_lat between 32.70 and 32.72 and public_lon between -117.15 and -117.14"
    runs: list[tuple[str, Callable[[], object], Callable[[], object] | None]] = [
        ("services.json (20)", get("services.json"), None),
        ("requests.json, 100 rows", get("requests.json?page=1&page_size=100"), sql("true", 100)),
        ("requests.xml, 100 rows", get("requests.xml?page=1&page_size=100"), sql("true", 100)),
        ("requests.json, 1,000 rows", get("requests.json"), sql("true", 1000)),
        ("the same, extensions", get("requests.json?page_size=100&extensions=true"), sql("true", 100)),
        ("bbox, 50 rows", get("requests.json?bbox=-117.15,32.70,-117.14,32.72&page_size=50"), sql(box, 50)),
        ("open since a day, 100 rows", get("requests.json?status=open&page_size=100"), sql("state <> 'closed'", 100)),
        ("one request", get(f"requests/{number}.json"), sql("number = 1001", 1)),
        ("filing", lambda: client.post(f"{base}/requests.json", form), None),
    ]
    print(f"{ROWS + 1:,} requests, one caller, no network")
    print(f"{'':30}{'a second':>10}{'median':>10}{'p99':>10}{'SQL alone':>12}")
    for name, run, alone in runs:
        times = timed(run)
        baseline = f"{statistics.median(timed(alone, 1)) * 1000:.1f} ms" if alone else ""
        print(
            f"{name:30}{1 / statistics.mean(times):10.0f}{statistics.median(times) * 1000:7.1f} ms"
            f"{sorted(times)[int(len(times) * 0.99)] * 1000:7.1f} ms{baseline:>12}"
        )


def timed(run: Callable[[], object], seconds: float = SECONDS) -> list[float]:
    """Call again and again; return how long each call took, in seconds."""
    run()
    times: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 5:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return times


if __name__ == "__main__":
    main()
