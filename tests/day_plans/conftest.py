from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from tests.service_requests.conftest import file_one, make_category

from cityhall.adapters.routes.nearest import NearestFirst
from cityhall.apps.day_plans.contracts import CrewTerms, TeamTerms
from cityhall.apps.service_requests.contracts import Filed
from cityhall.kernel import clock, ports
from cityhall.kernel.actors import Actor, ActorKind, system

__all__ = ["file_one", "make_category"]

SPOT = (32.7157, -117.1611)
DAY = date(2026, 3, 5)
#: Before the working day begins; the city of the tests is on UTC.
MORNING = datetime(2026, 3, 5, 6, 0, tzinfo=UTC)
SYSTEM = system("Test")


@pytest.fixture(autouse=True)
def quick_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plan without a process of its own: what solvers do is for the ports' suite."""
    monkeypatch.setattr(ports.route_solver, "_make", NearestFirst)


@pytest.fixture
def morning() -> Any:
    with clock.held_at(MORNING):
        yield MORNING


@pytest.fixture
def team(db: None) -> uuid.UUID:
    """A team with a depot and hours, two crews, and one person in the first."""
    from tests.support.people import make_person

    from cityhall.apps.day_plans import services
    from cityhall.apps.identity import public as identity

    person = make_person("crew", team="pavement", name="Tom Becker")
    found = next(one for one in identity.teams() if one.code == "pavement")
    services.save_team(found.id, TeamTerms("Yard", *SPOT, time(8), time(16), 15), actor=SYSTEM)
    for name, members, skills in (("Truck 1", (person.id,), ("asphalt",)), ("Truck 2", (), ())):
        services.save_crew(found.id, CrewTerms(name, members, skills, 5), actor=SYSTEM)
    return found.id


@pytest.fixture
def work(team: uuid.UUID, make_category: Callable[..., Any], file_one: Callable[..., Filed]) -> Callable[..., Filed]:
    """File requests of the team's, each a little further north."""
    made = 0

    def make(category: str = "pothole", *, north: float | None = None, **fields: Any) -> Filed:
        nonlocal made
        made += 1
        from cityhall.apps.identity import public as identity
        from cityhall.apps.service_requests.models import Category

        if not Category.objects.filter(code=category).exists():
            priority = fields.pop("priority", 3)
            parent = next(one.department_id for one in identity.teams() if one.id == team)
            make_category(category, team_id=team, department_id=parent, priority=priority, target_days=None)
        step = 0.002 * (made if north is None else north)
        return file_one(category, at=(SPOT[0] + step, SPOT[1]), **fields)

    return make


@pytest.fixture
def planned(team: uuid.UUID, work: Callable[..., Filed], morning: datetime) -> tuple[uuid.UUID, list[Filed]]:
    """A plan of four requests, published."""
    from cityhall.apps.day_plans import services

    filed = [work() for _ in range(4)]
    plan_id = services.plan_now(team, DAY, actor=SYSTEM)
    services.publish(plan_id, actor=SYSTEM, version=version_of(plan_id))
    return plan_id, filed


def version_of(plan_id: uuid.UUID) -> int:
    from cityhall.apps.day_plans.models import DayPlan

    return DayPlan.objects.get(id=plan_id).version


def dispatcher(team: uuid.UUID) -> Actor:
    may = frozenset({"requests.view", "requests.work", "requests.assign"})
    return Actor(ActorKind.STAFF, uuid.uuid4(), "Dana", may, teams=frozenset({team}))
