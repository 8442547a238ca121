"""What followers are sent: every kind of message, each reader in their own language."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client

import cityhall.apps.service_requests as room
from cityhall.apps.notify import public as notify
from cityhall.apps.notify.models import Message
from cityhall.apps.service_requests import queries, receivers, services
from cityhall.apps.service_requests.contracts import Filed, Outcome, Visibility
from cityhall.apps.service_requests.models import Category
from cityhall.kernel.actors import ANONYMOUS, Actor
from cityhall.kernel.django import outbox

from .conftest import staff
from .test_contests import photo

pytestmark = pytest.mark.django_db
MAIL = Path(room.__file__).parent / "templates" / "service_requests" / "mail"
READERS = {"en": "reader@example.org", "es": "lectora@example.org"}
Act = Callable[[Filed, Filed, Actor], object]


def close(filed: Filed, other: Filed, by: Actor) -> None:
    services.close(filed.id, actor=by, outcome=Outcome.FIXED, sentence="Filled.")


def reopen(filed: Filed, other: Filed, by: Actor) -> None:
    close(filed, other, by)
    services.reopen(filed.id, actor=by, sentence="Once more.")


def contest(filed: Filed, other: Filed, by: Actor) -> None:
    close(filed, other, by)
    services.contest(filed.id, actor=ANONYMOUS, sentence="Still there.", who="x", token=filed.private_token)


def settle(filed: Filed, other: Filed, by: Actor, *, upheld: bool) -> None:
    contest(filed, other, by)
    seen = () if upheld else (photo(),)
    services.settle(filed.id, actor=staff(), upheld=upheld, sentence="We looked again.", evidence=seen)


def take_back(filed: Filed, other: Filed, by: Actor) -> None:
    services.refer(filed.id, actor=by, to="the county")
    services.take_back(filed.id, actor=by)


def correct(filed: Filed, other: Filed, by: Actor) -> None:
    close(filed, other, by)
    said = queries.desk_one(filed.number, by).history[-1]
    services.correct(filed.id, actor=by, event_id=said.event.id, text="Filled with gravel.")


def recategorise(filed: Filed, other: Filed, by: Actor) -> None:
    group = Category.objects.get(code="pothole").group
    Category.objects.create(code="street-hole", group=group, name={"en": "Pothole", "es": "Bache"})
    services.change_category(filed.id, actor=by, category_code="street-hole")


ACTS: dict[str, Act] = {
    "scheduled": lambda filed, other, by: services.schedule(filed.id, actor=by, on=date(2026, 12, 24)),
    "started": lambda filed, other, by: services.start(filed.id, actor=by),
    "referred": lambda filed, other, by: services.refer(filed.id, actor=by, to="the county", sentence="Theirs."),
    "closed": close,
    "reopened": reopen,
    "contested": contest,
    "upheld": lambda filed, other, by: settle(filed, other, by, upheld=True),
    "kept_closed": lambda filed, other, by: settle(filed, other, by, upheld=False),
    "taken_back": take_back,
    "noted": lambda filed, other, by: services.add_note(
        filed.id, actor=by, text="We looked.", visibility=Visibility.PUBLIC
    ),
    "corrected": correct,
    "category_changed": recategorise,
    "merged": lambda filed, other, by: services.merge(other.id, actor=by, duplicates=[filed.id]),
}


def test_there_is_a_trial_for_every_kind_of_message() -> None:
    # What a caller is sent has its tests with the calls.
    assert {path.stem for path in MAIL.glob("*.txt")} - {"filed"} == set(ACTS)
    assert {*receivers._TEMPLATES.values(), *receivers._SETTLED.values(), "merged"} == set(ACTS)


@pytest.mark.parametrize("kind", sorted(ACTS))
def test_each_reader_gets_it_in_their_language(
    make_category: Callable[..., Category], file_one: Callable[..., Filed], dispatcher: Actor, kind: str
) -> None:
    make_category("pothole", name={"en": "Pothole", "es": "Bache"})
    filed, other = file_one(), file_one()
    for language, address in READERS.items():
        notify.follow("service_request", filed.id, email=address, language=language, vouched=True)
    ACTS[kind](filed, other, dispatcher)
    outbox.drain()
    shown = other.number if kind == "merged" else filed.number
    for language, address in READERS.items():
        message = Message.objects.filter(to=address, template=f"service_requests/{kind}").get()
        prefix = "" if language == "en" else f"/{language}"
        link = re.search(r"\S+/requests/[^/]+/(?=\s)", message.text)
        assert link
        assert link[0] == f"{django_settings.PUBLIC_URL}{prefix}/requests/{shown}/"
        assert Client().get(link[0].removeprefix(django_settings.PUBLIC_URL)).status_code == 200
        assert filed.number in message.subject
        if kind != "merged":
            assert ("Pothole" if language == "en" else "Bache") in message.subject
        assert not re.search(r"\{\{|\{%|None|&#", message.subject + message.text)
        assert f"{prefix}/" in message.unsubscribe_url
    if kind == "scheduled":
        text = {one.language: one.text for one in Message.objects.all()}
        assert "December 24, 2026" in text["en"]
        assert "24 de diciembre de 2026" in text["es"].lower()


@pytest.mark.parametrize("path", sorted(MAIL.glob("*.txt")), ids=lambda path: path.stem)
def test_every_sentence_of_a_message_can_be_translated(path: Path) -> None:
    bare = re.sub(r"\{% blocktranslate.*?\{% endblocktranslate %\}", "", path.read_text(encoding="utf-8"), flags=re.S)
    bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", bare, flags=re.S)
    assert not re.search(r"\w", bare), bare


def test_a_merge_without_words_speaks_the_reporters_language(
    pothole: Category, file_one: Callable[..., Filed], dispatcher: Actor
) -> None:
    root, one = file_one(), file_one(language="es")
    services.merge(root.id, actor=dispatcher, duplicates=[one.id])
    seen = queries.one(one.number, ANONYMOUS, language="es")
    assert seen.outcome_sentence.startswith("Otra persona reportó antes el mismo problema.")
    assert root.number not in seen.outcome_sentence  # whether the public may see it is decided when it is read
    assert seen.duplicate_of == root.number
