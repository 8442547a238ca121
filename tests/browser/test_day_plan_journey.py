"""A supervisor plans a team's day and changes it; the crew sees its stops: in a real browser."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import time, timedelta

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import axe, fits, small_targets
from tests.browser.test_desk_journey import enter

from cityhall.adapters.routes.nearest import NearestFirst
from cityhall.apps.day_plans import queries, rules, services
from cityhall.apps.day_plans.contracts import Act, CrewTerms, Reason, TeamTerms
from cityhall.apps.day_plans.services import versions
from cityhall.apps.identity import public as identity
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import services as requests
from cityhall.apps.service_requests.contracts import NewRequest, Place
from cityhall.apps.service_requests.models import Category, CategoryGroup
from cityhall.kernel import clock, ports
from cityhall.kernel.actors import ANONYMOUS, system

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SYSTEM = system("Test")


@pytest.fixture
def team(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> uuid.UUID:
    """A team with two crews and five requests, two of them side by side."""
    monkeypatch.setattr(ports.route_solver, "_make", NearestFirst)
    department = identity.ensure_department("streets", {"en": "Streets", "es": "Calles"})
    found = identity.ensure_team("pavement", {"en": "Pavement", "es": "Pavimento"}, department="streets")
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets", "es": "Calles"})
    name = {"en": "Pothole", "es": "Bache"}
    Category.objects.create(code="pothole", group=group, name=name, team_id=found, department_id=department)
    for north in (0.01, 0.0101, 0.02, -0.01, -0.03):
        place = Place(32.7157 + north, -117.1611, address=f"{1200 + round(north * 1000)} Grand Ave")
        requests.file_request(NewRequest("pothole", place), actor=ANONYMOUS)
    services.save_team(found, TeamTerms("Yard", 32.7157, -117.1611, time(8), time(16)), actor=SYSTEM)
    for crew in ("Truck 1", "Truck 2"):
        services.save_crew(found, CrewTerms(crew, most_jobs=4), actor=SYSTEM)
    return found


def looked_at(page: Page) -> None:
    assert axe(page) == []
    assert fits(page)
    assert small_targets(page) == []
    assert page.locator("h1").count() == 1


def test_plan_change_publish_and_print_a_day(new_page: Callable[..., Page], team: uuid.UUID) -> None:
    day = (places.local(clock.now()) + timedelta(days=1)).date()
    address = f"/desk/day-plan/{team}/{day}/"
    desk = new_page()
    enter(desk)
    desk.goto(address)
    expect(desk.get_by_text("Nobody has planned this day.")).to_be_visible()
    looked_at(desk)
    desk.get_by_role("button", name="Make the plan").click()
    expect(desk.get_by_text("The plan is being made.")).to_be_visible()
    looked_at(desk)
    plan = queries.plan_on(team, day, SYSTEM)
    assert plan is not None
    services.make(plan.id)
    # The page looks again by itself.
    expect(desk.get_by_text("A draft.")).to_be_visible()
    expect(desk.get_by_text("2 requests in one stop")).to_be_visible()
    looked_at(desk)

    shared = desk.locator(".stop", has_text="2 requests in one stop")
    shared.locator("summary").click()
    looked_at(desk)
    shared.get_by_role("button", name="Split into single stops").click()
    expect(desk.get_by_text("2 requests in one stop")).to_have_count(0)
    desk.get_by_role("button", name="Undo").click()
    expect(desk.get_by_text("2 requests in one stop")).to_be_visible()
    desk.get_by_role("button", name="Publish to the crews").click()
    expect(desk.get_by_text("The crews have this plan.")).to_be_visible()

    first = desk.locator(".stop").first
    first.locator("summary").click()
    first.get_by_role("button", name="Give it").click()
    expect(desk.get_by_text("The crews have an earlier version.")).to_be_visible()

    # Something urgent came, and the plan that is proposed waits for a yes.
    now = queries.plan_of(plan.id, SYSTEM)
    assert now.published_content is not None
    stop = next(one for route in now.published_content.routes for one in route.stops)
    proposal = rules.changed(now.published_content, Act.LEAVE_OUT, stop.key)
    assert proposal is not None
    row = versions.DayPlan.objects.get(id=plan.id)
    row.proposed = versions.add(row, proposal, Reason.URGENT, SYSTEM, parent=row.published)
    row.save()
    desk.goto(f"/es{address}")
    expect(desk.get_by_role("heading", name="Llegó algo urgente")).to_be_visible()
    looked_at(desk)
    desk.get_by_role("button", name="Entregar el nuevo plan a las cuadrillas").click()
    expect(desk.get_by_text("Las cuadrillas tienen este plan.")).to_be_visible()

    desk.goto(f"/es{address}print/")
    expect(desk.get_by_role("img", name="Código que abre").first).to_be_visible()
    looked_at(desk)
    desk.goto(f"/es/desk/day-plan/{team}/crews/")
    desk.locator("main summary").first.click()
    looked_at(desk)

    phone = new_page(width=390, dark=True, scripts=False, language="es-US")
    phone.context.add_cookies(desk.context.cookies())
    phone.goto(f"/es{address}")
    expect(phone.get_by_role("img", name="Las rutas")).to_be_visible()
    narrow = new_page(width=390, dark=True)
    narrow.context.add_cookies(desk.context.cookies())
    narrow.goto(f"/es{address}")
    looked_at(narrow)
    narrow.goto(f"/es/desk/day-plan/{team}/crews/")
    looked_at(narrow)
