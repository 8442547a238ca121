"""A resident says it once, on a phone; staff put the category right; in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import axe, fits, small_targets, tab_to
from tests.browser.test_desk_journey import enter
from tests.support import city

from cityhall.apps.identity import public as identity
from cityhall.apps.notify import public as notify
from cityhall.apps.notify.models import Message
from cityhall.apps.service_requests.contracts import number_text
from cityhall.apps.service_requests.models import Category, CategoryGroup, ServiceRequest
from cityhall.apps.service_requests.web import resident_guards
from cityhall.apps.triage import queries, services
from cityhall.kernel.django import outbox

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WORDS = "hay un oyo muy hondo en mi calle"


@pytest.fixture(autouse=True)
def smallville(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    city.build()
    identity.ensure_department("streets", {"en": "Streets"})
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets", "es": "Calles"})
    for code, name, keywords in (
        ("pothole", {"en": "Pothole", "es": "Bache"}, {"en": ["hole"], "es": ["hoyo", "hoyo en la calle"]}),
        ("sweeping", {"en": "Street sweeping", "es": "Barrido de calles"}, {"en": ["dirt"], "es": ["tierra"]}),
        ("leak", {"en": "Water leak", "es": "Fuga de agua"}, {"en": ["pipe"], "es": ["tubo"]}),
    ):
        Category.objects.create(code=code, group=group, name=name, keywords=keywords)
    # The browser fills the form quicker than any person.
    monkeypatch.setattr(resident_guards, "LEAST_SECONDS", 0.0)
    queries.forget()
    services.learn()
    yield
    queries.forget()


@pytest.mark.parametrize("dark", [False, True])
def test_said_once_suggested_filed_and_put_right(new_page: Callable[..., Page], dark: bool) -> None:
    phone = new_page(width=390, height=844, dark=dark)

    def look(page: Page) -> None:
        assert fits(page)
        assert axe(page) == []

    phone.goto("/es/report/")
    tab_to(phone, "¿Cuál es el problema?")
    phone.keyboard.type(WORDS)
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("heading", name="¿Es una de estas?")).to_be_visible()
    expect(phone.get_by_role("button", name="Bache")).to_contain_text("Quizás")
    look(phone)
    assert small_targets(phone, 44) == []
    tab_to(phone, "Bache")
    phone.keyboard.press("Enter")
    phone.locator("input[name=q]").fill("1202 Grand Ave")
    phone.get_by_role("button", name="Continuar").click()
    expect(phone.locator("textarea[name=description]")).to_have_value(WORDS)
    phone.get_by_role("button", name="Continuar").click()
    phone.get_by_role("button", name="Continuar").click()
    phone.get_by_role("button", name="Enviar el reporte").click()
    expect(phone.locator("h1")).to_be_visible()
    filed = ServiceRequest.objects.get()
    notify.follow("service_request", filed.id, email="rosa@example.org", language="es", vouched=True)
    assert (filed.category.code, filed.description) == ("pothole", WORDS)

    desk = new_page(width=1280, height=900, dark=dark)
    enter(desk)
    desk.goto(f"/desk/requests/{number_text(filed.number)}/")
    desk.locator(".acts-more > summary").click()
    desk.locator("#act-category > summary").click()
    desk.get_by_label("New category").select_option("leak")
    desk.get_by_role("button", name="Change the category").click()
    expect(desk.locator("#said")).to_have_text("The category is changed.")
    desk.reload()
    look(desk)
    filed.refresh_from_db()
    assert (filed.category.code, filed.description) == ("leak", WORDS)
    outbox.drain()
    told = Message.objects.get(template="service_requests/category_changed")
    assert "Fuga de agua" in told.text
    assert "No tiene que hacer nada" in told.text
