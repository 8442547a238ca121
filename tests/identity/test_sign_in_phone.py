"""Residents sign in by a code sent as a text message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.support.people import make_person, taken_away
from tests.support.sms import FakeSms

from cityhall.apps.identity import public, services
from cityhall.apps.identity.models import User
from cityhall.apps.identity.rules.phones import mail_address, number_of, shown
from cityhall.kernel import clock, ports
from cityhall.kernel.django.models import RateCount
from cityhall.kernel.offers import Person
from cityhall.kernel.ports import SmsRefused, SmsUnavailable, is_phone

pytestmark = pytest.mark.django_db
NUMBER = "+16195550123"


@pytest.fixture
def sms() -> Iterator[FakeSms]:
    from cityhall.config import engines

    engine = FakeSms()
    ports.sms_engine.fill(lambda: engine)
    yield engine
    ports.sms_engine.fill(engines.sms)


def ask(client: Client, number: str = "(619) 555-0123", **extra: str) -> Any:
    return client.post(reverse("sign-in-phone"), {"phone": number, **extra})


def code_in(sms: FakeSms) -> str:
    found = re.search(r"\b(\d{6})\b", sms.sent[-1].text)
    assert found
    return found[1]


def test_a_resident_signs_in_by_text_message_and_the_account_is_made_then(client: Client, sms: FakeSms) -> None:
    assert reverse("sign-in-phone") in client.get(reverse("account_login")).text
    assert ask(client, next="/account/my-data.zip").status_code == 302
    assert not User.objects.exists()
    assert sms.sent[0].to == NUMBER
    assert "Tell it to nobody" in sms.sent[0].text
    page = client.get(reverse("sign-in-code")).text
    assert "…0123" in page
    assert NUMBER not in page
    answer = client.post(reverse("sign-in-code"), {"code": code_in(sms)})
    assert answer["Location"] == "/account/my-data.zip"
    greeted = client.get(reverse("account")).text
    assert f"signed in as {NUMBER}" in greeted
    assert "phone.invalid" not in greeted
    assert taken_away(client.get(reverse("account-export")).content)["rooms"]["identity"][0]["email"] == ""


def test_the_same_number_is_the_same_person(client: Client, sms: FakeSms) -> None:
    for browser in (client, Client()):
        ask(browser, "619.555.0123" if browser is client else "+1 619 555 0123")
        browser.post(reverse("sign-in-code"), {"code": code_in(sms)})
    user = User.objects.get()
    assert public.person(user.id) is not None
    assert (public.person(user.id).email, public.person(user.id).phone) == ("", NUMBER)  # type: ignore[union-attr]


def test_the_message_speaks_the_language_of_the_page(client: Client, sms: FakeSms) -> None:
    client.post("/es" + reverse("sign-in-phone"), {"phone": "619 555 0123"})
    assert "es su código" in sms.sent[0].text


def test_a_code_is_kept_as_a_hash_expires_and_bears_five_tries(client: Client, sms: FakeSms) -> None:
    start = clock.now()
    ask(client)
    code = code_in(sms)
    assert code not in str(dict(client.session))
    for _ in range(5):
        assert client.post(reverse("sign-in-code"), {"code": "000000"}).status_code == 400
    client.post(reverse("sign-in-code"), {"code": code})
    assert "_auth_user_id" not in client.session
    with clock.held_at(start + timedelta(minutes=20)):
        ask(client)
    session = client.session
    session["identity.sign_in_code"] = {**session["identity.sign_in_code"], "at": 0}
    session.save()
    client.post(reverse("sign-in-code"), {"code": code_in(sms)})
    assert "_auth_user_id" not in client.session


def test_numbers_days_and_addresses_have_their_limits(sms: FakeSms, settings: Any) -> None:
    start = clock.now().replace(hour=1, minute=1)
    with clock.held_at(start):
        assert [ask(Client()).status_code for _ in range(4)] == [302, 302, 302, 429]
    for step in range(1, 5):
        with clock.held_at(start + timedelta(minutes=16 * step)):
            for _ in range(2):
                ask(Client())
    assert len(sms.sent) == 8, "eight a day to one number"
    with clock.held_at(start + timedelta(days=1)):
        settings.CITYHALL_SMS_PER_DAY = 2
        answers = [ask(Client(), f"619 555 01{number:02}").status_code for number in range(3)]
    assert answers == [302, 302, 429]


def test_one_household_rings_twenty_telephones_a_day_and_the_counts_tell_no_number(sms: FakeSms) -> None:
    start = clock.now().replace(hour=1, minute=1)
    answers = []
    for number in range(22):
        with clock.held_at(start + timedelta(minutes=2 * number)):
            answers.append(ask(Client(REMOTE_ADDR=f"2001:db8:1:2::{number:x}"), f"619 555 01{number:02}").status_code)
    assert answers == [302] * 20 + [429] * 2
    counted = " ".join(RateCount.objects.values_list("key", flat=True))
    assert sha256(b"+16195550100").hexdigest() not in counted


def test_one_address_cannot_ring_many_telephones(client: Client, sms: FakeSms) -> None:
    start = clock.now().replace(hour=1, minute=1)
    answers = []
    for number in range(24):
        with clock.held_at(start + timedelta(minutes=2 * number)):
            answers.append(ask(client, f"619 555 01{number:02}").status_code)
    assert answers == [302] * 20 + [429] * 4


@pytest.mark.parametrize("number", ["", "555 0123", "0", "+1", "119 555 0123", "+44", "name@example.org"])
def test_what_is_no_mobile_number_is_told(client: Client, sms: FakeSms, number: str) -> None:
    answer = ask(client, number)
    assert answer.status_code == 400
    assert not sms.sent


def test_a_number_that_is_refused_looks_like_any_other(client: Client, sms: FakeSms) -> None:
    sms.trouble = SmsRefused("STOP")
    assert ask(client).status_code == 302
    assert "We sent a text message" in client.get(reverse("sign-in-code")).text
    assert client.post(reverse("sign-in-code"), {"code": "000000"}).status_code == 400


def test_when_no_message_can_be_sent_it_is_said(client: Client, sms: FakeSms) -> None:
    sms.trouble = SmsUnavailable("down")
    answer = ask(client)
    assert answer.status_code == 503
    assert "Text messages cannot be sent right now" in answer.text


def test_a_city_without_text_messages_does_not_offer_them(client: Client) -> None:
    assert reverse("sign-in-phone") not in client.get(reverse("account_login")).text
    assert ask(client).status_code == 404


def test_who_became_staff_signs_in_as_staff(client: Client, sms: FakeSms) -> None:
    user = services.signed_in_by_phone(NUMBER, language="en")
    User.objects.filter(id=user.id).update(is_staff=True)
    ask(client)
    answer = client.post(reverse("sign-in-code"), {"code": code_in(sms)})
    assert answer["Location"] == reverse("staff-sign-in")
    assert "_auth_user_id" not in client.session


def test_an_unconfirmed_number_of_another_account_opens_nothing(client: Client, sms: FakeSms) -> None:
    other = make_person()
    User.objects.filter(id=other.id).update(phone=NUMBER)
    ask(client)
    client.post(reverse("sign-in-code"), {"code": code_in(sms)})
    assert client.session["_auth_user_id"] != str(other.id)


def test_an_erased_account_frees_its_number(sms: FakeSms) -> None:
    user = services.signed_in_by_phone(NUMBER, language="en")
    services.erase_person(Person(account=user.id))
    user.refresh_from_db()
    assert (user.phone, user.phone_confirmed_at) == ("", None)
    assert services.signed_in_by_phone(NUMBER, language="en").id != user.id


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("619-555-0123", NUMBER),
        ("1 619 555 0123", NUMBER),
        ("+1 (619) 555‑0123", NUMBER),
        ("0044 20 7946 0958", "+442079460958"),
        ("+52 55 5555 0123", "+525555550123"),
        ("٦١٩٥٥٥٠١٢٣", ""),
        ("619555012", ""),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, number: str) -> None:
    assert number_of(text, "1") == number
    assert not number or is_phone(number)


def test_numbers_of_other_countries_have_their_own_code() -> None:
    assert number_of("055 5555 0123", "52") == "+525555550123"
    assert shown("+525555550123") == "…0123"
    assert mail_address("a@example.org") == "a@example.org"
