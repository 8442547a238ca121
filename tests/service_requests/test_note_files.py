"""Files with internal notes, which no door hands out, and the shortlist."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.service_requests.test_desk_pages import send
from tests.support.people import make_person, sign_in

from cityhall.apps.documents import public as documents
from cityhall.apps.identity import public as identity
from cityhall.apps.service_requests import exports, queries, services
from cityhall.apps.service_requests.contracts import (
    Contact,
    DeskFilter,
    Filed,
    NewFile,
    Outcome,
    RequestFilter,
    Visibility,
)
from cityhall.apps.service_requests.models import Category, HistoryEvent, NoteFile, ServiceRequest, Star
from cityhall.apps.service_requests.services import personal
from cityhall.kernel import clock, offers
from cityhall.kernel.actors import ANONYMOUS, Actor, system
from cityhall.kernel.errors import Invalid, NotFound
from cityhall.kernel.offers import Held, Person

File = Callable[..., Filed]
pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nxref\n0 1\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n"


def picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (64, 48), (90, 90, 90)).save(made, "JPEG")
    return made.getvalue()


def test_a_photo_and_a_pdf_go_with_a_note_and_no_public_door_names_them(
    client: Client, pothole: Category, file_one: File
) -> None:
    filed = file_one()
    sign_in(client, "dispatcher")
    files = [
        SimpleUploadedFile("plan of the valve.pdf", PDF, "application/pdf"),
        SimpleUploadedFile("valve.jpg", picture(), "image/jpeg"),
    ]
    said = send(client, filed.number, "note", sentence="The valve is here.", file=files)
    page = client.get(said.url).text  # type: ignore[attr-defined]
    assert "plan of the valve.pdf" in page
    rows = list(NoteFile.objects.all())
    assert len(rows) == 2
    for row in rows:
        assert str(row.document_id) in page
        assert not documents.info([row.document_id])[row.document_id].is_public
        assert Client().get(documents.url(row.document_id, "full")).status_code == 404
        assert Client().get(documents.url(row.document_id, "full", signed=True)).status_code == 200
    ids = {str(row.document_id) for row in rows} | {row.document_id.hex for row in rows}
    number = filed.number
    services.close(
        filed.id, actor=Actor(ANONYMOUS.kind, None, "x", frozenset({"requests.work"})),
        outcome=Outcome.NOT_FOUND, sentence="Nothing there.",
    )  # fmt: skip
    stranger = Client()
    for door in (
        f"/requests/{number}/", "/requests/", "/requests/feed.atom", f"/open311/v2/requests/{number}.json",
        "/open311/v2/requests.json", f"/open311/v2/requests/{number}.xml", "/open311/v2/servicerequestupdates.json",
    ):  # fmt: skip
        answer = stranger.get(door)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        assert not any(one.encode() in body for one in ids), door
        assert b"valve" not in body, door
    exported = b"".join(
        exports.queue_csv(DeskFilter(base=RequestFilter(numbers=(number,))), actor=_exporter())
    ).decode()
    assert number in exported
    assert not any(one in exported for one in ids)
    seen = queries.one(number, ANONYMOUS)
    assert (seen.photos, seen.evidence) == ((), ())


def _exporter() -> Actor:
    found = identity.colleague(make_person("supervisor").id)
    assert found is not None
    return found


def test_what_is_no_photo_or_pdf_is_refused_and_so_is_a_file_with_a_public_note(
    client: Client, pothole: Category, file_one: File, dispatcher: Actor
) -> None:
    filed = file_one()
    sign_in(client, "dispatcher")
    script = SimpleUploadedFile("valve.pdf", b"<script>alert(1)</script>", "application/pdf")
    refused = send(client, filed.number, "note", sentence="See.", file=script)
    assert refused.status_code == 400  # type: ignore[attr-defined]
    taken = documents.take(picture(), filename="a.jpg", actor=dispatcher).id
    with pytest.raises(Invalid, match="internal notes only"):
        services.add_note(
            filed.id, actor=dispatcher, text="See.", visibility=Visibility.PUBLIC, files=[NewFile(taken, "a.jpg")]
        )
    services.add_note(filed.id, actor=dispatcher, text="See.", files=[NewFile(taken, "a.jpg")])
    for again in (taken, uuid.uuid4()):
        with pytest.raises(Invalid, match="missing"):
            services.add_note(filed.id, actor=dispatcher, text="See.", files=[NewFile(again, "a.jpg")])
    assert NoteFile.objects.count() == 1


def test_the_shortlist_is_ones_own_and_holds_closed_requests_too(
    client: Client, pothole: Category, file_one: File
) -> None:
    mine, other = file_one(), file_one()
    person = make_person("dispatcher")
    sign_in(client, user=person)
    assert "Your shortlist is empty." in client.get("/desk/?queue=starred").text
    send(client, mine.number, "star", on="yes")
    send(client, mine.number, "close", outcome="not_found", sentence="Nothing there.")
    listed = client.get("/desk/?queue=starred").text
    assert f"row-{mine.number}" in listed
    assert f"row-{other.number}" not in listed
    colleague = Client()
    sign_in(colleague, user=make_person("dispatcher"))
    assert "Your shortlist is empty." in colleague.get("/desk/?queue=starred").text
    send(client, mine.number, "star", on="no")
    assert not Star.objects.exists()


def test_nobody_stars_what_is_not_their_work_nor_sees_it_there_later(pothole: Category, file_one: File) -> None:
    identity.ensure_department("parks", {"en": "Parks"})
    parks = next(one.id for one in identity.departments() if one.code == "parks")
    actor = identity.colleague(make_person("dispatcher", department="parks").id)
    assert actor is not None
    filed = file_one()
    with pytest.raises(NotFound):
        services.shortlist(filed.id, actor=actor, on=True)
    ServiceRequest.objects.filter(id=filed.id).update(department_id=parks)
    version = ServiceRequest.objects.get(id=filed.id).version
    services.shortlist(filed.id, actor=actor, on=True)
    services.shortlist(filed.id, actor=actor, on=True)
    assert ServiceRequest.objects.get(id=filed.id).version == version
    assert len(queries.desk_queue(DeskFilter(starred=True), actor).items) == 1
    ServiceRequest.objects.filter(id=filed.id).update(department_id=None)
    assert queries.desk_queue(DeskFilter(starred=True), actor).items == ()


def test_a_persons_file_tells_of_files_with_notes_and_erasing_the_reporter_removes_them(
    pothole: Category, file_one: File
) -> None:
    mine, others = file_one(contact=Contact("Rosa", "Lee", "rosa@example.org")), file_one()
    writer = identity.colleague(make_person("supervisor").id)
    assert writer is not None
    ids = []
    for filed in (mine, others):
        ids.append(documents.take(picture(), filename="letter.jpg", actor=writer).id)
        files = [NewFile(ids[-1], "Letter of Rosa.jpg")]
        services.add_note(filed.id, actor=writer, text="A letter.", visibility=Visibility.INTERNAL, files=files)
    told = [row for row in personal.export(Person(email="rosa@example.org")) if row["kind"] == "note_file"]
    assert [row["number"] for row in told] == [mine.number]
    assert "Letter" not in str(told), "staff look at a file before it is handed out"
    own = [row for row in personal.export(Person(account=writer.id)) if row["kind"] == "note_file_written"]
    assert [(row["number"], row["name"]) for row in own] == [
        (mine.number, "Letter of Rosa.jpg"), (others.number, "Letter of Rosa.jpg"),
    ]  # fmt: skip
    personal.erase(Person(email="rosa@example.org"))
    assert list(NoteFile.objects.values_list("document_id", flat=True)) == [ids[1]]
    assert set(documents.info(ids)) == {ids[1]}


def test_a_shortlist_is_its_owners_to_have_and_goes_with_them(pothole: Category, file_one: File) -> None:
    filed = file_one()
    owner, other = (identity.colleague(make_person("supervisor").id) for _ in range(2))
    assert owner and other
    for actor in (owner, other):
        services.shortlist(filed.id, actor=actor, on=True)
    told = [row["number"] for row in personal.export(Person(account=owner.id)) if row["kind"] == "star"]
    assert told == [filed.number]
    assert personal.erase(Person(account=owner.id)) == 1
    assert list(Star.objects.values_list("user_id", flat=True)) == [other.id]


def test_files_with_notes_go_when_their_period_ends(pothole: Category, file_one: File) -> None:
    filed = file_one()
    taken = documents.take(picture(), filename="plan.jpg", actor=system("Streets"))
    services.add_note(
        filed.id, actor=system("Streets"), text="A plan.", visibility=Visibility.INTERNAL,
        files=[NewFile(taken.id, "plan.jpg")],
    )  # fmt: skip
    kind, later = offers.retained["note files"], clock.now() + timedelta(days=1)
    assert kind.step
    assert kind.step(later, Held(), 10, "").removed == 0, "it is open"
    services.close(filed.id, actor=system("Streets"), outcome=Outcome.FIXED, sentence="Done.")
    assert kind.step(later, Held(requests=frozenset({filed.id})), 10, "").removed == 0
    assert (kind.due(later, Held()), kind.step(later, Held(), 10, "").removed) == (1, 1)
    assert not NoteFile.objects.exists()
    assert documents.info([taken.id]) == {}
    assert HistoryEvent.objects.filter(request_id=filed.id, text="A plan.").exists(), "the note stays"
