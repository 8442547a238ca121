"""A target nears and nobody has begun: flagged, raised, told once, seen by those whose work it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from tests.routing.conftest import Teams
from tests.support.city import CENTER
from tests.support.people import make_person, sign_in

from cityhall.apps.identity import public as identity
from cityhall.apps.identity.contracts import Terms
from cityhall.apps.identity.queries import actor_of_account
from cityhall.apps.notify.models import Message
from cityhall.apps.routing import jobs, queries, services
from cityhall.apps.routing.contracts import Measure, Step
from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.service_requests import services as request_services
from cityhall.apps.service_requests.contracts import DeskFilter, Filed, LoadedRequest, Outcome, Place
from cityhall.apps.service_requests.models import Category, HistoryEvent, ServiceRequest
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor, system
from cityhall.kernel.django.reading import forget_lasting
from cityhall.kernel.errors import Invalid, Stale

pytestmark = pytest.mark.django_db
File = Callable[..., Filed]
FILED = datetime(2026, 3, 2, 17, tzinfo=UTC)  # a Monday; five business days end on March 9
HALF, LATE = Step(number=50, priority=2), Step(measure=Measure.DAYS, number=1, priority=1, tell=False)
NEAR, VERY_NEAR = FILED + timedelta(days=4), FILED + timedelta(days=7)


@pytest.fixture
def steps(supervisor: Actor) -> Callable[..., None]:
    def put(*steps: Step) -> None:
        services.save_plan(steps, actor=supervisor, revision=queries.plan().revision)
        forget_lasting()

    return put


@pytest.fixture
def ours(teams: Teams, make_category: Callable[..., Category]) -> Category:
    return make_category("pothole", target_days=5, team_id=teams.north, department_id=teams.department, priority=3)


def file_then(file_one: File) -> Filed:
    with clock.held_at(FILED):
        return file_one(at=CENTER)


def escalate(at: datetime) -> int:
    with clock.held_at(at):
        return jobs.escalate()


def row(filed: Filed) -> ServiceRequest:
    return ServiceRequest.objects.get(id=filed.id)


def nearing(actor: Actor, at: datetime) -> list[str]:
    with clock.held_at(at):
        return [one.request.number for one in service_requests.desk_queue(DeskFilter(nears=True), actor).items]


def test_a_request_nobody_began_is_flagged_raised_and_told_once_a_step(
    ours: Category, steps: Callable[..., None], file_one: File, supervisor: Actor
) -> None:
    lead = make_person("supervisor", team="north", email="lead@city.example")
    make_person("supervisor", team="south", email="other@city.example")
    steps(HALF, LATE)
    filed = file_then(file_one)
    assert escalate(FILED + timedelta(days=1)) == 0
    assert nearing(supervisor, NEAR) == []
    assert [escalate(NEAR), escalate(NEAR), escalate(NEAR + timedelta(hours=1))] == [1, 0, 0]
    assert (row(filed).priority, row(filed).escalated) == (2, 1)
    assert nearing(supervisor, NEAR) == [filed.number]
    message = Message.objects.get()
    assert (message.to, message.user_id) == ("lead@city.example", lead.id)
    assert message.subject == "1 request of your team nears its target"
    assert f"Pothole {filed.number}" in message.text
    assert [escalate(VERY_NEAR), escalate(VERY_NEAR)] == [1, 0]
    assert (row(filed).priority, row(filed).escalated, row(filed).look_at) == (1, 2, None)
    assert Message.objects.count() == 1
    told = HistoryEvent.objects.filter(request_id=filed.id, data__has_key="escalated").order_by("at")
    assert [(one.visibility, one.data["priority"]) for one in told] == [
        ("internal", {"from": 3, "to": 2}),
        ("internal", {"from": 2, "to": 1}),
    ]


def test_work_that_began_and_work_that_is_done_are_left_alone_and_what_was_missed_is_not_sent_twice(
    ours: Category, steps: Callable[..., None], file_one: File, supervisor: Actor
) -> None:
    steps(HALF, LATE)
    begun, closed, waiting = (file_then(file_one) for _ in range(3))
    with clock.held_at(FILED + timedelta(days=1)):
        request_services.start(begun.id, actor=system("Crew"))
        request_services.close(closed.id, actor=system("Crew"), outcome=Outcome.FIXED, sentence="Done.")
    # The worker slept through the first step: only the later one is taken.
    assert escalate(VERY_NEAR) == 1
    assert (row(waiting).priority, row(waiting).escalated) == (1, 1)
    assert row(begun).escalated == row(closed).escalated == 0
    assert nearing(supervisor, VERY_NEAR) == [waiting.number]
    with clock.held_at(VERY_NEAR):
        request_services.start(waiting.id, actor=system("Crew"))
    assert nearing(supervisor, VERY_NEAR) == []


def test_one_bad_request_keeps_no_other_from_being_escalated(
    ours: Category, steps: Callable[..., None], file_one: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cityhall.apps.service_requests.services import routing

    make_person("supervisor", team="north", email="lead@city.example")
    steps(HALF)
    bad, good = file_then(file_one), file_then(file_one)
    escalated = routing._escalate

    def broken(request: ServiceRequest, actor: Actor, priority: int) -> None:
        escalated(request, actor, priority)
        if request.id == bad.id:
            HistoryEvent.objects.create(id=HistoryEvent.objects.values_list("id", flat=True)[0])  # the database refuses

    monkeypatch.setattr(routing, "_escalate", broken)
    assert escalate(NEAR) == 1
    assert (row(good).escalated, row(bad).escalated) == (1, 0)
    assert not HistoryEvent.objects.filter(request_id=bad.id, data__has_key="escalated").exists()
    assert [good.number in message.text for message in Message.objects.filter(to="lead@city.example")] == [True]
    assert row(bad).look_at == NEAR + timedelta(hours=1)
    monkeypatch.setattr(routing, "_escalate", escalated)
    assert escalate(NEAR + timedelta(hours=2)) == 1, "it is tried again"


def test_one_lead_who_cannot_be_written_to_keeps_nobody_from_being_told(
    ours: Category, steps: Callable[..., None], file_one: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cityhall.apps.notify import public as notify

    for who in ("bad", "good"):
        make_person("supervisor", team="north", email=f"{who}@city.example")
    steps(HALF)
    filed = file_then(file_one)
    send = notify.send

    def broken(to: str, **more: object) -> object:
        if to.startswith("bad"):
            raise RuntimeError("no such template")
        return send(to, **more)

    monkeypatch.setattr(notify, "send", broken)
    assert escalate(NEAR) == 1
    assert row(filed).escalated == 1
    assert Message.objects.filter(to="good@city.example").count() == 1


def test_what_is_late_already_is_not_told_to_be_near(
    ours: Category, steps: Callable[..., None], file_one: File
) -> None:
    steps(HALF)
    filed = file_then(file_one)
    assert escalate(FILED + timedelta(days=30)) == 0
    assert (row(filed).escalated, row(filed).look_at) == (0, None)


def test_paused_steps_wait_and_go_on(
    ours: Category, steps: Callable[..., None], file_one: File, supervisor: Actor
) -> None:
    steps(HALF)
    file_then(file_one)
    services.set_paused(True, actor=supervisor, revision=queries.plan().revision)
    assert escalate(NEAR) == 0
    services.set_paused(False, actor=supervisor, revision=queries.plan().revision)
    assert escalate(NEAR) == 1


def test_a_new_step_holds_for_what_is_open_and_loaded_but_catches_up_on_nothing(
    ours: Category, steps: Callable[..., None], file_one: File
) -> None:
    filed = file_then(file_one)
    loaded = LoadedRequest("pothole", FILED, Place(*CENTER), external_id="1")
    service_requests.bulk_load([[loaded]], actor=system("Import"), source_system="old")
    steps(HALF, LATE)
    with clock.held_at(NEAR):  # the first step's moment has passed
        jobs.look_again()
    assert escalate(NEAR) == 0
    assert escalate(VERY_NEAR) == 2
    assert row(filed).priority == 1


def test_another_category_counts_anew(
    ours: Category, make_category: Callable[..., Category], steps: Callable[..., None], file_one: File,
    supervisor: Actor,
) -> None:  # fmt: skip
    make_category("tree", target_days=40)
    steps(HALF)
    filed = file_then(file_one)
    assert escalate(NEAR) == 1
    with clock.held_at(NEAR):
        request_services.change_category(filed.id, actor=supervisor, category_code="tree")
    assert nearing(supervisor, NEAR) == []
    assert escalate(VERY_NEAR) == 0
    assert escalate(FILED + timedelta(days=45)) == 1


def test_a_contractor_hears_of_its_own_work_alone(
    ours: Category, teams: Teams, steps: Callable[..., None], file_one: File, supervisor: Actor
) -> None:
    make_person("supervisor", team="north", email="north@city.example")
    today = FILED.date()
    terms = Terms("Road Co", today - timedelta(days=30), today + timedelta(days=300))
    identity.ensure_contractor(terms, teams=["south"])
    theirs = make_person("dispatcher", team="south", email="dispatch@road.example")
    with clock.held_at(FILED):
        actor = actor_of_account(theirs)
    steps(HALF)
    ours_filed, theirs_filed = file_then(file_one), file_then(file_one)
    with clock.held_at(FILED):
        request_services.assign(theirs_filed.id, actor=supervisor, team_id=teams.south)
    assert escalate(NEAR) == 2
    texts = {one.to: one.text for one in Message.objects.all()}
    assert set(texts) == {"north@city.example", "dispatch@road.example"}
    assert theirs_filed.number in texts["dispatch@road.example"]
    assert ours_filed.number not in texts["dispatch@road.example"]
    assert nearing(actor, NEAR) == [theirs_filed.number]


def test_the_queue_has_it_with_its_flag_and_its_count(
    ours: Category, steps: Callable[..., None], file_one: File, client: Client
) -> None:
    sign_in(client, "supervisor")
    steps(Step(number=1, priority=None))
    filed = file_one(at=CENTER)
    with clock.held_at(clock.now() + timedelta(days=1)):
        assert jobs.escalate() == 1
    page = client.get("/desk/?queue=nears").content.decode()
    assert filed.number in page
    assert "nears: " in page
    assert "Target nears and nobody has begun" in client.get(f"/desk/requests/{filed.number}/").content.decode()
    spanish = client.get("/es/desk/?queue=nears").content.decode()
    assert "Se acerca la fecha meta" in spanish
    assert filed.number not in client.get("/desk/?queue=late").content.decode()


def test_the_job_finds_what_is_due_by_its_index(ours: Category, steps: Callable[..., None], file_one: File) -> None:
    steps(HALF)
    file_then(file_one)
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(
            "explain select id from service_requests_servicerequest where state in ('received', 'scheduled')"
            " and look_at is not null and look_at <= now() order by look_at, id limit 200"
        )
        assert "request_look" in "\n".join(line for (line,) in cursor.fetchall())


def test_steps_that_make_no_sense_are_refused(teams: Teams, supervisor: Actor) -> None:
    for step, field in (
        (Step(number=100), "number"),
        (Step(measure=Measure.DAYS, number=0), "number"),
        (Step(priority=6), "priority"),
        (Step(tell=False), "tell"),
        (Step(categories=("nothing",)), "categories"),
    ):
        with pytest.raises(Invalid) as refused:
            services.add_step(step, actor=supervisor, revision=queries.plan().revision)
        assert set(refused.value.fields) == {field}
    services.add_step(HALF, actor=supervisor, revision=0)
    with pytest.raises(Stale):
        services.remove_step(1, actor=supervisor, revision=0)
    services.remove_step(1, actor=supervisor, revision=1)
    assert queries.plan().steps == ()
