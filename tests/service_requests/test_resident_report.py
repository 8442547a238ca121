"""A resident reports, step by step, without scripts."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from tests.support import city

from cityhall.apps.places import models
from cityhall.apps.places import public as places
from cityhall.apps.places.contracts import AddressRow
from cityhall.apps.service_requests.contracts import number_value
from cityhall.apps.service_requests.models import Category, HistoryEvent, ServiceRequest, Supporter
from cityhall.kernel import clock

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 5, 17, 0, tzinfo=UTC)
SIZE = {
    "code": "size",
    "datatype": "singlevaluelist",
    "required": True,
    "text": {"en": "How big is it?"},
    "values": [{"key": "small", "name": {"en": "Small"}}, {"key": "big", "name": {"en": "Big"}}],
}
LANE = {
    "code": "lane",
    "datatype": "string",
    "required": True,
    "text": {"en": "Which lane?"},
    "when_code": "size",
    "when_values": ["big"],
}


@pytest.fixture(autouse=True)
def smallville(db: None) -> None:
    city.build()


@pytest.fixture
def pothole(make_category: Callable[..., Category]) -> Category:
    return make_category("pothole", keywords={"en": ["crater"], "es": ["hoyo"]}, questions=[SIZE, LANE])


def photo(lat: float | None = None, lon: float | None = None, taken: str = "") -> io.BytesIO:
    exif = Image.Exif()
    if taken:
        exif[0x0132] = taken
    if lat is not None and lon is not None:
        exif[0x8825] = {1: "N", 2: dms(lat), 3: "W", 4: dms(-lon)}
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "gray").save(out, "JPEG", exif=exif)
    out.seek(0)
    out.name = "photo.jpg"
    return out


def dms(value: float) -> tuple[float, float, float]:
    return (int(value), int(value % 1 * 60), round(value * 60 % 1 * 60, 4))


class Resident:
    """Somebody at a browser: goes where the pages lead."""

    def __init__(self, prefix: str = "") -> None:
        self.client = Client()
        self.prefix = prefix
        self.at = ""

    def send(self, step: str, data: dict[str, Any] | None = None, *, expect: int = 302) -> str:
        answer = self.client.post(f"{self.prefix}/report/{step}/" if step else f"{self.prefix}/report/", data or {})
        assert answer.status_code == expect, answer.text[:2000]
        self.at = answer.headers.get("Location", "")
        return answer.text

    def read(self, path: str = "") -> str:
        answer = self.client.get(path or self.at)
        while answer.status_code == 302:
            self.at = answer["Location"]
            answer = self.client.get(self.at)
        assert answer.status_code == 200
        return answer.text

    def to_the_check(self, **questions: str) -> None:
        self.send("", {"begin": "photo"})
        self.send("photo")
        self.from_the_place(**questions)

    def from_the_place(self, **questions: str) -> None:
        self.send("place", {"q": "1202 Grand Ave"})
        self.send("what", {"category": "pothole"})
        self.read()
        given = questions or {"answers.size": "small"}
        self.send("questions", {"shown": ["size", "lane"], "description": "Deep one.", **given})
        self.send("contact")


def finish(resident: Resident) -> ServiceRequest:
    with clock.held_at(NOW + timedelta(minutes=2)):
        page = resident.read(f"{resident.prefix}/report/check/")
        command = re.search(r'name="command_id" value="([^"]+)"', page)
        assert command
        resident.send("check", {"command_id": command[1]})
    number = resident.at.rstrip("/").rpartition("/")[2]
    return ServiceRequest.objects.get(number=number_value(number))


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_a_report_goes_from_photo_to_receipt(pothole: Category, prefix: str) -> None:
    resident = Resident(prefix)
    with clock.held_at(NOW):
        resident.to_the_check()
    assert resident.at == f"{prefix}/report/check/"
    filed = finish(resident)
    assert filed.address == "1202 Grand Ave"
    assert filed.answers == {"size": "small"}
    assert filed.language == (prefix.strip("/") or "en")
    receipt = resident.read()
    link = re.search(r'id="private-link">https?://[^/]+(/[^<]+)<', receipt)
    assert link, "the receipt shows the private link"
    assert "Deep one." in resident.read(link[1])
    stranger = Client()
    away = stranger.get(f"{prefix}/report/receipt/{resident.at.rstrip('/').rpartition('/')[2]}/")
    assert away.status_code == 302, "somebody else is led to the public page, and sees no private link"


def test_sending_twice_gives_one_request_and_the_same_receipt(pothole: Category) -> None:
    resident = Resident()
    with clock.held_at(NOW):
        resident.to_the_check()
    with clock.held_at(NOW + timedelta(minutes=1)):
        command = re.search(r'name="command_id" value="([^"]+)"', resident.read("/report/check/"))
        assert command
        resident.send("check", {"command_id": command[1]})
        first = resident.at
        resident.send("check", {"command_id": command[1]})
    assert resident.at == first
    assert "We have your report" in resident.read("/report/check/"), "going back shows what was sent"
    assert ServiceRequest.objects.count() == 1


def test_the_photo_s_place_is_offered_and_never_assumed(pothole: Category) -> None:
    resident = Resident()
    resident.send("", {"begin": "photo"})
    resident.send("photo", {"photo": photo(city.CENTER[0] + 0.0002, city.CENTER[1] + 0.0005)})
    page = resident.read()
    assert "From your photo" in page
    assert "1202 Grand Ave" in page
    resident.send("place", {}, expect=422)
    offered = re.search(r'name="place" value="([^"]+)"', page)
    assert offered
    resident.send("place", {"place": offered[1]})
    assert resident.at == "/report/what/"


@pytest.mark.parametrize(
    ("prefix", "offer", "said"),
    [
        ("", "Say that I saw it on March 4, 2026, 9:14 a.m.", "Seen on March 4, 2026, 9:14 a.m."),
        ("/es", "Decir que lo vi el 4 de marzo de 2026, 9:14 a.\xa0m.", "Visto el 4 de marzo de 2026, 9:14 a.\xa0m."),
    ],
)
@pytest.mark.parametrize("wanted", [True, False])
def test_the_photo_s_time_is_offered_and_said_only_when_wanted(
    pothole: Category, prefix: str, offer: str, said: str, wanted: bool
) -> None:
    resident = Resident(prefix)
    with clock.held_at(NOW):
        resident.send("", {"begin": "photo"})
        resident.send("photo", {"photo": photo(taken="2026:03:04 09:14:00")})
        resident.from_the_place()
        page = resident.read(f"{prefix}/report/check/")
    assert offer in page
    assert 'name="say_seen" value="1" checked' not in page
    with clock.held_at(NOW + timedelta(minutes=3)):
        resident.send("check", {"say_seen": "1"} if wanted else {})
    description = ServiceRequest.objects.get().description
    assert (said in description) is wanted


@pytest.mark.parametrize("wanted", [True, False])
def test_what_looks_private_in_a_description_is_said_and_left_out_when_wanted(pothole: Category, wanted: bool) -> None:
    resident = Resident()
    told = "Ask Maria Lopez, 619 555 0123."
    with clock.held_at(NOW):
        resident.to_the_check(description=told, **{"answers.size": "small"})
        page = resident.read("/report/check/")
    assert "“619 555 0123” looks like a telephone number." in page
    assert "“Maria Lopez” looks like a person’s name." in page
    with clock.held_at(NOW + timedelta(minutes=3)):
        resident.send("check", {"hides_private": "1"} if wanted else {})
    request = ServiceRequest.objects.get()
    assert request.description == ("Ask [name left out], [telephone number left out]." if wanted else told)
    kept = list(HistoryEvent.objects.filter(visibility="internal").values_list("text", flat=True))
    assert kept == ([told] if wanted else []), "staff read the whole"


def test_a_description_with_nothing_private_is_not_asked_about(pothole: Category) -> None:
    resident = Resident()
    with clock.held_at(NOW):
        resident.to_the_check()
        assert "Leave this out" not in resident.read("/report/check/")


def test_the_time_of_a_photo_that_was_taken_out_is_not_offered(pothole: Category) -> None:
    resident = Resident()
    with clock.held_at(NOW):
        resident.send("", {"begin": "photo"})
        resident.send("photo", {"photo": photo(taken="2026:03:04 09:14:00"), "more": "1"})
        found = re.search(r'name="remove" value="([^"]+)"', resident.read("/report/photo/"))
        assert found
        resident.send("photo", {"remove": found[1]})
        resident.send("photo")
        resident.from_the_place()
        assert "Say that I saw it" not in resident.read("/report/check/")


def test_whoever_reports_by_words_is_offered_a_photo_where_they_tell_more(pothole: Category) -> None:
    resident = Resident()
    with clock.held_at(NOW):
        resident.send("", {"begin": "place"})
        resident.send("place", {"q": "1202 Grand Ave"})
        resident.send("what", {"category": "pothole"})
        page = resident.read()
        assert 'id="f-photo"' in page
        assert 'enctype="multipart/form-data"' in page
        told = {"shown": ["size", "lane"], "description": "Deep one.", "answers.size": "small"}
        words = io.BytesIO(b"no photo")
        words.name = "words.jpg"
        assert 'href="#f-photo"' in resident.send("questions", {**told, "photo": words}, expect=422)
        resident.send("questions", {**told, "photo": photo(taken="2026:03:04 09:14:00")})
        resident.send("contact")
        assert "Say that I saw it on March 4, 2026" in resident.read("/report/check/")
        assert 'id="f-photo"' not in resident.read("/report/questions/"), "the photo is shown instead"
    assert finish(resident).photos.count() == 1


def test_words_that_were_searched_for_are_not_published_as_a_description(pothole: Category) -> None:
    resident = Resident()
    resident.send("", {"category": "pothole", "words": "crater"})
    resident.send("place", {"q": "1202 Grand Ave"})
    assert "crater" not in resident.read("/report/questions/")


def test_the_steps_are_counted_the_same_all_the_way(pothole: Category) -> None:
    def counted(resident: Resident) -> list[tuple[str, ...]]:
        answers = {
            "place": {"q": "1202 Grand Ave"},
            "what": {"category": "pothole"},
            "questions": {"answers.size": "small", "shown": "size"},
        }
        steps = []
        with clock.held_at(NOW):
            while True:
                found = re.search(r"(\d) of (\d)", resident.read())
                assert found
                steps.append(found.groups())
                step = resident.at.rstrip("/").rpartition("/")[2]
                if step == "check":
                    return steps
                resident.send(step, answers.get(step, {}))

    searched = Resident()
    searched.send("", {"category": "pothole"})
    assert counted(searched) == [("1", "4"), ("2", "4"), ("3", "4"), ("4", "4")]
    placed = Resident()
    placed.send("", {"begin": "place"})
    assert counted(placed) == [("1", "5"), ("2", "5"), ("3", "5"), ("4", "5"), ("5", "5")]


def test_a_file_that_is_no_photo_is_refused_in_words(pothole: Category) -> None:
    resident = Resident()
    bad = io.BytesIO(b"not a picture at all")
    bad.name = "x.jpg"
    page = resident.send("photo", {"photo": bad}, expect=422)
    assert "error-summary" in page


def test_words_find_the_category_in_either_language(pothole: Category) -> None:
    assert 'value="pothole"' in Resident().read("/report/?q=big+crater")
    assert 'value="pothole"' in Resident().read("/es/report/?q=un+hoyo")
    assert "We found no kind of problem" in Resident().read("/report/?q=zebra")


def test_the_example_of_a_place_is_one_of_the_city_s_own(pothole: Category) -> None:
    one, other = re.split(" (?:&|and) ", models.Intersection.objects.order_by("id")[0].label)
    assert f"Such as {one} and {other}, or a house number with its street" in Resident().read("/report/place/")
    assert f"Por ejemplo, {one} y {other}, o un número de casa" in Resident().read("/es/report/place/")


def test_a_city_without_streets_gives_an_example_of_none() -> None:
    models.Intersection.objects.all().delete()
    assert "two streets that cross" in Resident().read("/report/place/")


def test_an_address_with_several_meanings_is_asked_back(pothole: Category) -> None:
    resident = Resident()
    page = resident.send("place", {"q": "Grand", "search": "1"}, expect=200)
    assert "Which of these?" in page
    assert "Grand Ave" in page


def test_a_street_of_another_kind_is_asked_about_and_never_taken_for_it(pothole: Category) -> None:
    page = Resident().send("place", {"q": "1202 Grand Boulevard"}, expect=200)
    assert "We do not know “1202 Grand Boulevard”." in page
    assert "Did you mean this?" in page
    Resident().send("place", {"q": "1202 grand av"}, expect=302)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Enter an address or a crossing"),
        ({"q": "Nowhere Boulevard 99"}, "We could not find this address"),
        ({"lat": str(city.OUTSIDE[0]), "lon": str(city.OUTSIDE[1])}, "This place is outside Smallville."),
        ({"lat": "nan", "lon": "0"}, "Enter an address or a crossing"),
        ({"place": "x|y"}, "Enter an address or a crossing"),
    ],
)
def test_a_place_that_will_not_do_says_the_mend_twice(sent: dict[str, str], words: str) -> None:
    page = Resident().send("place", sent, expect=422)
    assert page.count(words) == 2, "the same words in the summary and at the field"
    assert 'href="#f-place"' in page


@pytest.mark.parametrize("step", ["which", "questions", "check"])
def test_a_category_that_was_retired_meanwhile_is_chosen_anew_and_nothing_is_lost(
    pothole: Category, make_category: Callable[..., Category], step: str
) -> None:
    make_category("sidewalk")
    resident = Resident()
    resident.send("place", {"q": "1202 Grand Ave"})
    resident.send("what", {"category": "pothole"})
    if step == "check":
        resident.send("questions", {"shown": ["size", "lane"], "description": "Deep.", "answers.size": "small"})
    pothole.is_active = False
    pothole.save()
    page = resident.read(f"/report/{step}/")
    assert "The city does not take this kind of report any more." in page
    assert "Sidewalk" in page
    assert "any more. Choose another." in resident.send("what", {"category": "pothole"}, expect=422)
    resident.send("what", {"category": "sidewalk"})
    assert "1202 Grand Ave" in resident.read("/report/place/")


def test_the_chosen_address_stays_where_two_houses_share_a_point(pothole: Category) -> None:
    lat, lon = city.CENTER[0] + 0.0002, city.CENTER[1] + 0.0005
    places.load_addresses([AddressRow("1201", "Grand Ave", lat, lon)])
    for chosen in ("1201 Grand Ave", "1202 Grand Ave"):
        resident = Resident()
        resident.send("place", {"q": chosen, "lat": f"{lat:.6f}", "lon": f"{lon:.6f}"})
        assert chosen in resident.read("/report/place/")
    # A number between two houses is laid along the street, and nearest to it is a house with another number.
    [between, *_] = places.locate("1250 Grand Ave")
    resident.send("place", {"q": "1250 Grand Ave", "lat": f"{between.lat:.6f}", "lon": f"{between.lon:.6f}"})
    assert "1250 Grand Ave" in resident.read("/report/place/")
    # A pin that was moved to another house is that house, whatever was written before.
    resident.send(
        "place", {"q": chosen, "lat": f"{city.CENTER[0] + 0.0004:.6f}", "lon": f"{city.CENTER[1] - 0.0002:.6f}"}
    )
    assert "502 5th St" in resident.read("/report/place/")


def test_a_pin_is_enough(pothole: Category) -> None:
    resident = Resident()
    resident.send("place", {"lat": str(city.CENTER[0]), "lon": str(city.CENTER[1])})
    resident.send("what", {"category": "pothole"})
    assert resident.at == "/report/photo/", "a step that was passed by is still offered"


def test_only_due_questions_are_asked_and_a_new_one_is_shown_before_it_is_complained_about(pothole: Category) -> None:
    resident = Resident()
    resident.send("place", {"q": "1202 Grand Ave"})
    resident.send("what", {"category": "pothole"})
    page = resident.read("/report/questions/")
    assert "How big is it?" in page
    assert "Which lane?" not in page
    page = resident.send("questions", {"shown": ["size"], "answers.size": "big"}, expect=200)
    assert "Which lane?" in page
    assert "error-summary" not in page
    page = resident.send("questions", {"shown": ["size", "lane"], "answers.size": "big"}, expect=422)
    assert page.count("Answer “Which lane?”.") == 2, "the same words in the summary and at the field"
    page = resident.send("questions", {"shown": ["size", "lane"]}, expect=422)
    assert page.count("Answer “How big is it?”.") == 2
    resident.send("questions", {"shown": ["size", "lane"], "answers.size": "big", "answers.lane": "right"})


def test_changing_one_answer_leads_straight_back_to_the_check(pothole: Category) -> None:
    resident = Resident()
    resident.to_the_check()
    resident.send("contact", {"email": "rosa@example.org", "follow": "1"})
    assert resident.at == "/report/check/"
    assert "rosa@example.org" in resident.read()


def test_the_contact_is_optional_and_checked_when_given(pothole: Category) -> None:
    resident = Resident()
    resident.to_the_check()
    assert "This is not an e-mail address" in resident.send("contact", {"email": "rosa", "follow": "1"}, expect=422)
    resident.send("contact", {"follow": "1"})
    assert resident.at == "/report/check/", "the ticked box without an address is nothing to complain about"
    resident.send("contact", {"email": "rosa@example.org", "follow": "1"})
    with clock.held_at(clock.now() + timedelta(minutes=1)):
        finish_now(resident)
        receipt = resident.read()
    assert "open the link there to follow" in receipt, "nothing is promised to an address nobody has confirmed"
    assert "We will e-mail you" not in receipt


def test_what_is_open_nearby_is_shown_before_sending(pothole: Category, file_one: Callable[..., Any]) -> None:
    other = file_one(at=(city.CENTER[0] + 0.0002, city.CENTER[1] + 0.0006), answers={"size": "small"})
    resident = Resident()
    resident.to_the_check()
    assert resident.at == "/report/nearby/"
    page = resident.read()
    assert "Me too" in page
    assert "Mine is different" in page
    assert f"/requests/{other.number}/me-too/" in page
    answer = resident.client.post(f"/requests/{other.number}/me-too/")
    assert answer["Location"] == f"/requests/{other.number}/"
    resident.client.post(f"/requests/{other.number}/me-too/")
    assert Supporter.objects.count() == 1, "one browser counts once"
    assert ServiceRequest.objects.count() == 1


def test_the_thing_itself_is_picked_from_a_list_with_distances(make_category: Callable[..., Category]) -> None:
    make_category("streetlight", asset_layer="streetlights")
    resident = Resident()
    resident.send("place", {"q": "1202 Grand Ave"})
    resident.send("what", {"category": "streetlight"})
    page = resident.read("/report/which/")
    assert page.index("Streetlight L-1") < page.index("Streetlight L-2")
    assert "feet away" in page
    spanish = resident.read("/es/report/which/")
    assert "Luminaria L-1" in spanish
    assert "Streetlight L-1" not in spanish
    chosen = re.search(r'name="asset" value="([0-9a-f-]{36})"', page)
    assert chosen
    resident.send("which", {"asset": chosen[1]})
    for step in ("photo", "questions", "contact"):
        resident.send(step)
    with clock.held_at(clock.now() + timedelta(minutes=1)):
        filed = finish_now(resident)
    assert str(filed.asset_id) == chosen[1]


def finish_now(resident: Resident) -> ServiceRequest:
    command = re.search(r'name="command_id" value="([^"]+)"', resident.read("/report/check/"))
    assert command
    resident.send("check", {"command_id": command[1]})
    return ServiceRequest.objects.latest("requested_at")


def test_an_emergency_says_911_and_goes_nowhere(make_category: Callable[..., Category]) -> None:
    make_category("downed-wire", is_emergency=True)
    resident = Resident()
    resident.send("what", {"category": "downed-wire"})
    assert resident.at == "/report/emergency/downed-wire/"
    page = resident.read()
    assert "Call 911" in page
    assert 'href="tel:911"' in page
    assert "<form" not in page.split("<main")[1].split("</main>")[0]


def test_a_machine_is_turned_away_and_a_quick_person_loses_nothing(pothole: Category) -> None:
    resident = Resident()
    with clock.held_at(NOW):
        resident.to_the_check()
        page = resident.send("check", {"command_id": str(uuid.uuid4())}, expect=422)
        assert "That was very quick" in page
        assert "Deep one." in page
    with clock.held_at(NOW + timedelta(minutes=1)):
        page = resident.send("check", {"website": "http://spam.example"}, expect=422)
        assert "Leave the field" in page
    assert not ServiceRequest.objects.exists()


def test_a_sender_who_sends_too_much_is_asked_to_wait(pothole: Category) -> None:
    resident = Resident()
    with clock.held_at(NOW):
        for _ in range(30):
            resident.to_the_check()
            with clock.held_at(NOW + timedelta(minutes=1)):
                finish_now(resident)
        resident.to_the_check()
        with clock.held_at(NOW + timedelta(minutes=1)):
            answer = resident.client.post("/report/check/", {"command_id": str(uuid.uuid4())})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


def test_a_sender_may_bring_sixty_photos_an_hour_however_few_forms_they_come_in(pothole: Category) -> None:
    def bring(count: int) -> int:
        somebody = Client()  # a report holds four
        somebody.post("/report/", {"begin": "photo"})
        return somebody.post("/report/photo/", {"photo": [photo() for _ in range(count)], "more": "1"}).status_code

    with clock.held_at(NOW):
        assert [bring(4) for _ in range(15)] == [302] * 15
        assert bring(1) == 429


def test_a_draft_can_be_thrown_away(pothole: Category) -> None:
    resident = Resident()
    resident.to_the_check()
    assert "You have begun a report" in resident.read("/report/")
    resident.send("again")
    assert "You have begun a report" not in resident.read("/report/")


def test_the_check_cannot_be_reached_without_the_answers(pothole: Category) -> None:
    assert Client().get("/report/check/")["Location"] == "/report/place/"
    assert Client().get("/report/nearby/").status_code == 302
    assert Client().get("/report/questions/").status_code == 302
