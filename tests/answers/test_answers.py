"""Ready answers: written, shown for a request, chosen at the desk, sent to each reader in their language."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from tests.service_requests.test_desk_pages import fields, send
from tests.support.people import sign_in

from cityhall.apps.answers import queries, services
from cityhall.apps.answers.contracts import AnswerTerms, Use
from cityhall.apps.answers.models import Answer
from cityhall.apps.notify import public as notify
from cityhall.apps.notify.models import Message
from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.service_requests import queries as reading
from cityhall.apps.service_requests import services as requests
from cityhall.apps.service_requests.contracts import BulkPlan, Filed, Outcome, State
from cityhall.apps.service_requests.models import Category, HistoryEvent, ServiceRequest
from cityhall.kernel import clock, offers
from cityhall.kernel.actors import ANONYMOUS, Actor
from cityhall.kernel.django import outbox
from cityhall.kernel.errors import Invalid, NotAllowed

File = Callable[..., Filed]
pytestmark = pytest.mark.django_db
FILLED = {"en": "The hole at {place} is filled ({number}).", "es": "El bache en {place} está tapado ({number})."}


def save(actor: Actor, text: dict[str, str] | None = None, use: Use = Use.FIXED, **fields: object) -> uuid.UUID:
    return services.save_answer(AnswerTerms(use, text or FILLED, **fields), actor=actor)  # type: ignore[arg-type]


def test_an_unknown_variable_is_refused_by_name_with_those_there_are(supervisor: Actor, dispatcher: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        save(supervisor, {"en": "Done.", "es": "Listo, {numero}."})
    assert "{numero}" in str(refused.value.fields["text_es"])
    assert "{date:due}" in str(refused.value.fields["text_es"])
    with pytest.raises(Invalid, match="Choose one"):
        save(supervisor, category_code="no-such")
    with pytest.raises(NotAllowed):
        save(dispatcher)
    assert Answer.objects.count() == 0


def test_one_without_a_language_of_the_city_says_so_and_an_archived_one_is_not_offered(
    supervisor: Actor, pothole: Category, file_one: File
) -> None:
    kept = save(supervisor, {"en": "Filled."})
    assert [one.lacks for one in queries.answers(supervisor)] == [("es",)]
    shelf = offers.ready_answers.get()
    filed = file_one()
    assert [one.texts for one in shelf.of(filed.id, "pothole")] == [{"en": "Filled."}]
    services.save_answer(AnswerTerms(Use.FIXED, {"en": "Filled."}, is_active=False), actor=supervisor, answer_id=kept)
    assert shelf.of(filed.id, "pothole") == ()


def test_they_are_offered_by_category_and_outcome_the_most_used_first(
    supervisor: Actor, pothole: Category, make_category: Callable[..., Category], file_one: File
) -> None:
    make_category("graffiti")
    first = save(supervisor, {"en": "A {number}"}, order=1)
    second = save(supervisor, {"en": "B", "es": "B (es)"}, order=2)
    save(supervisor, {"en": "Other kind"}, category_code="graffiti")
    save(supervisor, {"en": "Not found"}, Use.NOT_FOUND)
    filed = file_one()
    shelf = offers.ready_answers.get()

    def closings(language: str) -> list[tuple[str, str, str, str]]:
        found = service_requests.ready_choices("fixed", language, shelf.of(filed.id, "pothole"))
        return [(one.value, one.words, one.language, one.also) for one in found]

    assert [value for value, *_rest in closings("en")] == [str(first), str(second)]
    shelf.count(second)
    assert closings("es") == [(str(second), "B (es)", "es", "B"), (str(first), f"A {filed.number}", "en", "")]


def test_a_preview_says_what_a_request_has_nothing_for_and_hides_what_the_public_may_not_know(
    supervisor: Actor, pothole: Category, file_one: File, make_category: Callable[..., Category]
) -> None:
    filed = file_one()
    terms = AnswerTerms(Use.SCHEDULE, {"en": "{category} at {place}: planned for {date:planned}, due {date:due}."})
    shown = queries.preview(terms, filed.number)["en"]
    assert shown.text.startswith("Pothole at 1202 Grand Ave: planned for {date:planned}, due ")
    assert shown.missing == ("date:planned",)
    make_category("welfare", place_policy="withheld")
    secret = file_one("welfare")
    assert queries.preview(terms, secret.number)["en"].missing == ("place", "date:planned", "date:due")


def test_each_follower_reads_the_closing_in_their_language_and_so_do_the_pages(
    supervisor: Actor, pothole: Category, file_one: File
) -> None:
    filed = file_one()
    for mail, language in (("ann@example.org", "en"), ("rosa@example.org", "es")):
        notify.follow("service_request", filed.id, email=mail, vouched=True, language=language)
    requests.close(filed.id, actor=supervisor, outcome=Outcome.FIXED, sentence="Filled.", also={"es": "Está tapado."})
    outbox.drain()
    assert "Filled." in Message.objects.get(to="ann@example.org").text
    spanish = Message.objects.get(to="rosa@example.org").text
    assert "Está tapado." in spanish
    assert "Filled." not in spanish
    assert reading.one(filed.number, ANONYMOUS, language="es").outcome_sentence == "Está tapado."
    assert reading.one(filed.number, ANONYMOUS, language="en").outcome_sentence == "Filled."
    page = Client().get(f"/es/requests/{filed.number}/").text
    assert "Está tapado." in page
    assert "Filled." not in page
    assert reading.history(filed.id, ANONYMOUS, language="es")[-1].text == "Está tapado."
    assert "also" not in reading.history(filed.id, ANONYMOUS, language="es")[-1].data
    requests.contest(filed.id, actor=supervisor)
    other = Actor(supervisor.kind, uuid.uuid4(), "Other", supervisor.permissions)
    assert reading.one(filed.number, ANONYMOUS, language="es").outcome_sentence == ""
    requests.settle(filed.id, actor=other, upheld=True, sentence="True.", also={"es": "Es verdad."})
    assert reading.history(filed.id, ANONYMOUS, language="es")[-1].text == "Es verdad."


def test_a_corrected_closing_says_the_correction_in_every_language(
    supervisor: Actor, pothole: Category, file_one: File
) -> None:
    filed = file_one()
    requests.close(filed.id, actor=supervisor, outcome=Outcome.FIXED, sentence="Filed.", also={"es": "Archivado."})
    wrong = reading.history(filed.id, supervisor)[-1]
    requests.correct(filed.id, actor=supervisor, event_id=wrong.id, text="Filled.")
    assert reading.one(filed.number, ANONYMOUS, language="es").outcome_sentence == "Filled."


def test_chosen_at_the_desk_it_is_counted_and_the_words_stay_ones_own(
    client: Client, supervisor: Actor, pothole: Category, file_one: File
) -> None:
    kept = save(supervisor)
    sign_in(client, "dispatcher")
    filed = file_one(language="es")
    used = send(client, filed.number, "close", step="use", outcome="fixed", ready=str(kept))
    body = used.content.decode()  # type: ignore[attr-defined]
    assert f"El bache en 1202 Grand Ave está tapado ({filed.number}).</textarea>" in body
    assert f"The hole at 1202 Grand Ave is filled ({filed.number}).</textarea>" in body
    assert ServiceRequest.objects.get().state != State.CLOSED
    assert Answer.objects.get().used == 0
    send(client, filed.number, "close", outcome="fixed", sentence="Tapado hoy.", also="Filled today.", ready=str(kept))
    assert reading.one(filed.number, ANONYMOUS, language="en").outcome_sentence == "Filled today."
    assert reading.one(filed.number, ANONYMOUS, language="es").outcome_sentence == "Tapado hoy."
    assert Answer.objects.get().used == 1


def test_a_form_sent_twice_and_one_that_is_refused_count_no_second_time(
    client: Client, supervisor: Actor, pothole: Category, file_one: File
) -> None:
    kept = save(supervisor)
    sign_in(client, "supervisor")
    filed = file_one()
    address = f"/desk/requests/{filed.number}/close/"
    hidden = fields(client.get(f"/desk/requests/{filed.number}/").text, address)
    form = {**hidden, "outcome": "fixed", "sentence": "Filled today.", "ready": str(kept)}
    assert client.post(address, {**form, "outcome": ""}).status_code == 400
    assert Answer.objects.get().used == 0
    for _turn in range(2):
        assert client.post(address, form).status_code == 302
    assert Answer.objects.get().used == 1


def test_many_at_once_count_their_answer_once_for_each_that_changed(
    client: Client, supervisor: Actor, pothole: Category, file_one: File
) -> None:
    kept = save(supervisor)
    sign_in(client, "supervisor")
    picked = [f"{one.id}:1" for one in (file_one(), file_one())]
    form = {"pick": picked, "change": "close", "outcome": "fixed", "sentence": "Done.", "ready": str(kept),
            "command_id": str(uuid.uuid4())}  # fmt: skip
    for _turn in range(2):
        assert client.post("/desk/bulk/apply/", form).status_code == 302
    assert Answer.objects.get().used == 2


def test_a_note_for_colleagues_offers_no_sentence_for_residents(
    client: Client, supervisor: Actor, pothole: Category, file_one: File
) -> None:
    save(supervisor)
    sign_in(client, "dispatcher")
    page = client.get(f"/desk/requests/{file_one().number}/").text
    assert 'id="close-ready"' in page
    assert 'id="note-ready"' not in page
    assert 'id="assign-ready"' not in page


def test_beginning_taking_back_and_merging_say_a_ready_sentence_in_both_languages(
    client: Client, supervisor: Actor, pothole: Category, file_one: File
) -> None:
    texts = {"en": "One crew does both.", "es": "Una cuadrilla hace los dos."}
    merged = save(supervisor, texts, Use.DUPLICATE)
    sign_in(client, "supervisor")
    one, root, sibling, spanish = file_one(), file_one(), file_one(), file_one(language="es")

    def said(filed: Filed) -> tuple[str, dict[str, str] | None]:
        found = ServiceRequest.objects.get(id=filed.id)
        return found.outcome_sentence, found.outcome_also

    assert send(client, one.number, "start", ready="start:0").status_code == 302
    send(client, one.number, "refer", to="the county")
    send(client, one.number, "recall", ready="take_back:0")
    history = HistoryEvent.objects.filter(request_id=one.id)
    assert {event.text: event.data["also"]["es"] for event in history if "also" in event.data} == {
        "The work has begun.": "El trabajo empezó.",
        "The city takes care of this itself again.": "La ciudad se encarga otra vez de esto.",
    }
    send(client, one.number, "merge", other=root.number, ready=str(merged), sure="yes")
    assert said(one) == (texts["en"], {"es": texts["es"]})
    send(client, root.number, "merge", other=spanish.number, keep="this", ready=str(merged), sure="yes")
    assert said(spanish) == (texts["es"], {"en": texts["en"]}), "each reads it first in its reporter's language"
    send(client, root.number, "merge", other=sibling.number, keep="this", sure="yes")
    assert said(sibling)[1] is not None, "what stands there when nobody wrote has two languages as well"


def test_what_stands_in_braces_still_is_not_sent(
    client: Client, supervisor: Actor, pothole: Category, file_one: File
) -> None:
    save(supervisor, {"en": "We come on {date:planned}."}, Use.REPLY)
    sign_in(client, "dispatcher")
    filed = file_one()
    refused = send(client, filed.number, "reply", sentence="We come on {date:planned}.")
    assert refused.status_code == 400  # type: ignore[attr-defined]
    assert "{date:planned}" in refused.content.decode()  # type: ignore[attr-defined]
    assert len(reading.history(filed.id, ANONYMOUS)) == 1


def test_many_at_once_are_each_answered_with_their_own_words(
    supervisor: Actor, pothole: Category, file_one: File
) -> None:
    english, spanish, undated = file_one(), file_one(language="es"), file_one()
    ServiceRequest.objects.filter(id=undated.id).update(due_at=None)
    ServiceRequest.objects.exclude(id=undated.id).update(due_at=clock.now() + timedelta(days=3))
    plan = BulkPlan(
        schedule=(None, "{number}: by {date:due}."), also={"es": "{number}: hasta el {date:due}."}, language="en"
    )
    done = requests.apply_bulk([english.id, spanish.id, undated.id], plan, actor=supervisor)
    assert {one.id for one in done.changed} == {english.id, spanish.id}
    assert [one.number for one in done.refused] == [undated.number]
    assert "{date:due}" in str(done.refused[0].reason)
    last = reading.history(spanish.id, ANONYMOUS, language="es")[-1].text
    assert last.startswith(f"{spanish.number}: hasta el ")
    assert reading.history(english.id, ANONYMOUS, language="en")[-1].text.startswith(f"{english.number}: by ")
    requests.undo(done.change_id, actor=supervisor)
    assert ServiceRequest.objects.get(id=english.id).state == State.RECEIVED


def test_the_pages_list_write_and_refuse(client: Client, pothole: Category, file_one: File) -> None:
    sign_in(client, "supervisor")
    filed = file_one()
    assert "There are no answers yet." in client.get("/desk/answers/").text
    given = {"use": "fixed", "text_en": "Done {nmuber}", "order": "5", "is_active": "yes"}
    refused = client.post("/desk/answers/new/", given)
    assert refused.status_code == 422
    assert "{nmuber}" in refused.text
    assert "Done {nmuber}</textarea>" in refused.text
    given["text_en"] = "Done {number}, planned {date:planned}"
    shown = client.post("/desk/answers/new/", {**given, "step": "preview", "number": filed.number}).text
    assert f"Done {filed.number}, planned {{date:planned}}" in shown
    assert "This request has nothing for: date:planned." in shown
    assert Answer.objects.count() == 0
    assert (
        "no request with this number"
        in client.post("/desk/answers/new/", {**given, "step": "preview", "number": "1-001"}).text
    )
    client.post("/desk/answers/new/", given)
    listed = client.get("/desk/answers/").text
    assert "Done {number}" in listed
    assert "lacks Spanish" in listed
    client.post(f"/desk/answers/{Answer.objects.get().id}/", {**given, "is_active": ""})
    assert "archived" in client.get("/desk/answers/").text
