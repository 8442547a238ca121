"""Closings that a supervisor approves, and what the public sees meanwhile."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import Client
from PIL import Image
from tests.service_requests.test_desk_pages import send
from tests.support.people import make_person, sign_in

from cityhall.apps.documents import public as documents
from cityhall.apps.notify import public as notify
from cityhall.apps.notify.models import Message
from cityhall.apps.service_requests import queries, rules, services
from cityhall.apps.service_requests.contracts import BulkPlan, DeskFilter, Fact, Filed, Outcome, State
from cityhall.apps.service_requests.models import Approval, Category
from cityhall.apps.service_requests.web import resident_words
from cityhall.kernel.actors import ANONYMOUS, Actor, system
from cityhall.kernel.django import outbox
from cityhall.kernel.errors import Invalid, NotAllowed

File = Callable[..., Filed]
pytestmark = pytest.mark.django_db
CANNOT = {"outcome": Outcome.CANNOT, "sentence": "The road is being rebuilt."}


def photo() -> uuid.UUID:
    made = BytesIO()
    Image.new("RGB", (64, 48), (90, 90, 90)).save(made, "JPEG")
    return documents.take(made.getvalue(), filename="done.jpg", actor=ANONYMOUS).id


@pytest.fixture
def careful(pothole: Category) -> Category:
    pothole.approve_outcomes = ["cannot_be_done", "fixed"]
    pothole.save()
    return pothole


@pytest.fixture
def supervisor(make_staff: Callable[..., Actor]) -> Actor:
    return make_staff()


def state(filed: Filed) -> State:
    return queries.one(filed.number, ANONYMOUS).state


def test_only_the_outcomes_named_wait_and_a_duplicate_never_does() -> None:
    assert rules.needs_approval(Outcome.CANNOT, ["cannot_be_done"])
    assert not rules.needs_approval(Outcome.FIXED, ["cannot_be_done"])
    assert not rules.needs_approval(Outcome.DUPLICATE, ["duplicate"])
    assert not rules.needs_approval(None, ["fixed"])
    one = uuid.uuid4()
    assert rules.may_approve(asked_by=one, by=one)["state"].code == "approve_own"
    assert rules.may_approve(asked_by=one, by=uuid.uuid4()) == {}
    assert rules.may_approve(asked_by=None, by=None) == {}, "what the program asked for anybody may approve"


def test_it_waits_unseen_and_is_closed_in_the_name_of_who_asked(
    careful: Category, file_one: File, crew: Actor, supervisor: Actor
) -> None:
    filed = file_one()
    notify.follow("service_request", filed.id, email="rosa@example.org", vouched=True)
    before = queries.one(filed.number, ANONYMOUS)
    picture = photo()
    asked = services.close(
        filed.id, actor=crew, outcome=Outcome.FIXED, sentence="Filled.", also={"es": "Tapado."}, evidence=[picture]
    )
    outbox.drain()
    seen = queries.one(filed.number, ANONYMOUS)
    assert asked.state is State.RECEIVED
    assert (seen.state, seen.outcome_sentence, seen.evidence) == (State.RECEIVED, "", ())
    assert seen.updated_at == before.updated_at
    assert len(queries.history(filed.id, ANONYMOUS)) == 1
    assert not documents.info([picture])[picture].is_public
    assert not Message.objects.exists()
    assert [one.request.id for one in queries.desk_queue(DeskFilter(approval=True), supervisor).items] == [filed.id]
    detail = queries.desk_one(filed.number, supervisor)
    assert detail.asked
    assert (detail.asked.sentence, detail.asked.photos, detail.asked.by_id) == ("Filled.", 1, crew.id)

    careful.approve_outcomes = []  # the setting changes meanwhile: what waits is not lost
    careful.save()
    done = services.approve(filed.id, actor=supervisor, version=asked.version)
    outbox.drain()
    assert done.state is State.CLOSED
    seen = queries.one(filed.number, ANONYMOUS, language="es")
    assert (seen.outcome, seen.outcome_sentence, seen.evidence) == (Outcome.FIXED, "Tapado.", (picture,))
    assert documents.info([picture])[picture].is_public
    closing = queries.desk_one(filed.number, supervisor).history[-1]
    assert (closing.event.fact, closing.author_id) == (Fact.CLOSED, crew.id)
    assert "approval" not in [line.title for line in resident_words.timeline(queries.history(filed.id, supervisor))]
    assert closing.event.data["approved_by"] == str(supervisor.id)
    assert "approved_by" not in queries.history(filed.id, ANONYMOUS)[-1].data
    assert Message.objects.get().to == "rosa@example.org"
    with pytest.raises(Invalid, match="No closing waits"):
        services.approve(filed.id, actor=supervisor)


def test_nobody_decides_what_they_asked_for_nor_settles_what_they_approved(
    careful: Category, file_one: File, crew: Actor, supervisor: Actor, make_staff: Callable[..., Actor]
) -> None:
    filed = file_one()
    services.close(filed.id, actor=supervisor, **CANNOT)
    with pytest.raises(Invalid, match="another supervisor"):
        services.approve(filed.id, actor=supervisor)
    with pytest.raises(Invalid, match="another supervisor"):
        services.send_back(filed.id, actor=supervisor, note="Not yet.")
    with pytest.raises(NotAllowed):
        services.approve(filed.id, actor=crew)
    approver = make_staff()
    services.approve(filed.id, actor=approver)
    services.contest(filed.id, actor=system("test"))
    for hand in (supervisor, approver):
        assert queries.had_a_hand(filed.id, hand.id)
        with pytest.raises(Invalid, match="Another supervisor may keep it closed"):
            services.settle(filed.id, actor=hand, upheld=False, sentence="It cannot be done.")
    services.settle(filed.id, actor=make_staff(), upheld=True, sentence="It is open again.")
    assert state(filed) is State.RECEIVED


def test_sent_back_with_a_note_it_can_be_asked_for_again_with_photos_of_its_own(
    careful: Category, file_one: File, crew: Actor, supervisor: Actor
) -> None:
    careful.proof_photo = True
    careful.save()
    filed, picture = file_one(), photo()
    services.close(filed.id, actor=crew, outcome=Outcome.FIXED, sentence="Filled.", evidence=[picture])
    services.send_back(filed.id, actor=supervisor, note="Where is the second hole?")
    assert state(filed) is State.RECEIVED
    assert queries.desk_one(filed.number, supervisor).asked is None
    assert len(queries.history(filed.id, ANONYMOUS)) == 1
    with pytest.raises(Invalid, match="photo"):
        services.close(filed.id, actor=crew, outcome=Outcome.FIXED, sentence="Both are filled.")
    better = photo()
    services.close(filed.id, actor=crew, outcome=Outcome.FIXED, sentence="Both are filled.", evidence=[better])
    services.close(filed.id, actor=crew, outcome=Outcome.FIXED, sentence="Both are filled now.")
    services.approve(filed.id, actor=supervisor)
    assert queries.one(filed.number, ANONYMOUS).evidence == (better,), "said in other words its photo goes along"
    assert set(queries.one(filed.number, supervisor).evidence) == {picture, better}


def test_photos_held_back_show_when_it_is_closed_without_approval_after_all(
    careful: Category, file_one: File, crew: Actor, supervisor: Actor
) -> None:
    filed, picture = file_one(), photo()
    services.close(filed.id, actor=crew, outcome=Outcome.FIXED, sentence="Filled.", evidence=[picture])
    careful.approve_outcomes = []
    careful.save()
    services.close(filed.id, actor=crew, outcome=Outcome.FIXED, sentence="Filled.")
    assert queries.one(filed.number, ANONYMOUS).evidence == (picture,)
    with pytest.raises(Invalid, match="No closing waits"):
        services.approve(filed.id, actor=supervisor)


def test_other_work_overtakes_it_and_asking_again_changes_nothing(
    careful: Category, file_one: File, crew: Actor, supervisor: Actor
) -> None:
    filed = file_one()
    once = services.close(filed.id, actor=crew, **CANNOT)
    assert services.close(filed.id, actor=crew, **CANNOT) == once
    services.close(filed.id, actor=crew, outcome=Outcome.FIXED, sentence="It was possible.")
    assert list(Approval.objects.order_by("at").values_list("settled", flat=True)) == ["overtaken", ""]
    services.schedule(filed.id, actor=crew, sentence="We come on Monday.")
    with pytest.raises(Invalid, match="No closing waits"):
        services.approve(filed.id, actor=supervisor)
    assert state(filed) is State.SCHEDULED
    closed = services.close(filed.id, actor=crew, outcome=Outcome.NOT_FOUND, sentence="Nothing there.")
    assert closed.state is State.CLOSED, "this outcome needs nobody"


def test_a_system_that_does_the_work_and_a_change_of_many_go_the_same_way(
    careful: Category, file_one: File, crew: Actor, supervisor: Actor
) -> None:
    first, second, waiting = file_one(), file_one(), file_one()
    assert services.close(first.id, actor=system("Works"), **CANNOT).state is State.RECEIVED
    services.approve(first.id, actor=supervisor)
    services.close(waiting.id, actor=crew, outcome=Outcome.FIXED, sentence="Filled.")
    done = services.apply_bulk(
        [second.id, waiting.id], BulkPlan(close=(Outcome.CANNOT, "Not this year.")), actor=supervisor
    )
    assert {one.state for one in done.changed} == {State.RECEIVED}
    services.undo(done.change_id, actor=supervisor)
    assert queries.desk_one(second.number, supervisor).asked is None
    before = queries.desk_one(waiting.number, supervisor).asked
    assert before is not None
    assert before.sentence == "Filled.", "what the change overtook waits again"


def test_an_undo_takes_the_public_sentence_and_the_photos_that_were_held_out_of_sight(
    careful: Category, file_one: File, crew: Actor, supervisor: Actor
) -> None:
    waiting = file_one()
    proof = photo()
    services.close(waiting.id, actor=crew, outcome=Outcome.FIXED, sentence="Filled.", evidence=[proof])
    done = services.apply_bulk([waiting.id], BulkPlan(close=(Outcome.NOT_FOUND, "Nothing is there.")), actor=supervisor)
    assert queries.one(waiting.number, ANONYMOUS).evidence == (), "a photo of finished work is of no other outcome"
    services.undo(done.change_id, actor=supervisor)
    assert queries.one(waiting.number, ANONYMOUS).evidence == ()
    assert "Nothing is there." not in {event.text for event in queries.history(waiting.id, ANONYMOUS)}
    services.approve(waiting.id, actor=supervisor)
    assert queries.one(waiting.number, ANONYMOUS).evidence == (proof,)


def test_at_the_desk_it_is_asked_for_seen_in_the_queue_and_approved(
    client: Client, careful: Category, file_one: File
) -> None:
    filed = file_one()
    sign_in(client, "crew")
    said = send(client, filed.number, "close", outcome="cannot_be_done", sentence="Not this year.")
    assert "waits for a supervisor" in client.get(said.url).text  # type: ignore[attr-defined]
    assert client.post(f"/desk/requests/{filed.number}/approve/", {}).status_code == 403
    supervisor = Client()
    sign_in(supervisor, user=make_person("supervisor"))
    assert filed.number in supervisor.get("/desk/?queue=approval").text
    page = supervisor.get(f"/desk/requests/{filed.number}/").text
    assert "Waits for approval: cannot be done" in page
    assert "Not this year." in page
    assert "Not this year." not in Client().get(f"/requests/{filed.number}/").text
    refused = send(supervisor, filed.number, "send-back", note="")
    assert refused.status_code == 400  # type: ignore[attr-defined]
    send(supervisor, filed.number, "approve")
    assert "Not this year." in Client().get(f"/requests/{filed.number}/").text


def test_which_outcomes_wait_is_set_on_the_categorys_page(client: Client, pothole: Category) -> None:
    sign_in(client, "supervisor")
    page = client.get("/desk/categories/pothole/").text
    start = page.index('name="read_at" value="') + len('name="read_at" value="')
    given = {
        "read_at": page[start : page.index('"', start)], "name_en": "Pothole", "text_policy": "exact",
        "moderation": "at_once", "is_active": "yes", "approve_cannot_be_done": "yes", "approve_duplicate": "yes",
    }  # fmt: skip
    assert client.post("/desk/categories/pothole/", given).status_code == 302
    pothole.refresh_from_db()
    assert pothole.approve_outcomes == ["cannot_be_done"]
