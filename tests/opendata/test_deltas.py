"""What changed of a live dataset is published alone, and the dataset is then what it is when everything is written."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from tests.service_requests.conftest import file_one, make_category, pothole
from tests.support import city, scanning
from tests.support.ending import Ended, end

from cityhall.adapters.snapshots import appending, links, manifests
from cityhall.apps.opendata import queries
from cityhall.apps.opendata import services as opendata
from cityhall.apps.opendata.models import Dataset, Snapshot
from cityhall.apps.opendata.services import keeping, live, publishing
from cityhall.apps.service_requests import services
from cityhall.apps.service_requests.contracts import Outcome, Visibility
from cityhall.apps.service_requests.models import ServiceRequest
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor, ActorKind, system
from cityhall.kernel.ids import new_id
from cityhall.kernel.offers import Person

__all__ = ["file_one", "make_category", "pothole"]

pytestmark = pytest.mark.django_db
NAMES = ("service-requests", "service-request-events")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BY = system("Streets")
MODERATOR = Actor(ActorKind.STAFF, new_id(), permissions=frozenset({"requests.moderate"}))


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, only_live: Callable[..., None]) -> list[tuple[str, int, set[str] | None]]:
    """What each run wrote: the dataset, how many rows, and what had changed; None when it wrote everything."""
    only_live(*NAMES)
    seen: list[tuple[str, int, set[str] | None]] = []
    real = live.publish_file

    def watched(file: Any, **more: Any) -> Any:
        with file.open(encoding="utf-8", newline="") as opened:
            rows = len(list(csv.reader(opened))) - 1
        beside = more["beside"]
        seen.append((more["name"], rows, set(beside.rows.but) if beside else None))
        return real(file, **more)

    monkeypatch.setattr(live, "publish_file", watched)
    return seen


def rows(client: Client, name: str) -> list[dict[str, Any]]:
    code = Dataset.objects.get(name=name).code
    answer = client.get(f"/resource/{code}.json?$select=:*,*&$order=:id")
    found: list[dict[str, Any]] = json.loads(answer.getvalue())
    return found


def nothing_is_left_to_do(client: Client, minute: int) -> None:
    """Writing everything finds no row added, changed or removed."""
    before = {name: rows(client, name) for name in Dataset.objects.values_list("name", flat=True)}
    numbers = set(Dataset.objects.values_list("current", flat=True))
    with clock.held_at(NOON + timedelta(minutes=minute)):
        assert opendata.publish_live(at_once=True) == len(before)
    for new in Snapshot.objects.exclude(id__in=numbers):
        assert (new.added, new.changed, new.removed) == (0, 0, 0), "a base and its delta became one"
    assert not any(queries.has_delta(queries.folder_of(one)) for one in Snapshot.objects.all())
    assert {name: rows(client, name) for name in before} == before


def test_only_what_changed_is_written_and_what_it_is_linked_with(
    client: Client, pothole: Any, file_one: Callable[..., Any], runs: list[tuple[str, int, set[str] | None]]
) -> None:
    city.build()
    with clock.held_at(NOON - timedelta(hours=2)):
        old, root, copy = (file_one("pothole") for _ in range(3))
    with clock.held_at(NOON):
        assert opendata.publish_live() == 2
    assert [changed for _name, _rows, changed in runs] == [None, None]
    first = {row["number"]: row for row in rows(client, "service-requests")}
    runs.clear()

    with clock.held_at(NOON + timedelta(minutes=10)):
        services.close(copy.id, actor=BY, outcome=Outcome.DUPLICATE, sentence="Known.", duplicate_of=root.id)
        new = file_one("pothole")
        services.add_note(new.id, actor=BY, text="Call 619-555-0143.", visibility=Visibility.PUBLIC)
    with clock.held_at(NOON + timedelta(minutes=11)):
        assert opendata.publish_live() == 2
    touched = {root.number, copy.number, new.number}
    assert [changed for _name, _rows, changed in runs] == [touched, touched]
    assert runs[0][1] == 3, "of requests, a row for each"
    found = {row["number"]: row for row in rows(client, "service-requests")}
    assert found.keys() == {old.number, *touched}
    assert found[old.number] == first[old.number]
    assert found[copy.number][":id"] == first[copy.number][":id"]
    assert found[copy.number][":created_at"] == first[copy.number][":created_at"]
    assert found[copy.number][":updated_at"] > first[copy.number][":updated_at"]
    assert found[copy.number]["duplicate_of"] == root.number
    current = Dataset.objects.select_related("current").get(name="service-requests").current
    assert current is not None
    assert (current.rows, current.added, current.changed, current.removed) == (4, 1, 2, 0)
    assert queries.has_delta(queries.folder_of(current)), "the rest was not written again"
    words = [row.get("words", "") for row in rows(client, "service-request-events") if row["number"] == new.number]
    assert any(words)
    assert "555" not in "".join(words)
    nothing_is_left_to_do(client, 12)


def test_what_is_taken_down_is_gone_and_so_is_its_name_in_what_it_was_linked_with(
    client: Client, pothole: Any, file_one: Callable[..., Any], runs: list[tuple[str, int, set[str] | None]]
) -> None:
    city.build()
    with clock.held_at(NOON - timedelta(hours=2)):
        root, copy = file_one("pothole"), file_one("pothole")
        services.close(copy.id, actor=BY, outcome=Outcome.DUPLICATE, sentence="Known.", duplicate_of=root.id)
    with clock.held_at(NOON):
        opendata.publish_live()
    assert any(row.get("other_number") == copy.number for row in rows(client, "service-request-events"))
    runs.clear()

    with clock.held_at(NOON + timedelta(minutes=10)):
        services.moderate(copy.id, actor=MODERATOR, hidden=True)
    with clock.held_at(NOON + timedelta(minutes=11)):
        assert opendata.publish_live() == 2
    assert [changed for _name, _rows, changed in runs] == [{root.number, copy.number}] * 2
    for name in NAMES:
        assert copy.number not in json.dumps(rows(client, name))
        assert root.number in json.dumps(rows(client, name))
    nothing_is_left_to_do(client, 12)


def test_everything_is_written_once_an_hour_and_after_a_category_changed(
    pothole: Any, file_one: Callable[..., Any], runs: list[tuple[str, int, set[str] | None]],
    only_live: Callable[..., None],
) -> None:  # fmt: skip
    only_live(NAMES[0])
    city.build()
    with clock.held_at(NOON):
        one = file_one("pothole")
        opendata.publish_live()
        pothole.place_policy = "withheld"
        pothole.save()
    for minutes in (1, 61):
        with clock.held_at(NOON + timedelta(minutes=minutes)):
            ServiceRequest.objects.filter(id=one.id).update(updated_at=clock.now())
            opendata.publish_live()
    assert [changed for _name, _rows, changed in runs] == [None] * 3


def test_when_another_run_came_between_nothing_is_published_and_the_next_minute_mends_it(
    client: Client, pothole: Any, file_one: Callable[..., Any], runs: list[tuple[str, int, set[str] | None]],
    monkeypatch: pytest.MonkeyPatch, only_live: Callable[..., None],
) -> None:  # fmt: skip
    only_live(NAMES[0])
    city.build()
    with clock.held_at(NOON):
        file_one("pothole")
        opendata.publish_live()
    watched = live.publish_file

    def overtaken(file: Any, **more: Any) -> Any:
        monkeypatch.setattr(live, "publish_file", watched)
        file_one("pothole")
        opendata.publish_live(at_once=True)
        return watched(file, **more)

    with clock.held_at(NOON + timedelta(minutes=1)):
        file_one("pothole")
        monkeypatch.setattr(live, "publish_file", overtaken)
        opendata.publish_live()
    with clock.held_at(NOON + timedelta(minutes=2)):
        opendata.publish_live()
    assert len(rows(client, "service-requests")) == 3
    nothing_is_left_to_do(client, 3)


def test_what_is_erased_is_in_no_base_and_no_delta_and_what_is_taken_down_leaves_the_disk_within_the_hour(
    client: Client, pothole: Any, file_one: Callable[..., Any], runs: list[tuple[str, int, set[str] | None]],
    only_live: Callable[..., None],
) -> None:  # fmt: skip
    only_live(NAMES[0])
    city.build()

    def on_the_disk() -> set[str]:
        return set(scanning.in_folder(queries.folder(), ("violets", "tulips", "daisies")))

    with clock.held_at(NOON - timedelta(hours=2)):
        early, other = (file_one("pothole", description=f"Beside the {one}.") for one in ("violets", "tulips"))
    with clock.held_at(NOON):
        opendata.publish_live()
    with clock.held_at(NOON + timedelta(minutes=2)):
        late = file_one("pothole", description="Beside the daisies.")
        services.moderate(other.id, actor=MODERATOR, hidden=True)
    with clock.held_at(NOON + timedelta(minutes=3)):
        assert opendata.publish_live() == 1
    current = Snapshot.objects.get()
    assert queries.has_delta(queries.folder_of(current))
    assert "tulips" not in json.dumps(rows(client, NAMES[0]))
    assert on_the_disk() == {"violets", "tulips", "daisies"}

    ServiceRequest.objects.filter(id=early.id).update(description="")
    keeping.erase(Person(email="rosa@example.org"))
    with clock.held_at(NOON + timedelta(minutes=20)):
        assert opendata.publish_live() == 1
    assert on_the_disk() == {"daisies"}

    with clock.held_at(NOON + timedelta(minutes=30)):
        services.moderate(late.id, actor=MODERATOR, hidden=True)
    with clock.held_at(NOON + timedelta(minutes=31)):
        assert opendata.publish_live() == 1
    assert on_the_disk() == {"daisies"}
    assert "daisies" not in json.dumps(rows(client, NAMES[0]))
    with clock.held_at(NOON + timedelta(minutes=61)):
        assert opendata.publish_live() == 1
    assert on_the_disk() == set()


def test_ended_at_whatever_step_the_minute_before_stays_up_and_the_next_is_right(
    client: Client, pothole: Any, file_one: Callable[..., Any], monkeypatch: pytest.MonkeyPatch,
    only_live: Callable[..., None],
) -> None:  # fmt: skip
    only_live(NAMES[0])
    city.build()
    with clock.held_at(NOON):
        file_one("pothole")
        opendata.publish_live()
    before = rows(client, NAMES[0])
    with clock.held_at(NOON + timedelta(minutes=1)):
        file_one("pothole")
        for module, step in (
            (links, "link"), (appending, "_touch"), (appending, "_join"), (manifests, "keep"),
            (publishing, "_switch"), (publishing, "_move"),
        ):  # fmt: skip
            with monkeypatch.context() as ending, pytest.raises(Ended), transaction.atomic():
                ending.setattr(module, step, end)
                opendata.publish_live()
            assert rows(client, NAMES[0]) == before, step
            assert list((queries.folder() / "making").iterdir()) == [], step
    with clock.held_at(NOON + timedelta(minutes=2)):
        assert opendata.publish_live() == 1
    assert queries.has_delta(queries.folder_of(Snapshot.objects.get()))
    nothing_is_left_to_do(client, 3)
