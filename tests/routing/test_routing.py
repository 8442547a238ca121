"""Rules at work: every door's requests follow them, trials change nothing, versions can be returned to."""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.routing.conftest import Teams, to
from tests.support.city import CENTER
from tests.support.people import make_person, sign_in

from cityhall.apps.identity import public as identity
from cityhall.apps.identity.contracts import Terms
from cityhall.apps.places import public as places
from cityhall.apps.places.contracts import AssetRow
from cityhall.apps.routing import queries, services
from cityhall.apps.routing.contracts import Share, Window
from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.service_requests import services as request_services
from cityhall.apps.service_requests.contracts import Filed, LoadedRequest, Place
from cityhall.apps.service_requests.models import Category, HistoryEvent, ServiceRequest
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor, system
from cityhall.kernel.django.models import AuditEntry, OutboxEvent
from cityhall.kernel.django.reading import forget_lasting
from cityhall.kernel.errors import Invalid, NotAllowed, Stale

pytestmark = pytest.mark.django_db
File = Callable[..., Filed]
LIGHT = "Streetlight L-9"


def team_of(filed: Filed) -> uuid.UUID | None:
    return ServiceRequest.objects.get(id=filed.id).team_id


def whys(filed: Filed) -> list[dict[str, object]]:
    rows = HistoryEvent.objects.filter(request_id=filed.id, data__has_key="rule")
    return [row.data["rule"] for row in rows]


def test_without_rules_a_request_goes_to_its_categorys_team(
    teams: Teams, make_category: Callable[..., Category], file_one: File
) -> None:
    make_category("pothole", team_id=teams.north, department_id=teams.department)
    filed = file_one(at=CENTER)
    assert team_of(filed) == teams.north
    assert whys(filed) == []


def test_a_rule_by_area_sends_what_is_filed_there_and_the_history_says_why(
    teams: Teams, make_category: Callable[..., Category], file_one: File, in_force: Callable[..., int], client: Client
) -> None:
    make_category("pothole", team_id=teams.north, department_id=teams.department)
    make_category("noise")
    area = places.areas("district")[0].id
    version = in_force(to(teams.south, name="District 1 potholes", categories=("pothole",), areas=(area,)))
    sent, other = file_one(at=CENTER), file_one("noise", at=CENTER)
    assert team_of(sent) == teams.south
    assert team_of(other) is None
    assert whys(sent) == [{"number": 1, "name": "District 1 potholes", "version": version, "open": []}]
    sign_in(client, "supervisor")
    page = client.get(f"/desk/requests/{sent.number}/").content.decode()
    assert "Sent to Streets South by rule 1: District 1 potholes" in page
    spanish = client.get(f"/es/desk/requests/{sent.number}/").content.decode()
    assert "Enviada a Calles south por la regla 1: District 1 potholes" in spanish
    client.logout()
    assert "District 1 potholes" not in client.get(f"/requests/{sent.number}/").content.decode()


def test_a_rule_by_owner_of_the_asset(
    teams: Teams, make_category: Callable[..., Category], file_one: File, in_force: Callable[..., int]
) -> None:
    make_category("pothole", asset_layer="lamps")
    rows = [AssetRow("L-9", LIGHT, *CENTER, properties={"OWNER": "Bay Power"}), AssetRow("L-8", "Lamp", *CENTER)]
    places.load_assets("lamps", rows)
    assert places.asset_owners() == ["Bay Power"]
    in_force(to(teams.night, owners=("Bay Power",)))
    lamp = {one.code: one.id for one in places.assets_near("lamps", *CENTER, 50)}
    assert team_of(file_one(place=Place(asset_id=lamp["L-9"]))) == teams.night
    assert team_of(file_one(place=Place(asset_id=lamp["L-8"]))) is None


def test_a_rule_by_time_counts_in_the_citys_time_zone(
    teams: Teams, pothole: Category, file_one: File, in_force: Callable[..., int]
) -> None:
    in_force(to(teams.night, window=Window(since=time(22), until=time(6))))
    with clock.held_at(datetime(2026, 3, 5, 7, 0, tzinfo=UTC)):  # 11 at night on March 4
        assert team_of(file_one(at=CENTER)) == teams.night
    with clock.held_at(datetime(2026, 3, 5, 20, 0, tzinfo=UTC)):  # noon
        assert team_of(file_one(at=CENTER)) is None


def test_shared_work_goes_to_whoever_has_fewer_open_and_the_history_has_the_counts(
    teams: Teams, pothole: Category, file_one: File, in_force: Callable[..., int], supervisor: Actor
) -> None:
    for _ in range(2):
        request_services.assign(file_one(at=CENTER).id, actor=supervisor, team_id=teams.north)
    service_requests.add_up_tallies()
    request_services.assign(file_one(at=CENTER).id, actor=supervisor, team_id=teams.south)  # not added up yet
    in_force(to(teams.north, teams.south, name="Both"))
    went = [team_of(file_one(at=CENTER)) for _ in range(4)]
    assert went == [teams.south, teams.north, teams.south, teams.north]
    forget_lasting()
    last = file_one(at=CENTER)
    assert team_of(last) == teams.south
    assert whys(last)[0]["open"] == [[str(teams.south), 3], [str(teams.north), 4]]


def test_a_new_category_sends_anew_and_a_category_alone_does_not(
    teams: Teams, make_category: Callable[..., Category], file_one: File, in_force: Callable[..., int],
    supervisor: Actor,
) -> None:  # fmt: skip
    make_category("pothole", team_id=teams.north, department_id=teams.department)
    make_category("light", team_id=teams.north, department_id=teams.department)
    filed, kept = file_one(at=CENTER), file_one(at=CENTER)
    in_force(to(teams.night, name="Lights", categories=("light",)))
    request_services.change_category(filed.id, actor=supervisor, category_code="light")
    request_services.change_category(kept.id, actor=supervisor, category_code="light", reroute=False)
    assert team_of(filed) == teams.night
    assert [why["name"] for why in whys(filed)] == ["Lights"]
    assert team_of(kept) == teams.north


def test_bulk_loads_are_left_where_their_file_says(
    teams: Teams, pothole: Category, in_force: Callable[..., int]
) -> None:
    in_force(to(teams.night))
    row = LoadedRequest("pothole", clock.now(), Place(*CENTER), external_id="1", team_id=teams.north)
    service_requests.bulk_load([[row]], actor=system("Import"), source_system="old")
    assert ServiceRequest.objects.get().team_id == teams.north


def test_a_team_whose_contract_is_over_is_passed_over(
    teams: Teams, pothole: Category, file_one: File, in_force: Callable[..., int]
) -> None:
    today = places.local(clock.now()).date()
    ended = Terms("Road Co", today - timedelta(days=30), today - timedelta(days=1))
    identity.ensure_contractor(ended, teams=["night"])
    in_force(to(teams.night), to(teams.south))
    assert team_of(file_one(at=CENTER)) == teams.south


def test_rules_cost_no_query_while_nothing_changed(
    teams: Teams, pothole: Category, file_one: File, in_force: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def count() -> int:
        file_one(at=CENTER)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            file_one(at=CENTER)
        return len(seen)

    monkeypatch.setattr("cityhall.kernel.django.reading._LASTS", 3600.0)
    without = count()
    in_force(to(teams.north, teams.south))
    assert count() == without


def test_a_trial_tells_what_would_move_and_moves_nothing(
    teams: Teams, make_category: Callable[..., Category], file_one: File, supervisor: Actor
) -> None:
    make_category("pothole", team_id=teams.north, department_id=teams.department)
    make_category("noise")
    filed = [file_one(at=CENTER) for _ in range(3)]
    file_one("noise", at=CENTER)
    services.begin_draft(actor=supervisor)
    services.save_rule(to(teams.south, categories=("pothole",)), actor=supervisor, revision=1)
    with pytest.raises(Invalid, match="Test the rules first"):
        services.switch_on(actor=supervisor, revision=2)
    trial = services.try_draft(actor=supervisor, revision=2, days=7)
    assert (trial.tested, trial.moved, trial.decided) == (4, 3, (3,))
    assert [(one.before, one.after, one.count) for one in trial.flows] == [(teams.north, teams.south, 3)]
    assert [(one.team, one.open, one.before, one.after) for one in trial.load] == [
        (teams.south, 0, 0.0, 3.0),
        (teams.north, 3, 3.0, 0.0),
    ]
    assert {one.number for one in trial.examples} == {one.number for one in filed}
    assert team_of(filed[0]) == teams.north
    kept = queries.draft(supervisor)
    assert kept is not None
    assert kept.trial == trial
    cut = services.try_draft(actor=supervisor, revision=2, days=7, most=2)
    assert (cut.tested, cut.is_cut) == (2, True)


def test_a_changed_draft_must_be_tested_again_and_a_stale_one_is_refused(teams: Teams, supervisor: Actor) -> None:
    services.begin_draft(actor=supervisor)
    services.save_rule(to(teams.north, name="One"), actor=supervisor, revision=1)
    services.save_rule(to(teams.south, name="Two"), actor=supervisor, revision=2)
    services.try_draft(actor=supervisor, revision=3)
    services.move_rule(2, actor=supervisor, revision=3, up=True)
    draft = queries.draft(supervisor)
    assert draft is not None
    assert [rule.name for rule in draft.rules] == ["Two", "One"]
    assert draft.trial is None
    with pytest.raises(Stale):
        services.switch_on(actor=supervisor, revision=3)
    with pytest.raises(Invalid):
        services.switch_on(actor=supervisor, revision=4)


def test_an_earlier_version_comes_back_as_a_new_one_with_its_paper_trail(
    teams: Teams, pothole: Category, file_one: File, in_force: Callable[..., int], supervisor: Actor
) -> None:
    assert in_force(to(teams.north, name="First")) == 1
    assert in_force(to(teams.south, name="Second")) == 2
    assert services.return_to(1, actor=supervisor) == 3
    forget_lasting()
    filed = file_one(at=CENTER)
    assert team_of(filed) == teams.north
    assert whys(filed)[0]["version"] == 3
    live, past = queries.live(supervisor), queries.versions(supervisor)
    assert live is not None
    assert (live.number, live.copied_from, [one.number for one in past]) == (3, 1, [2, 1])
    events = list(OutboxEvent.objects.filter(kind__startswith="routing.").order_by("id").values_list("kind", flat=True))
    assert events == ["routing.switched_on", "routing.switched_on", "routing.returned"]
    assert AuditEntry.objects.filter(action="routing.returned", data__copied_from=1).count() == 1


def test_a_rule_that_makes_no_sense_is_refused_field_by_field(teams: Teams, supervisor: Actor) -> None:
    services.begin_draft(actor=supervisor)
    bad = to(name="", categories=("nothing",), areas=(uuid.uuid4(),), layers=("clouds",), owners=("Nobody",))
    with pytest.raises(Invalid) as refused:
        services.save_rule(bad, actor=supervisor, revision=1)
    assert set(refused.value.fields) == {"name", "categories", "areas", "layers", "owners", "teams"}
    twice = to(teams.north, teams.north)
    heavy = to(name="Heavy")
    with pytest.raises(Invalid, match="once"):
        services.save_rule(twice, actor=supervisor, revision=1)
    with pytest.raises(Invalid, match="1 to 9"):
        weights = (Share(teams.north, 0), Share(teams.south, 1))
        services.save_rule(type(heavy)("Heavy", shares=weights), actor=supervisor, revision=1)


@pytest.mark.parametrize("role", ["crew", "dispatcher", "call-taker", "editor"])
def test_who_may_not_route_is_refused_at_every_service(teams: Teams, role: str) -> None:
    person = make_person(role)
    actor = next(
        Actor(system("x").kind.STAFF, person.id, role, frozenset(one.permissions))
        for one in identity.roles()
        if one.code == role
    )
    for call in (
        lambda: services.begin_draft(actor=actor),
        lambda: services.save_rule(to(teams.north), actor=actor, revision=1),
        lambda: services.move_rule(1, actor=actor, revision=1, up=True),
        lambda: services.remove_rule(1, actor=actor, revision=1),
        lambda: services.try_draft(actor=actor, revision=1),
        lambda: services.switch_on(actor=actor, revision=1),
        lambda: services.discard_draft(actor=actor, revision=1),
        lambda: services.return_to(1, actor=actor),
        lambda: services.save_plan((), actor=actor, revision=0),
        lambda: queries.live(actor),
        lambda: queries.versions(actor),
    ):
        with pytest.raises(NotAllowed):
            call()


def test_who_returns_to_rules_learns_that_others_came_into_force_meanwhile(
    client: Client, teams: Teams, in_force: Callable[..., int], supervisor: Actor
) -> None:
    in_force(to(teams.north, name="First"))
    in_force(to(teams.south, name="Second"))
    sign_in(client, "supervisor")
    page = client.get("/desk/routing/versions/1/").text
    read = re.search(r'name="live" value="(\d+)"', page)
    assert read and read[1] == "2"
    in_force(to(teams.night, name="Third"))
    told = client.post("/desk/routing/versions/1/", {"live": read[1]}, follow=True).text
    assert "Somebody put version 3 in force since you read this." in told
    live = queries.live(supervisor)
    assert live is not None
    assert live.number == 3


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_are_put_in_force_one_after_the_other(
    teams: Teams, in_force: Callable[..., int], supervisor: Actor
) -> None:
    in_force(to(teams.north, name="First"))
    in_force(to(teams.south, name="Second"))
    both, ended = threading.Barrier(2), []

    def go() -> None:
        try:
            both.wait(10)
            ended.append(services.return_to(1, actor=supervisor, live=2))
        except Exception as problem:
            ended.append(type(problem))
        finally:
            connection.close()

    people = [threading.Thread(target=go) for _ in range(2)]
    for one in people:
        one.start()
    for one in people:
        one.join(30)
    assert sorted(ended, key=str) == [3, Stale]
