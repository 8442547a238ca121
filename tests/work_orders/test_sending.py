"""What a webhook's receiver gets: signed, in order, tried again for days, and never its own words back."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from tests.work_orders.conftest import staff

from cityhall.apps.service_requests import services as requests
from cityhall.apps.service_requests.contracts import Contact, Outcome, Visibility
from cityhall.apps.work_orders import jobs, queries, rules, services
from cityhall.apps.work_orders.contracts import DeliveryFilter, DeliveryState, Standing
from cityhall.apps.work_orders.models import Connection, Delivery, Incoming, Order, Try
from cityhall.apps.work_orders.services import keeping
from cityhall.kernel import clock, offers
from cityhall.kernel.django import outbox
from cityhall.kernel.django.models import AuditEntry
from cityhall.kernel.offers import Held, Person

pytestmark = pytest.mark.django_db


def of(delivery_states, actor):
    return [one.state for one in queries.deliveries(DeliveryFilter(), actor).items]


def test_a_filed_request_arrives_signed_and_whole(hook, file_one, run, system):
    filed = file_one()
    assert run() == 1
    [call] = system.calls
    told = call["json"]
    assert told["type"] == "request.received"
    request = told["data"]["request"]
    assert (request["number"], request["status"], request["category"], request["department"]) == (
        filed.number, "received", "pothole", "streets",
    )  # fmt: skip
    assert request["place"]["address"] == "1202 Grand Ave"
    assert request["description"] == "Deep hole."
    # As the Standard Webhooks specification has it, computed here from its text and not by our own code.
    headers = {name.lower(): value for name, value in call["headers"].items()}
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + call["body"]
    key = base64.b64decode(hook.secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_a_copy_that_is_only_looked_at_leaves_what_waits_to_its_city(hook, file_one, system, settings):
    file_one()
    outbox.drain()
    settings.CITYHALL_COPY = True
    jobs.deliver()
    assert system.calls == []
    settings.CITYHALL_COPY = False
    jobs.deliver()
    assert len(system.calls) == 1


def test_the_reporters_contact_goes_only_where_the_connection_says_so_and_is_audited(connect, file_one, run, system):
    connect("Without")
    file_one()
    run()
    assert "rosa@example.org" not in system.calls[0]["body"].decode()
    connect("With", contact=True)
    filed = file_one()
    run()
    told = [call["json"]["data"] for call in system.calls if call["json"]["data"]["request"]["number"] == filed.number]
    assert sorted("contact" in one for one in told) == [False, True]
    [shown] = [one["contact"] for one in told if "contact" in one]
    assert shown == {"first_name": "Rosa", "last_name": "Lee", "email": "rosa@example.org", "phone": "555 0100"}
    entry = AuditEntry.objects.get(action="service_requests.contact_read")
    assert (entry.actor_kind, entry.actor_label, entry.subject_id) == ("api_key", "With", filed.id)


def test_only_what_matches_goes_and_what_is_routed_there_later_follows(connect, make_category, file_one, run, system):
    from cityhall.apps.identity import public as identity

    parks = identity.ensure_department("parks", {"en": "Parks"})
    make_category("tree", department_id=parks)
    connect(categories=frozenset({"tree", "pothole"}), departments=frozenset({parks}))
    here = file_one()
    there = file_one("tree")
    run()
    assert [call["json"]["data"]["request"]["number"] for call in system.calls] == [there.number]
    requests.assign(here.id, actor=staff(), department_id=parks)
    run()
    last = system.calls[-1]["json"]
    assert (last["type"], last["data"]["request"]["number"]) == ("request.assigned", here.number)


def test_internal_notes_stay_here_unless_the_connection_reads_them(connect, file_one, run, system):
    connect("Outside")
    inside = connect("Inside", notes=True)
    filed = file_one()
    run()
    requests.add_note(filed.id, actor=staff(), text="Dog on the plot.", visibility=Visibility.INTERNAL)
    requests.add_note(filed.id, actor=staff(), text="A crew comes.", visibility=Visibility.PUBLIC)
    run()
    texts = [call["json"]["data"]["event"]["text"] for call in system.calls if call["json"]["type"] == "request.noted"]
    assert sorted(texts) == ["A crew comes.", "A crew comes.", "Dog on the plot."]
    assert Delivery.objects.filter(connection_id=inside.id, kind="noted").count() == 2


def test_a_failing_receiver_is_tried_for_three_days_under_one_id_and_then_given_up(hook, file_one, run, system):
    file_one()
    now = start = clock.now()
    for _ in range(30):
        system.will_answer(500, "broken " * 200)
    waits = []
    for _turn in range(30):
        with clock.held_at(now):
            run()
        delivery = Delivery.objects.get()
        if delivery.failed_at:
            break
        waits.append(delivery.send_after - now)
        # A moment too early nothing is sent.
        with clock.held_at(delivery.send_after - timedelta(seconds=1)):
            tried = len(system.calls)
            run()
            assert len(system.calls) == tried
        now = delivery.send_after
    assert len(system.calls) == 16
    assert len({call["headers"]["webhook-id"] for call in system.calls}) == 1
    assert waits[0] < timedelta(seconds=73) and waits[-1] > timedelta(hours=9)
    assert timedelta(days=2.4) < now - start < timedelta(days=4)
    kept = Try.objects.order_by("id").first()
    assert kept is not None
    assert (kept.status, len(kept.answer)) == (500, 500)
    info = queries.connection(hook.id, staff())
    assert (info.standing, info.given_up, info.failures) == (Standing.FAILING, 1, 16)
    [failing, lost] = queries.missing()
    assert "16 times" in failing and "given up" in lost


def test_retry_after_is_respected(hook, file_one, run, system):
    file_one()
    system.will_answer(429, Retry_After="7200")
    now = clock.now()
    with clock.held_at(now):
        run()
    assert Delivery.objects.get().send_after - now == timedelta(hours=2)


@pytest.mark.parametrize("asked", [7200, 10**6, 10**30])
def test_nobody_is_left_alone_for_more_than_a_day_however_much_they_ask_for(asked):
    assert rules.wait_before(2, share=0.5, asked=asked) == (timedelta(hours=2) if asked == 7200 else timedelta(days=1))


def test_a_success_makes_a_failing_connection_well(hook, file_one, run, system):
    file_one()
    Connection.objects.update(failures=7, failing_since=clock.now())
    run()
    info = queries.connection(hook.id, staff())
    assert (info.standing, info.failures) == (Standing.RUNNING, 0)
    assert list(queries.missing()) == []


def test_a_later_state_waits_for_the_earlier_one_and_other_requests_do_not(hook, file_one, run, system):
    first, second = file_one(), file_one()
    system.will_answer(503)
    now = clock.now()
    with clock.held_at(now):
        run()
        requests.start(first.id, actor=staff())
        requests.start(second.id, actor=staff())
        run()
    numbers = [(call["json"]["data"]["request"]["number"], call["json"]["type"]) for call in system.calls]
    assert numbers == [
        (first.number, "request.received"),
        (second.number, "request.received"),
        (second.number, "request.started"),
    ]
    with clock.held_at(now + timedelta(minutes=2)):
        run()
    assert [call["json"]["type"] for call in system.calls[3:]] == ["request.received", "request.started"]


def test_deliveries_go_by_the_requests_version_even_when_queued_out_of_order(hook, file_one, system):
    filed = file_one()
    requests.start(filed.id, actor=staff())
    from cityhall.kernel.django import outbox
    from cityhall.kernel.django.models import OutboxEvent

    for event in OutboxEvent.objects.order_by("-id"):
        outbox.deliver(event_id=str(event.id), receiver="work_orders.connections")
    services.deliver_due()
    assert system.types == ["request.received", "request.started"]


def test_what_is_sent_late_says_what_holds_now(hook, file_one, run, system):
    filed = file_one()
    system.will_answer(503)
    now = clock.now()
    with clock.held_at(now):
        run()
        requests.close(filed.id, actor=staff(), outcome=Outcome.FIXED, sentence="Filled.")
    with clock.held_at(now + timedelta(minutes=2)):
        run()
    assert system.statuses == ["received", "fixed", "fixed"]
    assert system.types == ["request.received", "request.received", "request.closed"]


def test_one_broken_connection_does_not_hold_up_another(connect, file_one, run, system):
    connect("Broken", url=system.url.replace(str(system.port), "1"))
    well = connect("Well")
    for _ in range(5):
        file_one()
    run()
    assert Delivery.objects.filter(connection_id=well.id, sent_at__isnull=False).count() == 5
    broken = Delivery.objects.exclude(connection_id=well.id)
    assert sum(one.attempts for one in broken) == 3


def test_a_worker_that_dies_in_the_middle_leaves_the_delivery_due(hook, file_one, run, system, monkeypatch):
    from cityhall.adapters.systems.guarded import GuardedSystems

    file_one()
    real = GuardedSystems.post

    def dies(self, url, body, headers):
        real(self, url, body, headers)
        raise KeyboardInterrupt

    monkeypatch.setattr(GuardedSystems, "post", dies)
    with pytest.raises(KeyboardInterrupt):
        run()
    monkeypatch.setattr(GuardedSystems, "post", real)
    assert run() == 1
    # The receiver had it already, and can tell.
    assert len({call["headers"]["webhook-id"] for call in system.calls}) == 1
    assert len(system.calls) == 2


def test_one_run_at_a_time(hook, file_one, run, system):
    import threading

    from django.db import connection

    from cityhall.apps.work_orders.services import sending

    file_one()
    held, done = threading.Event(), threading.Event()

    def other_worker() -> None:
        with sending._alone() as alone:
            assert alone
            held.set()
            done.wait(20)
        connection.close()

    thread = threading.Thread(target=other_worker)
    thread.start()
    assert held.wait(20)
    try:
        assert run() == 0
    finally:
        done.set()
        thread.join()
    assert run() == 1


def test_a_paused_connection_holds_everything_in_order_until_it_is_resumed(hook, file_one, run, system, supervisor):
    services.pause(hook.id, actor=supervisor)
    filed = file_one()
    requests.start(filed.id, actor=staff())
    assert run() == 0
    assert system.calls == []
    services.resume(hook.id, actor=supervisor)
    assert run() == 2
    assert system.types == ["request.received", "request.started"]


def test_a_request_that_was_taken_down_is_not_told(hook, file_one, run, system):
    from cityhall.apps.service_requests.models import ServiceRequest

    filed = file_one()
    system.will_answer(503)
    now = clock.now()
    with clock.held_at(now):
        run()
    ServiceRequest.objects.filter(id=filed.id).update(hidden=True)
    with clock.held_at(now + timedelta(minutes=2)):
        run()
    assert len(system.calls) == 1
    assert Delivery.objects.get().failed_at is not None


def test_erasing_a_reporter_reaches_the_other_system_and_the_kept_answers(hook, file_one, run, system):
    from cityhall.apps.service_requests.services import personal

    filed = file_one()
    system.will_answer(200, "You said: Deep hole.")
    run()
    assert Try.objects.get().answer == "You said: Deep hole."
    personal.erase(Person(requests=frozenset({filed.id})))
    run()
    assert not Try.objects.filter(answer__contains="Deep").exists()
    assert system.types[-1] == "request.erased"
    assert system.calls[-1]["json"]["data"]["request"]["description"] == ""


def test_the_answer_may_give_the_external_number(hook, file_one, run, system):
    filed = file_one()
    system.will_answer(200, '{"external_number": "WO-991"}')
    run()
    assert Order.objects.get().external_number == "WO-991"
    run()
    # The note that keeps the number in the history is the connection's own, so it is not sent back.
    assert system.types == ["request.received"]
    last = requests_history(filed.id)[-1]
    assert (last.text, last.visibility, last.author_label) == ("Works: WO-991", "internal", "Works")


def requests_history(request_id):
    from cityhall.apps.service_requests.models import HistoryEvent

    return list(HistoryEvent.objects.filter(request_id=request_id).order_by("at", "id"))


def test_replaying_one_and_all_is_done_once_for_a_command(hook, file_one, run, system, supervisor):
    from cityhall.kernel.ids import new_id

    file_one(), file_one()
    run()
    Delivery.objects.update(sent_at=None, failed_at=clock.now(), attempts=16)
    command = new_id()
    assert services.replay_failed(hook.id, actor=supervisor, command_id=command) == 2
    assert services.replay_failed(hook.id, actor=supervisor, command_id=command) == 2
    assert run() == 2
    assert services.replay_failed(hook.id, actor=supervisor, command_id=command) == 2
    assert run() == 0
    assert {call["headers"]["webhook-id"] for call in system.calls[:2]} == {
        call["headers"]["webhook-id"] for call in system.calls[2:]
    }
    assert AuditEntry.objects.filter(action="work_orders.replayed").count() == 1
    one = Delivery.objects.order_by("id").first()
    assert one is not None
    services.replay(one.id, actor=supervisor, command_id=new_id())
    assert run() == 1


def test_a_new_secret_signs_beside_the_former_for_a_day(hook, file_one, run, system, supervisor):
    now = clock.now()
    with clock.held_at(now):
        fresh = services.new_secret(hook.id, actor=supervisor)
        file_one()
        run()
    assert len(system.calls[0]["headers"]["webhook-signature"].split()) == 2
    with clock.held_at(now + timedelta(hours=25)):
        file_one()
        run()
    call = system.calls[-1]
    signed = f"{call['headers']['webhook-id']}.{call['headers']['webhook-timestamp']}.".encode() + call["body"]
    key = base64.b64decode(fresh.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert call["headers"]["webhook-signature"] == f"v1,{expected}"


def test_no_secret_is_kept_or_logged_in_clear(hook, file_one, run, system, caplog, supervisor):
    file_one()
    system.will_answer(500)
    with caplog.at_level("DEBUG"):
        run()
    row = Connection.objects.get()
    bare = hook.secret.removeprefix("whsec_")
    assert bare not in json.dumps([row.secret, row.api_key, row.former_secret])
    assert bare not in caplog.text
    assert bare not in json.dumps([entry.data for entry in AuditEntry.objects.all()])
    assert bare not in repr(queries.connection(hook.id, supervisor))


def test_a_secret_whose_key_is_gone_says_what_to_do(hook, file_one, run, system, settings, supervisor):
    settings.SECRET_KEY = "another"
    file_one()
    run()
    assert system.calls == []
    assert not queries.connection(hook.id, supervisor).readable
    assert "new secret" in next(queries.missing())
    services.new_secret(hook.id, actor=supervisor)
    with clock.held_at(clock.now() + timedelta(minutes=2)):
        run()
    assert len(system.calls) == 1


def test_a_rotated_secret_key_still_opens_them(hook, file_one, run, system, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    file_one()
    assert run() == 1


def test_a_test_is_sent_at_once_even_when_paused_and_tried_once(hook, system, supervisor):
    services.pause(hook.id, actor=supervisor)
    system.will_answer(500, "no")
    tested = services.send_test(hook.id, actor=supervisor)
    assert system.types == ["test"]
    assert queries.delivery(tested, supervisor).state is DeliveryState.GIVEN_UP


def test_old_deliveries_are_forgotten_and_waiting_ones_never(hook, file_one, run, system):
    file_one()
    run()
    file_one()
    system.will_answer(503)
    run()
    kind = offers.retained["deliveries"]
    assert kind.due(clock.now() - timedelta(minutes=1), Held()) == 0
    assert (kind.due(clock.now(), Held()), kind.purge(clock.now(), Held(), 500)) == (1, 1)
    [left] = Delivery.objects.all()
    assert left.sent_at is None


def test_a_hold_on_a_reporter_keeps_what_was_delivered_about_their_requests(hook, file_one, run, system):
    mine, other = file_one(), file_one(contact=Contact("Max", "Roe", "max@example.org"))
    run()
    hook.post({"request": mine.number, "status": "in_progress"})
    held = Held(emails=frozenset({"rosa@example.org"}))
    later = clock.now() + timedelta(seconds=1)
    for key, due in (("deliveries", 1), ("work-order messages", 0)):
        assert offers.retained[key].due(later, held) == due
        offers.retained[key].purge(later, held, 500)
    assert {one.request_id for one in Delivery.objects.all()} == {mine.id}
    assert mine.number != other.number
    assert Incoming.objects.count() == 1


def test_an_answer_that_repeats_the_reporters_contact_goes_with_them(connect, file_one, run, system):
    connect("With", contact=True)
    system.will_answer(200, '{"thanks": "rosa@example.org"}')
    filed = file_one()
    run()
    person = Person(requests=frozenset({filed.id}))
    [told] = keeping.export(person)
    assert (told["handed_to"], told["with_contact"]) == ("With", True)
    assert "rosa@example.org" in told["answers"][0]
    assert keeping.erase(person) == 1
    assert [one["answers"] for one in keeping.export(person)] == [[]]
