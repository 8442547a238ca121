"""People's data: found, handed out, erased; one report or the whole person; and the list outside the database."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image
from tests.support.people import make_person, sign_in, taken_away

from cityhall.apps.documents import public as documents
from cityhall.apps.notify import public as notify
from cityhall.apps.notify.models import Follower, Suppression
from cityhall.apps.records.contracts import HoldTerms
from cityhall.apps.records.models import Erasure, Hold, PersonFile
from cityhall.apps.records.services import holds, ledger, office
from cityhall.apps.service_requests import services
from cityhall.apps.service_requests.contracts import Contact, Filed, NewRequest, Outcome, Place
from cityhall.apps.service_requests.models import (
    Category,
    CategoryGroup,
    HistoryEvent,
    QuarantinedRow,
    Reporter,
    RequestPhoto,
    SavedFilter,
    ServiceRequest,
)
from cityhall.apps.service_requests.public import import_file
from cityhall.kernel import clock, ports
from cityhall.kernel.actors import ANONYMOUS, Actor, ActorKind, system
from cityhall.kernel.django.models import AuditEntry
from cityhall.kernel.errors import Invalid
from cityhall.kernel.ids import new_id
from cityhall.kernel.offers import Person

pytestmark = pytest.mark.django_db
OFFICER = system("Records")
ROSA = Contact("Rosa", "Lee", "Rosa@Example.org", "(619) 555-0100")


@pytest.fixture(autouse=True)
def lists(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """The lists of erasures: our own, and one beside the backups."""
    from cityhall.config import backups

    files = (tmp_path / "erasures.jsonl", tmp_path / "backups" / "erasures.jsonl")
    ports.erasure_lists.fill(lambda: files)
    yield files
    ports.erasure_lists.fill(backups.erasure_lists)


@pytest.fixture
def file(db: None) -> Callable[..., Filed]:
    group = CategoryGroup.objects.create(code="g", name={"en": "G"})
    for code, policy in (("pothole", "exact"), ("housing", "generalised"), ("welfare", "withheld")):
        Category.objects.create(code=code, group=group, name={"en": code}, place_policy=policy)

    def make(category: str = "pothole", contact: Contact = ROSA, *, actor: Actor = ANONYMOUS, **more: Any) -> Filed:
        place = Place(32.7157, -117.1611, address="1202 Grand Ave")
        command = more.pop("command_id", None)
        new = NewRequest(category, place, description="Deep.", contact=contact, **more)
        return services.file_request(new, actor=actor, command_id=command)

    return make


def photo() -> uuid.UUID:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "gray").save(out, "JPEG")
    return documents.take(out.getvalue(), filename="a.jpg", actor=ANONYMOUS).id


def reporter(filed: Filed) -> Reporter:
    return Reporter.objects.get(request_id=filed.id)


def test_one_report_is_erased_and_no_other(file: Callable[..., Filed]) -> None:
    mine, more, others = file(photos=(photo(),), follow=True), file(), file(contact=Contact("Ann", "Oh", "a@b.example"))
    notify.follow("service_request", others.id, email="rosa@example.org", vouched=True)
    services.close(mine.id, actor=system("Streets"), outcome=Outcome.FIXED, sentence="Filled for Rosa.")
    services.contest(mine.id, actor=ANONYMOUS, sentence="It is not.", token=mine.private_token)
    neighbour = Actor(ActorKind.RESIDENT, make_person().id)
    services.settle(mine.id, actor=system("Supervisor"), upheld=True, sentence="It was not.")
    services.close(mine.id, actor=system("Streets"), outcome=Outcome.FIXED, sentence="Filled again.")
    services.contest(mine.id, actor=neighbour, sentence="I see it too.", evidence=(photo(),))
    assert office.erase(Person(requests=frozenset([mine.id])), actor=OFFICER)

    gone = reporter(mine)
    assert (gone.first_name, gone.last_name, gone.email, gone.phone, gone.private_token_hash) == ("",) * 5
    request = ServiceRequest.objects.get(id=mine.id)
    assert (request.description, request.address) == ("", "1202 Grand Ave"), "a road's place is no home"
    assert not RequestPhoto.objects.filter(request=request).exists()
    said = set(HistoryEvent.objects.filter(request=request).exclude(text="").values_list("text", flat=True))
    assert said == {"Filled for [name left out].", "It was not.", "Filled again.", "I see it too."}
    assert reporter(more).email == "Rosa@Example.org"
    assert set(Follower.objects.values_list("subject_id", flat=True)) >= {others.id}
    assert not Follower.objects.filter(subject_id=mine.id, email="rosa@example.org").exists()


@pytest.mark.parametrize(("category", "address"), [("housing", "1200 block of Grand Ave"), ("welfare", "")])
def test_a_home_keeps_only_its_public_place(file: Callable[..., Filed], category: str, address: str) -> None:
    filed = file(category)
    services.move_place(filed.id, actor=OFFICER, place=Place(32.7159, -117.1613, address="1204 Grand Ave"))
    office.erase(Person(email="rosa@example.org"), actor=OFFICER)
    request = ServiceRequest.objects.get(id=filed.id)
    assert (request.lat, request.lon, request.address) == (request.public_lat, request.public_lon, address)
    assert request.cell == request.public_cell
    assert request.address_id is None
    assert "1202 Grand" not in str(list(HistoryEvent.objects.values_list("data", flat=True)))


@pytest.mark.parametrize("what", ["619-555-0100", "+1 (619) 555 0100", "16195550100"])
def test_a_telephone_is_found_however_it_is_written(file: Callable[..., Filed], what: str) -> None:
    mine, other = file(), file(contact=Contact("Ann", phone="619 555 0101"))
    found = office.found(Person(phone=what))
    assert found.numbers == (mine.number,)
    office.erase(Person(phone=what), actor=OFFICER)
    assert reporter(mine).phone == ""
    assert reporter(other).phone == "619 555 0101"


def test_a_shared_telephone_makes_nobodys_reports_the_others(file: Callable[..., Filed]) -> None:
    mine, spouse = file(), file(contact=Contact("Sam", "Lee", "sam@example.org", ROSA.phone))
    office.erase(Person(email="rosa@example.org"), actor=OFFICER)
    assert (reporter(mine).email, reporter(spouse).email) == ("", "sam@example.org")


def test_a_form_sent_again_after_the_erasure_is_refused(file: Callable[..., Filed]) -> None:
    command = new_id()
    first = file(command_id=command)
    assert file(command_id=command).id == first.id
    office.erase(Person(requests=frozenset([first.id])), actor=OFFICER)
    with pytest.raises(Invalid):
        file(command_id=command)


def test_loading_a_row_again_brings_nothing_back(file: Callable[..., Filed], tmp_path: Path) -> None:
    def load(text: str, street: str) -> None:
        path = tmp_path / "history.csv"
        path.write_text(
            "service_request_id,service_request_parent_id,date_requested,service_name,date_closed,status,lat,lng,"
            f"street_address,referred,public_description\n1,,2025-03-01T10:00:00,Housing,,New,32.7157,-117.1611,"
            f"{street},,{text}\n2,,never,Housing,,New,32.7,-117.1,9 D St,,call rosa@example.org\n",
            encoding="utf-8",
        )
        import_file(path, actor=system("Import"))

    load("Rosa says so", "1202 Grand Ave")
    Category.objects.filter(name__en="Housing").update(place_policy="generalised")
    request = ServiceRequest.objects.get(description="Rosa says so")
    office.erase(Person(requests=frozenset([request.id])), actor=OFFICER)
    load("Rosa says it again", "1206 Grand Ave")
    request.refresh_from_db()
    assert (request.description, request.address) == ("", request.public_address)
    assert QuarantinedRow.objects.exists()
    office.erase(Person(email="rosa@example.org"), actor=OFFICER)
    assert not QuarantinedRow.objects.exists()


def test_a_follower_without_reports_is_found_and_forgotten(file: Callable[..., Filed]) -> None:
    filed = file(contact=Contact())
    notify.follow("service_request", filed.id, email="ann@example.org", vouched=True)
    Suppression.objects.create(address="ann@example.org", created_at=clock.now())
    assert office.found(Person(email="ann@example.org")).follows == 1
    assert office.erase(Person(email="ann@example.org"), actor=OFFICER)
    assert not Follower.objects.exists()
    assert not Suppression.objects.exists()


def test_a_queue_saved_to_find_a_person_is_not_in_the_audit_log_and_goes_with_them(client: Client, db: None) -> None:
    sign_in(client, "dispatcher")
    for name, query in (
        ("Rosa Lee again", "Rosa@Example.org"),
        ("Her number", "(619) 555-0100"),
        ("rosa@example.org", "pothole"),
        ("Ann", "ann@example.org"),
    ):
        client.post("/desk/queues/save/", {"name": name, "q": query})
    said = str(list(AuditEntry.objects.values_list("data", flat=True)))
    assert AuditEntry.objects.filter(action="service_requests.queue_saved").count() == 4
    assert not any(word in said for word in ("Rosa", "xample", "619"))
    office.erase(Person(email="rosa@example.org", phone="619 555 0100"), actor=OFFICER)
    assert list(SavedFilter.objects.values_list("name", flat=True)) == ["Ann"]


def test_who_is_not_found_gets_no_file_and_is_erased_from_the_lists_beside(client: Client, db: None) -> None:
    sign_in(client, "records")
    Suppression.objects.create(address="ann@example.org", created_at=clock.now())
    answer = client.post(reverse("desk-records-people"), {"by": "email", "what": "ann@example.org"})
    assert "Nothing is kept here of this person." in answer.text
    assert "Make the file" not in answer.text
    client.post(reverse("desk-records-erase"), {"by": "email", "what": "ann@example.org", "confirm": "erase"})
    assert not Suppression.objects.exists()


def test_the_reporter_deletes_their_details_by_their_private_link(client: Client, file: Callable[..., Filed]) -> None:
    filed = file()
    link = f"/requests/private/{filed.private_token}/"
    assert f"{link}delete/" in client.get(link).text
    assert f"{link}delete/" not in client.get(f"/requests/{filed.number}/").text
    assert filed.number in client.get(f"{link}delete/").text
    assert reporter(filed).email, "looking deletes nothing"
    assert client.post("/requests/private/guessed/delete/").status_code == 404
    answer = client.post(f"{link}delete/", follow=True)
    assert "Your details are deleted from this report." in answer.text
    assert reporter(filed).email == ""
    assert client.get(link).status_code == 404, "the link is dead"
    assert AuditEntry.objects.get(action="records.erased").actor_kind == "anonymous"


def test_a_hold_is_in_the_way_and_a_lifted_one_forgets_whom(client: Client, file: Callable[..., Filed]) -> None:
    filed = file()
    sign_in(client, "administrator")
    terms = {"name": "Claim", "reason": "Court", "email": "rosa@example.org"}
    assert client.post("/desk/records/holds/", terms).status_code == 302
    assert "Claim" in client.get(f"/desk/requests/{filed.number}/").text
    form = {"by": "number", "what": filed.number, "confirm": "erase"}
    told = client.post("/desk/records/people/erase/", form, follow=True).text
    assert "A legal hold is in the way" in told
    client.post("/desk/records/people/erase/", form)
    assert Erasure.objects.count() == 1, "asking twice waits once"
    assert reporter(filed).email
    hold = Hold.objects.get()
    client.post(f"/desk/records/holds/{hold.id}/lift/")
    assert reporter(filed).email == ""
    hold.refresh_from_db()
    assert (hold.email, hold.phone, hold.account_id) == ("", "", None)
    assert Erasure.objects.get().done_at
    assert client.post(f"/desk/records/holds/{hold.id}/lift/").status_code == 404


@pytest.mark.parametrize(
    ("given", "field"),
    [({"until": "9999-12-31"}, "until"), ({"since": "0001-01-01"}, "since"), ({"phone": "555 0100 " * 5}, "phone")],
)
def test_a_hold_that_could_not_be_looked_at_again_is_not_placed(
    client: Client, given: dict[str, str], field: str
) -> None:
    """One that breaks when it is looked at would keep everybody from being erased."""
    sign_in(client, "records")
    terms = {"name": "Claim", "reason": "Court", "address": "1202 Grand Ave", **given}
    refused = client.post("/desk/records/holds/", terms)
    assert refused.status_code == 400
    assert f'id="{field}-problem"' in refused.text
    assert not Hold.objects.exists()


def test_what_the_database_cannot_hold_is_refused_and_is_no_error_of_ours(client: Client) -> None:
    sign_in(client, "records")
    refused = client.post("/desk/records/holds/", {"name": "Cl\x00aim", "reason": "Court", "address": "1202 Grand Ave"})
    assert refused.status_code == 400
    assert "cannot be kept" in refused.text


def test_staff_type_the_word_and_say_how_the_person_proved_it(client: Client, file: Callable[..., Filed]) -> None:
    filed = file()
    sign_in(client, "records")
    asked = {"by": "number", "what": filed.number}
    page = client.post("/desk/records/people/", asked)
    assert page.status_code == 200
    assert filed.number in page.text
    assert AuditEntry.objects.filter(action="records.looked_for").count() == 1
    assert client.post("/desk/records/people/erase/", {**asked, "confirm": "yes"}).status_code == 400
    assert client.post("/desk/records/people/file/", {**asked, "proof": ""}).status_code == 400
    for wrong in (
        {"by": "number", "what": "9-999"},
        {"by": "email", "what": "x"},
        {"by": "phone", "what": "1"},
        {"by": "phone", "what": "555 0100 " * 5},
        {},
    ):
        assert client.post("/desk/records/people/", wrong).status_code == 400
        assert client.post("/desk/records/people/erase/", {**wrong, "confirm": "erase"}).status_code == 400
    assert reporter(filed).email


def test_a_file_is_fetched_for_a_week_and_each_time_is_written_down(client: Client, file: Callable[..., Filed]) -> None:
    one = photo()
    filed = file(photos=(one,))
    sign_in(client, "records")
    asked = {"by": "email", "what": "rosa@example.org", "proof": "License shown at the counter"}
    assert client.post("/desk/records/people/file/", asked).status_code == 302
    made = PersonFile.objects.get()
    address = f"/desk/records/files/{made.id}/"
    assert address in client.get("/desk/records/people/").text
    answer = client.get(address)
    rooms = taken_away(answer.content)["rooms"]
    assert rooms["service_requests"][0]["number"] == filed.number
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert f"photos/{one}.jpg" in packed.namelist()
        assert "Rosa" in packed.read("index.html").decode()
    assert AuditEntry.objects.filter(action="records.file_fetched", subject_id=made.id).count() == 1
    other = Client()
    sign_in(other, "dispatcher")
    assert other.get(address).status_code == 403
    with clock.held_at(clock.now() + timedelta(days=8)):
        assert client.get(address).status_code == 404
        assert address not in client.get("/desk/records/people/").text
    nobody = {"by": "email", "what": "nobody@example.org", "proof": "License"}
    assert client.post("/desk/records/people/file/", nobody).status_code == 404


def test_what_is_taken_away_reads_in_the_persons_language(client: Client, file: Callable[..., Filed]) -> None:
    user = sign_in(client)
    file(contact=Contact(), actor=Actor(ActorKind.RESIDENT, user.id))
    with zipfile.ZipFile(io.BytesIO(client.get("/es/account/my-data.zip").content)) as packed:
        page = packed.read("index.html").decode()
    assert "<h2>Reportes</h2>" in page and "<dt>Descripción</dt>" in page and "service_requests" not in page


def test_a_resident_takes_their_own_away_photos_included(client: Client, file: Callable[..., Filed]) -> None:
    user = sign_in(client)
    one = photo()
    filed = file(contact=Contact(), actor=Actor(ActorKind.RESIDENT, user.id), photos=(one,))
    file()  # somebody else's
    answer = client.get("/account/my-data.zip")
    rows = taken_away(answer.content)["rooms"]["service_requests"]
    assert {row["number"] for row in rows} == {filed.number}
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert f"photos/{one}.jpg" in packed.namelist()
    assert AuditEntry.objects.filter(action="records.exported", subject_id=user.id).count() == 1


def test_a_picture_that_another_report_shows_too_stays_with_that_one(
    client: Client, file: Callable[..., Filed]
) -> None:
    user = sign_in(client)
    one = photo()
    mine = file(contact=Contact(), actor=Actor(ActorKind.RESIDENT, user.id), photos=(one,))
    other = file(contact=Contact("Ann", "Oh", "a@b.example"))
    RequestPhoto.objects.create(request_id=other.id, document_id=one, added_at=clock.now())
    assert client.post("/account/erase/", {"confirm": "erase"}).status_code == 302
    assert not RequestPhoto.objects.filter(request_id=mine.id).exists()
    assert client.get(f"/documents/{one}/web").status_code == 200


def test_the_list_names_ids_alone_and_lies_in_both_places(file: Callable[..., Filed], lists: tuple[Path, Path]) -> None:
    filed = file()
    office.erase(Person(email="rosa@example.org"), actor=OFFICER)
    ours, beside = lists
    assert ours.read_bytes() == beside.read_bytes()
    assert oct(ours.stat().st_mode & 0o777) == "0o600"
    [line] = [json.loads(row) for row in ours.read_text().splitlines()]
    assert line["requests"] == [str(filed.id)]
    assert "rosa" not in ours.read_text().lower()


def test_who_comes_back_with_an_older_database_is_erased_again(
    file: Callable[..., Filed], lists: tuple[Path, Path]
) -> None:
    """As a restore does: the rows are back, the list has the erasure."""
    filed, twin = file(), file()
    follower = notify.follow("service_request", filed.id, email="rosa@example.org", vouched=True)
    lists[0].write_text("")
    line = ledger.Line(new_id(), clock.now(), None, frozenset([filed.id]), frozenset(), is_whole=False)
    ledger.append(line)
    with lists[0].open("a") as out:
        out.write('{"id": "cut sho')
    assert office.reapply() == 1
    assert (reporter(filed).email, reporter(twin).email) == ("", "Rosa@Example.org")
    assert office.reapply() == 0

    third = file()
    ledger.append(ledger.Line(new_id(), clock.now(), None, frozenset([third.id]), frozenset(), is_whole=True))
    assert office.reapply() == 1
    assert reporter(twin).email == "", "a whole person's other reports go with the one that is named"
    assert follower
    assert not Follower.objects.exists()
    lists[1].unlink()
    office.reapply()
    assert ledger.read()
    assert lists[1].read_text().count("\n") >= 2, "the list beside the backups is completed"


def test_an_erasure_that_came_back_under_a_hold_waits(file: Callable[..., Filed]) -> None:
    filed = file()
    ledger.append(ledger.Line(new_id(), clock.now(), None, frozenset([filed.id]), frozenset(), is_whole=True))
    holds.place(actor=OFFICER, terms=HoldTerms(name="n", reason="r", numbers=(filed.number,)))
    assert office.reapply() == 0
    assert reporter(filed).email
    assert Erasure.objects.filter(done_at=None).count() == 1
