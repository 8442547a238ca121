"""Somebody of a council office files for a constituent who agrees, and reads the district's week."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import axe, fits
from tests.browser.test_desk_journey import enter
from tests.support import city

from cityhall.apps.identity.models import User
from cityhall.apps.offices import services
from cityhall.apps.offices.contracts import MANAGE, OfficeTerms
from cityhall.apps.service_requests import public as requests
from cityhall.apps.service_requests.contracts import NewRequest, Place
from cityhall.apps.service_requests.models import Call, Category, CategoryGroup
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, Actor, ActorKind

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(transactional_db: None) -> None:
    """A small city that had a week: potholes on Grand Ave, eight days ago."""
    city.build()
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets", "es": "Calles"})
    Category.objects.create(code="pothole", group=group, name={"en": "Pothole", "es": "Bache"}, duplicate_metres=1)
    for number, days in enumerate((8, 8, 8, 15)):
        with clock.held_at(clock.now() - timedelta(days=days)):
            place = Place(city.CENTER[0] + 0.0002, city.CENTER[1] + 0.0005 + number / 2000, address="1204 Grand Ave")
            requests.file_request(NewRequest("pothole", place), actor=ANONYMOUS)
    requests.add_up_tallies()


def open_office(page: Page) -> None:
    """Sign in as somebody who works in the office of District 1."""
    enter(page, "council-office")
    person = User.objects.get(memberships__role__code="council-office")
    terms = OfficeTerms(
        {"en": "Office of Ana Diaz", "es": "Oficina de Ana Diaz"}, "district", "1", frozenset({person.id})
    )
    services.save_office(terms, actor=Actor(ActorKind.STAFF, person.id, "Ada", frozenset({MANAGE})))


def test_an_office_files_for_a_constituent_and_reads_its_week(new_page: Callable[..., Page], town: None) -> None:
    page = new_page(width=1280)
    open_office(page)
    page.goto("/desk/office/")
    expect(page.get_by_role("heading", name="Office of Ana Diaz")).to_be_visible()
    page.get_by_role("link", name="File for a constituent").first.click()
    page.get_by_role("textbox", name="Name").fill("Rosa Lee")
    page.get_by_role("textbox", name="Telephone").fill("619 555 0142")
    page.get_by_label("In the caller’s words").fill("pothole")
    page.get_by_label("Street address, crossing").fill("502 5th St")
    page.get_by_label("Street address, crossing").press("Tab")
    page.get_by_role("button", name="File the request").click()
    page.get_by_role("link", name="Ask whether they agree").click()
    page.get_by_label("They agreed").check()
    assert axe(page) == []
    page.get_by_role("button", name="File the request").click()
    expect(page.get_by_text("Give them the number")).to_be_visible()
    assert Call.objects.get().consent_at is not None
    page.goto("/desk/office/")
    expect(page.get_by_role("row", name="Rosa Lee")).to_contain_text("619 555 0142")
    for width, dark, language in ((390, False, "en"), (1280, True, "es")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if dark else "light")
        for name in ("office", "calls"):
            page.goto(f"{'' if language == 'en' else '/es'}/desk/{name}/")
            expect(page.locator("html")).to_have_attribute("lang", language)
            assert fits(page)
            assert axe(page) == []
            if folder := os.environ.get("SHOTS"):
                page.screenshot(path=f"{folder}/{name}{width}{language}{dark}.png", full_page=True)
    if folder := os.environ.get("SHOTS"):
        page.emulate_media(media="print", color_scheme="light")
        page.goto("/desk/office/")
        page.screenshot(path=f"{folder}/office-print.png", full_page=True)
