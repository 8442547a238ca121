"""The demo's entrance as it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from tests.browser.conftest import axe, fits

from cityhall.demo import web

pytestmark = [
    pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.demo.test_entrance"),
]  # fmt: skip


@pytest.mark.parametrize("width", [390, 1280])
def test_buttons_of_a_row_stand_level_and_no_address_is_broken(
    new_page: Callable[..., Page], settings: Any, width: int
) -> None:
    settings.CITYHALL_DEMO = True
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [Path(web.__file__).with_name("templates")]}]
    page = new_page(width=width)
    page.goto("/demo/")
    panels = page.locator(".plain-list > li")
    spots = panels.evaluate_all(
        """all => all.map(one => [one.getBoundingClientRect().top,
            one.querySelector("button").getBoundingClientRect().top])"""
    )
    assert len(spots) == 6
    for row in {panel for panel, _ in spots}:
        assert len({button for panel, button in spots if panel == row}) == 1
    lines = panels.locator("dd").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height / parseFloat(getComputedStyle(one).lineHeight))"
    )
    assert max(lines) < 1.5, "one line each"
    assert fits(page)
    assert axe(page) == []
