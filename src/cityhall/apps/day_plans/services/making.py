"""Making a plan: reading the team's work, asking the solver, writing what it found. Slow, so a job does it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app as jobs

from cityhall.apps.day_plans import queries, rules
from cityhall.apps.day_plans.contracts import PLAN, Content, Job, LeftOut, Reason, Route, Standing, TeamTerms, Why
from cityhall.apps.day_plans.models import DayPlan
from cityhall.apps.day_plans.services import versions
from cityhall.apps.places import public as places
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor, system
from cityhall.kernel.errors import Invalid
from cityhall.kernel.ports import route_solver

MAKE, REPLAN, QUEUE = "day_plans.make", "day_plans.replan", "care"
#: A plan that was asked for longer ago than this and is not there has failed.
GIVEN_UP = timedelta(minutes=5)
#: At most so many requests are handed to the solver, whatever the crews could do.
MOST_JOBS = 300
#: In metres a second.
_MILE_AN_HOUR = 0.44704
_FARTHEST = timedelta(days=60)
_PLANNER = system("Day plan")


def ask(team_id: uuid.UUID, day: date, *, actor: Actor) -> uuid.UUID:
    """Ask for a plan of a team's day; a job makes it. Return the plan's id.

    Raises:
        NotAllowed, NotFound: see `queries.team_of`.
        Invalid: field "day", "depot" or "crews".
    """
    queries.team_of(team_id, actor, PLAN)
    check(team_id, day)
    with transaction.atomic():
        plan = _asked(team_id, day, actor)
        jobs.configure_task(MAKE, queue=QUEUE, lock=f"{MAKE} {plan.id}").defer(plan_id=str(plan.id))
    return plan.id


def plan_now(team_id: uuid.UUID, day: date, *, actor: Actor, seconds: float | None = None) -> uuid.UUID:
    """Make a plan here and now, and return its id: for the demo and commands."""
    queries.team_of(team_id, actor, PLAN)
    check(team_id, day)
    with transaction.atomic():
        plan = _asked(team_id, day, actor)
    make(plan.id, seconds=seconds)
    return plan.id


def check(team_id: uuid.UUID, day: date) -> None:
    """Raise Invalid when a day cannot be planned."""
    today = places.local(clock.now()).date()
    terms = queries.team_terms(team_id)
    problems = {}
    if not today <= day <= today + _FARTHEST:
        problems["day"] = _("Choose a day from today to 60 days ahead.")
    elif queries.at_hour(day, terms.ends) <= clock.now() and not any(
        one.ends and queries.at_hour(day, one.ends) > clock.now() for one in queries.crews(team_id)
    ):
        problems["day"] = _("The working day is over. Choose another day.")
    if terms.lat is None:
        problems["depot"] = _("Say first where the team starts: under “Crews and hours”.")
    if not queries.crews(team_id):
        problems["crews"] = _("Add a crew first: under “Crews and hours”.")
    if problems:
        raise Invalid(problems)


def _asked(team_id: uuid.UUID, day: date, actor: Actor) -> DayPlan:
    asked = {"standing": Standing.ASKED, "asked_at": clock.now(), "asked_by_id": actor.id}
    plan, made = DayPlan.objects.select_for_update().get_or_create(team_id=team_id, day=day, defaults=asked)
    if not made:
        plan.standing, plan.asked_at, plan.asked_by_id = Standing.ASKED, clock.now(), actor.id
        plan.save()
    return plan


def make(plan_id: uuid.UUID, *, seconds: float | None = None) -> None:
    """Make the plan somebody asked for. What crews began or did of a published version stays as it is.

    Args:
        seconds: how long the solver may think; left out, as long as its size is worth.
    """
    plan = DayPlan.objects.filter(id=plan_id).first()
    if plan is None or plan.standing not in {Standing.ASKED, Standing.READING, Standing.SOLVING}:
        return
    by = replace(_PLANNER, id=plan.asked_by_id)
    try:
        _say(plan, Standing.READING)
        routes = _today(plan)
        most = min(MOST_JOBS, max(40, 2 * sum(route.most_jobs for route in routes)))
        work = queries.open_work(plan.team_id, plan.day, most=most)
        done = {job.request_id for route in routes for stop in route.stops for job in stop.jobs}
        wanted = [job for job in work.jobs if job.request_id not in done]
        _say(plan, Standing.SOLVING)
        content = _solved(routes, wanted, seconds, without_place=work.without_place, waiting=work.waiting)
    except Exception:
        _say(plan, Standing.FAILED)
        raise
    with transaction.atomic():
        plan = DayPlan.objects.select_for_update().get(id=plan_id)
        plan.shown = versions.add(plan, content, Reason.MADE, by, parent=plan.shown)
        plan.standing = Standing.READY
        versions.save(plan, by, "made", number=plan.shown, solver=content.solver, jobs=len(content.requests))


def plan_urgent(plan_id: uuid.UUID, request_id: uuid.UUID) -> None:
    """Plan the rest of a published day anew, with a request that cannot wait.

    A supervisor is asked, unless the team takes new plans at once. What was begun or done stays fixed. Where no crew
    can take the request any more, the day stays as it is, and a supervisor is told.
    """
    plan = DayPlan.objects.filter(id=plan_id, published__isnull=False).first()
    if plan is None or places.local(clock.now()).date() != plan.day:
        return
    number = plan.proposed or plan.published
    before = queries.content_of(plan, number)
    assert before is not None, "a published plan has its version"
    if request_id in before.urgent:
        return
    rows = queries.rows_of([request_id], _PLANNER)
    today = [row for row in rows.values() if queries.is_for(row, plan.day)]
    urgent = queries.jobs_of(today, plan.day)
    away = queries.gone([*before.requests, request_id], plan.team_id)
    if request_id in away or not urgent:
        return
    routes, rest = rules.remaining(before, queries.progress_of(plan.id), clock.now(), gone=away)
    if any(job.request_id == request_id for route in routes for stop in route.stops for job in stop.jobs):
        return  # a crew is there already
    wanted = [*urgent, *(job for job in rest if job.request_id != request_id)]
    kept = [one for one in before.left_out if one.job is None or one.why is Why.BY_HAND]
    content = _solved(routes, wanted, None, kept=kept, waiting=before.waiting)
    is_taken = request_id in content.requests
    if not is_taken:  # nobody's day is turned over for what no crew can do
        others = (one for one in before.left_out if one.request_id != request_id)
        why = (one for one in content.left_out if one.request_id == request_id)
        content = replace(before, left_out=(*(() if request_id in before.requests else why), *others))
    with transaction.atomic():
        plan = DayPlan.objects.select_for_update().get(id=plan_id)
        if plan.published is None or (plan.proposed or plan.published) != number:
            raise RuntimeError("the plan changed while it was planned anew; the job tries again")
        fresh = versions.add(plan, content, Reason.URGENT, _PLANNER, parent=plan.published)
        if is_taken and queries.team_terms(plan.team_id).at_once:
            plan.shown, plan.proposed = fresh, None
            versions.hand_out(plan, fresh, content)
            versions.save(plan, _PLANNER, "replanned", number=fresh)
        else:
            plan.proposed = fresh
            versions.save(plan, _PLANNER, "proposed", number=fresh)


def _say(plan: DayPlan, standing: Standing) -> None:
    DayPlan.objects.filter(id=plan.id).update(standing=standing)


def _today(plan: DayPlan) -> list[Route]:
    """Return the crews' days before any stop is planned, with what they began or did already."""
    terms, now = queries.team_terms(plan.team_id), clock.now()
    routes = crews_day(plan.team_id, terms, plan.day, now)
    published = queries.content_of(plan, plan.published)
    if published is None:
        return routes
    as_it_is, _open = rules.remaining(published, queries.progress_of(plan.id), now)
    fixed = {route.crew_id: route.stops for route in as_it_is}
    return [replace(route, stops=fixed.get(route.crew_id, ())) for route in routes]


def crews_day(team_id: uuid.UUID, terms: TeamTerms, day: date, now: datetime) -> list[Route]:
    """Return an empty day for each crew: from its first hour, or from now, to its last, at the depot."""
    if terms.lat is None or terms.lon is None:
        return []
    found = []
    for crew in queries.crews(team_id):
        until = queries.at_hour(day, crew.ends or terms.ends)
        begins = max(queries.at_hour(day, crew.begins or terms.begins), _next_five(now))
        found.append(
            Route(
                crew.id, crew.name, terms.lat, terms.lon, min(begins, until), until,
                terms.speed * _MILE_AN_HOUR, crew.most_jobs, crew.skills,
            )
        )  # fmt: skip
    return found


def _next_five(now: datetime) -> datetime:
    """Return the next moment whose minutes are a multiple of five: nobody leaves at 9:03:27."""
    whole = now.replace(second=0, microsecond=0)
    return whole if whole == now and now.minute % 5 == 0 else whole + timedelta(minutes=5 - whole.minute % 5)


def _solved(
    routes: Sequence[Route],
    wanted: Sequence[Job],
    seconds: float | None,
    *,
    without_place: Collection[uuid.UUID] = (),
    waiting: int = 0,
    kept: Sequence[LeftOut] = (),
) -> Content:
    groups = rules.grouped(wanted)
    start = min((route.begins for route in routes), default=clock.now())
    problem = rules.as_problem(routes, groups, start)
    think = seconds if seconds is not None else min(20.0, max(1.0, len(groups) / 15))
    answer = route_solver.get().solve(problem, seconds=think)
    content = rules.planned(routes, groups, answer, without_place=without_place, waiting=waiting)
    return replace(content, left_out=(*content.left_out, *kept))
