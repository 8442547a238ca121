from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from cityhall.apps.service_requests import queries, services
from cityhall.apps.service_requests.contracts import BulkPlan, Fact, Filed, Outcome, State, Status, Visibility
from cityhall.apps.service_requests.models import Category, HistoryEvent, ServiceRequest
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, Actor
from cityhall.kernel.django.models import AuditEntry, OutboxEvent
from cityhall.kernel.errors import Invalid, NotAllowed, NotFound, Stale

File = Callable[..., Filed]


def test_a_pothole_is_reported_planned_and_fixed(pothole: Category, file_one: File, dispatcher: Actor) -> None:
    filed = file_one(description="A deep hole by the bus stop")
    services.schedule(filed.id, actor=dispatcher, version=1, on=date(2026, 12, 1), sentence="On the crew's list.")
    services.start(filed.id, actor=dispatcher, version=2)
    services.close(filed.id, actor=dispatcher, version=3, outcome=Outcome.FIXED, sentence="Filled and levelled.")

    seen = queries.one(filed.number, ANONYMOUS)
    assert seen.status is Status.FIXED
    assert seen.outcome_sentence == "Filled and levelled."
    assert seen.closed_at is not None
    said = queries.history(filed.id, ANONYMOUS)
    assert [event.fact for event in said] == [Fact.RECEIVED, Fact.STATE, Fact.STATE, Fact.CLOSED]
    assert said[1].text == "On the crew's list."
    assert said[1].data["on"] == "2026-12-01"
    assert "Dana" not in "".join(event.author for event in said), "staff are named to staff only"
    assert OutboxEvent.objects.filter(subject_id=filed.id, kind="service_requests.closed").count() == 1
    assert AuditEntry.objects.filter(subject_id=filed.id).count() == 4


def test_nothing_is_planned_for_a_day_that_no_calendar_reaches(
    pothole: Category, file_one: File, dispatcher: Actor
) -> None:
    filed = file_one()
    for far in (date(9999, 12, 31), date(1, 1, 1)):
        with pytest.raises(Invalid) as refused:
            services.schedule(filed.id, actor=dispatcher, on=far)
        assert list(refused.value.fields) == ["on"]
        with pytest.raises(Invalid):
            services.apply_bulk([filed.id], BulkPlan(schedule=(far, "")), actor=dispatcher)
    assert queries.one(filed.number, ANONYMOUS).status is Status.RECEIVED


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"outcome": None, "sentence": "Done."}, "outcome"),
        ({"outcome": Outcome.FIXED, "sentence": "  "}, "sentence"),
        ({"outcome": Outcome.DUPLICATE, "sentence": "Same as another."}, "duplicate_of"),
        ({"outcome": Outcome.FIXED, "sentence": "Done.", "duplicate_of": "1-001"}, "duplicate_of"),
    ],
)
def test_closing_without_saying_what_came_of_it_is_refused(
    pothole: Category, file_one: File, dispatcher: Actor, fields: dict[str, object], wrong: str
) -> None:
    filed = file_one()
    with pytest.raises(Invalid) as refused:
        services.close(filed.id, actor=dispatcher, version=1, **fields)  # type: ignore[arg-type]
    assert wrong in refused.value.fields
    assert queries.one(filed.number, ANONYMOUS).status is Status.RECEIVED


def test_anybody_contests_and_the_work_comes_back_on_top(pothole: Category, file_one: File, dispatcher: Actor) -> None:
    filed, other = file_one(), file_one()
    services.close(filed.id, actor=dispatcher, version=1, outcome=Outcome.FIXED, sentence="Filled.")
    services.contest(filed.id, actor=ANONYMOUS, sentence="It is still there.", who="browser", token=filed.private_token)

    seen = queries.one(filed.number, ANONYMOUS)
    assert (seen.status, seen.outcome, seen.closed_at) == (Status.CONTESTED, None, None)
    first = ServiceRequest.objects.exclude(state=State.CLOSED).order_by("queue_at").first()
    assert first is not None
    assert first.id == filed.id != other.id
    with pytest.raises(Invalid):
        services.contest(filed.id, actor=ANONYMOUS, who="browser", token=filed.private_token)


def test_a_resident_may_not_do_the_citys_work(pothole: Category, file_one: File) -> None:
    filed = file_one()
    with pytest.raises(NotAllowed):
        services.close(filed.id, actor=ANONYMOUS, outcome=Outcome.FIXED, sentence="I fixed it myself.")
    with pytest.raises(NotAllowed):
        services.schedule(filed.id, actor=ANONYMOUS)


def test_work_of_another_department_is_not_to_be_known_of(
    make_category: Callable[..., Category], file_one: File, make_staff: Callable[..., Actor]
) -> None:
    make_category("pothole")
    filed = file_one(description="A hole")
    elsewhere = make_staff(departments=[uuid.uuid4()])
    with pytest.raises(NotFound):
        services.start(filed.id, actor=elsewhere, version=1)


def test_a_stale_save_is_refused_and_says_what_stands(pothole: Category, file_one: File, dispatcher: Actor) -> None:
    filed = file_one()
    services.add_note(filed.id, actor=dispatcher, text="On my way.", version=1)
    with pytest.raises(Stale) as refused:
        services.start(filed.id, actor=dispatcher, version=1)
    assert refused.value.current == 2


def test_an_internal_note_stays_inside(pothole: Category, file_one: File, dispatcher: Actor) -> None:
    filed = file_one()
    services.add_note(filed.id, actor=dispatcher, text="Owner is difficult.", version=1)
    services.add_note(filed.id, actor=dispatcher, text="Parts ordered.", version=2, visibility=Visibility.PUBLIC)
    assert [event.text for event in queries.history(filed.id, ANONYMOUS)] == ["", "Parts ordered."]
    assert "Owner is difficult." in [event.text for event in queries.history(filed.id, dispatcher)]


def test_the_same_command_twice_is_one_change(pothole: Category, file_one: File, dispatcher: Actor) -> None:
    command = uuid.uuid4()
    filed = file_one(command_id=command)
    assert file_one(command_id=command) == filed
    again = uuid.uuid4()
    first = services.start(filed.id, actor=dispatcher, version=1, command_id=again)
    assert services.start(filed.id, actor=dispatcher, version=1, command_id=again) == first
    assert HistoryEvent.objects.filter(request_id=filed.id).count() == 2
    with pytest.raises(Invalid):
        services.start(filed.id, actor=dispatcher, version=2, command_id=again)


def test_duplicates_of_duplicates_point_to_the_root(pothole: Category, file_one: File, dispatcher: Actor) -> None:
    a, b, c = file_one(), file_one(), file_one()
    services.me_too(c.id, actor=ANONYMOUS, who="phone-1")
    services.close(
        c.id, actor=dispatcher, version=1, outcome=Outcome.DUPLICATE, sentence="Same hole.", duplicate_of=b.number
    )
    services.merge(a.id, actor=dispatcher, duplicates=[b.id])
    assert queries.one(c.number, ANONYMOUS).duplicate_of == a.number
    assert queries.one(b.number, ANONYMOUS).status is Status.DUPLICATE
    assert queries.one(a.number, ANONYMOUS).supporters == 3
    with pytest.raises(Invalid):
        services.close(a.id, actor=dispatcher, outcome=Outcome.DUPLICATE, sentence="Circle.", duplicate_of=c.number)


def test_me_too_counts_a_person_once(pothole: Category, file_one: File) -> None:
    filed = file_one()
    for who in ("phone-1", "phone-1", "phone-2"):
        services.me_too(filed.id, actor=ANONYMOUS, who=who)
    assert queries.one(filed.number, ANONYMOUS).supporters == 2


def test_another_category_keeps_the_answers_that_fit(
    make_category: Callable[..., Category], file_one: File, dispatcher: Actor
) -> None:
    depth = {"code": "depth", "datatype": "number"}
    make_category("pothole", questions=[depth, {"code": "lane", "datatype": "string"}])
    make_category("housing", questions=[depth], place_policy="generalised", text_policy="withheld")
    filed = file_one(answers={"depth": "12", "lane": "left"}, description="By my door")
    services.change_category(filed.id, actor=dispatcher, category_code="housing", version=1)
    seen = queries.one(filed.number, ANONYMOUS)
    assert (seen.category_code, seen.answers, seen.description) == ("housing", {"depth": "12"}, "")
    assert seen.lat != 32.7157
    everything = queries.one(filed.number, dispatcher)
    assert (everything.lat, everything.description) == (32.7157, "By my door")


def test_taken_down_shows_at_no_door(pothole: Category, file_one: File, dispatcher: Actor) -> None:
    filed = file_one(description="Insults")
    services.moderate(filed.id, actor=dispatcher, version=1, hidden=True)
    with pytest.raises(NotFound):
        queries.one(filed.number, ANONYMOUS)
    with pytest.raises(NotFound):
        services.me_too(filed.id, actor=ANONYMOUS, who="x")
    assert queries.one(filed.number, dispatcher).hidden


def test_a_clock_that_is_set_back_puts_nothing_before_what_happened_first(
    pothole: Category, file_one: File, dispatcher: Actor, make_staff: Callable[..., Actor]
) -> None:
    noon = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
    with clock.held_at(noon):
        filed = file_one()
        services.start(filed.id, actor=dispatcher, version=1)
    with clock.held_at(noon - timedelta(hours=2)):
        services.close(filed.id, actor=dispatcher, version=2, outcome=Outcome.FIXED, sentence="Filled.")
        services.contest(filed.id, actor=ANONYMOUS, token=filed.private_token)
        services.settle(filed.id, actor=make_staff(), upheld=True, sentence="We come back.", version=4)
        services.close(filed.id, actor=dispatcher, version=5, outcome=Outcome.FIXED, sentence="Filled again.")
    said = queries.history(filed.id, ANONYMOUS)
    assert [event.fact for event in said] == [
        Fact.RECEIVED, Fact.STATE, Fact.CLOSED, Fact.CONTESTED, Fact.REOPENED, Fact.CLOSED,
    ]  # fmt: skip
    seen = queries.one(filed.number, ANONYMOUS)
    assert seen.closed_at is not None
    assert noon <= seen.closed_at <= seen.updated_at < noon + timedelta(seconds=1)
