"""What is probably the same is found, shown to whom it may be shown, and merged without losing anybody or anything."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from PIL import Image
from tests.support.people import sign_in

from cityhall.apps.documents import public as documents
from cityhall.apps.notify import public as notify
from cityhall.apps.service_requests import queries, services
from cityhall.apps.service_requests.contracts import (
    DeskFilter,
    Filed,
    LoadedRequest,
    Outcome,
    Place,
    State,
    Why,
)
from cityhall.apps.service_requests.models import Category, CategoryGroup, Likeness, ServiceRequest
from cityhall.apps.service_requests.queries.reading import row_of
from cityhall.apps.service_requests.services import likeness, loading
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, Actor

File = Callable[..., Filed]
SPOT = (32.7157, -117.1611)
NEAR = (32.7158, -117.1611)
pytestmark = pytest.mark.django_db


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "#667788").save(out, "JPEG")
    return out.getvalue()


def test_the_likeliest_comes_first_with_its_reasons(
    pothole: Category, make_category: Callable[..., Category], file_one: File
) -> None:
    make_category("street-damage")
    animals = CategoryGroup.objects.create(code="animals", name={"en": "Animals"})
    Category.objects.create(code="loose-dog", group=animals, name={"en": "Loose dog"})
    farther = file_one(place=Place(32.7161, -117.1611), description="deep hole")
    same = file_one(place=Place(*NEAR, address="1202 Grand Ave"), description="deep hole in the lane")
    related = file_one("street-damage", place=Place(*SPOT, address="1202 Grand Ave"))
    file_one("loose-dog", place=Place(*SPOT, address="1202 Grand Ave"))
    file_one(place=Place(32.75, -117.1611))

    found = queries.likely_open("pothole", *SPOT, address="1202 Grand Avenue", words="a deep hole")

    assert [one.request.number for one in found][:1] == [same.number]
    assert {one.request.number for one in found} == {same.number, farther.number, related.number}
    reasons = {reason.why: reason.value for reason in found[0].reasons}
    assert reasons[Why.WORDS] == ("deep", "hole")
    assert {Why.ADDRESS, Why.CATEGORY, Why.DISTANCE} <= set(reasons)
    assert [one.probability for one in found] == sorted((one.probability for one in found), reverse=True)


def test_what_lies_beyond_reach_takes_nobodys_place(
    pothole: Category, file_one: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = file_one(place=Place(*NEAR))
    for _ in range(3):  # newer, of the kind, and in the cells around: 190 m north
        file_one(place=Place(SPOT[0] + 0.0017, SPOT[1]))
    monkeypatch.setattr("cityhall.apps.service_requests.queries.likely._MOST", 2)
    assert [one.request.number for one in queries.likely_open("pothole", *SPOT)] == [near.number]


def test_the_photos_place_counts_as_well_as_the_one_that_was_named(pothole: Category, file_one: File) -> None:
    there = file_one(place=Place(SPOT[0] + 0.0017, SPOT[1]), description="deep hole in the lane")
    assert not queries.likely_open("pothole", *SPOT)
    found = queries.likely_open("pothole", *SPOT, photo_place=(SPOT[0] + 0.0016, SPOT[1]))
    assert [one.request.number for one in found] == [there.number]


def test_what_the_public_may_not_know_is_neither_used_nor_shown(
    home: Category, secret: Category, file_one: File
) -> None:
    file_one("housing", description="the stairs are rotten")
    file_one("welfare")
    with clock.held_at(clock.now()):
        plain = queries.likely_open("housing", *SPOT)
        told = queries.likely_open("housing", *SPOT, words="the stairs are rotten")
    assert [one.probability for one in plain] == [one.probability for one in told], "a withheld text tells nothing"
    assert plain[0].metres >= 45, "a coarse place is never near"
    assert plain[0].request.description == ""
    assert queries.likely_open("welfare", *SPOT) == ()
    assert queries.likely_open("nothing", *SPOT) == ()


def test_staff_see_suggestions_of_their_own_work_only(
    pothole: Category, file_one: File, dispatcher: Actor, make_staff: Callable[..., Actor]
) -> None:
    first, second = file_one(at=NEAR), file_one()
    assert [one.request.id for one in queries.desk_one(second.number, dispatcher).likely] == [first.id]
    team, other = uuid.uuid4(), uuid.uuid4()
    assert queries.likely_same(row_of(second.id), make_staff(teams={team}, departments={other})) == ()
    services.close(first.id, actor=dispatcher, outcome=Outcome.FIXED, sentence="Filled.")
    assert queries.desk_one(second.number, dispatcher).likely == ()
    assert queries.desk_one(first.number, dispatcher).likely == (), "what is closed needs no suggestion"


def test_the_queue_lists_the_later_one_until_either_is_closed(
    pothole: Category, file_one: File, dispatcher: Actor
) -> None:
    first, second = file_one(at=NEAR), file_one()
    file_one(at=(32.75, -117.1611))
    assert likeness.look_on() == 0, "nothing waits: each is looked at when it is filed"
    assert likeness.find_missed() == 3
    assert likeness.look_on() == 3
    assert likeness.find_missed() + likeness.look_on() == 0, "each is looked at once"
    repeats = DeskFilter(repeats=True)
    assert [row.request.number for row in queries.desk_queue(repeats, dispatcher).items] == [second.number]

    services.close(first.id, actor=dispatcher, outcome=Outcome.FIXED, sentence="Filled.")
    assert queries.desk_queue(repeats, dispatcher).items == ()
    likeness.look(first.id)
    assert not Likeness.objects.filter(request_id=first.id).exists()
    assert Likeness.objects.get(request_id=second.id).at is None, "the other is looked at again"
    assert likeness.look_on() == 1
    assert Likeness.objects.get(request_id=second.id).other_id is None


def test_what_is_loaded_waits_to_be_looked_at(pothole: Category, dispatcher: Actor) -> None:
    place = Place(32.7157, -117.1611, "1202 Grand Ave")
    rows = [LoadedRequest("pothole", clock.now(), place, external_id=str(number)) for number in range(2)]
    loading.bulk_load([rows], actor=dispatcher, source_system="test")
    assert likeness.look_on() == 2


def test_a_merge_keeps_every_photo_and_every_follower(
    client: Client, pothole: Category, file_one: File, dispatcher: Actor
) -> None:
    first = file_one(at=NEAR)
    photo = documents.take(jpeg(), filename="hole.jpg", actor=ANONYMOUS).id
    second = file_one(photos=(photo,))
    person = uuid.uuid4()
    notify.follow("service_request", second.id, user_id=person, language="en", about="it")

    services.merge(first.id, actor=dispatcher, duplicates=[second.id], sentence="")

    assert ServiceRequest.objects.get(id=second.id).duplicate_of_id == first.id
    assert queries.photos_of_repeats(first.id, ANONYMOUS) == ((second.number, photo),)
    assert queries.photos_of_repeats(first.id, dispatcher) == ((second.number, photo),)
    assert queries.desk_one(first.number, dispatcher).followers == 1
    page = client.get(f"/requests/{first.number}/").content.decode()
    assert f"from report {second.number}" in page


def test_photos_a_policy_withholds_stay_withheld_from_the_public_after_a_merge(
    home: Category, file_one: File, dispatcher: Actor
) -> None:
    first = file_one("housing")
    photo = documents.take(jpeg(), filename="stairs.jpg", actor=ANONYMOUS).id
    second = file_one("housing", photos=(photo,))
    services.merge(first.id, actor=dispatcher, duplicates=[second.id], sentence="")
    assert queries.photos_of_repeats(first.id, ANONYMOUS) == ()
    assert queries.photos_of_repeats(first.id, dispatcher) == ((second.number, photo),)


def test_joining_a_duplicate_follows_the_real_work(
    client: Client, pothole: Category, file_one: File, dispatcher: Actor
) -> None:
    first, second = file_one(at=NEAR), file_one()
    services.merge(first.id, actor=dispatcher, duplicates=[second.id], sentence="")
    before = ServiceRequest.objects.get(id=first.id).supporters
    sign_in(client, "resident")
    answer = client.post(f"/requests/{second.number}/me-too/")
    assert answer["Location"] == f"/requests/{first.number}/"
    assert notify.followers_count("service_request", first.id) == 1
    assert notify.followers_count("service_request", second.id) == 0
    assert ServiceRequest.objects.get(id=first.id).supporters == before + 1


def test_the_desk_merges_a_suggestion_in_one_step(pothole: Category, file_one: File) -> None:
    first, second = file_one(at=NEAR), file_one()
    desk = Client()
    sign_in(desk, "supervisor")
    page = desk.get(f"/desk/requests/{second.number}/").content.decode()
    assert "Probably the same trouble" in page
    assert f"Merge this one into {first.number}" in page
    request = ServiceRequest.objects.get(id=second.id)
    answer = desk.post(
        f"/desk/requests/{second.number}/merge/",
        {"version": request.version, "other": first.number, "keep": "other", "command_id": str(uuid.uuid4())},
        follow=True,
    )
    assert "Merged. Followers move along and are told." in answer.content.decode()
    request.refresh_from_db()
    assert (request.state, request.duplicate_of_id) == (State.CLOSED, first.id)
