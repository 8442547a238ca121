"""A contractor's people: in with the contract, out with it, and never wider than their teams."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from tests.support.people import make_person, sign_in

from cityhall.apps.identity import public, queries, services
from cityhall.apps.identity.contracts import ContractState, Standing, Terms
from cityhall.apps.identity.models import ApiKey, Contractor, User
from cityhall.apps.identity.rules import CONTRACTOR_MAY, contract_state
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor, ActorKind
from cityhall.kernel.django.models import AuditEntry
from cityhall.kernel.errors import Invalid, NotAllowed

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)
TODAY = NOON.date()


def terms(name: str = "Bright Walls", **more: Any) -> Terms:
    return Terms(**{"name": name, "starts_on": TODAY - timedelta(30), "ends_on": TODAY + timedelta(30), **more})


@pytest.fixture
def admin() -> Actor:
    return queries.actor_of_account(make_person("administrator"))


@pytest.fixture
def company() -> Contractor:
    """A contractor with the team "walls", whose contract runs at NOON."""
    public.ensure_department("clean", {"en": "Clean city"})
    public.ensure_team("walls", {"en": "Walls"}, department="clean")
    return Contractor.objects.get(id=public.ensure_contractor(terms(), teams=["walls"]))


def worker(role: str = "crew", **more: Any) -> User:
    return make_person(role, team="walls", **more)


def test_the_contract_lasts_from_its_first_day_to_its_last() -> None:
    def state(day: date, ended: datetime | None = None) -> ContractState:
        return contract_state(date(2026, 3, 1), date(2026, 5, 31), ended, today=day)

    assert state(date(2026, 2, 28)) is ContractState.COMING
    assert state(date(2026, 3, 1)) is state(date(2026, 5, 31)) is ContractState.RUNNING
    assert state(date(2026, 6, 1)) is ContractState.OVER
    assert state(date(2026, 4, 1), NOON) is ContractState.OVER


def test_its_people_hold_what_is_for_their_teams_work_and_nothing_of_the_citys(company: Contractor) -> None:
    with clock.held_at(NOON):
        actor = queries.actor_of_account(worker("administrator"))
    assert actor.permissions == CONTRACTOR_MAY
    assert actor.teams == {row.id for row in public.teams() if row.code == "walls"}
    assert not actor.departments
    assert actor.contractor == company.id
    assert not actor.reads_notes


def test_a_wider_role_from_before_counts_for_nothing(company: Contractor, admin: Actor) -> None:
    person = make_person("dispatcher", department="clean")
    User.objects.filter(id=person.id).update(contractor=company)
    person.refresh_from_db()
    with clock.held_at(NOON):
        assert queries.actor_of_account(person).permissions == frozenset()
        for wrong in ({}, {"department_id": public.departments()[0].id}):
            with pytest.raises(Invalid):
                services.add_membership(actor=admin, user_id=person.id, role="crew", **wrong)


def test_the_citys_own_people_do_not_work_in_its_team(company: Contractor, admin: Actor) -> None:
    team = next(one.id for one in public.teams() if one.code == "walls")
    with pytest.raises(Invalid):
        services.add_membership(actor=admin, user_id=make_person("crew").id, role="crew", team_id=team)


def test_access_ends_at_midnight_in_the_city_after_the_last_day(client: Client, company: Contractor) -> None:
    user = sign_in(client, user=worker())
    company.ends_on = TODAY
    company.save()
    with clock.held_at(datetime(2026, 6, 10, 23, 59, tzinfo=UTC)):
        assert client.get(reverse("desk-queue")).status_code == 200
    with clock.held_at(datetime(2026, 6, 11, 0, 1, tzinfo=UTC)):
        refused = client.get(reverse("desk-queue"))
        assert refused.status_code == 403
        assert "Your access has ended" in refused.text
        assert client.get(reverse("account")).status_code == 302, "the session is gone"
        assert queries.actor_of_account(user).kind is ActorKind.ANONYMOUS


def test_nobody_signs_in_before_or_after(client: Client, company: Contractor) -> None:
    user = worker(password="long enough to be taken", second_factor=False)
    form = {"login": user.email, "password": "long enough to be taken"}
    for moment in (NOON - timedelta(60), NOON + timedelta(60)):
        with clock.held_at(moment):
            answer = client.post(reverse("staff-sign-in"), form)
            assert answer.status_code == 403
            assert "Your access has ended" in answer.text
            assert "_auth_user_id" not in client.session
    with clock.held_at(NOON):
        client.post(reverse("staff-sign-in"), form)
        assert "_auth_user_id" in client.session


def test_ending_it_now_ends_sessions_and_keys_for_good(client: Client, company: Contractor, admin: Actor) -> None:
    with clock.held_at(NOON):
        user = sign_in(client, user=worker())
        UserSession.objects.create(user=user, ip="127.0.0.1", session_key=client.session.session_key, user_agent="x")
        _, raw = services.make_key(actor=admin, name="Bridge", scopes=["open311.write"], owner_id=user.id)
        assert public.actor_for_key(raw).actor.teams
        services.end_contract(actor=admin, contractor_id=company.id)
        assert not UserSession.objects.filter(user=user).exists()
        assert client.get(reverse("account")).status_code == 302
        with pytest.raises(NotAllowed):
            public.actor_for_key(raw)
        services.extend_contract(actor=admin, contractor_id=company.id, ends_on=TODAY + timedelta(90))
        assert queries.actor_of_account(user.__class__.objects.get(id=user.id)).teams
        with pytest.raises(NotAllowed):
            public.actor_for_key(raw)
    assert ApiKey.objects.get().revoked_at is not None


def test_a_key_sleeps_while_the_contract_does_not_run(company: Contractor, admin: Actor) -> None:
    with clock.held_at(NOON):
        user = worker()
        _, raw = services.make_key(actor=admin, name="Bridge", scopes=["open311.write"], owner_id=user.id)
        key = public.actor_for_key(raw)
        assert key.actor.contractor == company.id
        assert key.actor.teams == {row.id for row in public.teams() if row.code == "walls"}
    with clock.held_at(NOON + timedelta(31)), pytest.raises(NotAllowed):
        public.actor_for_key(raw)
    with clock.held_at(NOON):
        public.actor_for_key(raw)
        user.memberships.all().delete()
        with pytest.raises(NotAllowed):
            public.actor_for_key(raw)


def test_the_job_ends_the_sessions_of_lapsed_contracts_and_no_others(company: Contractor) -> None:
    other = public.ensure_contractor(terms("Other", ends_on=TODAY + timedelta(300)))
    for owner, contractor in ((worker(), company.id), (make_person(), other), (make_person(), None)):
        User.objects.filter(id=owner.id).update(contractor=contractor)
        UserSession.objects.create(user=owner, ip="127.0.0.1", session_key=str(owner.id), user_agent="x")
    with clock.held_at(NOON):
        assert services.end_lapsed_sessions() == 0
    with clock.held_at(NOON + timedelta(40)):
        assert services.end_lapsed_sessions() == 1
        assert services.end_lapsed_sessions() == 0
    assert UserSession.objects.count() == 2
    assert AuditEntry.objects.filter(action="identity.contract_sessions_ended").count() == 1


def test_taking_the_last_role_makes_the_account_a_residents_again(company: Contractor, admin: Actor) -> None:
    user = worker()
    services.remove_membership(actor=admin, membership_id=user.memberships.get().id)
    user.refresh_from_db()
    assert (user.is_staff, user.contractor_id) == (False, None)
    with clock.held_at(NOON + timedelta(60)):
        assert queries.actor_of_account(user).kind is ActorKind.RESIDENT


def test_a_team_with_the_citys_people_cannot_be_given_away(company: Contractor, admin: Actor) -> None:
    make_person("crew", team="benches")
    team = next(one.id for one in public.teams() if one.code == "benches")
    with pytest.raises(Invalid):
        services.give_team(actor=admin, contractor_id=company.id, team_id=team)
    assert team not in {one.id for one in queries.free_teams()}


def test_the_city_takes_a_team_back_and_the_roles_in_it_go(company: Contractor, admin: Actor) -> None:
    user = worker()
    team = next(one.id for one in public.teams() if one.code == "walls")
    services.take_team(actor=admin, contractor_id=company.id, team_id=team)
    assert not user.memberships.exists()
    assert next(one.contractor_id for one in public.teams() if one.code == "walls") is None


def test_a_colleagues_or_another_companys_address_is_not_taken_over(company: Contractor, admin: Actor) -> None:
    other = services.make_contractor(actor=admin, terms=terms("Other"))
    public.ensure_team("other", {"en": "Other"}, department="clean")
    team = next(one.id for one in public.teams() if one.code == "other")
    services.give_team(actor=admin, contractor_id=other, team_id=team)
    for person in (make_person("crew"), worker()):
        with pytest.raises(Invalid) as refused:
            services.add_person(
                actor=admin, contractor_id=other, email=person.email, name="X", role="crew", team_id=team
            )
        assert list(refused.value.fields) == ["email"]


def test_only_who_manages_people_manages_contractors(company: Contractor) -> None:
    boss = queries.actor_of_account(make_person("supervisor"))
    for refused in (
        lambda: services.make_contractor(actor=boss, terms=terms("New")),
        lambda: services.end_contract(actor=boss, contractor_id=company.id),
        lambda: services.extend_contract(actor=boss, contractor_id=company.id, ends_on=TODAY),
        lambda: services.change_contractor(actor=boss, contractor_id=company.id, terms=terms("New")),
    ):
        with pytest.raises(NotAllowed):
            refused()


# The pages


def form(**more: str) -> dict[str, str]:
    return {"name": "Bright Walls", "starts_on": "2026-05-01", "ends_on": "2026-12-31", **more}


def test_from_nothing_to_a_contractors_dispatcher_at_work(client: Client) -> None:
    with clock.held_at(NOON):
        sign_in(client, "administrator")
        public.ensure_department("clean", {"en": "Clean city"})
        made = client.post(reverse("desk-contractor-new"), form(contact_email="Ann@walls.example"))
        page = made["Location"]
        change = f"{page}change/"
        department = str(public.departments()[0].id)
        client.post(change, {"change": "new-team", "name_en": "Wall crew", "department": department})
        team = str(next(one.id for one in public.teams() if one.code == "wall-crew"))
        added = {"change": "person", "name": "Lena", "email": "lena@walls.example", "team": team, "role": "dispatcher"}
        assert client.post(change, added).status_code == 302
        shown = client.get(page).text
        assert "Lena" in shown
        assert "ann@walls.example" in shown
        assert "Bright Walls" in client.get(reverse("desk-contractors")).text
        lena = User.objects.get(email="lena@walls.example")
        assert queries.actor_of_account(lena).teams == {queries.teams()[0].id}
        client.post(change, {"change": "end"})
        assert "The contract ended early" in client.get(page).text
        client.post(change, {"change": "extend", "ends_on": "2027-01-31"})
        assert "In force" in client.get(page).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "Give the company&#x27;s name"),
        ({"ends_on": "2026-04-01"}, "The last day comes before the first"),
        ({"ends_on": "soon"}, "Give the last day of the contract"),
        ({"ends_on": "2090-01-01"}, "at most 25 years"),
        ({"contact_email": "nobody"}, "Give an e-mail address"),
    ],
)
def test_a_contract_with_a_mistake_is_not_kept_and_what_was_written_stays(
    client: Client, wrong: dict[str, str], said: str
) -> None:
    sign_in(client, "administrator")
    answer = client.post(reverse("desk-contractor-new"), form(contract_number="C-77", **wrong) | wrong)
    assert answer.status_code == 400
    assert said in answer.text
    assert "C-77" in answer.text
    assert not Contractor.objects.exists()


def test_there_is_one_contractor_of_a_name(client: Client, company: Contractor) -> None:
    sign_in(client, "administrator")
    assert "already" in client.post(reverse("desk-contractor-new"), form()).text


# Who may do what


def test_the_page_says_what_the_checks_say(client: Client, company: Contractor) -> None:
    with clock.held_at(NOON):
        sign_in(client, "administrator")
        people = [worker("dispatcher"), make_person("dispatcher", department="clean"), make_person("editor")]
        rows = {row.person.id: row for row in queries.access_rows()}
        for person in people:
            actor = queries.actor_of_account(person)
            assert {one.code for one in rows[person.id].held} == actor.permissions
        assert rows[people[0].id].contractor == "Bright Walls"
        assert [name["en"] for name in rows[people[0].id].where] == ["Walls"]
        text = client.get(reverse("desk-access")).text
        assert "Bright Walls" in text
    with clock.held_at(NOON + timedelta(60)):
        row = next(row for row in queries.access_rows(contractor_id=company.id))
        assert (row.standing, row.held) == (Standing.CONTRACT_OVER, ())


def test_the_page_is_filtered_and_its_csv_alike(client: Client, company: Contractor) -> None:
    with clock.held_at(NOON):
        sign_in(client, "administrator")
        lena = worker("dispatcher", name="Lena Ortiz")
        parks = make_person("dispatcher", department="parks", name="=Paul")
        page = reverse("desk-access")

        def names(query: str) -> set[str]:
            return {row.person.name for row, _, _ in client.get(f"{page}?{query}").context["rows"]}

        assert names("q=lena") == {"Lena Ortiz"}
        assert names(f"contractor={company.id}") == {"Lena Ortiz"}
        department = next(row.id for row in public.departments() if row.code == "parks")
        assert names(f"department={department}") == {parks.name, "Administrator"}
        assert names("permission=requests.moderate") == {parks.name, "Administrator"}
        assert names("department=rubbish&permission=none") == set()
        lines = client.get(reverse("desk-access-csv") + "?permission=requests.work").text.splitlines()
        mine = [line for line in lines if lena.email in line]
        assert f"Lena Ortiz,{lena.email},Bright Walls,2026-07-10,in_force,requests.work,Walls,Dispatcher" in mine
        assert len(mine) == len(CONTRACTOR_MAY)
        assert any(line.startswith("'=Paul,") for line in lines), "no spreadsheet runs a name"


def test_the_page_asks_as_often_for_many_as_for_few(company: Contractor, django_assert_num_queries: Any) -> None:
    worker()
    with django_assert_num_queries(5):
        queries.access_rows()
    for _ in range(5):
        make_person("dispatcher", department="parks")
    with django_assert_num_queries(5):
        assert len(queries.access_rows()) == 6
