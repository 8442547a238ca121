"""A resident looks what happened on their street, follows it without an account, and leaves again."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import axe, fits
from tests.browser.test_desk_journey import enter
from tests.support import city

from cityhall.apps.notify.models import Follower, Message
from cityhall.apps.service_requests import services
from cityhall.apps.service_requests.contracts import NewRequest, Place
from cityhall.apps.service_requests.models import Category, CategoryGroup
from cityhall.kernel.actors import ANONYMOUS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(transactional_db: None) -> str:
    """A small city with a pothole on Grand Ave; its number."""
    city.build()
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets", "es": "Calles"})
    Category.objects.create(code="pothole", group=group, name={"en": "Pothole", "es": "Bache"})
    place = Place(city.CENTER[0] + 0.0002, city.CENTER[1] + 0.0007, address="1204 Grand Ave")
    return services.file_request(NewRequest("pothole", place), actor=ANONYMOUS).number


def test_a_street_is_followed_and_left(new_page: Callable[..., Page], town: str) -> None:
    page = new_page(width=390, scripts=False)
    page.goto("/near/")
    page.get_by_label("Street").fill("grand avenue")
    page.get_by_role("button", name="Show").click()
    # However it is typed, the street is called as the city calls it.
    expect(page.get_by_role("heading", name="This week: Grand Ave", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Pothole, 1204 Grand Ave"))).to_be_visible()
    page.get_by_label("E-mail address").fill("rosa@example")
    page.get_by_label("Every morning").check()
    page.get_by_role("button", name="Follow").click()
    page.get_by_role("link", name="Write an e-mail address").click()
    page.get_by_label("E-mail address").fill("rosa@example.org")
    page.get_by_role("button", name="Follow").click()
    expect(page.get_by_text("Look into your e-mail")).to_be_visible()

    found = re.search(r"/follow/confirm/[^/\s]+/", Message.objects.get().text)
    assert found is not None
    page.goto(found.group())
    page.get_by_role("main").get_by_role("button").first.click()
    assert Follower.objects.get().confirmed_at is not None


def test_what_is_followed_is_left_with_the_mouse(page: Page, town: str) -> None:
    enter(page, "resident")
    page.goto("/near/?street=Grand+Ave")
    page.get_by_role("button", name="Follow").click()
    page.goto("/near/mine/")
    page.get_by_role("button", name="Leave Grand Ave").click()
    expect(page.get_by_text("You follow nothing yet.")).to_be_visible()


@pytest.mark.parametrize(("language", "dark"), [("en", False), ("es", True)])
def test_the_pages_are_for_everybody(new_page: Callable[..., Page], town: str, language: str, dark: bool) -> None:
    prefix = "" if language == "en" else "/es"
    for width in (390, 1280):
        page = new_page(width=width, dark=dark)
        for path in ("/near/", "/near/?street=Grand+Ave", "/near/?street=Nowhere", "/near/widget/"):
            page.goto(prefix + path)
            assert axe(page) == []
            assert fits(page)
            if folder := os.environ.get("SHOTS"):
                page.screenshot(
                    path=f"{folder}/near{width}{language}{path[6:12].replace('/', '-')}.png", full_page=True
                )
