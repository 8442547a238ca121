"""Begin, finish, could not do it: done once, at the time it was done, by whom it may be done."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from tests.crews.conftest import act, actor_of, picture
from tests.service_requests.test_at_once import Held as HeldBack
from tests.support.people import make_person

from cityhall.apps.crews import queries, services
from cityhall.apps.crews.contracts import Finished, Proof, Reason, Result
from cityhall.apps.crews.models import MaterialUsed, Visit
from cityhall.apps.crews.services import keeping, visits
from cityhall.apps.documents import public as documents
from cityhall.apps.identity.models import User
from cityhall.apps.service_requests import queries as requests
from cityhall.apps.service_requests import services as request_services
from cityhall.apps.service_requests.contracts import Filed, Outcome, State, Visibility
from cityhall.apps.service_requests.models import Category, HistoryEvent, ServiceRequest
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor, system
from cityhall.kernel.django import outbox
from cityhall.kernel.django.models import AuditEntry, OutboxEvent
from cityhall.kernel.errors import Invalid, NotAllowed, NotFound, Stale
from cityhall.kernel.offers import Held, Person

pytestmark = pytest.mark.django_db
FIXED = Finished("fixed", "The work is done.")


@pytest.fixture
def actor(tom: User) -> Actor:
    return actor_of(tom)


def version_of(filed: Filed) -> int:
    return ServiceRequest.objects.get(id=filed.id).version


def test_a_visit_begins_and_ends_with_minutes_and_materials(filed: Filed, actor: Actor, asphalt: uuid.UUID) -> None:
    now = clock.now()
    with clock.held_at(now + timedelta(hours=1)):
        begun = services.start(filed.id, actor=actor, act=act())
    assert ServiceRequest.objects.get(id=filed.id).state == State.IN_PROGRESS
    with clock.held_at(now + timedelta(hours=2)):
        said = Finished("fixed", "The work is done.", None, {asphalt: Decimal(3)})
        done = services.finish(filed.id, actor=actor, act=act(begun.version), said=said)
    visit = Visit.objects.get()
    assert done.visit_id == visit.id == begun.visit_id
    assert (visit.minutes, visit.result, visit.person_id) == (60, Result.FIXED, actor.id)
    assert MaterialUsed.objects.get().quantity == 3
    request = ServiceRequest.objects.get(id=filed.id)
    assert (request.state, request.outcome, request.outcome_sentence) == ("closed", "fixed", "The work is done.")
    assert set(OutboxEvent.objects.filter(kind__startswith="crews.").values_list("kind", flat=True)) == {
        "crews.started",
        "crews.finished",
    }
    assert AuditEntry.objects.filter(action="crews.finished", actor_id=actor.id).count() == 1


def test_the_same_act_sent_twice_is_done_once(filed: Filed, actor: Actor, asphalt: uuid.UUID) -> None:
    first = act()
    assert services.start(filed.id, actor=actor, act=first) == services.start(filed.id, actor=actor, act=first)
    last, said = act(2), Finished("fixed", "Done.", 10, {asphalt: Decimal(1)})
    assert services.finish(filed.id, actor=actor, act=last, said=said) == services.finish(
        filed.id, actor=actor, act=last, said=said
    )
    assert Visit.objects.count() == MaterialUsed.objects.count() == 1
    assert HistoryEvent.objects.filter(request_id=filed.id, fact="closed").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_begun", [False, True])
def test_two_taps_at_once_begin_one_visit_and_both_hear_of_it(
    filed: Filed, actor: Actor, monkeypatch: pytest.MonkeyPatch, is_begun: bool
) -> None:
    if is_begun:
        request_services.start(filed.id, actor=system("Streets"), sentence="On it.")
    held, version = HeldBack(visits._tell), version_of(filed)
    monkeypatch.setattr(visits, "_tell", held)
    tap = partial(services.start, filed.id, actor=actor)
    first, second = held.beside(lambda: tap(act=act(version)), lambda: tap(act=act(version)))
    assert first == second
    assert Visit.objects.get().id == first.visit_id


def test_an_id_that_was_used_for_something_else_is_refused(filed: Filed, actor: Actor) -> None:
    first = act()
    services.send_back(filed.id, actor=actor, act=first, reason="blocked")
    with pytest.raises(Invalid) as refused:
        services.send_back(filed.id, actor=actor, act=first, reason="unsafe")
    assert set(refused.value.fields) == {"command_id"}


def test_begin_and_finish_read_from_one_page_can_both_come_hours_later(filed: Filed, actor: Actor) -> None:
    """A phone without signal read version 1, and sends both acts with it."""
    evening = clock.now() + timedelta(hours=9)
    with clock.held_at(evening):
        services.start(filed.id, actor=actor, act=act(1, at=evening - timedelta(hours=5)))
        done_at = evening - timedelta(hours=4, minutes=20)
        services.finish(filed.id, actor=actor, act=act(1, at=done_at), said=FIXED)
    visit = Visit.objects.get()
    assert (visit.started_at, visit.finished_at, visit.minutes) == (evening - timedelta(hours=5), done_at, 40)
    assert (visit.start_arrived_at, visit.finish_arrived_at) == (evening, evening)


def test_a_phone_whose_clock_is_ahead_ends_no_visit_in_the_future(filed: Filed, actor: Actor) -> None:
    now = clock.now()
    with clock.held_at(now):
        services.start(filed.id, actor=actor, act=act(at=now + timedelta(hours=3)))
        services.finish(filed.id, actor=actor, act=act(2, at=now + timedelta(hours=4)), said=FIXED)
    visit = Visit.objects.get()
    assert visit.started_at == visit.finished_at == now


def test_what_the_desk_changed_meanwhile_stops_every_act(filed: Filed, actor: Actor) -> None:
    services.start(filed.id, actor=actor, act=act())
    request_services.add_note(filed.id, actor=system("Desk"), text="Mind the gas main.")
    for run in (
        lambda: services.finish(filed.id, actor=actor, act=act(1), said=FIXED),
        lambda: services.finish(filed.id, actor=actor, act=act(2), said=FIXED),
        lambda: services.send_back(filed.id, actor=actor, act=act(2), reason="blocked"),
    ):
        with pytest.raises(Stale):
            run()
    assert Visit.objects.get().finished_at is None
    services.finish(filed.id, actor=actor, act=act(version_of(filed)), said=FIXED)
    assert Visit.objects.get().finished_at is not None


def test_two_of_a_crew_are_two_visits_to_work_that_was_begun_once(filed: Filed, actor: Actor) -> None:
    other = actor_of(make_person("crew", name="Ana Ruiz", team="pavement"))
    services.start(filed.id, actor=actor, act=act())
    with pytest.raises(Stale):
        services.start(filed.id, actor=other, act=act(1))
    services.start(filed.id, actor=other, act=act(2))
    assert Visit.objects.count() == 2
    assert HistoryEvent.objects.filter(request_id=filed.id, fact="state").count() == 1


def test_a_visit_ends_when_a_colleague_or_the_desk_ends_the_work(filed: Filed, actor: Actor) -> None:
    now = clock.now()
    other = actor_of(make_person("crew", name="Ana Ruiz", team="pavement"))
    services.start(filed.id, actor=actor, act=act())
    services.start(filed.id, actor=other, act=act(2))
    with clock.held_at(now + timedelta(minutes=30)):
        services.finish(filed.id, actor=actor, act=act(2), said=FIXED)
    outbox.drain()
    assert list(Visit.objects.order_by("started_at").values_list("result", "minutes")) == [
        ("fixed", 30),
        ("ended", 30),
    ]


def test_finished_without_having_been_begun_counts_back_the_minutes(filed: Filed, actor: Actor) -> None:
    services.finish(filed.id, actor=actor, act=act(), said=Finished("not_found", "Nothing there.", 25))
    visit = Visit.objects.get()
    assert visit.finished_at is not None
    assert visit.finished_at - visit.started_at == timedelta(minutes=25)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Finished("duplicate", "Same."), "outcome"),
        (Finished("sent_back", "Same."), "outcome"),
        (Finished("ended", "Same."), "outcome"),
        (Finished("fixed", ""), "sentence"),
        (Finished("fixed", "Done.", 961), "minutes"),
        (Finished("fixed", "Done.", -1), "minutes"),
        (Finished("fixed", "Done.", 1, {uuid.uuid4(): Decimal(1)}), "materials"),
    ],
)
def test_what_cannot_be_is_refused_whole(filed: Filed, actor: Actor, said: Finished, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        services.finish(filed.id, actor=actor, act=act(), said=said)
    assert set(refused.value.fields) == {field}
    assert not Visit.objects.exists()
    assert ServiceRequest.objects.get(id=filed.id).state == State.RECEIVED


def test_a_photo_is_demanded_where_the_category_says_so(filed: Filed, actor: Actor, pothole: Category) -> None:
    Category.objects.filter(id=pothole.id).update(proof_photo=True)
    with pytest.raises(Invalid) as refused:
        services.finish(filed.id, actor=actor, act=act(), said=FIXED)
    assert set(refused.value.fields) == {"photos"}
    taken = documents.take(picture(), filename="done.jpg", actor=actor)
    proof = (Proof(taken.id, "a mark"),)
    services.finish(filed.id, actor=actor, act=act(), said=Finished("fixed", "Done.", photos=proof))
    assert requests.desk_one(filed.number, system("Desk")).row.request.evidence == (taken.id,)


@pytest.mark.parametrize(("reason", "stays"), [(Reason.BLOCKED, True), (Reason.OTHER_TEAM, False)])
def test_what_could_not_be_done_is_back_in_the_queue_with_the_reason(
    filed: Filed, actor: Actor, reason: Reason, stays: bool
) -> None:
    request_services.assign(filed.id, actor=system("Desk"), assignee_id=actor.id)
    services.start(filed.id, actor=actor, act=act(2))
    services.send_back(filed.id, actor=actor, act=act(2), reason=reason, words="A blue van, plate not noted.")
    request = ServiceRequest.objects.get(id=filed.id)
    assert (request.state, request.assignee_id, request.team_id is not None) == (State.RECEIVED, None, stays)
    note = HistoryEvent.objects.get(request_id=filed.id, fact="note")
    assert note.visibility == Visibility.INTERNAL
    assert "A blue van" in note.text
    visit = Visit.objects.get()
    assert (visit.result, visit.reason) == (Result.SENT_BACK, reason)
    assert [one.number for one, _row in queries.sent_back(system("Desk"))] == [filed.number]
    assert not queries.day(actor).stops


def test_another_reason_needs_words(filed: Filed, actor: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        services.send_back(filed.id, actor=actor, act=act(), reason="other", words=" ")
    assert set(refused.value.fields) == {"words"}
    with pytest.raises(Invalid):
        services.send_back(filed.id, actor=actor, act=act(), reason="because")


def test_closed_work_is_neither_begun_nor_sent_back(filed: Filed, actor: Actor) -> None:
    done = request_services.close(filed.id, actor=system("Desk"), outcome=Outcome.NOT_FOUND, sentence="Not there.")
    for run in (
        lambda: services.start(filed.id, actor=actor, act=act(done.version)),
        lambda: services.send_back(filed.id, actor=actor, act=act(done.version), reason="blocked"),
    ):
        with pytest.raises(Invalid) as refused:
            run()
        assert set(refused.value.fields) == {"state"}
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    ("role", "place", "refusal"),
    [
        ("crew", {"team": "pavement"}, None),
        ("dispatcher", {"department": "streets"}, None),
        ("supervisor", {}, None),
        ("crew", {"team": "trees"}, NotFound),
        ("dispatcher", {"department": "parks"}, NotFound),
        ("call-taker", {}, NotAllowed),
        ("editor", {}, NotAllowed),
        ("resident", {}, NotAllowed),
    ],
)
def test_who_may_do_field_work(filed: Filed, role: str, place: dict[str, str], refusal: Any) -> None:
    actor = actor_of(make_person(role, **place))
    acts: tuple[Callable[[], object], ...] = (
        lambda: services.start(filed.id, actor=actor, act=act()),
        lambda: services.send_back(filed.id, actor=actor, act=act(2), reason="blocked"),
        lambda: services.finish(filed.id, actor=actor, act=act(None), said=FIXED),
    )
    for run in acts:
        if refusal is None:
            run()
        else:
            with pytest.raises(refusal):
                run()
    assert Visit.objects.count() == (2 if refusal is None else 0)


@pytest.mark.parametrize("role", ["crew", "dispatcher", "editor"])
def test_the_list_of_materials_is_the_supervisors(role: str, db: None) -> None:
    text = {"en": "Paint"}
    with pytest.raises(NotAllowed):
        services.save_material(text, {"en": "gallons"}, actor=actor_of(make_person(role)))
    boss = actor_of(make_person("supervisor"))
    services.save_material(text, {"en": "gallons"}, actor=boss)
    with pytest.raises(Invalid) as refused:
        services.save_material({"es": "Pintura"}, {"en": ""}, actor=boss, step=Decimal(0))
    assert set(refused.value.fields) == {"name", "unit", "step"}


def test_totals_add_up_by_month_and_category_within_the_readers_limits(
    filed: Filed, actor: Actor, asphalt: uuid.UUID, file_one: Callable[..., Filed]
) -> None:
    for minutes, one in ((30, filed), (45, file_one())):
        said = Finished("fixed", "Done.", minutes, {asphalt: Decimal("1.5")})
        services.finish(one.id, actor=actor, act=act(), said=said)
    services.send_back(file_one().id, actor=actor, act=act(), reason="blocked", minutes=5)
    (total,) = queries.totals(actor)
    assert (total.category, total.visits, total.sent_back, total.minutes) == ("pothole", 3, 1, 80)
    assert [one.quantity for one in total.used] == [3]
    assert queries.totals(actor, month=total.month) == [total]
    assert queries.months(actor) == [total.month]
    assert queries.totals(actor_of(make_person("crew", team="trees"))) == []


def test_who_was_where_is_forgotten_in_time_and_on_request(filed: Filed, actor: Actor) -> None:
    services.finish(filed.id, actor=actor, act=act(), said=FIXED)
    later = clock.now() + timedelta(days=1)
    (kind,) = keeping.kept_kinds()
    assert [row["request"] for row in keeping.export(Person(account=actor.id))] == [filed.number]
    assert actor.id is not None
    assert kind.due(later, Held(accounts=frozenset({actor.id}))) == 0
    assert kind.due(later, Held(requests=frozenset({filed.id}))) == 0
    assert kind.purge(later, Held(), 10) == 1
    assert Visit.objects.get().person_id is None
    Visit.objects.update(person_id=actor.id)
    assert keeping.erase(Person(account=actor.id)) == 1
    assert keeping.erase(Person(email="tom@example.org")) == 0
    assert Visit.objects.get().person_id is None
