"""A crew's day on a phone, in a real browser: with scripts in English, without any in Spanish."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect
from tests.browser.conftest import axe, fits, small_targets
from tests.support import city
from tests.support.people import make_person, sign_in

from cityhall.apps.crews import services as crews
from cityhall.apps.crews.models import MaterialUsed, Visit
from cityhall.apps.identity.models import Team, User
from cityhall.apps.service_requests import services
from cityhall.apps.service_requests.contracts import Filed, NewRequest, Place
from cityhall.apps.service_requests.models import Category, CategoryGroup, ServiceRequest
from cityhall.kernel.actors import ANONYMOUS, system

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
NewPage = Callable[..., Page]


@pytest.fixture
def tom(transactional_db: None) -> User:
    return make_person("crew", name="Tom Becker", department="streets", team="pavement")


@pytest.fixture
def jobs(tom: User) -> list[Filed]:
    """Two jobs of Tom's team in a small city that counts its asphalt and wants photos of the work."""
    city.build()
    team = Team.objects.get(code="pavement")
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets", "es": "Calles"})
    Category.objects.create(
        code="pothole",
        group=group,
        name={"en": "Pothole", "es": "Bache"},
        department=team.department,
        team=team,
        proof_photo=True,
    )
    crews.save_material(
        {"en": "Cold asphalt", "es": "Asfalto en frío"}, {"en": "bags", "es": "bolsas"}, actor=system("Set-up")
    )
    lat, lon = city.CENTER
    return [
        services.file_request(
            NewRequest("pothole", Place(lat, lon + step / 1000, address=f"{1202 + step} Grand Ave"), "Deep."),
            actor=ANONYMOUS,
        )
        for step in (0, 2)
    ]


def enter(page: Page, person: User, address: str) -> None:
    """Give the page the person's session and open an address."""
    client = Client()
    sign_in(client, user=person)
    page.goto("/healthz")
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
          "url": page.url}]
    )  # fmt: skip
    page.goto(address)


def looked_at(page: Page) -> None:
    assert axe(page) == []
    assert fits(page)
    assert small_targets(page, 48) == []
    assert page.locator("h1").count() == 1


def picture() -> FilePayload:
    made = BytesIO()
    Image.new("RGB", (320, 240), (120, 120, 110)).save(made, "JPEG")
    return FilePayload(name="done.jpg", mimeType="image/jpeg", buffer=made.getvalue())


def test_a_job_is_started_and_finished_with_photo_minutes_and_material(
    new_page: NewPage, tom: User, jobs: list[Filed]
) -> None:
    page = new_page(width=390, height=844)
    enter(page, tom, "/crew/")
    expect(page.get_by_role("heading", name="1202 Grand Ave")).to_be_visible()
    looked_at(page)
    page.get_by_role("link", name="Details").click()
    page.evaluate("window.stays = true")
    page.get_by_role("button", name="Start work").click()
    expect(page.get_by_text("You started at")).to_be_visible()
    expect(page.locator("#crew-job")).to_be_focused()
    assert page.evaluate("window.stays"), "the map would be drawn again"
    looked_at(page)
    page.get_by_role("link", name="Finish").click()
    page.get_by_text("The repair is done.").click()
    page.get_by_text("Materials used").click()
    for _press in range(3):
        page.get_by_role("button", name="More: Cold asphalt").click()
    page.get_by_role("button", name="Less: Cold asphalt").click()
    page.get_by_role("button", name="More: Minutes worked").click()
    looked_at(page)
    page.get_by_role("button", name="Finish and go on").click()
    expect(page.get_by_role("alert")).to_contain_text("photo")
    looked_at(page)
    assert page.get_by_label("Cold asphalt bags", exact=True).input_value() == "2"
    page.get_by_label("Photo of the work").set_input_files(picture())
    expect(page.locator("#previews img")).to_be_visible()
    page.get_by_role("button", name="Finish and go on").click()
    expect(page.get_by_text(f"{jobs[0].number} is finished.")).to_be_visible()
    expect(page.get_by_role("heading", name="1204 Grand Ave")).to_be_visible()
    visit = Visit.objects.get()
    assert (visit.minutes, MaterialUsed.objects.get().quantity) == (6, 2)
    assert ServiceRequest.objects.get(id=jobs[0].id).outcome == "fixed"


def test_in_spanish_in_the_dark_without_scripts_a_job_is_sent_back(
    new_page: NewPage, tom: User, jobs: list[Filed]
) -> None:
    page = new_page(width=390, height=844, dark=True, scripts=False, language="es-MX")
    enter(page, tom, f"/es/crew/{jobs[0].number}/")
    page.get_by_role("button", name="Empezar el trabajo").click()
    page.get_by_role("link", name="No se puede hacer").click()
    page.get_by_role("button", name="Devolver").click()
    expect(page.get_by_role("alert")).to_contain_text("Elija por qué no se pudo hacer.")
    page.get_by_label("Un auto estacionado o un objeto estorba").check()
    page.get_by_role("button", name="Devolver").click()
    expect(page.get_by_text("está de nuevo en la cola")).to_be_visible()
    expect(page.get_by_role("heading", name="1204 Grand Ave")).to_be_visible()
    assert Visit.objects.get().reason == "blocked"

    looks = new_page(width=390, height=844, dark=True, language="es-MX")
    for address in ("/es/crew/", f"/es/crew/{jobs[1].number}/finish/", f"/es/crew/{jobs[1].number}/back/"):
        enter(looks, tom, address)
        expect(looks.locator("html")).to_have_attribute("lang", "es")
        looked_at(looks)
