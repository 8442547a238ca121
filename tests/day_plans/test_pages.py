"""The desk's pages of a day: choose, make, look, change, print; by role, by language, with bad input."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.day_plans.conftest import DAY, MORNING, SYSTEM, version_of
from tests.support.people import make_person, sign_in

from cityhall.apps.day_plans import queries, services
from cityhall.apps.day_plans.models import PlanVersion
from cityhall.apps.identity import public as identity
from cityhall.apps.identity.contracts import Terms
from cityhall.apps.identity.models import User
from cityhall.apps.service_requests.contracts import Filed
from cityhall.kernel import clock

pytestmark = pytest.mark.django_db


def page_of(team: uuid.UUID, day: object = DAY) -> str:
    return reverse("desk-day-plan-page", args=[team, str(day)])


@pytest.fixture
def desk(team: uuid.UUID) -> Client:
    client = Client()
    sign_in(client, "dispatcher", department="pavement-department")
    return client


def act(client: Client, plan_id: uuid.UUID, **fields: Any) -> Any:
    given = {"version": str(version_of(plan_id)), **fields}
    return client.post(reverse("desk-day-plan-act", args=[plan_id]), given, follow=True)


def test_from_nothing_to_a_published_day(
    desk: Client, team: uuid.UUID, work: Callable[..., Filed], morning: datetime
) -> None:
    filed = [work() for _ in range(3)]
    answer = desk.get(reverse("desk-day-plan"), follow=True)
    assert answer.redirect_chain[-1][0] == page_of(team)
    assert b"Nobody has planned this day." in answer.content
    answer = desk.post(reverse("desk-day-plan-make", args=[team, DAY]), follow=True)
    assert b"The plan is being made." in answer.content
    going = desk.get(reverse("desk-day-plan-standing", args=[team, DAY]))
    assert b"every 2s" in going.content

    plan = queries.plan_on(team, DAY, SYSTEM)
    assert plan is not None
    services.make(plan.id)
    assert desk.get(reverse("desk-day-plan-standing", args=[team, DAY]))["HX-Refresh"] == "true"
    answer = desk.get(page_of(team))
    assert all(one.number in answer.content.decode() for one in filed)
    assert b"A draft." in answer.content

    crew = Client()
    sign_in(crew, user=User.objects.get(name="Tom Becker"))
    assert b"No plan is published for this day." in crew.get(page_of(team)).content
    assert b"The crews have this plan now." in act(desk, plan.id, act="publish").content
    answer = crew.get(page_of(team))
    assert b"your crew" in answer.content
    assert b"Publish" not in answer.content
    assert crew.post(reverse("desk-day-plan-make", args=[team, DAY])).status_code == 403


def test_the_map_and_the_paper_have_the_same_stops(
    desk: Client, team: uuid.UUID, planned: tuple[uuid.UUID, list[Filed]]
) -> None:
    _plan_id, filed = planned
    routes = desk.get(reverse("desk-day-plan-routes", args=[team, DAY])).json()["features"]
    labels = [one["properties"]["label"] for one in routes if one["geometry"]["type"] == "Point"]
    paper = desk.get(reverse("desk-day-plan-print", args=[team, DAY])).content.decode()
    assert len(labels) == 4
    assert all(f">{label}<" in paper for label in labels)
    assert all(one.number in paper for one in filed)
    assert paper.count("<svg") >= 5
    nothing = desk.get(reverse("desk-day-plan-routes", args=[team, DAY + timedelta(days=1)])).json()
    assert nothing["features"] == []
    assert desk.get(reverse("desk-day-plan-print", args=[team, DAY + timedelta(days=1)])).status_code == 404


def test_changes_by_hand_and_two_people_at_once(
    desk: Client, team: uuid.UUID, planned: tuple[uuid.UUID, list[Filed]]
) -> None:
    plan_id, _filed = planned
    content = queries.plan_of(plan_id, SYSTEM).content
    assert content is not None
    first, other = content.routes
    key = str(first.stops[0].key)
    assert b"Changed, with new times." in act(desk, plan_id, act="give", key=key, crew=other.crew_id).content
    assert b"Somebody changed this plan" in act(desk, plan_id, act="later", key=key, version=1).content
    assert b"The crews have an earlier version." in act(desk, plan_id, act="leave_out", key=key).content
    answer = act(desk, plan_id, act="take_in", key=key, crew=first.crew_id)
    assert answer.redirect_chain[-1][0].startswith(page_of(team))
    answer = act(desk, plan_id, act="go-1", at="stop-1")
    assert answer.redirect_chain[-1][0].endswith("#stop-1")
    assert b"The crews have this plan." in answer.content
    assert b"The hours are kept." in act(desk, plan_id, act="promise", key=key, begins="09:00", ends="10:00").content


@pytest.mark.parametrize(
    "fields",
    [
        {"act": "fly"},
        {"act": ""},
        {"act": "later", "key": "x"},
        {"act": "give", "key": str(uuid.uuid4()), "crew": "x"},
        {"act": "go-x"},
        {"act": "go-99999999999"},
        {"act": "publish", "version": "-1"},
        {"act": "promise", "key": str(uuid.uuid4()), "begins": "25:00"},
        {"act": "accept"},
    ],
)
def test_nonsense_changes_nothing(desk: Client, planned: tuple[uuid.UUID, list[Filed]], fields: dict[str, str]) -> None:
    plan_id, _filed = planned
    before = queries.plan_of(plan_id, SYSTEM)
    assert act(desk, plan_id, **fields).status_code in {200, 404}
    assert queries.plan_of(plan_id, SYSTEM) == before


def test_days_and_teams_that_do_not_exist(desk: Client, team: uuid.UUID, morning: datetime) -> None:
    for address in (page_of(team, "yesterday"), page_of(team, "0001-01-01"), page_of(uuid.uuid4())):
        assert desk.get(address).status_code == 404
    assert desk.get(reverse("desk-day-plan"), {"day": "x", "team": "y"}).status_code == 302
    assert desk.get(page_of(team, "2026-03-04")).status_code == 200
    answer = desk.post(reverse("desk-day-plan-make", args=[team, "2026-03-04"]), follow=True)
    assert b"Choose a day from today to 60 days ahead." in answer.content


def test_a_proposal_is_shown_with_what_changes(
    desk: Client, planned: tuple[uuid.UUID, list[Filed]], work: Callable[..., Filed]
) -> None:
    plan_id, _filed = planned
    with clock.held_at(MORNING + timedelta(hours=4)):
        urgent = work("hazard", priority=1)
        services.plan_urgent(plan_id, urgent.id)
        plan = queries.plan_of(plan_id, SYSTEM)
        answer = desk.get(page_of(plan.team_id)).content.decode()
        assert "Something urgent came" in answer
        assert urgent.number in answer
        assert "New in the plan" in answer
        assert b"The crews have the new plan now." in act(desk, plan_id, act="accept").content


def test_what_no_crew_can_take_is_named_and_no_new_plan_is_offered(
    desk: Client, planned: tuple[uuid.UUID, list[Filed]], work: Callable[..., Filed]
) -> None:
    plan_id, _filed = planned
    with clock.held_at(MORNING + timedelta(hours=14)):
        urgent = work("hazard", priority=1)
        services.plan_urgent(plan_id, urgent.id)
        answer = desk.get(page_of(queries.plan_of(plan_id, SYSTEM).team_id)).content.decode()
        assert "No crew can take it" in answer and urgent.number in answer
        assert 'value="accept"' not in answer
        assert b"The crews keep the plan they have." in act(desk, plan_id, act="refuse").content


def test_a_teams_day_is_set_up_on_its_page(desk: Client, team: uuid.UUID) -> None:
    address = reverse("desk-day-plan-crews", args=[team])
    day = {"part": "team", "depot": "32.7, -117.1", "begins": "07:00", "ends": "15:00", "speed": "20"}
    assert b"The depot and hours are saved." in desk.post(address, day, follow=True).content
    assert queries.team_terms(team).lat == 32.7
    refused = desk.post(address, {**day, "depot": "nowhere at all", "speed": "fast"})
    assert refused.status_code == 422
    assert b"Enter a speed from 3 to 60 miles an hour." in refused.content
    crew = {
        "part": "new",
        "name": "Truck 3",
        "skills": "Crane, asphalt,crane",
        "most_jobs": "7",
        "begins": "",
        "ends": "",
    }
    assert b"The crew is saved." in desk.post(address, crew, follow=True).content
    made = next(one for one in queries.crews(team) if one.name == "Truck 3")
    assert (made.skills, made.most_jobs) == (("crane", "asphalt"), 7)
    assert desk.post(address, {**crew, "members": "x"}).status_code == 422
    assert desk.post(address, {**crew, "part": "crew-x"}).status_code == 422
    assert desk.post(address, {**crew, "name": "Truck 9", "begins": "late"}).status_code == 422
    desk.post(address, {**crew, "part": f"crew-{made.id}", "name": "Crane"})
    desk.post(address, {"part": f"end-{made.id}"})
    assert "Crane" not in [one.name for one in queries.crews(team)]


def test_the_page_speaks_spanish(desk: Client, team: uuid.UUID, planned: tuple[uuid.UUID, list[Filed]]) -> None:
    answer = desk.get(f"/es{page_of(team)}").content.decode()
    assert "Plan del día" in answer
    assert "Publish" not in answer


def test_somebody_without_a_team_is_told(db: None) -> None:
    client = Client()
    sign_in(client, "dispatcher", department="parks")
    assert b"There is no team among yours." in client.get(reverse("desk-day-plan")).content


def test_who_may_put_people_into_teams_is_led_there(db: None) -> None:
    client = Client()
    sign_in(client, "administrator")
    page = client.get(reverse("desk-day-plan")).text
    assert f'href="{reverse("desk-people")}">Say who works in which team' in page
    assert "Ask your administrator" not in page


def test_the_queries_do_not_grow_with_the_stops(
    desk: Client, team: uuid.UUID, work: Callable[..., Filed], morning: datetime, django_assert_max_num_queries: Any
) -> None:
    for _ in range(9):
        work()
    services.plan_now(team, DAY, actor=SYSTEM)
    with django_assert_max_num_queries(45):
        desk.get(page_of(team))


def test_a_contractors_planner_learns_no_name_of_the_citys_people(
    desk: Client, team: uuid.UUID, planned: tuple[uuid.UUID, list[Filed]]
) -> None:
    author = User.objects.get(memberships__role__code="dispatcher")
    User.objects.filter(id=author.id).update(name="Dana Dispatcher")
    second = PlanVersion.objects.get()
    second.id, second.number, second._state.adding = uuid.uuid4(), second.number + 1, True
    second.save()
    PlanVersion.objects.update(by_id=author.id)
    assert "Dana Dispatcher" in desk.get(page_of(team)).content.decode()
    terms = Terms("Alder", DAY - timedelta(10), DAY + timedelta(10))
    identity.ensure_contractor(terms, teams=["pavement"])
    theirs = Client()
    planner = sign_in(theirs, user=make_person("dispatcher", team="pavement", name="Ann Alder"))
    assert planner.contractor_id
    page = theirs.get(page_of(team)).content.decode()
    assert "Truck 1" in page
    assert "Dana Dispatcher" not in page
