"""The whole city in the database: once, whole or not at all, and as a resident and a desk would find it."""

from __future__ import annotations

import threading

import pytest

from cityhall.apps.documents import public as documents
from cityhall.apps.identity import public as identity
from cityhall.apps.identity import queries as identity_queries
from cityhall.apps.identity.models import User
from cityhall.apps.notify.models import Message
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.service_requests import queries
from cityhall.apps.service_requests.contracts import CallFilter, DeskFilter, RequestFilter
from cityhall.demo import seed
from cityhall.demo.ground import city as ground
from cityhall.kernel import clock, offers
from cityhall.kernel.actors import ANONYMOUS

from .conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.bulky]


def test_the_city_is_built_whole_and_only_once() -> None:
    assert not seed.is_seeded()
    summary = seed.seed(now=NOW)
    assert seed.is_seeded()
    assert summary.requests > 28_000
    assert seed.seed(now=NOW) == summary
    again = seed.drawn_again()
    assert again is not None
    assert (again[1].now, len(again[1].requests)) == (NOW, summary.requests)

    city = places.city()
    assert city.name == "Harborview"
    assert city.has_boundary
    assert len(places.areas("council_district")) == 6
    [found, *_] = places.locate("Grand Ave & Alvarado St", "en")
    assert places.inside(found.lat, found.lon)
    assert len(places.areas_at(found.lat, found.lon)) == 3
    assert {layer.code for layer in places.asset_layers()} == {"streetlights", "signs", "signals", "hydrants", "trees"}

    assert {department.code for department in identity.departments()} >= {"streets", "lighting", "parks"}
    assert {"crew@harborview.example", "dispatcher@harborview.example"} <= {one.email for one in identity.people()}
    lena = next(one for one in identity.people() if one.email == "contractor@harborview.example")
    with clock.held_at(NOW):
        contractors_person = identity_queries.actor_of_account(User.objects.get(id=lena.id))
        page = queries.desk_queue(DeskFilter(), contractors_person)
    assert {row.team for row in page.items} == {"Graffiti crew"}
    assert all(person.is_demo for person in identity.people())
    iris = next(one for one in identity.people() if one.email == "calls@harborview.example")
    with clock.held_at(NOW):
        log = queries.call_log(CallFilter(), identity_queries.actor_of_account(User.objects.get(id=iris.id)))
    assert [call.taken_by for call in log.items].count("Iris Nakamura") == 12
    assert [call.taken_by for call in log.items].count("Pilar Mendoza") == 3, "for people of her district"
    assert len(log.items) == 15

    with clock.held_at(NOW):
        rosa = next(one for one in identity.people() if one.email == "supervisor@harborview.example")
        supervisor = identity_queries.actor_of_account(User.objects.get(id=rosa.id))
        waiting = queries.desk_queue(DeskFilter(approval=True), supervisor).items
        assert len(waiting) == 2
        assert queries.desk_one(waiting[0].request.number, supervisor).actions
    assert [one.use for one in offers.ready_answers.get().of(waiting[0].request.id, "pothole")].count("fixed") == 2

    [lesson, *_] = places.locate("1200 Grand Avenue", "en")
    assert queries.nearby_open("pothole", lesson.lat, lesson.lon), "the tutorial shows what is open there already"

    digest = Message.objects.get(template="subscriptions/digest")
    assert (digest.to, "/requests/" in digest.text) == ("resident@harborview.example", True), (
        "the outbox has one to look at"
    )

    page = service_requests.published(RequestFilter(), ANONYMOUS)
    assert page.items
    assert all(request.requested_at <= NOW for request in page.items)
    assert all(request.due_at for request in page.items)
    pictured = [photo for request in page.items for photo in request.photos]
    assert all(info.is_public for info in documents.info(pictured).values())


def test_an_interrupted_start_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def pulled_plug(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(seed, "_take_pictures", pulled_plug)
    with pytest.raises(KeyboardInterrupt):
        seed.seed(now=NOW)
    assert not seed.is_seeded()
    assert not places.city().name
    assert not identity.departments()


def test_an_interrupted_start_waits_for_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    drawing, waits, drawn = threading.Event(), threading.Event(), []

    def slow(picture: object) -> None:
        drawing.set()
        waits.wait(20)
        drawn.append(picture)

    def pulled_plug(*args: object) -> None:
        assert drawing.wait(20)
        raise KeyboardInterrupt

    monkeypatch.setattr(seed, "_drawn", slow)
    monkeypatch.setattr(ground, "build", pulled_plug)
    try:
        with pytest.raises(KeyboardInterrupt):
            seed.seed(now=NOW)
        assert not drawn
    finally:
        waits.set()
    assert not seed.is_seeded()


def test_every_role_has_an_account_with_a_second_factor_except_the_resident() -> None:
    roles = {account.role: account for account in seed.accounts()}
    assert set(roles) == {
        "resident", "crew", "call-taker", "council-office", "dispatcher", "supervisor", "editor", "data-steward",
        "administrator",
    }  # fmt: skip
    for account in seed.accounts():
        assert account.otpauth.startswith("otpauth://totp/") == (account.role != "resident")
        assert account.what_to_try
