"""Every page a person can open with a link, as each role: axe, one heading, one filled button, width, targets, focus.

The pages are not listed here: they are found in the URL map, by asking for each address as each role.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import is_valid_path, reverse
from django.utils import translation
from playwright.sync_api import Browser, BrowserContext, Page, Response
from tests.browser.conftest import AXE, OF_COLOURS_AND_WORDS, axe, fits
from tests.support import city
from tests.support.people import sign_in

from cityhall.apps.identity.web.access_table import endpoints
from cityhall.apps.notify import public as notify
from cityhall.apps.service_requests import services
from cityhall.apps.service_requests.contracts import Contact, NewRequest, Outcome, Place, number_text
from cityhall.apps.service_requests.models import Category, CategoryGroup, RequestPhoto
from cityhall.kernel.actors import ANONYMOUS, system

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROLES = ("visitor", "resident", "dispatcher", "administrator")
MAP = r"maplibre|/places/layers/|/map\."
# The content editor's pages are Wagtail's own, reviewed there.
OTHERS_PAGES = ("/cms/", "/_util/", "/files/", "/-/")
FILLED = (
    "[...document.querySelectorAll('main .usa-button')].filter(one => one.checkVisibility()"
    " && !/--(outline|unstyled|quiet|danger)/.test(one.className)).map(one => one.textContent.trim())"
)
# A link inside a sentence may be as small as its text (WCAG 2.5.8); a check mark's target is the row of its label.
SMALL = """least => [...document.querySelectorAll(
    "button, summary, select, textarea, input:not([type=hidden]), .usa-button, nav a, .site-name")]
  .filter(one => one.checkVisibility() && !one.closest("[aria-hidden=true], .maplibregl-map, .leave-empty"))
  .filter(one => {
    const target = /^(checkbox|radio)$/.test(one.type) ? one.closest("label, .choice, td") || one : one;
    const box = target.getBoundingClientRect();
    return box.width > 1 && (box.height < least - 0.5 || box.width < 23.5);
  })
  .map(one => `${Math.round(one.getBoundingClientRect().height)} px: ${one.outerHTML.slice(0, 110)}`)"""


OpenAs = Callable[[str], tuple[Page, Client]]


@dataclass(frozen=True)
class Sample:
    """What the small city has to look at."""

    open: str
    fixed: str
    contested: str
    token: str
    private: str


@pytest.fixture
def sample(transactional_db: None) -> Sample:
    """A small city with one open, one fixed and one contested request."""
    city.build()
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets", "es": "Calles"})
    Category.objects.create(code="pothole", group=group, name={"en": "Pothole", "es": "Bache"}, target_days=5)
    Category.objects.create(code="wire", group=group, name={"en": "Downed wire", "es": "Cable"}, is_emergency=True)
    someone = Contact("Rosa", "Lee", "rosa@example.org", "555 0100")
    filed = [
        services.file_request(
            NewRequest(
                "pothole",
                Place(city.CENTER[0], city.CENTER[1] + step / 1000, address=f"{1202 + 2 * step} Grand Ave"),
                description="Deep enough to lose a wheel in.",
                contact=someone,
            ),
            actor=ANONYMOUS,
        )
        for step in range(3)
    ]
    staff = system("Streets")
    for one in filed[1:]:
        services.close(one.id, actor=staff, outcome=Outcome.FIXED, sentence="Filled and levelled.")
    services.contest(filed[2].id, actor=ANONYMOUS, sentence="It is still there.", token=filed[2].private_token)
    return Sample(
        *(one.number for one in filed),
        token=notify.follow("request", filed[0].id, email="rosa@example.org", language="en"),
        private=filed[0].private_token,
    )


def addresses(sample: Sample) -> list[str]:
    """Return an address for every view that is ours, with things of the small city where it wants one."""
    tokens = {"unsubscribe": sample.token, "follow-confirm": sample.token, "request-private": sample.private}
    tokens |= {"request-forget-me": sample.private, "desk-records-period": "contacts"}
    found = []
    for endpoint in endpoints():
        if endpoint.path.startswith(OTHERS_PAGES) or not endpoint.name:
            continue
        if endpoint.name == "desk-cover-preview":  # a picture
            continue
        if endpoint.name == "desk-cover":
            photo = RequestPhoto.objects.select_related("request").order_by("id").first()
            found += [reverse(endpoint.name, args=[number_text(photo.request.number), photo.id])] if photo else []
        elif "<str:number>" in endpoint.route:
            numbers = (
                (sample.open, sample.fixed, sample.contested)
                if endpoint.name.endswith("-request") or (endpoint.name == "request-page")
                else (sample.open, sample.fixed)
            )
            found += [reverse(endpoint.name, args=[number]) for number in numbers if "georeport" not in endpoint.route]
        elif endpoint.name in tokens:
            found.append(reverse(endpoint.name, args=[tokens[endpoint.name]]))
        elif endpoint.name == "report-emergency":
            found.append(reverse(endpoint.name, args=["wire"]))
        else:
            found.append(endpoint.path)
    found += ["/", f"{reverse('requests')}?q=nothing-like-it", f"{reverse('requests')}?view=map"]
    return sorted(set(found))


def pages(client: Client, among: list[str]) -> list[str]:
    """Return the addresses that answer this client with a page of their own."""
    found = []
    for address in among:
        answer = client.get(address)
        whole = answer.get("Content-Type", "").startswith("text/html") and not answer.streaming
        if answer.status_code == 200 and whole and b"<html" in answer.content:
            found.append(address)
    return found


@pytest.fixture
def open_as(chrome: Browser, live_server: Any, sample: Sample) -> Iterator[OpenAs]:
    """Make a page in the browser signed in as a role, and a client with the same session."""
    contexts: list[BrowserContext] = []

    def make(role: str) -> tuple[Page, Client]:
        client = Client(raise_request_exception=False)
        if role != "visitor":
            sign_in(client, role)
        context = chrome.new_context(
            base_url=live_server.url, viewport={"width": 1280, "height": 900}, reduced_motion="reduce", locale="en-US"
        )
        contexts.append(context)
        context.add_init_script(path=AXE)  # it looks at nearly every page: cheaper than to send it to each
        if role != "visitor":
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                  "url": live_server.url}]
            )  # fmt: skip
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page, client

    yield make
    for context in contexts:
        context.close()
    mail.outbox.clear()


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role(open_as: OpenAs, sample: Sample, role: str) -> None:
    page, client = open_as(role)
    # What a visitor sees is looked at once; other roles bring what only they can open.
    among = [one for one in addresses(sample) if role == "visitor" or re.match(r"/(desk|account|me)/", one)]
    own = pages(client, among)
    assert len(own) >= {"visitor": 30, "resident": 5, "dispatcher": 20, "administrator": 50}[role], own
    # Colours know no language: English is looked at in light ones, Spanish in dark ones, there by the rules that either
    # can break; what a role shares with the administrator, who sees the most of it, in English alone.
    looks: list[tuple[str, Literal["light", "dark"], tuple[str, ...]]] = [(address, "light", ()) for address in own]
    if role in {"visitor", "administrator"}:
        in_spanish = [f"/es{address}" if is_translated(address) else address for address in own]
        looks += [(address, "dark", OF_COLOURS_AND_WORDS) for address in in_spanish]
    wrong: list[str] = []
    for shown, scheme, rules in looks:
        visit(page, shown, scheme)
        wrong += [f"{shown}, {scheme}: {problem}" for problem in problems(page, shown, *rules)]
    assert wrong == [], "\n".join(wrong)


def visit(page: Page, address: str, scheme: Literal["light", "dark"]) -> Response:
    """Open an address on a desktop, in these colours."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme=scheme)
    answer = page.goto(address)
    assert answer is not None
    return answer


def problems(page: Page, address: str, *rules: str) -> Iterator[str]:
    """Yield what is wrong with the page that is open, by all of axe's rules or by these."""
    yield from axe(page, *rules)
    if (headings := page.locator("h1").count()) != 1:
        yield f"{headings} h1"
    if len(filled := page.evaluate(FILLED)) > 1:
        yield f"filled buttons: {filled}"
    # 200 % zoom of a window 1280 px wide leaves 640.
    for width in (640, 390):
        page.set_viewport_size({"width": width, "height": 844})
        if not fits(page):
            yield f"scrolls sideways at {width} px"
    least = 24 if address.removeprefix("/es").startswith("/desk/") else 44
    yield from page.evaluate(SMALL, least)


def is_translated(address: str) -> bool:
    """Say whether an address has another in Spanish."""
    with translation.override("es"):
        return is_valid_path(f"/es{address.partition('?')[0]}")


@pytest.mark.parametrize("dark", [False, True])
def test_the_focus_is_seen_on_everything(open_as: OpenAs, dark: bool) -> None:
    page, _client = open_as("administrator")
    page.emulate_media(color_scheme="dark" if dark else "light")
    for address in ("/", "/account/", "/desk/people/", "/requests/"):
        page.goto(address)
        for _ in range(12):
            page.keyboard.press("Tab")
            seen = page.evaluate(
                """() => {
                    const one = document.activeElement;
                    if (!one || one === document.body) return "";
                    const ringed = [one, one.closest(".choice"), one].filter(Boolean).concat(
                        [getComputedStyle(one, "::after")].map(() => one));
                    const styles = [...ringed.map(each => getComputedStyle(each)), getComputedStyle(one, "::after")];
                    return styles.some(style => parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== "none")
                        ? "" : one.outerHTML.slice(0, 120);
                }"""
            )
            assert seen == "", f"{address}: the focus does not show on {seen}"


@pytest.mark.parametrize(("prefix", "scheme"), [("", "light"), ("/es", "dark")])
def test_a_refusal_and_a_missing_page_are_pages_too(
    open_as: OpenAs, prefix: str, scheme: Literal["light", "dark"]
) -> None:
    page, _client = open_as("resident")
    for address, status in ((f"{prefix}/nothing-here/", 404), (f"{prefix}/desk/", 403)):
        assert visit(page, address, scheme).status == status
        assert list(problems(page, address)) == []


def test_a_report_begins_with_less_than_100_kilobytes(open_as: OpenAs) -> None:
    """What a phone loads for the first page of a report, and for the place without its map, as the wire carries it."""
    page, _client = open_as("visitor")
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # Playwright cannot take a built-in
    loaded: dict[str, int] = {}

    def weigh() -> None:  # before the next page: Chromium forgets the answers of the last one
        for answer in answers:
            if answer.url not in loaded and not re.search(MAP, answer.url):  # what came before is in the cache
                loaded[answer.url] = weight(answer)
        answers.clear()

    page.goto("/report/", wait_until="networkidle")
    weigh()
    assert sum(loaded.values()) < 100_000, loaded
    page.goto("/report/?q=pothole", wait_until="networkidle")
    weigh()
    page.locator("button[value=pothole]").first.click()
    page.wait_for_url("**/report/place/")
    page.wait_for_load_state("networkidle")
    weigh()
    assert sum(loaded.values()) < 100_000, loaded


def weight(answer: Response) -> int:
    """Return an answer's bytes: fonts and pages as they are, styles, scripts and drawings as gzip makes them."""
    if answer.status != 200:
        return 0
    body = answer.body()
    return len(gzip.compress(body)) if re.search(r"\.(css|js|svg)\b", answer.url) else len(body)
