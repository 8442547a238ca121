"""A round trip with a GeoReport server over real HTTP: our own, at the same database but another door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.support.people import make_person
from tests.work_orders.conftest import staff

from cityhall.apps.service_requests import services as requests
from cityhall.apps.service_requests.contracts import Outcome
from cityhall.apps.service_requests.models import HistoryEvent, ServiceRequest
from cityhall.apps.work_orders import queries, services
from cityhall.apps.work_orders.contracts import DeliveryState, Kind, Terms
from cityhall.apps.work_orders.models import Connection, Delivery, Incoming, Order
from cityhall.kernel import clock
from cityhall.kernel.actors import system as program

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def key(db: None) -> str:
    from cityhall.apps.identity.services import make_key

    owner = make_person("administrator").id
    scopes = ("open311.write", "requests.write")
    return make_key(actor=program("test"), name="City", scopes=scopes, owner_id=owner)[1]


@pytest.fixture
def theirs(make_category: Any) -> Any:
    """A category as the other system has it: nothing that is filed there goes on to a connection."""
    return make_category("pot-holes")


@pytest.fixture
def connection(live_server: Any, settings: Any, key: str, pothole: Any, theirs: Any, supervisor: Any) -> Any:
    settings.CITYHALL_WORK_ORDER_NETWORKS = ["127.0.0.0/8"]

    def make(**terms: Any) -> Any:
        wanted = {
            "name": "County",
            "kind": Kind.GEOREPORT,
            "url": f"{live_server.url}/open311/v2",
            "categories": frozenset({"pothole"}),
            "service_codes": {"pothole": "pot-holes"},
            "sends_updates": True,
        }
        made, secret = services.make_connection(actor=supervisor, terms=Terms(**{**wanted, **terms}), api_key=key)
        assert secret == ""
        return Connection.objects.get(id=made)

    return make


def over_there() -> ServiceRequest:
    return ServiceRequest.objects.get(category__code="pot-holes")


def test_a_request_is_filed_there_and_its_states_go_both_ways(connection, file_one, run, supervisor):
    made = connection()
    filed = file_one()
    assert run() == 1
    there = over_there()
    number = Order.objects.get().external_number
    assert number == f"{there.number // 1000}-{there.number % 1000:03d}"
    assert there.description.splitlines()[0] == "Deep hole."
    assert filed.number in there.description
    assert (there.lat, there.lon) == (32.7157, -117.1611)

    # Ours goes there…
    requests.start(filed.id, actor=staff())
    assert run() == 1
    assert over_there().state == "in_progress"
    # …and is not taken for theirs when their changes are read.
    services.poll()
    assert ServiceRequest.objects.get(id=filed.id).state == "in_progress"
    assert Incoming.objects.count() == 0

    # Theirs comes here, with its sentence and outcome.
    requests.close(there.id, actor=staff(), outcome=Outcome.FIXED, sentence="Filled by the county.")
    assert services.poll() == 1
    here = ServiceRequest.objects.get(id=filed.id)
    assert (here.state, here.outcome, here.outcome_sentence) == ("closed", "fixed", "Filled by the county.")
    assert HistoryEvent.objects.filter(request_id=filed.id).order_by("-at", "-id")[0].author_label == "County"
    # Reading it again changes nothing, and nothing of it is sent back.
    run()
    assert services.poll() == 0
    assert Delivery.objects.filter(connection=made).count() == 2
    assert queries.orders_of(filed.id)[0].status == "done"


def test_without_updates_a_plain_closed_means_what_the_connection_says(connection, file_one, run, monkeypatch):
    made = connection(sends_updates=False, closed_means="fixed")
    Connection.objects.update(offers_updates=False)
    filed = file_one()
    run()
    requests.start(filed.id, actor=staff())
    assert run() == 0
    requests.close(over_there().id, actor=staff(), outcome=Outcome.FIXED, sentence="Filled by the county.")
    with clock.held_at(clock.now() + timedelta(minutes=16)):
        assert services.poll() == 1
    here = ServiceRequest.objects.get(id=filed.id)
    assert (here.outcome, here.outcome_sentence) == ("fixed", "Filled by the county.")
    assert made.sends_updates is False


def test_a_plain_closed_is_for_the_desk_to_decide_otherwise(connection, file_one, run):
    connection()
    Connection.objects.update(offers_updates=False)
    filed = file_one()
    run()
    requests.close(over_there().id, actor=staff(), outcome=Outcome.NOT_FOUND, sentence="Nothing there.")
    for minutes in (16, 40):
        with clock.held_at(clock.now() + timedelta(minutes=minutes)):
            services.poll()
    assert ServiceRequest.objects.get(id=filed.id).state == "received"
    notes = (
        HistoryEvent.objects.filter(request_id=filed.id, fact="note").order_by("at").values_list("text", "visibility")
    )
    assert list(notes)[1:] == [("County: closed. Nothing there.", "internal")]


def test_what_the_rules_refuse_is_logged_and_left_to_the_desk(connection, file_one, run):
    connection()
    filed = file_one()
    run()
    requests.close(filed.id, actor=staff(), outcome=Outcome.NOT_FOUND, sentence="Nothing there.")
    Delivery.objects.filter(sent_at__isnull=True).delete()
    requests.start(over_there().id, actor=staff(), sentence="On our way.")
    assert services.poll() == 1
    assert services.poll() == 0
    assert ServiceRequest.objects.get(id=filed.id).outcome == "not_found"
    assert Incoming.objects.get().state == "refused"
    assert "state does not allow" in queries.orders_of(filed.id)[0].refused


def test_a_lost_answer_does_not_file_it_twice(connection, file_one, run, monkeypatch):
    from cityhall.adapters.open311.client import GeoReportClient
    from cityhall.kernel.ports import CallUnavailable

    connection()
    file_one()
    real = GeoReportClient.file

    def arrives_but_says_nothing(self, report, *, files=()):
        real(self, report, files=files)
        raise CallUnavailable("cut off")

    monkeypatch.setattr(GeoReportClient, "file", arrives_but_says_nothing)
    run()
    assert Order.objects.get().external_number == ""
    monkeypatch.setattr(GeoReportClient, "file", real)
    with clock.held_at(clock.now() + timedelta(minutes=2)):
        run()
    assert over_there().number
    assert Order.objects.get().external_number != ""


def test_a_report_they_will_never_take_is_given_up_at_once(connection, theirs, file_one, run):
    from cityhall.apps.service_requests.models import Question

    Question.objects.create(category=theirs, code="depth", text={"en": "How deep?"}, required=True)
    connection()
    file_one()
    run()
    delivery = Delivery.objects.get()
    assert (delivery.failed_at is not None, delivery.attempts) == (True, 1)
    assert "attribute[depth]" in delivery.tries.get().answer


def test_a_service_they_do_not_know_is_tried_again_until_somebody_mends_its_code(connection, file_one, run):
    connection(service_codes={"pothole": "no-such-service"})
    file_one()
    run()
    assert "service_code" in Delivery.objects.get().tries.get().answer
    Connection.objects.update(service_codes={"pothole": "pot-holes"})
    with clock.held_at(clock.now() + timedelta(minutes=2)):
        assert run() == 1
    assert over_there().description


def test_a_test_names_the_services_they_lack(connection, supervisor):
    made = connection()
    done = queries.delivery(services.send_test(made.id, actor=supervisor), supervisor)
    assert (done.state, done.tries[0].answer) == (DeliveryState.DELIVERED, "2 services")
    wrong = connection(name="Other", service_codes={"pothole": "117"})
    told = queries.delivery(services.send_test(wrong.id, actor=supervisor), supervisor)
    assert (told.state, told.problem) == (DeliveryState.GIVEN_UP, "they have no service 117")


def test_that_it_answers_questions_does_not_hide_that_it_takes_nothing(connection, file_one, run):
    made = connection(service_codes={"pothole": "no-such-service"})
    file_one()
    run()
    services.poll()
    made.refresh_from_db()
    assert made.failures == 1


def test_a_server_that_cannot_be_asked_makes_the_connection_one_that_fails(connection, file_one, run, system, settings):
    made = connection()
    file_one()
    run()
    Connection.objects.update(url=system.url.replace(str(system.port), "1"))
    for _ in range(5):
        services.poll()
    made.refresh_from_db()
    assert made.failures == 5
    assert made.failing_since is not None
