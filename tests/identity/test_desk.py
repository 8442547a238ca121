from __future__ import annotations

import json
import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from tests.support import city
from tests.support.at_once import Held
from tests.support.people import make_person, sign_in

from cityhall.apps.identity import public, queries, services
from cityhall.apps.identity.models import ApiKey, Membership, User
from cityhall.apps.identity.services import records
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor, ActorKind, system
from cityhall.kernel.django import audit, loopback
from cityhall.kernel.django.models import AuditEntry, OutboxEvent
from cityhall.kernel.errors import Invalid, NotAllowed, NotFound, TooMany

pytestmark = pytest.mark.django_db
TESTER = system("test")


def acting(user: User) -> Actor:
    return queries.actor_of_account(user)


def make_key(owner: User, **more) -> tuple[uuid.UUID, str]:
    return services.make_key(actor=acting(owner), name="Bridge", scopes=["open311.write"], **more)


# Roles


def test_an_administrator_gives_and_takes_a_role_and_it_counts_at_once(client: Client) -> None:
    admin = sign_in(client, "administrator")
    worker, browser = make_person("crew"), Client()
    public.ensure_department("parks", {"en": "Parks"})
    sign_in(browser, user=worker)
    department = public.departments()[0]
    assert browser.get(reverse("desk-people")).status_code == 403
    client.post(
        reverse("desk-membership-add", args=[worker.id]), {"role": "dispatcher", "department": str(department.id)}
    )
    assert acting(worker).may("requests.assign")
    page = client.get(reverse("desk-people"))
    assert "Dispatcher, Parks" in page.text
    given = Membership.objects.get(user=worker, role__code="dispatcher")
    client.post(reverse("desk-membership-remove", args=[given.id]))
    assert not acting(worker).may("requests.assign")
    actions = list(AuditEntry.objects.filter(actor_id=admin.id).order_by("id").values_list("action", flat=True))
    assert actions == ["identity.membership_added", "identity.membership_removed"]
    assert set(actions) == set(OutboxEvent.objects.filter(subject_id=worker.id).values_list("kind", flat=True))


def test_the_same_command_sent_twice_gives_the_role_once() -> None:
    admin, worker = make_person("administrator"), make_person("crew")
    command = uuid.uuid4()
    first, second = (
        services.add_membership(actor=acting(admin), user_id=worker.id, role="editor", command_id=command)
        for _ in range(2)
    )
    assert first == second
    assert AuditEntry.objects.filter(action="identity.membership_added").count() == 1


def test_nobody_gives_more_than_they_hold() -> None:
    public.ensure_default_roles()
    public.ensure_role("people-desk", {"en": "People desk"}, ["identity.manage"])
    clerk = User.objects.get(id=public.ensure_user("clerk@city.example", None, "Clerk", roles=["people-desk"]))
    worker = make_person("crew")
    with pytest.raises(NotAllowed):
        services.add_membership(actor=acting(clerk), user_id=clerk.id, role="administrator")
    with pytest.raises(NotAllowed):
        services.remove_membership(actor=acting(clerk), membership_id=worker.memberships.get().id)
    with pytest.raises(NotAllowed):
        services.add_membership(actor=acting(worker), user_id=worker.id, role="crew")


def test_nobody_gives_or_takes_what_reaches_further_than_they_do() -> None:
    local, worker = make_person("administrator", department="streets"), make_person("crew", department="parks")
    public.ensure_team("paving", {"en": "Paving"}, department="streets")
    parks, streets = (one.id for one in public.departments())
    actor = acting(local)
    for wider in ({}, {"department_id": parks}):
        for whom in (local, worker):
            with pytest.raises(NotAllowed):
                services.add_membership(actor=actor, user_id=whom.id, role="administrator", **wider)
    for row in (worker.memberships.get(), make_person("administrator").memberships.get()):
        with pytest.raises(NotAllowed):
            services.remove_membership(actor=actor, membership_id=row.id)
        with pytest.raises(NotAllowed):
            services.close_account(actor=actor, user_id=row.user_id)
    services.add_membership(actor=actor, user_id=worker.id, role="crew", department_id=streets)
    services.add_membership(actor=actor, user_id=worker.id, role="crew", team_id=public.teams()[0].id)
    services.add_membership(actor=actor, user_id=worker.id, role="editor")  # holds everywhere, for the actor too
    assert acting(local).departments == {streets}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ends", ["role", "account"])
def test_of_two_administrators_who_end_each_others_work_at_once_one_is_left(
    ends: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, ben = make_person("administrator"), make_person("administrator")

    def end(actor: Actor, of: User) -> None:
        if ends == "role":
            services.remove_membership(actor=actor, membership_id=of.memberships.get().id)
        else:
            services.close_account(actor=actor, user_id=of.id)

    by_ada, by_ben = acting(ada), acting(ben)
    held = Held(records.record)
    monkeypatch.setattr(records, "record", held)
    with pytest.raises(NotAllowed, match="Nobody else may manage people"):
        held.beside(lambda: end(by_ada, ben), lambda: end(by_ben, ada))
    assert list(queries.administrators()) == [ada.email]


def test_an_administrator_cannot_lock_themselves_out() -> None:
    admin = make_person("administrator")
    with pytest.raises(NotAllowed):
        services.remove_membership(actor=acting(admin), membership_id=admin.memberships.get().id)
    with pytest.raises(NotAllowed):
        services.close_account(actor=acting(admin), user_id=admin.id)


def test_the_last_role_taken_makes_the_account_a_residents() -> None:
    admin, worker = make_person("administrator"), make_person("crew")
    services.remove_membership(actor=acting(admin), membership_id=worker.memberships.get().id)
    worker.refresh_from_db()
    assert acting(worker).kind is ActorKind.RESIDENT


def test_a_team_must_be_of_the_department() -> None:
    admin = make_person("administrator")
    worker = make_person("crew", team="pothole-crew")
    public.ensure_department("parks", {"en": "Parks"})
    parks = next(row.id for row in public.departments() if row.code == "parks")
    with pytest.raises(Invalid):
        services.add_membership(
            actor=acting(admin), user_id=worker.id, role="crew", department_id=parks, team_id=public.teams()[0].id
        )
    with pytest.raises(NotFound):
        services.add_membership(actor=acting(admin), user_id=worker.id, role="crew", department_id=uuid.uuid4())


def test_a_closed_account_is_signed_out_and_its_keys_stop(client: Client) -> None:
    admin, worker = make_person("administrator"), make_person("administrator")
    sign_in(client, user=worker)
    _, raw = make_key(worker)
    services.close_account(actor=acting(admin), user_id=worker.id)
    assert client.get(reverse("desk-people")).status_code == 302
    with pytest.raises(NotAllowed):
        public.actor_for_key(raw)
    services.reopen_account(actor=acting(admin), user_id=worker.id)
    assert public.actor_for_key(raw).actor.label == "Bridge"


def test_a_lost_second_factor_is_forgotten_by_an_administrator(client: Client) -> None:
    sign_in(client, "administrator")
    worker = make_person("crew")
    assert queries.has_second_factor(worker.id)
    client.post(reverse("desk-account-change", args=[worker.id]), {"change": "forget"})
    assert not queries.has_second_factor(worker.id)
    assert client.post(reverse("desk-account-change", args=[worker.id]), {"change": "eat"}).status_code == 400


def test_a_new_colleague_needs_a_name_and_an_address(client: Client) -> None:
    sign_in(client, "administrator")
    refused = client.post(reverse("desk-people-invite"), {"email": "no-address", "name": "Nora"})
    assert refused.status_code == 400
    assert "Give an e-mail address" in refused.text
    client.post(reverse("desk-people-invite"), {"email": "nora@city.example", "name": "Nora"})
    assert "Nora" in client.get(reverse("desk-people")).text


def test_the_matrix_shows_what_each_role_may(client: Client) -> None:
    sign_in(client, "administrator")
    page = client.get(reverse("desk-access"))
    codes = [code for code, _, _ in page.context["matrix"]]
    assert {"identity.manage", "requests.view", "website.edit"} <= set(codes)


def test_the_staff_list_asks_as_often_for_many_as_for_few(client: Client, django_assert_num_queries) -> None:
    for _ in range(2):
        make_person("crew")
    with django_assert_num_queries(2):
        queries.staff_list()
    for _ in range(6):
        make_person("dispatcher", department="streets")
    with django_assert_num_queries(2):
        assert len(queries.staff_list()) == 8


# Keys


def test_a_key_is_shown_once_and_works_with_its_scopes(client: Client) -> None:
    sign_in(client, "administrator")
    page = client.post(reverse("desk-keys"), {"name": "Bridge", "scopes": ["open311.write"], "per_minute": "7"})
    raw = page.context["made"]
    assert raw in page.text
    assert raw not in client.get(reverse("desk-keys")).text
    keyed = public.actor_for_key(raw)
    assert keyed.actor.kind is ActorKind.API_KEY
    assert keyed.actor.may("open311.write")
    assert not keyed.actor.may("requests.write")
    assert keyed.per_minute == 7
    assert raw.split("_", 2)[2] not in json.dumps(list(ApiKey.objects.values()), default=str)


def test_a_key_is_good_on_its_last_day_too(client: Client) -> None:
    city.build()  # on the clock of Los Angeles
    with clock.held_at(datetime(2026, 11, 27, 20, tzinfo=UTC)):
        sign_in(client, "administrator")
        given = {"name": "Bridge", "scopes": ["open311.write"], "per_minute": "7", "expires_at": "2026-12-01"}
        page = client.post(reverse("desk-keys"), given)
        assert "December 1, 2026" in page.text
    with clock.held_at(datetime(2026, 12, 2, 7, 59, tzinfo=UTC)):
        public.actor_for_key(page.context["made"])
    with clock.held_at(datetime(2026, 12, 2, 8, 1, tzinfo=UTC)), pytest.raises(NotAllowed):
        public.actor_for_key(page.context["made"])


@pytest.mark.parametrize("raw", ["", "ch_", "ch_abc_def", "nonsense", "ch_" + "a" * 500])
def test_what_is_no_key_is_refused(raw: str) -> None:
    with pytest.raises(NotAllowed):
        public.actor_for_key(raw)


def test_a_revoked_or_old_key_is_refused() -> None:
    admin = make_person("administrator")
    key_id, raw = make_key(admin, expires_at=clock.now() + timedelta(days=1))
    public.actor_for_key(raw)
    with clock.held_at(clock.now() + timedelta(days=2)), pytest.raises(NotAllowed):
        public.actor_for_key(raw)
    services.revoke_key(actor=acting(admin), key_id=key_id)
    with pytest.raises(NotAllowed):
        public.actor_for_key(raw)


def test_a_key_sleeps_while_its_owner_has_no_role() -> None:
    boss, owner = make_person("administrator"), make_person("administrator")
    _, raw = make_key(owner)
    services.remove_membership(actor=acting(boss), membership_id=owner.memberships.get().id)
    with pytest.raises(NotAllowed, match="API key is not valid"):
        public.actor_for_key(raw)
    services.add_membership(actor=acting(boss), user_id=owner.id, role="administrator")
    public.actor_for_key(raw)


def test_a_key_reaches_no_further_than_its_owner() -> None:
    owner = make_person("administrator", department="streets")
    actor = public.actor_for_key(make_key(owner)[1]).actor
    assert actor.departments == acting(owner).departments == {public.departments()[0].id}
    assert public.actor_for_key(make_key(make_person("administrator"))[1]).actor.departments == frozenset()


def test_a_key_has_its_limit_a_minute_and_a_fresh_one_the_next() -> None:
    _, raw = make_key(make_person("administrator"), per_minute=3)
    start = clock.now().replace(second=1)
    with clock.held_at(start):
        for _ in range(3):
            public.actor_for_key(raw)
        with pytest.raises(TooMany) as refused:
            public.actor_for_key(raw)
    assert 0 < refused.value.retry_after <= 61
    with clock.held_at(start + timedelta(minutes=1)):
        public.actor_for_key(raw)


def test_the_key_of_a_demo_account_works_on_this_machine_alone() -> None:
    _, raw = make_key(make_person("administrator", is_demo=True))
    public.actor_for_key(raw)
    with loopback.Serving(RequestFactory().get("/", REMOTE_ADDR="192.0.2.7")), pytest.raises(NotAllowed):
        public.actor_for_key(raw)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"scopes": []},
        {"scopes": ["all"]},
        {"per_minute": 0},
        {"expires_at": clock.now()},
        {"expires_at": datetime(9999, 12, 31, tzinfo=UTC)},
    ],
)
def test_a_key_with_a_mistake_is_not_made(wrong: dict) -> None:
    admin = make_person("administrator")
    with pytest.raises(Invalid) as refused:
        services.make_key(**{"actor": acting(admin), "name": "x", "scopes": ["requests.write"], **wrong})
    assert list(refused.value.fields) == list(wrong)


def test_only_administrators_make_keys() -> None:
    with pytest.raises(NotAllowed):
        make_key(make_person("supervisor"))


# The audit page


def test_the_audit_page_goes_back_page_by_page_without_gaps(client: Client) -> None:
    sign_in(client, "administrator")
    for number in range(120):
        audit.record(TESTER, f"test.done_{number:03}", subject_kind="thing", subject_id=None)
    seen: list[str] = []
    query = ""
    while True:
        page = client.get(reverse("desk-audit") + query)
        seen += [row.action for row in page.context["rows"]]
        if page.context["older"] is None:
            break
        query = f"?before={page.context['older']}"
    assert [action for action in seen if action.startswith("test.")] == [
        f"test.done_{n:03}" for n in reversed(range(120))
    ]


def test_the_audit_page_speaks_in_words_and_leads_with_the_number(client: Client) -> None:
    sign_in(client, "administrator")
    person = make_person("crew", name="Tom Becker")
    request, event = uuid.uuid4(), uuid.uuid4()
    facts = {"number": "48-220", "state": "contested", "version": 7, "event_id": str(event), "team": str(event)}
    audit.record(TESTER, "service_requests.contested", subject_kind="service_request", subject_id=request, data=facts)
    audit.record(TESTER, "identity.signed_in", subject_kind="account", subject_id=person.id)
    audit.record(TESTER, "test.done", subject_kind="thing", subject_id=None)
    page = client.get(reverse("desk-audit")).text
    rows = re.findall(r"<tr><td>(.*?)</tr>", page, re.S)
    unknown, signed, contested = (re.sub(r"<details.*?</details>", "", row, flags=re.S) for row in rows[:3])
    assert contested.startswith('<a class="number" href="/desk/requests/48-220/">48-220</a>')
    assert "Said it is not fixed" in contested
    assert "state: Contested" in contested
    assert str(event) not in contested, "what only a machine needs is folded away"
    assert str(event) in rows[2]
    assert signed.startswith("<strong>Tom Becker</strong>")
    assert "Signed in" in signed
    assert "<code>test.done</code>" in unknown


def test_the_audit_page_names_facts_and_the_program_in_spanish(client: Client) -> None:
    sign_in(client, "administrator")
    facts = {"kind": "calls", "removed": 3, "held": 0}
    audit.record(system("Retention schedule"), "records.purged", subject_kind="schedule", subject_id=None, data=facts)
    facts = {"priority": {"from": 3, "to": 1}, "escalated": True}
    audit.record(
        system("Routing"), "service_requests.escalated", subject_kind="service_request", subject_id=None, data=facts
    )
    audit.record(Actor(ActorKind.RESIDENT, uuid.uuid4()), "identity.erased", subject_kind="account", subject_id=None)
    facts = {"role": "call-taker", "outcome": "not_found", "from": "in_progress", "n": 2}
    audit.record(TESTER, "service_requests.closed", subject_kind="service_request", subject_id=None, data=facts)
    page = client.get("/es" + reverse("desk-audit")).text
    rows = [
        re.sub(r"<details.*?</details>", "", row, flags=re.S) for row in re.findall(r"<tr><td>(.*?)</tr>", page, re.S)
    ]
    assert "estado anterior" not in rows[0]
    for said in ("Atención telefónica", "no se encontró", "En curso"):
        assert said in rows[0]
    assert "Residente" in rows[1]
    assert "prioridad: de 3, a 1 · escalada: sí" in rows[2]
    assert "Asignación" in rows[2]
    assert "retenidos: 0 · tipo: El registro de llamadas: quién llamó y qué se anotó · borrados: 3" in rows[3]
    assert "Calendario de conservación" in rows[3]


@pytest.mark.parametrize(
    ("prefix", "days"),
    [("", ("March 5, 2026", "March 6, 2026")), ("/es", ("5 de marzo de 2026", "6 de marzo de 2026"))],
)
def test_the_audit_page_says_days_as_people_do(client: Client, prefix: str, days: tuple[str, str]) -> None:
    sign_in(client, "administrator")
    facts = {"day": "2026-03-05", "updated": "2026-03-06T09:14:00+00:00", "name": "2026-02-30"}
    audit.record(TESTER, "service_requests.closed", subject_kind="service_request", subject_id=None, data=facts)
    page = re.sub(r"<details.*?</details>", "", client.get(prefix + reverse("desk-audit")).text, flags=re.S)
    for said in (*days, "2026-02-30"):
        assert said in page
    assert "2026-03-05" not in page


def test_the_audit_page_asks_as_often_for_many_as_for_few(client: Client, django_assert_max_num_queries) -> None:
    sign_in(client, "administrator")
    for _ in range(40):
        audit.record(TESTER, "test.done", subject_kind="thing", subject_id=None)
    audit.seal()
    with django_assert_max_num_queries(11):
        client.get(reverse("desk-audit"))


def test_the_audit_page_tells_whether_the_chain_is_whole(client: Client, settings, tmp_path) -> None:
    settings.CITYHALL_DATA = tmp_path
    sign_in(client, "administrator")
    audit.record(TESTER, "test.done", subject_kind="thing", subject_id=None)
    audit.seal()
    assert "The chain is whole" in client.get(reverse("desk-audit") + "?verify=1").text
    (tmp_path / "audit" / "head.jsonl").unlink()
    assert "The chain is broken" in client.get(reverse("desk-audit") + "?verify=1").text


@pytest.mark.parametrize(
    "query", ["?before=rubbish", "?subject=rubbish", "?subject=0195b7c0-0000-7000-8000-0000000000aa"]
)
def test_a_wrong_question_to_the_audit_page_finds_nothing(client: Client, query: str) -> None:
    sign_in(client, "administrator")
    page = client.get(reverse("desk-audit") + query)
    assert page.status_code == 200
    assert "There are no entries" in page.text
