from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.support.people import make_person, sign_in

from cityhall.apps.identity import public as identity
from cityhall.apps.service_requests import jobs, queries
from cityhall.apps.service_requests.contracts import Filed, RequestFilter
from cityhall.apps.service_requests.models import Category, ServiceRequest
from cityhall.kernel.actors import ANONYMOUS

pytestmark = pytest.mark.django_db


def given_in(body: str) -> dict[str, str]:
    found = re.search(r'name="read_at" value="([^"]+)"', body)
    assert found
    return {
        "read_at": found[1], "name_en": "Hole in the road", "name_es": "Hoyo en la calle", "target_days": "7",
        "department": "", "text_policy": "withheld", "moderation": "waits", "is_active": "yes",
    }  # fmt: skip


def test_a_category_is_renamed_in_two_languages_and_gets_a_target(client: Client, pothole: Category) -> None:
    sign_in(client, "supervisor")
    assert "Pothole" in client.get("/desk/categories/").content.decode()
    given = given_in(client.get("/desk/categories/pothole/").content.decode())
    assert "Hole in the road" in client.post("/desk/categories/pothole/", given, follow=True).content.decode()
    pothole.refresh_from_db()
    assert pothole.name["es"] == "Hoyo en la calle"
    assert (pothole.target_days, pothole.text_policy, pothole.moderation) == (7, "withheld", "waits")


def test_nobody_finds_a_request_by_words_that_are_withheld_now(
    client: Client, pothole: Category, file_one: Callable[..., Filed]
) -> None:
    def finds(words: str) -> int:
        return len(queries.published(RequestFilter(words=words), ANONYMOUS).items)

    file_one(description="Mrs Featherstonehaugh is ill.")
    assert (finds("featherstonehaugh"), finds("hole in the road")) == (1, 0)
    sign_in(client, "supervisor")
    client.post("/desk/categories/pothole/", given_in(client.get("/desk/categories/pothole/").content.decode()))
    jobs.reapply(**ProcrastinateJob.objects.get(task_name="service_requests.reapply").args)
    assert (finds("featherstonehaugh"), finds("hole in the road")) == (0, 1)


def test_a_category_changed_meanwhile_is_refused_with_both_versions(client: Client, pothole: Category) -> None:
    sign_in(client, "supervisor")
    given = given_in(client.get("/desk/categories/pothole/").content.decode())
    pothole.name = {"en": "Their pothole"}
    pothole.save()
    refused = client.post("/desk/categories/pothole/", given)
    body = refused.content.decode()
    assert refused.status_code == 409
    assert "Their pothole" in body
    assert "Hole in the road" in body
    again = {**given, "read_at": given_in(body)["read_at"]}
    assert client.post("/desk/categories/pothole/", again).status_code == 302


def test_new_requests_go_to_the_team_a_category_names(
    client: Client, pothole: Category, file_one: Callable[..., Filed]
) -> None:
    crew = make_person("crew", department="streets", team="paving")
    make_person("crew", department="parks", team="trees")
    streets, parks = (one for code in ("streets", "parks") for one in identity.departments() if one.code == code)
    paving, trees = (one for code in ("paving", "trees") for one in identity.teams() if one.code == code)
    sign_in(client, "supervisor")
    page = client.get("/desk/categories/pothole/").text
    assert "Paving (Streets)" in page
    given = {**given_in(page), "department": str(streets.id), "team": str(paving.id), "moderation": "at_once"}
    for wrong in ({"department": str(parks.id)}, {"department": ""}, {"team": str(trees.id)}):
        assert "Choose a team of this department." in client.post("/desk/categories/pothole/", {**given, **wrong}).text
    client.post("/desk/categories/pothole/", given)
    filed = file_one()
    stands = ServiceRequest.objects.get(id=filed.id)
    assert (stands.department_id, stands.team_id) == (streets.id, paving.id)
    assert f'value="{paving.id}" selected' in client.get("/desk/categories/pothole/").text
    browser = Client()
    sign_in(browser, user=crew)
    assert filed.number in browser.get("/desk/").text


@pytest.mark.parametrize(
    ("field", "value"), [("name_en", " "), ("target_days", "soon"), ("text_policy", "generalised")]
)
def test_what_makes_no_sense_is_refused_and_kept_in_the_fields(
    client: Client, pothole: Category, field: str, value: str
) -> None:
    sign_in(client, "supervisor")
    given = given_in(client.get("/desk/categories/pothole/").content.decode())
    refused = client.post("/desk/categories/pothole/", {**given, field: value})
    assert refused.status_code == 400
    assert "Hoyo en la calle" in refused.content.decode()


def test_only_those_who_configure_come_here(client: Client, make_category: Callable[..., Category]) -> None:
    make_category("pothole")
    sign_in(client, "dispatcher")
    assert client.get("/desk/categories/").status_code == 403
    assert client.post("/desk/categories/pothole/", {}).status_code == 403
    assert "Categories" not in client.get("/desk/").content.decode()
