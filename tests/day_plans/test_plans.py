"""A team's day from its open work to the crews: made, changed, published, followed, planned anew."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from tests.day_plans.conftest import DAY, MORNING, SPOT, SYSTEM, dispatcher, version_of

from cityhall.apps.crews import public as crews
from cityhall.apps.crews.contracts import LoadedVisit, Result
from cityhall.apps.crews.contracts import Reason as SentBack
from cityhall.apps.day_plans import jobs, queries, services
from cityhall.apps.day_plans.contracts import Act, Change, CrewTerms, KindTerms, Reason, Standing, TeamTerms, Timed, Why
from cityhall.apps.day_plans.models import Crew, DayPlan, Window
from cityhall.apps.day_plans.services import keeping
from cityhall.apps.day_plans.web import showing
from cityhall.apps.identity.models import User
from cityhall.apps.service_requests import services as requests
from cityhall.apps.service_requests.contracts import Filed, Outcome
from cityhall.kernel import clock, offers
from cityhall.kernel.django import outbox
from cityhall.kernel.errors import Invalid, NotAllowed, NotFound, Stale
from cityhall.kernel.offers import Held, Person, WorkTime

pytestmark = pytest.mark.django_db


def shown(plan_id: uuid.UUID) -> set[uuid.UUID]:
    content = queries.plan_of(plan_id, SYSTEM).content
    assert content is not None
    return set(content.requests)


def replan(request_id: uuid.UUID, plan_id: uuid.UUID) -> None:
    jobs.replan(str(plan_id), str(request_id))


def test_a_teams_open_work_becomes_routes_and_crews_see_them_once_published(
    team: uuid.UUID, work: Callable[..., Filed], morning: datetime
) -> None:
    filed = {work().id for _ in range(6)}
    plan_id = services.plan_now(team, DAY, actor=SYSTEM)
    assert shown(plan_id) == filed
    assert offers.planned_day.get()(team, None, DAY) == ()

    services.publish(plan_id, actor=SYSTEM, version=version_of(plan_id))
    stops = offers.planned_day.get()(team, None, DAY)
    assert {one for stop in stops for one in stop.requests} == filed
    assert all(stop.arrive >= datetime(2026, 3, 5, 8, tzinfo=UTC) for stop in stops)
    tom = User.objects.get(name="Tom Becker")
    own = offers.planned_day.get()(team, tom.id, DAY)
    assert own
    assert len(own) < len(stops)
    assert [stop.arrive for stop in own] == sorted(stop.arrive for stop in own)
    assert offers.planned_day.get()(team, uuid.uuid4(), DAY) == ()
    assert offers.planned_day.get()(team, None, DAY + timedelta(days=1)) == ()


def test_asking_leaves_the_work_to_a_job(team: uuid.UUID, work: Callable[..., Filed], morning: datetime) -> None:
    filed = work()
    plan_id = services.ask(team, DAY, actor=dispatcher(team))
    assert queries.plan_of(plan_id, SYSTEM).standing is Standing.ASKED
    jobs.make(str(plan_id))
    plan = queries.plan_of(plan_id, SYSTEM)
    assert (plan.standing, plan.numbers[0][1]) == (Standing.READY, Reason.MADE)
    assert shown(plan_id) == {filed.id}
    jobs.make(str(plan_id))
    assert len(queries.plan_of(plan_id, SYSTEM).numbers) == 1


def test_a_plan_that_cannot_be_made_says_so(
    team: uuid.UUID, morning: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_id = services.ask(team, DAY, actor=SYSTEM)
    monkeypatch.setattr(queries, "open_work", lambda *args, **kinds: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        jobs.make(str(plan_id))
    assert queries.plan_of(plan_id, SYSTEM).standing is Standing.FAILED


@pytest.mark.parametrize(
    ("day", "moment", "field"),
    [
        (DAY - timedelta(days=1), MORNING, "day"),
        (DAY + timedelta(days=61), MORNING, "day"),
        (DAY, MORNING.replace(hour=18), "day"),
    ],
)
def test_days_that_cannot_be_planned(team: uuid.UUID, day: object, moment: datetime, field: str) -> None:
    with clock.held_at(moment), pytest.raises(Invalid) as refused:
        services.ask(team, day, actor=SYSTEM)  # type: ignore[arg-type]
    assert set(refused.value.fields) == {field}


def test_a_team_without_crews_is_told_what_to_do_first(team: uuid.UUID, morning: datetime) -> None:
    for crew in queries.crews(team):
        services.end_crew(team, crew.id, actor=SYSTEM)
    with pytest.raises(Invalid) as refused:
        services.ask(team, DAY, actor=SYSTEM)
    assert set(refused.value.fields) == {"crews"}


def test_what_is_elsewhere_or_for_later_is_not_planned(
    team: uuid.UUID, work: Callable[..., Filed], morning: datetime
) -> None:
    today, later, other, closed = (work() for _ in range(4))
    requests.schedule(later.id, actor=SYSTEM, on=DAY + timedelta(days=3))
    requests.assign(other.id, actor=SYSTEM, team_id=None)
    requests.close(closed.id, actor=SYSTEM, outcome=Outcome.FIXED, sentence="Done.")
    assert shown(services.plan_now(team, DAY, actor=SYSTEM)) == {today.id}


def test_skills_minutes_and_promised_hours_are_kept(
    team: uuid.UUID, work: Callable[..., Filed], morning: datetime
) -> None:
    asphalt, crane = work("asphalt-job"), work("crane-job")
    services.save_kinds(
        team, {"asphalt-job": KindTerms(50, "asphalt"), "crane-job": KindTerms(None, "crane")}, actor=SYSTEM
    )
    plan_id = services.plan_now(team, DAY, actor=SYSTEM)
    services.promise(plan_id, asphalt.id, time(13), time(14), actor=SYSTEM)
    services.plan_now(team, DAY, actor=SYSTEM)
    content = queries.plan_of(plan_id, SYSTEM).content
    assert content is not None
    (stop,) = (stop for route in content.routes for stop in route.stops)
    assert (stop.arrive.hour, stop.minutes) == (13, 50)
    assert [(one.request_id, one.why) for one in content.left_out] == [(crane.id, Why.NO_SKILL)]
    services.promise(plan_id, asphalt.id, None, None, actor=SYSTEM)
    services.plan_now(team, DAY, actor=SYSTEM)
    content = queries.plan_of(plan_id, SYSTEM).content
    assert content is not None
    assert content.routes[0].stops[0].arrive.hour == 8


def test_more_work_than_the_crews_can_do_waits_by_its_urgency(
    team: uuid.UUID, work: Callable[..., Filed], morning: datetime
) -> None:
    for _ in range(12):
        work()
    urgent = work("hazard", priority=1)
    plan = queries.plan_of(services.plan_now(team, DAY, actor=SYSTEM), SYSTEM)
    content = plan.content
    assert content is not None
    assert urgent.id in content.requests
    assert (len(content.requests), {one.why for one in content.left_out}) == (10, {Why.FULL})
    told = showing.sheet(plan, content, SYSTEM).left_out
    limits = "; ".join(f"{route.name} takes {route.most_jobs} jobs a day" for route in content.routes)
    assert {line.why for line in told} == {f"The crews are full: {limits}"}


def test_what_cannot_wait_is_planned_wherever_it_stands_in_a_long_queue(
    team: uuid.UUID, work: Callable[..., Filed], morning: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries.work, "_PAGE", 2)
    monkeypatch.setattr(queries.work, "_MOST_READ", 4)
    first, *_others = [work() for _ in range(6)]
    promised, planned, urgent = work(), work(), work("hazard", priority=1)
    requests.schedule(planned.id, actor=SYSTEM, on=DAY)
    Window.objects.create(request_id=promised.id, day=DAY, begins=time(13), ends=time(14))
    wanted = queries.open_work(team, DAY, most=4).jobs
    assert [job.request_id for job in wanted] == [urgent.id, promised.id, planned.id, first.id]


def test_a_change_by_hand_is_a_version_and_undo_goes_back(planned: tuple[uuid.UUID, list[Filed]]) -> None:
    plan_id, _filed = planned
    before = queries.plan_of(plan_id, SYSTEM)
    assert before.content is not None
    route = next(one for one in before.content.routes if len(one.stops) > 1)
    first = route.stops[0].key
    services.change(plan_id, Act.LATER, first, actor=SYSTEM, version=before.version)
    after = queries.plan_of(plan_id, SYSTEM)
    assert after.content != before.content
    assert after.published_content == before.content
    with pytest.raises(Stale):
        services.change(plan_id, Act.LATER, first, actor=SYSTEM, version=before.version)
    assert after.before is not None
    services.go_to(plan_id, after.before, actor=SYSTEM, version=after.version)
    assert queries.plan_of(plan_id, SYSTEM).content == before.content
    with pytest.raises(Invalid):
        services.go_to(plan_id, 99, actor=SYSTEM, version=version_of(plan_id))
    with pytest.raises(Invalid):
        services.change(plan_id, Act.GIVE, uuid.uuid4(), actor=SYSTEM, version=version_of(plan_id))


def test_what_crews_begin_and_end_is_followed_whatever_order_events_come_in(
    planned: tuple[uuid.UUID, list[Filed]],
) -> None:
    plan_id, (one, two, *_rest) = planned
    with clock.held_at(MORNING + timedelta(hours=3)):
        requests.start(one.id, actor=SYSTEM)
        requests.start(two.id, actor=SYSTEM)
    with clock.held_at(MORNING + timedelta(hours=4)):
        requests.close(one.id, actor=SYSTEM, outcome=Outcome.FIXED, sentence="Filled.")
        requests.schedule(two.id, actor=SYSTEM, on=DAY + timedelta(days=1))
        outbox.drain()
    found = queries.progress_of(plan_id)
    assert set(found) == {one.id}
    assert found[one.id].finished_at == MORNING + timedelta(hours=4)


def test_a_job_takes_what_a_person_set_else_what_crews_took_else_the_usual_and_the_plan_says_which(
    team: uuid.UUID, work: Callable[..., Filed], morning: datetime
) -> None:
    kinds = {"pothole": 20, "weeds": 200, "graffiti": 4, "signal": 5}
    filed = {code: work(code) for code in kinds}
    past = [(code, minutes) for code, middle in kinds.items() for minutes in (1, *[middle] * 8, 480)]
    visits = [visit(code, minutes, morning - timedelta(days=10)) for code, minutes in past if code != "signal"]
    visits += [visit("signal", 5, morning - timedelta(days=400)) for _ in range(20)]
    visits += [visit("signal", 5, morning - timedelta(days=3), Result.SENT_BACK) for _ in range(20)]
    crews.load_visits([*visits, visit("graffiti", 4, morning - timedelta(days=9))], actor=SYSTEM)
    services.save_kinds(team, {"weeds": KindTerms(45)}, actor=SYSTEM)
    jobs = {job.request_id: (job.minutes, job.timed) for job in queries.open_work(team, DAY, most=9).jobs}
    assert {code: jobs[one.id] for code, one in filed.items()} == {
        "pothole": (20, Timed.LEARNT),
        "weeds": (45, Timed.SET),
        "graffiti": (4, Timed.LEARNT),
        "signal": (30, Timed.USUAL),
    }
    assert offers.work_times.get()()["graffiti"] == WorkTime(4, 11)


def visit(category: str, minutes: int, at: datetime, result: Result = Result.FIXED) -> LoadedVisit:
    why = SentBack.BLOCKED if result is Result.SENT_BACK else None
    start = at - timedelta(minutes=minutes)
    return LoadedVisit(uuid.uuid4(), "1-001", category, None, None, None, start, at, minutes, result, why)


@pytest.fixture
def at_noon(planned: tuple[uuid.UUID, list[Filed]]) -> tuple[uuid.UUID, list[Filed]]:
    """The published day, its first request done and its second begun."""
    plan_id, filed = planned
    with clock.held_at(MORNING + timedelta(hours=3)):
        requests.start(filed[0].id, actor=SYSTEM)
        requests.close(filed[0].id, actor=SYSTEM, outcome=Outcome.FIXED, sentence="Filled.")
        requests.start(filed[1].id, actor=SYSTEM)
        outbox.drain()
    return plan_id, filed


def test_something_urgent_is_proposed_and_what_is_begun_stays(
    at_noon: tuple[uuid.UUID, list[Filed]], team: uuid.UUID, work: Callable[..., Filed]
) -> None:
    plan_id, filed = at_noon
    with clock.held_at(MORNING + timedelta(hours=6)):
        urgent = work("hazard", priority=1)
        outbox.drain()
        from procrastinate.contrib.django.models import ProcrastinateJob

        (job,) = ProcrastinateJob.objects.filter(task_name="day_plans.replan")
        assert job.args == {"plan_id": str(plan_id), "request_id": str(urgent.id)}
        replan(urgent.id, plan_id)
        plan = queries.plan_of(plan_id, SYSTEM)
        assert plan.proposal is not None
        assert urgent.id in plan.proposal.requests
        fixed = {job.request_id for r in plan.proposal.routes for stop in r.stops if stop.fixed for job in stop.jobs}
        assert fixed == {filed[0].id, filed[1].id}
        assert plan.differences[0].request_id == urgent.id
        assert plan.differences[0].change is Change.NEW
        assert {one for stop in queries.planned_day(team, None, DAY) for one in stop.requests} == {
            one.id for one in filed
        }
        with pytest.raises(Stale):
            services.accept(plan_id, actor=SYSTEM, version=plan.version - 1)
        services.accept(plan_id, actor=SYSTEM, version=plan.version)
        assert urgent.id in {one for stop in queries.planned_day(team, None, DAY) for one in stop.requests}


def test_what_becomes_urgent_in_the_middle_of_a_published_day_is_moved_to_the_front(
    planned: tuple[uuid.UUID, list[Filed]], team: uuid.UUID
) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    plan_id, _filed = planned
    content = queries.plan_of(plan_id, SYSTEM).published_content
    assert content is not None
    route = next(one for one in content.routes if len(one.stops) > 1)
    last = route.stops[-1].key
    counts = []
    with clock.held_at(MORNING):
        for _ in range(2):
            requests.prioritise(last, actor=SYSTEM, priority=1)
            outbox.drain()
            counts.append(ProcrastinateJob.objects.filter(task_name="day_plans.replan").count())
            for job in ProcrastinateJob.objects.filter(task_name="day_plans.replan"):
                services.plan_urgent(plan_id, uuid.UUID(job.args["request_id"]))
    plan = queries.plan_of(plan_id, SYSTEM)
    assert plan.proposal is not None
    assert last in {one.stops[0].key for one in plan.proposal.routes if one.stops}
    assert len(plan.proposal.requests) == len(content.requests)
    # Once it is known as urgent, nothing is planned again for it.
    assert counts[0] > 0
    assert counts[1] == counts[0]


def test_a_proposal_is_refused_and_the_crews_keep_their_day(
    at_noon: tuple[uuid.UUID, list[Filed]], work: Callable[..., Filed]
) -> None:
    plan_id, _filed = at_noon
    with clock.held_at(MORNING + timedelta(hours=6)):
        urgent = work("hazard", priority=1)
        replan(urgent.id, plan_id)
        before = queries.plan_of(plan_id, SYSTEM)
        services.refuse_proposal(plan_id, actor=SYSTEM, version=before.version)
        after = queries.plan_of(plan_id, SYSTEM)
        assert (after.proposed, after.published_content) == (None, before.published_content)
        with pytest.raises(Invalid):
            services.accept(plan_id, actor=SYSTEM, version=after.version)


def test_a_team_may_take_new_plans_at_once(
    at_noon: tuple[uuid.UUID, list[Filed]], team: uuid.UUID, work: Callable[..., Filed]
) -> None:
    plan_id, _filed = at_noon
    services.save_team(team, replace(queries.team_terms(team), at_once=True), actor=SYSTEM)
    with clock.held_at(MORNING + timedelta(hours=6)):
        urgent = work("hazard", priority=1)
        replan(urgent.id, plan_id)
    assert urgent.id in {one for stop in queries.planned_day(team, None, DAY) for one in stop.requests}


@pytest.mark.parametrize("at_once", [True, False])
def test_what_no_crew_can_take_any_more_empties_nobodys_day(
    planned: tuple[uuid.UUID, list[Filed]], team: uuid.UUID, work: Callable[..., Filed], at_once: bool
) -> None:
    plan_id, filed = planned
    services.save_team(team, replace(queries.team_terms(team), at_once=at_once), actor=SYSTEM)
    with clock.held_at(MORNING + timedelta(hours=14)):
        urgent = work("hazard", priority=1)
        replan(urgent.id, plan_id)
        plan = queries.plan_of(plan_id, SYSTEM)
        assert plan.proposal is not None, "a supervisor is told"
        assert plan.differences == ()
        day = {one for stop in queries.planned_day(team, None, DAY) for one in stop.requests}
        assert day == {one.id for one in filed}, "the crews have what they had"
        services.refuse_proposal(plan_id, actor=SYSTEM, version=plan.version)


def test_what_is_not_urgent_or_not_the_teams_changes_no_published_day(
    planned: tuple[uuid.UUID, list[Filed]], work: Callable[..., Filed]
) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    work()
    away = work("hazard", priority=1)
    requests.assign(away.id, actor=SYSTEM, team_id=None)
    outbox.drain()
    assert not ProcrastinateJob.objects.filter(task_name="day_plans.replan").exists()


def test_who_may_plan_whose_day(planned: tuple[uuid.UUID, list[Filed]], team: uuid.UUID) -> None:
    plan_id, _filed = planned
    elsewhere = dispatcher(uuid.uuid4())
    crew = replace(dispatcher(team), permissions=frozenset({"requests.view", "requests.work"}))
    contractor = replace(elsewhere, contractor=uuid.uuid4())
    for stranger in (elsewhere, contractor):
        assert queries.teams(stranger) == ()
        with pytest.raises(NotFound):
            queries.plan_on(team, DAY, stranger)
        with pytest.raises(NotFound):
            services.ask(team, DAY, actor=stranger)
        with pytest.raises(NotFound):
            services.publish(plan_id, actor=stranger, version=version_of(plan_id))
    assert queries.plan_on(team, DAY, crew) is not None
    for forbidden in (
        lambda: services.ask(team, DAY, actor=crew),
        lambda: services.publish(plan_id, actor=crew, version=version_of(plan_id)),
        lambda: services.save_team(team, TeamTerms(), actor=crew),
        lambda: services.save_crew(team, CrewTerms("Mine"), actor=crew),
    ):
        with pytest.raises(NotAllowed):
            forbidden()


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (TeamTerms("Nowhere"), "depot"),
        (TeamTerms("Far", 95.0, 0.0), "depot"),
        (TeamTerms("Yard", *SPOT, time(16), time(8)), "ends"),
        (TeamTerms("Yard", *SPOT, speed=300), "speed"),
    ],
)
def test_a_teams_day_that_cannot_be(team: uuid.UUID, terms: TeamTerms, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        services.save_team(team, terms, actor=SYSTEM)
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (CrewTerms(""), "name"),
        (CrewTerms("Truck 1"), "name"),
        (CrewTerms("Three", most_jobs=0), "most_jobs"),
        (CrewTerms("Three", members=(uuid.uuid4(),)), "members"),
        (CrewTerms("Three", skills=("x" * 41,)), "skills"),
        (CrewTerms("Three", begins=time(17)), "ends"),
    ],
)
def test_a_crew_that_cannot_be(team: uuid.UUID, terms: CrewTerms, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        services.save_crew(team, terms, actor=SYSTEM)
    assert set(refused.value.fields) == {field}


def test_what_jobs_take_has_bounds(team: uuid.UUID, work: Callable[..., Filed], morning: datetime) -> None:
    work()
    for bad in ({"pothole": KindTerms(0)}, {"pothole": KindTerms(481)}, {"nothing": KindTerms(5)}):
        with pytest.raises(Invalid):
            services.save_kinds(team, bad, actor=SYSTEM)


def test_what_jobs_take_is_not_for_a_contractors_people_to_say(team: uuid.UUID) -> None:
    planner = replace(SYSTEM, contractor=uuid.uuid4(), teams=frozenset({team}))
    with pytest.raises(NotAllowed):
        services.save_kinds(team, {"pothole": KindTerms(45)}, actor=planner)


def test_promised_hours_have_an_order(planned: tuple[uuid.UUID, list[Filed]]) -> None:
    plan_id, (one, *_rest) = planned
    for hours in ((time(9), None), (time(9), time(9)), (None, time(9))):
        with pytest.raises(Invalid):
            services.promise(plan_id, one.id, *hours, actor=SYSTEM)
    with pytest.raises(NotFound):
        services.promise(plan_id, uuid.uuid4(), time(9), time(10), actor=SYSTEM)


def test_a_person_is_told_their_crews_and_is_taken_out_of_them(team: uuid.UUID) -> None:
    tom = User.objects.get(name="Tom Becker")
    person = Person(account=tom.id)
    assert [one["crew"] for one in keeping.export(person)] == ["Truck 1"]
    assert keeping.erase(person) == 1
    assert not Crew.objects.filter(members__contains=[tom.id]).exists()
    assert keeping.erase(person) == 0
    assert list(keeping.export(Person(email="x@example.org"))) == []


def test_old_plans_go_and_held_ones_stay(planned: tuple[uuid.UUID, list[Filed]]) -> None:
    plan_id, (one, *_rest) = planned
    (kind,) = keeping.kept_kinds()
    later = MORNING + timedelta(days=2)
    held = Held(requests=frozenset({one.id}))
    assert (kind.due(MORNING, Held()), kind.due(later, held), kind.due(later, Held())) == (0, 0, 1)
    assert kind.purge(later, held, 10) == 0
    assert kind.purge(later, Held(), 10) == 1
    assert not DayPlan.objects.filter(id=plan_id).exists()


def test_a_request_nobody_can_drive_to_is_named(team: uuid.UUID, work: Callable[..., Filed], morning: datetime) -> None:
    from cityhall.apps.service_requests.models import ServiceRequest

    lost = work()
    ServiceRequest.objects.filter(id=lost.id).update(lat=None, lon=None)
    content = queries.plan_of(services.plan_now(team, DAY, actor=SYSTEM), SYSTEM).content
    assert content is not None
    assert [(one.request_id, one.why) for one in content.left_out] == [(lost.id, Why.NO_PLACE)]


def test_no_version_takes_from_a_crew_what_it_has_begun(planned: tuple[uuid.UUID, list[Filed]]) -> None:
    plan_id, _filed = planned
    content = queries.plan_of(plan_id, SYSTEM).content
    assert content is not None
    one, other = content.routes
    key = one.stops[-1].key
    services.change(plan_id, Act.GIVE, key, actor=SYSTEM, version=version_of(plan_id), crew_id=other.crew_id)
    with clock.held_at(MORNING + timedelta(hours=3)):
        requests.start(key, actor=SYSTEM)
        outbox.drain()
        with pytest.raises(Invalid):
            services.publish(plan_id, actor=SYSTEM, version=version_of(plan_id))
        services.go_to(plan_id, 1, actor=SYSTEM, version=version_of(plan_id))
        with pytest.raises(Invalid):
            services.change(plan_id, Act.LEAVE_OUT, key, actor=SYSTEM, version=version_of(plan_id))
        services.plan_now(content_team(plan_id), DAY, actor=SYSTEM)
        services.publish(plan_id, actor=SYSTEM, version=version_of(plan_id))
    begun = queries.plan_of(plan_id, SYSTEM).published_content
    assert begun is not None
    (route,) = (route for route in begun.routes if any(stop.key == key for stop in route.stops))
    assert (route.crew_id, route.stops[0].key, route.stops[0].fixed) == (one.crew_id, key, True)


def content_team(plan_id: uuid.UUID) -> uuid.UUID:
    return queries.plan_of(plan_id, SYSTEM).team_id
