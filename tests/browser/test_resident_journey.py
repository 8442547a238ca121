"""A resident's way through the report, in a real browser: by keyboard alone, on a phone, without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import axe, fits, focused, small_targets, tab_to
from tests.support import city

from cityhall.apps.service_requests import services
from cityhall.apps.service_requests.contracts import NewRequest, Place
from cityhall.apps.service_requests.models import Category, CategoryGroup, Question, ServiceRequest
from cityhall.apps.service_requests.web import resident_guards
from cityhall.kernel.actors import ANONYMOUS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def smallville(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    city.build()
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets", "es": "Calles"})
    pothole = Category.objects.create(
        code="pothole",
        group=group,
        name={"en": "Pothole", "es": "Bache"},
        description={"en": "A hole in the road", "es": "Un hoyo en la calle"},
        keywords={"en": ["crater"], "es": ["hoyo"]},
        target_days=5,
    )
    Category.objects.create(code="wire", group=group, name={"en": "Downed wire"}, is_emergency=True)
    Question.objects.create(
        category=pothole,
        code="size",
        text={"en": "How big is it?", "es": "¿De qué tamaño es?"},
        datatype="singlevaluelist",
        required=True,
        values=[
            {"key": "small", "name": {"en": "Small", "es": "Pequeño"}},
            {"key": "big", "name": {"en": "Big", "es": "Grande"}},
        ],
    )
    # The browser fills the form quicker than any person.
    monkeypatch.setattr(resident_guards, "LEAST_SECONDS", 0.0)


def test_by_keyboard_alone_with_names_focus_and_announcements(page: Page) -> None:
    page.goto("/report/")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the main content"
    tab_to(page, "What is wrong?")
    page.keyboard.type("crater")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Is it one of these?")).to_be_visible()
    tab_to(page, "Pothole")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Where is it?")).to_be_visible()
    tab_to(page, "Street address or crossing")
    page.keyboard.type("1202 Gra")
    box = page.get_by_role("combobox", name="Street address or crossing")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("status").filter(has_text="found")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_have_text("1202 Grand Ave")
    page.keyboard.press("Enter")
    expect(box).to_have_value("1202 Grand Ave")
    tab_to(page, "Continue")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Tell us more")).to_be_visible()
    tab_to(page, "Continue")
    page.keyboard.press("Enter")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Answer “How big is it?”.")
    wide = [
        summary.evaluate("one => one.offsetWidth"),
        page.get_by_label("Anything else").evaluate("one => one.offsetWidth"),
    ]
    assert wide[0] <= wide[1], "the summary is no wider than the fields it speaks of"
    assert page.title().startswith("Error:")
    assert axe(page) == []
    page.keyboard.press("Tab")
    assert focused(page) == "Answer “How big is it?”."
    tab_to(page, "Small")
    page.keyboard.press("Space")
    tab_to(page, "Anything else")
    page.keyboard.type("Deep one.")
    tab_to(page, "Continue")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="How can we reach you?")).to_be_visible()
    tab_to(page, "E-mail me")
    if page.get_by_role("checkbox").is_checked():
        page.keyboard.press("Space")
    tab_to(page, "Continue")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Check and send")).to_be_visible()
    tab_to(page, "Send the report")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="We have your report")).to_be_visible()
    above = "return document.defaultView.getComputedStyle(one).marginBlockStart"
    spaces = page.locator("main h2").evaluate_all(f"all => all.map(one => {{ {above}; }})")
    assert len(spaces) == 2, "the private link, and how to hear when it changes"
    assert len(set(spaces)) == 1, "parts of one rank stand equally apart"
    filed = ServiceRequest.objects.get()
    assert filed.answers == {"size": "small"}
    assert filed.address == "1202 Grand Ave"
    assert axe(page) == []


@pytest.mark.parametrize("dark", [False, True])
def test_every_step_is_accessible_and_fits_a_phone(new_page: Callable[..., Page], dark: bool) -> None:
    page = new_page(width=390, height=844, dark=dark)

    def look() -> None:
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        assert fits(page)
        assert small_targets(page, 44) == []
        assert axe(page) == []

    page.goto("/report/")
    look()
    page.get_by_role("button", name="A photo").click()
    look()
    page.get_by_role("button", name="Continue").click()
    look()
    page.get_by_label("Street address or crossing").fill("1202 Grand Ave")
    page.get_by_role("button", name="Continue").click()
    look()
    page.get_by_role("radio", name="Pothole").check()
    page.get_by_role("button", name="Continue").click()
    look()
    page.get_by_role("radio", name="Big").check()
    page.get_by_role("button", name="Continue").click()
    look()
    page.get_by_role("checkbox").uncheck()
    page.get_by_role("button", name="Continue").click()
    look()
    page.get_by_role("button", name="Send the report").click()
    look()
    page.get_by_role("link", name="Pothole on Grand Ave").click()
    look()
    page.goto("/requests/")
    look()


def test_without_scripts_in_spanish(new_page: Callable[..., Page]) -> None:
    page = new_page(width=390, scripts=False, language="es-US")
    page.goto("/report/")
    assert page.url.endswith("/es/report/"), "a Spanish browser is led to the Spanish page"
    page.locator("input[type=search]").fill("hoyo")
    page.locator("form[role=search] button").click()
    page.locator("button[value=pothole]").click()
    page.locator("input[name=q]").fill("Grand")
    page.locator("button[name=search]").click()
    page.locator("input[name=place]").first.check()
    page.locator("main form .usa-button:visible").last.click()
    page.locator("input[value=big]").check()
    page.locator("main form .usa-button").last.click()
    page.locator("input[name=follow]").uncheck()
    page.locator("main form .usa-button").last.click()
    page.locator("main form .usa-button").last.click()
    filed = ServiceRequest.objects.get()
    assert filed.language == "es"
    assert "/es/report/receipt/" in page.url


def test_the_map_draws_and_takes_a_pin(page: Page) -> None:
    page.goto("/report/place/")
    page.wait_for_selector("[data-map][data-ready=yes]")
    page.get_by_role("button", name="Put the pin in the middle of the map").click()
    expect(page.locator(".map__drop")).to_have_count(1)
    lat = float(page.locator("input[name=lat]").input_value())
    assert abs(lat - city.CENTER[0]) < 0.01
    expect(page.get_by_role("status").filter(has_text="The pin is placed.")).to_have_count(1)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="What is wrong?")).to_have_count(0)
    page.goto("/report/what/")
    expect(page.get_by_role("heading", name="What is wrong?")).to_be_visible()


def test_a_card_is_one_target_and_shows_its_place_on_the_map(page: Page) -> None:
    lat, lon = city.CENTER
    filed = [
        services.file_request(
            NewRequest("pothole", Place(lat, lon + step / 20_000, address=f"{1202 + step} Grand Ave"),
                       answers={"size": "small"}),
            actor=ANONYMOUS,
        )
        for step in range(3)
    ]  # fmt: skip
    page.goto("/requests/")
    page.locator(".map[data-drawn=yes] .map__cluster").first.wait_for()
    card = page.locator(f"[data-request='{filed[1].number}']")
    expect(card).to_contain_text("1203 Grand Ave")
    assert page.locator(".map__pin.is-lit").count() == 0
    card.hover()
    expect(page.locator(".map__pin.is-lit")).to_have_attribute("data-number", filed[1].number)
    page.locator("h1").hover()
    expect(page.locator(".map__pin.is-lit")).to_have_count(0)
    box, field = page.get_by_role("button", name="Show").bounding_box(), page.locator("#q").bounding_box()
    assert box and field
    assert box["x"] - field["x"] - field["width"] < 40, "the button stands beside its field"
    size = card.bounding_box()
    assert size
    page.mouse.click(size["x"] + size["width"] - 12, size["y"] + size["height"] - 8)
    expect(page.get_by_role("heading", level=1, name="Pothole on Grand Ave")).to_be_visible()


def test_the_list_and_its_map_are_accessible(page: Page) -> None:
    page.goto("/requests/")
    page.wait_for_selector("[data-map][data-ready=yes]")
    assert axe(page) == []
    expect(page.get_by_text("No request fits these filters.")).to_be_visible()


def test_an_emergency_is_sent_to_911(page: Page) -> None:
    page.goto("/report/?q=wire")
    expect(page.get_by_role("heading", name="Call 911 now")).to_be_visible()
    expect(page.get_by_role("link", name="Call 911")).to_have_attribute("href", "tel:911")
    assert axe(page) == []


def test_the_first_load_of_the_flow_is_light(new_page: Callable[..., Page]) -> None:
    """Without the map, everything a phone loads for the first step is under 100 kB as it travels compressed."""
    import gzip

    page = new_page(width=390)
    sizes: dict[str, int] = {}

    def count(response: object) -> None:
        body = response.body()  # type: ignore[attr-defined]
        url = str(response.url)  # type: ignore[attr-defined]
        sizes[url] = len(body) if url.endswith(".woff2") else len(gzip.compress(body))

    page.on("response", count)
    page.goto("/report/", wait_until="networkidle")
    page.get_by_role("button", name="A photo").click()
    page.wait_for_load_state("networkidle")
    assert sum(sizes.values()) < 100_000, sizes


def test_on_a_spanish_phone_what_belongs_together_stands_on_one_line(new_page: Callable[..., Page]) -> None:
    page = new_page(width=390, language="es-US")
    page.goto("/es/")
    lines = page.evaluate(
        """() => [...document.querySelectorAll(".search-line, .theme-switch")].map(one =>
            new Set([...one.querySelectorAll("input, button")].map(part => part.getBoundingClientRect().top)).size)"""
    )
    assert lines == [1, 1, 1]
