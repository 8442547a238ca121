"""Two people with the same trouble: one joins the other before sending, and staff merge those that were sent twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import axe, fits, small_targets
from tests.browser.test_desk_journey import enter
from tests.support import city

from cityhall.apps.notify import public as notify
from cityhall.apps.service_requests import services
from cityhall.apps.service_requests.contracts import Filed, NewRequest, Place, State
from cityhall.apps.service_requests.models import Category, CategoryGroup, ServiceRequest
from cityhall.kernel.actors import ANONYMOUS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def file(north: float, words: str) -> Filed:
    place = Place(city.CENTER[0] + north, city.CENTER[1], address="1202 Grand Ave")
    return services.file_request(NewRequest("pothole", place, description=words), actor=ANONYMOUS)


def test_a_resident_finds_and_joins_and_staff_merge(
    new_page: Callable[..., Page], transactional_db: None, mailoutbox: list[object]
) -> None:
    city.build()
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets", "es": "Calles"})
    Category.objects.create(code="pothole", group=group, name={"en": "Pothole", "es": "Bache"}, target_days=5)
    first = file(0.0001, "A deep hole by the bus stop")

    phone = new_page(width=390, dark=True)
    phone.goto("/report/")
    phone.get_by_label("What is wrong?").fill("pothole")
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("heading", name="Is it one of these?")).to_be_visible()
    phone.get_by_role("button", name="Pothole").click()
    expect(phone.get_by_role("heading", name="Where is it?")).to_be_visible()
    phone.get_by_label("Street address or crossing").fill("1202 Grand Ave")
    phone.get_by_role("button", name="Continue").click()
    expect(phone.get_by_role("heading", name="Was it reported already?")).to_be_visible()
    expect(phone.get_by_text("same address")).to_be_visible()
    assert axe(phone) == []
    assert fits(phone)
    assert small_targets(phone) == []
    phone.get_by_label("E-mail").fill("rosa@example.org")
    phone.get_by_role("button", name="Me too").click()
    expect(phone.get_by_text("Open the link in our e-mail to hear when it changes.")).to_be_visible()
    assert phone.url.endswith(f"/requests/{first.number}/")
    assert ServiceRequest.objects.get().supporters == 1

    second = file(0.0002, "deep hole at the bus stop")
    desk = new_page()
    enter(desk)
    desk.goto(f"/desk/requests/{second.number}/")
    expect(desk.get_by_role("heading", name="Probably the same trouble")).to_be_visible()
    expect(desk.locator(".alike")).to_contain_text("same words: bus, deep, hole, stop")
    assert axe(desk) == []
    desk.get_by_role("button", name=f"Merge this one into {first.number}").click()
    expect(desk.locator("#said")).to_contain_text("Merged.")
    merged = ServiceRequest.objects.get(id=second.id)
    assert (merged.state, merged.duplicate_of_id) == (State.CLOSED, first.id)
    desk.goto(f"/desk/requests/{first.number}/")
    expect(desk.get_by_role("heading", name="Probably the same trouble")).to_have_count(0)
    assert notify.followers_count("service_request", first.id) == 0, "who has not opened the link follows nothing yet"
