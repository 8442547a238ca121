"""The right to contest: who may say it is not fixed, who settles it, what is counted, and proof of work."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.support.people import sign_in

from cityhall.apps.documents import public as documents
from cityhall.apps.notify import public as notify
from cityhall.apps.notify.models import Message
from cityhall.apps.service_requests import queries, rules, services
from cityhall.apps.service_requests.contracts import (
    BulkPlan,
    Contact,
    Contester,
    DeskFilter,
    Fact,
    Filed,
    LoadedEvent,
    LoadedRequest,
    Outcome,
    Place,
    State,
    Status,
)
from cityhall.apps.service_requests.models import Category, Contest, HistoryEvent, ServiceRequest
from cityhall.apps.service_requests.services import loading
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, Actor, ActorKind, system
from cityhall.kernel.django import outbox
from cityhall.kernel.errors import Invalid, NotAllowed, TooMany

from .conftest import SPOT

File = Callable[..., Filed]
NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)


def picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (64, 48), (90, 90, 90)).save(made, "JPEG")
    return made.getvalue()


def photo() -> uuid.UUID:
    return documents.take(picture(), filename="now.jpg", actor=ANONYMOUS).id


@pytest.fixture
def closed(pothole: Category, file_one: File, dispatcher: Actor) -> Filed:
    filed = file_one()
    services.close(filed.id, actor=dispatcher, outcome=Outcome.FIXED, sentence="Filled.")
    return filed


@pytest.fixture
def supervisor(make_staff: Callable[..., Actor]) -> Actor:
    return make_staff()


# Who may contest, and with what


def test_a_passer_by_shows_a_photo_and_nobody_needs_words() -> None:
    assert rules.may_contest(Contester.PASSER_BY, photos=0, refused_before=0)["photo"].code == "contest_photo"
    assert rules.may_contest(Contester.PASSER_BY, photos=1, refused_before=0) == {}
    for known in (Contester.REPORTER, Contester.FOLLOWER, Contester.CITY, Contester.SYSTEM):
        assert rules.may_contest(known, photos=0, refused_before=0) == {}


def test_what_was_kept_closed_is_contested_once_more_and_only_with_a_new_photo() -> None:
    for known in Contester:
        assert rules.may_contest(known, photos=0, refused_before=1)["photo"].code == "contest_new_photo"
        assert rules.may_contest(known, photos=1, refused_before=1) == {}
        assert rules.may_contest(known, photos=1, refused_before=2)["state"].code == "contested_twice"


def test_a_follower_is_known_by_account_or_by_the_link_in_their_mail(closed: Filed) -> None:
    neighbour = Actor(ActorKind.RESIDENT, uuid.uuid4(), "Resident")
    token = notify.follow("service_request", closed.id, email="rosa@example.org", vouched=True)
    asked = notify.follow("service_request", closed.id, email="ann@example.org")
    notify.follow("service_request", closed.id, user_id=neighbour.id)
    for actor, kept, photo_needed in (
        (ANONYMOUS, token, False),
        (neighbour, "", False),
        (ANONYMOUS, asked, True),
        (ANONYMOUS, token[:-1] + "x", True),
        (ANONYMOUS, "", True),
        (ANONYMOUS, closed.private_token, False),
    ):
        assert queries.photo_needed(closed.id, actor, kept) is photo_needed
    services.contest(closed.id, actor=ANONYMOUS, token=token)
    assert Contest.objects.get().by == Contester.FOLLOWER


def test_who_left_the_address_they_sign_in_with_is_the_reporter(
    pothole: Category, file_one: File, dispatcher: Actor
) -> None:
    client = Client()
    user = sign_in(client)
    filed = file_one(contact=Contact(email=user.email.upper()))
    other = file_one(contact=Contact(email="somebody.else@example.org"))
    for one in (filed, other):
        services.close(one.id, actor=dispatcher, outcome=Outcome.FIXED, sentence="Filled.")
    assert filed.number in client.get("/me/").text
    for one, needed in ((filed, False), (other, True)):
        assert ("Needed, unless you reported" in client.get(f"/requests/{one.number}/not-fixed/").text) == needed
    client.post(f"/requests/{filed.number}/not-fixed/", {"sentence": "Still there.", "asked": "1"})
    assert Contest.objects.get().by == Contester.REPORTER


def test_the_mail_about_a_closing_has_the_followers_own_link(
    pothole: Category, file_one: File, dispatcher: Actor
) -> None:
    filed = file_one()
    notify.follow("service_request", filed.id, email="rosa@example.org", vouched=True)
    services.close(filed.id, actor=dispatcher, outcome=Outcome.FIXED, sentence="Filled.")
    outbox.drain()
    found = re.search(r"/requests/\S+/not-fixed/\?with=\S+", Message.objects.get(to="rosa@example.org").text)
    assert found is not None
    page = Client().get(found[0]).text
    assert "Needed, unless you reported or follow" not in page
    token = found[0].partition("=")[2]
    assert Client().post(found[0].partition("?")[0], {"with": token}).status_code == 302
    assert Contest.objects.get().by == Contester.FOLLOWER


def test_ten_a_day_from_one_place_and_no_more(pothole: Category, file_one: File, dispatcher: Actor) -> None:
    for turn in range(11):
        filed = file_one()
        services.close(filed.id, actor=dispatcher, outcome=Outcome.FIXED, sentence="Filled.")
        if turn < 10:
            services.contest(filed.id, actor=ANONYMOUS, who="one browser", token=filed.private_token)
            continue
        with pytest.raises(TooMany):
            services.contest(filed.id, actor=ANONYMOUS, who="one browser", token=filed.private_token)


# Settling


def test_the_crew_cannot_go_on_before_a_supervisor_settled_it(closed: Filed, crew: Actor, dispatcher: Actor) -> None:
    services.contest(closed.id, actor=ANONYMOUS, token=closed.private_token)
    with pytest.raises(Invalid) as refused:
        services.close(closed.id, actor=crew, outcome=Outcome.FIXED, sentence="It was done.")
    assert "A supervisor has to settle that" in str(refused.value)
    with pytest.raises(NotAllowed):
        services.settle(closed.id, actor=crew, upheld=True, sentence="Right.")


def test_who_closed_it_may_give_way_and_not_keep_it_closed(closed: Filed, dispatcher: Actor) -> None:
    services.contest(closed.id, actor=ANONYMOUS, token=closed.private_token)
    with pytest.raises(Invalid) as refused:
        services.settle(closed.id, actor=dispatcher, upheld=False, sentence="Mine.", evidence=[photo()])
    assert refused.value.fields.keys() == {"state"}
    services.settle(closed.id, actor=dispatcher, upheld=True, sentence="You are right.")
    assert queries.one(closed.number, ANONYMOUS).status is Status.RECEIVED


def test_the_desk_offers_who_closed_it_to_open_it_again_only(
    client: Client, pothole: Category, file_one: File, supervisor: Actor
) -> None:
    person = sign_in(client, "supervisor")
    for closed_by, offers_both in ((replace(supervisor, id=person.id), False), (supervisor, True)):
        filed = file_one()
        services.close(filed.id, actor=closed_by, outcome=Outcome.FIXED, sentence="Filled.")
        services.contest(filed.id, actor=ANONYMOUS, token=filed.private_token)
        page = client.get(f"/desk/requests/{filed.number}/").text
        assert 'name="decision" value="uphold"' in page
        assert ('name="decision" value="keep"' in page) is offers_both
        assert ("You closed this. You may open it again" in page) is not offers_both


def test_upheld_it_is_open_again_with_priority(closed: Filed, supervisor: Actor, file_one: File) -> None:
    other = file_one()
    ServiceRequest.objects.filter(id=other.id).update(due_at=None, queue_at=clock.now() - timedelta(days=300))
    services.contest(closed.id, actor=ANONYMOUS, token=closed.private_token)
    services.settle(closed.id, actor=supervisor, upheld=True, sentence="The patch came loose.")
    row = ServiceRequest.objects.get(id=closed.id)
    assert (row.state, row.outcome, row.priority) == (State.RECEIVED, "", 2)
    assert [one.request.number for one in queries.desk_queue(DeskFilter(), supervisor).items] == [
        closed.number,
        other.number,
    ]
    client = Client()
    sign_in(client, "supervisor")
    first = client.get("/desk/").text.partition(other.number)[0]
    assert "urgent" in first
    told = queries.history(closed.id, ANONYMOUS)[-1]
    assert (told.fact, told.text, told.data["settled"]) == (Fact.REOPENED, "The patch came loose.", "uphold")


def test_kept_closed_it_stands_as_it_was_with_words_and_a_photo(closed: Filed, supervisor: Actor) -> None:
    before = queries.one(closed.number, ANONYMOUS)
    services.contest(closed.id, actor=ANONYMOUS, token=closed.private_token)
    with pytest.raises(Invalid) as refused:
        services.settle(closed.id, actor=supervisor, upheld=False, sentence=" ")
    assert refused.value.fields.keys() == {"sentence", "photos"}
    services.settle(closed.id, actor=supervisor, upheld=False, sentence="It is even.", evidence=[photo()])
    seen = queries.one(closed.number, ANONYMOUS)
    assert (seen.status, seen.outcome_sentence, seen.closed_at) == (Status.FIXED, "Filled.", before.closed_at)
    assert len(seen.evidence) == 1

    with pytest.raises(Invalid) as again:
        services.contest(closed.id, actor=ANONYMOUS, token=closed.private_token)
    assert again.value.fields.keys() == {"photo"}
    assert "It is not fixed" in Client().get(f"/requests/{closed.number}/").text
    outbox.drain()
    notify.follow("service_request", closed.id, email="rosa@example.org", vouched=True)
    services.contest(closed.id, actor=ANONYMOUS, token=closed.private_token, evidence=[photo()])
    other = replace(supervisor, id=uuid.uuid4())
    with pytest.raises(Invalid, match="you may only open it again"):
        services.settle(closed.id, actor=supervisor, upheld=False, sentence="I closed it.", evidence=[photo()])
    services.settle(closed.id, actor=other, upheld=False, sentence="Still even.", evidence=[photo()])
    with pytest.raises(Invalid) as for_good:
        services.contest(closed.id, actor=ANONYMOUS, token=closed.private_token, evidence=[photo()])
    assert for_good.value.fields.keys() == {"state"}
    assert "report it anew" in Client().get(f"/requests/{closed.number}/not-fixed/").text
    page = Client().get(f"/requests/{closed.number}/").text
    assert "report it anew" in page and "/not-fixed/" not in page, "nobody is asked to try in vain"
    outbox.drain()
    told = Message.objects.get(template="service_requests/kept_closed", to="rosa@example.org").text
    assert "report it anew" in told and "/not-fixed/" not in told


def test_a_duplicate_that_is_kept_closed_takes_along_what_was_merged_into_it_meanwhile(
    pothole: Category, file_one: File, dispatcher: Actor, supervisor: Actor
) -> None:
    root, one, other = file_one(), file_one(), file_one()
    notify.follow("service_request", other.id, email="rosa@example.org", vouched=True)
    services.merge(root.id, actor=dispatcher, duplicates=[one.id])
    services.contest(one.id, actor=ANONYMOUS, token=one.private_token)
    services.merge(one.id, actor=dispatcher, duplicates=[other.id])
    services.settle(one.id, actor=supervisor, upheld=False, sentence="It is the same.", evidence=[photo()])
    assert {queries.one(each.number, ANONYMOUS).duplicate_of for each in (one, other)} == {root.number}
    assert queries.desk_one(root.number, dispatcher).followers == 1


def test_a_duplicate_that_is_kept_closed_points_to_what_stands_for_it_now(
    pothole: Category, file_one: File, dispatcher: Actor, supervisor: Actor
) -> None:
    one, root, last = file_one(), file_one(), file_one()
    services.merge(root.id, actor=dispatcher, duplicates=[one.id])
    services.contest(one.id, actor=ANONYMOUS, token=one.private_token)
    services.merge(last.id, actor=dispatcher, duplicates=[root.id])
    services.settle(one.id, actor=supervisor, upheld=False, sentence="The same hole.", evidence=[photo()])
    assert queries.one(one.number, ANONYMOUS).duplicate_of == last.number


# Figures


def test_the_front_page_counts_closings_contests_and_what_was_upheld(
    pothole: Category, file_one: File, dispatcher: Actor, supervisor: Actor
) -> None:
    filed = [file_one() for _ in range(4)]
    for one in filed:
        services.close(one.id, actor=dispatcher, outcome=Outcome.FIXED, sentence="Filled.")
    for one in filed[:3]:
        services.contest(one.id, actor=ANONYMOUS, token=one.private_token)
    services.settle(filed[0].id, actor=supervisor, upheld=True, sentence="Not fixed.")
    services.close(filed[0].id, actor=dispatcher, outcome=Outcome.FIXED, sentence="Filled better.")
    services.settle(filed[1].id, actor=supervisor, upheld=False, sentence="Fixed.", evidence=[photo()])
    found = queries.figures()
    assert (found.closures, found.closures_contested, found.upheld, found.contested) == (5, 3, 1, 1)
    assert found.contested_share == 60.0
    assert "residents said of 3 “it is not fixed”, and supervisors agreed with 1 of these" in Client().get("/").text


def test_a_history_from_elsewhere_counts_its_contests(pothole: Category) -> None:
    def at(days: int) -> datetime:
        return NOON + timedelta(days=days)

    closing = LoadedEvent(Fact.CLOSED, at(1), "Filled.", data={"outcome": "fixed", "from": "received", "to": "closed"})
    doubt = LoadedEvent(Fact.CONTESTED, at(2), "No.", author_kind="anonymous", data={"to": "contested"})
    again = LoadedEvent(Fact.STATE, at(3), data={"to": "scheduled"})
    loaded = [
        LoadedRequest("pothole", NOON, Place(*SPOT), external_id="a", state=State.CONTESTED, events=(closing, doubt)),
        LoadedRequest(
            "pothole", NOON, Place(*SPOT), external_id="b", state=State.SCHEDULED, events=(closing, doubt, again)
        ),
    ]
    loading.bulk_load([loaded], actor=system("import"), source_system="old")
    assert sorted(Contest.objects.values_list("upheld", "closed_at"), key=str) == [(None, at(1)), (True, at(1))]
    waiting = ServiceRequest.objects.get(state=State.CONTESTED)
    kept = services.settle(waiting.id, actor=system("s"), upheld=False, sentence="It is.", evidence=[photo()])
    assert (kept.state, ServiceRequest.objects.get(id=waiting.id).closed_at) == (State.CLOSED, at(1))


# Proof of work


def test_a_category_can_ask_for_a_photo_of_the_work(
    make_category: Callable[..., Category], file_one: File, dispatcher: Actor
) -> None:
    make_category(proof_photo=True)
    filed = file_one()
    with pytest.raises(Invalid) as refused:
        services.close(filed.id, actor=dispatcher, outcome=Outcome.FIXED, sentence="Filled.")
    assert refused.value.fields.keys() == {"photos"}
    assert "Add one, or choose another outcome" in str(refused.value)
    services.close(filed.id, actor=dispatcher, outcome=Outcome.FIXED, sentence="Filled.", evidence=[photo()])
    other = file_one()
    services.close(other.id, actor=dispatcher, outcome=Outcome.NOT_FOUND, sentence="There is no hole.")


def test_an_old_photo_proves_nothing_once_the_work_is_doubted(
    make_category: Callable[..., Category], file_one: File, dispatcher: Actor, supervisor: Actor
) -> None:
    make_category(proof_photo=True)
    filed = file_one()
    with clock.held_at(NOON):
        services.add_photos(filed.id, actor=dispatcher, photo_ids=[photo()], evidence=True)
        services.close(filed.id, actor=dispatcher, outcome=Outcome.FIXED, sentence="Filled.")
        services.contest(filed.id, actor=ANONYMOUS, token=filed.private_token)
        services.settle(filed.id, actor=supervisor, upheld=True, sentence="It is not.")
    with pytest.raises(Invalid):
        services.close(filed.id, actor=dispatcher, outcome=Outcome.FIXED, sentence="Filled again.")


def test_many_at_once_are_refused_one_by_one_and_a_program_is_marked(
    make_category: Callable[..., Category], file_one: File, dispatcher: Actor
) -> None:
    make_category(proof_photo=True)
    with_photo, without = file_one(), file_one()
    services.add_photos(with_photo.id, actor=dispatcher, photo_ids=[photo()], evidence=True)
    plan = BulkPlan(close=(Outcome.FIXED, "Filled."))
    seen = services.preview_bulk([with_photo.id, without.id], plan, actor=dispatcher)
    assert [one.number for one in seen.would_change] == [with_photo.number]
    assert [str(one.reason)[:47] for one in seen.refused] == ["This category asks for a photo of the finished "]

    works = Actor(ActorKind.API_KEY, uuid.uuid4(), "Works", frozenset({"requests.work"}))
    services.close(without.id, actor=works, outcome=Outcome.FIXED, sentence="Done.")
    assert queries.history(without.id, ANONYMOUS)[-1].data["no_proof"] is True
    assert "Fixed, without the photo this category asks for" in Client().get(f"/requests/{without.number}/").text


# Pages


def test_a_passer_by_contests_with_a_photo_and_no_words(closed: Filed) -> None:
    browser = Client()
    assert "Needed, unless you reported or follow" in browser.get(f"/requests/{closed.number}/not-fixed/").text
    upload = SimpleUploadedFile("now.jpg", picture(), "image/jpeg")
    answer = browser.post(f"/requests/{closed.number}/not-fixed/", {"photo": upload})
    assert answer.status_code == 302
    assert Contest.objects.get().by == Contester.PASSER_BY
    words = "Sent with “It is not fixed”"
    page = browser.get(f"/requests/{closed.number}/").text
    assert f"<h2>{words}</h2>" in page
    assert "Follow the request below to hear what they decide." in page
    sign_in(browser, "supervisor")
    seen = browser.get(f"/desk/requests/{closed.number}/").text
    assert f"<figcaption>{words}" in seen
    assert "<figcaption>As reported" not in seen, "evidence is not taken for the original"


def test_who_contests_second_is_told_and_who_pressed_twice_is_thanked(closed: Filed) -> None:
    address, browser, other = f"/requests/{closed.number}/not-fixed/", Client(), Client()
    told = {"with": closed.private_token, "sentence": "Still there.", "command_id": str(uuid.uuid4())}
    for _press in range(2):
        assert "Thank you. A supervisor" in browser.post(address, told, follow=True).text
    late = other.post(address, {"with": closed.private_token, "sentence": "I see it too."}, follow=True).text
    assert "Somebody has said already that it is not fixed." in late
    assert "What you wrote now was not added." in late
    assert "What you wrote" not in other.get(address, follow=True).text
    assert Contest.objects.count() == 1


@pytest.mark.parametrize("hidden", [True, False])
def test_what_looks_private_is_asked_about_once_and_the_photo_is_not_sent_twice(closed: Filed, *, hidden: bool) -> None:
    browser, address = Client(), f"/requests/{closed.number}/not-fixed/"
    told = "Still there. Call Joe Miller, 619 555 0177."
    assert "Everybody can read this." in browser.get(address).text
    upload = SimpleUploadedFile("now.jpg", picture(), "image/jpeg")
    asked = browser.post(address, {"photo": upload, "sentence": told})
    assert asked.status_code == 422
    assert "“619 555 0177” looks like a telephone number." in html.unescape(asked.text)
    assert "1 photo is here already." in asked.text
    assert ServiceRequest.objects.get().state == State.CLOSED, "nothing is public yet"
    kept = re.search(r'name="kept" value="([^"]+)"', asked.text)
    assert kept
    again = {
        "asked": "1",
        "kept": html.unescape(kept[1]),
        "sentence": told,
        **({"hides_private": "1"} if hidden else {}),
    }
    assert browser.post(address, again).status_code == 302
    page = browser.get(f"/requests/{closed.number}/").text
    assert ("619 555 0177" in page) is not hidden
    assert ("[telephone number left out]" in page) is hidden
    notes = HistoryEvent.objects.filter(visibility="internal").values_list("text", flat=True)
    assert list(notes) == ([told] if hidden else []), "staff read the whole"


def test_what_is_left_out_is_said_in_the_language_of_who_contests(closed: Filed) -> None:
    told = {"asked": "1", "hides_private": "1", "sentence": "Sigue ahí, llame al 619 555 0177.", "with": ""}
    upload = SimpleUploadedFile("now.jpg", picture(), "image/jpeg")
    assert Client().post(f"/es/requests/{closed.number}/not-fixed/", {**told, "photo": upload}).status_code == 302
    assert "llame al [teléfono omitido]." in Client().get(f"/requests/{closed.number}/").text


def test_asking_tells_nobody_who_reported_or_where_a_place_that_is_not_public_is(
    make_category: Callable[..., Category], file_one: File, dispatcher: Actor
) -> None:
    category = make_category("quiet", place_policy="generalised")
    filed = file_one(category.code, contact=Contact("Zelda", "Quartz"))
    services.close(filed.id, actor=dispatcher, outcome=Outcome.FIXED, sentence="Done.")
    guess = {"sentence": "Zelda knows, at 1202 Grand Ave.", "photo": SimpleUploadedFile("a.jpg", picture())}
    assert Client().post(f"/requests/{filed.number}/not-fixed/", guess).status_code == 302


def test_a_made_up_list_of_photos_is_none(closed: Filed) -> None:
    sent = Client().post(f"/requests/{closed.number}/not-fixed/", {"kept": f'["{photo()}"]'})
    assert sent.status_code == 422
    assert "Add a photo of how it is now." in sent.text
