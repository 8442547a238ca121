from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from tests.support.people import make_person, sign_in, taken_away

from cityhall.apps.identity import public
from cityhall.apps.identity.models import User
from cityhall.kernel import offers
from cityhall.kernel.django.models import AuditEntry
from cityhall.kernel.django.translated import pick
from cityhall.kernel.errors import Invalid

pytestmark = pytest.mark.django_db


@pytest.fixture
def other_room(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A room that finds its data by the account's address, as one that keeps addresses would."""
    erased: list[str] = []

    def erase(person: offers.Person) -> int:
        assert person.account
        found = public.person(person.account)
        assert found
        assert found.email == person.email
        erased.append(found.email)
        return 2

    room = offers.PersonalData("test-room", "Test room", export=lambda person: [{"likes": "tea"}], erase=erase)
    monkeypatch.setattr(offers.personal_data, "_entries", {**offers.personal_data._entries, room.key: room})
    yield erased


def test_people_take_away_what_every_room_holds(client: Client, other_room: list[str]) -> None:
    user = sign_in(client)
    answer = client.get(reverse("account-export"))
    assert "attachment" in answer["Content-Disposition"]
    rooms = taken_away(answer.content)["rooms"]
    assert rooms["identity"][0]["email"] == user.email
    assert rooms["test-room"] == [{"likes": "tea"}]


def test_erasing_asks_for_the_word_first(client: Client) -> None:
    user = sign_in(client)
    answer = client.post(reverse("account-erase"), {"confirm": "yes"})
    assert answer.status_code == 400
    assert "Type the word" in answer.text
    assert User.objects.filter(email=user.email).exists()


def test_erasing_blanks_the_account_and_the_address_is_free_again(client: Client, other_room: list[str]) -> None:
    user = sign_in(client)
    answer = client.post(reverse("account-erase"), {"confirm": "Erase "}, follow=True)
    assert "are erased" in answer.text
    assert other_room == [user.email]
    left = User.objects.get(id=user.id)
    assert (left.name, left.phone, left.is_active) == ("", "", False)
    assert user.email not in str(vars(left))
    assert client.get(reverse("account")).status_code == 302
    entry = AuditEntry.objects.get(action="identity.erased")
    assert user.email not in str(vars(entry))
    assert public.resident_account(user.email) != user.id


def test_staff_do_not_erase_themselves_out_of_the_record(client: Client) -> None:
    user = sign_in(client, "dispatcher")
    assert client.post(reverse("account-erase"), {"confirm": "erase"}).status_code == 403
    assert User.objects.filter(email=user.email).exists()


def test_the_language_is_kept_and_shown(client: Client) -> None:
    user = sign_in(client)
    answer = client.post(reverse("account-language"), {"language": "es"})
    assert answer["Location"] == "/es/account/"
    found = public.person(user.id)
    assert found
    assert found.language == "es"
    assert client.post(reverse("account-language"), {"language": "tlh"}).status_code == 400


def test_one_address_is_one_account_however_it_is_written() -> None:
    assert public.resident_account("Ana@Example.org ") == public.resident_account("ana@example.org")
    with pytest.raises(Invalid):
        public.resident_account("ana")


def test_setting_up_again_changes_nothing_but_what_was_asked() -> None:
    first = make_person("dispatcher", email="dana@city.example", name="Dana", department="streets")
    again = make_person("dispatcher", email="dana@city.example", name="Dana Reyes", department="streets")
    assert first.id == again.id
    assert again.name == "Dana Reyes"
    assert again.memberships.count() == 1


def test_people_of_a_department_include_its_teams() -> None:
    make_person("dispatcher", name="Dana", department="streets")
    make_person("crew", name="Cleo", department="streets", team="pothole-crew")
    make_person("dispatcher", name="Pia", department="parks")
    streets = next(row.id for row in public.departments() if row.code == "streets")
    assert [found.name for found in public.people(streets)] == ["Cleo", "Dana"]
    assert [found.name for found in public.people()] == ["Cleo", "Dana", "Pia"]


@pytest.mark.parametrize(
    ("value", "language", "text"),
    [
        ({"en": "Tree", "es": "Árbol"}, "es", "Árbol"),
        ({"en": "Tree", "es": "Árbol"}, "es-mx", "Árbol"),
        ({"en": "Tree"}, "es", "Tree"),
        ({"fr": "Arbre"}, "es", "Arbre"),
        ({"en": "", "es": "Árbol"}, "en", "Árbol"),
        ({"en": "Tree"}, None, "Tree"),
        ("Tree", "es", "Tree"),
        ({}, "es", ""),
        (None, "es", ""),
    ],
)
def test_translated_text_is_picked_with_fallbacks(value, language: str | None, text: str) -> None:
    assert pick(value, language) == text


def test_the_machines_holder_makes_the_first_administrator(client: Client) -> None:
    checks = {check.key: check for check in offers.setup_checks}
    assert "people administrator" in next(iter(checks["administrator"].check()))
    make_person("administrator", is_demo=True)
    assert any("The demo's accounts are in this database" in told for told in checks["administrator"].check())
    with pytest.raises(Invalid):
        public.make_administrator("ada@city.example", "Ada", "password")
    public.make_administrator("ada@city.example", "Ada", "a-long-and-odd-phrase")
    assert "No administrator has a second factor" in next(iter(checks["administrator"].check()))
    signed = client.post(reverse("staff-sign-in"), {"login": "ada@city.example", "password": "a-long-and-odd-phrase"})
    assert signed.status_code == 302
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
