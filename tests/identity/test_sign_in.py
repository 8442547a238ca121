from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from unittest.mock import patch

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import translation
from tests.support.people import TOTP_SECRET, make_person, sign_in

from cityhall.apps.identity import public, queries, services
from cityhall.apps.identity.contracts import Terms
from cityhall.apps.identity.models import User
from cityhall.apps.identity.web.sign_in import STATE
from cityhall.kernel import clock, ports
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.models import AuditEntry, RateCount
from cityhall.kernel.ports import Mail, MailCapabilities

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-and-odd-phrase"


class Postbox:
    capabilities = MailCapabilities(delivers=False, keeps=True)

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.down = False

    def send(self, mail: Mail) -> None:
        if self.down:
            raise ports.MailUnavailable("down")
        self.mails.append(mail)


@pytest.fixture
def postbox(settings) -> Iterator[Postbox]:
    from cityhall.config import engines

    # The test runner puts Django's own mail aside; here it takes the way it takes in earnest.
    settings.EMAIL_BACKEND = "cityhall.kernel.django.mail_backend.PortBackend"

    box = Postbox()
    ports.mail_engine.fill(lambda: box)
    yield box
    ports.mail_engine.fill(engines.mail)


def totp(secret: str = TOTP_SECRET) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def commits_at_once():
    """What waits for the commit happens inside the request, as it does outside of tests."""
    return patch("django.db.transaction.on_commit", lambda run, **_: run())


def ask_code(client: Client, email: str, host: str = "testserver", **extra: str):
    return client.post(reverse("account_login"), {"email": email, **extra}, HTTP_HOST=host)


def code_in(postbox: Postbox) -> str:
    found = re.search(r"\b(\d{6})\b", postbox.mails[-1].text)
    assert found
    return found[1]


def test_a_resident_signs_in_with_a_code_and_the_account_is_made_then(client: Client, postbox: Postbox) -> None:
    assert ask_code(client, "Ana@Example.org", next="/account/my-data.zip").status_code == 302
    assert not User.objects.exists()
    assert postbox.mails[0].to == "ana@example.org"
    answer = client.post(reverse("sign-in-code"), {"code": code_in(postbox)})
    assert answer["Location"] == "/account/my-data.zip"
    page = client.get(reverse("account"))
    assert "ana@example.org" in page.text
    assert not User.objects.get().has_usable_password()


def test_the_second_time_it_is_the_same_account(client: Client, postbox: Postbox) -> None:
    for _ in range(2):
        client.logout()
        ask_code(client, "ana@example.org")
        client.post(reverse("sign-in-code"), {"code": code_in(postbox)})
    assert User.objects.count() == 1


def test_the_code_may_be_typed_with_a_gap(client: Client, postbox: Postbox) -> None:
    ask_code(client, "ana@example.org")
    code = code_in(postbox)
    assert client.post(reverse("sign-in-code"), {"code": f"{code[:3]} {code[3:]}"}).status_code == 302
    assert client.get(reverse("account")).status_code == 200


def test_five_wrong_codes_end_it_even_for_the_right_one(client: Client, postbox: Postbox) -> None:
    ask_code(client, "ana@example.org")
    right = code_in(postbox)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        answer = client.post(reverse("sign-in-code"), {"code": wrong})
        assert answer.status_code == 400
        assert "not the code we sent" in answer.text
    client.post(reverse("sign-in-code"), {"code": right})
    assert client.get(reverse("account")).status_code == 302
    assert not User.objects.exists()


def test_guesses_that_are_sent_at_once_are_counted_each(client: Client, postbox: Postbox) -> None:
    """Each of them reads the session as it was before the others were counted in it."""
    ask_code(client, "ana@example.org")
    right = code_in(postbox)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(6):
        client.post(reverse("sign-in-code"), {"code": wrong})
        session = client.session
        session[STATE] = {**session[STATE], "tries": 0}
        session.save()
    assert client.post(reverse("sign-in-code"), {"code": right}).status_code == 429
    assert not User.objects.exists()


def test_a_code_grows_old(client: Client, postbox: Postbox) -> None:
    ask_code(client, "ana@example.org")
    with patch("cityhall.apps.identity.web.sign_in.time.time", return_value=time.time() + 11 * 60):
        answer = client.post(reverse("sign-in-code"), {"code": code_in(postbox)}, follow=True)
    assert "not good any more" in answer.text


def test_a_code_works_once_and_only_in_its_own_browser(client: Client, postbox: Postbox) -> None:
    ask_code(client, "ana@example.org")
    other = Client()
    assert other.post(reverse("sign-in-code"), {"code": code_in(postbox)})["Location"] == reverse("account_login")


def test_codes_for_one_address_are_limited_in_every_process(postbox: Postbox) -> None:
    statuses = [ask_code(Client(), "ana@example.org").status_code for _ in range(6)]
    assert statuses == [302] * 5 + [429]
    assert len(postbox.mails) == 5


def test_one_household_has_one_limit_however_many_addresses_it_has(postbox: Postbox) -> None:
    with clock.held_at(clock.now()):
        statuses = [
            ask_code(Client(REMOTE_ADDR=f"2001:db8:1:2::{number:x}"), f"ana{number}@example.org").status_code
            for number in range(1, 23)
        ]
        assert statuses == [302] * 20 + [429] * 2
        assert ask_code(Client(REMOTE_ADDR="2001:db8:1:3::1"), "bea@example.org").status_code == 302


def test_what_counts_tries_does_not_tell_whose_they_were(client: Client, postbox: Postbox) -> None:
    ask_code(client, "ana@example.org")
    counted = " ".join(RateCount.objects.values_list("key", flat=True))
    assert "identity.code.to:" in counted
    for guess in ("ana@example.org", sha256(b"ana@example.org").hexdigest(), "127.0.0.1"):
        assert guess not in counted


def test_an_address_of_staff_gets_no_code_and_the_page_does_not_tell(client: Client, postbox: Postbox) -> None:
    make_person("dispatcher", email="dana@city.example", password=PASSWORD)
    staff, stranger = ask_code(client, "dana@city.example"), ask_code(Client(), "who@example.org")
    assert (staff.status_code, staff["Location"]) == (stranger.status_code, stranger["Location"])
    assert "password and a second factor" in postbox.mails[0].text
    assert not re.search(r"\b\d{6}\b", postbox.mails[0].text)


def test_when_mail_is_down_the_page_says_so(client: Client, postbox: Postbox) -> None:
    postbox.down = True
    answer = ask_code(client, "ana@example.org")
    assert answer.status_code == 503
    assert "Mail cannot be sent right now" in answer.text


def test_another_site_is_never_the_next_page(client: Client, postbox: Postbox) -> None:
    ask_code(client, "ana@example.org", next="https://evil.example/")
    assert client.post(reverse("sign-in-code"), {"code": code_in(postbox)})["Location"] == reverse("account")


def staff_sign_in(client: Client, email: str, password: str = PASSWORD, **extra: str):
    return client.post(reverse("staff-sign-in"), {"login": email, "password": password}, **extra)


def test_staff_sign_in_with_password_and_app(client: Client) -> None:
    user = make_person("administrator", email="ada@city.example", password=PASSWORD)
    answer = staff_sign_in(client, user.email)
    assert answer["Location"] == reverse("mfa_authenticate")
    assert client.get(reverse("desk-people")).status_code == 302
    assert "authenticator app" in client.get(reverse("mfa_authenticate")).text
    client.post(reverse("mfa_authenticate"), {"code": totp()})
    desk = client.get(reverse("desk-people"))
    assert desk.status_code == 200
    assert "Successfully signed in" in desk.text
    assert AuditEntry.objects.filter(action="identity.signed_in", actor_id=user.id).count() == 1


def test_a_page_of_staff_leads_to_their_own_entrance_and_back_to_it(client: Client) -> None:
    user = make_person("administrator", password=PASSWORD)
    wanted = reverse("desk-people") + "?q=ada"
    sent_to = client.get(wanted)["Location"]
    assert sent_to.startswith(reverse("staff-sign-in"))
    assert client.get("/cms/")["Location"].startswith(reverse("staff-sign-in"))
    assert client.get(reverse("account"))["Location"].startswith(reverse("account_login"))
    page = client.get(sent_to)
    assert f'href="{reverse("account_login")}?next=' in page.text
    client.post(sent_to, {"login": user.email, "password": PASSWORD, "next": wanted})
    again = client.get(wanted, follow=True)  # the second factor is still to come: no page of the desk, and no circle
    assert again.status_code == 200
    assert again.context["form"].fields.keys() == {"code"}
    assert client.post(reverse("mfa_authenticate"), {"code": totp()})["Location"] == wanted


@pytest.mark.parametrize("wanted", ["/desk/people/?q=ada", "/cms/"])
def test_who_has_no_second_factor_yet_is_led_to_set_one_up_and_then_where_they_wanted(
    client: Client, wanted: str
) -> None:
    user = make_person("administrator", password=PASSWORD, second_factor=False)
    entrance = client.get(wanted)["Location"]
    page = client.post(entrance, {"login": user.email, "password": PASSWORD, "next": wanted}, follow=True)
    assert page.request["PATH_INFO"] == reverse("mfa_index")  # and not round in a circle
    assert "Successfully signed in" not in page.text  # beside "Half signed in: go on"
    assert client.get(wanted, follow=True).request["PATH_INFO"] == reverse("mfa_index")
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    with commits_at_once():
        client.post(reverse("mfa_activate_totp"), {"code": totp(secret)})
    assert client.get(reverse("account_login"))["Location"] == wanted


def test_who_may_only_edit_the_website_lands_where_they_may_be(client: Client) -> None:
    user = make_person("editor", password=PASSWORD)
    staff_sign_in(client, user.email)
    page = client.post(reverse("mfa_authenticate"), {"code": totp()}, follow=True)
    assert page.redirect_chain[-1][0] == reverse("wagtailadmin_home")
    assert page.status_code == 200


def test_the_staff_page_asks_in_the_words_of_the_others(client: Client) -> None:
    page = client.get(reverse("staff-sign-in")).text
    assert page.count("Forgot your password?") == 1
    for form in (page, client.get(reverse("account_reset_password")).text):
        assert ">E-mail</label>" in form


def test_one_code_of_the_app_is_good_once_and_the_log_knows_of_the_second_time(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("WARNING")
    user = make_person("administrator", password=PASSWORD)
    code = totp()
    for browser, reached in ((client, 200), (Client(), 302)):
        assert "tried again" not in caplog.text
        staff_sign_in(browser, user.email)
        browser.post(reverse("mfa_authenticate"), {"code": "no code"})
        browser.post(reverse("mfa_authenticate"), {"code": code})
        assert browser.get(reverse("desk-people")).status_code == reached
    assert caplog.text.count("a code of an authenticator app was tried again") == 1
    assert code not in caplog.text


@contextmanager
def the_clock_at(moment: int) -> Iterator[None]:
    """Hold the clocks of the library and of the cache, which read no clock of ours."""
    told = datetime.fromtimestamp(moment, UTC)
    with patch("time.time", return_value=moment), patch("django.core.cache.backends.db.tz_now", return_value=told):
        yield


@pytest.mark.parametrize("later", [31, 59, 89])
def test_a_code_of_the_app_that_is_still_good_opens_nothing_a_second_time(client: Client, later: int) -> None:
    user = make_person("administrator", password=PASSWORD)
    step = int(time.time()) // 30
    code = format_hotp_value(hotp_value(TOTP_SECRET, step + 1))  # of an app whose clock is ahead
    for browser, after, reached in ((client, 0, 200), (Client(), later, 302)):
        with the_clock_at(step * 30 + after):
            staff_sign_in(browser, user.email)
            browser.post(reverse("mfa_authenticate"), {"code": code})
            assert browser.get(reverse("desk-people")).status_code == reached


def test_the_code_that_set_the_app_up_opens_nothing_afterwards(client: Client) -> None:
    user = make_person("administrator", password=PASSWORD, second_factor=False)
    staff_sign_in(client, user.email)
    code = totp(client.get(reverse("mfa_activate_totp")).context["form"].secret)
    with commits_at_once():
        client.post(reverse("mfa_activate_totp"), {"code": code})
    assert client.get(reverse("desk-people")).status_code == 200
    onlooker = Client()
    staff_sign_in(onlooker, user.email)
    onlooker.post(reverse("mfa_authenticate"), {"code": code})
    assert onlooker.get(reverse("desk-people")).status_code == 302


def test_a_session_of_staff_ends_after_a_days_work_and_a_residents_lasts(client: Client, postbox: Postbox) -> None:
    user = make_person("administrator", password=PASSWORD)
    staff_sign_in(client, user.email)
    client.post(reverse("mfa_authenticate"), {"code": totp()})
    assert 11 * 3600 < client.session.get_expiry_age() <= 12 * 3600
    resident = Client()
    ask_code(resident, "ana@example.org")
    resident.post(reverse("sign-in-code"), {"code": code_in(postbox)})
    assert resident.session.get_expiry_age() > 13 * 24 * 3600


def test_staff_without_a_second_factor_are_led_to_set_one_up_and_then_let_in(client: Client, postbox: Postbox) -> None:
    user = make_person("administrator", password=PASSWORD, second_factor=False)
    staff_sign_in(client, user.email)
    refused = client.get(reverse("desk-people"))
    assert refused.status_code == 302
    assert refused["Location"].startswith(reverse("staff-sign-in"))
    assert client.get(refused["Location"])["Location"].startswith(reverse("mfa_index"))
    page = client.get(reverse("mfa_activate_totp"))
    assert 'src="data:image/svg+xml' in page.text
    secret = page.context["form"].secret
    with commits_at_once():
        answer = client.post(reverse("mfa_activate_totp"), {"code": totp(secret)}, follow=True)
    assert "10 codes are left" in answer.text
    assert client.get(reverse("account_login"))["Location"] == reverse("desk-people")
    assert client.get(reverse("desk-people")).status_code == 200


def header_of(client: Client, path: str = "/about/accessibility/") -> str:
    return client.get(path).text.split('class="site-tools"')[1].split("</div>")[0]


def test_who_is_half_signed_in_is_told_so_on_every_page_and_led_on(client: Client, postbox: Postbox) -> None:
    user = make_person("administrator", password=PASSWORD)
    assert "Sign in<" in header_of(client)
    staff_sign_in(client, user.email)
    assert f'href="{reverse("mfa_authenticate")}">Half signed in: go on' in header_of(client)
    assert "Sign in<" not in header_of(client)
    assert "Ha entrado a medias: siga" in header_of(client, "/es/about/accessibility/")
    with translation.override("en"):
        assert 'aria-current="page">Half signed in' in header_of(client, reverse("mfa_authenticate"))
        client.post(reverse("mfa_authenticate"), {"code": totp()})
    assert "Half signed in" not in header_of(client)
    client.post(reverse("account_logout"))
    assert "Sign in<" in header_of(client)


def test_who_lacks_a_second_factor_is_led_to_set_one_up_from_every_page(client: Client, postbox: Postbox) -> None:
    user = make_person("administrator", password=PASSWORD, second_factor=False)
    staff_sign_in(client, user.email)
    assert f'href="{reverse("mfa_index")}">Half signed in: go on' in header_of(client)
    assert "Sign out" not in header_of(client)


def test_setting_up_the_first_factor_ends_the_other_half_signed_in_sessions(client: Client, postbox: Postbox) -> None:
    user = make_person("administrator", password=PASSWORD, second_factor=False)
    thief = Client()
    for browser in (thief, client):
        staff_sign_in(browser, user.email)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    with commits_at_once():
        client.post(reverse("mfa_activate_totp"), {"code": totp(secret)})
    assert thief.get(reverse("mfa_index")).status_code == 302


def test_staff_cannot_remove_their_only_factor(client: Client) -> None:
    user = sign_in(client, "administrator")
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=user, type="totp").exists()


def test_guessing_a_password_is_throttled_even_with_the_right_one_at_last() -> None:
    user = make_person("dispatcher", password=PASSWORD)
    for number in range(5):
        answer = staff_sign_in(Client(), user.email, f"wrong-{number}")
        assert "not correct" in answer.text
    assert "Too many failed login attempts" in staff_sign_in(Client(), user.email).text


def test_a_demo_account_is_refused_at_sign_in_from_elsewhere(client: Client, settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    user = make_person("dispatcher", password=PASSWORD, is_demo=True)
    elsewhere = {"REMOTE_ADDR": "192.0.2.7", "HTTP_HOST": "localhost"}
    assert staff_sign_in(client, user.email, **elsewhere).status_code == 403
    there = Client(HTTP_HOST="localhost")
    assert staff_sign_in(there, user.email).status_code == 302


def test_forms_are_refused_without_the_csrf_token() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert ask_code(strict, "ana@example.org").status_code == 403
    assert staff_sign_in(strict, "x@city.example").status_code == 403
    user = sign_in(strict, "administrator")
    assert strict.post(reverse("desk-membership-add", args=[user.id]), {"role": "crew"}).status_code == 403
    assert user.memberships.count() == 1


def test_a_forgotten_password_is_for_staff_alone(client: Client, postbox: Postbox, settings) -> None:
    make_person("dispatcher", email="dana@city.example", password=PASSWORD)
    make_person("resident", email="ana@example.org")
    for email in ("ana@example.org", "nobody@example.org", "dana@city.example"):
        answer = client.post(reverse("account_reset_password"), {"email": email})
        assert answer["Location"] == reverse("account_reset_password_done")
    assert [mail.to for mail in postbox.mails] == ["dana@city.example"]
    link = re.search(rf"{settings.PUBLIC_URL}(\S+)", postbox.mails[0].text)
    assert link
    page = client.get(link[1], follow=True)
    short = client.post(page.request["PATH_INFO"], {"password1": "short", "password2": "short"}).text
    assert ">This password is too short. It must contain at least 12 characters.</span>" in short
    new = "another-long-odd-phrase"
    client.post(page.request["PATH_INFO"], {"password1": new, "password2": new})
    assert get_user_model().objects.get(email="dana@city.example").check_password(new)


def test_links_in_mail_are_of_the_public_address_whatever_host_was_asked(
    client: Client, postbox: Postbox, settings
) -> None:
    settings.PUBLIC_URL = "https://311.city.example"
    make_person("dispatcher", email="dana@city.example", password=PASSWORD)
    sign_in(client, "administrator")
    there = {"HTTP_HOST": "localhost:6666"}
    Client().post(reverse("account_reset_password"), {"email": "dana@city.example"}, **there)
    ask_code(Client(), "dana@city.example", host="localhost:6666")
    page = client.post(
        reverse("desk-people-invite"), {"email": "sam@city.example", "name": "Sam"}, follow=True, **there
    )  # fmt: skip
    reset, note, invitation = (mail.text for mail in postbox.mails)
    for text in (reset, invitation):
        assert "https://311.city.example/account/password/new/" in text
    for text in (note, invitation, page.text):
        assert "https://311.city.example/account/staff/" in text
    for text in (reset, note, invitation):
        assert "localhost" not in text


def test_a_colleague_who_was_invited_sets_password_and_second_factor_and_works(
    client: Client, postbox: Postbox, settings
) -> None:
    admin = sign_in(client, "administrator")
    page = client.post(
        reverse("desk-people-invite"), {"email": "Sam@City.example", "name": "Sam Park"}, follow=True
    ).text  # fmt: skip
    [mail] = postbox.mails
    assert mail.to == "sam@city.example"
    assert admin.email not in mail.text
    invited = get_user_model().objects.get(email="sam@city.example")
    services.add_membership(actor=queries.actor_of_account(admin), user_id=invited.id, role="crew")
    browser, new = Client(), "gravel-tamper-31-loud"
    link = re.search(rf"{settings.PUBLIC_URL}(/account/password/new/\S+)", mail.text)
    assert link
    form = browser.get(link[1], follow=True)
    browser.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    staff_sign_in(browser, "sam@city.example", new)
    secret = browser.get(reverse("mfa_activate_totp")).context["form"].secret
    with commits_at_once():
        browser.post(reverse("mfa_activate_totp"), {"code": totp(secret)})
    assert browser.get("/desk/").status_code == 200
    # The box of this test delivers nothing, and the page does not claim that it did.
    assert "no e-mail could be sent" in page


def _invited(admin: Actor, user: User) -> None:
    services.invite(actor=admin, email=user.email, name="Ana")


def _given_a_role(admin: Actor, user: User) -> None:
    services.add_membership(actor=admin, user_id=user.id, role="administrator")


def _sent_by_a_contractor(admin: Actor, user: User) -> None:
    public.ensure_department("clean", {"en": "Clean city"})
    public.ensure_team("walls", {"en": "Walls"}, department="clean")
    today = clock.now().date()
    company = public.ensure_contractor(Terms("Pavers", today, today), teams=["walls"])
    team = public.teams()[0].id
    services.add_person(
        actor=admin, contractor_id=company, email=user.email, name="Ana", role="crew", team_id=team
    )  # fmt: skip


def _made_administrator(admin: Actor, user: User) -> None:
    services.make_administrator(user.email, "Ana", PASSWORD)


@pytest.mark.parametrize("made_staff", [_invited, _given_a_role, _sent_by_a_contractor, _made_administrator])
def test_a_browser_in_which_a_resident_signed_in_is_no_way_to_the_desk_once_they_are_staff(
    client: Client, postbox: Postbox, made_staff: Callable[[Actor, User], None]
) -> None:
    ask_code(client, "ana@example.org")
    client.post(reverse("sign-in-code"), {"code": code_in(postbox)})
    user = User.objects.get()
    TOTP.activate(user, TOTP_SECRET)
    made_staff(queries.actor_of_account(make_person("administrator")), user)
    user.refresh_from_db()
    assert user.is_staff
    assert client.get(reverse("account")).status_code == 302, "the session is over"
    assert client.get(reverse("mfa_activate_totp")).status_code == 302
    assert not queries.has_second_factor(user.id), "it is set up anew, by whoever has the password"


@pytest.mark.parametrize(("delivers", "down", "told"), [(True, False, "was sent to"), (True, True, "no e-mail could")])
def test_whoever_invites_is_told_whether_the_link_left(
    client: Client, postbox: Postbox, delivers: bool, down: bool, told: str
) -> None:
    sign_in(client, "administrator")
    postbox.capabilities, postbox.down = MailCapabilities(delivers=delivers, keeps=False), down
    answer = client.post(
        reverse("desk-people-invite"), {"email": "sam@city.example", "name": "Sam Park"}, follow=True
    )  # fmt: skip
    assert told in answer.text
    assert get_user_model().objects.filter(email="sam@city.example", is_staff=True).exists()


def test_sessions_are_listed_and_others_ended(client: Client, postbox: Postbox) -> None:
    other = Client()
    for browser in (other, client):
        ask_code(browser, "ana@example.org")
        browser.post(reverse("sign-in-code"), {"code": code_in(postbox)})
    assert "Sign out everywhere else" in client.get(reverse("usersessions_list")).text
    client.post(reverse("usersessions_list"), {"end": "others"})
    assert other.get(reverse("account")).status_code == 302
    assert client.get(reverse("account")).status_code == 200


@pytest.mark.parametrize("role", ["resident", "administrator"])
@pytest.mark.parametrize(
    "name",
    [
        "account", "account-erase", "account_logout", "mfa_index", "mfa_activate_totp", "mfa_add_webauthn",
        "mfa_list_webauthn", "usersessions_list", "account_change_password", "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes", "mfa_deactivate_totp",
    ],
)  # fmt: skip
def test_every_account_page_opens(client: Client, role: str, name: str) -> None:
    sign_in(client, role)
    answer = client.get(reverse(name), follow=True)
    assert answer.status_code in {200, 404}
    assert "style=" not in answer.text.replace("<img ", "")
    assert not re.search(r"<script(?![^>]*(src=|application/json))", answer.text)


@pytest.mark.parametrize("name", ["staff-sign-in", "account_reset_password", "account_inactive", "account_login"])
def test_every_page_of_the_entrance_opens_in_both_languages(client: Client, name: str) -> None:
    assert client.get(reverse(name)).status_code == 200
    assert client.get("/es" + reverse(name)).status_code == 200
