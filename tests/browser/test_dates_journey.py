"""A resident reads when a request will be done, and how that is known: in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import axe, fits, small_targets

from cityhall.apps.estimates.services import learning
from cityhall.apps.service_requests import public as requests
from cityhall.apps.service_requests.contracts import LoadedRequest, NewRequest, Outcome, Place, State
from cityhall.apps.service_requests.models import Category, CategoryGroup
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, system

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SPOT = Place(32.7157, -117.1611, "1202 Grand Ave")


def looked_at(page: Page) -> None:
    """What every page must be: clean to axe, no wider than the window, with targets one can hit."""
    assert axe(page) == []
    assert fits(page)
    assert small_targets(page) == []
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize(("width", "dark", "scripts"), [(1280, True, True), (390, False, True), (390, False, False)])
def test_from_a_request_to_how_its_date_was_made(
    new_page: Callable[..., Page], transactional_db: None, width: int, dark: bool, scripts: bool
) -> None:
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets", "es": "Calles"})
    Category.objects.create(code="pothole", group=group, name={"en": "Pothole", "es": "Bache"})
    now = clock.now()
    past = [
        LoadedRequest(
            "pothole",
            (filed := now - timedelta(days=day + 20)),
            SPOT,
            external_id=str(day),
            state=State.CLOSED,
            outcome=Outcome.FIXED,
            outcome_sentence="Filled.",
            closed_at=filed + timedelta(days=3 + day % 7),
        )
        for day in range(200)
    ]
    requests.bulk_load([past], actor=system("Import"), source_system="test")
    learning.learn()
    filed = requests.file_request(NewRequest("pothole", SPOT), actor=ANONYMOUS)

    page = new_page(width=width, dark=dark, scripts=scripts)
    page.goto(f"/requests/{filed.number}/")
    expect(page.get_by_text("Half of requests like this are done by")).to_be_visible()
    expect(page.get_by_text("No older request of this kind is waiting.")).to_be_visible()
    if scripts:
        looked_at(page)
    page.get_by_role("link", name="How dates are made").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How dates are made")
    row = page.get_by_role("row").filter(has_text="Pothole")
    expect(row).to_contain_text("200")
    expect(row).to_contain_text("6 days")
    if scripts:
        looked_at(page)
