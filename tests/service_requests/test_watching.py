"""What the city is about to say in public is looked through: staff are asked, programs are not believed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.support.people import sign_in

from cityhall.apps.service_requests import queries, services
from cityhall.apps.service_requests.contracts import BulkPlan, Contact, Fact, Filed, Outcome, Place, Visibility
from cityhall.apps.service_requests.models import Category, HistoryEvent, ServiceRequest
from cityhall.apps.service_requests.services import personal
from cityhall.kernel.actors import ANONYMOUS, Actor, ActorKind
from cityhall.kernel.django.models import AuditEntry
from cityhall.kernel.errors import Invalid

File = Callable[..., Filed]
pytestmark = pytest.mark.django_db
PHONE = "Call +1 619 555 0123 before you come."
PROGRAM = Actor(ActorKind.API_KEY, uuid.uuid4(), "Work orders", frozenset({"requests.work"}))


def _published(filed: Filed) -> str:
    """Everything the public reads of a request."""
    seen = queries.one(filed.number, ANONYMOUS)
    return " ".join([seen.outcome_sentence, seen.referred_to, *(e.text for e in queries.history(filed.id, ANONYMOUS))])


@pytest.mark.parametrize(
    "act", ["schedule", "start", "refer", "refer_to", "close", "note", "reopen", "correct", "settle"]
)
def test_staff_are_asked_whatever_the_sentence_is_said_with(
    pothole: Category, file_one: File, dispatcher: Actor, act: str
) -> None:
    filed = file_one()
    if act in {"reopen", "settle"}:
        services.close(filed.id, actor=PROGRAM, outcome=Outcome.FIXED, sentence="Filled.")
    if act == "settle":
        services.contest(filed.id, actor=ANONYMOUS, token=filed.private_token)
    if act == "correct":
        services.add_note(filed.id, actor=dispatcher, text="On its way.", visibility=Visibility.PUBLIC)
    event = queries.history(filed.id, ANONYMOUS)[-1].id
    acts: dict[str, Callable[[], Any]] = {
        "schedule": lambda: services.schedule(filed.id, actor=dispatcher, sentence=PHONE),
        "start": lambda: services.start(filed.id, actor=dispatcher, sentence=PHONE),
        "refer": lambda: services.refer(filed.id, actor=dispatcher, to="The water utility", sentence=PHONE),
        "refer_to": lambda: services.refer(filed.id, actor=dispatcher, to="Maria Lopez, 619 555 0123"),
        "close": lambda: services.close(filed.id, actor=dispatcher, outcome=Outcome.FIXED, sentence=PHONE),
        "note": lambda: services.add_note(filed.id, actor=dispatcher, text=PHONE, visibility=Visibility.PUBLIC),
        "reopen": lambda: services.reopen(filed.id, actor=dispatcher, sentence=PHONE),
        "correct": lambda: services.correct(filed.id, actor=dispatcher, event_id=event, text=PHONE),
        "settle": lambda: services.settle(filed.id, actor=dispatcher, upheld=True, sentence=PHONE),
    }
    before = ServiceRequest.objects.get(id=filed.id).version
    with pytest.raises(Invalid) as refused:
        acts[act]()
    assert "619 555 0123” looks like a telephone number." in str(refused.value.fields["publish"])
    assert ServiceRequest.objects.get(id=filed.id).version == before, "nothing happened yet"
    with services.as_it_is(sure=True):
        acts[act]()
    assert "619 555 0123" in _published(filed)
    entry = AuditEntry.objects.get(action="service_requests.published_as_it_is")
    assert "phone" in entry.data["kinds"]
    assert "555" not in str(entry.data), "the log keeps the kinds, not the words"


def test_a_program_is_not_asked_and_what_looks_private_stays_with_staff(
    pothole: Category, file_one: File, dispatcher: Actor
) -> None:
    filed = file_one(language="es")
    services.close(filed.id, actor=PROGRAM, outcome=Outcome.FIXED, sentence="Avisamos a María López, 619 555 0123.")
    assert queries.one(filed.number, ANONYMOUS).outcome_sentence == "Avisamos a [nombre omitido], [teléfono omitido]."
    kept = HistoryEvent.objects.get(request_id=filed.id, visibility=Visibility.INTERNAL)
    assert (kept.text, kept.data) == (
        "Avisamos a María López, 619 555 0123.",
        {"left_out": ["name", "phone"]},
    )
    personal.blank_texts(ServiceRequest.objects.get(id=filed.id))
    kept.refresh_from_db()
    assert kept.text == "", "and goes when what residents wrote goes"


def test_the_reporters_own_name_and_withheld_house_are_known(
    pothole: Category, home: Category, file_one: File, dispatcher: Actor
) -> None:
    named = file_one(contact=Contact("Quill", "Underhollow", "q@example.org", ""))
    with pytest.raises(Invalid, match="“Underhollow” looks like a person’s name"):
        services.start(named.id, actor=dispatcher, sentence="We told Underhollow.")
    services.start(named.id, actor=dispatcher, sentence="We filled the hole at 1202 Grand Ave.")
    hidden = file_one("housing", place=Place(32.7157, -117.1611, address="1202 Grand Ave"))
    with pytest.raises(Invalid, match="“1202 Grand” looks like somebody’s home address"):
        services.start(hidden.id, actor=dispatcher, sentence="We will visit 1202 Grand Ave.")


def test_notes_for_colleagues_and_residents_words_are_not_asked_about(
    pothole: Category, file_one: File, dispatcher: Actor
) -> None:
    filed = file_one()
    services.add_note(filed.id, actor=dispatcher, text=PHONE, visibility=Visibility.INTERNAL)
    services.close(filed.id, actor=dispatcher, outcome=Outcome.FIXED, sentence="Filled.")
    services.contest(filed.id, actor=ANONYMOUS, token=filed.private_token, sentence="Call me: 619 555 0123")
    assert HistoryEvent.objects.get(request_id=filed.id, fact=Fact.CONTESTED).text == "Call me: 619 555 0123"


def test_a_change_of_many_is_asked_about_once_and_each_reporter_is_known(
    pothole: Category, file_one: File, dispatcher: Actor
) -> None:
    one = file_one(contact=Contact("Quill", "Underhollow", "q@example.org", ""))
    two = file_one()
    with pytest.raises(Invalid, match="looks like a telephone number"):
        services.preview_bulk([one.id, two.id], BulkPlan(note=(PHONE, Visibility.PUBLIC)), actor=dispatcher)
    plan = BulkPlan(close=(Outcome.FIXED, "Done, as Underhollow asked."))
    preview = services.preview_bulk([one.id, two.id], plan, actor=dispatcher)
    assert [gone.number for gone in preview.refused] == [one.number]
    assert "looks like a person’s name" in str(preview.refused[0].reason)
    with services.as_it_is(sure=True):
        assert len(services.apply_bulk([one.id, two.id], plan, actor=dispatcher).changed) == 2


def test_the_desk_shows_what_was_found_and_both_ways_on(client: Client, pothole: Category, file_one: File) -> None:
    sign_in(client, "supervisor")
    filed = file_one()
    page = f"/desk/requests/{filed.number}/"

    def send(**given: str) -> Any:
        body = client.get(page).content.decode()
        form = body[body.index(f'action="{page}reply/') :]
        hidden = dict(re.findall(r'<input type="hidden" name="(version|command_id)" value="([^"]*)"', form)[:2])
        return client.post(f"{page}reply/", {**hidden, "sentence": PHONE, **given})

    asked = send()
    body = asked.content.decode()
    assert asked.status_code == 400
    assert "“+1 619 555 0123” looks like a telephone number." in body
    assert PHONE in body, "what was written is kept"
    assert '<a href="#reply-sentence" data-to-field>Change the text</a>' in body
    assert re.search(r'<input type="checkbox" name="publish" value="as_it_is">', body)
    assert PHONE not in _published(filed)
    assert send(publish="as_it_is").status_code == 302
    assert PHONE in _published(filed)
