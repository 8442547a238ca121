"""Two people fill in the same settings: whoever saves second is told, keeps what they wrote, and may still save it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from tests.support import city
from tests.support.people import sign_in

from cityhall.apps.answers import public as answers
from cityhall.apps.answers.contracts import AnswerTerms, Use
from cityhall.apps.crews import public as crews
from cityhall.apps.offices import public as offices
from cityhall.apps.offices.contracts import OfficeTerms
from cityhall.apps.referrals import public as referrals
from cityhall.apps.referrals.contracts import BodyTerms
from cityhall.kernel.actors import Actor, system

pytestmark = pytest.mark.django_db
ADA = system("Ada")


def _office(actor: Actor) -> str:
    made = offices.save_office(OfficeTerms({"en": "First"}, "district", "1"), actor=actor)
    return reverse("office", args=[made])


def _body(actor: Actor) -> str:
    return reverse(
        "desk-body", args=[referrals.save_body(BodyTerms({"en": "First"}, mail="a@example.org"), actor=actor)]
    )


def _answer(actor: Actor) -> str:
    return reverse("desk-answer", args=[answers.save_answer(AnswerTerms(Use.FIXED, {"en": "First"}), actor=actor)])


def _material(actor: Actor) -> str:
    return reverse("desk-material", args=[crews.save_material({"en": "First"}, {"en": "kg"}, actor=actor)])


#: What makes the settings, the field that both change, and what else the form sends.
FORMS: list[tuple[Callable[[Actor], str], str, dict[str, str]]] = [
    (_office, "name_en", {"area": "district:1", "is_active": "yes"}),
    (_body, "name_en", {"kind": "utility", "channel": "mail", "mail": "a@example.org", "answer_days": "14"}),
    (_answer, "text_en", {"use": "fixed", "order": "50", "is_active": "yes"}),
    (_material, "name_en", {"unit_en": "kg", "step": "1", "order": "50", "is_active": "yes"}),
]


def seen_on(page: bytes) -> str:
    found = re.search(rb'name="seen" value="([0-9a-f]+)"', page)
    assert found is not None
    return found[1].decode()


@pytest.mark.parametrize(("make", "field", "rest"), FORMS)
def test_whoever_saves_second_is_told_and_keeps_what_they_wrote(
    client: Client, make: Callable[[Actor], str], field: str, rest: dict[str, str]
) -> None:
    city.build()
    sign_in(client, "administrator")
    address = make(ADA)
    read_by_both = seen_on(client.get(address).content)

    assert client.post(address, {**rest, field: "Theirs", "seen": read_by_both}).status_code == 302
    told = client.post(address, {**rest, field: "Mine", "seen": read_by_both})

    assert told.status_code == 422
    assert b"Somebody else saved this" in told.content and b"Mine" in told.content
    assert b"Theirs" in client.get(address).content
    assert client.post(address, {**rest, field: "Mine", "seen": seen_on(told.content)}).status_code == 302
    assert b"Mine" in client.get(address).content
