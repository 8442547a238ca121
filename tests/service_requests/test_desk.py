from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cityhall.apps.identity.public import ensure_department, ensure_team
from cityhall.apps.notify import public as notify
from cityhall.apps.notify.models import Message
from cityhall.apps.service_requests import queries, services
from cityhall.apps.service_requests.contracts import (
    BulkPlan,
    Contact,
    DeskFilter,
    Fact,
    Filed,
    Outcome,
    RequestFilter,
    State,
    Visibility,
)
from cityhall.apps.service_requests.models import BulkChange, Category, HistoryEvent, Reporter, ServiceRequest
from cityhall.apps.service_requests.services import personal
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, Actor, ActorKind
from cityhall.kernel.django import outbox
from cityhall.kernel.django.models import AuditEntry
from cityhall.kernel.errors import Invalid, NotAllowed, NotFound, Stale
from cityhall.kernel.offers import Person

File = Callable[..., Filed]
MANY = RequestFilter()


def test_every_public_door_tells_the_same(pothole: Category, home: Category, secret: Category, file_one: File) -> None:
    """One, lists, the map and the neighbours are joined by id: none knows a place that the page does not show."""
    for index, code in enumerate(["pothole", "housing", "welfare"] * 2):
        file_one(code, at=(32.7157 + index / 5000, -117.1611), description=f"Private words {index}")
    listed = {one.number: one for one in queries.published(MANY, ANONYMOUS).items}
    boxed = {one.number for one in queries.published(RequestFilter(bbox=(-118, 32, -117, 33)), ANONYMOUS).items}
    points = {point.number: point for point in queries.map_points((-118, 32, -117, 33), 18)}
    near = {
        found.request.number: found.request
        for code in ("pothole", "housing", "welfare")
        for found in queries.nearby_open(code, 32.7157, -117.1611, metres=900)
    }
    assert len(listed) == 6
    for number, seen in listed.items():
        assert queries.one(number, ANONYMOUS) == seen
        assert near.get(number, seen) == seen
        if seen.category_code == "welfare":
            assert seen.lat is None
            assert number not in boxed
            assert number not in points
            assert number not in near
            continue
        assert (points[number].lat, points[number].lon) == (seen.lat, seen.lon)
        exact = ServiceRequest.objects.get(id=seen.id)
        assert (seen.lat == exact.lat) == (seen.category_code == "pothole")
    assert {point.count for point in queries.map_points((-118, 32, -117, 33), 8)} == {4}


def test_reading_more_costs_no_more_queries(pothole: Category, file_one: File, dispatcher: Actor) -> None:
    def cost(read: Callable[[], Any]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as used:
            read()
        return len(used)

    reads: list[Callable[[], Any]] = [
        lambda: queries.published(MANY, ANONYMOUS),
        lambda: queries.desk_queue(DeskFilter(), dispatcher),
        lambda: queries.nearby_open("pothole", 32.7157, -117.1611),
        lambda: queries.map_points((-118, 32, -117, 33), 18),
    ]
    file_one()
    before = [cost(read) for read in reads]
    for _ in range(12):
        file_one()
    assert [cost(read) for read in reads] == before
    assert max(before) <= 5


def test_a_departments_dispatcher_sees_and_touches_its_own_work(
    make_category: Callable[..., Category], file_one: File, make_staff: Callable[..., Actor], dispatcher: Actor
) -> None:
    streets = ensure_department("streets", {"en": "Streets"})
    parks = ensure_department("parks", {"en": "Parks"})
    make_category("pothole", department_id=streets, place_policy="generalised")
    make_category("bench", department_id=parks, place_policy="generalised")
    ours, theirs = file_one("pothole"), file_one("bench")
    limited = make_staff(departments=[streets])
    assert [row.request.number for row in queries.desk_queue(DeskFilter(), limited).items] == [ours.number]
    assert queries.queue_tally(limited, due_before=clock.now()).open == 1
    assert queries.queue_tally(dispatcher, due_before=clock.now()).open == 2
    assert queries.desk_one(ours.number, limited).row.request.lat == 32.7157
    assert queries.one(theirs.number, limited).lat != 32.7157
    for refused in (
        lambda: queries.desk_one(theirs.number, limited),
        lambda: queries.contact_of(theirs.number, limited),
        lambda: services.close(theirs.id, actor=limited, outcome=Outcome.FIXED, sentence="Done."),
        lambda: services.assign(theirs.id, actor=limited, department_id=streets),
        lambda: services.add_note(theirs.id, actor=limited, text="x"),
    ):
        with pytest.raises(NotFound):
            refused()
    preview = services.preview_bulk([ours.id, theirs.id], BulkPlan(start=True), actor=limited)
    assert [one.number for one in preview.would_change] == [ours.number]
    assert [one.number for one in preview.refused] == [theirs.number]


def test_mixed_memberships_see_any_of_their_departments_or_teams(
    make_category: Callable[..., Category], file_one: File, make_staff: Callable[..., Actor]
) -> None:
    streets, parks = ensure_department("streets", {"en": "Streets"}), ensure_department("parks", {"en": "Parks"})
    crew = ensure_team("pothole-crew", {"en": "Pothole crew"}, department="streets")
    trees = ensure_team("tree-crew", {"en": "Tree crew"}, department="parks")
    make_category("pothole", department_id=streets, team_id=crew)
    make_category("crack", department_id=streets)
    make_category("bench", department_id=parks)
    make_category("tree", department_id=parks, team_id=trees)
    make_category("orphan")
    filed = {code: file_one(code) for code in ("pothole", "crack", "bench", "tree", "orphan")}
    for actor, theirs in (
        (make_staff(teams=[crew]), {"pothole"}),
        (make_staff(departments=[streets]), {"pothole", "crack"}),
        (make_staff(departments=[parks], teams=[crew]), {"pothole", "bench", "tree"}),
        (make_staff(departments=[parks, streets], teams=[trees]), {"pothole", "crack", "bench", "tree"}),
        (make_staff(teams=[crew, trees]), {"pothole", "tree"}),
        (make_staff(), set(filed)),
    ):
        queue = {row.request.category_code for row in queries.desk_queue(DeskFilter(), actor).items}
        assert queue == theirs
        assert queries.queue_tally(actor, due_before=clock.now()).open == len(theirs)
        for code, one in filed.items():
            seen = queries.one(one.number, actor)
            assert seen.sees_all == (code in theirs)
            if code in theirs:
                queries.desk_one(one.number, actor)
                services.add_note(one.id, actor=actor, text="Seen.")
                continue
            for refused in (
                lambda number=one.number, who=actor: queries.desk_one(number, who),
                lambda number=one.number, who=actor: queries.contact_of(number, who),
                lambda key=one.id, who=actor: services.add_note(key, actor=who, text="Seen."),
            ):
                with pytest.raises(NotFound):
                    refused()


def test_the_contact_is_read_by_the_right_people_and_written_down(
    pothole: Category, file_one: File, contact: Contact, dispatcher: Actor, crew: Actor
) -> None:
    filed = file_one(contact=contact)
    assert queries.contact_of(filed.number, dispatcher).email == contact.email
    assert AuditEntry.objects.filter(action="service_requests.contact_read", subject_id=filed.id).count() == 1
    with pytest.raises(NotAllowed):
        queries.contact_of(filed.number, crew)


def test_many_are_changed_undone_in_time_and_nobody_hears(pothole: Category, file_one: File, dispatcher: Actor) -> None:
    filed = [file_one() for _ in range(3)]
    for one in filed:
        notify.follow("service_request", one.id, email="rosa@example.org", vouched=True)
    services.close(filed[2].id, actor=dispatcher, outcome=Outcome.NOT_FOUND, sentence="Nothing there.")
    outbox.drain()
    Message.objects.all().delete()
    ids = [one.id for one in filed]
    plan = BulkPlan(close=(Outcome.FIXED, "Filled on our round."))
    preview = services.preview_bulk(ids, plan, actor=dispatcher)
    assert (len(preview.would_change), len(preview.refused), preview.followers) == (2, 1, 2)
    assert ServiceRequest.objects.filter(state=State.CLOSED).count() == 1

    done = services.apply_bulk(ids, plan, actor=dispatcher)
    assert (len(done.changed), len(done.refused)) == (2, 1)
    assert AuditEntry.objects.filter(action="service_requests.bulk_changed").count() == 1
    assert AuditEntry.objects.filter(action="service_requests.closed").count() == 1, "the one before"
    outbox.drain()
    assert Message.objects.count() == 2
    services.undo(done.change_id, actor=dispatcher)
    assert Message.objects.count() == 0
    assert ServiceRequest.objects.filter(state=State.RECEIVED).count() == 2
    assert [event.fact for event in queries.history(filed[0].id, ANONYMOUS)] == [Fact.RECEIVED]
    with pytest.raises(Invalid):
        services.undo(done.change_id, actor=dispatcher)


def test_what_is_so_already_is_left_and_said_not_counted_as_a_change(
    make_category: Callable[..., Category], file_one: File, dispatcher: Actor
) -> None:
    streets, parks = ensure_department("streets", {"en": "Streets"}), ensure_department("parks", {"en": "Parks"})
    make_category("pothole", department_id=streets, priority=2)
    make_category("bench", department_id=parks, priority=3)
    ours, other = file_one("pothole"), file_one("bench")
    day = clock.now().date() + timedelta(days=3)
    services.schedule(ours.id, actor=dispatcher, on=day)
    for plan in (
        BulkPlan(assign={"department_id": streets, "team_id": None}),
        BulkPlan(priority=2),
        BulkPlan(schedule=(day, "")),
    ):
        preview = services.preview_bulk([ours.id, other.id], plan, actor=dispatcher)
        assert [one.number for one in preview.would_change] == [other.number]
        assert [(one.number, str(one.reason)) for one in preview.refused] == [
            (ours.number, "It is so already: nothing would change.")
        ]
    said = BulkPlan(schedule=(day, "We come in the morning."))
    assert len(services.preview_bulk([ours.id], said, actor=dispatcher).would_change) == 1, "the sentence is new"


def test_a_bulk_change_keeps_no_answers_and_undoing_it_brings_them_back(
    make_category: Callable[..., Category], file_one: File, dispatcher: Actor
) -> None:
    asked = [{"code": "who", "datatype": "text"}, {"code": "when", "datatype": "string"}]
    make_category("noise", questions=asked)
    make_category("music", questions=asked[1:])
    answers = {"who": "Mrs. Leewards of flat 7", "when": "At night"}
    filed = file_one("noise", answers=answers, contact=Contact(email="rosa@example.org"))
    changes = [
        services.apply_bulk([filed.id], plan, actor=dispatcher)
        for plan in (BulkPlan(start=True), BulkPlan(category_code="music"))
    ]
    assert queries.one(filed.number, dispatcher).answers == {"when": "At night"}
    assert "Leewards" not in str(list(BulkChange.objects.values_list("before", flat=True)))
    services.undo(changes[-1].change_id, actor=dispatcher)
    seen = queries.one(filed.number, dispatcher)
    assert (seen.category_code, seen.answers) == ("noise", answers)
    personal.erase(Person(email="rosa@example.org"))
    kept = [*BulkChange.objects.values_list("before", flat=True), *HistoryEvent.objects.values_list("data", flat=True)]
    assert "Leewards" not in str(kept)
    assert "At night" not in str(kept)


def test_what_older_bulk_changes_kept_of_answers_goes_with_the_upgrade(db: None) -> None:
    now, kept = clock.now(), {"id": "1", "version": 2, "answers": {"who": "Mrs. Leewards"}}
    for minutes in (-5, 5):
        until = now + timedelta(minutes=minutes)
        BulkChange.objects.create(at=now, until=until, change={}, before=[kept, {"id": "2"}])
    migration = import_module("cityhall.apps.service_requests.migrations.0022_bulk_keeps_no_words").Migration
    with connection.cursor() as cursor:
        cursor.execute(migration.operations[0].sql)
    over, open_still = BulkChange.objects.order_by("until").values_list("before", flat=True)
    assert over == [{"id": "1", "version": 2}, {"id": "2"}]
    assert open_still == [kept, {"id": "2"}], "the release before can still undo it"


def test_undo_comes_too_late_after_its_window(pothole: Category, file_one: File, dispatcher: Actor) -> None:
    filed = file_one()
    done = services.apply_bulk([filed.id], BulkPlan(priority=1), actor=dispatcher)
    with clock.held_at(done.undo_until + timedelta(seconds=1)), pytest.raises(Invalid) as refused:
        services.undo(done.change_id, actor=dispatcher)
    assert refused.value.code == "undo_late"


def test_followers_hear_of_the_end_in_their_language(
    make_category: Callable[..., Category], file_one: File, dispatcher: Actor
) -> None:
    make_category("pothole", name={"en": "Pothole", "es": "Bache"})
    filed = file_one()
    notify.follow("service_request", filed.id, email="rosa@example.org", language="es", vouched=True)
    services.close(filed.id, actor=dispatcher, outcome=Outcome.FIXED, sentence="Filled.")
    outbox.drain()
    message = Message.objects.get()
    assert "Bache" in message.subject
    assert filed.number in message.subject
    assert "Filled." in message.text


def test_followers_of_a_duplicate_hear_of_what_stands_for_it_until_it_is_opened_again(
    pothole: Category, file_one: File, dispatcher: Actor
) -> None:
    def told() -> list[str]:
        outbox.drain()
        subjects = [message.subject for message in Message.objects.order_by("id")]
        Message.objects.all().delete()
        return [one.number for subject in subjects for one in (copy, root) if one.number in subject]

    def followers() -> tuple[int, int]:
        return queries.desk_one(root.number, dispatcher).followers, queries.desk_one(copy.number, dispatcher).followers

    root, copy = file_one(), file_one()
    token = notify.follow("service_request", copy.id, email="rosa@example.org", vouched=True)
    services.merge(root.id, actor=dispatcher, duplicates=[copy.id], version=1)
    assert told() == [copy.number, root.number], "one message, which names both"
    assert followers() == (1, 1)
    services.close(root.id, actor=dispatcher, outcome=Outcome.FIXED, sentence="Filled.")
    assert told() == [root.number]
    services.contest(root.id, actor=ANONYMOUS, token=token)  # who follows needs no photo
    assert told() == [root.number]
    services.reopen(copy.id, actor=dispatcher, sentence="This one is another hole.")
    assert told() == [copy.number]
    assert followers() == (0, 1)
    services.add_note(root.id, actor=dispatcher, text="We look at it.", visibility=Visibility.PUBLIC)
    assert told() == []
    services.me_too(copy.id, actor=ANONYMOUS, who="somebody")
    services.merge(root.id, actor=dispatcher, duplicates=[copy.id])
    assert ServiceRequest.objects.get(id=root.id).supporters == 2, (
        "its reporter counts once, however often it is merged"
    )


def test_a_team_brings_its_department_along_and_no_other(
    make_category: Callable[..., Category], file_one: File, dispatcher: Actor
) -> None:
    streets, parks = ensure_department("streets", {"en": "Streets"}), ensure_department("parks", {"en": "Parks"})
    gardeners = ensure_team("gardeners", {"en": "Gardeners"}, department="parks")
    make_category("pothole", department_id=streets)

    def whose(filed: Filed) -> tuple[uuid.UUID | None, uuid.UUID | None]:
        row = ServiceRequest.objects.get(id=filed.id)
        return row.department_id, row.team_id

    one, other = file_one(), file_one()
    with pytest.raises(Invalid) as refused:
        services.assign(one.id, actor=dispatcher, department_id=streets, team_id=gardeners)
    assert set(refused.value.fields) == {"team_id"}
    services.assign(one.id, actor=dispatcher, team_id=gardeners)
    done = services.apply_bulk([other.id], BulkPlan(assign={"team_id": gardeners}), actor=dispatcher)
    assert len(done.changed) == 1
    assert whose(one) == whose(other) == (parks, gardeners)
    services.assign(one.id, actor=dispatcher, department_id=streets)
    assert whose(one) == (streets, None)


def test_the_queue_pages_and_filters(pothole: Category, file_one: File, dispatcher: Actor) -> None:
    filed = [file_one() for _ in range(5)]
    services.close(filed[0].id, actor=dispatcher, outcome=Outcome.FIXED, sentence="Done.")
    services.contest(filed[0].id, actor=ANONYMOUS, sentence="It is not.", token=filed[0].private_token)
    first = queries.desk_queue(DeskFilter(), dispatcher, limit=2)
    rest = queries.desk_queue(DeskFilter(), dispatcher, limit=9, after=first.next)
    seen = [row.request.number for row in (*first.items, *rest.items)]
    assert seen[0] == filed[0].number, "contested first"
    assert sorted(seen) == sorted(one.number for one in filed)
    with clock.held_at(clock.now() + timedelta(days=30)):
        late = queries.desk_queue(DeskFilter(late=True), dispatcher).items
        assert len(late) == 5
        assert late[1].late_days is not None
        assert late[1].late_days > 10


def test_a_correction_is_an_event_beside_the_old_one(pothole: Category, file_one: File, dispatcher: Actor) -> None:
    filed = file_one()
    services.close(filed.id, actor=dispatcher, outcome=Outcome.FIXED, sentence="Filed.")
    wrong = queries.desk_one(filed.number, dispatcher).history[-1]
    services.correct(filed.id, actor=dispatcher, event_id=wrong.event.id, text="Filled.")
    history = queries.desk_one(filed.number, dispatcher).history
    assert [line.event.text for line in history] == ["", "Filed.", "Filled."]
    assert history[1].corrected_by == history[2].event.id
    assert queries.one(filed.number, ANONYMOUS).outcome_sentence == "Filled."


def test_ranges_come_from_the_citys_own_past(pothole: Category, file_one: File, dispatcher: Actor) -> None:
    assert queries.resolution_range("pothole", at_least=3) is None
    for days in (1, 2, 3, 4, 5):
        filed = file_one()
        with clock.held_at(clock.now() + timedelta(days=days)):
            services.close(filed.id, actor=dispatcher, outcome=Outcome.FIXED, sentence="Done.")
    found = queries.resolution_range("pothole", at_least=3)
    assert found is not None
    assert (round(found.half, 1), round(found.nine_in_ten, 1), found.count) == (3.0, 4.6, 5)


def test_erasing_a_person_keeps_the_facts(pothole: Category, file_one: File, contact: Contact) -> None:
    rosa = Actor(ActorKind.RESIDENT, uuid.uuid4(), "Rosa")
    filed = file_one(actor=rosa, contact=contact, description="By my door")
    who = Person(account=rosa.id)
    assert next(iter(personal.export(who)))["description"] == "By my door"
    assert personal.erase(who) >= 1
    kept = ServiceRequest.objects.get(id=filed.id)
    assert (kept.description, kept.lat) == ("", 32.7157)
    assert Reporter.objects.get(request=kept).email == ""
    assert not HistoryEvent.objects.filter(author_id=rosa.id).exists()
    assert list(personal.export(who)) == []


@pytest.mark.django_db(transaction=True)
def test_of_two_who_close_at_once_one_is_told_to_look_again(
    make_category: Callable[..., Category], file_one: File, make_staff: Callable[..., Actor]
) -> None:
    make_category("pothole")
    filed = file_one()
    started = threading.Barrier(2)
    answers: list[str] = []

    def close(sentence: str) -> None:
        try:
            started.wait(timeout=10)
            services.close(filed.id, actor=make_staff(), version=1, outcome=Outcome.FIXED, sentence=sentence)
            answers.append("closed")
        except Stale as refused:
            answers.append(f"stale {refused.current}")
        finally:
            connection.close()

    threads = [threading.Thread(target=close, args=(text,)) for text in ("First.", "Second.")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(answers) == ["closed", "stale 2"]
    assert HistoryEvent.objects.filter(request_id=filed.id, fact=Fact.CLOSED, visibility=Visibility.PUBLIC).count() == 1
