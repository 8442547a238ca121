"""The crew's pages and the desk's, as a browser without scripts uses them."""

from __future__ import annotations

import csv
import importlib
import io
import re
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.crews.conftest import act, actor_of, picture
from tests.support import city
from tests.support.people import make_person, sign_in

from cityhall.apps.answers import public as answers
from cityhall.apps.answers.contracts import AnswerTerms, Use
from cityhall.apps.answers.models import Answer
from cityhall.apps.crews import services
from cityhall.apps.crews.contracts import Finished
from cityhall.apps.crews.models import Material, Visit
from cityhall.apps.documents.models import Document
from cityhall.apps.identity import public as identity
from cityhall.apps.identity.contracts import Terms
from cityhall.apps.identity.models import Contractor, User
from cityhall.apps.service_requests import services as request_services
from cityhall.apps.service_requests.contracts import Contact, Filed, Outcome
from cityhall.apps.service_requests.models import Category, RequestPhoto, ServiceRequest
from cityhall.kernel import clock, offers
from cityhall.kernel.actors import system
from cityhall.kernel.ids import new_id
from cityhall.kernel.offers import PlannedStop

pytestmark = pytest.mark.django_db
File = Callable[..., Filed]


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of the page's form."""
    return dict(re.findall(r'<input type="hidden" name="(command_id|version|seen|kept)" value="([^"]*)"', page))


def opened(phone: Client, path: str) -> str:
    answer = phone.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def order(page: str) -> list[str]:
    """Return the numbers of the day's stops, as they stand on the page."""
    return list(dict.fromkeys(re.findall(r'href="/crew/(\d+-\d+)/"', page)))


def photo(shade: int = 90) -> SimpleUploadedFile:
    return SimpleUploadedFile("done.jpg", picture(shade), "image/jpeg")


def test_a_job_from_the_day_to_the_next_one(phone: Client, filed: Filed, file_one: File, asphalt: uuid.UUID) -> None:
    other = file_one()
    day = opened(phone, "/crew/")
    assert "0 done today · 2 for your team" in day
    assert "Deep enough to lose a wheel in." in day
    first = order(day)[0]
    answer = phone.post(f"/crew/{first}/start/", hidden(day))
    assert answer.headers["Location"] == f"/crew/{first}/"
    assert order(opened(phone, "/crew/"))[0] == first
    assert "You started at" in opened(phone, f"/crew/{first}/")
    form = opened(phone, f"/crew/{first}/finish/")
    assert re.search(r'name="minutes"[^>]*value="1"', form)
    sent = {**hidden(form), "ready": "fixed:0", "minutes": "20", f"m-{asphalt}": "2,5"}
    answer = phone.post(f"/crew/{first}/finish/", sent, follow=True)
    day = answer.content.decode()
    assert f"{first} is finished." in day
    assert "1 done today · 1 for your team" in day
    assert {first, *order(day)} == {filed.number, other.number}
    desk = Client()
    sign_in(desk, "dispatcher", department="streets")
    panel = opened(desk, f"/desk/requests/{first}/")
    assert "Tom Becker" in panel
    assert "20 min, Fixed" in panel
    assert "Cold asphalt 2.5 bags" in panel


def test_a_double_tap_finishes_once_photo_and_all(phone: Client, filed: Filed) -> None:
    form = hidden(opened(phone, f"/crew/{filed.number}/finish/"))
    for _tap in range(2):
        answer = phone.post(f"/crew/{filed.number}/finish/", {**form, "ready": "fixed:0", "photo": photo()})
        assert answer.headers["Location"] == "/crew/"
    assert Visit.objects.count() == RequestPhoto.objects.count() == 1


def test_a_double_tap_is_done_once_also_when_the_work_is_somebody_elses_by_then(phone: Client, filed: Filed) -> None:
    form = hidden(opened(phone, f"/crew/{filed.number}/back/"))
    for _tap in range(2):
        answer = phone.post(f"/crew/{filed.number}/back/", {**form, "reason": "other_team"})
        assert answer.headers["Location"] == "/crew/"
    assert Visit.objects.count() == 1
    assert phone.get(f"/crew/{filed.number}/").status_code == 404


def test_a_stale_page_says_what_changed_and_keeps_what_was_typed_and_the_photo(
    phone: Client, filed: Filed, asphalt: uuid.UUID
) -> None:
    form = hidden(opened(phone, f"/crew/{filed.number}/finish/"))
    request_services.add_note(filed.id, actor=system("Desk"), text="Mind the gas main.")
    typed = {"ready": "not_found:0", "sentence": "Patched.", "minutes": "35", f"m-{asphalt}": "4", "photo": photo()}
    answer = phone.post(f"/crew/{filed.number}/finish/", {**form, **typed})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Mind the gas main." in page
    assert re.search(r'value="not_found:0" checked', page)
    assert ">Patched.</textarea>" in page
    assert re.search(r'name="minutes"[^>]*value="35"', page)
    assert re.search(rf'name="m-{asphalt}"[^>]*value="4"', page)
    del typed["photo"]
    answer = phone.post(f"/crew/{filed.number}/finish/", {**hidden(page), **typed})
    assert answer.headers["Location"] == "/crew/"
    request = ServiceRequest.objects.get(id=filed.id)
    assert request.outcome_sentence == "Patched."
    assert Document.objects.count() == RequestPhoto.objects.filter(request=request, is_evidence=True).count() == 1


def test_somebody_elses_kept_photo_is_not_taken(phone: Client, filed: Filed, tom: User) -> None:
    form = hidden(opened(phone, f"/crew/{filed.number}/finish/"))
    page = phone.post(f"/crew/{filed.number}/finish/", {**form, "photo": photo()}).content.decode()
    kept = hidden(page)["kept"]
    other = Client()
    sign_in(other, "crew", team="pavement")
    answer = other.post(f"/crew/{filed.number}/finish/", {**hidden(page), "ready": "fixed:0", "kept": kept})
    assert answer.headers["Location"] == "/crew/"
    assert not RequestPhoto.objects.exists()


def test_a_job_that_was_closed_meanwhile_says_so(phone: Client, filed: Filed) -> None:
    start = hidden(opened(phone, f"/crew/{filed.number}/"))
    back = hidden(opened(phone, f"/crew/{filed.number}/back/"))
    request_services.close(filed.id, actor=system("Desk"), outcome=Outcome.NOT_FOUND, sentence="It is not there.")
    for path, form in (("start", start), ("back", {**back, "reason": "blocked"})):
        answer = phone.post(f"/crew/{filed.number}/{path}/", form)
        assert answer.status_code == 409
        assert "This job was settled meanwhile." in answer.content.decode()
        assert "It is not there." in answer.content.decode()
    answer = phone.post(f"/crew/{filed.number}/finish/", {**back, "ready": "fixed:0"})
    assert "This job was settled meanwhile." in answer.content.decode()


def test_what_is_missing_is_said_and_nothing_is_lost(phone: Client, filed: Filed, asphalt: uuid.UUID) -> None:
    form = hidden(opened(phone, f"/crew/{filed.number}/finish/"))
    sent = {**form, "minutes": "an hour", f"m-{asphalt}": "some", "sentence": "Words of mine."}
    answer = phone.post(f"/crew/{filed.number}/finish/", sent)
    assert answer.status_code == 400
    page = answer.content.decode()
    for text in ("Choose what came of it.", "Write the minutes", "Write how much cold asphalt", "Words of mine."):
        assert text in page
    answer = phone.post(f"/crew/{filed.number}/finish/", {**form, "version": ""})
    assert "The page is incomplete." in answer.content.decode()


def test_a_photo_is_asked_for_where_the_category_says_so(phone: Client, filed: Filed, pothole: Category) -> None:
    Category.objects.filter(id=pothole.id).update(proof_photo=True)
    form = opened(phone, f"/crew/{filed.number}/finish/")
    assert "Needed to finish this as fixed." in form
    answer = phone.post(f"/crew/{filed.number}/finish/", {**hidden(form), "ready": "fixed:0"})
    assert answer.status_code == 400
    again = hidden(answer.content.decode())
    phone.post(f"/crew/{filed.number}/finish/", {**again, "ready": "fixed:0", "photo": photo()})
    assert ServiceRequest.objects.get(id=filed.id).outcome == "fixed"


def test_the_citys_own_answers_are_the_choices_a_crew_has(phone: Client, filed: Filed) -> None:
    texts = {"en": "{number} is patched.", "es": "{number} está reparado."}
    kept = answers.save_answer(AnswerTerms(Use.FIXED, texts), actor=system("Set-up"))
    form = opened(phone, f"/crew/{filed.number}/finish/")
    assert f"{filed.number} is patched." in form
    assert "The repair is done. Thank you" not in form
    phone.post(f"/crew/{filed.number}/finish/", {**hidden(form), "ready": str(kept)})
    done = ServiceRequest.objects.get(id=filed.id)
    assert (done.outcome_sentence, done.outcome_also) == (
        f"{filed.number} is patched.",
        {"es": f"{filed.number} está reparado."},
    )
    assert Answer.objects.get(id=kept).used == 1


def test_a_crews_own_words_are_said_in_both_languages(phone: Client, filed: Filed) -> None:
    form = opened(phone, f"/crew/{filed.number}/finish/")
    assert "The same in Spanish" in form
    sent = {"ready": "fixed:0", "sentence": "New asphalt.", "also": "Asfalto nuevo."}
    alone = phone.post(f"/crew/{filed.number}/finish/", {**hidden(form), **sent, "sentence": ""})
    assert alone.status_code == 400
    assert "Write the sentence here too" in alone.text
    assert ">Asfalto nuevo.</textarea>" in alone.text
    phone.post(f"/crew/{filed.number}/finish/", {**hidden(alone.text), **sent})
    done = ServiceRequest.objects.get(id=filed.id)
    assert (done.outcome_sentence, done.outcome_also) == ("New asphalt.", {"es": "Asfalto nuevo."})
    assert "Asfalto nuevo." in Client().get(f"/es/requests/{filed.number}/").text


def test_words_that_look_private_are_asked_about_once(phone: Client, filed: Filed) -> None:
    form = opened(phone, f"/crew/{filed.number}/finish/")
    sent = {"ready": "fixed:0", "sentence": "Done. Call 619 555 0123 with questions."}
    answer = phone.post(f"/crew/{filed.number}/finish/", {**hidden(form), **sent})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "looks like a telephone number" in page
    phone.post(f"/crew/{filed.number}/finish/", {**hidden(page), **sent, "publish": "as_it_is"})
    assert ServiceRequest.objects.get(id=filed.id).outcome_sentence == sent["sentence"]


def test_what_waits_for_approval_is_off_the_day(phone: Client, filed: Filed, pothole: Category) -> None:
    Category.objects.filter(id=pothole.id).update(approve_outcomes=["fixed"])
    form = opened(phone, f"/crew/{filed.number}/finish/")
    answer = phone.post(f"/crew/{filed.number}/finish/", {**hidden(form), "ready": "fixed:0"}, follow=True)
    page = answer.content.decode()
    assert f"{filed.number} is finished. A supervisor looks at it before the public hears." in page
    assert filed.number not in order(page)


def test_the_time_on_the_phone_is_kept(phone: Client, filed: Filed) -> None:
    form = hidden(opened(phone, f"/crew/{filed.number}/"))
    at = clock.now() - timedelta(hours=3)
    phone.post(f"/crew/{filed.number}/start/", {**form, "at": at.isoformat()})
    assert Visit.objects.get().started_at == at
    Visit.objects.all().delete()
    again = {**form, "command_id": str(new_id()), "version": "2", "at": "yesterday"}
    phone.post(f"/crew/{filed.number}/start/", again)
    assert clock.now() - Visit.objects.get().started_at < timedelta(minutes=5)


def test_the_day_holds_what_is_mine_and_my_teams_and_not_what_is_for_later(
    phone: Client, tom: User, filed: Filed, file_one: File, make_category: Callable[..., Category]
) -> None:
    make_category("other-work")
    mine = file_one("other-work")
    request_services.assign(mine.id, actor=system("Desk"), assignee_id=tom.id, team_id=filed_team(filed))
    colleagues, later, elsewhere = file_one(), file_one(), file_one("other-work")
    ana = make_person("crew", team="pavement")
    request_services.assign(colleagues.id, actor=system("Desk"), assignee_id=ana.id)
    request_services.schedule(later.id, actor=system("Desk"), on=clock.now().date() + timedelta(days=9))
    page = opened(phone, "/crew/")
    assert order(page) == [mine.number, filed.number]
    assert "1 is yours" in page
    assert elsewhere.number not in page


def test_what_is_urgent_stands_first_however_long_the_queue_is(
    phone: Client, filed: Filed, file_one: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.import_module("cityhall.apps.crews.queries.day"), "_READ", 2)
    last = [file_one() for _ in range(3)][-1]
    request_services.prioritise(last.id, actor=system("Desk"), priority=1)
    assert order(opened(phone, "/crew/"))[0] == last.number


def filed_team(filed: Filed) -> uuid.UUID | None:
    return ServiceRequest.objects.get(id=filed.id).team_id


def test_a_published_plan_gives_the_order(
    phone: Client, tom: User, filed: Filed, file_one: File, request: pytest.FixtureRequest
) -> None:
    second, unplanned = file_one(), file_one()
    asked: list[tuple[uuid.UUID, uuid.UUID | None, date]] = []
    begin = clock.now()

    def plan(team: uuid.UUID, person: uuid.UUID | None, day: date) -> list[PlannedStop]:
        asked.append((team, person, day))
        if person is not None:
            return []
        return [
            PlannedStop((one.id,), 32.7, -117.1, begin + timedelta(hours=hour), begin + timedelta(hours=hour + 1))
            for hour, one in enumerate((second, filed))
        ]

    before = offers.planned_day.get()
    request.addfinalizer(lambda: offers.planned_day.fill(lambda: before))
    offers.planned_day.fill(lambda: plan)
    page = opened(phone, "/crew/")
    assert order(page) == [second.number, filed.number]
    assert "0 of 2 done · in the order of the plan" in page
    assert unplanned.number not in page
    assert [person for _team, person, _day in asked] == [tom.id, None]
    assert {team for team, _person, _day in asked} == {filed_team(filed)}


def test_the_nearest_comes_first_from_where_the_crew_says_it_is(
    phone: Client, pothole: Category, file_one: File
) -> None:
    city.build()
    lat, lon = city.CENTER
    far = file_one(at=(lat - 0.004, lon))
    near = file_one(at=(lat + 0.0003, lon + 0.0005))
    assert order(opened(phone, "/crew/?from=1202+Grand+Ave")) == [near.number, far.number]
    assert order(opened(phone, f"/crew/?lat={lat - 0.004}&lon={lon}")) == [far.number, near.number]
    assert "We do not know that place." in opened(phone, "/crew/?from=zzzz")
    assert opened(phone, "/crew/?lat=nan&lon=1e999")


def test_the_map_has_the_days_stops(phone: Client, filed: Filed) -> None:
    (feature,) = phone.get("/crew/points.json").json()["features"]
    assert feature["properties"]["number"] == filed.number


def test_a_crew_sees_nobodys_telephone_number(phone: Client, pothole: Category, file_one: File) -> None:
    filed = file_one(contact=Contact("Rosa", "Lee", "rosa@example.org", "555 0100"))
    for path in ("/crew/", f"/crew/{filed.number}/", f"/crew/{filed.number}/finish/"):
        page = opened(phone, path)
        assert "555 0100" not in page
        assert "rosa@example.org" not in page
        assert "tel:" not in page


def test_a_contractors_crew_has_its_own_work_until_the_contract_ends(
    tom: User, filed: Filed, make_category: Callable[..., Category], file_one: File
) -> None:
    today = clock.now().date()
    team = identity.ensure_team("walls", {"en": "Walls"}, department="streets")
    identity.ensure_contractor(Terms("Alder", today - timedelta(10), today + timedelta(10)), teams=["walls"])
    make_category("graffiti", team_id=team)
    own = file_one("graffiti")
    person = make_person("crew", name="Ada Contractor", team="walls")
    client = Client()
    sign_in(client, user=person)
    assert order(opened(client, "/crew/")) == [own.number]
    assert client.get(f"/crew/{filed.number}/").status_code == 404
    services.finish(filed.id, actor=actor_of(tom), act=act(), said=Finished("fixed", "Done.", 15))
    services.finish(own.id, actor=actor_of(person), act=act(), said=Finished("fixed", "Done.", 20))
    figures = opened(client, "/desk/field-work/")
    assert "20 min" in figures
    assert "15 min" not in figures
    assert "Pothole" not in figures
    Contractor.objects.update(ends_on=today - timedelta(days=3))
    for path in ("/crew/", f"/crew/{own.number}/finish/", "/desk/field-work/"):
        assert client.get(path).status_code in {302, 403}


def test_the_desk_sees_totals_and_takes_them_as_a_file_that_runs_nothing(
    phone: Client, tom: User, filed: Filed, asphalt: uuid.UUID
) -> None:
    Material.objects.filter(id=asphalt).update(name={"en": "=cmd()"})
    said = Finished("fixed", "Done.", 95, {asphalt: Decimal("2.50")})
    services.finish(filed.id, actor=actor_of(tom), act=act(), said=said)
    desk = Client()
    sign_in(desk, "dispatcher", department="streets")
    assert "1 h 35 min" in opened(desk, "/desk/field-work/?month=nonsense")
    answer = desk.get("/desk/field-work/totals.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert {(row["what"], row["amount"]) for row in rows} == {
        ("visits", "1"),
        ("sent_back", "0"),
        ("minutes", "95"),
        ("'=cmd()", "2.5"),
    }
    assert phone.get("/desk/field-work/totals.csv").status_code == 403


def test_the_desk_sees_what_was_sent_back_until_it_is_taken_up(tom: User, filed: Filed) -> None:
    services.send_back(filed.id, actor=actor_of(tom), act=act(), reason="blocked")
    desk = Client()
    sign_in(desk, "dispatcher", department="streets")
    assert filed.number in opened(desk, "/desk/field-work/")
    request_services.assign(filed.id, actor=system("Desk"), assignee_id=tom.id)
    assert filed.number not in opened(desk, "/desk/field-work/")


def test_a_supervisor_keeps_the_list_of_materials(db: None) -> None:
    boss = Client()
    sign_in(boss, "supervisor")
    assert "There are no materials yet." in opened(boss, "/desk/field-work/materials/")
    sent: dict[str, Any] = {"name_en": "Paint", "unit_en": "gallons", "step": "0,5", "order": "10", "is_active": "yes"}
    answer = boss.post("/desk/field-work/materials/new/", {**sent, "step": "x"})
    assert "Write a step" in answer.content.decode()
    boss.post("/desk/field-work/materials/new/", sent)
    paint = Material.objects.get()
    assert paint.step == Decimal("0.5")
    address = f"/desk/field-work/materials/{paint.id}/"
    assert 'value="0.5"' in opened(boss, address)
    boss.post(address, {key: value for key, value in sent.items() if key != "is_active"})
    assert "not used" in opened(boss, "/desk/field-work/materials/")
    assert boss.get(f"/desk/field-work/materials/{uuid.uuid4()}/").status_code == 404
