"""A moderator answers in public and covers a plate, with keys alone: asked first, drawn, looked at, saved."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image
from playwright.sync_api import Page, expect
from tests.browser.conftest import axe, fits
from tests.support.people import sign_in

from cityhall.apps.documents import public as documents
from cityhall.apps.identity import public as identity
from cityhall.apps.service_requests import services
from cityhall.apps.service_requests.contracts import NewRequest, Place
from cityhall.apps.service_requests.models import Category, CategoryGroup, HistoryEvent, RequestPhoto
from cityhall.kernel.actors import ANONYMOUS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def drawn_with_the_mouse(page: Page) -> None:
    """Draw one area; it stands alone, the one that was offered is gone."""
    frame = page.locator("[data-cover-drawing]").bounding_box()
    assert frame is not None
    page.mouse.move(frame["x"] + frame["width"] / 10, frame["y"] + frame["height"] / 10)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] * 0.3, frame["y"] + frame["height"] * 0.3)
    page.mouse.up()
    expect(page.get_by_label("Width")).to_have_value("20")
    expect(page.get_by_label("Left")).to_have_value("10")


def test_words_are_asked_about_and_a_plate_is_covered_with_keys(page: Page, new_page: Callable[..., Page]) -> None:
    identity.ensure_department("streets", {"en": "Streets"})
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets"})
    Category.objects.create(code="pothole", group=group, name={"en": "Pothole"})
    out = io.BytesIO()
    Image.new("RGB", (400, 300), "gray").save(out, "JPEG")
    old = documents.take(out.getvalue(), filename="photo.jpg", actor=ANONYMOUS).id
    place = Place(32.7157, -117.1611, address="1202 Grand Ave")
    number = services.file_request(NewRequest("pothole", place, photos=(old,)), actor=ANONYMOUS).number
    sign_in(client := Client(), "supervisor")
    page.goto("/healthz")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": page.url}])

    page.goto(f"/desk/requests/{number}/")
    page.locator("#act-reply > summary").click()
    page.locator("#reply-sentence").fill("Call 619 555 0123 first.")
    page.get_by_role("button", name="Publish the reply").click()
    expect(page.get_by_text("“619 555 0123” looks like a telephone number.").first).to_be_visible()
    # A pane that htmx put in heads with h2, as in every refused form of the desk.
    assert [one for one in axe(page) if "page-has-heading-one" not in one] == []
    page.get_by_role("link", name="Change the text").press("Enter")
    expect(page.locator("#reply-sentence")).to_be_focused()
    page.locator("#reply-sentence").fill("Call 311 first.")
    page.get_by_role("button", name="Publish the reply").click()
    expect(page.get_by_text("The reply is public.").first).to_be_visible()
    assert HistoryEvent.objects.filter(text="Call 311 first.", visibility="public").exists()

    page.get_by_role("link", name="Cover faces or plates").click()
    spanish = new_page(width=390, dark=True)
    spanish.context.add_cookies(page.context.cookies())
    spanish.goto(page.url.replace("/desk/", "/es/desk/"))
    expect(spanish.locator("html")).to_have_attribute("lang", "es")
    assert axe(spanish) == []
    assert fits(spanish)
    area = page.locator("[data-cover-drawing] rect")
    drawn_with_the_mouse(page)
    page.reload()
    area.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.get_by_label("Left")).to_have_value("39")
    expect(page.get_by_label("Height")).to_have_value("21")
    page.get_by_role("button", name="Preview").last.click()
    expect(page.get_by_role("img", name="The photo with the areas covered")).to_be_visible()
    assert axe(page) == []
    assert fits(page)
    page.get_by_role("button", name="Cover and save").click()
    expect(page.get_by_text("The areas are covered, in every size").first).to_be_visible()
    photo = RequestPhoto.objects.get()
    assert (photo.original_id, photo.covered) == (old, [[39, 40, 20, 21]])
