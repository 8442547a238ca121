"""Ready answers, a closing that is approved, a shortlist and a named colleague, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from tests.browser.conftest import axe, fits, small_targets
from tests.support.people import make_person, sign_in

from cityhall.apps.identity import public as identity
from cityhall.apps.identity.models import User
from cityhall.apps.service_requests import services
from cityhall.apps.service_requests.contracts import Filed, NewRequest, Place
from cityhall.apps.service_requests.models import Category, CategoryGroup
from cityhall.kernel.actors import ANONYMOUS
from cityhall.kernel.django import outbox

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def filed(transactional_db: None) -> Filed:
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets", "es": "Calles"})
    name = {"en": "Pothole", "es": "Bache"}
    Category.objects.create(code="pothole", group=group, name=name, approve_outcomes=["fixed"])
    place = Place(32.7157, -117.1611, address="1202 Grand Ave")
    return services.file_request(NewRequest("pothole", place, description="Deep."), actor=ANONYMOUS)


def person(role: str, name: str) -> User:
    identity.ensure_department("streets", {"en": "Streets"})
    made = make_person(role)
    made.name = name
    made.save()
    return made


def enter(page: Page, user: User) -> None:
    client = Client()
    sign_in(client, user=user)
    page.goto("/healthz")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": page.url}])


def looked_at(page: Page) -> None:
    assert axe(page) == []
    assert fits(page)
    assert small_targets(page) == []
    assert page.locator("h1").count() == 1


def test_an_answer_is_written_used_and_approved_and_a_colleague_named(
    new_page: Callable[..., Page], filed: Filed
) -> None:
    rosa, tom = person("supervisor", "Rosa Ibarra"), person("dispatcher", "Tom Becker")
    desk = new_page()
    enter(desk, rosa)
    desk.goto("/desk/answers/")
    looked_at(desk)
    desk.get_by_role("link", name="Write an answer").click()
    desk.get_by_label("Sentence in English").fill("Filled at {plaec}.")
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_role("alert")).to_contain_text("There is no {plaec}.")
    looked_at(desk)
    desk.get_by_label("Sentence in English").fill("Filled at {place}.")
    desk.get_by_label("Sentence in Spanish").fill("Tapado en {place}.")
    desk.get_by_label("Number of the request").fill(filed.number)
    desk.get_by_role("button", name="Show the answer").click()
    expect(desk.locator("#preview")).to_contain_text("Tapado en 1202 Grand Ave.")
    looked_at(desk)
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_role("row", name="Filled at {place}.")).to_be_visible()
    looked_at(desk)

    crew = new_page(width=390, dark=True)
    enter(crew, tom)
    crew.goto(f"/desk/requests/{filed.number}/")
    crew.locator("#act-close > summary").click()
    crew.get_by_role("radio", name="Fixed").check()
    crew.locator("#close-ready").select_option(label="Filled at 1202 Grand Ave.")
    expect(crew.locator("#close-sentence")).to_have_value("Filled at 1202 Grand Ave.")
    expect(crew.locator("#close-also")).to_have_value("Tapado en 1202 Grand Ave.")
    looked_at(crew)
    crew.get_by_role("button", name="Close the request").click()
    expect(crew.locator("#asked")).to_contain_text("Tapado en 1202 Grand Ave.")
    crew.reload()
    looked_at(crew)

    desk.goto("/desk/?queue=approval")
    expect(desk.get_by_role("link", name="Pothole on Grand Ave")).to_be_visible()
    desk.goto(f"/desk/requests/{filed.number}/")
    desk.locator("#act-note > summary").click()
    note = desk.get_by_label("Note for colleagues")
    note.press_sequentially("Well done @tom")
    expect(desk.get_by_role("option", name="Tom Becker @tom.becker")).to_be_visible()
    assert axe(desk) == []
    assert fits(desk)
    note.press("Enter")
    expect(note).to_have_value("Well done @tom.becker ")
    desk.get_by_role("button", name="Keep the note").click()
    expect(desk.locator("#said")).to_contain_text("Told: Tom Becker.")
    desk.keyboard.press("s")
    expect(desk.get_by_role("button", name="Off my shortlist")).to_be_visible()
    desk.get_by_role("button", name="Approve and close").click()
    expect(desk.locator("#said")).to_contain_text("Approved and closed.")
    outbox.drain()

    crew.goto("/es/desk/notices/")
    expect(crew.get_by_text("Rosa Ibarra escribió su nombre en una nota")).to_be_visible()
    looked_at(crew)
    crew.goto(f"/es/requests/{filed.number}/")
    expect(crew.get_by_text("Tapado en 1202 Grand Ave.").first).to_be_visible()
    for address in ("/es/desk/answers/", "/es/desk/answers/new/"):
        desk.goto(address)
        expect(desk.locator("html")).to_have_attribute("lang", "es")
        looked_at(desk)


def test_without_scripts_a_ready_sentence_is_used_by_a_button(new_page: Callable[..., Page], filed: Filed) -> None:
    page = new_page(scripts=False)
    enter(page, person("dispatcher", "Tom Becker"))
    page.goto(f"/desk/requests/{filed.number}/")
    page.locator("#act-close > summary").click()
    page.locator("#close-ready").select_option(label="The repair is done. Thank you for telling us.")
    page.locator("#act-close").get_by_role("button", name="Use it").click()
    expect(page.locator("#close-sentence")).to_have_value("The repair is done. Thank you for telling us.")
    expect(page.locator("#close-also")).to_have_value("La reparación está terminada. Gracias por avisarnos.")
