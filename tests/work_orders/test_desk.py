"""The desk's pages: who may connect what, and what the log shows."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace

import pytest
from django.test import Client
from tests.support.people import sign_in
from tests.work_orders.conftest import staff

from cityhall.apps.identity import public as identity
from cityhall.apps.work_orders import queries, services
from cityhall.apps.work_orders.contracts import DeliveryFilter, Kind, Terms
from cityhall.apps.work_orders.models import Connection, Delivery
from cityhall.kernel import clock
from cityhall.kernel.django.models import AuditEntry
from cityhall.kernel.errors import Invalid, NotAllowed, NotFound
from cityhall.kernel.ids import new_id

pytestmark = pytest.mark.django_db
LOG = "/desk/connections/deliveries/"


def page(client: Client, path: str, **data: object) -> str:
    answer = client.get(path, data)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


@pytest.fixture
def desk(client: Client) -> Client:
    sign_in(client, "supervisor")
    return client


def test_a_supervisor_connects_a_system_and_sees_its_secret_once(desk, system, pothole):
    answer = desk.post(
        "/desk/connections/new/", {"name": "Works", "url": system.url, "categories": ["pothole"], "notes": "yes"}
    )
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", answer.content.decode())
    assert answer.status_code == 200 and secret is not None
    [made] = Connection.objects.all()
    assert (made.categories, made.notes, made.contact) == (["pothole"], True, False)
    again = page(desk, f"/desk/connections/{made.id}/")
    assert secret.group() not in again
    assert f"/hooks/work-orders/{made.id}/" in again
    tested = desk.post(f"/desk/connections/{made.id}/change/", {"change": "test"}, follow=True).content.decode()
    assert "Delivered" in tested and "thanks" in tested
    assert system.types == ["test"]
    actions = {entry.action for entry in AuditEntry.objects.filter(subject_kind="connection")}
    assert actions == {"work_orders.connection_made", "work_orders.connection_tested"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"name": "", "url": "https://works.example/"}, "Give the connection a name"),
        ({"name": "Works", "url": "http://works.example/"}, "without encryption"),
        ({"name": "Works", "url": "https://10.1.2.3/"}, "CITYHALL_WORK_ORDER_NETWORKS"),
        ({"name": "Works", "url": "works"}, "begins with https://"),
        ({"name": "Works", "url": "https://works.example/", "categories": ["nonsense"]}, "categories that exist"),
        ({"name": "Works", "url": "https://works.example/", "departments": ["x"]}, "departments and teams that exist"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(desk, pothole, data, words):
    answer = desk.post("/desk/connections/new/", data)
    assert answer.status_code == 400
    text = answer.content.decode()
    assert words in text
    assert f'value="{data["url"]}"' in text
    assert not Connection.objects.exists()


def test_georeport_keeps_its_key_out_of_every_page(desk, pothole):
    answer = desk.post(
        "/desk/connections/new/?kind=georeport",
        {
            "name": "County",
            "url": "https://county.example/open311/v2",
            "api_key": "top-secret-key",
            "service_codes": "pothole = 117",
            "closed_means": "fixed",
        },
        follow=True,
    )
    assert answer.status_code == 200
    made = Connection.objects.get()
    assert (made.kind, made.service_codes, made.closed_means) == ("georeport", {"pothole": "117"}, "fixed")
    assert "top-secret-key" not in answer.content.decode() + made.api_key
    change = {"change": "settings", "name": "County", "url": "https://county.example/open311/v2", "api_key": ""}
    desk.post(f"/desk/connections/{made.id}/change/", change)
    made.refresh_from_db()
    assert made.api_key and made.closed_means == ""
    wrong = desk.post(f"/desk/connections/{made.id}/change/", {**change, "service_codes": "pothole"})
    assert wrong.status_code == 400 and "one pair a line" in wrong.content.decode()


def test_a_clerk_cannot_hand_out_contacts_they_may_not_see(system, pothole):
    clerk = staff(permissions=frozenset({"work_orders.manage"}))
    with pytest.raises(NotAllowed):
        services.make_connection(actor=clerk, terms=Terms("Works", Kind.WEBHOOK, system.url, contact=True))


def test_contacts_that_others_allowed_go_to_no_other_address_without_the_permission(connect, system, pothole):
    hook = connect(contact=True)
    clerk = staff(permissions=frozenset({"work_orders.manage"}))
    kept = Terms("Works", Kind.WEBHOOK, system.url, contact=True)
    elsewhere = f"{system.url}/elsewhere"
    with pytest.raises(NotAllowed):
        services.change_connection(hook.id, actor=clerk, terms=replace(kept, url=elsewhere))
    assert Connection.objects.get(id=hook.id).url == system.url
    services.change_connection(hook.id, actor=clerk, terms=replace(kept, name="Public works"))  # the address stays
    services.change_connection(hook.id, actor=clerk, terms=replace(kept, url=elsewhere, contact=False))
    with pytest.raises(NotAllowed):
        services.change_connection(hook.id, actor=clerk, terms=replace(kept, url=elsewhere))
    services.change_connection(hook.id, actor=staff(), terms=replace(kept, url=elsewhere))
    assert Connection.objects.get(id=hook.id).contact


def test_somebody_with_limits_connects_and_sees_their_own_work_only(hook, file_one, run, system, pothole):
    streets = pothole.department_id
    parks = identity.ensure_department("parks", {"en": "Parks"})
    theirs = staff(departments=frozenset({streets}))
    for departments in (frozenset(), frozenset({parks}), frozenset({streets, parks})):
        with pytest.raises(Invalid):
            services.make_connection(
                actor=theirs, terms=Terms("Mine", Kind.WEBHOOK, system.url, departments=departments)
            )
    mine, _ = services.make_connection(
        actor=theirs, terms=Terms("Mine", Kind.WEBHOOK, system.url, departments=frozenset({streets}))
    )
    file_one()
    run()
    assert [one.id for one in queries.connections(theirs)] == [mine]
    assert {one.connection_id for one in queries.deliveries(DeliveryFilter(), theirs).items} == {mine}
    of_the_city = Delivery.objects.filter(connection_id=hook.id)[0]
    for refused in (
        lambda: queries.connection(hook.id, theirs),
        lambda: queries.delivery(of_the_city.id, theirs),
        lambda: services.pause(hook.id, actor=theirs),
        lambda: services.new_secret(hook.id, actor=theirs),
        lambda: services.replay(of_the_city.id, actor=theirs, command_id=new_id()),
        lambda: services.replay_failed(hook.id, actor=theirs, command_id=new_id()),
    ):
        with pytest.raises(NotFound):
            refused()


@pytest.mark.parametrize("role", ["crew", "dispatcher", "editor", "resident"])
def test_others_do_not_come_in(client, role, hook, file_one, run):
    file_one()
    run()
    sign_in(client, role)
    delivery = Delivery.objects.get()
    for path in ("/desk/connections/", f"/desk/connections/{hook.id}/", f"{LOG}{delivery.id}/"):
        assert client.get(path).status_code in {302, 403}
    for path in (f"{LOG}{delivery.id}/replay/", f"/desk/connections/{hook.id}/replay/"):
        assert client.post(path, {"command_id": str(new_id())}).status_code in {302, 403}
    assert Delivery.objects.get().sent_at is not None


def test_services_ask_for_the_permission_too(hook, file_one, run):
    file_one()
    run()
    dispatcher = staff(permissions=frozenset({"requests.view", "requests.work"}))
    delivery = Delivery.objects.get()
    for refused in (
        lambda: services.pause(hook.id, actor=dispatcher),
        lambda: services.send_test(hook.id, actor=dispatcher),
        lambda: services.replay(delivery.id, actor=dispatcher, command_id=new_id()),
        lambda: services.replay_failed(hook.id, actor=dispatcher, command_id=new_id()),
    ):
        with pytest.raises(NotAllowed):
            refused()


def test_the_log_is_filtered_and_shows_every_try(desk, connect, file_one, run, system):
    works = connect("Works")
    other = connect("Other", url=system.url + "/other")
    system.will_answer(500, "<b>broken</b>")
    filed, second = file_one(), file_one()
    run()
    everything = page(desk, LOG)
    assert everything.count(f"{LOG}0") == 4
    assert page(desk, LOG, connection=str(other.id)).count(f"{LOG}0") == 2
    waiting = page(desk, LOG, state="waiting")
    assert waiting.count(f"{LOG}0") == 1
    assert "answered 500" in waiting
    assert page(desk, LOG, number=second.number).count(f"{LOG}0") == 2
    assert "No delivery fits" in page(desk, LOG, number="nonsense", state="nonsense", connection="x")
    failed = Delivery.objects.get(sent_at__isnull=True)
    text = page(desk, f"{LOG}{failed.id}/")
    assert "&lt;b&gt;broken&lt;/b&gt;" in text and "Next try" in text
    works.post({"request": filed.number, "external_number": "WO-7"})
    assert page(desk, LOG, number="WO-7").count(f"{LOG}0") >= 2


def test_the_log_has_pages(desk, hook, system):
    now = clock.now()
    Delivery.objects.bulk_create(
        Delivery(connection_id=hook.id, kind="received", at=now, created_at=now, send_after=now, sent_at=now)
        for _ in range(60)
    )
    first = page(desk, LOG, connection=str(hook.id))
    older = re.search(r'rel="next" href="\?([^"]+)"', first)
    assert older is not None
    second = page(desk, f"{LOG}?" + older.group(1).replace("&amp;", "&"))
    assert (first.count(f"{LOG}0"), second.count(f"{LOG}0")) == (50, 10)


def test_replay_buttons(desk, hook, file_one, run, system):
    file_one()
    run()
    Delivery.objects.update(sent_at=None, failed_at=clock.now())
    delivery = Delivery.objects.get()
    text = page(desk, f"/desk/connections/{hook.id}/")
    assert "given up again" in text
    command = str(new_id())
    for _ in range(2):
        answer = desk.post(f"{LOG}{delivery.id}/replay/", {"command_id": command})
        assert answer.status_code == 302
    assert AuditEntry.objects.filter(action="work_orders.replayed").count() == 1
    assert run() == 1
    assert desk.post(f"{LOG}{delivery.id}/replay/", {}).status_code == 400
    assert desk.post(f"{LOG}{uuid.uuid4()}/replay/", {"command_id": command}).status_code in {
        400,
        404,
    }


def test_the_request_at_the_desk_shows_number_state_and_refusal(desk, hook, file_one, run):
    filed = file_one()
    assert "Work orders" not in page(desk, f"/desk/requests/{filed.number}/")
    run()
    hook.post({"request": filed.number, "external_number": "WO-991", "status": "accepted"})
    text = page(desk, f"/desk/requests/{filed.number}/")
    assert "Work orders" in text and "WO-991" in text and "Accepted" in text
    hook.post({"request": filed.number, "status": "done", "note": "Filled."})
    hook.post({"request": filed.number, "status": "in_progress"})
    assert "Its last message was refused." in page(desk, f"/desk/requests/{filed.number}/")
    assert "WO-991" not in page(Client(), f"/requests/{filed.number}/")


def test_the_audit_log_names_connections_in_words(client, hook):
    sign_in(client, "administrator")
    assert "Made a connection" in page(client, "/desk/audit/")


def test_roles_that_exist_are_given_the_permission():
    from importlib import import_module

    from django.apps import apps

    from cityhall.apps.identity.models import Role

    Role.objects.create(code="supervisor", name={"en": "Supervisor"}, permissions=["requests.view"])
    Role.objects.create(code="crew", name={"en": "Crew"}, permissions=["requests.view"])
    import_module("cityhall.apps.work_orders.migrations.0002_permission").give(apps, None)
    assert Role.objects.get(code="supervisor").permissions == ["requests.view", "work_orders.manage"]
    assert Role.objects.get(code="crew").permissions == ["requests.view"]
