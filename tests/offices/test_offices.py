"""A council office files for constituents, keeps who they are only where they agreed, and hears of its district."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.support import city
from tests.support.people import make_person, sign_in

from cityhall.apps.identity.models import User
from cityhall.apps.notify.models import Message
from cityhall.apps.offices import queries, services
from cityhall.apps.offices.contracts import MANAGE, OfficeTerms
from cityhall.apps.offices.models import Member, Office
from cityhall.apps.service_requests import public as reading
from cityhall.apps.service_requests import queries as asked
from cityhall.apps.service_requests import services as requests
from cityhall.apps.service_requests.contracts import CallFilter, Contact, NewRequest, Outcome, Place, Source
from cityhall.apps.service_requests.models import Call, Category, CategoryGroup
from cityhall.kernel import clock, offers
from cityhall.kernel.actors import ANONYMOUS, Actor, ActorKind, system
from cityhall.kernel.django.models import AuditEntry
from cityhall.kernel.errors import Invalid, NotAllowed, NotFound
from cityhall.kernel.offers import Person

pytestmark = pytest.mark.django_db
ROSA = Contact("Rosa", "Lee", "rosa@example.org", "(619) 555-0142")
WORDS = "The caller agrees."
TUESDAY = datetime(2026, 5, 5, 19, 0, tzinfo=UTC)  # noon in the city
MONDAY = datetime(2026, 5, 11, 14, 30, tzinfo=UTC)  # half past seven in the morning
MANAGER = Actor(ActorKind.STAFF, uuid.uuid4(), "Ada", frozenset({MANAGE}))


@pytest.fixture
def town() -> None:
    city.build()
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets", "es": "Calles"})
    Category.objects.create(code="pothole", group=group, name={"en": "Pothole", "es": "Bache"})
    Category.objects.create(
        code="camp", group=group, name={"en": "Encampment", "es": "Campamento"}, place_policy="generalised"
    )


@pytest.fixture
def office(town: None, client: Client) -> Office:
    """An office of District 1; the client is signed in as somebody who works there."""
    person = sign_in(client, "council-office")
    terms = OfficeTerms({"en": "Office of Ana Diaz"}, "district", "1", frozenset({person.id}))
    return Office.objects.get(id=services.save_office(terms, actor=MANAGER))


def test_who_sets_offices_up_and_is_in_none_is_led_to_them(db: None) -> None:
    client = Client()
    sign_in(client, "administrator")
    answer = client.get("/desk/office/")
    assert answer.status_code == 200
    assert f'href="{reverse("offices")}">Say who works in which office' in answer.text
    assert "Ask your administrator" not in answer.text
    sign_in(client, "council-office")
    assert "Ask your administrator" in client.get("/desk/office/").text


def clerk_of(office: Office) -> Actor:
    member = Member.objects.get(office=office)
    return Actor(ActorKind.STAFF, member.user_id, "Clerk", frozenset({"requests.calls", "offices.work"}))


def new(category: str = "pothole", address: str = "1204 Grand Ave", contact: Contact | None = None) -> NewRequest:
    place = Place(city.CENTER[0] + 0.0002, city.CENTER[1] + 0.0007, address=address)
    return NewRequest(category, place, contact=contact or Contact(), source=Source.PHONE)


def file_at(moment: datetime, **given: str) -> str:
    with clock.held_at(moment):
        return requests.file_request(new(**given), actor=ANONYMOUS).number


def close_at(moment: datetime, number: str) -> None:
    with clock.held_at(moment):
        request_id = reading.ids_of([number])[number]
        requests.close(request_id, actor=system("Crew"), outcome=Outcome.FIXED, sentence="Filled.")


# Filing


def test_an_office_files_by_its_own_channel_and_keeps_contact_only_with_consent(office: Office) -> None:
    clerk = clerk_of(office)
    with pytest.raises(Invalid) as refused:
        requests.file_for_caller(new(contact=ROSA), actor=clerk)
    assert set(refused.value.fields) == {"consent"}
    assert not Call.objects.exists()
    with clock.held_at(TUESDAY):
        requests.file_for_caller(new(contact=ROSA), actor=clerk, consent=WORDS)
        requests.file_for_caller(new(), actor=clerk)
    named, nameless = Call.objects.order_by("email").reverse()
    assert (named.channel, named.office_id, named.consent, named.consent_at) == ("council", office.id, WORDS, TUESDAY)
    assert (nameless.consent, nameless.consent_at) == ("", None)
    assert named.request is not None
    assert named.request.source == Source.COUNCIL


def test_everybody_else_files_as_before_and_cannot_pass_for_an_office(office: Office) -> None:
    taker = Actor(ActorKind.STAFF, uuid.uuid4(), "Iris", frozenset({"requests.calls"}))
    requests.file_for_caller(new(contact=ROSA), actor=taker)
    call = Call.objects.get()
    assert (call.channel, call.office_id, call.consent_at) == ("phone", None, None)
    with pytest.raises(Invalid):
        requests.file_for_caller(replace(new(), source=Source.COUNCIL), actor=taker)


def test_the_page_asks_for_consent_and_keeps_its_words(office: Office, client: Client) -> None:
    page = client.get("/desk/calls/").text
    command = re.search(r'name="command_id" value="([^"]+)"', page)
    assert command is not None
    assert 'name="channel"' not in page
    form = {
        "command_id": command[1], "language": "en", "what": "pothole", "category": "pothole", "q": "1204 Grand Ave",
        "phone": "619 555 0142", "name": "Rosa Lee", "description": "Deep.", "do": "file",
    }  # fmt: skip
    refused = client.post("/desk/calls/", form)
    assert refused.status_code == 422
    assert 'href="#f-consent"' in refused.text
    done = client.post("/desk/calls/", {**form, "consent": "yes"}, follow=True)
    call = Call.objects.get()
    assert call.consent.startswith("The caller agrees that Office of Ana Diaz keeps their name")
    assert f'href="/requests/{reading.numbers_of([call.request_id])[0]}/"' in done.text
    assert "Rosa Lee" in client.get("/desk/office/").text


def test_an_office_sees_its_own_calls_and_nobody_elses_people(office: Office, client: Client) -> None:
    taker = Actor(ActorKind.STAFF, uuid.uuid4(), "Iris", frozenset({"requests.calls"}))
    requests.file_for_caller(new(contact=ROSA), actor=taker)
    page = client.get("/desk/office/").text
    assert "Rosa" not in page
    assert "This office has filed nothing yet." in page
    assert asked.call_log(CallFilter(), clerk_of(office)).items == ()
    assert client.get(reverse("desk-queue")).status_code == 403


def test_who_is_in_no_office_any_more_is_no_call_taker_of_the_city(office: Office) -> None:
    clerk = clerk_of(office)
    Member.objects.all().delete()
    with pytest.raises(NotAllowed, match="in no office yet"):
        asked.call_log(CallFilter(), clerk)
    with pytest.raises(NotAllowed, match="in no office yet"):
        requests.file_for_caller(new(contact=ROSA), actor=clerk)


def test_erasing_somebody_takes_their_consent_and_contact_along(office: Office, client: Client) -> None:
    requests.file_for_caller(new(contact=ROSA), actor=clerk_of(office), consent=WORDS)
    assert "rosa@example.org" in client.get("/desk/office/cases.csv").text
    for room in offers.personal_data:
        room.erase(Person(email="rosa@example.org", phone=ROSA.phone))
    call = Call.objects.get()
    assert (call.name, call.email, call.consent, call.consent_at) == ("", "", "", None)
    assert "rosa" not in client.get("/desk/office/cases.csv").text.lower()


def test_who_reads_whom_an_office_filed_for_is_in_the_audit_log(office: Office, client: Client) -> None:
    requests.file_for_caller(new(), actor=clerk_of(office))
    client.get("/desk/office/")
    assert not AuditEntry.objects.filter(action="offices.contacts_read").exists()
    requests.file_for_caller(new(contact=ROSA), actor=clerk_of(office), consent=WORDS)
    client.get("/desk/office/")
    assert AuditEntry.objects.get(action="offices.contacts_read").data["people"] == 1


# The week


def test_the_week_stands_beside_the_one_before_and_last_years(office: Office) -> None:
    close_at(TUESDAY, file_at(TUESDAY))
    file_at(TUESDAY - timedelta(days=364))
    old = file_at(TUESDAY - timedelta(days=7))
    file_at(TUESDAY, category="camp")
    requests.add_up_tallies()
    with clock.held_at(MONDAY):
        found = queries.report(queries.info(office), datetime(2026, 5, 4).date())
    assert found is not None
    assert (found.opened.now, found.opened.before, found.opened.last_year) == (2, 1, 1)
    assert (found.closed.now, found.contested.now, found.open) == (1, 0, 3)
    assert [(line.name, line.opened.now) for line in found.kinds] == [("Pothole", 1), ("", 1)]
    assert old in [one.number for one in found.oldest]
    assert all(one.category_code == "pothole" for one in found.oldest), "a rough place is told by no list of a district"


def test_the_edges_of_a_week_are_midnights_of_the_city(office: Office) -> None:
    file_at(datetime(2026, 5, 4, 6, 59, tzinfo=UTC))  # Sunday, a minute to midnight
    file_at(datetime(2026, 5, 4, 7, 0, tzinfo=UTC))
    with clock.held_at(MONDAY):
        found = queries.report(queries.info(office), datetime(2026, 5, 4).date())
    assert found is not None
    assert (found.opened.now, found.opened.before) == (1, 1)


def test_monday_mornings_mail_goes_once_in_the_readers_language_and_names_nobody(office: Office) -> None:
    Office.objects.update(told_until=TUESDAY)
    User.objects.filter(id=Member.objects.get().user_id).update(language="es")
    file_at(TUESDAY)
    with clock.held_at(TUESDAY):
        requests.file_for_caller(new(contact=ROSA), actor=clerk_of(office), consent=WORDS)
    with clock.held_at(MONDAY - timedelta(hours=1)):
        assert services.send_due() == 0
    with clock.held_at(MONDAY):
        assert (services.send_due(), services.send_due()) == (1, 0)
    mail = Message.objects.get(template="offices/weekly")
    assert "Distrito 1" in mail.subject
    assert "Bache: 2 (0, 0)" in mail.text
    assert "Grand Ave: 2" in mail.text
    assert "rosa" not in mail.text.lower()
    assert "/es/desk/office/?week=2026-05-04" in mail.text


def test_a_colleague_whose_account_is_closed_gets_no_report(office: Office) -> None:
    Office.objects.update(told_until=TUESDAY)
    User.objects.filter(id=Member.objects.get().user_id).update(is_active=False)
    with clock.held_at(MONDAY):
        assert services.send_due() == 0
    assert not Message.objects.filter(template="offices/weekly").exists()


def test_one_office_that_fails_keeps_no_other_from_its_report(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    other = services.save_office(
        OfficeTerms({"en": "Second"}, "district", "1", frozenset({make_person("council-office").id})), actor=MANAGER
    )
    Office.objects.update(told_until=TUESDAY)
    made = queries.report

    def fails(of: object, monday: object) -> object:
        if of.id == office.id:  # type: ignore[attr-defined]
            raise RuntimeError("broken")
        return made(of, monday)  # type: ignore[arg-type]

    monkeypatch.setattr(queries, "report", fails)
    with clock.held_at(MONDAY):
        assert services.send_due() == 1
    assert Office.objects.get(id=other).told_until > TUESDAY
    office.refresh_from_db()
    assert office.told_until == TUESDAY, "it is tried again"


def test_figures_go_out_as_csv(office: Office, client: Client) -> None:
    file_at(TUESDAY)
    with clock.held_at(MONDAY):
        week = client.get("/desk/office/week.csv?week=2026-05-05").text
    assert week.splitlines()[:2] == ["figure,of,week,week_before,same_week_last_year", "opened,,1,0,0"]
    assert "opened,Pothole,1,0,0" in week


def test_a_district_that_is_gone_is_said(office: Office, client: Client) -> None:
    Office.objects.update(area_code="9")
    assert "not on the city’s map any more" in client.get("/desk/office/").text


# Setting up


def test_who_manages_offices_makes_and_changes_them(town: None, client: Client) -> None:
    sign_in(client, "administrator")
    person = make_person("council-office")
    wrong = client.post("/desk/offices/new/", {"name_en": "", "area": "district:99"})
    assert wrong.status_code == 422
    assert 'href="#f-name-en"' in wrong.text
    assert 'href="#f-area"' in wrong.text
    given = {"name_en": "District 1", "area": "district:1", "members": str(person.id), "is_active": "yes"}
    client.post("/desk/offices/new/", given)
    office = Office.objects.get()
    assert Member.objects.get().user_id == person.id
    client.post(f"/desk/offices/{office.id}/", {**given, "name_en": "Renamed", "members": ""})
    office.refresh_from_db()
    assert office.name["en"] == "District 1", "an unknown person is refused"
    del given["members"]
    client.post(f"/desk/offices/{office.id}/", {**given, "name_en": "Renamed"})
    office.refresh_from_db()
    assert office.name["en"] == "Renamed"
    assert not Member.objects.exists()


def test_only_managers_change_offices_and_only_members_read_them(office: Office, client: Client) -> None:
    with pytest.raises(NotAllowed):
        services.save_office(OfficeTerms({"en": "Mine"}, "district", "1"), actor=clerk_of(office))
    assert client.get("/desk/offices/").status_code == 403
    other = Client()
    sign_in(other, "council-office")
    assert "You are in no office yet." in other.get("/desk/office/").text
    stranger = Actor(ActorKind.STAFF, uuid.uuid4(), "X", frozenset({"offices.work"}))
    with pytest.raises(NotFound):
        queries.cases(queries.info(office), stranger)
