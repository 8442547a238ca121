"""What is fast must tell the same as what is slow: lists against single requests, kept counts against counted rows."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from cityhall.apps.places.models import City
from cityhall.apps.service_requests import queries
from cityhall.apps.service_requests.contracts import Detail, Filed, Moderation, RequestFilter, Showing
from cityhall.apps.service_requests.models import Category, MapCell, MapChange, ServiceRequest
from cityhall.kernel.actors import ANONYMOUS

pytestmark = pytest.mark.django_db
File = Callable[..., Filed]
CITY = (-118.0, 32.0, -117.0, 33.0)


def counted(zoom: float) -> dict[str, int]:
    return {f"{one.lat:.6f},{one.lon:.6f}": one.count for one in queries.map_points(CITY, zoom)}


def test_a_list_tells_what_each_request_tells_under_every_policy(
    make_category: Callable[..., Category], file_one: File
) -> None:
    details = [Detail.EXACT, Detail.GENERALISED, Detail.WITHHELD]
    for number, (place, text) in enumerate(itertools.product(details, details)):
        make_category(
            f"kind-{number}",
            place_policy=place,
            text_policy=text,
            moderation=Moderation.WAITS if number % 2 else Moderation.AT_ONCE,
        )
        for showing in Showing:
            filed = file_one(f"kind-{number}", description=f"Words of {number} {showing}")
            ServiceRequest.objects.filter(id=filed.id).update(showing=showing)
    ServiceRequest.objects.filter(number=ServiceRequest.objects.order_by("number")[3].number).update(hidden=True)
    found, more = queries.listed(RequestFilter(), limit=1000)
    assert not more
    assert len(found) == 9 * len(Showing) - 1
    for row in found:
        alone = queries.one(row.number, ANONYMOUS)
        assert queries.one_listed(int(row.number.replace("-", ""))) == row
        assert (row.lat, row.lon, row.address, row.description) == (
            alone.lat, alone.lon, alone.address, alone.description,
        )  # fmt: skip
        assert (row.status, row.category_name, row.department) == (alone.status, alone.category_name, alone.department)
        assert row.requested_at == int(alone.requested_at.timestamp())


def test_a_request_that_was_taken_down_is_in_no_list(make_category: Callable[..., Category], file_one: File) -> None:
    make_category("pothole")
    filed = file_one("pothole")
    path = f"/open311/v2/requests/{filed.number}.json"
    assert Client().get(path).status_code == 200
    ServiceRequest.objects.update(hidden=True)
    assert Client().get(path).status_code == 404
    assert Client().get("/open311/v2/requests.json").json() == []
    assert counted(9) == counted(14) == {}


@pytest.mark.parametrize("added_up", [False, True])
def test_the_map_counts_what_is_filed_moved_hidden_and_removed(
    make_category: Callable[..., Category], file_one: File, added_up: bool
) -> None:
    make_category("pothole")

    def settle() -> None:
        if added_up:
            with connection.cursor() as cursor:
                cursor.execute("select service_requests_add_up_map()")
            assert not MapChange.objects.exists()

    spots = [(32.71, -117.16), (32.71, -117.16), (32.71, -117.16), (32.75, -117.10)]
    filed = [file_one("pothole", at=spot) for spot in spots]
    settle()
    assert sorted(counted(9).values()) == [1, 3]
    assert [one.number for one in queries.map_points(CITY, 9) if one.count == 1] == [filed[3].number]
    ServiceRequest.objects.filter(id=filed[0].id).update(hidden=True)
    settle()
    assert sorted(counted(14).values()) == [1, 2]
    moved = ServiceRequest.objects.get(id=filed[3].id)
    for name in ("public_lat", "public_lon", "public_cell", "public_cell7"):
        setattr(moved, name, getattr(ServiceRequest.objects.get(id=filed[1].id), name))
    moved.save()
    settle()
    assert counted(9) == {"32.710000,-117.160000": 3}
    _remove(filed[1])
    settle()
    assert counted(9) == {"32.710000,-117.160000": 2}
    with connection.cursor() as cursor:
        cursor.execute("select service_requests_count_map()")
    assert counted(9) == {"32.710000,-117.160000": 2}
    assert set(MapCell.objects.values_list("count", flat=True)) == {2}


def _remove(filed: Filed) -> None:
    from cityhall.apps.service_requests.models import HistoryEvent

    HistoryEvent.objects.filter(request_id=filed.id).delete()
    ServiceRequest.objects.filter(id=filed.id).delete()


def test_a_state_that_changes_leaves_the_counts_alone(make_category: Callable[..., Category], file_one: File) -> None:
    make_category("pothole")
    file_one("pothole")
    before = MapChange.objects.count()
    ServiceRequest.objects.update(state="scheduled")
    assert MapChange.objects.count() == before
    assert sum(counted(9).values()) == 1


def test_filing_writes_its_rows_in_one_statement(make_category: Callable[..., Category], file_one: File) -> None:
    from django.test.utils import CaptureQueriesContext

    make_category("pothole")
    with CaptureQueriesContext(connection) as used:
        file_one("pothole")
    written = [one["sql"] for one in used.captured_queries if "insert into" in one["sql"].lower()]
    assert len(written) == 1
    for table in ("servicerequest", "reporter", "historyevent", "outboxevent", "auditentry"):
        assert table in written[0]


def test_a_door_for_programs_knows_no_cookies(make_category: Callable[..., Category]) -> None:
    make_category("pothole")
    client = Client()
    client.cookies["sessionid"] = "whatever"
    client.cookies["django_language"] = "es"
    answer = client.get("/open311/v2/services.json")
    request = answer.wsgi_request
    assert not [name for name in ("session", "user", "actor", "htmx") if hasattr(request, name)]
    assert answer["Content-Language"] == "en"
    assert "Set-Cookie" not in answer
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_the_map_job_adds_up(make_category: Callable[..., Category], file_one: File) -> None:
    from cityhall.apps.service_requests.jobs import add_up_map

    make_category("pothole")
    file_one("pothole")
    assert add_up_map(0) == 1
    assert add_up_map(0) == 0
    assert MapCell.objects.count() == 4


def test_a_box_of_any_size_has_what_is_in_it_and_nothing_else(
    make_category: Callable[..., Category], file_one: File
) -> None:
    make_category("pothole")
    chance = random.Random(311)
    spots = [(32.72 + chance.gauss(0, 0.004), -117.16 + chance.gauss(0, 0.004)) for _ in range(30)]
    filed = {file_one("pothole", at=spot).number: spot for spot in spots}
    for wide in (0.0004, 0.002, 0.005, 0.006, 0.02, 0.2):
        for _ in range(6):
            lat, lon = chance.choice(spots)
            box = (lon - wide / 2, lat - wide / 3, lon + wide / 2, lat + wide / 3)
            west, south, east, north = box
            inside = {
                number for number, (y, x) in filed.items() if south <= y <= north and west <= x <= east
            }  # fmt: skip
            found, _more = queries.listed(RequestFilter(bbox=box), limit=1000)
            assert {one.number for one in found} == inside
            assert {one.number for one in queries.map_points(box, 18)} == inside


def test_the_map_of_a_city_that_says_nothing_of_its_place_opens_on_its_requests(
    make_category: Callable[..., Category], file_one: File
) -> None:
    City.objects.update(bounds=[])
    make_category("pothole")
    assert "data-bounds" not in Client().get("/requests/").text
    for spot in [(32.71, -117.16), (32.75, -117.10)]:
        file_one("pothole", at=spot)
    with connection.cursor() as cursor:
        cursor.execute("select service_requests_add_up_map()")
    found = re.search(r'data-bounds="([^"]*)"', Client().get("/requests/").text)
    assert found is not None
    west, south, east, north = map(float, found[1].split(","))
    assert -117.19 < west < -117.16 < -117.10 < east < -117.07
    assert 32.68 < south < 32.71 < 32.75 < north < 32.78
