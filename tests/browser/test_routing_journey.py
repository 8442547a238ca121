"""A supervisor drafts a rule, tests it on what was filed, switches it on, and sees where the next request goes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import axe, fits, small_targets, tab_to
from tests.browser.test_desk_journey import enter

from cityhall.apps.identity import public as identity
from cityhall.apps.service_requests import services
from cityhall.apps.service_requests.contracts import NewRequest, Place
from cityhall.apps.service_requests.models import Category, CategoryGroup
from cityhall.kernel.actors import ANONYMOUS
from cityhall.kernel.django.reading import forget_lasting

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PLACE = Place(32.7157, -117.1611, address="1202 Grand Ave")


@pytest.fixture
def catalogue(transactional_db: None) -> None:
    department = identity.ensure_department("streets", {"en": "Streets", "es": "Calles"})
    team = identity.ensure_team("north", {"en": "Streets North", "es": "Calles Norte"}, department="streets")
    identity.ensure_team("south", {"en": "Streets South", "es": "Calles Sur"}, department="streets")
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets", "es": "Calles"})
    name = {"en": "Pothole", "es": "Bache"}
    Category.objects.create(code="pothole", group=group, name=name, department_id=department, team_id=team)
    services.file_request(NewRequest("pothole", PLACE), actor=ANONYMOUS)


def looked_at(page: Page) -> None:
    assert axe(page) == []
    assert fits(page)
    assert small_targets(page) == []
    assert page.locator("h1").count() == 1


def test_a_rule_is_tested_before_it_is_switched_on(new_page: Callable[..., Page], catalogue: None) -> None:
    desk = new_page()
    enter(desk)
    desk.goto("/desk/routing/")
    looked_at(desk)
    tab_to(desk, "Write the first rule")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Draft of the rules")).to_be_visible()
    desk.get_by_role("link", name="Add a rule").click()
    desk.get_by_role("button", name="Keep in the draft").click()
    expect(desk.get_by_role("alert")).to_contain_text("Choose the team the rule sends to.")
    looked_at(desk)
    desk.get_by_label("Name", exact=True).fill("Potholes")
    desk.get_by_text("Streets", exact=True).first.click()
    desk.get_by_label("Pothole").check()
    desk.get_by_label("Team 1", exact=True).select_option("Streets South")
    desk.get_by_role("button", name="Keep in the draft").click()
    expect(desk.get_by_text("The rule is in the draft.")).to_be_visible()
    desk.get_by_role("button", name="Test the draft").click()
    expect(desk.get_by_text("Of 1 request, 1 (100.0%) would have gone elsewhere.")).to_be_visible()
    looked_at(desk)

    phone = new_page(width=390, dark=True)
    enter(phone)
    for address in ("/es/desk/routing/draft/", "/es/desk/routing/draft/rules/1/", "/es/desk/routing/targets/"):
        phone.goto(address)
        looked_at(phone)
    plain = new_page(width=390, scripts=False)
    enter(plain)
    plain.goto("/es/desk/routing/draft/")
    plain.get_by_role("button", name="Activar").click()
    expect(plain.get_by_text("La versión 1 de las reglas está en vigor.")).to_be_visible()
    phone.goto("/es/desk/routing/")
    looked_at(phone)

    forget_lasting()
    filed = services.file_request(NewRequest("pothole", PLACE), actor=ANONYMOUS)
    desk.goto(f"/desk/requests/{filed.number}/")
    expect(desk.get_by_text("Sent to Streets South by rule 1: Potholes")).to_be_visible()

    desk.goto("/desk/routing/targets/")
    desk.get_by_label("Number").fill("50")
    desk.get_by_role("button", name="Add the step").click()
    expect(desk.get_by_role("row", name="At 50% of the time to the target")).to_be_visible()
    looked_at(desk)
