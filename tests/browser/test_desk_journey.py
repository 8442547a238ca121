"""A dispatcher's morning at the desk, in a real browser: by keyboard alone, and looked over by axe."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from tests.browser.conftest import OF_COLOURS_AND_WORDS, axe, fits, focused, tab_to
from tests.support.people import sign_in

from cityhall.apps.identity import public as identity
from cityhall.apps.service_requests import services
from cityhall.apps.service_requests.contracts import Filed, NewRequest, Place, State
from cityhall.apps.service_requests.models import Category, CategoryGroup, HistoryEvent, ServiceRequest
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
STREETS = ("Grand Ave", "Oak Street", "Pine Street", "Elm Street")


@pytest.fixture
def filed(transactional_db: None) -> list[Filed]:
    identity.ensure_department("streets", {"en": "Streets"})
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets"})
    Category.objects.create(code="pothole", group=group, name={"en": "Pothole"}, target_days=5)
    return [
        services.file_request(
            NewRequest("pothole", Place(32.7157 + 0.01 * place, -117.1611, address=f"120 {street}")), actor=ANONYMOUS
        )
        for place, street in enumerate(STREETS)
    ]


def enter(page: Page, role: str = "supervisor") -> None:
    """Give the page's browser the session of somebody who has signed in."""
    client = Client()
    sign_in(client, role)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.goto("/healthz")
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": page.url}])


def test_by_keyboard_alone_from_the_queue_to_an_undone_bulk_change(page: Page, filed: list[Filed]) -> None:
    enter(page)
    page.goto("/desk/?sort=age")
    said = page.locator("body > .usa-sr-only[role=status]")

    page.keyboard.press("j")
    assert focused(page) == "Pothole on Grand Ave"
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert focused(page) == "Pothole on Oak Street"
    page.keyboard.press("o")
    expect(said).to_have_text("Opened: Pothole on Oak Street")
    assert focused(page) == "Pothole on Oak Street"
    expect(page.locator("#detail-title")).to_be_focused()
    assert page.url.endswith(f"/desk/requests/{filed[1].number}/?sort=age")

    page.keyboard.press("a")
    assert focused(page).startswith("Department")
    page.keyboard.type("Streets")
    tab_to(page, "Assign")
    page.keyboard.press("Enter")
    expect(said).to_have_text("Assigned.")
    expect(page.locator("#detail-title")).to_be_focused()
    expect(page.locator("#detail .facts").first).to_contain_text("Streets")

    page.keyboard.press("c")
    assert focused(page) == "Fixed"
    page.keyboard.press("Space")
    tab_to(page, "Public sentence")
    page.keyboard.type("Filled and levelled. jkx")
    tab_to(page, "Close the request")
    page.keyboard.press("Enter")
    expect(said).to_have_text("Closed. Nobody follows it, so nobody is told.")
    expect(page.locator(f"#row-{filed[1].number}")).to_contain_text("Fixed")
    closed = ServiceRequest.objects.get(id=filed[1].id)
    assert (closed.state, closed.outcome_sentence) == (State.CLOSED, "Filled and levelled. jkx")

    page.keyboard.press("Escape")
    assert focused(page) == "Pothole on Oak Street"
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(said).to_have_text("1 selected")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(said).to_have_text("2 selected")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1, name="Change 2 requests")).to_be_visible()
    tab_to(page, "Note")
    page.keyboard.type("Bring cones.")
    tab_to(page, "Preview")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Preview: Write an internal note")).to_be_visible()
    assert axe(page) == []
    tab_to(page, "Change 2 requests")
    page.keyboard.press("Enter")
    expect(page.locator("#undo")).to_contain_text("Changed: 2 requests.")
    assert focused(page).startswith("Changed: 2 requests.")
    assert HistoryEvent.objects.filter(text="Bring cones.").count() == 2
    page.keyboard.press("z")
    expect(page.locator(".site-messages")).to_contain_text("Taken back: 2 requests.")
    assert set(HistoryEvent.objects.filter(fact="undone").values_list("request_id", flat=True)) == {
        filed[2].id,
        filed[3].id,
    }


def test_after_closing_title_status_and_what_was_said_are_in_view(
    new_page: Callable[..., Page], filed: list[Filed]
) -> None:
    page = new_page(width=1280, height=720)
    enter(page)
    page.goto(f"/desk/?q={filed[0].number}")
    page.keyboard.press("o")
    expect(page.locator("#detail-title")).to_be_focused()
    filled = page.locator("#detail .act-bar .usa-button:not(.usa-button--outline, .usa-button--quiet):visible")
    expect(filled).to_have_text("Take it")
    page.keyboard.press("i")
    expect(page.locator("#said")).to_have_text("It is yours now.")
    expect(filled).to_have_text("Start")
    page.locator("#act-close > summary").click()
    page.get_by_role("radio", name="Fixed").check()
    page.locator("#close-sentence").fill("Filled and levelled.")
    page.get_by_role("button", name="Close the request").click()
    expect(page.locator("#said")).to_contain_text("Closed.")
    for part in ("#detail-title", "#detail .status >> nth=0", "#said"):
        expect(page.locator(part)).to_be_in_viewport(ratio=1)
    expect(page.locator("#detail .usa-alert--success")).to_have_count(1)


def test_a_request_looked_up_by_number_is_opened_and_taken_by_key(page: Page, filed: list[Filed]) -> None:
    enter(page)
    page.goto("/desk/")
    page.keyboard.press("/")
    page.keyboard.type(filed[2].number)
    page.keyboard.press("Enter")
    expect(page.locator("#rows > li")).to_have_count(1)
    page.keyboard.press("o")
    expect(page.locator("#detail-title")).to_be_focused()
    page.keyboard.press("i")
    expect(page.locator("#said")).to_have_text("It is yours now.")


def test_keys_do_nothing_in_fields_and_can_be_found(page: Page, filed: list[Filed]) -> None:
    enter(page)
    page.goto("/desk/")
    page.keyboard.press("/")
    assert focused(page) == "Words or number"
    page.keyboard.type("jx?c")
    assert page.locator("#q").input_value() == "jx?c"
    # Esc leaves the field with its words in it; then keys act again.
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert page.locator("#q").input_value() == "jx?c"
    assert focused(page).startswith("Pothole on ")
    page.keyboard.press("Tab")
    page.locator("body").click(position={"x": 1, "y": 400})
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Find a command")).to_be_visible()
    page.keyboard.type("zzz")
    expect(page.locator("#palette-none")).to_contain_text("Type fewer letters, or a request’s number")
    assert axe(page) == []
    page.keyboard.press("Control+a")
    page.keyboard.type(filed[0].number.replace("-", " "))
    expect(page.locator("#palette-none")).to_be_hidden()
    expect(page.locator("#palette-list").get_by_role("option").first).to_have_text(f"Open request {filed[0].number}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pothole on Grand Ave")


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_a_crew_that_ticks_nothing_reads_its_whole_queue(
    new_page: Callable[..., Page], filed: list[Filed], width: int
) -> None:
    page = new_page(width=width)
    enter(page, "crew")
    page.goto("/desk/")
    row = page.locator(f"#row-{filed[0].number}")
    for part in (".desk-row__title", ".desk-row__status .status"):
        wide, room = row.locator(part).evaluate("one => [one.scrollWidth, one.clientWidth]")
        assert wide <= room, part
    left = row.evaluate(
        """row => {
            const parts = [...row.children].map(one => one.getBoundingClientRect()).filter(box => box.width);
            return Math.min(...parts.map(box => box.left)) - row.getBoundingClientRect().left;
        }"""
    )
    assert left <= 16
    assert row.locator(".desk-row__age").evaluate("one => one.offsetParent !== null")


def test_a_refused_form_stays_open_and_says_what_to_mend(page: Page, filed: list[Filed]) -> None:
    enter(page)
    page.goto(f"/desk/requests/{filed[0].number}/")
    page.keyboard.press("c")
    page.get_by_role("button", name="Close the request").click()
    alert = page.locator("#act-close").get_by_role("alert")
    expect(alert).to_contain_text("Choose an outcome")
    expect(alert).to_be_focused()
    # A second refusal is as plain as the first, and the mended form goes through.
    page.get_by_role("radio", name="Fixed").check()
    page.get_by_role("button", name="Close the request").click()
    expect(alert).not_to_contain_text("Choose an outcome")
    expect(alert).to_be_focused()
    page.locator("#close-sentence").fill("Filled.")
    page.get_by_role("button", name="Close the request").click()
    expect(page.locator("#said")).to_have_text("Closed. Nobody follows it, so nobody is told.")


def test_a_form_that_came_too_late_shows_both_versions_and_keeps_the_words(
    new_page: Callable[..., Page], filed: list[Filed]
) -> None:
    dana, rosa = new_page(), new_page()
    for page, words in ((dana, "Cones are out."), (rosa, "Needs two trucks.")):
        enter(page)
        page.goto(f"/desk/requests/{filed[0].number}/")
        page.keyboard.press("n")
        page.locator("#note-sentence").fill(words)
    rosa.get_by_role("button", name="Keep the note").click()
    expect(rosa.locator("#said")).to_be_visible()
    dana.get_by_role("button", name="Keep the note").click()
    alert = dana.locator("#act-note").get_by_role("alert")
    expect(alert).to_contain_text("Needs two trucks.")
    expect(alert).to_be_focused()
    expect(dana.locator("#note-sentence")).to_have_value("Cones are out.")
    dana.get_by_role("button", name="Keep the note").click()
    expect(dana.locator("#said")).to_be_visible()
    assert HistoryEvent.objects.filter(text__in=["Cones are out.", "Needs two trucks."]).count() == 2


def test_a_tick_outlives_the_change_of_its_row(page: Page, filed: list[Filed]) -> None:
    enter(page)
    page.goto("/desk/?sort=age")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("o")
    expect(page.locator("#detail-title")).to_be_focused()
    page.keyboard.press("i")
    expect(page.locator("#said")).to_have_text("It is yours now.")
    expect(page.locator(f"#row-{filed[0].number} input")).to_be_checked()
    expect(page.locator("[data-bulk-count]")).to_have_text("1 selected")
    page.get_by_role("button", name="Note…").click()
    expect(page.get_by_role("heading", level=1, name="Change 1 request")).to_be_visible()
    page.locator("#b-sentence").fill("Bring cones.")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Change 1 request").click()
    expect(page.locator("#undo")).to_contain_text("Changed: 1 request.")


def test_a_request_that_the_list_does_not_show_is_worked_on_without_an_error(page: Page, filed: list[Filed]) -> None:
    enter(page)
    page.goto(f"/desk/requests/{filed[0].number}/?q=Oak+Street")
    expect(page.locator(f"#row-{filed[1].number}")).to_be_visible()
    expect(page.locator(f"#row-{filed[0].number}")).to_have_count(0)
    page.locator("#detail-title").focus()
    page.keyboard.press("i")
    expect(page.locator("#said")).to_have_text("It is yours now.")


def test_beside_an_open_request_the_place_is_read_whole(page: Page, filed: list[Filed]) -> None:
    Category.objects.update(name={"en": "Damaged sidewalk"})
    ServiceRequest.objects.update(
        address="120 Meadowlark Boulevard", due_at=clock.now() - timedelta(days=322), queue_at=clock.now()
    )
    enter(page)
    page.goto(f"/desk/requests/{filed[0].number}/")
    row = page.locator(f"#row-{filed[0].number}")
    expect(row.get_by_role("link", name="Damaged sidewalk on Meadowlark Boulevard")).to_be_visible()
    expect(row).to_contain_text("322 d late")
    assert row.locator(".desk-row__title").evaluate("one => one.scrollWidth <= one.clientWidth")
    assert row.bounding_box()["height"] <= 40
    # The word of the status is still there for those who listen.
    expect(row.locator(".desk-row__status")).to_have_text("Received")
    expect(page.get_by_text("No other open request of this kind within 650 feet.")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_phone_the_header_is_two_lines_and_leads_out(
    new_page: Callable[..., Page], filed: list[Filed], scripts: bool
) -> None:
    page = new_page(width=390, scripts=scripts)
    enter(page)
    page.goto("/desk/")
    assert page.locator(".site-header").bounding_box()["height"] < 100
    page.locator(".site-header summary", has_text="Account").click()
    expect(page.get_by_role("link", name="Your account")).to_be_visible()
    page.get_by_role("link", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sign out")


@pytest.mark.parametrize(
    ("width", "dark", "language"),
    [
        (390, False, ""),
        (390, True, "/es"),
        (1024, False, "/es"),
        (1024, True, ""),
        (1440, False, ""),
        (1440, True, "/es"),
    ],
)
def test_axe_finds_nothing_and_nothing_sticks_out(
    new_page: Callable[..., Page], filed: list[Filed], width: int, dark: bool, language: str
) -> None:
    page = new_page(width=width, dark=dark)
    enter(page)
    rules = OF_COLOURS_AND_WORDS if dark else ()  # in light colours every rule is asked at every width
    one = f"/desk/requests/{filed[0].number}/"
    for address in ("/desk/", "/desk/?queue=mine", one, "/desk/queues/", "/desk/keys/", "/desk/categories/",
                    "/desk/categories/pothole/"):  # fmt: skip
        page.goto(language + address)
        assert axe(page, *rules) == [], address
        assert fits(page), address
    page.goto(language + one)
    for summary in ("#act-assign", "#act-close", ".acts-more", "#act-merge"):
        page.locator(f"{summary} > summary").click()
        assert axe(page, *rules) == [], summary
        assert fits(page), summary
    page.goto(language + one)
    page.keyboard.press("m")
    expect(page.locator("#act-merge .act__form")).to_be_visible()


def test_everything_works_without_scripts(new_page: Callable[..., Page], filed: list[Filed]) -> None:
    page = new_page(width=390, scripts=False)
    enter(page)
    page.goto("/desk/?sort=age")
    page.get_by_role("link", name="Pothole on Grand Ave").click()
    page.locator("#act-close > summary").click()
    page.get_by_role("radio", name="Fixed").check()
    page.locator("#close-ready").select_option(index=1)
    page.get_by_role("button", name="Close the request").click()
    expect(page.get_by_role("status").filter(has_text="Closed.")).to_be_visible()
    expect(page.get_by_text("The repair is done. Thank you for telling us.").first).to_be_visible()
