"""Two contractors at every door of the desk: each finds its own work there, and no trace of the other's."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from tests.support.people import make_person, sign_in

from cityhall.apps.identity import public as identity
from cityhall.apps.identity import queries as identity_queries
from cityhall.apps.identity import services as identity_services
from cityhall.apps.identity.contracts import Terms
from cityhall.apps.identity.models import Contractor, User
from cityhall.apps.records.contracts import HoldTerms
from cityhall.apps.records.services import holds
from cityhall.apps.service_requests import exports, queries, services
from cityhall.apps.service_requests.contracts import (
    BulkPlan,
    Contact,
    DeskFilter,
    Filed,
    Outcome,
    RequestFilter,
    Visibility,
)
from cityhall.apps.service_requests.models import Category, HistoryEvent, ServiceRequest
from cityhall.apps.service_requests.rules.grid import distance
from cityhall.apps.service_requests.web.desk_actions import ACTS
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor, system
from cityhall.kernel.errors import Invalid, NotFound

pytestmark = pytest.mark.django_db
File = Callable[..., Filed]


@dataclass(frozen=True)
class Firm:
    name: str
    person: User
    filed: Filed

    @property
    def actor(self) -> Actor:
        return identity_queries.actor_of_account(self.person)

    @property
    def desk(self) -> Client:
        client = Client()
        sign_in(client, user=self.person)
        return client


@pytest.fixture
def firms(make_category: Callable[..., Category], file_one: File) -> tuple[Firm, Firm]:
    """Two contractors in one department, each with a dispatcher, a team and one request of its own."""
    department = identity.ensure_department("clean", {"en": "Clean city"})
    today = clock.now().date()
    found = []
    for name, word in (("Alder", "mural"), ("Birch", "tagging")):
        team = identity.ensure_team(f"{name.lower()}-team", {"en": f"{name} team"}, department="clean")
        terms = Terms(name, today - timedelta(10), today + timedelta(10))
        identity.ensure_contractor(terms, teams=[f"{name.lower()}-team"])
        make_category(f"graffiti-{name.lower()}", department_id=department, team_id=team, target_days=5)
        filed = file_one(
            f"graffiti-{name.lower()}", description=f"A {word}", contact=Contact(email=f"{word}@example.org")
        )
        person = make_person("dispatcher", name=f"{name} Dispatcher", team=f"{name.lower()}-team")
        found.append(Firm(name, person, filed))
    return found[0], found[1]


# Queries and services


def test_lists_counts_search_and_neighbours_hold_its_own_work_only(firms: tuple[Firm, Firm]) -> None:
    own, other = firms
    actor = own.actor
    for asked in (
        DeskFilter(),
        DeskFilter(base=RequestFilter(numbers=(own.filed.number, other.filed.number))),
        DeskFilter(base=RequestFilter(ids=(own.filed.id, other.filed.id))),
        DeskFilter(base=RequestFilter(near=(32.7157, -117.1611, 900))),
        DeskFilter(base=RequestFilter(words="graffiti")),
        DeskFilter(teams=tuple(team.id for team in identity.teams())),
    ):
        assert [row.request.number for row in queries.desk_queue(asked, actor).items] == [own.filed.number]
    assert queries.desk_queue(DeskFilter(base=RequestFilter(words="tagging")), actor).items == ()
    tally = queries.queue_tally(actor, due_before=clock.now() + timedelta(days=30))
    assert (tally.open, tally.due_soon, set(tally.teams), sum(tally.departments.values())) == (
        1,
        1,
        set(actor.teams),
        1,
    )
    with pytest.raises(NotFound):
        queries.desk_one(other.filed.number, actor)
    with pytest.raises(NotFound):
        queries.contact_of(other.filed.number, actor)
    assert queries.contact_of(own.filed.number, actor).email == "mural@example.org"


def test_the_page_of_its_own_request_names_no_other_work(firms: tuple[Firm, Firm], dispatcher: Actor) -> None:
    own, other = firms
    services.close(
        other.filed.id, actor=dispatcher, outcome=Outcome.DUPLICATE, sentence="Twice.", duplicate_of=own.filed.number
    )
    assert queries.desk_one(own.filed.number, dispatcher).duplicates == (other.filed.number,)
    detail = queries.desk_one(own.filed.number, own.actor)
    assert (detail.duplicates, detail.same_asset, detail.nearby) == ((), (), ())


def test_the_public_page_of_others_work_is_all_it_gets(firms: tuple[Firm, Firm]) -> None:
    own, other = firms
    assert queries.one(own.filed.number, own.actor).sees_all
    assert not queries.one(other.filed.number, own.actor).sees_all


def test_exports_hold_its_own_work_only(firms: tuple[Firm, Firm]) -> None:
    own, other = firms
    for text in (
        b"".join(exports.queue_csv(DeskFilter(), actor=own.actor)).decode(),
        "".join(exports.desk_csv(RequestFilter(), actor=own.actor)),
        own.desk.get("/desk/requests.csv").getvalue().decode(),
    ):
        assert own.filed.number in text
        assert other.filed.number not in text


def test_a_bulk_change_leaves_others_work_alone(firms: tuple[Firm, Firm]) -> None:
    own, other = firms
    ids = [own.filed.id, other.filed.id]
    preview = services.preview_bulk(ids, BulkPlan(start=True), actor=own.actor)
    assert [one.number for one in preview.would_change] == [own.filed.number]
    services.apply_bulk(ids, BulkPlan(start=True), actor=own.actor)
    assert ServiceRequest.objects.get(id=other.filed.id).state == "received"


def test_work_is_shared_out_among_its_own_or_given_back(firms: tuple[Firm, Firm]) -> None:
    own, other = firms
    actor, request = own.actor, own.filed.id
    (their_team,) = other.actor.teams
    city = make_person("crew")
    parks = identity.ensure_department("parks", {"en": "Parks"})
    for wrong in ({"team_id": their_team}, {"assignee_id": city.id}, {"assignee_id": other.person.id}):
        with pytest.raises(Invalid):
            services.assign(request, actor=actor, **wrong)
    with pytest.raises(Invalid):
        services.assign(request, actor=actor, department_id=parks)
    plan = BulkPlan(assign={"team_id": their_team})
    assert services.preview_bulk([request], plan, actor=actor).would_change == ()
    services.assign(request, actor=actor, assignee_id=own.person.id)
    assert ServiceRequest.objects.get(id=request).assignee_id == own.person.id
    services.assign(request, actor=actor, team_id=None, assignee_id=None)
    with pytest.raises(NotFound):
        queries.desk_one(own.filed.number, actor)


def test_work_goes_to_nobody_who_left_since_the_list_was_read(
    make_category: Callable[..., Category], file_one: File
) -> None:
    make_category()
    dispatcher = identity_queries.actor_of_account(make_person("dispatcher"))
    left = make_person("crew")
    User.objects.filter(id=left.id).update(is_active=False)
    request = file_one().id
    for wrong in ({"assignee_id": left.id}, {"team_id": left.id}, {"department_id": left.id}):
        with pytest.raises(Invalid) as one:
            services.assign(request, actor=dispatcher, **wrong)
        with pytest.raises(Invalid) as many:
            services.preview_bulk([request], BulkPlan(assign=dict(wrong)), actor=dispatcher)
        assert set(one.value.fields) == set(many.value.fields) == set(wrong)


def test_the_name_of_a_legal_hold_is_for_the_citys_own_people(client: Client, firms: tuple[Firm, Firm]) -> None:
    own, _ = firms
    terms = HoldTerms(name="City against Alder", reason="Bills", numbers=(own.filed.number,))
    holds.place(actor=system("Records"), terms=terms)
    page = f"/desk/requests/{own.filed.number}/"
    sign_in(client, "supervisor")
    assert "City against Alder" in client.get(page).text
    shown = own.desk.get(page).text
    assert "Alder Dispatcher" in shown
    assert "City against Alder" not in shown
    assert "Legal hold" not in shown


# Notes


def note(filed: Filed, actor: Actor, text: str) -> None:
    services.add_note(filed.id, actor=actor, text=text, visibility=Visibility.INTERNAL)


def test_internal_notes_of_others_are_hidden_unless_the_contract_allows_them(
    firms: tuple[Firm, Firm], dispatcher: Actor
) -> None:
    own, _ = firms
    note(own.filed, dispatcher, "Between us at the city")
    note(own.filed, own.actor, "Ladder needed")
    services.start(own.filed.id, actor=dispatcher, sentence="A van is on its way.")
    text = own.desk.get(f"/desk/requests/{own.filed.number}/").text
    assert "Ladder needed" in text
    assert "A van is on its way." in text
    assert "Between us at the city" not in text
    assert "Dana Dispatcher" not in text, "names of the city's people are not for contractors"
    assert "Alder Dispatcher" in text
    Contractor.objects.filter(name="Alder").update(reads_notes=True)
    own.person.refresh_from_db()
    allowed = Firm("Alder", User.objects.get(id=own.person.id), own.filed)
    assert "Between us at the city" in allowed.desk.get(f"/desk/requests/{own.filed.number}/").text


def test_the_city_reads_the_contractors_notes(firms: tuple[Firm, Firm], dispatcher: Actor) -> None:
    own, _ = firms
    note(own.filed, own.actor, "Ladder needed")
    texts = [one.event.text for one in queries.desk_one(own.filed.number, dispatcher).history]
    assert "Ladder needed" in texts


def test_only_its_own_words_are_corrected(firms: tuple[Firm, Firm], dispatcher: Actor) -> None:
    own, _ = firms
    note(own.filed, dispatcher, "Between us")
    services.start(own.filed.id, actor=dispatcher, sentence="On it.")
    note(own.filed, own.actor, "Ladder")
    for event in HistoryEvent.objects.filter(request_id=own.filed.id).exclude(text=""):
        if event.text == "Ladder":
            services.correct(own.filed.id, actor=own.actor, event_id=event.id, text="Two ladders")
            continue
        with pytest.raises(Invalid):
            services.correct(own.filed.id, actor=own.actor, event_id=event.id, text="Rewritten")


def test_the_question_before_a_merge_measures_no_way_to_a_place_kept_from_the_contractor(
    firms: tuple[Firm, Firm], make_category: Callable[..., Category], file_one: File, dispatcher: Actor
) -> None:
    own, _ = firms
    make_category("welfare", place_policy="withheld", text_policy="withheld", photo_policy="withheld")
    make_category("housing", place_policy="generalised")
    home = (32.7250, -117.1611)
    secret, coarse, gone = (file_one(code, at=home) for code in ("welfare", "housing", "graffiti-birch"))
    services.moderate(gone.id, actor=dispatcher, hidden=True)
    desk = own.desk

    def asked(number: str) -> str:
        version = ServiceRequest.objects.get(id=own.filed.id).version
        page = desk.post(
            f"/desk/requests/{own.filed.number}/merge/",
            {"version": str(version), "other": number, "sentence": "Twice."},
        )
        return re.sub(r"\d+-\d+|[0-9a-f-]{36}", "", page.text[page.text.index("<main") :])

    assert "far apart" not in asked(secret.number), "the distance leads to a home"
    seen = queries.merge_doubts(own.filed.number, coarse.number, actor=own.actor)
    place = queries.one(coarse.number, own.actor)
    assert seen is not None
    assert place.lat is not None
    assert place.lon is not None
    assert seen.metres == pytest.approx(distance(32.7157, -117.1611, place.lat, place.lon)), "the public place"
    assert "There is no request with this number." in asked(gone.number)
    assert "publish different things" not in asked(gone.number)
    doubts = queries.merge_doubts(own.filed.number, secret.number, actor=dispatcher)
    assert doubts is not None
    assert doubts.metres == pytest.approx(distance(32.7157, -117.1611, *home)), "who sees both is told"


def test_another_category_is_no_way_around_what_a_request_keeps_private_or_a_supervisor_approves(
    firms: tuple[Firm, Firm], make_category: Callable[..., Category], file_one: File, dispatcher: Actor
) -> None:
    own, _ = firms
    (team,) = own.actor.teams
    hidden = {"place_policy": "withheld", "text_policy": "withheld", "photo_policy": "withheld"}
    make_category("welfare", team_id=team, **hidden)
    make_category("housing", team_id=team, place_policy="generalised")
    make_category("fence", team_id=team, approve_outcomes=["fixed"])
    make_category("paving", team_id=team, proof_photo=True)
    crew = Firm("Alder", make_person("crew", team="alder-team"), own.filed)
    refused = {
        ("welfare", "graffiti-alder"): "The public would see more in that category",
        ("welfare", "housing"): "The public would see more in that category",
        ("fence", "graffiti-alder"): "Ask a supervisor to change it",
        ("fence", "paving"): "Ask a supervisor to change it",
        ("paving", "fence"): "Ask a supervisor to change it",
    }
    for (code, to), words in refused.items():
        filed = file_one(code, description="Please look after my mother")
        page = crew.desk.post(f"/desk/requests/{filed.number}/category/", {"version": "1", "category": to})
        assert words in page.text, (code, to)
        preview = services.preview_bulk([filed.id], BulkPlan(category_code=to), actor=own.actor)
        assert [words in one.reason for one in preview.refused] == [True], (code, to)
        assert queries.one(filed.number, dispatcher).category_code == code
        services.change_category(filed.id, actor=dispatcher, category_code=to)
        assert queries.one(filed.number, dispatcher).category_code == to, "who decides both may"
    asked = {"code": "gate", "datatype": "string"}
    make_category("key", team_id=team, questions=[{**asked, "is_public": False}])
    make_category("door", team_id=team, questions=[asked])
    answered, unanswered = file_one("key", answers={"gate": "The code is 7001"}), file_one("key")
    with pytest.raises(Invalid, match="The public would see more"):
        services.change_category(answered.id, actor=crew.actor, category_code="door", reroute=False)
    services.change_category(unanswered.id, actor=crew.actor, category_code="door", reroute=False)
    stricter = file_one("graffiti-alder")
    services.change_category(stricter.id, actor=crew.actor, category_code="housing", reroute=False)
    services.change_category(stricter.id, actor=crew.actor, category_code="welfare", reroute=False)
    assert queries.one(stricter.number, dispatcher).category_code == "welfare"


# The pages

_OTHERS = {"requests.moderate", "requests.settle"}
"""What no contractor's people may do, whosever work it is."""


def test_every_act_on_others_work_finds_nothing(firms: tuple[Firm, Firm]) -> None:
    own, other = firms
    desk = own.desk
    before = ServiceRequest.objects.get(id=other.filed.id).version
    given = {"version": str(before), "sentence": "Mine now.", "outcome": "fixed", "category": "graffiti-alder"}
    for act, what in ACTS.items():
        answer = desk.post(f"/desk/requests/{other.filed.number}/{act}/", given)
        assert answer.status_code == (403 if what.permission in _OTHERS else 404), act
    for rest, method in (("", desk.get), ("kept/", desk.get), ("contact/", desk.post)):
        assert method(f"/desk/requests/{other.filed.number}/{rest}").status_code == 404
    assert ServiceRequest.objects.get(id=other.filed.id).version == before


def test_no_page_of_the_desk_names_the_other_contractor(firms: tuple[Firm, Firm], dispatcher: Actor) -> None:
    own, other = firms
    make_person("dispatcher", name="City Colleague", department="clean")
    boss = Client()
    sign_in(boss, "supervisor")
    boss.post("/desk/queues/save/", {"name": "Shared Birch queue", "queue": "late",
              "share": str(identity.departments()[0].id)})  # fmt: skip
    desk = own.desk
    pages = {
        "queue": desk.get("/desk/").text,
        "search": desk.get("/desk/?q=graffiti").text,
        "by number": desk.get(f"/desk/?q={other.filed.number}").text.replace(f'value="{other.filed.number}"', ""),
        "queues": desk.get("/desk/queues/").text,
        "detail": desk.get(f"/desk/requests/{own.filed.number}/").text,
        "bulk": desk.post("/desk/bulk/", {"pick": [f"{own.filed.id}:1", f"{other.filed.id}:1"]}).text,
    }
    for name, text in pages.items():
        # The menu of categories is the public's own; what is looked for is work, teams and people.
        text = re.sub(r"q=" + other.filed.number, "", text)
        for word in (other.filed.number, "Birch team", "Birch Dispatcher", "City Colleague", "Shared Birch queue"):
            assert word not in text, f"{name} tells of {word}"


def test_a_bulk_form_sent_with_others_ids_shows_its_own_only(firms: tuple[Firm, Firm]) -> None:
    own, other = firms
    body = own.desk.post(
        "/desk/bulk/", {"pick": [f"{own.filed.id}:1", f"{other.filed.id}:1"], "change": "start", "step": "preview"}
    ).text
    assert other.filed.number not in body


def test_moderation_settings_people_and_audit_stay_with_the_city(firms: tuple[Firm, Firm]) -> None:
    own, _ = firms
    desk = own.desk
    for address in ("/desk/categories/", "/desk/people/", "/desk/audit/", "/cms/"):
        assert desk.get(address).status_code == 403, address


def test_a_saved_queue_is_shared_with_nobody(firms: tuple[Firm, Firm]) -> None:
    own, _ = firms
    department = str(identity.departments()[0].id)
    assert (
        own.desk.post("/desk/queues/save/", {"name": "Ours", "queue": "late", "share": department}).status_code == 403
    )
    own.desk.post("/desk/queues/save/", {"name": "Ours", "queue": "late"})
    assert "Ours" in own.desk.get("/desk/").text


def test_when_the_contract_ends_every_door_shuts(firms: tuple[Firm, Firm]) -> None:
    own, other = firms
    desk, others = own.desk, other.desk
    Contractor.objects.filter(name="Birch").update(ends_on=clock.now().date() + timedelta(100))
    with clock.held_at(clock.now() + timedelta(days=12)):
        for address in ("/desk/", f"/desk/requests/{own.filed.number}/", "/desk/requests.csv", "/account/"):
            assert desk.get(address).status_code in {403, 302}, address
        assert others.get("/desk/").status_code == 200


# Programs


def test_a_contractors_key_changes_its_own_work_only_and_ends_with_the_contract(
    client: Client, firms: tuple[Firm, Firm]
) -> None:
    own, other = firms
    admin = identity_queries.actor_of_account(make_person("administrator"))
    _, raw = identity_services.make_key(
        actor=admin, name="Alder works", scopes=["open311.write", "requests.write"], owner_id=own.person.id
    )

    def update(number: str, update_id: str) -> int:
        return client.post(
            "/open311/v2/servicerequestupdates.json",
            {
                "api_key": raw,
                "service_request_id": number,
                "update_id": update_id,
                "status": "FIXED",
                "updated_datetime": datetime.now(UTC).isoformat(),
                "description": "Painted over.",
            },
        ).status_code

    assert update(other.filed.number, "1") == 404
    assert ServiceRequest.objects.get(id=other.filed.id).state == "received"
    assert update(own.filed.number, "2") == 200
    assert ServiceRequest.objects.get(id=own.filed.id).outcome == Outcome.FIXED
    with clock.held_at(clock.now() + timedelta(days=12)):
        assert update(own.filed.number, "3") in {401, 403}
