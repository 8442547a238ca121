"""A real Chromium against a live server. `visit` opens pages; whatever a page complains about fails the test."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.support.browser import ARGUMENTS, chromium

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
BUILT = ROOT / "src" / "cityhall" / "static" / "built" / "stamp.json"

# Playwright's loop runs in the test's thread; Django would refuse to ask the database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests share one worker: one Chromium is enough."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    """The browser of the run."""
    path = chromium()
    if path is None:
        pytest.skip("no Chromium: see docs/how-to/run-the-tests.md")
    if not BUILT.exists():
        pytest.skip("the front end is not built: run frontend/build.py")
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chrome: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Make pages in fresh contexts: `new_page(width=390, dark=True, scripts=False, language="es-US")`.

    Errors in the console, refusals of the content security policy among them, fail the test.
    """
    contexts = []
    problems: list[str] = []

    def make(
        *, width: int = 1280, height: int = 900, dark: bool = False, scripts: bool = True, language: str = "en-US"
    ) -> Page:
        context = chrome.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            locale=language,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text) if _is_trouble(message) else None)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not problems, problems


def _is_trouble(message: Any) -> bool:
    # A refused form answers 400, 409 or 422; Chromium reports that as an error, and it is none.
    return message.type == "error" and not re.search(r"status of (400|409|422)\b", message.text)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A desktop page."""
    return new_page()


#: The rules of axe-core whose answer depends on the colours or the language; all others judge both alike.
OF_COLOURS_AND_WORDS = (
    "color-contrast", "link-in-text-block", "label-content-name-mismatch", "html-has-lang", "html-lang-valid",
    "valid-lang", "document-title", "target-size",
)  # fmt: skip


def await_all_of(page: Page) -> None:
    """Wait until the page and its styles are there: a click returns as soon as the next page begins to arrive."""
    page.wait_for_load_state()


def axe(page: Page, *rules: str) -> list[str]:
    """Return what axe-core objects to on the page, as "rule: element" lines: by all rules, or by these alone."""
    await_all_of(page)
    # Evaluated and not put in as a script tag, which the content security policy refuses.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    asked = {
        "runOnly": rules or ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        "resultTypes": ["violations"],  # to describe what passes takes as long as to find what does not
        "preload": False,  # only the rules about films and turned screens wait for it
    }
    found = page.evaluate("asked => axe.run(document, asked)", asked)
    return [f"{one['id']}: {node['html'][:160]}" for one in found["violations"] for node in one["nodes"]]


def tab_to(page: Page, name: str, *, most: int = 80) -> None:
    """Press Tab until the element with this accessible name (or the beginning of it) has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if focused(page).startswith(name):
            return
    raise AssertionError(f"{name!r} is not reached by keyboard; the focus is on {focused(page)!r}")


def focused(page: Page) -> str:
    """Return what a screen reader would call the focused element: its label, its legend's choice, its text."""
    return str(
        page.evaluate(
            """() => {
                const one = document.activeElement;
                if (!one) return "";
                const named = one.getAttribute("aria-label");
                if (named) return named;
                const text = one.labels?.length ? one.labels[0].textContent : one.textContent;
                return (text || "").replace(/\\s+/g, " ").trim();
            }"""
        )
    )


def fits(page: Page) -> bool:
    """Say whether the page needs no scrolling sideways."""
    await_all_of(page)
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def small_targets(page: Page, least: int = 24) -> list[str]:
    """Return buttons and fields that are smaller than `least` px, by their text."""
    await_all_of(page)
    return [
        str(one)
        for one in page.evaluate(
            """least => [...document.querySelectorAll("button, .usa-button, input, select, textarea")]
                .filter(one => one.type !== "hidden")
                .filter(one => one.offsetParent && !one.closest("[aria-hidden=true], .maplibregl-map, .choice"))
                .filter(one => one.getBoundingClientRect().height < least)
                .map(one => one.outerHTML.slice(0, 120))""",
            least,
        )
    ]
