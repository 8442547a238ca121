"""Who signs in by telephone follows by text message, in their language, until they answer STOP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from tests.support.sms import FakeSms

from cityhall.apps.identity.services import signed_in_by_phone
from cityhall.apps.notify import public
from cityhall.apps.notify.models import Message, Suppression
from cityhall.apps.notify.rules import asks_to, sms_text
from cityhall.apps.notify.services import delivering, following
from cityhall.kernel import ports
from cityhall.kernel.ids import new_id
from cityhall.kernel.ports import SmsCapabilities, SmsReceived, SmsRefused, SmsUnavailable

pytestmark = pytest.mark.django_db
NUMBER = "+16195550123"
INBOUND = "/sms/inbound/"


class Answering(FakeSms):
    """An engine with a webhook; what carries the right word comes from it."""

    capabilities = SmsCapabilities(delivers=True, keeps=False, receives=True)

    def receive(self, url: str, form: Any, headers: Any) -> SmsReceived | None:
        if headers.get("X-Word") != f"right {url}":
            return None
        return SmsReceived(form["From"], form["Body"])


@pytest.fixture
def sms() -> Iterator[Answering]:
    from cityhall.config import engines

    engine = Answering()
    ports.sms_engine.fill(lambda: engine)
    yield engine
    ports.sms_engine.fill(engines.sms)


def tell(subject: Any) -> int:
    return public.tell_followers(
        "service_request",
        subject,
        template="service_requests/started",
        context={"category": "Pothole", "number": "48-220", "sentence": "", "path": "/requests/48-220/"},
    )


def follow(language: str = "en") -> Any:
    subject = new_id()
    user = signed_in_by_phone(NUMBER, language=language)
    public.follow("service_request", subject, user_id=user.id, language=language)
    return subject


def test_the_message_is_short_names_the_page_and_says_how_to_stop(sms: Answering) -> None:
    assert tell(follow()) == 1
    assert delivering.deliver_due() == 1
    (sent,) = sms.sent
    assert sent.to == NUMBER
    assert "48-220" in sent.text
    assert "/requests/48-220/" in sent.text
    assert sent.text.endswith("Answer STOP to end these messages.")
    assert len(sent.text) <= 320
    assert Message.objects.get().html == ""


def test_it_speaks_the_readers_language(sms: Answering) -> None:
    tell(follow("es"))
    delivering.deliver_due()
    assert "Responda STOP" in sms.sent[0].text


def test_trouble_waits_and_a_refusal_is_final(sms: Answering) -> None:
    subject = follow()
    tell(subject)
    sms.trouble = SmsUnavailable("down")
    assert delivering.deliver_due() == 0
    assert Message.objects.get().failed_at is None
    Message.objects.all().delete()
    tell(subject)
    sms.trouble = SmsRefused("gone")
    delivering.deliver_due()
    assert Message.objects.get().failed_at is not None


def answer(client: Client, text: str, word: str = "right http://127.0.0.1:8000/sms/inbound/") -> int:
    return client.post(INBOUND, {"From": NUMBER, "Body": text}, headers={"X-Word": word}).status_code


def test_stop_ends_it_at_once_and_start_begins_it_again(client: Client, sms: Answering) -> None:
    subject = follow()
    tell(subject)
    assert answer(client, "Stop.") == 200
    assert not Message.objects.exists(), "what waited is gone"
    assert tell(subject) == 0
    assert answer(client, " START ") == 200
    assert tell(subject) == 1


def test_a_stop_between_writing_and_sending_counts(sms: Answering) -> None:
    tell(follow())
    Suppression.objects.create(address=NUMBER, created_at=Message.objects.get().created_at)
    assert delivering.deliver_due() == 0
    assert not sms.sent


def test_only_the_engine_itself_may_call(client: Client, sms: Answering) -> None:
    assert answer(client, "STOP", word="wrong") == 403
    assert not Suppression.objects.exists()
    assert client.get(INBOUND).status_code == 405


def test_an_engine_that_takes_no_answers_has_no_door(client: Client) -> None:
    assert answer(client, "STOP") == 404


def test_other_answers_change_nothing() -> None:
    assert following.answered(NUMBER, "When do you come?") == ""
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("STOP", "stop"),
        ("stop!", "stop"),
        ("Alto", "stop"),
        ("Start", "start"),
        ("Sí", "start"),
        ("stop it", ""),
        ("", ""),
    ],
)
def test_what_an_answer_asks_for(text: str, asked: str) -> None:
    assert asks_to(text) == asked


def test_a_long_subject_is_cut_and_never_the_address() -> None:
    text = sms_text("A " * 400, "https://city.example/requests/48-220/", "Answer STOP.")
    assert len(text) <= 320
    assert text.endswith("… https://city.example/requests/48-220/ Answer STOP.")
