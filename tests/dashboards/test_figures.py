"""What the pages of figures and their data tell, and what they keep to themselves."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from tests.support.people import make_person, sign_in

from cityhall.apps.dashboards.web import words
from cityhall.apps.identity import public as identity
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import public as requests
from cityhall.apps.service_requests import services
from cityhall.apps.service_requests.contracts import LoadedRequest, Outcome, Place, Tallied
from cityhall.apps.service_requests.models import Category, ServiceRequest
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, system

from .conftest import NOW, request

pytestmark = pytest.mark.django_db
Town = Callable[..., None]
EAST = Place(32.75, -117.05)


@pytest.fixture(autouse=True)
def _held() -> Iterator[None]:
    with clock.held_at(NOW):
        yield


def table(client: Client, name: str, **query: str) -> list[dict[str, str]]:
    desk = query.pop("at", "figures")
    answer = client.get(f"/{desk}/{name}.csv", query)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def text_of(client: Client, address: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(address).content.decode()))


def test_an_empty_city_says_that_there_is_nothing_yet(client: Client) -> None:
    assert "There is nothing to count yet" in text_of(client, "/figures/")


def test_a_load_that_is_being_counted_says_so(client: Client, town: Town) -> None:
    town(request(days_ago=1))
    said = "are being counted"
    assert said not in text_of(client, "/figures/")
    loaded = [LoadedRequest("pothole", NOW - timedelta(days=9), EAST, external_id=str(one)) for one in range(1000)]
    requests.bulk_load([loaded], actor=system("Import"), source_system="old")
    assert said in text_of(client, "/figures/")
    assert "se están contando" in text_of(client, "/es/figures/")
    requests.add_up_tallies()
    assert said not in text_of(client, "/figures/")


def test_the_page_tells_what_was_filed_closed_and_is_late(client: Client, town: Town) -> None:
    town(
        *(request(days_ago=40, fixed_after=2.5) for _ in range(12)),
        *(request("tree", days_ago=40, place=EAST) for _ in range(3)),
        request(days_ago=1),
    )
    page = text_of(client, "/figures/")
    assert re.search(r"Reported\s*in these months\s*16 ", page)
    assert re.search(r"Closed\s*in these months\s*12 ", page)
    assert re.search(r"Open\s*now\s*4 ", page)
    assert re.search(r"Late\s*now\s*3 ", page)
    assert re.search(r"Within target\s*in these months\s*80% ", page)
    assert {row["age"]: row["open"] for row in table(client, "ages")}["quarter"] == "3"
    months = {row["month"]: row for row in table(client, "months")}
    assert list(months)[-1] == "2026-06-01"
    assert months["2026-06-01"]["is_over"] == "false"
    assert (months["2026-05-01"]["opened"], months["2026-05-01"]["open"]) == ("15", "3")
    assert float(months["2026-05-01"]["median_days"]) == pytest.approx(2.5)


def test_a_chart_that_has_nothing_to_draw_says_why() -> None:
    young = Tallied(opened=2, closed={}, due=0, met=0, contested=0, upheld=0, days=())
    assert words.why_empty("share_met", young) == "No target date fell in these months yet."
    assert "fewer than ten to count" in words.why_empty("share_met", replace(young, due=2))


def test_filters_hold_for_the_page_and_its_data(client: Client, town: Town) -> None:
    town(*(request(days_ago=40) for _ in range(3)), request("tree", days_ago=5, place=EAST), request(days_ago=800))
    east = next(one for one in places.areas("district") if one.code == "2")
    parks = next(one for one in identity.departments() if one.code == "parks")
    assert [row["opened"] for row in table(client, "categories", category="pothole")] == ["3"]
    assert sum(int(row["opened"]) for row in table(client, "months", area=str(east.id))) == 1
    assert sum(int(row["opened"]) for row in table(client, "months", department=str(parks.id))) == 1
    assert sum(int(row["opened"]) for row in table(client, "months", period="36")) == 5
    assert sum(int(row["opened"]) for row in table(client, "months", period="2024")) == 1
    assert [row["department"] for row in table(client, "departments", department=str(parks.id))] == ["Parks"]
    for nonsense in ("period=0", "period=99999", "category=%00", "area=x", "department=-", "kind=<b>"):
        assert client.get(f"/figures/?{nonsense}").status_code == 200


def test_areas_stand_beside_their_residents(client: Client, town: Town) -> None:
    town(*(request(days_ago=4) for _ in range(6)), *(request(days_ago=4, place=EAST) for _ in range(3)))
    rows = {row["code"]: row for row in table(client, "areas")}
    assert (rows["1"]["population"], rows["1"]["per_1000"]) == ("1000", "6.0")
    assert (rows["2"]["population"], rows["2"]["per_1000"]) == ("3000", "1.0")
    page = client.get("/figures/").content.decode()
    assert "Few reports do not mean few problems" in page
    assert page.count("<title>District") == 2
    page = client.get("/es/figures/").content.decode()
    assert "Pocos reportes no significan pocos problemas" in page
    assert "Distrito 2: 1" in page


def test_without_residents_the_map_shades_reports(client: Client, town: Town) -> None:
    from cityhall.apps.places.models import Area

    Area.objects.update(properties={})
    places.set_city(name="Testville again")
    town(request(days_ago=4))
    page = text_of(client, "/figures/")
    assert "Who lives where is not known here" in page
    assert "Few reports do not mean" not in page


def test_nobody_is_told_of_areas_where_places_are_not_public(client: Client, town: Town) -> None:
    town(*(request("camp", days_ago=4) for _ in range(4)), request(days_ago=4))
    west = str(places.areas("district")[0].id)
    assert table(client, "areas", category="camp") == []
    assert {row["code"] for row in table(client, "categories", area=west)} == {"pothole"}
    told = table(client, "months", category="camp", area=west)
    assert sum(int(row["opened"]) for row in told) == 4, "the whole city's, and the page says so"
    page = text_of(client, f"/figures/?category=camp&area={west}")
    assert "These are the figures of the whole city" in page
    assert "1 kind of request is left out of everything below" in text_of(client, f"/figures/?area={west}")
    assert client.get(f"/figures/months.json?category=camp&area={west}").json()["filters"]["area"] == ""
    sign_in(client, "supervisor")
    assert [row["opened"] for row in table(client, "areas", at="desk/figures", category="camp")] == ["4", "0"]


def test_what_is_kept_back_is_in_no_sum_of_an_area(client: Client, town: Town) -> None:
    town(
        *(request("camp", days_ago=4, fixed_after=1) for _ in range(4)),
        *(request("camp", days_ago=40) for _ in range(2)),
        *(request(days_ago=4, fixed_after=1) for _ in range(3)),
        request(days_ago=40),
    )
    west = str(places.areas("district")[0].id)

    def told(client: Client, at: str, opened: str, closed: str, open_now: str) -> None:
        row = next(row for row in table(client, "areas", at=at) if row["code"] == "1")
        assert (row["opened"], row["closed"], row["open"]) == (opened, closed, open_now)
        months = table(client, "months", at=at, area=west)
        assert sum(int(row["opened"]) for row in months) == int(opened)
        assert sum(int(row["open"]) for row in table(client, "ages", at=at, area=west)) == int(open_now)
        assert sum(int(row["closed"]) for row in table(client, "outcomes", at=at, area=west)) == int(closed)
        assert sum(int(row["opened"]) for row in table(client, "departments", at=at, area=west)) == int(opened)

    told(client, "figures", "4", "3", "1")
    assert "1 kind of request is in no area’s figures" in text_of(client, "/figures/")
    assert sum(int(row["opened"]) for row in table(client, "months")) == 10, "the whole city has all of them"
    sign_in(client, "supervisor")
    told(client, "desk/figures", "10", "7", "3")
    assert "in no area’s figures, because" not in text_of(client, "/desk/figures/")


def test_contests_that_were_found_right_are_told(client: Client, town: Town) -> None:
    town(*(request(days_ago=4, fixed_after=1) for _ in range(12)))
    for number, one in enumerate(ServiceRequest.objects.order_by("id")[:10]):
        services.contest(one.id, actor=ANONYMOUS, by_system=True)
        if number < 4:
            services.settle(one.id, actor=system("Test"), upheld=True, sentence="You are right.")
    services.add_up_tallies()
    row = table(client, "categories")[0]
    assert (row["contested"], row["upheld"], row["upheld_share"]) == ("10", "4", "0.4")
    assert "for every 100 closed; 40% found right" in text_of(client, "/figures/")
    told = client.get("/figures/months.json").json()
    assert told["definitions"]["upheld_share"].startswith("Of those said")


def test_staff_see_their_own_work(client: Client, town: Town) -> None:
    town(*(request(days_ago=4) for _ in range(3)), request("tree", days_ago=4))
    assert client.get("/desk/figures/").status_code == 302
    sign_in(client, user=make_person("dispatcher", department="parks"))
    assert [row["category"] for row in table(client, "categories", at="desk/figures")] == ["Tree"]
    assert re.search(r"Reported\s*in these months\s*1 ", text_of(client, "/desk/figures/"))
    assert [row["department"] for row in table(client, "departments", at="desk/figures")] == ["Parks"]
    sign_in(other := Client(), user=make_person("dispatcher", department="streets"))
    assert re.search(r"Reported\s*in these months\s*3 ", text_of(other, "/desk/figures/"))
    assert re.search(r"Reported\s*in these months\s*4 ", text_of(Client(), "/figures/"))


def test_what_is_kept_of_the_areas_is_told_to_nobody_else(client: Client, town: Town) -> None:
    town(*(request(days_ago=4) for _ in range(3)), request("tree", days_ago=4, place=EAST))
    west, east = (str(one.id) for one in places.areas("district"))

    def told(client: Client, address: str) -> list[str]:
        """How many were reported in each district, by the map's residents and by the page's table."""
        page = client.get(address).content.decode()
        counts = re.findall(r'<th scope="row">\d</th><td>District \d</td>(?:<td class="figure">[^<]*</td>){2}'
                            r'<td class="figure">(\d+)</td>', page)  # fmt: skip
        assert [f"{float(count) / people:.1f}" for count, people in zip(counts, (1, 3), strict=True)] == re.findall(
            r"<title>District \d: ([\d.]+)</title>", page
        )
        return counts

    assert told(client, "/figures/") == told(client, f"/figures/?area={west}") == ["3", "1"]
    assert told(client, f"/figures/?area={east}&category=pothole") == told(client, "/figures/?category=pothole")
    assert told(client, "/figures/?category=pothole") == ["3", "0"]
    assert told(client, "/figures/?period=2025") == ["0", "0"]
    sign_in(client, user=make_person("dispatcher", department="parks"))
    assert told(client, f"/desk/figures/?area={west}") == ["0", "1"]
    assert told(client, "/figures/") == ["3", "1"]
    assert "Distrito 1" in client.get("/es/figures/").content.decode()


def test_a_page_is_made_anew_when_the_counts_are_added_up(client: Client, town: Town) -> None:
    town(request(days_ago=4))
    assert re.search(r"Reported\s*in these months\s*1 ", text_of(client, "/figures/"))
    assert client.get("/figures/").content.count(b"<svg") == client.get("/figures/").content.count(b"<svg")
    from cityhall.apps.service_requests.models import TallyState

    before = TallyState.objects.get().added_at
    ServiceRequest.objects.update(hidden=True)
    from datetime import timedelta

    from cityhall.apps.service_requests import public

    public.add_up_tallies()
    TallyState.objects.update(added_at=before + timedelta(minutes=1))
    assert re.search(r"Reported\s*in these months\s*0 ", text_of(client, "/figures/"))


def test_json_says_how_each_figure_is_counted(client: Client, town: Town) -> None:
    town(request(days_ago=4))
    told: dict[str, Any] = client.get("/figures/months.json?category=pothole").json()
    assert told["filters"]["category"] == "pothole"
    assert "closed by it" in told["definitions"]["share_met"]
    assert told["rows"][-1] == {**told["rows"][-1], "month": "2026-06-01", "opened": 1, "median_days": None}
    assert client.get("/figures/nothing.csv").status_code == 404
    assert client.get("/figures/months.xls").status_code == 404


def test_names_are_escaped_and_run_in_no_spreadsheet(client: Client, town: Town) -> None:
    Category.objects.filter(code="pothole").update(name={"en": "=1+1<script>"})
    town(request(days_ago=4))
    assert table(client, "categories")[0]["category"] == "'=1+1<script>"
    page = client.get("/figures/").content.decode()
    assert "<script>" not in page.replace("<script type", "")
    assert " style=" not in page


def test_the_page_asks_as_much_however_many_categories_there_are(
    client: Client, town: Town, django_assert_max_num_queries: Any
) -> None:
    town(*(request(code, days_ago=4) for code in ("pothole", "tree", "camp")))
    client.get("/figures/")
    with django_assert_max_num_queries(40):
        client.get("/figures/?period=24")


def test_a_history_that_names_no_outcomes_says_so_where_fixed_ones_would_be_counted(town: Town, client: Client) -> None:
    unsaid = {"outcome": Outcome.NOT_STATED, "due_at": None}
    town(*(request(days_ago=20 + n, fixed_after=18 + n, **unsaid) for n in range(12)))
    front, figures = client.get("/").text, client.get("/figures/").text
    assert "Closed in the last 7 days" in front
    assert "Fixed in the last 7 days" not in front
    assert "the records do not say what came of them" in front
    assert "?status=done" in front
    assert "so none counts as fixed" in figures


def test_a_history_that_ended_long_ago_is_offered_by_the_year_of_its_newest_reports(client: Client, town: Town) -> None:
    town(request(days_ago=4 * 366, fixed_after=2 * 366))
    year = (NOW - timedelta(days=4 * 366)).year
    now = text_of(client, "/figures/")
    assert f"The newest requests are of {year}. Show {year}" in now
    assert "Nothing was closed in these months." in now
    told = text_of(client, f"/figures/?period={year}")
    assert re.search(r"Reported\s*in these months\s*1 ", told)
    assert "The newest requests are" not in told


def test_spanish_puts_a_space_before_the_sign_of_percent() -> None:
    with translation.override("es"):
        assert (words.figure("share_met", 0.456), words.GLOSSARY["opened"][0]) == ("46\xa0%", "Reportadas")
    with translation.override("en"):
        assert words.figure("share_met", 0.456) == "46%"
