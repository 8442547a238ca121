"""A resident finds a dataset, reads it, asks it a question without JavaScript; in both languages and modes."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.http import QueryDict
from django.test import Client
from playwright.sync_api import Page, expect
from tests.browser.conftest import axe, fits, small_targets
from tests.support import city
from tests.support.people import sign_in

from cityhall.apps.opendata import public, queries
from cityhall.apps.opendata.models import Mistake, Wish
from cityhall.apps.opendata.web import asking
from cityhall.kernel.actors import system

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CONTRACT = """
name = "street-trees"
title = { en = "Street trees", es = "Árboles de las calles" }
description = { en = "Every tree the city cares for.", es = "Cada árbol que la ciudad cuida." }
owner = "Parks and Trees"
licence = "CC BY 4.0"
key = "id"
fresh_within = "P1M"
topics = [{ en = "Trees", es = "Árboles" }]
[[columns]]
name = "id"
type = "number"
[[columns]]
name = "species"
title = { en = "Species", es = "Especie" }
description = { en = "What it is called.", es = "Cómo se llama." }
[[columns]]
name = "height"
title = { en = "Height", es = "Altura" }
type = "number"
unit = "m"
[[columns]]
name = "place"
title = { en = "Place", es = "Lugar" }
type = "point"
longitude = "lng"
latitude = "lat"
[[columns]]
name = "planted"
title = { en = "Planted", es = "Plantado" }
type = "date"
"""


@pytest.fixture
def trees(transactional_db: None, tmp_path: Path) -> str:
    """Forty trees; the dataset's code."""
    city.build()
    file = tmp_path / "trees.csv"
    lat, lng = city.CENTER
    lines = [
        f"{at},{'Oak' if at % 4 else 'Elm'},{at},{2024 + at % 2}-{at % 12 + 1:02}-05,{lat + at / 5000},{lng}\n"
        for at in range(1, 41)
    ]
    file.write_text("id,species,height,planted,lat,lng\n" + "".join(lines), encoding="utf-8")
    return public.publish_file(file, actor=system("test"), contract=public.read_contract(CONTRACT)).id


def test_a_resident_finds_a_dataset_and_asks_it(new_page: Callable[..., Page], trees: str) -> None:
    page = new_page(width=390, scripts=False)
    page.goto("/data/")
    page.get_by_label("Words").fill("altura")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Street trees").click()
    expect(page.get_by_text("Every month; on time")).to_be_visible()
    page.get_by_label("Column", exact=True).select_option("Species")
    page.get_by_label("Value", exact=True).fill("Elm")
    page.get_by_label("Sort by").select_option("Height")
    page.get_by_label("Direction").select_option("Largest or newest first")
    page.get_by_role("button", name="Show these rows").click()
    first = page.get_by_role("region", name="The answer").get_by_role("row").nth(1)
    expect(first).to_contain_text("40")
    page.get_by_text("Count by groups").click()
    page.get_by_role("group", name="One line for each").get_by_label("Species").check()
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("region", name="The answer").get_by_role("row")).to_have_count(2)
    assert "g=species" in page.url
    page.go_back()
    page.get_by_role("region", name="The answer").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="One row of: Street trees")).to_be_visible()


@pytest.mark.parametrize(("language", "dark"), [("en", False), ("es", True)])
def test_the_pages_of_data_are_for_everybody(
    new_page: Callable[..., Page], trees: str, language: str, dark: bool
) -> None:
    prefix = "" if language == "en" else "/es"
    info = queries.dataset(trees)
    row = f"/data/{trees}/rows/{asking.answer(asking.read(QueryDict(), info), info, 1).rows[0][0]}/"
    for width in (390, 1280):
        page = new_page(width=width, dark=dark)
        for at, path in enumerate(
            (
                "/data/?topic=trees",
                "/data/?q=zebra",
                f"/data/{trees}/",
                f"/data/{trees}/query/?g=species&m=avg&of=height&f1=height",
                row,
                f"{row}mistake/",
                f"/data/{trees}/follow/",
                "/data/requests/",
                "/data/requests/new/",
            )
        ):
            page.goto(prefix + path)
            if path == f"/data/{trees}/":
                page.locator(".map").scroll_into_view_if_needed()
                expect(page.locator(".map__pin--plain, .map__cluster").first).to_be_visible()
            assert axe(page) == []
            assert fits(page)
            assert small_targets(page) == []
            if folder := os.environ.get("SHOTS"):
                page.screenshot(path=f"{folder}/data{at}-{width}{language}.png", full_page=True)


OGC = (
    "/ogc/", "/ogc/conformance", "/ogc/api", "/ogc/collections", "/ogc/collections/{code}",
    "/ogc/collections/{code}/queryables", "/ogc/collections/{code}/items", "/ogc/collections/{code}/items?filter=x",
)  # fmt: skip


def test_the_pages_for_map_programs_are_for_everybody_and_draw_their_tiles(
    new_page: Callable[..., Page], trees: str
) -> None:
    small, wide = new_page(width=390, dark=True, language="es-US"), new_page(width=1280)
    for at, (path, page) in enumerate([*((path, small) for path in OGC), *((path, wide) for path in OGC[4:7:2])]):
        with contextlib.ExitStack() as waiting:
            if path.endswith("{code}"):
                tile = waiting.enter_context(page.expect_response(lambda response: "/tiles/" in response.url))
            page.goto(("/es" if page is small else "") + path.format(code=trees))
            if page.locator(".map").count():
                page.locator(".map").scroll_into_view_if_needed()
                expect(page.locator('.map[data-drawn="yes"]')).to_be_visible()
        if path.endswith("{code}"):
            assert tile.value.ok
        assert axe(page) == []
        assert fits(page)
        assert small_targets(page) == []
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=f"{folder}/ogc{at}.png", full_page=True)
    page.goto(f"/ogc/collections/{trees}/items?limit=1&sortby=id")
    page.locator('.map[data-drawn="yes"]').click()
    expect(page.get_by_role("heading", name="One row of: Street trees")).to_be_visible()


def test_what_a_resident_asks_is_answered_at_the_desk(new_page: Callable[..., Page], trees: str) -> None:
    page = new_page(width=390, scripts=False)
    page.goto("/data/?q=zebra")
    page.get_by_role("link", name="Ask for data").click()
    page.get_by_label("Which data?").fill("Bus stops with benches")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Somebody of the city reads it")).to_be_visible()
    page.goto(f"/data/{trees}/")
    page.get_by_role("region", name="The first rows").get_by_role("link").first.click()
    page.get_by_role("link", name="Something wrong in this row?").click()
    page.get_by_label("Where").select_option("Height")
    page.get_by_label("What is wrong").fill("It is taller.")
    page.get_by_role("button", name="Tell the city").click()
    expect(page.get_by_text("A mistake in this row was reported on")).to_be_visible()

    folder = os.environ.get("SHOTS")
    sign_in(clerk := Client(), role="administrator")
    session = clerk.cookies[settings.SESSION_COOKIE_NAME].value
    wish, mistake = Wish.objects.get().id, Mistake.objects.get().id
    for width, prefix, dark in ((390, "/es", True), (1280, "", False)):
        page = new_page(width=width, dark=dark)
        page.goto("/healthz")
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": page.url}])
        for at, path in enumerate(("requests/", f"requests/{wish}/", "mistakes/", f"mistakes/{mistake}/")):
            page.goto(f"{prefix}/desk/data/{path}")
            assert page.url.endswith(f"/desk/data/{path}")
            assert axe(page) == []
            assert fits(page)
            if folder:
                page.screenshot(path=f"{folder}/desk{at}-{width}.png", full_page=True)
        page.goto(f"{prefix}/desk/data/{trees}/recall/")
        assert axe(page) == []
        assert fits(page)
        if folder:
            page.screenshot(path=f"{folder}/recall-{width}.png", full_page=True)
    page.goto(f"/desk/data/requests/{wish}/")
    page.get_by_label("Planned").check()
    page.get_by_role("button", name="Publish the answer").click()
    page.goto("/data/requests/")
    page.get_by_role("button", name="Me too").click()
    expect(page.get_by_text("2 people want it")).to_be_visible()
    assert axe(page) == []
    if folder:
        page.screenshot(path=f"{folder}/wishes.png", full_page=True)
