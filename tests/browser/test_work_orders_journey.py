"""A supervisor connects a work-order system, sees a request leave, and sends it again: in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import axe, fits, small_targets
from tests.browser.test_desk_journey import enter
from tests.support import systems

from cityhall.apps.identity import public as identity
from cityhall.apps.service_requests import services as requests
from cityhall.apps.service_requests.contracts import NewRequest, Place
from cityhall.apps.service_requests.models import Category, CategoryGroup
from cityhall.apps.work_orders import services
from cityhall.kernel.actors import ANONYMOUS
from cityhall.kernel.django import outbox

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def works(settings: Any, transactional_db: None) -> Iterator[systems.System]:
    settings.CITYHALL_WORK_ORDER_NETWORKS = ["127.0.0.0/8"]
    streets = identity.ensure_department("streets", {"en": "Streets", "es": "Calles"})
    identity.ensure_team("paving", {"en": "Paving", "es": "Pavimento"}, department="streets")
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets", "es": "Calles"})
    Category.objects.create(code="pothole", group=group, name={"en": "Pothole", "es": "Bache"}, department_id=streets)
    Category.objects.create(code="sign", group=group, name={"en": "Street sign", "es": "Letrero"})
    with systems.running() as system:
        yield system


def looked_at(page: Page) -> None:
    """What every page must be: clean to axe, no wider than the window, with targets one can hit."""
    assert axe(page) == []
    assert fits(page)
    assert small_targets(page) == []
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize(("width", "dark", "scripts"), [(1280, False, True), (390, True, True), (390, False, False)])
def test_connect_file_deliver_replay(
    new_page: Callable[..., Page], works: systems.System, width: int, dark: bool, scripts: bool
) -> None:
    page = new_page(width=width, dark=dark, scripts=scripts)
    check = looked_at if scripts else lambda page: None
    enter(page)

    page.goto("/desk/connections/")
    check(page)
    page.get_by_role("link", name="Connect by webhook").click()
    check(page)
    page.get_by_role("button", name="Make the connection").click()
    expect(page.get_by_text("Give the connection a name").first).to_be_visible()
    check(page)
    page.get_by_label("Name of the system").fill("Works")
    page.get_by_label("Its address").fill(works.url)
    page.locator("summary", has_text="Categories").click()
    page.get_by_label("Pothole").check()
    page.get_by_role("button", name="Make the connection").click()
    expect(page.locator("#new-secret")).to_contain_text("whsec_")
    check(page)
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_role("heading", name="Test")).to_be_visible()
    expect(page.get_by_text("thanks")).to_be_visible()
    check(page)

    works.will_answer(500, "the planner is being updated")
    filed = requests.file_request(
        NewRequest("pothole", Place(32.7157, -117.1611, address="1202 Grand Ave")), actor=ANONYMOUS
    )
    outbox.drain()
    services.deliver_due()
    page.goto(f"/desk/requests/{filed.number}/")
    expect(page.get_by_role("heading", name="Work orders")).to_be_visible()
    expect(page.get_by_text("1 delivery is on its way.")).to_be_visible()
    page.locator("#detail").get_by_role("link", name="Delivery log").click()
    check(page)
    expect(page.get_by_role("row", name="Received")).to_contain_text("answered 500")
    page.get_by_role("link", name="Received").click()
    expect(page.get_by_text("the planner is being updated")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Try now").click()
    expect(page.get_by_text("It is sent again in a moment")).to_be_visible()
    works.will_answer(200, '{"external_number": "WO-991"}')
    assert services.deliver_due() == 1
    page.reload()
    expect(page.get_by_text("Delivered")).to_be_visible()
    page.get_by_role("button", name="Replay").click()
    assert services.deliver_due() == 1
    ids = [call["headers"]["webhook-id"] for call in works.calls[1:]]
    assert len(ids) == 3 and len(set(ids)) == 1

    page.goto(f"/desk/?q=WO-991&open={filed.number}")
    expect(page.get_by_text(filed.number).first).to_be_visible()
    page.goto(f"/desk/requests/{filed.number}/")
    expect(page.get_by_text("WO-991", exact=True)).to_be_visible()
