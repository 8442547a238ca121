"""What comes back from a work-order system: believed when signed, applied when the rules let it, always logged."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from tests.work_orders.conftest import staff

from cityhall.apps.service_requests import services as requests
from cityhall.apps.service_requests.contracts import DeskFilter, Outcome, RequestFilter
from cityhall.apps.service_requests.models import HistoryEvent, ServiceRequest
from cityhall.apps.service_requests.queries import desk_queue
from cityhall.apps.work_orders import queries, services
from cityhall.apps.work_orders.contracts import IncomingState
from cityhall.apps.work_orders.models import Incoming, Order
from cityhall.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def filed(hook, file_one, run):
    """A request the connection was told of."""
    one = file_one()
    run()
    return one


def state(filed):
    row = ServiceRequest.objects.get(id=filed.id)
    return row.state, row.outcome


def history(filed):
    return list(HistoryEvent.objects.filter(request_id=filed.id).order_by("at", "id"))


def test_a_work_order_goes_from_accepted_to_done(hook, filed, run, system):
    told = {"request": filed.number}
    answer = hook.post({**told, "external_number": "WO-991", "status": "accepted"})
    assert (answer.status_code, answer.json()) == (
        200, {"state": "applied", "request": filed.number, "again": False},
    )  # fmt: skip
    assert hook.post({**told, "status": "scheduled", "on": "2026-12-01"}).status_code == 200
    assert state(filed)[0] == "scheduled"
    assert hook.post({**told, "status": "in_progress", "note": "Crew on site."}).status_code == 200
    assert state(filed)[0] == "in_progress"
    assert hook.post({**told, "status": "done", "note": "Filled and rolled."}).status_code == 200
    assert state(filed) == ("closed", "fixed")
    last = history(filed)[-1]
    assert (last.text, last.author_label, last.author_kind) == ("Filled and rolled.", "Works", "api_key")
    [order] = queries.orders_of(filed.id)
    assert (order.external_number, order.status) == ("WO-991", "done")
    # Nothing of it goes back to where it came from.
    before = len(system.calls)
    run()
    assert len(system.calls) == before


def test_another_connection_hears_what_this_one_did(connect, file_one, run, system):
    works, watch = connect("Works"), connect("Watch", url=system.url + "/watch")
    filed = file_one()
    run()
    works.post({"request": filed.number, "status": "in_progress"})
    run()
    assert [call["path"] for call in system.calls if call["json"]["type"] == "request.started"] == ["/hooks/watch"]
    assert watch.id != works.id


def test_work_that_cannot_be_done_closes_with_its_reason(hook, filed):
    answer = hook.post(
        {"request": filed.number, "status": "cannot_do", "reason": "not_city", "note": "This is a state road."}
    )
    assert answer.status_code == 200
    assert state(filed) == ("closed", "not_city")


@pytest.mark.parametrize(("visibility", "seen"), [("public", "public"), ("internal", "internal"), (None, "public")])
def test_a_note_is_public_or_for_the_desk(hook, filed, visibility, seen):
    data = {"request": filed.number, "note": "Parts are ordered."} | ({"visibility": visibility} if visibility else {})
    assert hook.post(data).status_code == 200
    assert (history(filed)[-1].text, history(filed)[-1].visibility) == ("Parts are ordered.", seen)
    assert state(filed)[0] == "received"


def test_an_internal_note_beside_a_state_stays_internal(hook, filed):
    hook.post({"request": filed.number, "status": "in_progress", "note": "Beware of dog.", "visibility": "internal"})
    started, noted = history(filed)[-2:]
    assert (started.text, noted.text, noted.visibility) == ("", "Beware of dog.", "internal")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"status": "done"}, "note"),
        ({"status": "cannot_do", "note": "  "}, "note"),
        ({"status": "finished", "note": "Filled."}, "status"),
        ({"status": "cannot_do", "note": "No.", "reason": "rain"}, "reason"),
        ({"status": "scheduled", "on": "tomorrow"}, "on"),
        ({"status": "in_progress", "note": "x" * 4001}, "note"),
        ({"status": "in_progress", "note": 7}, "note"),
        ({"status": "in_progress", "note": "a\x00b"}, "note"),
        ({"external_number": "W" * 121}, "external_number"),
        ({"status": "in_progress", "colour": "red"}, "colour"),
        ({"note": "Hello.", "visibility": "secret"}, "visibility"),
        ({}, "status"),
    ],
)
def test_what_is_wrong_is_named_with_the_mend_and_logged(hook, filed, data, field):
    before = len(history(filed))
    answer = hook.post({"request": filed.number, **data})
    told = answer.json()
    assert (answer.status_code, told["code"]) == (400, "invalid")
    assert list(told["fields"]) == [field]
    assert told["fields"][field]
    assert len(history(filed)) == before
    refused = Incoming.objects.get()
    assert (refused.state, refused.number) == ("refused", filed.number)
    assert queries.orders_of(filed.id)[0].refused


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"a":' * 5000, b'{"type": "work_order.updated", "data": 3}',
     b'{"type": "request.received", "timestamp": "2026-03-05T10:00:00Z", "data": {"request": "1-000"}}'],
)  # fmt: skip
def test_what_is_no_message_is_refused(hook, filed, body):
    assert hook.post(body=body).status_code == 400


def test_what_we_sent_cannot_be_turned_around_on_us(hook, filed, system):
    sent = system.calls[0]
    headers = {name: sent["headers"][name] for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
    answer = Client().generic(
        "POST", f"/hooks/work-orders/{hook.id}/", sent["body"], content_type="application/json", headers=headers
    )
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["type"])


def test_the_rules_of_the_life_decide(hook, filed):
    requests.close(filed.id, actor=staff(), outcome=Outcome.NOT_FOUND, sentence="Nothing there.")
    before = len(history(filed))
    answer = hook.post({"request": filed.number, "external_number": "WO-1", "status": "in_progress"})
    assert (answer.status_code, answer.json()["code"]) == (400, "wrong_state")
    assert "state does not allow" in answer.json()["fields"]["status"]
    # Nothing of a refused message is applied, not its number either; the desk sees that it was refused.
    assert len(history(filed)) == before
    [order] = queries.orders_of(filed.id)
    assert (order.external_number, "state does not allow" in order.refused) == ("", True)


def test_a_refused_message_may_come_again_and_then_count(hook, filed):
    requests.close(filed.id, actor=staff(), outcome=Outcome.NOT_FOUND, sentence="Nothing there.")
    at = clock.now()
    data = {"request": filed.number, "status": "in_progress"}
    assert hook.post(data, message_id="m1", at=at).status_code == 400
    requests.reopen(filed.id, actor=staff(), sentence="It is there after all.")
    assert hook.post(data, message_id="m1", at=at).status_code == 200
    assert state(filed)[0] == "in_progress"
    assert [row.state for row in Incoming.objects.all()] == ["applied"]


def test_the_same_message_is_done_once(hook, filed):
    at = clock.now()
    data = {"request": filed.number, "note": "Parts are ordered."}
    assert hook.post(data, message_id="m1", at=at).json()["again"] is False
    before = len(history(filed))
    answer = hook.post(data, message_id="m1", at=at)
    assert (answer.status_code, answer.json()["again"]) == (200, True)
    assert len(history(filed)) == before
    other = hook.post({**data, "note": "Something else."}, message_id="m1", at=at)
    assert (other.status_code, other.json()["code"]) == (400, "reused")


def test_a_late_message_is_kept_and_changes_nothing(hook, filed):
    now = clock.now()
    hook.post({"request": filed.number, "status": "done", "note": "Filled."}, at=now - timedelta(minutes=1))
    answer = hook.post({"request": filed.number, "status": "scheduled"}, at=now - timedelta(hours=1))
    assert (answer.status_code, answer.json()["state"]) == (200, "late")
    assert state(filed) == ("closed", "fixed")
    assert queries.incoming(hook.id)[0].state is IncomingState.LATE


def test_a_message_from_the_future_would_make_all_others_late_and_is_refused(hook, filed):
    answer = hook.post({"request": filed.number, "status": "in_progress"}, at=clock.now() + timedelta(hours=1))
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["timestamp"])


def test_done_twice_is_done(hook, filed):
    for _ in range(2):
        assert hook.post({"request": filed.number, "status": "done", "note": "Filled."}).status_code == 200
    assert [event.fact for event in history(filed)].count("closed") == 1


@pytest.mark.parametrize("number", ["999-999", "nonsense", "'; drop table"])
def test_a_request_it_was_not_told_of_is_unknown(hook, filed, make_category, file_one, number):
    answer = hook.post({"request": number, "status": "in_progress"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_request_of_another_connection_is_unknown(connect, file_one, make_category, run):
    make_category("tree")
    connect("Parks", categories=frozenset({"tree"}))
    streets = connect("Streets", categories=frozenset({"pothole"}))
    tree = file_one("tree")
    run()
    assert streets.post({"request": tree.number, "status": "in_progress"}).status_code == 404
    assert state(tree)[0] == "received"


def test_what_is_not_signed_is_not_believed(hook, filed):
    data = {"request": filed.number, "status": "in_progress"}
    other = "whsec_" + "A" * 43 + "="
    assert hook.post(data, secret=other).status_code == 401
    assert hook.post(data, signature="").status_code == 401
    assert hook.post(data, signature="v1,AAAA v1a,é").status_code == 401
    for minutes in (-6, 6):
        assert hook.post(data, sent=clock.now() + timedelta(minutes=minutes)).status_code == 401
    answer = Client().post(f"/hooks/work-orders/{hook.id}/", b"{}", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (401, "signature")
    assert (state(filed)[0], Incoming.objects.count()) == ("received", 0)


def test_a_signature_over_another_body_does_not_fit(hook, filed):
    from cityhall.apps.work_orders import rules

    stamp = str(int(clock.now().timestamp()))
    signed = rules.sign([hook.secret], "m1", stamp, b"{}")
    answer = Client().generic(
        "POST",
        f"/hooks/work-orders/{hook.id}/",
        b'{"a": 1}',
        content_type="application/json",
        headers={"webhook-id": "m1", "webhook-timestamp": stamp, "webhook-signature": signed},
    )
    assert answer.status_code == 401


def test_after_a_new_secret_the_former_counts_for_a_day(hook, filed, supervisor):
    now = clock.now()
    fresh = services.new_secret(hook.id, actor=supervisor)
    data = {"request": filed.number, "note": "Hello there."}
    assert hook.post(data).status_code == 200
    with clock.held_at(now + timedelta(hours=25)):
        assert hook.post(data).status_code == 401
        assert hook.post(data, secret=fresh).status_code == 200


def test_a_paused_connection_asks_to_come_later(hook, filed, supervisor):
    services.pause(hook.id, actor=supervisor)
    answer = hook.post({"request": filed.number, "status": "in_progress"})
    assert (answer.status_code, answer.json()["code"]) == (503, "paused")
    assert state(filed)[0] == "received"


def test_size_and_rate_are_limited(hook, filed, monkeypatch):
    from cityhall.apps.work_orders.services import incoming

    assert hook.post(body=b"x" * 65_537).status_code == 413
    monkeypatch.setattr(incoming, "PER_MINUTE", 2)
    monkeypatch.setattr(incoming, "UNSIGNED_PER_MINUTE", 2)
    with clock.held_at(clock.now()):
        answers = [hook.post({"request": filed.number, "note": "Hello."}).status_code for _ in range(3)]
        strangers = [hook.post({}, signature="").status_code for _ in range(3)]
    assert answers == [200, 200, 429]
    assert strangers == [401, 401, 429]


def test_only_posts_to_a_connection_that_exists(hook):
    assert Client().get(f"/hooks/work-orders/{hook.id}/").status_code == 405
    answer = Client().post(f"/hooks/work-orders/{uuid.uuid4()}/", b"{}", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_the_desk_finds_a_request_by_its_external_number(hook, filed, file_one):
    file_one()
    hook.post({"request": filed.number, "external_number": "WO-991"})
    for typed in ("WO-991", "wo-991"):
        page = desk_queue(DeskFilter(base=RequestFilter(words=typed)), staff())
        assert [row.request.number for row in page.items] == [filed.number]
    assert desk_queue(DeskFilter(base=RequestFilter(words="WO-99")), staff()).items == ()
    # Somebody whose work it is not does not find it by that either.
    elsewhere = staff(departments=frozenset({uuid.uuid4()}))
    assert desk_queue(DeskFilter(base=RequestFilter(words="WO-991")), elsewhere).items == ()
    assert Order.objects.get(number=filed.number).external_number == "WO-991"
