"""Names in notes: who is meant, who is told, who is not, and what the writer hears of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.service_requests.test_desk_pages import send
from tests.support.people import make_person, sign_in

from cityhall.apps.answers import queries, rules, services
from cityhall.apps.answers.contracts import NoticeKind
from cityhall.apps.answers.models import Notice
from cityhall.apps.identity import public as identity
from cityhall.apps.identity.models import User
from cityhall.apps.notify.models import Message
from cityhall.apps.service_requests import services as requests
from cityhall.apps.service_requests.contracts import Filed, Outcome, Visibility
from cityhall.apps.service_requests.models import Category, ServiceRequest
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import outbox
from cityhall.kernel.django.reading import forget_lasting

File = Callable[..., Filed]


def test_handles_are_found_in_words_and_not_in_addresses() -> None:
    assert rules.handles_in("@Tom.Becker, look; ask @ibarra. (@José)") == ("Tom.Becker", "ibarra", "José")
    assert rules.handles_in("mail ann@city.example or see /@x, a@b @ @- @tom @tom") == ("tom",)


def test_somebody_is_meant_by_their_name_or_the_first_part_of_their_mail() -> None:
    for handle in ("tom.becker", "TOM.BECKER", "crew", "tom-becker"):
        assert rules.is_meant(handle, "Tom Becker", "crew@city.example")
    for handle in ("tom", "becker", "crew.city", ""):
        assert not rules.is_meant(handle, "Tom Becker", "crew@city.example")
    assert rules.is_meant("jose.nunez", "José Núñez", "x@city.example")
    assert rules.handle_of("José Núñez", "x@city.example") == "jose.nunez"
    assert rules.handle_of("", "Crew@city.example") == "crew"


def staff(role: str, name: str, **fields: str) -> User:
    person = make_person(role, **fields)
    person.name = name
    person.save()
    return person


def actor(person: User) -> Actor:
    found = identity.colleague(person.id)
    assert found is not None
    return found


@pytest.mark.django_db
def test_who_may_read_the_note_gets_a_notice_and_the_writer_hears_of_the_others(
    client: Client, pothole: Category, file_one: File
) -> None:
    identity.ensure_department("streets", {"en": "Streets"})
    identity.ensure_department("parks", {"en": "Parks"})
    filed = file_one()
    streets = next(one.id for one in identity.departments() if one.code == "streets")
    ServiceRequest.objects.filter(id=filed.id).update(department_id=streets)
    tom = staff("dispatcher", "Tom Becker", department="streets")
    staff("dispatcher", "Pia Park", department="parks")
    writer = staff("supervisor", "Rosa Ibarra")
    sign_in(client, user=writer)
    services.choose_mail(actor=actor(tom), by_mail=True)
    text = "@tom.becker and @pia.park: the secret word. @rosa.ibarra @nobody.here"
    said = client.get(send(client, filed.number, "note", sentence=text).url).text  # type: ignore[attr-defined]
    assert "Told: Tom Becker." in said
    assert "may not read this note: Pia Park." in said
    assert "called this: @nobody.here." in said
    outbox.drain()
    outbox.drain()
    assert [(one.user_id, one.kind) for one in Notice.objects.all()] == [(tom.id, NoticeKind.MENTION)]
    mail = Message.objects.get()
    assert mail.to == tom.email
    assert filed.number in mail.subject
    assert "secret word" not in mail.text
    seen = Client()
    sign_in(seen, user=tom)
    assert '1<span class="usa-sr-only"> new' in seen.get("/desk/").text
    page = seen.get("/desk/notices/").text
    assert "Rosa Ibarra named you in a note" in page
    assert "the secret word." in page
    seen.post("/desk/notices/read/")
    assert '<span class="usa-sr-only"> new' not in seen.get("/desk/").text
    ServiceRequest.objects.filter(id=filed.id).update(department_id=None)
    assert "secret word" not in seen.get("/desk/notices/").text, "it is not among their work any more"


@pytest.mark.django_db
def test_a_public_reply_and_a_system_name_nobody(pothole: Category, file_one: File, dispatcher: Actor) -> None:
    staff("supervisor", "Tom Becker")
    filed = file_one()
    requests.add_note(filed.id, actor=dispatcher, text="Ask @tom.becker", visibility=Visibility.PUBLIC)
    requests.add_note(filed.id, actor=dispatcher, text="Ask @tom.becker")  # by nobody who has an account
    outbox.drain()
    assert not Notice.objects.exists()


@pytest.mark.django_db
def test_a_contractors_people_name_their_own_and_hear_nothing_of_the_citys_notes(
    pothole: Category, file_one: File
) -> None:
    from datetime import date

    from cityhall.apps.identity.contracts import Terms

    identity.ensure_department("streets", {"en": "Streets"})
    team = identity.ensure_team("walls", {"en": "Walls"}, department="streets")
    identity.ensure_contractor(Terms("Bright Walls", date(2020, 1, 1), date(2099, 1, 1)), teams=["walls"])
    lena = staff("dispatcher", "Lena Ortiz", team="walls")
    lou = staff("dispatcher", "Lou Paint", team="walls")
    city = staff("supervisor", "Rosa Ibarra")
    filed = file_one()
    ServiceRequest.objects.filter(id=filed.id).update(team_id=team)
    for person in (lena, lou):
        person.refresh_from_db()
        assert person.contractor_id is not None
    theirs = queries.named_in("@lou.paint @rosa.ibarra", filed.id, actor(lena))
    assert (set(theirs.told), theirs.unknown) == ({lou.id}, ("@rosa.ibarra",))
    ours = queries.named_in("@lena.ortiz", filed.id, actor(city))
    assert (ours.told, ours.not_told) == ({}, ("Lena Ortiz",))
    assert [one["handle"] for one in queries.colleagues(actor(lena))] == ["lou.paint"]


@pytest.mark.django_db
def test_a_closing_that_came_back_is_a_notice_to_who_asked(pothole: Category, file_one: File) -> None:
    pothole.approve_outcomes = ["cannot_be_done"]
    pothole.save()
    crew, supervisor = staff("crew", "Tom Becker"), staff("supervisor", "Rosa Ibarra")
    filed = file_one()
    requests.close(filed.id, actor=actor(crew), outcome=Outcome.CANNOT, sentence="Not this year.")
    requests.send_back(filed.id, actor=actor(supervisor), note="Ask the planners first.")
    outbox.drain()
    notice = queries.notices(actor(crew))[0]
    assert (notice.kind, notice.words, notice.by) == (
        NoticeKind.SENT_BACK,
        "Ask the planners first.",
        "Rosa Ibarra",
    )
    assert queries.notices(actor(supervisor)) == []


@pytest.mark.django_db
def test_two_people_of_one_name_are_said_to_be_unclear(pothole: Category, file_one: File) -> None:
    first, writer = staff("crew", "Tom Becker"), staff("supervisor", "Rosa Ibarra")
    staff("supervisor", "Tom Becker")
    filed = file_one()
    assert queries.named_in("@tom.becker", filed.id, actor(writer)).unclear == ("@tom.becker",)
    mail = first.email.partition("@")[0]
    assert set(queries.named_in(f"@{mail}", filed.id, actor(writer)).told) == {first.id}


@pytest.mark.django_db
def test_notices_go_after_a_year(pothole: Category, file_one: File) -> None:
    from datetime import timedelta

    from cityhall.kernel import clock
    from cityhall.kernel.offers import Held

    reader = staff("crew", "Tom Becker")
    kind = next(iter(services.kept_kinds()))
    Notice.objects.create(
        user=reader, kind=NoticeKind.MENTION, request_id=uuid.uuid4(), event_id=uuid.uuid4(), at=clock.now()
    )
    assert kind.due(clock.now() - timedelta(days=1), Held()) == 0
    assert kind.purge(clock.now() + timedelta(days=1), Held(), 10) == 1
    assert not Notice.objects.exists()


@pytest.mark.django_db
def test_notices_are_their_readers_to_have_and_go_with_them(pothole: Category, file_one: File) -> None:
    from cityhall.kernel import clock, offers
    from cityhall.kernel.offers import Person

    filed = file_one()
    reader, other = staff("crew", "Tom Becker"), staff("crew", "Ann Lee")
    for user in (reader, other):
        Notice.objects.create(
            user=user, kind=NoticeKind.MENTION, request_id=filed.id, event_id=uuid.uuid4(), at=clock.now()
        )
        services.choose_mail(actor=actor(user), by_mail=True)
    room = offers.personal_data["answers"]
    notice, choice = room.export(Person(account=reader.id))
    assert (notice["notice"], notice["number"], choice) == ("mention", filed.number, {"notices_by_mail": True})
    assert room.erase(Person(account=reader.id)) == 2
    assert list(room.export(Person(account=reader.id))) == []
    assert len(list(room.export(Person(account=other.id)))) == 2


@pytest.mark.django_db
def test_the_page_of_notices_takes_as_many_queries_for_many_as_for_one(
    client: Client, pothole: Category, file_one: File
) -> None:
    reader = staff("supervisor", "Tom Becker")
    sign_in(client, user=reader)
    client.get("/desk/notices/")
    took = []
    for place in range(3):
        writer = staff("supervisor", f"Rosa Ibarra {place}")
        requests.add_note(file_one().id, actor=actor(writer), text="@tom.becker: look.")
        outbox.drain()
        if place != 1:
            forget_lasting()
            with CaptureQueriesContext(connection) as said:
                page = client.get("/desk/notices/").text
            assert f"Rosa Ibarra {place}" in page
            took.append(len(said))
    assert len(queries.notices(actor(reader))) == 3
    assert took[0] == took[1]
