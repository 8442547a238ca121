"""Taking calls: file, join or log for a caller, find what they asked before, count why people call."""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.db.models.functions import Lower
from django.test import Client
from tests.support import city
from tests.support.people import make_person, sign_in

from cityhall.apps.identity import queries as identity_queries
from cityhall.apps.identity.models import User
from cityhall.apps.notify.models import Follower, Message
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import exports, queries, rules, services
from cityhall.apps.service_requests.contracts import (
    CallFilter,
    CallKind,
    Contact,
    Filed,
    NewCall,
    NewRequest,
    Place,
    Source,
    State,
)
from cityhall.apps.service_requests.models import PHONE_TAIL, Call, Category, Reporter, ServiceRequest
from cityhall.apps.service_requests.services import calls, personal
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, Actor, ActorKind
from cityhall.kernel.django.models import AuditEntry, CommandResult
from cityhall.kernel.errors import Invalid, NotAllowed, TooMany
from cityhall.kernel.ids import new_id
from cityhall.kernel.offers import Held, Person

File = Callable[..., Filed]
pytestmark = pytest.mark.django_db
CALLS = frozenset({"requests.view", "requests.contact", "requests.calls"})
ROSA = Contact("Rosa", "Lee", "rosa@example.org", "(619) 555-0142")
SPOT = (32.7157, -117.1611)


@pytest.fixture
def taker(make_staff: Callable[..., Actor]) -> Actor:
    return make_staff(permissions=CALLS)


@pytest.fixture
def make_resident() -> Callable[[str], Actor]:
    def make(email: str) -> Actor:
        return Actor(ActorKind.RESIDENT, make_person("resident", email=email).id, "Resident")

    return make


@pytest.fixture
def desk(client: Client) -> Client:
    sign_in(client, "call-taker")
    return client


def pothole_of(caller: Contact = ROSA, **fields: object) -> NewRequest:
    place = Place(*SPOT, address="1202 Grand Ave")
    return NewRequest("pothole", place, contact=caller, **{"source": Source.PHONE, **fields})  # type: ignore[arg-type]


def form_of(desk: Client, **given: str) -> dict[str, str]:
    """The form as the page hands it out, filled in."""
    body = desk.get("/desk/calls/").content.decode()
    command = re.search(r'name="command_id" value="([^"]+)"', body)
    assert command is not None
    return {"command_id": command[1], "language": "en", "channel": "phone", **given}


# Telephone numbers


@pytest.mark.parametrize(
    "written",
    ["6195550142", "619.555.0142", "1-619-555-0142", "+1 619 555 0142", "001 619 555 0142", "(619) 555-0142 x12"],
)
def test_one_number_is_one_number_however_it_is_written(written: str) -> None:
    assert rules.phone_key(written, "1") == "16195550142"
    assert rules.phone_tail(written) == "5550142"


def test_numbers_that_differ_stay_apart() -> None:
    keys = {rules.phone_key(one, "1") for one in ("619 555 0142", "719 555 0142", "555 0142", "+52 619 555 0142")}
    assert len(keys) == 4
    assert rules.phone_key("07700 900123", "44") == rules.phone_key("+44 (0)7700 900123", "44")
    assert [rules.phone_key(one, "1") for one in ("", "911", "anonymous")] == ["", "", ""]


def test_the_database_finds_numbers_and_addresses_by_an_index() -> None:
    by_phone = Reporter.objects.alias(tail=PHONE_TAIL).filter(tail="5550142").exclude(phone="")
    by_email = Reporter.objects.alias(small=Lower("email")).filter(small="rosa@example.org").exclude(email="")
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
    assert "reporter_phone" in by_phone.explain()
    assert "reporter_email" in by_email.explain()


# Filing for a caller


def test_a_call_taker_files_for_a_caller_and_the_call_is_logged(pothole: Category, taker: Actor) -> None:
    done = services.file_for_caller(pothole_of(description="Deep."), actor=taker)
    request = ServiceRequest.objects.get(number=done.number.replace("-", ""))
    assert (request.source, request.description, request.showing) == ("phone", "Deep.", "shown")
    assert (request.reporter.phone, request.reporter.user_id) == ("(619) 555-0142", None)
    assert request.history.get().author_id == taker.id
    call = Call.objects.get(id=done.id)
    assert (call.kind, call.channel, call.request_id, call.name) == ("filed", "phone", request.id, "Rosa Lee")
    entry = AuditEntry.objects.get(action="service_requests.call_logged")
    assert entry.data == {"kind": "filed", "channel": "phone", "number": done.number}


def test_sent_twice_it_is_filed_once(pothole: Category, taker: Actor) -> None:
    command = new_id()
    first, again = (services.file_for_caller(pothole_of(), actor=taker, tell=True, command_id=command) for _ in "ab")
    assert first == again
    assert (ServiceRequest.objects.count(), Call.objects.count(), Message.objects.count()) == (1, 1, 1)


def test_nothing_is_kept_of_a_call_whose_request_was_refused(pothole: Category, taker: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        services.file_for_caller(pothole_of(replace(ROSA, email="rosa at home")), actor=taker)
    assert set(refused.value.fields) == {"contact.email"}
    with pytest.raises(Invalid):
        services.file_for_caller(pothole_of(source=Source.WEB), actor=taker)
    assert not Call.objects.exists()
    assert not ServiceRequest.objects.exists()


def test_who_wants_news_follows_and_gets_the_number_with_a_private_link(pothole: Category, taker: Actor) -> None:
    done = services.file_for_caller(pothole_of(language="es"), actor=taker, tell=True)
    assert Follower.objects.get().email == "rosa@example.org"
    message = Message.objects.get()
    assert (message.channel, message.to, message.language) == ("mail", "rosa@example.org", "es")
    assert done.number in message.subject
    token = re.search(r"/es/r/([0-9a-f]{40})/|/([0-9a-f]{40})/", message.text)
    assert token is not None
    request_id = queries.request_of_token(token[1] or token[2])
    assert ServiceRequest.objects.get(id=request_id).number == int(done.number.replace("-", ""))


def test_with_a_telephone_alone_the_number_goes_by_text_message(
    pothole: Category, taker: Actor, settings: pytest.FixtureRequest
) -> None:
    caller = replace(ROSA, email="")
    services.file_for_caller(pothole_of(caller), actor=taker, tell=True)
    assert not Message.objects.exists()  # nobody delivers text messages here
    settings.CITYHALL_DEMO = True  # type: ignore[attr-defined]
    done = services.file_for_caller(pothole_of(caller), actor=taker, tell=True)
    message = Message.objects.get()
    assert (message.channel, message.to) == ("sms", "+16195550142")
    assert done.number in message.text
    assert Call.objects.get(id=done.id).told == "sms"


def test_who_did_not_ask_for_news_gets_none(pothole: Category, taker: Actor) -> None:
    services.file_for_caller(pothole_of(), actor=taker)
    assert not Message.objects.exists()
    assert not Follower.objects.exists()


def test_a_caller_joins_what_is_reported_already_and_counts_once(
    pothole: Category, taker: Actor, file_one: File
) -> None:
    filed = file_one()
    for phone in ("619 555 0142", "+1 (619) 555-0142"):
        done = services.join_for_caller(filed.id, actor=taker, caller=Contact(phone=phone))
        assert done.number == filed.number
    services.join_for_caller(filed.id, actor=taker, caller=Contact(), tell=True)
    assert ServiceRequest.objects.get().supporters == 2
    assert [call.kind for call in Call.objects.all()] == ["joined"] * 3
    assert not Message.objects.exists()


def test_a_caller_who_joins_is_first_asked_by_e_mail(pothole: Category, taker: Actor, file_one: File) -> None:
    services.join_for_caller(file_one().id, actor=taker, caller=ROSA, tell=True)
    assert Message.objects.get().to == "rosa@example.org"
    assert Follower.objects.get().confirmed_at is None


# The log


def test_a_call_that_needs_no_request_is_logged(pothole: Category, taker: Actor, file_one: File) -> None:
    filed = file_one()
    new = NewCall(CallKind.FOLLOW_UP, Source.COUNTER, "Potholes", "Asks when.", ROSA, "es", filed.number)
    command = new_id()
    assert services.log_call(new, actor=taker, command_id=command) == services.log_call(
        new, actor=taker, command_id=command
    )
    row = queries.call_log(CallFilter(), taker).items[0]
    assert (row.kind, row.channel, row.about, row.number) == (new.kind, new.channel, "Potholes", filed.number)
    assert Call.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": CallKind.FILED}, "kind"),
        ({"channel": Source.OPEN311}, "channel"),
        ({"kind": CallKind.FOLLOW_UP}, "number"),
        ({"number": "99-999"}, "number"),
        ({"number": "soon"}, "number"),
        ({"topic": "x" * 81}, "topic"),
        ({"note": "x" * 2001}, "note"),
        ({"note": "\x00"}, "note"),
        ({"caller": Contact(phone="call me")}, "contact.phone"),
    ],
)
def test_what_cannot_be_logged_is_said_by_field(taker: Actor, wrong: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        services.log_call(replace(NewCall(CallKind.ANSWERED), **wrong), actor=taker)  # type: ignore[arg-type]
    assert set(refused.value.fields) == {field}
    assert not Call.objects.exists()


def test_a_supervisor_sees_why_people_call(pothole: Category, taker: Actor) -> None:
    for kind, channel, topic in (
        (CallKind.ANSWERED, Source.PHONE, "Opening hours"),
        (CallKind.ANSWERED, Source.COUNTER, "Opening hours"),
        (CallKind.HUNG_UP, Source.PHONE, ""),
    ):
        services.log_call(NewCall(kind, channel, topic), actor=taker)
    services.file_for_caller(pothole_of(), actor=taker)
    counts = queries.call_counts(CallFilter(), taker)
    assert counts.total == 4
    assert counts.days == ((queries.call_log(CallFilter(), taker).items[0].at.date(), 4),)
    assert dict(counts.kinds) == {CallKind.ANSWERED: 2, CallKind.HUNG_UP: 1, CallKind.FILED: 1}
    assert dict(counts.channels) == {Source.PHONE: 3, Source.COUNTER: 1}
    assert counts.about == (("Opening hours", 2), ("Pothole", 1))
    only = CallFilter(kind=CallKind.ANSWERED, channel=Source.COUNTER, words="opening")
    assert queries.call_counts(only, taker).total == 1
    assert queries.call_counts(CallFilter(since=clock.now() + timedelta(days=1)), taker).total == 0


def test_the_log_is_read_page_by_page_with_as_many_queries_for_many_as_for_few(
    taker: Actor, django_assert_num_queries: Callable[[int], object]
) -> None:
    for place in range(7):
        services.log_call(NewCall(CallKind.OTHER, note=str(place)), actor=taker)
    first = queries.call_log(CallFilter(), taker, limit=3)
    assert [row.note for row in first.items] == ["6", "5", "4"]
    rest = queries.call_log(CallFilter(), taker, limit=10, after=first.next)
    assert [row.note for row in rest.items] == ["3", "2", "1", "0"]
    assert rest.next == ""
    for limit in (1, 7):
        with django_assert_num_queries(2):
            queries.call_log(CallFilter(), taker, limit=limit)


def test_the_csv_runs_no_formula_and_names_no_caller(make_staff: Callable[..., Actor]) -> None:
    taker = make_staff(permissions=CALLS | {"requests.export"})
    services.log_call(NewCall(CallKind.OTHER, topic="+1", note="=HYPERLINK(1)", caller=ROSA), actor=taker)
    text = b"".join(exports.calls_csv(CallFilter(), actor=taker)).decode()
    row = next(csv.DictReader(io.StringIO(text)))
    assert (row["note"], row["kind"], row["channel"]) == ("'=HYPERLINK(1)", "other", "phone")
    assert "555-0142" not in text  # fewer digits turn up in an id by chance
    assert "rosa" not in text.lower()
    assert AuditEntry.objects.filter(action="service_requests.exported", data__what="calls").count() == 1


def test_topics_are_offered_in_the_citys_order_and_then_what_was_written_lately(dispatcher: Actor) -> None:
    taker = replace(dispatcher, permissions=dispatcher.permissions | {"requests.calls"})
    services.set_topics(["  Trash   days ", "Opening hours", "", "Trash days"], actor=dispatcher)
    services.log_call(NewCall(CallKind.OTHER, topic="Parking"), actor=taker)
    assert queries.topics() == ["Trash days", "Opening hours"]
    assert queries.topics_offered() == ["Trash days", "Opening hours", "Parking"]
    with pytest.raises(Invalid):
        services.set_topics([str(one) for one in range(61)], actor=dispatcher)
    with pytest.raises(NotAllowed):
        services.set_topics(["x"], actor=replace(dispatcher, permissions=CALLS))


# What a caller asked before


def test_earlier_requests_and_calls_are_found_however_the_number_is_written(
    pothole: Category, taker: Actor, file_one: File
) -> None:
    web = file_one(contact=Contact(phone="1 (619) 555.0142 x3"))
    file_one(contact=Contact(phone="719 555 0142"))
    file_one(contact=Contact(email="someone@example.org"))
    services.log_call(NewCall(CallKind.COMPLAINT, caller=Contact(phone="+16195550142"), note="Too slow."), actor=taker)
    past = queries.caller_past("619-555-0142", "", actor=taker)
    assert [one.number for one in past.requests] == [web.number]
    assert [one.note for one in past.calls] == ["Too slow."]


def test_earlier_requests_are_found_by_e_mail_and_by_account(
    pothole: Category, taker: Actor, file_one: File, make_resident: Callable[[str], Actor]
) -> None:
    resident = make_resident("rosa@example.org")
    signed_in = file_one(actor=resident)
    left = file_one(contact=Contact(email="Rosa@Example.org"))
    past = queries.caller_past("", " ROSA@example.org", actor=taker)
    assert {one.number for one in past.requests} == {signed_in.number, left.number}
    User.objects.filter(id=resident.id).update(phone="+16195550142", phone_confirmed_at=clock.now())
    assert [one.number for one in queries.caller_past("619 555 0142", "", actor=taker).requests] == [signed_in.number]
    User.objects.update(phone_confirmed_at=None)
    assert queries.caller_past("619 555 0142", "", actor=taker).requests == ()


def test_looking_a_caller_up_is_in_the_audit_log_without_saying_whom(
    pothole: Category, taker: Actor, file_one: File
) -> None:
    filed = file_one(contact=ROSA)
    queries.caller_past("619 555 0142", "rosa@example.org", actor=taker)
    entry = AuditEntry.objects.get(action="service_requests.caller_read")
    assert entry.actor_id == taker.id
    assert entry.data == {"requests": [filed.number], "calls": 0}
    queries.caller_past("", "", actor=taker)
    assert AuditEntry.objects.filter(action="service_requests.caller_read").count() == 1


def test_look_ups_are_limited(taker: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cityhall.apps.service_requests.queries.calls._PER_HOUR", 2)
    for _ in range(2):
        queries.caller_past("619 555 0142", "", actor=taker)
    with pytest.raises(TooMany):
        queries.caller_past("619 555 0142", "", actor=taker)


# Who may what


@pytest.mark.parametrize("lacking", ["requests.calls", "requests.contact"])
def test_a_caller_is_looked_up_by_those_alone_who_may(make_staff: Callable[..., Actor], lacking: str) -> None:
    with pytest.raises(NotAllowed):
        queries.caller_past("619 555 0142", "", actor=make_staff(permissions=CALLS - {lacking}))
    assert not AuditEntry.objects.exists()


def test_who_takes_no_calls_neither_writes_nor_reads_any(
    pothole: Category, file_one: File, dispatcher: Actor, crew: Actor
) -> None:
    filed = file_one()
    for actor in (dispatcher, crew, ANONYMOUS):
        for act in (
            lambda actor: services.file_for_caller(pothole_of(), actor=actor),
            lambda actor: services.join_for_caller(filed.id, actor=actor, caller=ROSA),
            lambda actor: services.log_call(NewCall(CallKind.OTHER), actor=actor),
            lambda actor: queries.call_log(CallFilter(), actor),
            lambda actor: queries.call_counts(CallFilter(), actor),
            lambda actor: queries.one_call(uuid.uuid4(), actor),
            lambda actor: exports.calls_csv(CallFilter(), actor=actor),
        ):
            with pytest.raises(NotAllowed):
                act(actor)
    assert not Call.objects.exists()


def test_somebody_of_one_department_sees_its_calls_and_their_own(
    make_category: Callable[..., Category], make_staff: Callable[..., Actor], taker: Actor
) -> None:
    from cityhall.apps.identity import public as identity

    streets, parks = (identity.ensure_department(code, {"en": code}) for code in ("streets", "parks"))
    make_category("pothole", department_id=streets)
    make_category("swing", department_id=parks)
    limited = make_staff(permissions=CALLS, departments=[streets])
    services.file_for_caller(pothole_of(), actor=taker)
    swing = services.file_for_caller(replace(pothole_of(), category_code="swing"), actor=taker)
    services.log_call(NewCall(CallKind.ANSWERED, caller=ROSA), actor=taker)
    services.log_call(NewCall(CallKind.HUNG_UP, caller=ROSA), actor=limited)
    kinds = [row.kind for row in queries.call_log(CallFilter(), limited).items]
    assert kinds == [CallKind.HUNG_UP, CallKind.FILED]
    assert queries.call_counts(CallFilter(), limited).total == 2
    past = queries.caller_past("619 555 0142", "", actor=limited)
    assert [one.category_code for one in past.requests] == ["pothole"]
    assert [one.kind for one in past.calls] == kinds
    with pytest.raises(Invalid):
        services.log_call(NewCall(CallKind.FOLLOW_UP, number=swing.number), actor=limited)


def test_a_contractors_people_take_no_calls_whatever_their_role_says(client: Client) -> None:
    from datetime import date

    from cityhall.apps.identity import public as identity
    from cityhall.apps.identity.contracts import Terms

    identity.ensure_department("clean", {"en": "Clean"})
    identity.ensure_team("walls", {"en": "Walls"}, department="clean")
    identity.ensure_contractor(Terms("Walls Inc", date(2026, 1, 1), date(2099, 1, 1)), teams=["walls"])
    person = make_person("dispatcher", team="walls")
    User.objects.filter(id=person.id).update(contractor=identity_queries.contractors()[0].id)
    person.refresh_from_db()
    actor = identity_queries.actor_of_account(person)
    assert actor.contractor is not None
    assert actor.may("requests.contact")
    assert not actor.may("requests.calls")
    sign_in(client, user=person)
    assert client.get("/desk/calls/").status_code == 403
    assert client.get("/desk/calls/log.csv").status_code == 403
    assert "New call" not in client.get("/desk/").content.decode()


# Personal data


def test_an_account_gets_its_calls_and_can_have_them_erased(
    taker: Actor, make_resident: Callable[[str], Actor]
) -> None:
    resident = make_resident("rosa@example.org")
    person = Person(account=resident.id, email="rosa@example.org")
    services.log_call(NewCall(CallKind.COMPLAINT, note="Too slow.", caller=ROSA, topic="Trash"), actor=taker)
    services.log_call(NewCall(CallKind.OTHER, note="Not hers.", caller=Contact("Ann")), actor=taker)
    exported = [one for one in personal.export(person) if one["kind"] == "call"]
    assert [(one["note"], one["phone"]) for one in exported] == [("Too slow.", ROSA.phone)]
    assert personal.erase(person) == 1
    assert [one for one in personal.export(person) if one["kind"] == "call"] == []
    erased = Call.objects.get(topic="Trash")
    assert (erased.name, erased.email, erased.phone, erased.note) == ("", "", "", "")
    assert Call.objects.filter(note="Not hers.").exists()


def test_a_caller_without_an_account_is_found_and_erased_by_telephone(taker: Actor) -> None:
    services.log_call(NewCall(CallKind.COMPLAINT, note="Too slow.", caller=ROSA), actor=taker)
    assert [one["note"] for one in calls.export_calls("", "619 555 0142")] == ["Too slow."]
    assert calls.erase_calls("", "619 555 0142") == 1
    assert list(calls.export_calls("", "619 555 0142")) == []
    assert calls.erase_calls("", "619 555 0142") == 0
    assert calls.erase_calls("", "") == 0


def test_all_calls_of_a_person_are_handed_out_and_erased_however_many() -> None:
    rosa = {"kind": "complaint", "channel": "phone", "name": "Rosa Lee", "note": "Too slow.", "at": clock.now()}
    Call.objects.bulk_create(Call(id=new_id(), email=ROSA.email, **rosa) for _ in range(201))
    Call.objects.bulk_create(Call(id=new_id(), phone=ROSA.phone, **rosa) for _ in range(1001))
    person = Person(email=ROSA.email, phone=ROSA.phone)
    assert sum(1 for one in personal.export(person) if one["kind"] == "call") == 1202
    personal.erase(person)
    assert not Call.objects.exclude(name="").exists()


def test_nobody_can_prove_by_a_kept_command_who_called(pothole: Category, taker: Actor, file_one: File) -> None:
    call = NewCall(CallKind.OTHER, note="x", caller=ROSA)
    said: dict[uuid.UUID, Callable[..., object]] = {
        new_id(): partial(services.log_call, call, actor=taker),
        new_id(): partial(services.file_for_caller, pothole_of(), actor=taker),
        new_id(): partial(services.join_for_caller, file_one().id, caller=ROSA, actor=taker),
    }
    for command, say in said.items():
        assert say(command_id=command) == say(command_id=command)
        assert CommandResult.objects.get(id=command).fingerprint
    personal.erase(Person(email=ROSA.email, phone=ROSA.phone))
    for command, say in said.items():
        assert CommandResult.objects.get(id=command).fingerprint == ""
        with pytest.raises(Invalid, match="command id"):
            say(command_id=command)


def test_old_calls_lose_who_called_and_are_still_counted(taker: Actor) -> None:
    for caller in (ROSA, Contact("Ann", "Ito", "", "")):
        services.log_call(NewCall(CallKind.ANSWERED, note="x", topic="Trash", caller=caller), actor=taker)
    old = Call.objects.get(name="Rosa Lee")
    Call.objects.filter(id=old.id).update(at=clock.now() - timedelta(days=400))
    assert calls.purge_calls(clock.now() - timedelta(days=365), Held(phones=frozenset({"6195550142"})), 9) == 0
    assert calls.purge_calls(clock.now() - timedelta(days=365), Held(), 9) == 1
    old.refresh_from_db()
    assert (old.name, old.phone, old.email, old.note, old.topic) == ("", "", "", "", "Trash")
    assert Call.objects.filter(name="Ann Ito").exists()
    assert queries.call_counts(CallFilter(), taker).total == 2


def test_erasing_a_reporter_erases_who_called(pothole: Category, taker: Actor) -> None:
    services.file_for_caller(pothole_of(), actor=taker)
    personal.erase(Person(requests=frozenset({ServiceRequest.objects.get().id})))
    call = Call.objects.get()
    assert (call.name, call.phone, call.email) == ("", "", "")
    assert queries.caller_past("619 555 0142", "rosa@example.org", actor=taker).requests == ()


# The page, without scripts


def test_the_page_files_and_shows_the_number_to_read_out(desk: Client, pothole: Category) -> None:
    city.build()
    sent = form_of(desk, phone="619 555 0142", name="Rosa Lee", what="a pothole", q="1202 Grand Ave")
    looked = desk.post("/desk/calls/", {**sent, "do": "look"}).content.decode()
    assert re.search(r'name="category" value="pothole" checked', looked)
    assert "Found: 1202 Grand Ave" in looked
    answer = desk.post("/desk/calls/", {**sent, "category": "pothole", "do": "file"})
    request = ServiceRequest.objects.get()
    shown = desk.get(answer["Location"]).content.decode()
    number = f"{request.number // 1000}-{request.number % 1000:03d}"
    assert re.search(rf'receipt__number" tabindex="-1" data-focus-first>{number}<', shown)
    assert "The city’s own target:" in shown
    assert "619" not in shown
    again = desk.post("/desk/calls/", {**sent, "category": "pothole", "do": "file"})
    assert again["Location"] == answer["Location"]
    assert ServiceRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("choice", "public"), [("hide", "Rats. Ask [telephone number left out]."), ("publish", "Rats. Ask 619 555 0199.")]
)
def test_what_looks_private_in_a_callers_words_is_asked_about_before_all_can_read_it(
    desk: Client, pothole: Category, choice: str, public: str
) -> None:
    city.build()
    words = "Rats. Ask 619 555 0199."
    sent = form_of(desk, what="a pothole", category="pothole", q="1202 Grand Ave", description=words)
    asked = desk.post("/desk/calls/", {**sent, "do": "file"})
    assert asked.status_code == 422
    assert "619 555 0199” looks like a telephone number." in asked.text
    assert 'href="#f-publish"' in asked.text
    assert not ServiceRequest.objects.exists()
    assert desk.post("/desk/calls/", {**sent, "private": choice, "do": "file"}).status_code == 302
    request = ServiceRequest.objects.get()
    assert request.description == public
    whole = request.history.filter(text=words, visibility="internal")
    assert whole.exists() is (choice == "hide"), "staff read all of it"
    sure = AuditEntry.objects.filter(action="service_requests.published_as_it_is")
    assert [entry.data["kinds"] for entry in sure] == ([["phone"]] if choice == "publish" else [])


def test_what_is_left_out_is_said_in_the_language_the_call_taker_writes(desk: Client, pothole: Category) -> None:
    city.build()
    sent = form_of(desk, what="a pothole", category="pothole", q="1202 Grand Ave", description="Ask 619 555 0199.")
    for prefix, said in (("", "Ask [telephone number left out]."), ("/es", "Ask [teléfono omitido].")):
        other = "en" if prefix else "es"
        given = {**sent, "command_id": str(new_id()), "language": other, "private": "hide", "do": "file"}
        assert desk.post(f"{prefix}/desk/calls/", given).status_code == 302
        request = ServiceRequest.objects.order_by("-number")[0]
        assert (request.description, request.language) == (said, other)


def test_a_callers_words_that_stay_with_staff_are_not_asked_about(
    make_category: Callable[..., Category], taker: Actor
) -> None:
    make_category("pothole", text_policy="withheld")
    services.file_for_caller(pothole_of(description="Ask 619 555 0199."), actor=taker)
    assert ServiceRequest.objects.get().description == "Ask 619 555 0199."


def test_a_refused_call_keeps_everything_that_was_typed(desk: Client, make_category: Callable[..., Category]) -> None:
    city.build()
    make_category("pothole", questions=[{"code": "size", "required": True}])
    typed = {
        "phone": "619 555 0142", "email": "rosa at home", "name": "Rosa Lee", "language": "es", "channel": "counter",
        "what": "pothole", "category": "pothole", "best": "pothole", "q": "502 5th St", "description": "Deep.",
        "topic": "Streets", "note": "In a hurry.", "tell": "yes",
    }  # fmt: skip
    answer = desk.post("/desk/calls/", {**form_of(desk), **typed, "do": "file"})
    body = answer.content.decode()
    assert answer.status_code == 422
    for kept in ("619 555 0142", "rosa at home", "Rosa Lee", "pothole", "502 5th St", "Streets"):
        assert f'value="{kept}"' in body, kept
    for kept in (">Deep.<", ">In a hurry.<", 'value="es" selected', 'value="counter" selected', 'value="yes" checked'):
        assert kept in body, kept
    assert "This is not an e-mail address." in body
    assert "Answer “size" in body
    assert not ServiceRequest.objects.exists()


def test_all_that_is_missing_is_said_at_once(desk: Client, pothole: Category) -> None:
    city.build()
    body = desk.post("/desk/calls/", form_of(desk, phone="call me", do="file")).content.decode()
    for link in ("#f-category-code", "#f-place", "#f-contact-phone"):
        assert f'href="{link}"' in body, link
        assert f'id="{link[1:]}"' in body, link


def test_a_place_that_is_not_clear_is_asked_back(desk: Client, pothole: Category) -> None:
    city.build()
    sent = form_of(desk, what="pothole", category="pothole", q="120 Grand", do="file")
    body = desk.post("/desk/calls/", sent).content.decode()
    assert "Choose which of these places it is." in body
    choices = re.findall(r'name="place" value="([^"]+)"', body)
    assert [one.rsplit("|", 1)[1] for one in choices] == ["Grand Ave"]
    assert not ServiceRequest.objects.exists()
    chosen = {**sent, "place": choices[0], "place_for": "120 Grand"}
    # A choice made for other words counts no more.
    assert desk.post("/desk/calls/", {**chosen, "q": "nowhere at all"}).status_code == 422
    assert desk.post("/desk/calls/", chosen).status_code == 302
    assert ServiceRequest.objects.get().address == "Grand Ave"


def test_a_call_about_an_emergency_says_what_to_tell_the_caller_and_is_logged_as_passed_on(
    desk: Client, make_category: Callable[..., Category]
) -> None:
    make_category("wire", is_emergency=True, keywords={"en": ["downed wire"]}, name={"en": "Downed wire"})
    sent = form_of(desk, what="a downed wire", q="1202 Grand Ave", category="wire", do="file")
    body = desk.post("/desk/calls/", sent).content.decode()
    assert body.count("Tell the caller to hang up and dial 911, or transfer the call") == 3  # summary, field, panel
    assert "Call 911" not in body
    assert 'href="tel:911"' not in body
    assert not ServiceRequest.objects.exists()
    desk.post("/desk/calls/", {**sent, "do": "passed_on", "phone": "619 555 0142"})
    call = Call.objects.get()
    assert (call.kind, call.topic, call.phone) == ("transferred", "Downed wire", "619 555 0142")


def test_another_category_is_chosen_where_the_suggestions_are_wrong(
    desk: Client, pothole: Category, make_category: Callable[..., Category]
) -> None:
    city.build()
    make_category("hydrant", name={"en": "Fire hydrant"}, keywords={"en": ["pool"]})
    make_category("wire", is_emergency=True, keywords={"en": ["downed wire"]}, name={"en": "Downed wire"})
    sent = form_of(desk, what="what time does the pool open", q="1202 Grand Ave")
    body = desk.post("/desk/calls/", {**sent, "do": "look"}).text
    assert re.search(r'name="category" value="hydrant" checked', body)
    assert "Another: choose from the whole list" in body
    assert '<option value="wire"' not in body
    # Without scripts the first suggestion stays marked.
    chosen = {**sent, "category": "hydrant", "best": "hydrant", "other": "pothole"}
    body = desk.post("/desk/calls/", {**chosen, "do": "look"}).text
    assert '<option value="pothole" selected' in body
    assert 'value="hydrant" checked' not in body
    assert desk.post("/desk/calls/", {**chosen, "do": "file"}).status_code == 302
    assert ServiceRequest.objects.get().category.code == "pothole"


def test_what_is_open_nearby_is_shown_and_joined(desk: Client, pothole: Category, file_one: File) -> None:
    city.build()
    filed = file_one(at=(city.CENTER[0] + 0.0002, city.CENTER[1] + 0.0005))
    sent = form_of(desk, what="pothole", category="pothole", q="1202 Grand Ave", phone="619 555 0142")
    body = desk.post("/desk/calls/", {**sent, "do": "look"}).content.decode()
    assert f'value="join:{filed.number}"' in body
    answer = desk.post("/desk/calls/", {**sent, "do": f"join:{filed.number}"})
    assert filed.number in desk.get(answer["Location"]).content.decode()
    assert ServiceRequest.objects.get().supporters == 1


def test_what_is_open_nearby_comes_likeliest_first_with_its_reasons(
    desk: Client, pothole: Category, file_one: File
) -> None:
    city.build()
    [hit, *_more] = places.locate("1202 Grand Ave")
    near = file_one(
        place=Place(hit.lat + 0.0001, hit.lon, address="1202 Grand Ave"),
        description="Cracked asphalt edge, water stands after rain",
    )
    same = file_one(
        place=Place(hit.lat + 0.00015, hit.lon, address="1202 Grand Ave"),
        description="Deep hole by the bakery swallowed a wheel",
    )
    sent = form_of(desk, what="pothole", category="pothole", q="1202 Grand Ave")
    body = desk.post(
        "/desk/calls/", {**sent, "description": "A deep hole by the bakery broke my wheel", "do": "look"}
    ).content.decode()
    assert body.index(f"join:{same.number}") < body.index(f"join:{near.number}")
    shown = re.findall(r'id="call-near".*', body, re.S)[0]
    assert "same words: " in shown
    assert "bakery" in shown


def test_an_asset_nearby_can_be_named(desk: Client, make_category: Callable[..., Category]) -> None:
    city.build()
    make_category("streetlight", asset_layer="streetlights")
    sent = form_of(desk, what="streetlight", category="streetlight", q="1202 Grand Ave")
    body = desk.post("/desk/calls/", {**sent, "do": "look"}).content.decode()
    light = re.search(r'name="asset" value="([0-9a-f-]{36})"><span><strong>Streetlight L-1', body)
    assert light is not None
    desk.post("/desk/calls/", {**sent, "asset": light[1], "do": "file"})
    assert str(ServiceRequest.objects.get().asset_id) == light[1]


def test_an_earlier_request_is_taken_up_in_a_call_about_it(desk: Client, pothole: Category, file_one: File) -> None:
    filed = file_one(contact=ROSA)
    sent = form_of(desk, phone="(619) 555 0142")
    body = desk.post("/desk/calls/", {**sent, "do": "find"}).content.decode()
    assert "Pothole on Grand Ave" in body
    body = desk.post("/desk/calls/", {**sent, "do": f"about:{filed.number}"}).content.decode()
    assert 'value="follow_up" selected' in body
    assert f'name="number" value="{filed.number}"' in body
    answer = desk.post(
        "/desk/calls/", {**sent, "kind": "follow_up", "number": filed.number, "note": "When?", "do": "log"}, follow=True
    )
    assert "The call is logged." in answer.content.decode()
    assert Call.objects.get().request_id == filed.id


def test_parts_are_sent_alone_and_look_the_caller_up_only_when_asked(
    desk: Client, pothole: Category, file_one: File
) -> None:
    file_one(contact=ROSA)
    sent = form_of(desk, phone="619 555 0142", what="pothole", parts="kinds near")
    body = desk.post("/desk/calls/", sent, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in body
    assert 'id="call-kinds"' in body
    assert 'id="call-caller"' not in body
    assert not AuditEntry.objects.filter(action="service_requests.caller_read").exists()
    body = desk.post("/desk/calls/", {**sent, "parts": "caller"}, headers={"HX-Request": "true"}).content.decode()
    assert "Pothole on Grand Ave" in body


def test_who_may_not_see_contact_takes_calls_without_the_past(
    client: Client, pothole: Category, file_one: File
) -> None:
    from cityhall.apps.identity import public as identity

    identity.ensure_role("narrow", {"en": "Narrow"}, frozenset({"requests.view", "requests.calls"}))
    sign_in(client, "narrow")
    file_one(contact=ROSA)
    body = client.post("/desk/calls/", form_of(client, phone="619 555 0142", do="find")).content.decode()
    assert "Pothole on Grand Ave" not in body
    assert "Find the caller" not in body
    assert client.post("/desk/calls/", form_of(client, kind="hung_up", do="log")).status_code == 302


def test_the_log_is_filtered_by_its_address_and_handed_out_as_csv(client: Client, taker: Actor) -> None:
    sign_in(client, "supervisor")
    services.log_call(NewCall(CallKind.COMPLAINT, note="Too slow.", caller=ROSA), actor=taker)
    services.log_call(NewCall(CallKind.HUNG_UP, Source.COUNTER, note="Left."), actor=taker)
    body = client.get("/desk/calls/log/?kind=complaint&since=nonsense&until=9999-12-31").content.decode()
    assert "Too slow." in body
    assert "Left." not in body
    assert "Rosa" not in body
    assert "No call fits." in client.get("/desk/calls/log/?since=2001-01-01&until=2001-01-02").content.decode()
    answer = client.get("/desk/calls/log.csv?channel=counter")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert "Left." in text
    assert "Too slow." not in text


def test_topics_are_set_on_their_page(client: Client) -> None:
    sign_in(client, "supervisor")
    assert client.post("/desk/calls/topics/", {"topics": "Trash days\n\nTaxes\n"}).status_code == 302
    assert ">Trash days\nTaxes</textarea>" in client.get("/desk/calls/topics/").content.decode()
    assert '<option value="Taxes">' in client.get("/desk/calls/").content.decode()
    refused = client.post("/desk/calls/topics/", {"topics": "x" * 81})
    assert refused.status_code == 422
    assert "Shorten this to 80 characters." in refused.content.decode()


def test_the_key_of_a_new_call_is_offered_to_those_who_take_calls(client: Client) -> None:
    sign_in(client, "crew")
    assert "Take a new call" not in client.get("/desk/keys/").content.decode()
    assert client.get("/desk/").status_code == 200
    sign_in(client, "call-taker")
    assert "Take a new call" in client.get("/desk/keys/").content.decode()
    # A cookie from before the key was there is still good, also where its letter is taken.
    client.cookies["desk_keys"] = '{"on": true, "keys": {"next": "p"}}'
    body = client.get("/desk/").content.decode()
    assert "&quot;p&quot;: &quot;next&quot;" in body
    assert re.search(r"&quot;(\w)&quot;: &quot;call&quot;", body)


def test_states_are_words_in_the_past_of_a_caller(desk: Client, pothole: Category, file_one: File) -> None:
    filed = file_one(contact=ROSA)
    ServiceRequest.objects.filter(id=filed.id).update(state=State.IN_PROGRESS)
    body = desk.post("/desk/calls/", form_of(desk, email="rosa@example.org", do="find")).content.decode()
    assert "In progress" in body
    assert "The audit log keeps that you looked." in body
