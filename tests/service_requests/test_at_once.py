"""Two at once: nobody is turned away because each waits for what the other holds, and what is undone is not told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.support.at_once import Held

from cityhall.apps.notify import public as notify
from cityhall.apps.notify.models import Message
from cityhall.apps.service_requests import queries, services
from cityhall.apps.service_requests.contracts import (
    BulkPlan,
    Filed,
    LoadedRequest,
    Outcome,
    Place,
    RequestFilter,
    State,
)
from cityhall.apps.service_requests.imports import linking
from cityhall.apps.service_requests.models import Category, ServiceRequest
from cityhall.apps.service_requests.services import category_packs, loading, personal, residents, routing, telling, work
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, Actor
from cityhall.kernel.django import outbox
from cityhall.kernel.offers import Person

pytestmark = pytest.mark.django_db(transaction=True)
File = Callable[..., Filed]


def test_me_too_on_a_duplicate_beside_a_merge_of_what_stands_for_it(
    pothole: Category, file_one: File, dispatcher: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, root, other = file_one(), file_one(), file_one()
    services.merge(root.id, actor=dispatcher, duplicates=[copy.id])
    held = Held(residents.may_link)
    monkeypatch.setattr(residents, "may_link", held)
    supported, _merged = held.beside(
        lambda: services.me_too(copy.id, actor=ANONYMOUS, who="somebody"),
        lambda: services.merge(other.id, actor=dispatcher, duplicates=[root.id]),
    )
    # Once it has let go of the copy, either may be first at the root.
    assert supported.id in {root.id, other.id}
    assert ServiceRequest.objects.get(id=other.id).supporters == 3, "two reporters, and who has it too"


def test_who_waits_for_a_change_of_category_finds_the_request(
    make_category: Callable[..., Category], file_one: File, dispatcher: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_category("pothole")
    make_category("sidewalk")
    filed = file_one()
    held = Held(work.reapply_policy)
    monkeypatch.setattr(work, "reapply_policy", held)
    held.beside(
        lambda: services.change_category(filed.id, actor=dispatcher, category_code="sidewalk"),
        lambda: services.add_note(filed.id, actor=dispatcher, text="Seen."),
    )
    row = ServiceRequest.objects.get(id=filed.id)
    assert (row.category.code, row.version) == ("sidewalk", 3)


def change_both(one: Filed, other: Filed, actor: Actor) -> int:
    return len(services.apply_bulk([one.id, other.id], BulkPlan(priority=2), actor=actor).changed)


def test_a_change_of_many_beside_a_merge(
    pothole: Category, file_one: File, dispatcher: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, root, other = file_one(), file_one(), file_one()
    services.merge(root.id, actor=dispatcher, duplicates=[copy.id])
    held = Held(work.prioritise_locked)
    monkeypatch.setattr(work, "prioritise_locked", held)
    changed, _merged = held.beside(
        lambda: change_both(copy, root, dispatcher),
        lambda: services.merge(other.id, actor=dispatcher, duplicates=[root.id]),
    )
    assert changed == 2
    assert set(ServiceRequest.objects.filter(duplicate_of=other.id).values_list("id", flat=True)) == {copy.id, root.id}


def test_a_change_of_many_beside_the_new_steps_before_a_target(
    pothole: Category, file_one: File, dispatcher: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    late, soon = file_one(), file_one()
    ahead = clock.now() + timedelta(days=9)
    ServiceRequest.objects.filter(id=soon.id).update(look_at=ahead, queue_at=clock.now())
    ServiceRequest.objects.filter(id=late.id).update(look_at=ahead)  # stands behind the other in the table too
    held = Held(work.prioritise_locked)
    monkeypatch.setattr(work, "prioritise_locked", held)
    changed, _mark = held.beside(lambda: change_both(late, soon, dispatcher), lambda: routing.look_again(None, 10))
    assert changed == 2
    assert not ServiceRequest.objects.filter(look_at=ahead).exists()


def test_a_change_of_many_beside_an_import_of_what_changed_elsewhere(
    pothole: Category, file_one: File, dispatcher: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(*names: str, said: str) -> None:
        made = clock.now() - timedelta(days=9)
        rows = [LoadedRequest("pothole", made, Place(32.7, -117.1), name, said, said) for name in names]
        loading.bulk_load([rows], actor=dispatcher, source_system="test")

    load("1", "2", said="first")
    one, other = ServiceRequest.objects.order_by("id")
    held = Held(work.prioritise_locked)
    monkeypatch.setattr(work, "prioritise_locked", held)
    done, _loaded = held.beside(
        lambda: services.apply_bulk([one.id, other.id], BulkPlan(priority=2), actor=dispatcher),
        lambda: load("2", "1", said="then"),
    )
    assert len(done.changed) == 2
    assert list(ServiceRequest.objects.values_list("priority", "description")) == [(2, "then")] * 2


def test_a_change_of_many_beside_an_import_that_links_duplicates(
    pothole: Category, file_one: File, dispatcher: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = clock.now() - timedelta(days=9)
    told = {"state": State.CLOSED, "outcome": Outcome.NOT_STATED, "closed_at": made}
    rows = [LoadedRequest("pothole", made, Place(32.7, -117.1), name, name, **told) for name in ("1", "2", "3")]
    loading.bulk_load([rows], actor=dispatcher, source_system="test")
    one, other, root = ServiceRequest.objects.order_by("id")
    ServiceRequest.objects.filter(id=one.id).update(supporters=1)  # stands behind the other in the table too
    held = Held(work.prioritise_locked)
    monkeypatch.setattr(work, "prioritise_locked", held)
    done, linked = held.beside(
        lambda: services.apply_bulk([one.id, other.id], BulkPlan(priority=2), actor=dispatcher),
        lambda: linking._link([("2", "3"), ("1", "3")], "test", dispatcher),
    )
    assert (len(done.changed), linked) == (2, 2)
    assert ServiceRequest.objects.filter(duplicate_of=root, priority=2).count() == 2


def test_what_is_erased_while_a_policy_is_applied_anew_stays_erased(
    pothole: Category, file_one: File, dispatcher: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = file_one(description="Mrs Featherstonehaugh is ill.")
    finds = RequestFilter(words="featherstonehaugh")
    assert queries.published(finds, ANONYMOUS).items
    held = Held(work.reapply_policy)
    monkeypatch.setattr(work, "reapply_policy", held)
    held.beside(
        lambda: category_packs.ensure_category("pothole", group="streets", name={"en": "Hole"}),
        lambda: personal.erase(Person(requests=frozenset({filed.id}))),
    )
    assert not queries.published(finds, ANONYMOUS).items


def test_what_is_undone_while_its_followers_are_written_to_is_not_told(
    pothole: Category, file_one: File, dispatcher: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = file_one()
    notify.follow("service_request", filed.id, email="rosa@example.org", vouched=True)
    plan = BulkPlan(close=(Outcome.FIXED, "Filled."))
    done = services.apply_bulk([filed.id], plan, actor=dispatcher)
    held = Held(telling.tell)
    monkeypatch.setattr(telling, "tell", held)
    held.beside(outbox.drain, lambda: services.undo(done.change_id, actor=dispatcher))
    assert not Message.objects.exists()
