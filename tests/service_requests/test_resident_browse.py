"""What everybody can look at: the list, the map's points, one request, the private page, feeds."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.support import city, people

from cityhall.apps.service_requests import services
from cityhall.apps.service_requests.contracts import Contact, Outcome
from cityhall.apps.service_requests.models import Category
from cityhall.apps.service_requests.web import resident_words
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor, ActorKind

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 5, 17, 0, tzinfo=UTC)
AT = city.CENTER
BOX = f"{AT[1] - 0.02},{AT[0] - 0.02},{AT[1] + 0.02},{AT[0] + 0.02}"


@pytest.fixture(autouse=True)
def smallville(db: None) -> None:
    city.build()


@pytest.mark.parametrize(
    ("address", "sign"),
    [
        ("1202 Grand Ave", "Pothole on Grand Ave"),
        ("1202B Grand Ave, Smallville", "Pothole on Grand Ave"),
        ("Grand Ave & 5th St", "Pothole at Grand Ave and 5th St"),
        ("Grand Ave and 5th St", "Pothole at Grand Ave and 5th St"),
        ("1200 block of Grand Ave", "Pothole on the 1200 block of Grand Ave"),
        ("unit block of Putnam St", "Pothole on the unit block of Putnam St"),
        ("0 block of Putnam St", "Pothole on the unit block of Putnam St"),
        ("5th St", "Pothole on 5th St"),
        ("", "Pothole"),
    ],
)
def test_a_request_is_headed_like_a_street_sign(address: str, sign: str) -> None:
    assert resident_words.street_sign("Pothole", address) == sign


def test_the_filters_are_the_address(
    make_category: Callable[..., Category], pothole: Category, file_one: Callable[..., Any], dispatcher: Actor
) -> None:
    make_category("graffiti")
    hole = file_one(at=AT, description="Deep one")
    tag = file_one("graffiti", at=AT)
    services.close(tag.id, actor=dispatcher, outcome=Outcome.FIXED, sentence="Painted over.")

    def shown(query: str) -> set[str]:
        page = Client().get(f"/requests/?{query}").text
        return {one.number for one in (hole, tag) if f'data-request="{one.number}"' in page}

    assert shown("") == {hole.number, tag.number}
    assert shown("category=graffiti") == {tag.number}
    assert shown("status=open") == {hole.number}
    assert shown("status=fixed") == {tag.number}
    assert shown("q=deep") == {hole.number}
    assert shown("period=7") == {hole.number, tag.number}
    assert shown("status=nonsense&area=nonsense&period=nonsense") == {hole.number, tag.number}
    found = Client().get("/requests/", {"q": hole.number})
    assert found["Location"] == f"/requests/{hole.number}/"
    assert "No request fits these filters." in Client().get("/requests/?q=zebra").text


def test_what_was_fixed_last_comes_first(
    make_category: Callable[..., Category], file_one: Callable[..., Any], dispatcher: Actor
) -> None:
    make_category("graffiti")
    first, second = file_one("graffiti", at=AT), file_one("graffiti", at=AT)
    for one in (second, first):
        services.close(one.id, actor=dispatcher, outcome=Outcome.FIXED, sentence="Painted over.")
    page = Client().get("/requests/?status=fixed").text
    assert page.index(f'data-request="{first.number}"') < page.index(f'data-request="{second.number}"')
    assert "Closed " in page


def test_a_long_list_is_cut_into_pages_and_asks_the_database_no_more_for_it(
    pothole: Category, file_one: Callable[..., Any]
) -> None:
    client = Client()
    client.get("/requests/")

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get("/requests/")
        return len(asked)

    for minute in range(3):
        with clock.held_at(NOW + timedelta(minutes=minute)):
            file_one(at=AT)
    few = queries()
    for minute in range(3, 33):
        with clock.held_at(NOW + timedelta(minutes=minute)):
            file_one(at=AT)
    assert queries() <= few + 1
    first = client.get("/requests/").text
    assert first.count("data-request=") == 30
    more = first.split('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert client.get(f"/requests/{more}").text.count("data-request=") == 3


def test_the_map_gets_points_of_the_public_place_only(
    pothole: Category, secret: Category, home: Category, file_one: Callable[..., Any]
) -> None:
    hole = file_one(at=AT)
    file_one("welfare", at=AT)
    file_one("housing", at=AT)
    body = Client().get("/requests/points.json", {"bbox": BOX, "zoom": "16"}).json()
    numbers = {one["properties"].get("number"): one["geometry"]["coordinates"] for one in body["features"]}
    assert numbers[hole.number] == pytest.approx([AT[1], AT[0]])
    assert len(numbers) == 2, "a withheld place is on no map"
    coarse = next(where for number, where in numbers.items() if number != hole.number)
    assert coarse != pytest.approx([AT[1], AT[0]])
    rough = {one["properties"]["number"] for one in body["features"] if one["properties"].get("roughly")}
    assert rough == set(numbers) - {hole.number}, "drawn as a circle, not as if it were at the point"
    assert Client().get("/requests/points.json").status_code == 400


def test_a_request_s_page_says_what_when_and_how_late(
    pothole: Category, file_one: Callable[..., Any], dispatcher: Actor
) -> None:
    with clock.held_at(NOW):
        hole = file_one(at=AT, description="Deep one")
    with clock.held_at(NOW + timedelta(days=20)):
        services.start(hole.id, actor=dispatcher, sentence="The crew is on site.")
        page = Client().get(f"/requests/{hole.number}/").text
    assert "Pothole on Grand Ave" in page
    assert "In progress" in page
    assert "13 days late" in page
    assert page.index("The crew is on site.") < page.index("<strong>Reported</strong>"), "newest first"
    assert "Dana Dispatcher" not in page
    assert "It is not fixed" not in page


def test_a_range_comes_from_the_city_s_own_past(
    pothole: Category, file_one: Callable[..., Any], dispatcher: Actor
) -> None:
    for day in range(20):
        with clock.held_at(NOW - timedelta(days=60)):
            past = file_one(at=AT)
        with clock.held_at(NOW - timedelta(days=60) + timedelta(days=1 + day)):
            services.close(past.id, actor=dispatcher, outcome=Outcome.FIXED, sentence="Filled.")
    with clock.held_at(NOW):
        hole = file_one(at=AT)
        page = Client().get(f"/requests/{hole.number}/").text
    assert "Half of requests like this are fixed by Mar 15, 9 in 10 by Mar 23." in page
    assert "From 20 requests of this kind" in page


def test_a_closed_request_shows_its_outcome_and_can_be_contested(
    pothole: Category, file_one: Callable[..., Any], dispatcher: Actor
) -> None:
    hole = file_one(at=AT)
    services.close(hole.id, actor=dispatcher, outcome=Outcome.NOT_FOUND, sentence="Nothing was there.")
    client = Client()
    page = client.get(f"/requests/{hole.number}/").text
    assert "Closed: not found" in page
    assert "Nothing was there." in page
    assert "It is not fixed" in page
    refused = client.post(f"/requests/{hole.number}/not-fixed/", {"sentence": "It is still there."})
    assert refused.status_code == 422
    assert "Add a photo of how it is now." in refused.text, "a passer-by shows it"
    mine = client.get(f"/requests/private/{hole.private_token}/").text
    assert f"/requests/{hole.number}/not-fixed/?with={hole.private_token}" in mine
    with_token = {"sentence": "It is still there.", "with": hole.private_token}
    answer = client.post(f"/requests/{hole.number}/not-fixed/", with_token)
    assert answer["Location"] == f"/requests/{hole.number}/"
    page = client.get(answer["Location"]).text
    assert "Contested" in page
    assert "It is still there." in page
    assert client.get(f"/requests/{hole.number}/not-fixed/").status_code == 302, "an open one cannot be contested"


def test_a_duplicate_points_to_the_request_that_stands_for_it(
    pothole: Category, file_one: Callable[..., Any], dispatcher: Actor
) -> None:
    root, twin = file_one(at=AT), file_one(at=AT)
    services.close(
        twin.id, actor=dispatcher, outcome=Outcome.DUPLICATE, sentence="Same hole.", duplicate_of=root.number
    )
    page = Client().get(f"/requests/{twin.number}/").text
    assert f"/requests/{root.number}/" in page
    assert "It is not fixed" not in page
    answer = Client().post(f"/requests/{twin.number}/me-too/")
    assert answer["Location"] == f"/requests/{root.number}/", "support goes to the root"


def test_a_private_link_opens_what_the_public_page_withholds(secret: Category, file_one: Callable[..., Any]) -> None:
    filed = file_one("welfare", at=AT, description="Somebody sleeps in the stairwell")
    public = Client().get(f"/requests/{filed.number}/").text
    assert "stairwell" not in public
    assert "Grand Ave" not in public
    answer = Client().get(f"/requests/private/{filed.private_token}/")
    assert "stairwell" in answer.text
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    assert Client().get("/requests/private/0123456789/").status_code == 404


def test_numbers_have_one_address(pothole: Category, file_one: Callable[..., Any]) -> None:
    filed = file_one(at=AT)
    plain = filed.number.replace("-", "")
    assert Client().get(f"/requests/{plain}/")["Location"] == f"/requests/{filed.number}/"
    assert Client().get("/requests/999-999/").status_code == 404
    assert Client().get("/requests/nonsense/").status_code == 404


def test_feeds_carry_the_list(pothole: Category, secret: Category, file_one: Callable[..., Any]) -> None:
    filed = file_one(at=AT, description="Deep one & wide")
    file_one("welfare", at=AT, description="private words")
    rss = Client().get("/requests/feed.rss")
    assert rss["Content-Type"].startswith("application/rss+xml")
    items = ElementTree.fromstring(rss.content).findall("./channel/item")
    assert any(item.findtext("link", "").endswith(f"/requests/{filed.number}/") for item in items)
    assert b"private words" not in rss.content
    feed = json.loads(Client().get("/requests/feed.json", {"category": "pothole"}).content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [one["title"] for one in feed["items"]] == ["Pothole on Grand Ave"]
    assert "Deep one & wide" in feed["items"][0]["content_text"]


def test_a_word_that_no_xml_can_hold_spoils_no_feed(pothole: Category, file_one: Callable[..., Any]) -> None:
    file_one(at=AT, description="Pasted from \x0ba form, with a bell \x07 & all")
    rss = Client().get("/requests/feed.rss")
    assert rss.status_code == 200
    [item] = ElementTree.fromstring(rss.content).findall("./channel/item")
    assert "with a bell \ufffd & all" in item.findtext("description", "")


def test_a_feed_of_an_area_names_it(pothole: Category, file_one: Callable[..., Any]) -> None:
    from cityhall.apps.places import public as places

    area = places.areas("district")[0]
    file_one(at=AT)
    feed = Client().get("/requests/feed.json", {"area": str(area.id)}).json()
    assert "District 1" in feed["title"]
    assert len(feed["items"]) == 1


def test_two_feeds_of_one_city_are_told_apart_by_their_titles(pothole: Category) -> None:
    asked = {"q": "grand", "street": "Grand Avenue", "category": "pothole"}
    title = Client().get("/requests/feed.json", asked).json()["title"]
    assert title.endswith("(Pothole, Grand Avenue)")
    rss = ElementTree.fromstring(Client().get("/requests/feed.rss", {"q": "deep \x0b holes"}).content)
    assert "deep" in rss.findtext("./channel/title", "")


def test_following_sends_a_question_first(pothole: Category, file_one: Callable[..., Any]) -> None:
    filed = file_one(at=AT)
    client = Client()
    client.post(f"/requests/{filed.number}/follow/", {"email": "rosa@example.org"})
    assert "open the link there" in client.get(f"/requests/{filed.number}/").text
    assert client.post(f"/requests/{filed.number}/follow/", {"email": "not mail"}).status_code == 400


def test_a_signed_in_resident_sees_that_they_follow_and_are_counted_and_can_stop(
    pothole: Category, file_one: Callable[..., Any]
) -> None:
    filed, client = file_one(at=AT), Client()
    people.sign_in(client, role="resident")
    assert "Me too" in (before := client.get(f"/requests/{filed.number}/").text)
    assert "Stop following" not in before
    client.post(f"/requests/{filed.number}/me-too/")
    page = client.get(f"/requests/{filed.number}/").text
    assert "You have the same trouble, too: you are counted." in page
    assert "Me too" not in page
    assert filed.number in client.get("/me/").text
    client.post(page.partition('">Stop following')[0].rpartition('href="')[2])
    assert "Stop following" not in client.get(f"/requests/{filed.number}/").text
    assert filed.number not in client.get("/me/").text


def test_abuse_is_reported_to_a_person(pothole: Category, file_one: Callable[..., Any]) -> None:
    from cityhall.apps.service_requests.models import AbuseReport

    filed = file_one(at=AT)
    client = Client()
    assert "What does not belong" in client.get(f"/requests/{filed.number}/report-abuse/").text
    client.post(f"/requests/{filed.number}/report-abuse/", {"reason": "a name"})
    assert AbuseReport.objects.get().reason == "a name"


def test_my_requests_need_an_account() -> None:
    assert Client().get("/me/").status_code == 302


def test_a_signed_in_resident_finds_what_they_reported(pothole: Category, file_one: Callable[..., Any]) -> None:
    client = Client()
    person = people.sign_in(client, role="resident")
    own = file_one(at=AT, actor=Actor(ActorKind.RESIDENT, person.id, "Rosa"))
    other = file_one(at=AT)
    page = client.get("/me/").text
    assert own.number in page
    assert other.number not in page


def test_what_was_reported_with_one_s_address_is_one_s_own_and_nobody_else_s(
    pothole: Category, file_one: Callable[..., Any]
) -> None:
    client = Client()
    person = people.sign_in(client, role="resident")
    before = file_one(at=AT, contact=Contact(email=person.email.upper()))
    other = file_one(at=AT, contact=Contact(email=f"not-{person.email}"))
    page = client.get("/me/").text
    assert before.number in page
    assert other.number not in page
    assert 'href="/near/mine/"' in page
