"""A resident asks how the city does with potholes in their district, in a real browser, in both languages and modes."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import axe, fits, small_targets
from tests.support import city

from cityhall.apps.places import public as places
from cityhall.apps.places.contracts import AreaRow
from cityhall.apps.service_requests import public as requests
from cityhall.apps.service_requests.contracts import NewRequest, Place
from cityhall.apps.service_requests.models import Category, CategoryGroup
from cityhall.kernel.actors import ANONYMOUS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(transactional_db: None) -> None:
    """A small city of two districts with residents, and a few requests."""
    city.build()
    lat, lon = city.CENTER
    rows = [
        AreaRow(
            code, {"en": f"District {code}", "es": f"Distrito {code}"}, _square(west, lat - 0.1), {"population": 900}
        )
        for code, west in (("1", lon - 0.2), ("2", lon))
    ]
    places.replace_areas("council", rows, name={"en": "Districts", "es": "Distritos"}, order=1)
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets", "es": "Calles"})
    for code, name in (("pothole", {"en": "Pothole", "es": "Bache"}), ("tree", {"en": "Tree", "es": "Árbol"})):
        Category.objects.create(code=code, group=group, name=name, target_days=5)
    for step in range(4):
        place = Place(lat, lon - 0.003 + step * 0.002, address=f"{120 + step} Elm Street")
        requests.file_request(NewRequest("tree" if step == 3 else "pothole", place), actor=ANONYMOUS)
    requests.add_up_tallies()


def _square(west: float, south: float) -> dict[str, object]:
    ring = [[west, south], [west + 0.2, south], [west + 0.2, south + 0.2], [west, south + 0.2], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def looked_over(page: Page) -> None:
    assert axe(page) == []
    assert fits(page)
    assert small_targets(page) == []


def test_from_the_menu_to_a_districts_potholes_and_their_data(page: Page, town: None, tmp_path: Path) -> None:
    page.goto("/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Figures").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How the city does with your requests")
    expect(page.get_by_role("img", name="Map of the areas")).to_be_visible()
    looked_over(page)
    page.get_by_label("Kind", exact=True).select_option("Pothole")
    page.get_by_label("Area", exact=True).select_option("District 2")
    page.get_by_role("button", name="Show").click()
    strip = page.locator(".strip--many div").first
    expect(strip).to_contain_text("Reported")
    expect(strip.locator(".figure")).to_have_text("1")
    strip.get_by_role("link").click()
    expect(page.locator("#how-opened")).to_contain_text("Requests filed in the time")
    months = page.locator(".table-scroll[aria-label='Month by month']")
    expect(months).to_be_hidden()
    page.get_by_text("Show as a table: Month by month").click()
    expect(months.get_by_role("row")).to_have_count(13)
    looked_over(page)
    with page.expect_download() as waited:
        page.get_by_role("link", name="CSV Month by month").click()
    waited.value.save_as(tmp_path / "months.csv")
    rows = list(csv.DictReader((tmp_path / "months.csv").open()))
    assert [row["opened"] for row in rows][-1] == "1"


def test_the_page_in_spanish_on_a_phone_in_both_modes(new_page: Callable[..., Page], town: None) -> None:
    for dark in (False, True):
        page = new_page(width=390, dark=dark)
        page.goto("/es/figures/")
        expect(page.get_by_role("heading", level=1)).to_have_text("Cómo cumple la ciudad con sus solicitudes")
        expect(page.get_by_text("Pocos reportes no significan pocos problemas.")).to_be_visible()
        looked_over(page)
