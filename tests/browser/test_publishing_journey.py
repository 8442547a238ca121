"""A clerk publishes a spreadsheet at the desk, without JavaScript; a visitor's program asks for its rows."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import axe, fits, small_targets
from tests.browser.test_desk_journey import enter
from tests.support import city

from cityhall.apps.opendata.imports import brought
from cityhall.apps.opendata.models import Draft

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
TREES = "id,Species,Height,Adopted by,lat,lng\n" + "".join(
    f"{at},{'Oak' if at % 2 else 'Elm'},{at},Maria Lopez,32.71{at:02},-117.16{at:02}\n" for at in range(1, 31)
)


def look(page: Page, name: str) -> None:
    expect(page.locator("h1")).to_have_count(1)
    assert axe(page) == []
    assert fits(page)
    assert small_targets(page) == []
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def work() -> None:
    brought.work(Draft.objects.latest("at").id)


def test_a_clerk_publishes_a_spreadsheet(new_page: Callable[..., Page], transactional_db: None, tmp_path: Path) -> None:
    city.build()
    file = tmp_path / "street trees.csv"
    file.write_text(TREES, encoding="utf-8")
    page = new_page(width=390, scripts=False)
    enter(page, "data-steward")
    page.goto("/desk/data/")
    expect(page.get_by_text("Nothing is published yet.")).to_be_visible()
    page.get_by_role("link", name="Publish a file").click()
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Bring the file").click()
    expect(page.get_by_text("The file is being read.")).to_be_visible()
    work()
    page.get_by_role("link", name="Look again now").click()
    expect(page.get_by_text("This looks like people’s names.")).to_be_visible()
    page.get_by_label("Title in English").first.fill("Street trees")
    page.get_by_role("button", name="See what everybody will see").click()
    expect(page.get_by_role("cell", name="Elm").first).to_be_visible()
    expect(page.get_by_text("Maria Lopez")).to_have_count(0)
    page.get_by_role("button", name="Publish").click()
    work()
    page.get_by_role("link", name="Look again now").click()
    expect(page.get_by_text("Street trees: 30 rows for everybody.")).to_be_visible()
    address = page.get_by_role("link", name="/data/").inner_text()
    rows = new_page().request.get(address.rstrip("/").replace("/data/", "/resource/") + ".json?$where=height=30")
    [row] = json.loads(rows.text())
    assert row["species"] == "Elm" and "adopted_by" not in row
    page.get_by_role("link", name="Its state, for publishers").click()
    expect(page.get_by_role("rowheader").first).to_be_visible()


def test_the_pages_of_publishing_are_for_everybody(
    new_page: Callable[..., Page], transactional_db: None, tmp_path: Path
) -> None:
    city.build()
    file = tmp_path / "trees.csv"
    file.write_text(TREES, encoding="utf-8")
    page = new_page(width=390, dark=True)
    enter(page, "data-steward")
    page.goto("/es/desk/data/new/")
    look(page, "new")
    page.locator("#file").set_input_files(file)
    page.locator("form[enctype] button").click()
    expect(page.locator("progress")).to_be_visible()
    work()
    expect(page.locator("#c3_show")).to_be_visible()  # the page looks again by itself
    page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
    page.locator("#c3_show").select_option("keep")
    page.locator("form[novalidate] .usa-button[type=submit]").click()
    expect(page.locator(".error-summary")).to_be_focused()
    look(page, "problem")
    page.locator("#c3_show").select_option("drop")
    page.locator("form[novalidate] .usa-button[type=submit]").click()
    expect(page.locator("table.preview")).to_be_visible()
    look(page, "preview")
    page.locator("form[data-once] .usa-button[type=submit]").click()
    expect(page.locator("progress")).to_be_visible()
    work()
    expect(page.locator(".snippet").first).to_be_visible()
    page.locator("a[href*='/desk/data/']").last.click()
    look(page, "dataset")
