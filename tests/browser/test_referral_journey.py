"""A request goes to another body and comes back answered; a closing is contested and settled: in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect
from tests.browser.conftest import axe, fits, small_targets
from tests.browser.test_desk_journey import enter

from cityhall.apps.notify.models import Message
from cityhall.apps.referrals import services as referrals
from cityhall.apps.referrals.contracts import BodyTerms
from cityhall.apps.service_requests import services
from cityhall.apps.service_requests.contracts import Filed, LoadedRequest, NewRequest, Outcome, Place, State
from cityhall.apps.service_requests.models import Category, CategoryGroup
from cityhall.apps.service_requests.services.loading import bulk_load
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, Actor, ActorKind, system
from cityhall.kernel.django import outbox

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def filed(transactional_db: None) -> Filed:
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets", "es": "Calles"})
    name = {"en": "Streetlight out", "es": "Farola apagada"}
    Category.objects.create(code="streetlight-out", group=group, name=name)
    place = Place(32.7157, -117.1611, address="1202 Grand Ave")
    return services.file_request(NewRequest("streetlight-out", place, description="It is dark."), actor=ANONYMOUS)


def picture() -> FilePayload:
    made = BytesIO()
    Image.new("RGB", (320, 240), (120, 120, 110)).save(made, "JPEG")
    return FilePayload(name="now.jpg", mimeType="image/jpeg", buffer=made.getvalue())


def looked_at(page: Page) -> None:
    assert axe(page) == []
    assert fits(page)
    assert small_targets(page) == []
    assert page.locator("h1").count() == 1


def looked_at_in_spanish(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("html")).to_have_attribute("lang", "es")
    looked_at(page)


def test_refer_to_a_utility_which_answers_without_an_account(new_page: Callable[..., Page], filed: Filed) -> None:
    desk = new_page()
    enter(desk)
    desk.goto("/desk/referrals/")
    looked_at(desk)
    desk.get_by_role("link", name="Bodies").click()
    desk.get_by_role("link", name="Add a body").click()
    looked_at(desk)
    desk.get_by_label("Name in English").fill("Bay Power")
    desk.get_by_label("Name in Spanish").fill("Luz de la Bahía")
    desk.get_by_label("E-mail", exact=True).fill("nobody")
    desk.get_by_label("E-mail", exact=True).evaluate("field => field.type = 'text'")
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_role("alert")).to_contain_text("This is not an e-mail address")
    looked_at(desk)
    desk.get_by_label("E-mail", exact=True).fill("answers@power.example")
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_role("row", name="Bay Power")).to_contain_text("answers@power.example")
    looked_at(desk)

    desk.goto(f"/desk/requests/{filed.number}/")
    desk.locator(".acts-more > summary").click()
    desk.locator("#act-refer > summary").click()
    desk.get_by_label("To whom outside the city").select_option("Bay Power")
    desk.get_by_role("button", name="Refer", exact=True).click()
    expect(desk.get_by_text("Referred.", exact=True).first).to_be_visible()
    outbox.drain()

    sent = Message.objects.get(to="answers@power.example")
    link = re.search(r"/referred/answer/[\w-]+/", sent.text)
    assert link is not None
    looked_at_in_spanish(new_page(width=390, dark=True), f"/es{link[0]}")
    utility = new_page(width=390, dark=True)
    utility.goto(link[0])
    looked_at(utility)
    expect(utility.get_by_text("It is dark.")).to_be_visible()
    utility.get_by_role("button", name="Send the answer").click()
    expect(utility.get_by_role("alert")).to_contain_text("Choose what you can tell us.")
    looked_at(utility)
    utility.get_by_label("We need to know more").check()
    utility.get_by_label("In your words").fill("Which pole?")
    utility.get_by_role("button", name="Send the answer").click()
    expect(utility.get_by_text("Thank you.").first).to_be_visible()

    desk.goto("/desk/referrals/")
    expect(desk.get_by_role("heading", name="They wait for us")).to_be_visible()
    looked_at(desk)
    desk.get_by_role("link", name=filed.number).click()
    expect(desk.get_by_label("Answer them")).to_be_visible()
    assert axe(desk) == []
    desk.get_by_label("Answer them").fill("Number 12.")
    desk.get_by_role("button", name="Send the answer").click()
    expect(desk.get_by_text("Your answer is on its way to them.")).to_be_visible()

    for language, name in (("", "Bay Power"), ("/es", "Luz de la Bahía")):
        resident = new_page(width=390)
        resident.goto(f"{language}/requests/{filed.number}/")
        expect(resident.locator("#referral ~ dl").first).to_contain_text(name)
        looked_at(resident)
        resident.goto(f"{language}/referred/")
        expect(resident.get_by_role("row", name=name)).to_contain_text("1")
        looked_at(resident)

    utility = new_page(width=390, scripts=False)
    utility.goto(link[0])
    utility.get_by_label("It is done").check()
    utility.get_by_label("Photo of the finished work").set_input_files(picture())
    utility.get_by_role("button", name="Send the answer").click()
    expect(utility.get_by_text("You have told us that this is done.")).to_be_visible()
    utility.goto(f"/requests/{filed.number}/")
    expect(utility.get_by_text("Bay Power says that this is done.").first).to_be_visible()


def test_a_passer_by_contests_and_a_supervisor_settles(new_page: Callable[..., Page], filed: Filed) -> None:
    services.close(filed.id, actor=system("Crew"), outcome=Outcome.FIXED, sentence="The lamp is new.")
    looked_at_in_spanish(new_page(width=390, dark=True), f"/es/requests/{filed.number}/not-fixed/")
    resident = new_page(width=390)
    resident.goto(f"/requests/{filed.number}/not-fixed/")
    looked_at(resident)
    resident.get_by_role("button", name="Send it to a supervisor").click()
    expect(resident.get_by_role("alert")).to_contain_text("Add a photo of how it is now.")
    looked_at(resident)
    resident.get_by_label("A photo of how it is now").set_input_files(picture())
    resident.get_by_role("button", name="Send it to a supervisor").click()
    expect(resident.get_by_text("A supervisor, not whoever closed it, will look at it next.").first).to_be_visible()

    desk = new_page()
    enter(desk)
    desk.goto(f"/desk/requests/{filed.number}/")
    assert axe(desk) == []
    desk.locator("#act-settle > summary").click()
    desk.get_by_label("It stays closed").check()
    desk.get_by_label("Public sentence").fill("It shines now.")
    desk.get_by_role("button", name="Settle it").click()
    expect(desk.get_by_text("Add a photo that shows why it stays closed.").first).to_be_visible()
    desk.get_by_label("Photo of how it is").set_input_files(picture())
    desk.get_by_role("button", name="Settle it").click()
    expect(desk.get_by_text("Settled.").first).to_be_visible()
    resident.goto(f"/requests/{filed.number}/")
    expect(resident.get_by_text("Looked at again by a supervisor: stays closed")).to_be_visible()
    looked_at(resident)


def test_a_name_in_imported_records_is_said_to_be_a_body(new_page: Callable[..., Page], filed: Filed) -> None:
    manager = Actor(ActorKind.STAFF, None, "Mara", frozenset({"referrals.manage"}))
    referrals.save_body(
        BodyTerms({"en": "State roads", "es": "Carreteras del estado"}, mail="roads@state.example"), actor=manager
    )
    spot = Place(32.7157, -117.1611, address="1202 Grand Ave")
    old = [
        LoadedRequest(
            "streetlight-out", clock.now(), spot, external_id=str(one), state=State.REFERRED, referred_to="Caltrans"
        )
        for one in range(3)
    ]
    bulk_load([old], actor=system("Import"), source_system="old")
    for width, dark, language in ((390, True, ""), (1280, False, "/es")):
        resident = new_page(width=width, dark=dark)
        resident.goto(f"{language}/referred/")
        expect(resident.get_by_role("row", name="Caltrans")).to_contain_text("3")
        looked_at(resident)

    desk = new_page(width=390)
    enter(desk)
    desk.goto("/desk/referrals/bodies/")
    desk.get_by_label("Which body is Caltrans?").select_option("State roads")
    looked_at(desk)
    desk.get_by_role("button", name=re.compile("Save *: Caltrans")).click()
    expect(desk.get_by_text("Also “Caltrans”")).to_be_visible()
    looked_at_in_spanish(desk, "/es/desk/referrals/bodies/")
    resident.goto("/es/referred/")
    expect(resident.get_by_role("row", name="Carreteras del estado")).to_contain_text("3")
    expect(resident.get_by_role("heading", name="Otros organismos")).to_have_count(0)
    looked_at(resident)
