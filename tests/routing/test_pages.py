"""The desk's pages of routing: without scripts, in both languages, and only for those who may."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from tests.routing.conftest import Teams, to
from tests.support.city import CENTER
from tests.support.people import sign_in

from cityhall.apps.places import public as places
from cityhall.apps.routing import queries
from cityhall.apps.routing.contracts import Holidays, Measure
from cityhall.apps.service_requests.contracts import Filed
from cityhall.apps.service_requests.models import Category
from cityhall.kernel.actors import Actor

pytestmark = pytest.mark.django_db


def plain(content: bytes) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content.decode()))


def press(client: Client, act: str, **more: str) -> str:
    revision = re.search(r'name="revision" value="(\d+)"', client.get("/desk/routing/draft/").content.decode())
    assert revision
    answer = client.post("/desk/routing/draft/act/", {"act": act, "revision": revision[1], **more}, follow=True)
    return plain(answer.content)


def test_a_supervisor_writes_orders_tests_and_switches_on(
    teams: Teams, make_category: Callable[..., Category], file_one: Callable[..., Filed], client: Client,
    supervisor: Actor,
) -> None:  # fmt: skip
    make_category("pothole", team_id=teams.north, department_id=teams.department)
    filed = file_one(at=CENTER)
    sign_in(client, "supervisor")
    assert "There are no rules yet." in plain(client.get("/desk/routing/").content)
    assert "The draft has no rules." in plain(client.post("/desk/routing/", follow=True).content)
    area = places.areas("district")[0].id
    form = {
        "revision": "1",
        "name": "Potholes here",
        "categories": ["pothole"],
        "areas": [str(area)],
        "days": ["0", "1", "2", "3", "4", "5", "6"],
        "since": "00:00",
        "until": "",
        "holidays": "any",
        "team": [str(teams.south), "", "", ""],
        "weight": ["1", "1", "1", "1"],
    }
    refused = client.post("/desk/routing/draft/rules/new/", {**form, "name": "", "since": "late"})
    assert refused.status_code == 422
    assert "Write the time like 17:30." in plain(refused.content)
    assert f'value="{area}" checked' in refused.content.decode()
    said = plain(client.post("/desk/routing/draft/rules/new/", form, follow=True).content)
    assert "Potholes here" in said
    assert "Category: Pothole" in said
    assert "Goes to Streets South" in said
    spread = {**form, "revision": "2", "name": "The rest", "categories": [], "areas": [], "days": [], "since": ""}
    spread |= {"holidays": "never", "team": [str(teams.north), str(teams.night), "", ""], "weight": ["2", "1", "", ""]}
    said = plain(client.post("/desk/routing/draft/rules/new/", spread, follow=True).content)
    assert "Streets North (share 2) or Streets Night (share 1): whoever has fewer open" in said
    assert "not on holidays" in said
    press(client, "down:1")
    draft = queries.draft(supervisor)
    assert draft is not None
    assert [rule.name for rule in draft.rules] == ["The rest", "Potholes here"]
    assert draft.rules[0].window.holidays is Holidays.NEVER
    press(client, "up:2")
    assert "Test the rules first" in press(client, "switch")
    tested = press(client, "test", days="7")
    assert "Of 1 request, 1 (100.0%) would have gone elsewhere." in tested
    assert f"{filed.number} Pothole" in tested
    assert "rule 1: Potholes here" in tested
    assert "decided 1 request of the test" in tested
    assert "Version 1 of the rules is in force." in press(client, "switch")
    client.post("/desk/routing/")
    press(client, "remove:2")
    press(client, "test", days="30")
    press(client, "switch")
    versions = plain(client.get("/es/desk/routing/").content)
    assert "versión 2" in versions
    assert "Versión 1" in versions
    back = plain(client.post("/desk/routing/versions/1/", follow=True).content)
    assert "The rules of version 1 are in force again, as version 3." in back
    assert client.get("/desk/routing/versions/9/").status_code == 404


def test_steps_are_added_paused_and_removed_and_what_is_wrong_is_said(teams: Teams, client: Client) -> None:
    sign_in(client, "supervisor")
    url = "/desk/routing/targets/"
    assert "There are no steps yet." in plain(client.get(url).content)
    step = {"act": "add", "revision": "0", "number": "2", "measure": "days", "priority": "1", "tell": "yes"}
    refused = client.post(url, {**step, "number": "none"})
    assert (refused.status_code, "from 1 to 365" in plain(refused.content)) == (422, True)
    said = plain(client.post(url, step, follow=True).content)
    assert "2 days before the target All categories priority is raised to 1, and whoever leads the team" in said
    assert queries.plan().steps[0].measure is Measure.DAYS
    assert "The steps are paused." in plain(client.post(url, {"act": "pause", "revision": "1"}, follow=True).content)
    assert queries.plan().is_paused
    stale = plain(client.post(url, {"act": "resume", "revision": "1"}, follow=True).content)
    assert "Somebody changed the steps since you read them." in stale
    assert "There are no steps yet." in plain(
        client.post(url, {"act": "remove:1", "revision": "2"}, follow=True).content
    )


def test_what_is_in_force_is_not_changed_by_a_draft_that_is_thrown_away(
    teams: Teams, in_force: Callable[..., int], client: Client, supervisor: Actor
) -> None:
    in_force(to(teams.north, name="Stays"))
    sign_in(client, "supervisor")
    client.post("/desk/routing/")
    press(client, "remove:1")
    assert "The rules in force stay." in press(client, "discard")
    live = queries.live(supervisor)
    assert live is not None
    assert [rule.name for rule in live.rules] == ["Stays"]
    assert client.get("/desk/routing/draft/", follow=True).request["PATH_INFO"] == "/desk/routing/"
