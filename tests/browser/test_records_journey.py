"""A records officer's morning in a real browser: a period, its preview, a hold, an erasure by number."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from tests.browser.conftest import axe, fits
from tests.support.people import sign_in

from cityhall.apps.records.models import Erasure, Hold
from cityhall.apps.service_requests import services
from cityhall.apps.service_requests.contracts import Contact, Filed, NewRequest, Outcome, Place
from cityhall.apps.service_requests.models import Category, CategoryGroup, Reporter
from cityhall.kernel.actors import ANONYMOUS, system

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def filed(transactional_db: None) -> list[Filed]:
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets"})
    Category.objects.create(code="pothole", group=group, name={"en": "Pothole"})
    made = [
        services.file_request(
            NewRequest(
                "pothole",
                Place(32.7157 + 0.01 * step, -117.1611, address=f"{120 + step} Elm Street"),
                contact=Contact("Rosa", "Lee", f"rosa{step}@example.org"),
            ),
            actor=ANONYMOUS,
        )
        for step in range(2)
    ]
    for one in made:
        services.close(one.id, actor=system("Streets"), outcome=Outcome.FIXED, sentence="Filled.")
    return made


def enter(page: Page) -> None:
    client = Client()
    sign_in(client, "records")
    page.goto("/healthz")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": page.url}])


def looked_over(page: Page) -> None:
    assert axe(page) == []
    assert fits(page)


def test_a_period_a_hold_and_an_erasure(page: Page, filed: list[Filed]) -> None:
    enter(page)
    page.goto("/desk/records/")
    looked_over(page)
    row = page.get_by_role("row", name="Who reported: name, e-mail, phone")
    expect(row).to_contain_text("2 years")
    row.get_by_role("link").click()
    page.get_by_label("Number").fill("0")
    page.get_by_role("button", name="Preview the change").click()
    expect(page.get_by_role("alert")).to_contain_text("Write a whole number from 1 on")
    looked_over(page)
    page.get_by_label("Number").fill("18")
    page.get_by_label("Days, months or years").select_option("months")
    page.get_by_role("button", name="Preview the change").click()
    expect(page.get_by_role("status")).to_contain_text("It would remove 0 records now.")
    looked_over(page)
    page.get_by_role("button", name="Keep for this long").click()
    expect(row).to_contain_text("18 months")
    page.get_by_role("link", name="Preview: what would go now").click()
    expect(page.get_by_role("columnheader", name="Would go now")).to_be_visible()
    looked_over(page)
    page.get_by_role("button", name="Start the schedule").click()
    expect(page.get_by_text("Each night removes what is older than its period.")).to_be_visible()

    page.get_by_role("navigation", name="Records").get_by_role("link", name="Legal holds").click()
    page.get_by_role("button", name="Place the hold").click()
    expect(page.get_by_role("alert")).to_contain_text("Say what is held")
    looked_over(page)
    page.get_by_label("Name of the hold").fill("Elm Street claim")
    page.get_by_label("Why").fill("The city’s attorney asks for it.")
    page.get_by_label("Request numbers").fill(filed[0].number)
    page.get_by_role("button", name="Place the hold").click()
    expect(page.get_by_role("row", name="Elm Street claim")).to_contain_text(f"Request {filed[0].number}")
    looked_over(page)

    page.get_by_role("navigation", name="Records").get_by_role("link", name="People’s data").click()
    for one in filed:
        page.get_by_label("Number, address or telephone").fill(one.number)
        page.get_by_role("button", name="Find").click()
        looked_over(page)
        page.get_by_label("Type “erase” to go on").fill("erase")
        page.get_by_role("button", name="Erase", exact=True).click()
    expect(page.get_by_text("The personal data is erased.")).to_be_visible()
    expect(page.get_by_role("region", name="Erasures that wait")).to_contain_text(filed[0].number)
    looked_over(page)
    kept = dict(Reporter.objects.values_list("request_id", "email"))
    assert kept == {filed[0].id: "rosa0@example.org", filed[1].id: ""}

    page.goto("/desk/records/holds/")
    page.get_by_text("Lift Elm Street claim").click()
    page.get_by_role("button", name="Lift the hold").click()
    expect(page.get_by_text("1 erasure that waited is done.")).to_be_visible()
    assert not Erasure.objects.filter(done_at=None).exists()
    assert Hold.objects.get().lifted_at


@pytest.mark.parametrize("address", ["", "kept/texts/", "holds/", "people/"])
def test_its_pages_are_fit_for_everybody_in_spanish_too(
    new_page: Callable[..., Page], filed: list[Filed], address: str
) -> None:
    page = new_page(width=390, dark=True)
    enter(page)
    page.goto(f"/es/desk/records/{address}")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    looked_over(page)
