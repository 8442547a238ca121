"""The city's own requests are open data within a minute, and show what their own pages show, no more."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.service_requests.conftest import file_one, make_category, pothole
from tests.support import city
from tests.support.people import sign_in

from cityhall.apps.opendata import services
from cityhall.apps.opendata.models import Dataset, Snapshot
from cityhall.apps.opendata.services import live
from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.service_requests.contracts import RequestFilter
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, Actor, ActorKind, system
from cityhall.kernel.django.models import AuditEntry
from cityhall.kernel.errors import Invalid, NotAllowed

__all__ = ["file_one", "make_category", "pothole"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _requests_only(only_live: Callable[..., None]) -> None:
    only_live("service-requests")


def rows(client: Client) -> dict[str, dict[str, Any]]:
    code = Dataset.objects.get(name="service-requests").code
    answer = client.get(f"/resource/{code}.json")
    return {row["number"]: row for row in json.loads(answer.getvalue())}


def test_each_policy_shows_at_this_door_what_it_shows_at_the_others(
    client: Client, make_category: Callable[..., Any], file_one: Callable[..., Any]
) -> None:
    city.build()
    for place in ("exact", "generalised", "withheld"):
        make_category(f"kind-{place}", place_policy=place)
        file_one(f"kind-{place}", description="Write to me at rosa@example.org, please.")
    services.publish_live()

    found = rows(client)
    others = {one.number: one for one in service_requests.published(RequestFilter(), ANONYMOUS).items}
    assert len(others) == 3 and found.keys() == others.keys()
    for number, one in others.items():
        row = found[number]
        point = row.get("location")
        assert (point["coordinates"] if point else None) == ([one.lon, one.lat] if one.lat is not None else None)
        assert row.get("address", "") == one.address
        assert "rosa@example.org" not in json.dumps(row)
        assert bool(row.get("description")) == bool(one.description)


def test_a_new_request_is_there_at_the_next_look_and_nothing_is_written_when_nothing_is_new(
    client: Client, pothole: Any, file_one: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    city.build()
    first = file_one("pothole")
    assert services.publish_live() == 1
    assert services.publish_live() == 0
    second = file_one("pothole")
    now = clock.now() + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: now)
    assert services.publish_live() == 1
    assert rows(client).keys() == {first.number, second.number}
    assert Snapshot.objects.count() == 1  # what was erased or withheld since is in no older one


def test_what_was_recalled_is_not_published_again_by_itself(
    client: Client, pothole: Any, file_one: Callable[..., Any]
) -> None:
    city.build()
    file_one("pothole")
    services.publish_live()
    Snapshot.objects.update(recalled_at=clock.now(), recall_reason="It leaked.")
    services.forget_marks()
    assert services.publish_live() == 0


def test_a_person_has_it_published_again_after_a_recall_and_a_recalled_column_stays_back(
    client: Client, pothole: Any, file_one: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    city.build()
    file_one("pothole")
    services.publish_live()
    with pytest.raises(Invalid):
        services.publish_again("service-requests", actor=system("Test"))
    with pytest.raises(NotAllowed):
        services.publish_again("service-requests", actor=Actor(ActorKind.STAFF, uuid.uuid4(), "S", frozenset()))
    services.recall("service-requests", actor=system("Test"), reason="It leaked.", column="address")
    assert services.publish_live() == 0
    services.publish_again("service-requests", actor=system("Test"))
    services.forget_marks()
    now = clock.now() + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: now)
    assert services.publish_live() == 1
    shown = rows(client)
    assert shown and all("address" not in one for one in shown.values())
    file_one("pothole")
    later = now + timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert services.publish_live() == 1
    shown = rows(client)
    assert len(shown) == 2 and all("address" not in one for one in shown.values())


def test_the_desk_offers_to_publish_it_again_only_after_a_recall(
    client: Client, pothole: Any, file_one: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    city.build()
    file_one("pothole")
    services.publish_live()
    sign_in(client, "data-steward")
    page = f"/desk/data/{Dataset.objects.get().code}/"
    assert f'action="{page}again/"' not in client.get(page).content.decode()
    assert "whose newest version was recalled" in client.post(f"{page}again/", follow=True).content.decode()
    services.recall("service-requests", actor=system("Test"), reason="It leaked.", snapshots=[1])
    assert f'action="{page}again/"' in client.get(page).content.decode()
    asked = client.post(f"{page}again/", follow=True).content.decode()
    assert "published again within a minute" in asked and "It waits to be published again." in asked
    assert f'action="{page}again/"' not in asked, "nobody asks for it twice"
    assert "Waits to be published again" in client.get("/desk/data/").content.decode()
    client.post(f"{page}again/")
    assert AuditEntry.objects.filter(action="opendata.published_again").count() == 1
    now = clock.now() + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: now)
    assert services.publish_live() == 1
    assert "It waits to be published again." not in client.get(page).content.decode()


def test_what_is_forgotten_while_rows_are_written_is_written_anew(
    client: Client, pothole: Any, file_one: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    city.build()
    file_one("pothole")
    services.publish_live()
    real = live.publish_file

    def erased_meanwhile(*given: Any, **more: Any) -> Any:
        services.forget_marks()
        return real(*given, **more)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(live, "publish_file", erased_meanwhile)
        services.publish_live(at_once=True)
    now = clock.now() + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: now)
    assert services.publish_live() == 1


def test_the_pages_say_when_it_was_written_and_that_no_older_version_is_kept(
    client: Client, pothole: Any, file_one: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    city.build()
    file_one("pothole")
    services.publish_live()
    code, at = Dataset.objects.values_list("code", "current__checked_at").get(name="service-requests")
    monkeypatch.setattr(clock, "now", lambda: at + timedelta(seconds=20))
    page = client.get(f"/data/{code}/").text
    assert "20 seconds ago" in page
    assert "Why there are no earlier versions" in page
    assert "hace 20 segundos" in client.get(f"/es/data/{code}/").text
    versions = client.get(f"/data/{code}/versions/").text
    assert "Only the newest version is kept" in versions
    assert "Each version stays" not in versions
    assert "$$changes" not in versions
