"""A call taker's minute, in a real browser and by keyboard alone: a call is filed, joined, asked about and logged."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect
from tests.browser.conftest import axe, fits, focused, small_targets, tab_to
from tests.browser.test_desk_journey import enter
from tests.support import city

from cityhall.apps.identity import public as identity
from cityhall.apps.service_requests import services
from cityhall.apps.service_requests.contracts import Contact, NewRequest, Place
from cityhall.apps.service_requests.models import Call, Category, CategoryGroup, Question, ServiceRequest
from cityhall.kernel.actors import ANONYMOUS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def earlier(transactional_db: None) -> str:
    """A small city where Rosa has reported a pothole at 1204 Grand Ave; its number."""
    city.build()
    identity.ensure_department("streets", {"en": "Streets"})
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets", "es": "Calles"})
    pothole = Category.objects.create(
        code="pothole", group=group, name={"en": "Pothole", "es": "Bache"}, target_days=5, duplicate_metres=30
    )
    Question.objects.create(
        category=pothole, code="size", text={"en": "How large is it?", "es": "¿Qué tan grande es?"}, required=True,
        datatype="singlevaluelist", values=[{"key": key, "name": {"en": key}} for key in ("plate", "tire")],
    )  # fmt: skip
    Category.objects.create(code="road", group=group, name={"en": "Road sign", "es": "Señal"})
    Category.objects.create(
        code="wire", group=group, name={"en": "Downed wire"}, keywords={"en": ["downed wire"]}, is_emergency=True
    )
    place = Place(city.CENTER[0] + 0.0002, city.CENTER[1] + 0.0007, address="1204 Grand Ave")
    new = NewRequest("pothole", place, answers={"size": "tire"}, contact=Contact("Rosa", "Lee", "", "619.555.0142"))
    return services.file_request(new, actor=ANONYMOUS).number


def said(page: Page) -> object:
    return expect(page.locator("body > .usa-sr-only[role=status]"))


def test_a_call_is_filed_by_keyboard_alone(page: Page, earlier: str) -> None:
    enter(page, "call-taker")
    page.goto("/desk/")
    page.keyboard.press("p")
    expect(page.locator("#f-contact-phone")).to_be_focused()
    page.wait_for_load_state()  # nobody types before the page's scripts are there

    page.keyboard.type("(619) 555-0142")
    page.keyboard.press("Tab")
    expect(page.locator("#call-caller")).to_contain_text("Pothole on Grand Ave")
    said(page).to_have_text("Earlier requests: 1. Earlier calls: 0.")
    page.keyboard.press("Tab")
    page.keyboard.type("Rosa Lee")

    page.keyboard.press("Escape")
    page.keyboard.press("2")
    page.keyboard.type("a pothole")
    said(page).to_have_text("Category: Pothole")
    page.keyboard.press("Tab")
    expect(page.get_by_role("radio", name="Pothole")).to_be_focused()
    page.keyboard.press("Tab")
    assert focused(page) == "Another: choose from the whole list"
    page.keyboard.press("Tab")

    assert focused(page).startswith("Street address")
    page.keyboard.type("1202 grand")
    expect(page.get_by_role("option", name="1202 Grand Ave")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#call-near")).to_contain_text("Pothole on Grand Ave")
    expect(page.locator("#f-place")).to_be_focused()

    # The question is asked, the caller did not say; nothing is lost, and the gap is where the focus leads.
    page.keyboard.press("Escape")
    page.keyboard.press("4")
    page.keyboard.press("Control+Enter")
    alert = page.locator("main").get_by_role("alert")
    expect(alert).to_contain_text("Answer “How large is it?”.")
    expect(alert).to_be_focused()
    expect(page.locator("#f-place")).to_have_value("1202 Grand Ave")
    for key in ("Tab", "Enter", "Tab", "Space"):
        page.keyboard.press(key)
    expect(page.get_by_role("radio", name="plate")).to_be_checked()
    tab_to(page, "What else the caller says")
    page.keyboard.type("Right by the bus stop. 12345 p")
    page.keyboard.press("Control+Enter")

    number = page.locator(".receipt__number")
    expect(number).to_be_focused()
    request = ServiceRequest.objects.order_by("-number")[0]
    expect(number).to_have_text(f"{request.number // 1000}-{request.number % 1000:03d}")
    assert (request.address, request.source, request.answers) == ("1202 Grand Ave", "phone", {"size": "plate"})
    assert request.description == "Right by the bus stop. 12345 p"
    assert request.reporter.phone == "(619) 555-0142"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert focused(page) == "Next call"
    page.keyboard.press("Enter")
    expect(page.locator("#f-contact-phone")).to_be_focused()
    expect(page.locator("#f-contact-phone")).to_have_value("")


def test_a_call_about_an_earlier_request_is_logged_by_keyboard_alone(page: Page, earlier: str) -> None:
    enter(page, "call-taker")
    page.goto("/desk/calls/")
    page.keyboard.type("1 619 555 0142")
    page.keyboard.press("Enter")  # looks up, and files nothing
    expect(page.locator("#call-caller")).to_contain_text(earlier)
    tab_to(page, "Asks about this one")
    page.keyboard.press("Enter")
    expect(page.locator("#f-note")).to_be_focused()
    expect(page.locator("#f-number")).to_have_value(earlier)
    page.keyboard.type("Asks when it will be done.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="The call is logged.")).to_be_visible()
    expect(page.locator("#f-contact-phone")).to_be_focused()
    call = Call.objects.get()
    assert (call.kind, call.note, call.phone) == ("follow_up", "Asks when it will be done.", "1 619 555 0142")


def test_an_earlier_request_is_asked_about_with_the_mouse(page: Page, earlier: str) -> None:
    enter(page, "call-taker")
    page.goto("/desk/calls/")
    page.locator("#f-contact-phone").fill("(619) 555-0142")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Asks about this one").click()
    expect(page.locator("#f-number")).to_have_value(earlier)


def test_what_is_reported_already_is_joined_by_keyboard_alone(page: Page, earlier: str) -> None:
    enter(page, "call-taker")
    page.goto("/desk/calls/")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    page.keyboard.type("pothole")
    said(page).to_have_text("Category: Pothole")
    page.keyboard.press("Escape")
    page.keyboard.press("3")
    page.keyboard.type("1204 Grand Ave")
    page.keyboard.press("Enter")
    expect(page.locator("#call-near")).to_contain_text(earlier)
    tab_to(page, "It is this one: join")
    page.keyboard.press("Enter")
    expect(page.locator(".receipt__number")).to_have_text(earlier)
    assert ServiceRequest.objects.get().supporters == 1


def test_an_emergency_is_said_while_it_is_typed(page: Page, earlier: str) -> None:
    enter(page, "call-taker")
    page.goto("/desk/calls/")
    page.locator("#f-category-code").fill("there is a downed wire")
    expect(page.locator("#call-kinds").get_by_role("alert")).to_contain_text("Tell the caller to hang up and dial 911")
    assert axe(page) == []
    page.locator("#f-category-code").fill("nothing like it zzz")
    expect(page.locator("#call-kinds").get_by_role("alert")).to_have_count(0)
    page.get_by_label("Nothing has these words.").select_option("road")
    expect(page.locator("#call-questions fieldset")).to_have_count(0)


def test_the_whole_list_ends_the_suggestions(page: Page, earlier: str) -> None:
    enter(page, "call-taker")
    page.goto("/desk/calls/")
    page.locator("#f-category-code").fill("pothole")
    suggested = page.get_by_role("radio", name="Pothole")
    expect(suggested).to_be_checked()
    expect(page.locator("#call-questions fieldset")).to_have_count(1)
    whole = page.get_by_label("Another: choose from the whole list")
    whole.select_option("road")
    expect(suggested).not_to_be_checked()
    expect(page.locator("#call-questions fieldset")).to_have_count(0)
    # More words keep the choice; a suggestion chosen after all takes its place.
    page.locator("#f-category-code").fill("a pothole")
    said(page).to_have_text("Category: Road sign")
    expect(whole).to_have_value("road")
    suggested.check()
    expect(whole).to_have_value("")
    expect(page.locator("#call-questions fieldset")).to_have_count(1)


def test_a_session_that_ends_loses_no_call(page: Page, earlier: str) -> None:
    enter(page, "call-taker")
    page.goto("/desk/calls/")
    page.locator("#f-contact-phone").fill("619 555 0199")
    page.locator("#f-category-code").fill("pothole")
    page.locator("#f-place").fill("502 5th St")
    page.locator("#f-place").press("Tab")
    page.get_by_role("radio", name="tire").check()
    page.locator("#f-description").fill("By the bakery.")
    page.get_by_label("Language").select_option("es")
    session = end_session(page)
    page.locator("#f-description").press("Control+Enter")
    expect(page.get_by_role("heading", name="Staff sign-in")).to_be_visible()
    expect(page.get_by_text("what you sent is not saved yet")).to_be_visible()
    assert axe(page) == []

    back(page, session)
    expect(page.locator("main").get_by_role("alert").first).to_contain_text("This call is not filed yet")
    expect(page.locator("main").get_by_role("alert").first).to_be_focused()
    assert axe(page) == []
    for field, value in (("contact-phone", "619 555 0199"), ("place", "502 5th St"), ("description", "By the bakery.")):
        expect(page.locator(f"#f-{field}")).to_have_value(value)
    expect(page.get_by_role("radio", name="tire")).to_be_checked()
    expect(page.get_by_label("Language")).to_have_value("es")
    assert not kept(page)
    page.locator("#f-description").press("Control+Enter")
    expect(page.locator(".receipt__number")).to_be_visible()
    assert ServiceRequest.objects.order_by("-number")[0].description == "By the bakery."
    assert not kept(page)
    page.goto("/desk/calls/")
    expect(page.locator("#f-contact-phone")).to_have_value("")


def test_a_session_that_ended_is_said_while_something_is_looked_up(page: Page, earlier: str) -> None:
    enter(page, "call-taker")
    page.goto("/desk/calls/")
    session = end_session(page)
    page.locator("#f-contact-phone").fill("619 555 0199")
    page.locator("#f-contact-phone").press("Tab")
    ended = page.locator("#call-ended")
    expect(ended).to_contain_text("Your session ended; the call is not filed yet.")
    assert axe(page) == []
    page.locator("#f-note").fill("Asks when.")
    page.locator("#f-kind").select_option("answered")
    ended.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Staff sign-in")).to_be_visible()
    back(page, session)
    expect(page.locator("#f-note")).to_have_value("Asks when.")
    page.locator("#f-note").press("Control+Enter")
    expect(page.get_by_text("The call is logged.")).to_be_visible()
    expect(page.locator("#f-note")).to_have_value("")
    assert not kept(page)


def test_nobody_else_gets_a_call_back_and_signing_out_forgets_it(page: Page, earlier: str) -> None:
    for leaves in (True, False):
        enter(page, "call-taker")
        page.goto("/desk/calls/")
        page.locator("#f-note").fill("Rosa's neighbor.")
        end_session(page)
        page.locator("#f-note").press("Control+Enter")
        expect(page.get_by_role("heading", name="Staff sign-in")).to_be_visible()
        assert kept(page)
        assert "neighbor" not in kept(page), "nobody reads there what was said"
        if leaves:
            enter(page, "call-taker")
            page.goto("/account/sign-out/")
            page.locator("main").get_by_role("button", name="Sign out").click()
            page.wait_for_load_state()
            assert not kept(page)
    enter(page, "call-taker")
    page.goto("/desk/calls/")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#f-note")).to_have_value("")
    assert not kept(page)


def test_a_call_that_nobody_comes_back_for_is_forgotten_in_half_an_hour(page: Page, earlier: str) -> None:
    page.clock.install()
    enter(page, "call-taker")
    page.goto("/desk/calls/")
    page.locator("#f-note").fill("Rosa's neighbor.")
    end_session(page)
    page.locator("#f-note").press("Control+Enter")
    expect(page.get_by_role("heading", name="Staff sign-in")).to_be_visible()
    page.clock.fast_forward("29:00")
    assert kept(page)
    page.clock.fast_forward("01:30")
    assert not kept(page)


def end_session(page: Page) -> str:
    """End the page's session; return what brings it back."""
    page.wait_for_load_state("networkidle")
    [cookie] = [one for one in page.context.cookies() if one["name"] == settings.SESSION_COOKIE_NAME]
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    return str(cookie["value"])


def back(page: Page, session: str) -> None:
    """Sign in again, and come to the page that was left."""
    page.goto("/healthz")  # a cookie is for the folder of its address
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": page.url}])
    page.goto("/desk/calls/")


def kept(page: Page) -> str:
    """Return what the tab keeps of a call."""
    page.wait_for_load_state()
    return str(page.evaluate("(sessionStorage['cityhall.call'] ?? '') + Object.values(localStorage).join('')"))


def test_the_keys_can_be_off_and_the_help_names_them(page: Page, earlier: str) -> None:
    enter(page, "call-taker")
    page.goto("/desk/calls/")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys-help")).to_contain_text("Take a new call")
    expect(page.locator("#keys-help")).to_contain_text("Where it is")
    page.keyboard.press("Escape")
    page.goto("/desk/keys/")
    page.get_by_label("Keys are on").uncheck()
    page.get_by_role("button", name="Save").click()
    page.goto("/desk/calls/")
    page.keyboard.press("Escape")
    page.keyboard.press("3")
    expect(page.locator("#f-place")).not_to_be_focused()


@pytest.mark.parametrize(
    ("width", "dark", "prefix"), [(390, False, "/es"), (390, True, ""), (1024, False, ""), (1280, True, "/es")]
)
def test_axe_finds_nothing_and_nothing_sticks_out(
    new_page: Callable[..., Page], earlier: str, width: int, dark: bool, prefix: str
) -> None:
    page = new_page(width=width, dark=dark, language="es-US" if prefix else "en-US")
    enter(page, "supervisor")
    page.goto(f"{prefix}/desk/calls/")
    page.locator("#f-contact-phone").fill("619 555 0142")
    page.locator("#f-contact-email").fill("rosa at home")
    page.locator("#f-category-code").fill("bache" if prefix else "pothole")
    expect(page.locator("#call-kinds input[type=radio]").first).to_be_visible()
    page.locator("#f-place").fill("1204 Grand Ave")
    page.locator("#f-place").press("Tab")
    expect(page.locator("#call-near li")).to_be_visible()
    expect(page.locator("#call-caller li")).to_be_visible()
    for look in (lambda: None, lambda: page.locator("button[value=file]").click(), lambda: leave(page, prefix)):
        look()
        page.wait_for_load_state("networkidle")
        assert axe(page) == [], page.url
        assert fits(page), page.url
        assert small_targets(page) == [], page.url


def leave(page: Page, prefix: str) -> None:
    page.goto(f"{prefix}/desk/calls/log/")


def test_everything_works_without_scripts(new_page: Callable[..., Page], earlier: str) -> None:
    page = new_page(width=390, scripts=False)
    enter(page, "call-taker")
    page.goto("/desk/calls/")
    page.get_by_label("Telephone").fill("619 555 0142")
    page.get_by_role("button", name="Find the caller").click()
    expect(page.locator("#call-caller")).to_contain_text(earlier)
    page.get_by_label("In the caller’s words").fill("pothole")
    page.get_by_label("Street address").fill("502 5th St")
    page.get_by_role("button", name="Look up category and place").click()
    expect(page.get_by_role("radio", name="Pothole")).to_be_checked()
    page.get_by_role("radio", name="tire").check()
    page.get_by_role("button", name="File the request").click()
    expect(page.get_by_text("Read the number out")).to_be_visible()
    assert ServiceRequest.objects.count() == 2
