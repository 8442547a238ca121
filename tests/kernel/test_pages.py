"""The shell: light and dark without scripts, languages, refusals, what is not built."""

import re

import pytest
from django.contrib.auth.models import Group
from django.db import InterfaceError, OperationalError
from django.test import Client, RequestFactory
from tests.support.people import sign_in

from cityhall.apps.identity import public as identity
from cityhall.apps.identity import services as people
from cityhall.apps.website.jobs import let_go_former_editors
from cityhall.kernel.django.pages import server_error
from cityhall.kernel.offers import city_card

pytestmark = pytest.mark.django_db
HTML = {"HTTP_ACCEPT": "text/html"}


def test_dark_is_chosen_by_a_form_and_kept_by_a_cookie() -> None:
    client = Client()
    assert 'data-theme="' not in client.get("/about/accessibility/").text
    answer = client.post("/theme/", {"theme": "dark", "next": "/about/accessibility/"})
    assert answer["Location"] == "/about/accessibility/"
    page = client.get("/about/accessibility/").text
    assert '<html lang="en" data-theme="dark">' in page
    assert re.search(r'value="dark" aria-pressed="true"', page)


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)"])
def test_the_theme_form_never_leads_away(elsewhere: str) -> None:
    assert Client().post("/theme/", {"theme": "dark", "next": elsewhere})["Location"] == "/"


def test_the_theme_form_needs_its_token() -> None:
    answer = Client(enforce_csrf_checks=True).post("/theme/", {"theme": "dark"})
    assert answer.status_code == 403
    assert "Please send it again" in answer.text


def test_a_page_offers_itself_in_the_other_language() -> None:
    page = Client().get("/about/accessibility/?from=x").text
    assert '<link rel="alternate" hreflang="es" href="/es/about/accessibility/?from=x">' in page
    assert 'lang="es" hreflang="es">Español</a>' in page
    assert '<html lang="es">' in Client().get("/es/about/accessibility/").text


def test_a_spanish_browser_is_led_to_spanish_once_and_may_leave_it() -> None:
    client = Client(HTTP_ACCEPT_LANGUAGE="es-MX,es;q=0.9,en;q=0.5", **HTML)
    answer = client.get("/about/accessibility/")
    assert (answer.status_code, answer["Location"]) == (302, "/es/about/accessibility/")
    assert "Accept-Language" in answer["Vary"]
    client.get("/es/about/accessibility/")
    back = client.get("/about/accessibility/", headers={"referer": "http://testserver/es/about/accessibility/"})
    assert back.status_code == 200
    assert client.get("/about/accessibility/").status_code == 200, "the choice of English is remembered"


def test_the_language_of_the_request_before_does_not_leak_into_the_next() -> None:
    client = Client(HTTP_ACCEPT_LANGUAGE="es", **HTML)
    client.get("/es/about/accessibility/")
    assert Client(HTTP_ACCEPT_LANGUAGE="es", **HTML).get("/about/accessibility/").status_code == 302


def test_programs_are_never_led_to_another_language() -> None:
    assert Client(HTTP_ACCEPT_LANGUAGE="es").get("/about/accessibility/").status_code == 200
    assert Client(HTTP_ACCEPT_LANGUAGE="es", **HTML).get("/healthz").status_code == 200


def test_a_missing_page_says_so_in_the_city_s_shell() -> None:
    answer = Client().get("/no-such-page/")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text
    assert "What is not built yet" in answer.text


def test_pages_carry_no_inline_script_or_style() -> None:
    page = Client().get("/about/not-built-yet/").text
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page)


def test_one_page_of_the_desk_is_marked_in_the_menu_in_spanish_too() -> None:
    client = Client()
    sign_in(client, "administrator")
    page = client.get("/es/desk/categories/").text.partition('<nav class="site-nav"')[2].partition("<details")[0]
    assert 'href="/es/desk/" aria-current' not in page


def test_the_header_offers_staff_only_what_opens_to_them() -> None:
    for role, link in (
        ("editor", '<a href="/cms/"><span>Website</span></a>'),
        ("dispatcher", '<a href="/desk/"><span>Desk</span></a>'),
    ):
        client = Client()
        sign_in(client, role)
        page = client.get("/about/accessibility/").text
        assert link in page
        assert ("Desk</span></a>" in page) == (role == "dispatcher")
        assert client.get(re.search(r'href="([^"]+)"', link)[1]).status_code == 200


def test_a_page_that_was_only_looked_at_does_not_ask_to_send_again() -> None:
    client = Client()
    sign_in(client, "editor")
    answer = client.get("/desk/")
    assert answer.status_code == 403
    assert "choose another page in the menu" in answer.text
    assert "send it again" not in answer.text


def test_the_content_editor_names_nobody_to_other_companies_and_leads_back() -> None:
    client = Client()
    sign_in(client, "editor")
    page = client.get("/cms/").text
    assert "gravatar" not in page
    assert "/#main" in page


@pytest.mark.parametrize("comes_again", [True, False])
def test_who_edits_the_website_no_more_leaves_the_content_editors_group(client: Client, comes_again: bool) -> None:
    former, stays = sign_in(client, "editor"), sign_in(Client(), "editor")
    stays_in = Client()
    sign_in(stays_in, user=stays)
    for browser in (client, stays_in):
        assert browser.get("/cms/").status_code == 200
    administrator = sign_in(Client(), "administrator")
    boss = identity.colleague(administrator.pk)
    assert boss is not None
    people.remove_membership(actor=boss, membership_id=former.memberships.get().id)
    if comes_again:
        assert client.get("/cms/").status_code == 403
    else:
        let_go_former_editors.func()
    assert set(Group.objects.get(name="Moderators").user_set.all()) == {stays}


def test_who_is_kept_out_of_the_content_editor_reads_why_in_their_language() -> None:
    client = Client(HTTP_ACCEPT_LANGUAGE="es", **HTML)
    assert client.get("/cms/")["Location"].startswith("/es/account/staff/")
    sign_in(client, "dispatcher")
    page = client.get("/cms/").text
    assert '<html lang="es">' in page
    assert "no puede editar el sitio" in page


@pytest.mark.parametrize(
    ("path", "reads", "lang"), [("/es/requests/", "en", "es"), ("/requests/", "en", "en"), ("/cms/", "es", "es")]
)
def test_what_breaks_before_a_language_is_chosen_is_told_in_the_pages_own(
    rf: RequestFactory, path: str, reads: str, lang: str
) -> None:
    page = server_error(rf.get(path, headers={"accept-language": reads})).content.decode()
    assert f'<html lang="{lang}">' in page
    assert ("Something broke on our side" in page) == (lang == "en")


@pytest.mark.parametrize(("problem", "status"), [(OperationalError, 503), (InterfaceError, 503), (RuntimeError, 500)])
def test_a_database_that_is_away_is_told_as_something_that_passes(
    monkeypatch: pytest.MonkeyPatch, problem: type[Exception], status: int
) -> None:
    def broken() -> None:
        raise problem

    monkeypatch.setattr(city_card, "get", broken)
    assert Client(raise_request_exception=False).get("/es/about/accessibility/").status_code == status
