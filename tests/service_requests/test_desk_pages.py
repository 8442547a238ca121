from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.support.people import make_person, sign_in

from cityhall.apps.identity import public as identity
from cityhall.apps.service_requests import queries, services
from cityhall.apps.service_requests.contracts import Contact, Filed, NewRequest, Outcome, Place, State, Status
from cityhall.apps.service_requests.models import Category, HistoryEvent, ServiceRequest
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, Actor, ActorKind, system
from cityhall.kernel.django.models import AuditEntry

File = Callable[..., Filed]
pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    sign_in(client, "supervisor")
    return client


def fields(body: str, form: str) -> dict[str, str]:
    """The hidden fields of the form that posts to `form`."""
    start = body.index(f'action="{form}')
    part = body[start : body.index("</form>", start)]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', part)
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def send(desk: Client, number: str, act: str, **given: object) -> object:
    address = f"/desk/requests/{number}/{act}/"
    hidden = fields(desk.get(f"/desk/requests/{number}/").content.decode(), address)
    return desk.post(address, {**hidden, **given})


def test_the_queue_names_each_request_by_what_and_where_and_says_late_aloud(
    desk: Client, pothole: Category, file_one: File
) -> None:
    late, fresh = file_one(), file_one()
    ServiceRequest.objects.filter(id=late.id).update(due_at=clock.now() - timedelta(days=12, hours=1))
    body = desk.get("/desk/").content.decode()
    assert "Pothole on Grand Ave" in body
    assert late.number in body
    assert fresh.number in body
    assert re.search(r'<strong class="late">.*1[23] days late.*</strong>', body)
    assert fresh.number not in desk.get("/desk/?queue=late").content.decode()
    assert "Nothing is contested." in desk.get("/desk/?queue=contested").content.decode()


def test_long_waits_and_long_queues_are_written_with_separators(
    desk: Client, pothole: Category, file_one: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = file_one()
    ServiceRequest.objects.filter(id=late.id).update(due_at=clock.now() - timedelta(days=1756, hours=1))
    tally = queries.queue_tally
    monkeypatch.setattr(queries, "queue_tally", lambda actor, **given: replace(tally(actor, **given), open=1237))
    body = desk.get("/desk/").content.decode()
    assert re.search(r">1,75[67] days late<", body)
    assert re.search(r">1,75[67] d late<", body)
    assert '<span class="count">1,237</span>' in body


def test_the_number_of_questions_to_the_database_does_not_grow_with_the_rows(
    desk: Client, pothole: Category, file_one: File
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert desk.get("/desk/").status_code == 200
        return len(seen)

    file_one(description="one", contact=Contact(email="a@example.org"))
    desk.get("/desk/")
    one = cost()
    for _ in range(19):
        file_one(description="more")
    assert desk.get("/desk/").content.decode().count("data-row") == 20
    assert cost() == one


def test_filters_live_in_the_address_and_nonsense_is_ignored(
    desk: Client, pothole: Category, make_category: Callable[..., Category], file_one: File
) -> None:
    make_category("graffiti")
    hole, paint = file_one(), file_one("graffiti")
    body = desk.get("/desk/?category=graffiti&team=nonsense&age=soon").content.decode()
    assert paint.number in body
    assert hole.number not in body
    assert hole.number in desk.get(f"/desk/?q={hole.number}").content.decode()
    assert "Nothing fits these filters." in desk.get("/desk/?category=graffiti&status=fixed").content.decode()


def test_a_public_sentence_says_in_which_language_it_is_and_is_understood_by_who_chooses_it(
    desk: Client, pothole: Category, file_one: File
) -> None:
    theirs, ours = (file_one(language=code) for code in ("es", "en"))
    body = desk.get(f"/desk/requests/{theirs.number}/").text
    label = re.search(r'<label class="usa-label" for="close-sentence">(.*?)</label>', body, re.S)
    assert label is not None
    assert "in Spanish, the reporter’s language" in label[1]
    assert (
        ">The repair is done. Thank you for telling us. (La reparación está terminada. Gracias por avisarnos.)<" in body
    )
    assert 'data-words="La reparación está terminada. Gracias por avisarnos."' in body
    own = desk.get(f"/desk/requests/{ours.number}/").text
    assert "the reporter’s language" not in own
    assert ">The repair is done. Thank you for telling us.<" in own
    assert "in English, the reporter’s language" not in own
    assert "en inglés, el idioma de quien reportó" in desk.get(f"/es/desk/requests/{ours.number}/").text


def test_a_number_is_found_however_it_is_written_and_so_are_other_digits(
    desk: Client, pothole: Category, file_one: File
) -> None:
    filed, house = file_one(), file_one(place=Place(32.7157, -117.1611, address="98765 Grand Ave"))
    ServiceRequest.objects.filter(id=filed.id).update(
        number=8391, state="closed", outcome="fixed", closed_at=clock.now()
    )
    for written in ("8391", "8-391", "8 391", "#8-391"):
        assert "row-8-391" in desk.get("/desk/", {"q": written}).text, written
    assert f"row-{house.number}" in desk.get("/desk/?q=98765").text
    # In a call's field it is the same number.
    sent = {"kind": "follow_up", "number": "8 391", "do": "log", "language": "en", "channel": "phone"}
    sign_in(desk, "call-taker")
    assert desk.post("/desk/calls/", sent).status_code == 302


def test_what_was_not_found_is_said_and_leads_on(desk: Client, pothole: Category, file_one: File) -> None:
    empty = desk.get("/desk/").text
    assert "No request is open." in empty
    assert "See all open requests" not in empty
    file_one()
    gone = desk.get("/desk/?q=99-999").text
    assert "none has this number." in gone
    assert "Clear the filters" not in gone
    assert "Clear the filters" in desk.get("/desk/?q=99-999&status=received").text


def test_a_filter_stays_in_its_form_and_a_saved_queue_keeps_it(
    desk: Client, pothole: Category, make_category: Callable[..., Category], file_one: File
) -> None:
    make_category("graffiti")
    hole, paint = file_one(description="Deep"), file_one("graffiti", description="Deep")
    address = "/desk/?q=deep&category=graffiti&status=received&sort=newest"
    body = desk.get(address).content.decode()
    assert 'name="q" value="deep"' in body
    assert re.findall(r'<option value="([^"]+)" selected', body) == ["newest", "graffiti", "received"]
    kept = fields(body, "/desk/queues/save/")
    saved = desk.post("/desk/queues/save/", {**kept, "name": "Deep paint"}, follow=True).content.decode()
    link = re.search(r'href="([^"]+)"[^>]*><span>Deep paint</span>', saved)
    assert link
    assert link[1].replace("&amp;", "&") == address
    shown = desk.get(address).content.decode()
    assert paint.number in shown
    assert hole.number not in shown


def test_a_queue_goes_on_page_after_page(desk: Client, pothole: Category, file_one: File) -> None:
    filed = {file_one().number for _ in range(53)}
    first = desk.get("/desk/?sort=age").content.decode()
    after = re.search(r'href="(/desk/\?[^"]*after=[^"]+)" rel="next"', first)
    assert after
    second = desk.get(after[1].replace("&amp;", "&")).content.decode()
    there = set(re.findall(r'id="row-([\d-]+)"', first)) | set(re.findall(r'id="row-([\d-]+)"', second))
    assert there == filed
    assert second.count("data-row") == 3


def test_people_limited_to_a_department_see_its_work_only(
    client: Client, make_category: Callable[..., Category], file_one: File
) -> None:
    sign_in(client, "dispatcher", department="streets")
    other = identity.ensure_department("parks", {"en": "Parks"})
    own = next(one.id for one in identity.departments() if one.code == "streets")
    make_category("pothole", department_id=own)
    make_category("bench", department_id=other)
    mine, theirs = file_one(), file_one("bench")
    body = client.get("/desk/").content.decode()
    assert mine.number in body
    assert theirs.number not in body
    assert client.get(f"/desk/requests/{theirs.number}/").status_code == 404
    assert client.post(f"/desk/requests/{theirs.number}/note/", {"version": 1, "sentence": "Hm"}).status_code == 404


def test_the_menu_counts_for_each_person_and_as_of_now(
    client: Client, make_category: Callable[..., Category], file_one: File
) -> None:
    streets = identity.ensure_department("streets", {"en": "Streets"})
    make_category("pothole", department_id=streets)
    make_category("bench", department_id=identity.ensure_department("parks", {"en": "Parks"}))

    def counted(who: Client) -> list[str]:
        menu = who.get("/desk/queues/").content.decode()
        return re.findall(r"<span>All open</span><span class=\"count\">(\d+)</span>", menu)

    sign_in(everywhere := Client(), "supervisor")
    sign_in(client, "dispatcher", department="streets")
    file_one("bench")
    assert (counted(everywhere), counted(client)) == (["1"], ["0"])
    file_one()
    assert (counted(everywhere), counted(client)) == (["2"], ["1"])
    assert "Todas las abiertas" in everywhere.get("/es/desk/queues/").content.decode()
    assert counted(everywhere) == ["2"]


def test_residents_and_strangers_stay_outside(client: Client, pothole: Category, file_one: File) -> None:
    filed = file_one()
    assert client.get("/desk/").status_code == 302
    sign_in(client, "resident")
    assert client.get("/desk/").status_code == 403
    assert client.get(f"/desk/requests/{filed.number}/").status_code == 403


def test_closing_needs_an_outcome_and_a_sentence_and_keeps_what_was_written(
    desk: Client, pothole: Category, file_one: File
) -> None:
    filed = file_one()
    refused = send(desk, filed.number, "close", sentence="All filled in.")
    assert refused.status_code == 400
    assert "Choose an outcome" in refused.content.decode()
    assert "All filled in." in refused.content.decode()
    done = send(desk, filed.number, "close", outcome="fixed", sentence="All filled in.")
    assert done.status_code == 302
    seen = queries.one(filed.number, ANONYMOUS)
    assert (seen.state, seen.outcome, seen.outcome_sentence) == (State.CLOSED, Outcome.FIXED, "All filled in.")


def test_the_desk_says_how_many_are_told(desk: Client, pothole: Category, file_one: File) -> None:
    asked = file_one(contact=Contact(email="rosa@example.org"), follow=True)
    closing = {"outcome": "fixed", "sentence": "Filled."}
    send(desk, asked.number, "close", **closing)
    page = desk.get(f"/desk/requests/{asked.number}/").content.decode()
    assert "Closed. Nobody follows it, so nobody is told." in page
    followed = file_one(actor=Actor(ActorKind.RESIDENT, make_person().id, "Rosa"), follow=True)
    send(desk, followed.number, "reply", sentence="On Friday.")
    assert "The reply is public. 1 follower is told." in desk.get(f"/desk/requests/{followed.number}/").content.decode()


def test_each_act_leaves_its_mark(
    desk: Client, pothole: Category, make_category: Callable[..., Category], file_one: File
) -> None:
    make_category("graffiti")
    number = file_one().number
    steps = [
        ("take", {}),
        ("schedule", {"on": "2030-03-12", "sentence": "Next week."}),
        ("start", {}),
        ("note", {"sentence": "Bring the long ladder."}),
        ("reply", {"sentence": "We are on it."}),
        ("refer", {"to": "The water company"}),
        ("category", {"category": "graffiti", "reroute": "yes"}),
        ("moderate", {"show_text": "no"}),
        ("close", {"outcome": "not_city", "sentence": "Not ours."}),
        ("reopen", {"sentence": "It is ours after all."}),
    ]
    for act, given in steps:
        answer = send(desk, number, act, **given)
        assert answer.status_code == 302, (act, answer.content.decode())
    body = desk.get(f"/desk/requests/{number}/").content.decode()
    for words in (
        "Assigned to Supervisor", "Scheduled for March 12, 2030", "In progress", "Bring the long ladder.",
        "We are on it.", "Referred to The water company", "Moved from Pothole to Graffiti", "Text withheld",
        "Not ours.", "It is ours after all.",
    ):  # fmt: skip
        assert words in body, words
    public = Client().get(f"/requests/{number}/").content.decode()
    assert "Bring the long ladder." not in public
    assert "We are on it." in public


def test_a_stale_save_shows_both_versions_and_can_be_saved_again(
    desk: Client, pothole: Category, file_one: File, dispatcher: Actor
) -> None:
    number = file_one().number
    address = f"/desk/requests/{number}/note/"
    read = fields(desk.get(f"/desk/requests/{number}/").content.decode(), address)
    request = ServiceRequest.objects.get()
    services.start(request.id, actor=dispatcher, version=1, sentence="Dana was faster.")
    refused = desk.post(address, {**read, "sentence": "My own words."})
    body = refused.content.decode()
    assert refused.status_code == 409
    assert "Theirs, saved now" in body
    assert "Dana was faster." in body
    assert "My own words." in body
    assert not HistoryEvent.objects.filter(text="My own words.").exists()
    again = desk.post(address, {**fields(body, address), "sentence": "My own words."})
    assert again.status_code == 302
    assert HistoryEvent.objects.filter(text="My own words.").exists()


def test_the_same_form_sent_twice_counts_once(desk: Client, pothole: Category, file_one: File) -> None:
    number = file_one().number
    address = f"/desk/requests/{number}/note/"
    sent = {**fields(desk.get(f"/desk/requests/{number}/").content.decode(), address), "sentence": "Once."}
    assert desk.post(address, sent).status_code == 302
    assert desk.post(address, sent).status_code == 302
    assert HistoryEvent.objects.filter(text="Once.").count() == 1


def test_htmx_gets_the_pane_its_row_and_the_menu(desk: Client, pothole: Category, file_one: File) -> None:
    number = file_one().number
    pane = desk.get(f"/desk/requests/{number}/", headers={"HX-Request": "true"}).content.decode()
    assert pane.lstrip().startswith('<section id="detail"')
    hidden = fields(pane, f"/desk/requests/{number}/take/")
    done = desk.post(f"/desk/requests/{number}/take/", hidden, headers={"HX-Request": "true"})
    body = done.content.decode()
    assert 'data-said="It is yours now."' in body
    assert f'id="row-{number}"' in body
    assert 'id="desk-menu"' in body
    assert body.count('hx-swap-oob="true"') == 2


def test_a_page_keeps_one_first_heading_when_a_pane_of_it_changes(
    desk: Client, pothole: Category, file_one: File
) -> None:
    address = f"/desk/requests/{file_one().number}/"
    page = desk.get(address).content.decode()
    assert page.count("<h1") == 1
    says = re.search(r'id="panes" hx-headers=\'{"([^"]+)": "([^"]+)"}\'', page)
    assert says is not None
    hidden = fields(page, f"{address}take/")
    pane = {"HX-Request": "true"}
    changed = desk.post(f"{address}take/", hidden, headers={**pane, says[1]: says[2]}).content.decode()
    assert '<h1 id="detail-title"' in changed
    queue = desk.get("/desk/").content.decode()
    assert (queue.count("<h1"), "hx-headers" in queue) == (1, False)
    beside = desk.get(address, headers=pane).content.decode()
    assert "<h1" not in beside
    assert '<h2 id="detail-title"' in beside


def test_the_reporters_contact_is_shown_on_request_and_the_audit_log_knows(
    desk: Client, pothole: Category, file_one: File, contact: Contact
) -> None:
    number = file_one(contact=contact).number
    assert "rosa@example.org" not in desk.get(f"/desk/requests/{number}/").content.decode()
    assert not AuditEntry.objects.filter(action="service_requests.contact_read").exists()
    assert "rosa@example.org" in desk.post(f"/desk/requests/{number}/contact/").content.decode()
    assert AuditEntry.objects.filter(action="service_requests.contact_read").count() == 1
    crew = Client()
    sign_in(crew, "crew")
    assert "Show contact" not in crew.get(f"/desk/requests/{number}/").content.decode()
    assert crew.post(f"/desk/requests/{number}/contact/").status_code == 403


def test_buttons_that_are_not_allowed_are_not_there(client: Client, pothole: Category, file_one: File) -> None:
    number = file_one().number
    sign_in(client, "crew")
    body = client.get(f"/desk/requests/{number}/").content.decode()
    assert 'id="act-close"' in body
    assert 'id="act-assign"' not in body
    assert 'id="act-moderate"' not in body
    assert 'name="pick"' not in body
    assert client.post(f"/desk/requests/{number}/assign/", {"version": 1}).status_code == 403


def test_one_request_is_made_urgent_on_its_own_page(desk: Client, pothole: Category, file_one: File) -> None:
    number = file_one().number
    page = f"/desk/requests/{number}/"
    body = desk.get(page).content.decode()
    assert 'id="act-priority"' in body
    send(desk, number, "priority", priority="1")
    body = desk.get(page).content.decode()
    assert "Priority 1, was 3" in body
    assert '<option value="1" selected>' in body
    assert desk.post(f"{page}priority/", {"priority": "9"}).status_code == 400
    assert ServiceRequest.objects.get().priority == 1


def test_changing_the_category_says_which_answers_are_kept(
    desk: Client, make_category: Callable[..., Category], file_one: File
) -> None:
    asked = [{"code": "size", "text": {"en": "How big?"}}, {"code": "depth", "text": {"en": "How deep?"}}]
    make_category("pothole", questions=asked)
    make_category("sinkhole", questions=asked[:1])
    number = file_one(answers={"size": "wide", "depth": "deep"}).number
    body = desk.get(f"/desk/requests/{number}/kept/?category=sinkhole").content.decode()
    assert "Kept: How big? wide" in body
    assert "Only in the history: How deep? deep" in body
    assert send(desk, number, "category", category="sinkhole", reroute="yes").status_code == 302
    assert queries.one(number, system("test")).answers == {"size": "wide"}


@pytest.mark.parametrize("keep", ["other", "this"])
def test_merging_closes_one_as_the_others_duplicate(desk: Client, pothole: Category, file_one: File, keep: str) -> None:
    one, other = file_one(), file_one()
    assert other.number in desk.get(f"/desk/requests/{one.number}/").content.decode()
    assert send(desk, one.number, "merge", pick=other.number, keep=keep).status_code == 302
    gone, stays = (one, other) if keep == "other" else (other, one)
    assert queries.one(gone.number, ANONYMOUS).duplicate_of == stays.number
    assert queries.one(stays.number, ANONYMOUS).supporters == 1


def test_merging_across_policies_or_far_apart_is_asked_about_first(
    desk: Client, pothole: Category, home: Category, file_one: File
) -> None:
    one, guarded, far, near = file_one(), file_one("housing"), file_one(at=(32.7250, -117.1611)), file_one()
    for other, words in ((guarded, "publish different things"), (far, "They are far apart")):
        asked = send(desk, one.number, "merge", other=other.number, keep="other")
        assert asked.status_code == 400
        body = asked.content.decode()
        assert words in body
        assert 'name="sure"' in body
        assert queries.one(one.number, ANONYMOUS).state is State.RECEIVED
    assert send(desk, near.number, "merge", other=one.number, keep="other").status_code == 302
    assert send(desk, one.number, "merge", other=guarded.number, keep="other", sure="yes").status_code == 302
    public = queries.one(one.number, ANONYMOUS)
    assert (public.status, public.duplicate_of) == (Status.DUPLICATE, "")
    assert guarded.number in desk.get(f"/desk/requests/{one.number}/").content.decode()


def test_a_correction_keeps_the_old_words(desk: Client, pothole: Category, file_one: File) -> None:
    number = file_one().number
    send(desk, number, "reply", sentence="We come on Munday.")
    event = HistoryEvent.objects.get(text="We come on Munday.")
    send(desk, number, "correct", event=str(event.id), text="We come on Monday.")
    body = desk.get(f"/desk/requests/{number}/").content.decode()
    assert "We come on Monday." in body
    assert "corrected since" in body


def bulk_fields(body: str, address: str) -> dict[str, object]:
    start = body.index(f'action="{address}')
    part = body[start : body.index("</form>", start)]
    found: dict[str, object] = {}
    picks: list[str] = []
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', part):
        if name == "pick":
            picks.append(value)
        else:
            found[name] = value
    return {**found, "pick": picks}


def test_a_bulk_change_is_previewed_applied_and_taken_back(desk: Client, pothole: Category, file_one: File) -> None:
    first, second = file_one(), file_one()
    request = ServiceRequest.objects.get(id=second.id)
    services.close(request.id, actor=system("test"), outcome=Outcome.FIXED, sentence="Done before.")
    picks = [f"{first.id}:1", f"{second.id}:1"]
    chosen = desk.post("/desk/bulk/", {"pick": picks, "change": "close"})
    assert "Change 2 requests" in chosen.content.decode()
    said = {"pick": picks, "change": "close", "step": "preview", "outcome": "fixed", "sentence": "All done."}
    body = desk.post("/desk/bulk/", said).content.decode()
    assert "1 request would change" in body
    assert first.number in body
    assert "Would be left" in body
    assert ServiceRequest.objects.get(id=first.id).state == State.RECEIVED
    done = desk.post("/desk/bulk/apply/", bulk_fields(body, "/desk/bulk/apply/"), follow=True)
    assert "Changed: 1 request." in done.content.decode()
    assert ServiceRequest.objects.get(id=first.id).state == State.CLOSED
    undo = re.search(r'action="(/desk/bulk/undo/[^"]+)"', done.content.decode())
    assert undo
    back = desk.post(undo[1], follow=True).content.decode()
    assert "Taken back: 1 request." in back
    assert ServiceRequest.objects.get(id=first.id).state == State.RECEIVED


def test_nothing_selected_says_so(desk: Client) -> None:
    assert "Nothing is selected." in desk.post("/desk/bulk/", {"change": "close"}, follow=True).content.decode()


def test_a_queue_is_saved_for_oneself_or_a_department_and_removed(client: Client, pothole: Category) -> None:
    sign_in(client, "dispatcher", department="streets")
    streets = next(one for one in identity.departments() if one.code == "streets")
    saved = {"name": "My late holes", "queue": "late", "category": "pothole", "share": str(streets.id)}
    assert "My late holes" in client.post("/desk/queues/save/", saved, follow=True).content.decode()
    colleague, stranger = Client(), Client()
    sign_in(colleague, user=make_person("dispatcher", department="streets"))
    assert "/desk/?queue=late&amp;category=pothole" in colleague.get("/desk/").content.decode()
    sign_in(stranger, "dispatcher", department="parks")
    assert "My late holes" not in stranger.get("/desk/").content.decode()
    own = re.search(r'name="id" value="([^"]+)"', client.get("/desk/").content.decode())
    assert own
    assert colleague.post("/desk/queues/remove/", {"id": own[1]}).status_code == 404
    assert "My late holes" not in client.post("/desk/queues/remove/", {"id": own[1]}, follow=True).content.decode()


def test_the_export_is_the_queue_guarded_against_formulas(desk: Client, pothole: Category, file_one: File) -> None:
    file_one(description='=HYPERLINK("http://example.org")')
    contested = file_one()
    services.close(contested.id, actor=system("test"), outcome=Outcome.FIXED, sentence="Done.")
    text = b"".join(desk.get("/desk/requests.csv").streaming_content).decode()  # type: ignore[attr-defined]
    lines = text.strip().split("\r\n")
    assert len(lines) == 2, "closed requests are not in the open queue"
    assert "'=HYPERLINK" in text
    assert lines[0].endswith("priority,team,assignee,days_late")
    assert AuditEntry.objects.filter(action="service_requests.exported").count() == 1


def test_two_exports_run_at_once_and_a_third_is_told_to_wait(desk: Client) -> None:
    running = [desk.get("/desk/requests.csv") for _ in range(2)]
    refused = desk.get("/desk/requests.csv")
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert "Wait a minute" in refused.text
    for ended in running:
        b"".join(ended.streaming_content)  # type: ignore[attr-defined]
        again = desk.get("/desk/requests.csv")
        assert again.status_code == 200
        b"".join(again.streaming_content)  # type: ignore[attr-defined]


def test_keys_can_be_changed_and_switched_off(desk: Client, pothole: Category, file_one: File) -> None:
    from cityhall.apps.service_requests.web.desk_keys import ACTS

    file_one()
    usual = {act: key for act, (key, _label) in ACTS.items()}
    assert "&quot;j&quot;: &quot;next&quot;" in desk.get("/desk/").content.decode()
    twice = desk.post("/desk/keys/", {**usual, "next": "k", "on": "yes"})
    assert twice.status_code == 400
    assert "Two acts share a key." in twice.content.decode()
    desk.post("/desk/keys/", {**usual, "next": "d", "on": "yes"})
    assert "&quot;d&quot;: &quot;next&quot;" in desk.get("/desk/").content.decode()
    desk.post("/desk/keys/", usual)
    assert 'data-keys="{}"' in desk.get("/desk/").content.decode()
    desk.post("/desk/keys/", {"reset": "yes"})
    assert "&quot;j&quot;: &quot;next&quot;" in desk.get("/desk/").content.decode()


def test_an_unknown_request_is_not_found(desk: Client) -> None:
    assert desk.get("/desk/requests/99-999/").status_code == 404
    assert desk.get(f"/desk/requests/{uuid.uuid4()}/").status_code == 404


def test_the_whole_desk_speaks_spanish_addresses(desk: Client, pothole: Category) -> None:
    services.file_request(NewRequest("pothole", Place(32.7, -117.1)), actor=ANONYMOUS)
    assert desk.get("/es/desk/").status_code == 200
