"""A request and its duplicates: who counts where, when one of them stands for itself again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.test import Client

from cityhall.apps.service_requests import public, queries, services
from cityhall.apps.service_requests.contracts import Filed, LoadedRequest, Place, State
from cityhall.apps.service_requests.models import Category, ImportedRecord, ServiceRequest
from cityhall.kernel.actors import ANONYMOUS, Actor, system

from .conftest import SPOT
from .test_contests import photo

File = Callable[..., Filed]
Count = Callable[..., list[int]]
START = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def count(db: None) -> Count:
    def told(*filed: Filed) -> list[int]:
        return [queries.one(one.number, ANONYMOUS).supporters for one in filed]

    return told


def like(filed: Filed, *people: str) -> None:
    for who in people:
        services.me_too(filed.id, actor=ANONYMOUS, who=who)


def test_what_a_duplicate_brought_goes_with_it_when_it_is_opened_again(
    pothole: Category, file_one: File, dispatcher: Actor, count: Count
) -> None:
    root, copy = file_one(), file_one()
    like(root, "phone-1")
    like(copy, "phone-1", "phone-2", "phone-3")
    services.merge(root.id, actor=dispatcher, duplicates=[copy.id])
    assert count(root) == [4], "one person once, two more, and who reported it"
    services.reopen(copy.id, actor=dispatcher, sentence="It is another hole.")
    assert count(root, copy) == [1, 3]
    page = Client().get(f"/requests/{root.number}/").text
    assert f"3 people fewer: {copy.number} stands for itself again" in page
    spanish = Client(headers={"Accept-Language": "es"}).get(f"/es/requests/{root.number}/").text
    assert f"3 personas menos: {copy.number} vuelve a valer por sí misma" in spanish
    services.merge(root.id, actor=dispatcher, duplicates=[copy.id])
    assert count(root) == [4], "as often as it comes and goes"


def test_who_came_with_two_duplicates_stays_with_the_other(
    pothole: Category, file_one: File, dispatcher: Actor, count: Count
) -> None:
    root, one, other = file_one(), file_one(), file_one()
    like(one, "phone-1")
    like(other, "phone-1")
    services.merge(root.id, actor=dispatcher, duplicates=[one.id, other.id])
    services.reopen(one.id, actor=dispatcher, sentence="It is another hole.")
    assert count(root, one) == [2, 1]
    services.reopen(other.id, actor=dispatcher, sentence="So is this.")
    assert count(root, other) == [0, 1]


def test_its_own_duplicates_go_back_with_it(pothole: Category, file_one: File, dispatcher: Actor, count: Count) -> None:
    root, middle, last, other = file_one(), file_one(), file_one(), file_one()
    like(last, "phone-1")
    services.merge(middle.id, actor=dispatcher, duplicates=[last.id])
    services.merge(root.id, actor=dispatcher, duplicates=[middle.id, other.id])
    assert count(root) == [4]
    services.reopen(middle.id, actor=dispatcher, sentence="It is another hole.")
    assert count(root, middle) == [1, 2]
    assert queries.one(last.number, ANONYMOUS).duplicate_of == middle.number
    assert queries.one(other.number, ANONYMOUS).duplicate_of == root.number
    services.merge(root.id, actor=dispatcher, duplicates=[middle.id])
    services.reopen(last.id, actor=dispatcher, sentence="So is this.")
    assert count(root, last) == [2, 1]
    services.reopen(middle.id, actor=dispatcher, sentence="Again.")
    assert count(root, middle) == [1, 0], "what had left it does not leave twice"


@pytest.mark.parametrize(("upheld", "afterwards"), [(True, [0, 2]), (False, [3, 2])])
def test_a_contest_moves_nobody_until_it_is_settled(
    pothole: Category,
    file_one: File,
    dispatcher: Actor,
    make_staff: Callable[..., Actor],
    count: Count,
    upheld: bool,
    afterwards: list[int],
) -> None:
    root, copy = file_one(), file_one()
    like(copy, "phone-1")
    services.merge(root.id, actor=dispatcher, duplicates=[copy.id])
    services.contest(copy.id, actor=ANONYMOUS, token=copy.private_token)
    assert count(root) == [2]
    like(copy, "phone-2")
    services.settle(copy.id, actor=make_staff(), upheld=upheld, sentence="We have looked.", evidence=[photo()])
    assert count(root, copy) == afterwards


def test_a_merge_nobody_may_know_of_goes_apart_as_quietly(
    pothole: Category, home: Category, file_one: File, dispatcher: Actor, count: Count
) -> None:
    root, copy = file_one(), file_one("housing")
    like(copy, "phone-1")
    before = replace(queries.one(root.number, ANONYMOUS), version=3)
    services.merge(root.id, actor=dispatcher, duplicates=[copy.id])
    services.reopen(copy.id, actor=dispatcher, sentence="It is another hole.")
    assert queries.one(root.number, ANONYMOUS) == before
    assert copy.number not in repr(queries.history(root.id, ANONYMOUS))
    assert f"{copy.number} stands for itself again" not in Client().get(f"/requests/{root.number}/").text
    assert [one.fact.value for one in queries.history(root.id, dispatcher)][-1] == "parted"


def test_a_load_that_opens_a_duplicate_again_takes_its_people_along(
    pothole: Category, file_one: File, dispatcher: Actor, count: Count
) -> None:
    def load(state: State) -> ServiceRequest:
        told = LoadedRequest(
            "pothole", START, Place(*SPOT), external_id="SD-1", row_hash=state.value, state=state, supporters=2
        )
        public.bulk_load([[told]], actor=system("Import"), source_system="san-diego")
        return ServiceRequest.objects.get(id=ImportedRecord.objects.get(external_id="SD-1").request_id)

    root, copy = file_one(), load(State.RECEIVED)
    services.merge(root.id, actor=dispatcher, duplicates=[copy.id])
    assert count(root) == [3]
    load(State.IN_PROGRESS)
    assert count(root) == [0]
