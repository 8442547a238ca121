"""Nights in a large city: each goes on where the last stopped, and what was looked at is not read again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cityhall.apps.records.contracts import HoldTerms
from cityhall.apps.records.models import PurgeRun, Walk
from cityhall.apps.records.services import holds, schedule
from cityhall.apps.service_requests import services
from cityhall.apps.service_requests.contracts import Contact, Filed, NewRequest, Outcome, Place
from cityhall.apps.service_requests.models import Category, CategoryGroup, Reporter
from cityhall.apps.service_requests.services import keeping
from cityhall.kernel import clock, offers
from cityhall.kernel.actors import ANONYMOUS, system
from cityhall.kernel.offers import Period, Retained, Step

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
OFFICER = system("Records")


@pytest.fixture
def closed(db: None) -> Callable[[timedelta], Filed]:
    group = CategoryGroup.objects.create(code="g", name={"en": "G"})
    Category.objects.create(code="pothole", group=group, name={"en": "Pothole"})

    def make(ago: timedelta) -> Filed:
        with clock.held_at(NOW - ago):
            wish = NewRequest("pothole", Place(32.7157, -117.1611), contact=Contact("Rosa", "Lee", "rosa@example.org"))
            filed = services.file_request(wish, actor=ANONYMOUS)
            services.close(filed.id, actor=system("Streets"), outcome=Outcome.FIXED, sentence="Filled.")
        return filed

    return make


@pytest.fixture
def contacts_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offers.retained, "_entries", {"contacts": offers.retained["contacts"]})
    monkeypatch.setattr(schedule, "BATCH", 2)
    schedule.start(actor=OFFICER)


def night(day: int) -> tuple[int, int]:
    """What one night removes, and how many requests its walk reads for it."""
    with clock.held_at(NOW + timedelta(days=day)), CaptureQueriesContext(connection) as said:
        removed = schedule.one_night()
    read = 0
    with connection.cursor() as cursor:
        for one in said.captured_queries:
            if one["sql"].startswith('SELECT "service_requests_servicerequest"."closed_at"'):
                cursor.execute(one["sql"])  # what is removed from a request does not take it out of the walk
                read += len(cursor.fetchall())
    return removed, read


@pytest.mark.usefixtures("contacts_alone")
def test_a_night_reads_what_is_new_however_much_was_handled(closed: Callable[[timedelta], Filed]) -> None:
    for place in range(3):
        closed(timedelta(days=800, minutes=place))
    closed(timedelta(days=729))
    assert night(0) == (3, 3)
    assert night(1) == (0, 0), "what was handled is not read again"
    assert night(2) == (1, 1), "what has become old enough since is read, and that alone"
    assert night(3) == (0, 0)
    assert not Reporter.objects.exclude(email="").exists()


@pytest.mark.usefixtures("contacts_alone")
def test_the_first_nights_go_on_where_the_bound_stopped_them(
    closed: Callable[[timedelta], Filed], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "MOST_A_NIGHT", 2)
    for place in range(5):
        closed(timedelta(days=800, minutes=place))
    assert [night(day) for day in range(4)] == [(2, 2), (2, 2), (1, 1), (0, 0)]


@pytest.mark.usefixtures("contacts_alone")
def test_what_an_import_brings_from_long_ago_goes_within_a_week(closed: Callable[[timedelta], Filed]) -> None:
    closed(timedelta(days=800))
    assert night(0) == (1, 1)
    closed(timedelta(days=900))
    assert night(6) == (0, 0)
    assert night(8) == (1, 2), "once a week the walk begins again"


@pytest.mark.usefixtures("contacts_alone")
def test_what_a_hold_kept_goes_the_night_after_it_was_lifted(closed: Callable[[timedelta], Filed]) -> None:
    kept, _gone = closed(timedelta(days=801)), closed(timedelta(days=800))
    hold = holds.place(actor=OFFICER, terms=HoldTerms("Lee v. City", "A case", numbers=(kept.number,)))
    assert night(0)[0] == 1
    assert night(1) == (0, 0)
    told = PurgeRun.objects.order_by("-at").values_list("removed", "held")
    assert list(told) == [(0, 1), (1, 1)], "what is held is told each night"
    holds.lift(actor=OFFICER, hold_id=hold)
    assert night(2)[0] == 1


@pytest.mark.usefixtures("contacts_alone")
def test_a_longer_period_does_not_lead_the_walk_back(closed: Callable[[timedelta], Filed]) -> None:
    closed(timedelta(days=800))
    night(0)
    reached = Walk.objects.get(kind="contacts").after
    schedule.choose(actor=OFFICER, kind="contacts", period=Period(5, "years"))
    assert night(1) == (0, 0)
    assert Walk.objects.get(kind="contacts").after == reached


def test_the_walk_enters_its_index_at_the_place_it_goes_on_from(closed: Callable[[timedelta], Filed]) -> None:
    filed = closed(timedelta(days=800))
    place = f"{(NOW - timedelta(days=790)).isoformat()} {filed.id}"
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        plan = keeping.passed(NOW, place)[:500].explain()
    assert "Index" in plan
    assert "request_closed" in plan
    assert "Sort" not in plan
    bound = next(line for line in plan.splitlines() if "Index Cond" in line)
    assert "closed_at >=" in bound


def test_a_kind_is_removed_in_one_way() -> None:
    with pytest.raises(ValueError, match="either"):
        offers.retained.register(Retained("both", "Both", "", Period(1, "days"), lambda before, held: 0))
    both = Retained(
        "both", "Both", "", Period(1, "days"), lambda before, held: 0, lambda before, held, limit: 0,
        lambda before, held, limit, after: Step(0, "", True),
    )  # fmt: skip
    with pytest.raises(ValueError, match="either"):
        offers.retained.register(both)
