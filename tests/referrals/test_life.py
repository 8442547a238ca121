"""From referring a request to the body's answer, by link, by mail and through a connection."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.referrals.conftest import MAIL, link, picture, subject
from tests.service_requests.conftest import SPOT
from tests.support.people import sign_in
from tests.work_orders.conftest import Hook

from cityhall.apps.answers.queries import values_of
from cityhall.apps.identity.public import ensure_department
from cityhall.apps.notify import public as notify
from cityhall.apps.notify.models import Message
from cityhall.apps.places import public as places
from cityhall.apps.referrals import queries, receivers, rules, services
from cityhall.apps.referrals.contracts import AnswerKind, Channel, Ended, NewAnswer, Via, Waiting
from cityhall.apps.referrals.models import Answer, Body, BodyAlias, Referral, ReplyLink
from cityhall.apps.service_requests import queries as reading
from cityhall.apps.service_requests import services as requests
from cityhall.apps.service_requests.contracts import BulkPlan, Filed, LoadedRequest, Outcome, Place, State
from cityhall.apps.service_requests.models import Category, ServiceRequest
from cityhall.apps.service_requests.services import loading
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, Actor, system
from cityhall.kernel.django import outbox
from cityhall.kernel.django.models import AuditEntry, OutboxEvent
from cityhall.kernel.errors import Invalid, NotAllowed, NotFound
from cityhall.kernel.events import Event

Refer = Callable[..., Referral]
NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)


def mail(text: str, *, sender: str = MAIL, about: str = "", message_id: str = "<1@power.example>") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = sender, "city@harbor.example"
    message["Subject"] = about or f"Re: {subject()}"
    message["Message-ID"] = message_id
    message.set_content(text)
    return message


def receive(message: EmailMessage) -> str:
    return services.receive_mail(rules.parse(bytes(message)))


# By link


def test_the_body_is_written_to_and_answers_without_an_account(refer: Refer) -> None:
    with clock.held_at(NOON):
        one = refer()
        assert (one.due_at, one.waiting, one.ended) == (NOON + timedelta(days=10), Waiting.BODY, "")
    path = link()
    token = path.split("/")[-2]
    assert not ReplyLink.objects.filter(token_hash=token).exists(), "only a hash is kept"
    assert "Deep hole." not in Message.objects.get(to=MAIL).text, "what a resident wrote does not go by mail"
    browser = Client()
    page = browser.get(path)
    assert (page["Referrer-Policy"], page["X-Robots-Tag"]) == ("same-origin", "noindex")
    assert "Deep hole." in page.text
    assert "rosa@example.org" not in page.text
    upload = SimpleUploadedFile("done.jpg", picture(), "image/jpeg")
    answered = browser.post(path, {"kind": "done", "on": "2026-11-03", "words": "New pole.", "photo": upload})
    assert "You have told us that this is done." in answered.text
    found = reading.one(one.number, ANONYMOUS)
    assert (found.state, found.outcome) == (State.CLOSED, Outcome.FIXED)
    assert found.outcome_sentence == "Bay Power says that this was done on November 3, 2026. New pole."
    assert len(found.evidence) == 1
    again = browser.post(path, {"kind": "not_ours", "words": "The pole is the county’s."})
    assert again.status_code == 409
    assert "What you sent just now was not added" in again.text
    assert "The pole is the county’s." in again.text, "nobody writes it twice"
    assert re.search(r"It is done: November 3, 2026\s+<span[^>]*>recorded", again.text)
    assert Answer.objects.count() == 1


def form_id(page: str) -> str:
    found = re.search(r'name="command_id" value="([^"]+)"', page)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("kind", ["scheduled", "done"])
def test_an_answer_that_is_sent_three_times_is_one_answer(refer: Refer, kind: str) -> None:
    one = refer()
    browser, path = Client(), link()
    answer = {"kind": kind, "on": "2026-11-03" if kind == "done" else "2030-03-12", "words": "We come."}
    answer["command_id"] = form_id(browser.get(path).text)
    for _time in range(3):
        upload = SimpleUploadedFile("pole.jpg", picture(), "image/jpeg")
        told = browser.post(path, {**answer, "photo": upload})
        assert told.status_code == 200
        assert "What you sent just now was not added" not in told.text
    assert Answer.objects.filter(referral=one).count() == 1
    assert sum("We come." in event.text for event in reading.history(one.request_id, ANONYMOUS)) == 1


def test_the_form_that_comes_after_an_answer_takes_another_one(refer: Refer) -> None:
    one = refer()
    browser, path = Client(), link()
    given = form_id(browser.get(path).text)
    first = browser.post(path, {"kind": "more", "words": "Which pole?", "command_id": given})
    other = browser.post(path, {"kind": "more", "words": "Which street?", "command_id": given})
    assert other.status_code == 422, "what was changed is not lost in silence"
    assert "Which street?" in other.text
    for page in (first, other):
        browser.post(path, {"kind": "more", "words": "Which street?", "command_id": form_id(page.text)})
    assert Answer.objects.filter(referral=one).count() == 3


def test_the_day_in_the_mail_is_the_citys_as_on_the_page(refer: Refer) -> None:
    places.set_city(name="Testville", time_zone="America/Los_Angeles")
    with clock.held_at(datetime(2026, 11, 10, 5, 0, tzinfo=UTC)):  # the evening of the 9th there
        refer()
        page = Client().get(link()).text
    assert "November 19, 2026" in page
    assert "Please answer by November 19, 2026." in Message.objects.get(to=MAIL).text


def test_a_planned_day_keeps_it_referred_and_moves_the_day_it_is_late(refer: Refer) -> None:
    one = refer()
    services.answer(link().split("/")[-2], NewAnswer(AnswerKind.SCHEDULED, on=date(2030, 3, 12)))
    one.refresh_from_db()
    assert (one.scheduled_for, one.ended) == (date(2030, 3, 12), "")
    assert one.due_at.date() >= date(2030, 3, 19)
    assert reading.one(one.number, ANONYMOUS).state is State.REFERRED
    assert reading.history(one.request_id, ANONYMOUS)[-1].text == "Bay Power plans this for March 12, 2030."


def test_everybody_reads_the_bodys_day_and_none_of_our_own(refer: Refer) -> None:
    with clock.held_at(NOON):
        one = refer()
        waits = Client().get(f"/requests/{one.number}/").text
        services.answer(link().split("/")[-2], NewAnswer(AnswerKind.SCHEDULED, on=date(2026, 11, 20)))
        planned = Client().get(f"/requests/{one.number}/").text
        (told,) = Client().get(f"/open311/v2/requests/{one.number}.json").json()
        (listed,) = Client().get("/open311/v2/requests.json").json()
        filled = values_of(one.request_id, "en")["expected"]
    assert "Bay Power has to do this, so our own dates do not hold for it. Their answer is due by Nov 13." in waits
    assert "Bay Power plans this for Nov 20." in planned
    assert "Their answer" not in planned
    assert told["expected_datetime"] == listed["expected_datetime"]
    assert told["expected_datetime"].startswith("2026-11-20T23:59")
    assert filled == "November 20, 2026"
    with clock.held_at(NOON + timedelta(days=30)):
        late = Client().get(f"/requests/{one.number}/").text
    assert "Bay Power planned this for Nov 20, and has not said that it is done." in late


def test_not_ours_brings_it_back_to_the_city_and_followers_are_told_in_their_language(refer: Refer) -> None:
    one = refer(language="es")
    notify.follow("service_request", one.request_id, email="rosa@example.org", language="es", vouched=True)
    services.answer(link().split("/")[-2], NewAnswer(AnswerKind.NOT_OURS, "Ask the state."))
    assert reading.one(one.number, ANONYMOUS).state is State.RECEIVED
    said = reading.history(one.request_id, ANONYMOUS)[-1].text
    assert said.startswith("Bay Power (es)")
    assert said.endswith("Ask the state.")
    outbox.drain()
    told = Message.objects.filter(to="rosa@example.org").order_by("id").last()
    assert told is not None
    assert told.template == "service_requests/taken_back"


def test_a_question_waits_for_the_desk_and_its_answer_goes_back(refer: Refer, supervisor: Actor) -> None:
    one = refer()
    services.answer(link().split("/")[-2], NewAnswer(AnswerKind.MORE, "Which pole?"))
    assert [info.waiting for info, _row in queries.queue(supervisor)] == [Waiting.CITY]
    assert "Which pole?" not in repr(reading.history(one.request_id, ANONYMOUS)), "only staff read a question"
    with pytest.raises(Invalid):
        services.reply(one.id, actor=supervisor, text=" ")
    services.reply(one.id, actor=supervisor, text="The one with number 12.")
    one.refresh_from_db()
    assert one.waiting == Waiting.BODY
    sent = Message.objects.filter(to=MAIL).order_by("id").last()
    assert sent is not None
    assert "The one with number 12." in sent.text


def test_the_link_shows_what_everybody_sees_and_more_only_where_the_city_wants_it(
    refer: Refer, supervisor: Actor
) -> None:
    one = refer()
    requests.moderate(one.request_id, actor=supervisor, show_text=False)
    path = link()
    assert "Deep hole." not in Client().get(path).text, "a moderator withheld it"
    services.share(one.id, actor=supervisor, all_of_it=True)
    assert "Deep hole." in Client().get(path).text
    services.share(one.id, actor=supervisor, all_of_it=False)
    assert "Deep hole." not in Client().get(path).text


def test_only_who_may_see_contacts_shows_a_body_all_that_the_reporter_gave(refer: Refer, supervisor: Actor) -> None:
    one = refer()
    crew = replace(supervisor, permissions=frozenset({"requests.view", "requests.work"}))
    for actor, shows in ((crew, False), (supervisor, True)):
        panel = queries.desk_panel(one.request_id, actor)
        assert panel is not None
        assert panel["may_share"] is shows
    with pytest.raises(NotAllowed):
        services.share(one.id, actor=crew, all_of_it=True)
    one.refresh_from_db()
    assert not one.shares_all
    services.share(one.id, actor=supervisor, all_of_it=True)
    services.share(one.id, actor=crew, all_of_it=False)  # to show less is everybody's who works on it
    one.refresh_from_db()
    assert not one.shares_all


def test_a_body_without_an_address_is_not_told_and_its_time_begins_when_it_is(
    refer: Refer, body: Callable[..., uuid.UUID], supervisor: Actor
) -> None:
    silent = body()
    Body.objects.filter(id=silent).update(mail="")  # whose it was had it erased
    with clock.held_at(NOON):
        one = refer(silent)
    assert one.told_at is None
    assert AuditEntry.objects.filter(action="referrals.sent").count() == 0
    assert not queries.queue(supervisor)[0][0].is_told
    with clock.held_at(NOON + timedelta(days=30)):
        assert queries.queue(supervisor)[0][0].late_days is None, "who was never asked is not late"
        assert queries.figures()[0].overdue == 0
        with pytest.raises(Invalid):
            services.send_again(one.id, actor=supervisor)
        Body.objects.filter(id=silent).update(mail=MAIL)
        services.send_again(one.id, actor=supervisor)
        one.refresh_from_db()
    assert (one.told_at, one.due_at) == (NOON + timedelta(days=30), NOON + timedelta(days=40))
    assert one.waiting == Waiting.BODY


@pytest.mark.parametrize("how", ["revoked", "expired", "unknown"])
def test_a_link_that_does_not_work_says_so(refer: Refer, supervisor: Actor, how: str) -> None:
    one = refer()
    path = link() if how != "unknown" else "/referred/answer/AAAA/"
    if how == "revoked":
        assert services.revoke_links(one.id, actor=supervisor) == 1
    with clock.held_at(clock.now() + timedelta(days=91 if how == "expired" else 0)):
        refused = Client().post(path, {"kind": "done"})
        assert refused.status_code == 410
        assert "This link does not work any more" in refused.text
        if how != "unknown":
            with pytest.raises(NotFound):
                receive(mail("done"))
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    ("sent", "field"),
    [({}, "f-kind"), ({"kind": "wrote", "words": "x"}, "f-kind"), ({"kind": "scheduled"}, "f-on"),
     ({"kind": "scheduled", "on": "soon"}, "f-on"), ({"kind": "more"}, "f-words"),
     ({"kind": "scheduled", "on": "9999-12-31"}, "f-on"), ({"kind": "done", "on": "0001-01-01"}, "f-on")],
)  # fmt: skip
def test_an_answer_that_lacks_something_names_the_field(refer: Refer, sent: dict[str, str], field: str) -> None:
    refer()
    refused = Client().post(link(), sent)
    assert refused.status_code == 422
    assert f'href="#{field}"' in refused.text
    assert not Answer.objects.exists()


# By mail


def test_a_mail_closes_it_with_its_photo_and_is_read_once(refer: Refer) -> None:
    one = refer()
    message = mail("Done. New pole.\n\n> quoted")
    message.add_attachment(picture(), maintype="image", subtype="jpeg", filename="pole.jpg")
    message.add_attachment(b"no picture", maintype="image", subtype="jpeg", filename="bad.jpg")
    assert receive(message) == "taken: done; 1 attachments could not be used"
    found = reading.one(one.number, ANONYMOUS)
    assert (found.outcome, len(found.evidence)) == (Outcome.FIXED, 1)
    assert receive(message) == "ignored: it came before"
    assert Answer.objects.get().via == Via.MAIL


def test_a_mail_from_elsewhere_is_read_by_a_person_and_the_body_still_has_to_answer(
    refer: Refer, supervisor: Actor
) -> None:
    one = refer()
    due = one.due_at
    assert receive(mail("Done.", sender="someone@else.example")) == "taken: stranger"
    assert reading.one(one.number, ANONYMOUS).state is State.REFERRED
    [(found, _row)] = queries.queue(supervisor)
    assert (found.waiting, found.to_read, found.due_at) == (Waiting.BODY, True, due)
    one.refresh_from_db()
    assert one.answered_at is None, "it counts as no answer of the body"
    assert "wrote" not in Client().get(f"/requests/{one.number}/").text.split("Referred to another body")[1][:900]
    notes = [one.event.text for one in reading.desk_one(one.number, supervisor).history]
    assert notes[-1] == "someone@else.example: Done."
    services.mark_read(one.id, actor=supervisor)
    assert not queries.queue(supervisor)[0][0].to_read


@pytest.mark.parametrize(
    ("sender", "named"),
    [(f'"{MAIL}" <mallory@evil.example>', "mallory@evil.example"), (f"{MAIL}, mallory@evil.example", "?")],
)
def test_a_mail_that_only_looks_like_the_bodys_closes_nothing(
    refer: Refer, supervisor: Actor, sender: str, named: str
) -> None:
    one = refer()
    assert receive(mail("Done.", sender=sender)) == "taken: stranger"
    assert reading.one(one.number, ANONYMOUS).state is State.REFERRED
    notes = [one.event.text for one in reading.desk_one(one.number, supervisor).history]
    assert notes[-1] == f"{named}: Done."


def test_a_mail_of_the_body_without_a_known_word_waits_for_a_person(refer: Refer, supervisor: Actor) -> None:
    refer()
    assert receive(mail("We come in spring.")) == "taken: wrote"
    assert queries.queue(supervisor)[0][0].waiting is Waiting.CITY


def test_a_strangers_picture_waits_for_a_moderator(refer: Refer, supervisor: Actor) -> None:
    one = refer()
    message = mail("Look.", sender="someone@else.example")
    message.add_attachment(picture(), maintype="image", subtype="jpeg", filename="look.jpg")
    assert receive(message) == "taken: stranger"
    found = reading.one(one.number, ANONYMOUS)
    assert (found.photos, found.evidence, found.photo_state) == ((), (), "waiting")
    assert reading.queue_counts(supervisor).waiting == 1


def test_a_signature_and_our_mark_stay_out_of_what_the_public_reads(refer: Refer) -> None:
    one = refer()
    mark = re.search(r"r-[a-z2-7]{42}", subject())
    assert mark is not None
    receive(mail(f"Done. New pole. {mark[0]}\n-- \nJohn Smith, cell 619 555 0142\n"))
    sentence = reading.one(one.number, ANONYMOUS).outcome_sentence
    assert sentence.endswith("says that this is done. New pole.")


def test_an_answer_to_what_the_city_took_up_again_changes_nothing(refer: Refer, supervisor: Actor) -> None:
    one = refer()
    requests.start(one.request_id, actor=supervisor)
    with pytest.raises((Invalid, NotFound)):
        receive(mail("Done."))
    assert reading.one(one.number, ANONYMOUS).state is State.IN_PROGRESS


def test_a_bulk_change_that_is_undone_leaves_the_body_to_answer(refer: Refer, supervisor: Actor) -> None:
    one = refer()
    manager = replace(supervisor, permissions=supervisor.permissions | {"requests.bulk"})
    done = requests.apply_bulk([one.request_id], BulkPlan(start=True), actor=manager)
    outbox.drain()
    one.refresh_from_db()
    assert one.ended == Ended.WITHDRAWN
    requests.undo(done.change_id, actor=manager)
    outbox.drain()
    one.refresh_from_db()
    assert one.ended_at is None
    assert receive(mail("Done.")) == "taken: done"


def test_a_mail_without_our_mark_or_with_one_of_its_own_making_is_refused(refer: Refer) -> None:
    refer()
    found = re.search(r"r-([a-z2-7]{42})", subject())
    assert found is not None
    forged = ("b" if found[1][0] != "b" else "c") + found[1][1:]
    cut = found[1][:-2] + ("bb" if found[1].endswith("aa") else "aa")
    for about in ("Re: Pothole", f"Re: [r-{forged}]", f"Re: [r-{cut}]"):
        with pytest.raises(NotFound):
            receive(mail("done", about=about))
    away = mail("I am away until Monday.")
    away["Auto-Submitted"] = "auto-replied"
    assert receive(away) == "ignored: nobody wrote it"
    assert not Answer.objects.exists()


# Through a connection


def test_a_connected_body_is_told_through_it_and_answers_by_it(
    refer: Refer,
    body: Callable[..., uuid.UUID],
    connect: Callable[..., Hook],
    run: Callable[[], int],
    system: object,
    make_category: Callable[..., object],
) -> None:
    make_category("nothing-else")
    hook = connect(categories=frozenset({"nothing-else"}))
    one = refer(body(channel=Channel.CONNECTION, connection_id=hook.id, mail=""))
    assert run() == 1
    assert system.calls[-1]["json"]["type"] == "request.referred"  # type: ignore[attr-defined]
    told = {"request": one.number, "status": "scheduled", "on": "2030-03-12", "note": "Crew 4."}
    assert hook.post(told).status_code == 200
    outbox.drain()
    one.refresh_from_db()
    assert (one.ended, one.scheduled_for) == ("", date(2030, 3, 12))
    assert hook.post({"request": one.number, "status": "done", "note": "New pole."}).status_code == 200
    outbox.drain()
    one.refresh_from_db()
    assert one.ended == Ended.DONE
    assert [(answer.kind, answer.via) for answer in one.answers.order_by("at")] == [
        (AnswerKind.SCHEDULED, Via.CONNECTION),
        (AnswerKind.DONE, Via.CONNECTION),
    ]


def test_a_connected_body_is_told_where_it_is_and_no_more_than_everybody_sees_until_the_city_shows_it(
    refer: Refer,
    body: Callable[..., uuid.UUID],
    connect: Callable[..., Hook],
    run: Callable[[], int],
    system: object,
    make_category: Callable[..., object],
    supervisor: Actor,
) -> None:
    make_category("nothing-else")
    make_category("home", place_policy="generalised", text_policy="withheld", photo_policy="withheld")
    hook = connect(categories=frozenset({"nothing-else"}), contact=True, notes=True)

    def told() -> dict[str, Any]:
        assert run() == 1
        data: dict[str, Any] = system.calls[-1]["json"]["data"]  # type: ignore[attr-defined]
        return data

    one = refer(body(channel=Channel.CONNECTION, connection_id=hook.id), category="home")
    first = told()
    assert (first["request"]["place"]["lat"], first["request"]["place"]["address"]) == (SPOT[0], "1202 Grand Ave")
    assert first["request"]["description"] == ""
    assert "contact" not in first
    desk = Client()
    sign_in(desk, "supervisor")
    page = f"/desk/requests/{one.number}/"
    assert "told the exact place, and else only what everybody sees" in desk.get(page).text
    requests.add_note(one.request_id, actor=supervisor, text="The tenant is ill.")
    assert run() == 0, "notes among colleagues stay here"
    services.share(one.id, actor=supervisor, all_of_it=True)
    shared = told()
    assert shared["request"]["description"] == "Deep hole."
    assert "contact" not in shared, "who it was stays here"
    assert "told all that the reporter gave, but never who it was" in desk.get(page).text
    services.share(one.id, actor=supervisor, all_of_it=False)
    requests.take_back(one.request_id, actor=supervisor)
    assert told()["request"]["description"] == ""


# Where a supervisor approves closings


def approving(one: Referral) -> None:
    Category.objects.filter(code=reading.one(one.number, ANONYMOUS).category_code).update(approve_outcomes=["fixed"])


def test_done_waits_for_a_supervisor_comes_back_when_sent_back_and_is_over_when_approved(
    refer: Refer, supervisor: Actor
) -> None:
    one = refer()
    approving(one)
    path, browser = link(), Client()
    browser.post(path, {"kind": "done", "words": "New pole."})
    outbox.drain()
    one.refresh_from_db()
    assert (one.ended, one.waiting) == ("", Waiting.CITY)
    assert queries.of_request(one.request_id)[0].is_checked
    page = browser.get(path).text
    assert "The city looks at it before it is closed." in page
    assert "<form" not in page.split("<main")[1].split("</main>")[0]
    public = Client().get(f"/requests/{one.number}/").text
    assert "They have answered; the city looks at it" in public
    assert "They say that it is done" not in public
    with pytest.raises(Invalid, match="The city looks at it first"):
        services.answer(path.split("/")[-2], NewAnswer(AnswerKind.NOT_OURS, ""))
    assert receive(mail("Done\n\nWith a photo to follow.")).startswith("taken: wrote"), "it goes along, for people"
    with clock.held_at(clock.now() + timedelta(days=40)):
        assert services.chase_due() == 0, "it is not their turn"
    requests.send_back(one.request_id, actor=supervisor, note="The old pole still lies there.")
    outbox.drain()
    one.refresh_from_db()
    assert (one.ended, one.waiting, one.done_at) == ("", Waiting.BODY, None)
    assert "The old pole still lies there." in Message.objects.filter(to=MAIL).order_by("id").last().text
    Client().post(link(), {"kind": "done", "words": "It is gone."})
    requests.approve(one.request_id, actor=supervisor)
    outbox.drain()
    one.refresh_from_db()
    assert one.ended == Ended.DONE
    assert "They have answered: it is done" in Client().get(f"/requests/{one.number}/").text
    assert "You have told us that this is done. Thank you." in browser.get(path).text


def test_what_another_body_has_to_do_shows_whose_work_it_is_and_not_the_citys_dates(refer: Refer) -> None:
    with clock.held_at(NOON):
        number = refer().number
        page = Client().get(f"/requests/{number}/").text
    assert "Bay Power has to do this, so our own dates do not hold for it." in page
    assert "range__half" not in page


def test_what_was_sent_back_is_said_on_the_bodys_page(refer: Refer, supervisor: Actor) -> None:
    one = refer()
    approving(one)
    Client().post(link(), {"kind": "done"})
    requests.send_back(one.request_id, actor=supervisor, note="Not yet.")
    outbox.drain()
    page = Client().get(link()).text
    assert "it is not finished yet" in page
    assert 'value="done"' in page
    assert "They say that it is done" not in Client().get(f"/requests/{one.number}/").text


def test_a_connected_body_waits_too_and_a_supervisors_note_to_a_colleague_goes_to_nobody_outside(
    refer: Refer,
    body: Callable[..., uuid.UUID],
    connect: Callable[..., Hook],
    run: Callable[[], int],
    system: object,
    make_category: Callable[..., object],
    supervisor: Actor,
) -> None:
    make_category("nothing-else")
    hook = connect(categories=frozenset({"nothing-else"}))
    one = refer(body(channel=Channel.CONNECTION, connection_id=hook.id))
    run()
    approving(one)
    assert hook.post({"request": one.number, "status": "done", "note": "New pole."}).status_code == 200
    outbox.drain()
    assert queries.of_request(one.request_id)[0].is_checked
    colleague = replace(supervisor, id=uuid.uuid4())
    requests.close(one.request_id, actor=colleague, outcome=Outcome.FIXED, sentence="I saw it: it is done.")
    requests.send_back(one.request_id, actor=supervisor, note="Between us: look again.")
    outbox.drain()
    assert not queries.of_request(one.request_id)[0].is_checked
    assert not Message.objects.filter(text__contains="Between us").exists()
    assert hook.post({"request": one.number, "status": "done", "note": "Look."}).status_code == 200
    outbox.drain()
    requests.approve(one.request_id, actor=supervisor)
    outbox.drain()
    one.refresh_from_db()
    assert one.ended == Ended.DONE
    assert [answer.kind for answer in one.answers.order_by("at")] == [AnswerKind.DONE, AnswerKind.DONE]


@pytest.mark.parametrize("last", ["sent back", "asked again"])
def test_events_that_come_late_and_in_another_order_leave_nobody_waiting(
    refer: Refer,
    body: Callable[..., uuid.UUID],
    connect: Callable[..., Hook],
    run: Callable[[], int],
    system: object,
    make_category: Callable[..., object],
    supervisor: Actor,
    last: str,
) -> None:
    make_category("nothing-else")
    hook = connect(categories=frozenset({"nothing-else"}))
    one = refer(body(channel=Channel.CONNECTION, connection_id=hook.id))
    run()
    approving(one)
    outbox.drain()
    assert hook.post({"request": one.number, "status": "done", "note": "New pole."}).status_code == 200
    requests.send_back(one.request_id, actor=supervisor, note="Look again.")
    if last == "asked again":
        assert hook.post({"request": one.number, "status": "done", "note": "Now it is."}).status_code == 200
    for event in OutboxEvent.objects.filter(relayed_at__isnull=True).order_by("-id"):
        if event.kind.startswith("service_requests.approval"):
            receivers.follow(Event(event.id, event.kind, event.subject_id, event.at, event.data))
    assert queries.of_request(one.request_id)[0].is_checked == (last == "asked again")


# What the city does meanwhile


@pytest.mark.parametrize("act", ["start", "take_back", "close", "refer", "hide"])
def test_what_the_city_does_itself_ends_the_referral(refer: Refer, supervisor: Actor, act: str) -> None:
    one = refer()
    {
        "start": lambda: requests.start(one.request_id, actor=supervisor),
        "take_back": lambda: requests.take_back(one.request_id, actor=supervisor),
        "close": lambda: requests.close(
            one.request_id, actor=supervisor, outcome=Outcome.CANNOT, sentence="It cannot be done."
        ),
        "refer": lambda: requests.refer(one.request_id, actor=supervisor, to="the county"),
        "hide": lambda: requests.moderate(one.request_id, actor=supervisor, hidden=True),
    }[act]()
    outbox.drain()
    one.refresh_from_db()
    assert one.ended == Ended.WITHDRAWN
    shown = Client().get(link())
    assert shown.status_code == (410 if act == "hide" else 200)
    assert act == "hide" or "The city has taken this back." in shown.text


def test_a_note_leaves_it_with_the_body_and_telling_twice_is_telling_once(refer: Refer, supervisor: Actor) -> None:
    one = refer()
    requests.add_note(one.request_id, actor=supervisor, text="They called.")
    outbox.drain()
    services.refer(one.request_id, one.number, one.body_id, event_id=one.event_id or uuid.uuid4(), at=NOON)
    assert Message.objects.filter(to=MAIL).count() == 1
    one.refresh_from_db()
    assert one.ended == ""


def test_late_bodies_are_reminded_once_a_week_until_they_answer(refer: Refer) -> None:
    with clock.held_at(NOON):
        one = refer()
    sent = []
    for day in (9, 11, 12, 17, 18, 19):
        with clock.held_at(NOON + timedelta(days=day)):
            sent.append(services.chase_due())
    assert sent == [0, 1, 0, 0, 1, 0]
    assert "your answer is late" in subject()
    with clock.held_at(NOON + timedelta(days=26)):
        receive(mail("more: which pole?"))
        assert services.chase_due() == 0, "it is the city's turn"
    one.refresh_from_db()
    assert one.chases == 2


def test_one_body_that_cannot_be_reminded_keeps_no_other_waiting(refer: Refer, monkeypatch: pytest.MonkeyPatch) -> None:
    from cityhall.apps.referrals.services import referring

    with clock.held_at(NOON):
        bad, good = refer(), refer()
    write = referring.write

    def broken(referral: Referral, template: str, **context: Any) -> bool:
        if referral.id == bad.id:
            raise RuntimeError("its name breaks the template")
        return write(referral, template, **context)

    monkeypatch.setattr(referring, "write", broken)
    with clock.held_at(NOON + timedelta(days=11)):
        assert services.chase_due() == 1
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.chases, bad.chases, bad.chased_at) == (1, 0, None)
    monkeypatch.setattr(referring, "write", write)
    with clock.held_at(NOON + timedelta(days=12)):
        assert services.chase_due() == 1, "it is tried again with the next run"


def test_who_has_a_small_part_of_the_work_finds_it_behind_many_others(
    refer: Refer, body: Callable[..., uuid.UUID], supervisor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST", 2)
    power = body()
    others = [refer(power) for _ in range(5)]
    mine, own = refer(power), uuid.uuid4()
    department = ensure_department("roads", {"en": "Roads"})
    ServiceRequest.objects.filter(id=mine.request_id).update(department_id=department)
    limited = replace(supervisor, departments=frozenset({department}))
    assert [one.id for one, _row in queries.queue(limited)] == [mine.id]
    assert queries.queue(replace(supervisor, teams=frozenset({own}))) == []
    assert len(queries.queue(supervisor)) >= 2 and len(others) == 5


def test_figures_by_body(refer: Refer, body: Callable[..., uuid.UUID]) -> None:
    power, state = body(), body("State roads", mail="roads@state.example")
    with clock.held_at(NOON - timedelta(days=30)):
        refer(power)
        refer(state)
    with clock.held_at(NOON - timedelta(days=4)):
        done = refer(power)
    with clock.held_at(NOON):
        services.answering._apply(done, NewAnswer(AnswerKind.DONE), Via.LINK)
        found = {one.name["en"]: one for one in queries.figures()}
        csv = Client().get("/referred/bodies.csv").text
        rows = Client().get("/referred/bodies.json").json()["bodies"]
    one = found["Bay Power"]
    assert (one.open, one.overdue, one.oldest_days, one.answered, one.median_days) == (1, 1, 30, 1, 4.0)
    assert (found["State roads"].answered, found["State roads"].median_days) == (0, None)
    assert "Bay Power,Bay Power (es),utility,1,1,30,1,4.0" in csv
    assert rows[0]["median_answer_days"] == 4.0 or rows[1]["median_answer_days"] == 4.0


def named(*names: str) -> None:
    """Load requests that were referred to these names in a system from before."""
    rows = [
        LoadedRequest(
            "pothole", NOON, Place(*SPOT), external_id=f"old-{name}-{at}", state=State.REFERRED, referred_to=name
        )
        for at, name in enumerate(names)
    ]
    loading.bulk_load([rows], actor=system("Import"), source_system="old")


def test_names_in_imported_records_count_under_their_body_or_among_the_others(
    refer: Refer, body: Callable[..., uuid.UUID], client: Client, supervisor: Actor
) -> None:
    sign_in(client, "administrator")
    with clock.held_at(NOON):
        power = body()
        refer(power)
        named("bay power", "BAY  POWER.", "Caltrans", "CALTRANS", "Caltrans", "Port of Bay")
        found, others = queries.figures_with_names()
        page = Client().get("/referred/").text
    [one] = found
    assert (one.open, one.named) == (1, 2), "ours is counted once, and not as named"
    assert [(other.name, other.count) for other in others.names] == [("Caltrans", 3)]
    assert others.fewer == 1
    assert "Port of Bay" not in page, "it may be a private owner"
    assert "Other bodies named in records" in page
    assert "Caltrans" in page
    roads = body("State roads", mail="roads@state.example")
    assert "Which body is Caltrans?" in client.get("/desk/referrals/bodies/").text
    client.post("/desk/referrals/bodies/names/", {"name": "Caltrans", "body": str(roads)})
    named("caltrans")
    found, others = queries.figures_with_names()
    assert {one.name["en"]: one.named for one in found} == {"Bay Power": 2, "State roads": 4}
    assert (others.names, others.fewer) == ((), 1)
    assert "Also “Caltrans”" in client.get("/desk/referrals/bodies/").text
    rows = {one["body"]: one["named_in_records"] for one in Client().get("/referred/bodies.json").json()["bodies"]}
    assert rows == {"Bay Power": 2, "State roads": 4, None: 1}
    client.post("/desk/referrals/bodies/names/", {"name": "Caltrans", "act": "remove"})
    assert queries.figures_with_names()[1].names[0].name == "Caltrans"
    for given in ({"name": "Caltrans"}, {"name": "…", "body": str(roads)}, {"name": "Caltrans", "body": "x"}):
        client.post("/desk/referrals/bodies/names/", given)
    assert not BodyAlias.objects.exists()
    with pytest.raises(NotAllowed):
        services.name_body("Caltrans", roads, actor=replace(supervisor, permissions=frozenset({"requests.view"})))


# Who may what


def test_only_who_works_on_the_request_acts_and_only_managers_change_bodies(
    refer: Refer, body: Callable[..., uuid.UUID], supervisor: Actor
) -> None:
    one = refer()
    viewer = replace(supervisor, permissions=frozenset({"requests.view"}))
    elsewhere = replace(supervisor, departments=frozenset({uuid.uuid4()}))
    for act in (services.send_again, services.revoke_links):
        with pytest.raises(NotAllowed):
            act(one.id, actor=viewer)
        with pytest.raises(NotFound):
            act(one.id, actor=elsewhere)
    assert queries.queue(elsewhere) == []
    with pytest.raises(NotAllowed):
        services.save_body(queries.body(one.body_id, supervisor).terms, actor=viewer, body_id=one.body_id)
    services.send_again(one.id, actor=supervisor)
    assert ReplyLink.objects.count() == 2


def test_a_body_that_is_not_there_cannot_be_referred_to(
    file_one: Callable[..., Filed], body: Callable[..., uuid.UUID], supervisor: Actor
) -> None:
    filed = file_one()
    with pytest.raises(Invalid):
        requests.refer(filed.id, actor=supervisor, body=uuid.uuid4())
    gone = body()
    services.save_body(replace(queries.body(gone, supervisor).terms, is_active=False), actor=supervisor, body_id=gone)
    with pytest.raises(Invalid):
        requests.refer(filed.id, actor=supervisor, body=gone)
