"""A password that can be looked at, and a passkey used in its place. The key is Chromium's own."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from tests.browser.conftest import axe
from tests.support.people import make_person, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_passkey_is_added_and_opens_the_desk_without_the_password(page: Page) -> None:
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    device = tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )["authenticatorId"]
    client = Client()
    dana = sign_in(client, "dispatcher")
    page.goto("/healthz")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": page.url}])

    page.goto("/account/passkeys/add/")
    assert axe(page) == []
    page.get_by_label("Name of the passkey").fill("Work phone")
    expect(page.get_by_label("Sign in with this passkey alone")).to_be_checked()
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_text("The passkey is added.")).to_be_visible()
    page.goto("/account/passkeys/")
    expect(page.get_by_role("listitem").filter(has_text="Work phone").first).to_be_visible()

    page.context.clear_cookies()
    page.goto("/desk/")
    assert "/account/" in page.url
    page.goto("/account/staff/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/desk/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    # A passkey that the city no longer knows opens nothing, and the page says what to do.
    page.context.clear_cookies()
    Authenticator.objects.filter(user=dana, type=Authenticator.Type.WEBAUTHN).delete()
    page.goto("/account/staff/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("This code or passkey does not open the account.")).to_be_visible()
    tools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": device})


def test_a_password_can_be_looked_at_and_is_hidden_again(page: Page) -> None:
    page.goto("/account/staff/")
    password, show = page.get_by_label("Password", exact=True), page.get_by_role("button", name="Show the password")
    password.fill("correct horse")
    expect(password).to_have_attribute("type", "password")
    show.click()
    expect(password).to_have_attribute("type", "text")
    assert axe(page) == []
    show.click()
    expect(password).to_have_attribute("type", "password")


@pytest.mark.parametrize(("language", "words"), [("en", "without the password"), ("es", "sin la contraseña")])
def test_the_passkey_page_speaks_of_passkeys_and_not_of_its_library(client: Client, language: str, words: str) -> None:
    sign_in(client, "dispatcher")
    page = client.get(f"{'/es' if language == 'es' else ''}/account/passkeys/add/").text
    assert words in page
    assert not [
        jargon for jargon in ("Enabling passwordless", ">Passwordless", "Master key", "Llave maestra") if jargon in page
    ]


def test_a_new_password_is_met_with_how_hard_it_is_to_guess(page: Page) -> None:
    client = Client()
    sign_in(client, user=make_person("dispatcher", password="mossy lantern 123"))
    page.goto("/healthz")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": page.url}])
    page.goto("/account/password/")
    meter = page.get_by_role("meter", name="How hard the password is to guess")
    expect(meter).not_to_be_visible()
    for typed, says, level in (
        ("correct", "Too short yet", "1"),
        ("password12345678", "Easy to guess", "2"),
        ("aaaaaaaaaaaaaaaa", "Easy to guess", "2"),
        ("mossy lantern", "Good.", "3"),
        ("mossy lantern eats violins", "Strong.", "4"),
    ):
        page.locator("#id_password1").fill(typed)
        expect(page.locator("[data-strength-words]")).to_contain_text(says)
        assert meter.evaluate("one => String(one.value)") == level
    expect(page.get_by_role("status").filter(has_text="Strong.")).to_have_count(1)
    assert axe(page) == []
