"""From the code in the terminal to a city that is set up, in a real browser: with scripts, and without them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.test_accessibility import problems

from cityhall.apps.identity import public as identity
from cityhall.apps.places import public as places
from cityhall.apps.setup import queries
from cityhall.apps.setup.services import bringing, entrance
from cityhall.config import engines
from cityhall.config.settings_file import SettingsFile
from cityhall.kernel import ports

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PASSWORD = "harbor lantern 57 quiet"


@pytest.fixture(autouse=True)
def installed(transactional_db: None, tmp_path: Path) -> Iterator[SettingsFile]:
    own = SettingsFile(tmp_path / "data")
    ports.installation.fill(lambda: own)
    yield own
    ports.installation.fill(engines.installation)


@pytest.fixture
def edge(tmp_path: Path) -> Path:
    ring = [[-76.3, 36.8], [-76.2, 36.8], [-76.2, 36.9], [-76.3, 36.9], [-76.3, 36.8]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    file = tmp_path / "edge.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {}, "geometry": shape}]}))  # fmt: skip
    return file


def load_what_waits() -> None:
    """Do the worker's part: no worker runs beside the tests' server."""
    for one in queries.uploads():
        bringing.load(one.id)


def walk(page: Page, edge: Path, look: Callable[[str], None]) -> None:
    """Go through every step in English, looking at each page."""
    page.goto(f"/setup/?code={entrance.make_code()}")
    look("start")
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="There is something to mend")).to_be_visible()
    look("city, refused")
    page.get_by_label("Name").fill("Norfolk")
    page.get_by_label("Time zone").fill("America/New_York")
    page.get_by_label("Holidays of").fill("US-VA")
    page.get_by_label("Public address").fill("https://311.norfolk.example")
    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_role("heading", name="Map files")).to_be_visible()
    page.get_by_text("The city's edge").click()
    page.get_by_label("File", exact=True).set_input_files(edge)
    page.get_by_role("button", name="Bring the file").click()
    expect(page.get_by_text("Waiting for its turn")).to_be_visible()
    look("map, waiting")
    load_what_waits()


def finish(page: Page, look: Callable[[str], None]) -> None:
    """Go on from the map to the end."""
    look("map, loaded")
    page.get_by_role("link", name="Continue").click()
    page.get_by_text("See the list that ships").click()
    look("categories")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("In English").first.fill("Public Works")
    look("departments")
    page.get_by_role("button", name="Continue").click()
    look("mail")
    page.get_by_label("Mail server").fill("mail.norfolk.example")
    page.get_by_label("E-mail comes from").fill("311@norfolk.example")
    page.get_by_role("button", name="Save the mail server").click()
    expect(page.get_by_text("No test message has left yet.")).to_be_visible()
    look("mail, set")
    page.get_by_role("link", name="Continue").click()
    page.get_by_label("Name").fill("Ana Ruiz")
    page.get_by_label("E-mail address").fill("ana@norfolk.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password once more").fill(PASSWORD)
    look("administrator")
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_text("40 categories, 8 departments")).to_be_visible()
    look("check")
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_text("The city is set up. Sign in")).to_be_visible()


def test_a_city_is_set_up_and_every_page_on_the_way_is_fit_for_everybody(page: Page, edge: Path) -> None:
    wrong: list[str] = []

    def look(name: str) -> None:
        wrong.extend(f"{name}: {one}" for one in problems(page, "/setup/"))
        page.set_viewport_size({"width": 1280, "height": 900})

    walk(page, edge, look)
    # The page finds out by itself, and says so to those who do not see it.
    expect(page.get_by_text("Loaded: 1 of 1 rows.")).to_be_visible()
    expect(page.locator("#map-news")).to_contain_text("loaded")
    finish(page, look)
    assert wrong == [], "\n".join(wrong)
    assert places.city().has_boundary
    assert identity.administrators() == {"ana@norfolk.example": False}
    assert page.request.get("/setup/city/").status == 404


def test_it_works_without_scripts_on_a_phone(new_page: Callable[..., Page], edge: Path) -> None:
    page = new_page(width=390, scripts=False)
    walk(page, edge, lambda _name: None)
    page.get_by_role("link", name="Look again how far it is").click()
    expect(page.get_by_text("Loaded: 1 of 1 rows.")).to_be_visible()
    finish(page, lambda _name: None)
    assert queries.standing().finished_at is not None


def test_it_speaks_spanish_and_fits_a_phone(new_page: Callable[..., Page]) -> None:
    page = new_page(width=390, language="es-US", dark=True)
    page.goto(f"/setup/?code={entrance.make_code()}")
    expect(page).to_have_url(re.compile("/es/setup/"))
    page.get_by_role("button", name="Empezar").click()
    wrong: list[str] = []
    for step in ("city", "map", "categories", "departments", "mail", "administrator", "check"):
        page.goto(f"/es/setup/{step}/")
        wrong += [f"{step}: {one}" for one in problems(page, "/es/setup/")]
        for english in ("Continue", "Back", "Finish"):
            assert page.get_by_text(english, exact=True).count() == 0, step
    assert wrong == [], "\n".join(wrong)
