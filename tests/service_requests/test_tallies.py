"""Tallies are kept as requests change; a plain count of the requests, in Python, must always come to the same."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from cityhall.apps.identity import public as identity
from cityhall.apps.places import public as places
from cityhall.apps.places.contracts import AreaRow
from cityhall.apps.service_requests import public, queries, services
from cityhall.apps.service_requests.contracts import (
    Contact,
    Fact,
    Filed,
    LoadedEvent,
    LoadedRequest,
    Outcome,
    Place,
    State,
    TallyBy,
    TallyFilter,
)
from cityhall.apps.service_requests.jobs import add_up_tallies
from cityhall.apps.service_requests.models import (
    Category,
    Contest,
    HistoryEvent,
    OpenTally,
    ServiceRequest,
    Tally,
    TallyChange,
)
from cityhall.apps.service_requests.rules.tallies import DAY_EDGES, quantile
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, Actor, system
from cityhall.kernel.errors import CityhallError
from cityhall.kernel.offers import Person

pytestmark = pytest.mark.django_db
File = Callable[..., Filed]
ZONE = "America/Los_Angeles"


def square(west: float, south: float, size: float) -> dict[str, Any]:
    corners = [(0, 0), (size, 0), (size, size), (0, size), (0, 0)]
    return {"type": "Polygon", "coordinates": [[[west + x, south + y] for x, y in corners]]}


@pytest.fixture
def town(make_category: Callable[..., Category]) -> None:
    places.set_city(name="Testville", time_zone=ZONE)
    places.replace_areas(
        "district", [AreaRow(str(n), {"en": f"D{n}"}, square(-117.2 + n / 10, 32.7, 0.1)) for n in (0, 1)]
    )
    places.replace_areas("quarter", [AreaRow("all", {"en": "All"}, square(-117.2, 32.7, 0.2))])
    streets, parks = (identity.ensure_department(code, {"en": code}) for code in ("streets", "parks"))
    make_category("pothole", target_days=3, department_id=streets)
    make_category("tree", department_id=parks)
    make_category("camp", target_days=1, place_policy="generalised")
    make_category("welfare", place_policy="withheld")


def counted() -> tuple[Counter[Any], Counter[Any]]:
    """Count the requests one by one: what each row of the tallies must say, rows of nothing left out."""
    zone = ZoneInfo(ZONE)
    months: Counter[Any] = Counter()
    days: Counter[Any] = Counter()

    def local(moment: datetime | None) -> date | None:
        return moment.astimezone(zone).date() if moment else None

    for one in ServiceRequest.objects.filter(hidden=False):
        facts = [("opened", local(one.requested_at))]
        if one.state == "closed":
            facts.append((one.outcome, local(one.closed_at)))
            if one.outcome == "fixed":
                took = max(0.0, (one.closed_at - one.requested_at) / timedelta(days=1))
                facts.append((f"days {sum(edge <= took for edge in DAY_EDGES)}", local(one.closed_at)))
        if one.due_at:
            facts.append(("due", local(one.due_at)))
            if one.closed_at and one.closed_at <= one.due_at:
                facts.append(("met", local(one.due_at)))
        contests = HistoryEvent.objects.filter(request=one, fact="contested").values_list("at", flat=True)
        facts += [("contested", local(at)) for at in contests]
        upheld = Contest.objects.filter(request=one, upheld=True).values_list("at", flat=True)
        facts += [("upheld", local(at)) for at in upheld]
        for area, category in product([None, *one.public_areas], [None, one.category_id]):
            told_apart = (area, category, False, one.department_id, one.team_id)
            for who in [told_apart] if category else [told_apart, (area, None, True, None, None)]:
                for name, day in facts:
                    assert day is not None
                    months[(name, day.replace(day=1), *who)] += 1
                    months[(name, None, *who)] += 1
                if one.state != "closed":
                    days[("filed", local(one.requested_at), *who)] += 1
                    days[("filed", None, *who)] += 1
                    if one.due_at:
                        days[("due", local(one.due_at), *who)] += 1
                        days[("due", None, *who)] += 1
    return months, days


def kept() -> tuple[Counter[Any], Counter[Any]]:
    """Read the tallies in the same words."""
    months: Counter[Any] = Counter()
    for row in Tally.objects.all():
        who = (row.month, row.area, row.category, row.whole, row.department, row.team)
        for name in ("opened", *Outcome, "due", "met", "contested", "upheld"):
            months[(str(name), *who)] += getattr(row, name)
        for step, count in enumerate(row.days):
            months[(f"days {step}", *who)] += count
    days = Counter(
        {(row.kind, row.day, row.area, row.category, row.whole, row.department, row.team): row.count
         for row in OpenTally.objects.all()}
    )  # fmt: skip
    return Counter({key: n for key, n in months.items() if n}), days


def agree() -> None:
    add_up_tallies(0)
    assert not TallyChange.objects.exists()
    (months, days), (kept_months, kept_days) = counted(), kept()
    assert kept_months == months
    assert kept_days == days
    assert services.recount_tallies() == {"differences": 0, "first": []}


def loaded(index: int, chance: random.Random) -> LoadedRequest:
    at = datetime(2026, 1, 1, 3, tzinfo=UTC) + timedelta(hours=chance.randrange(6000))
    outcome = chance.choice([None, *(one for one in Outcome if one is not Outcome.DUPLICATE)])
    events: tuple[LoadedEvent, ...] = (LoadedEvent(Fact.RECEIVED, at),)
    if chance.random() < 0.3:
        events += (LoadedEvent(Fact.CONTESTED, at + timedelta(days=20)),)
    return LoadedRequest(
        chance.choice(["pothole", "tree", "camp", "welfare"]),
        at,
        Place(32.7 + chance.random() / 10, -117.25 + chance.random() / 3),
        external_id=str(index),
        row_hash=str(chance.random()),
        state=State.CLOSED if outcome else State.RECEIVED,
        outcome=outcome,
        outcome_sentence="Done." if outcome else "",
        closed_at=at + timedelta(hours=chance.randrange(20_000)) if outcome else None,
        events=events,
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_happens_the_tallies_are_what_a_recount_finds(
    town: None, file_one: File, dispatcher: Actor, contact: Contact, seed: int
) -> None:
    chance = random.Random(seed)
    now = [datetime(2026, 3, 1, 5, tzinfo=UTC)]
    staff = system("Streets")
    ids: list[uuid.UUID] = []

    def file() -> None:
        spot = (32.7 + chance.random() / 10, -117.25 + chance.random() / 3)
        ids.append(file_one(chance.choice(["pothole", "tree", "camp", "welfare"]), at=spot, contact=contact).id)

    def load() -> None:
        public.bulk_load([[loaded(n, chance) for n in range(30)]], actor=staff, source_system="old")

    def close() -> None:
        outcome = chance.choice([Outcome.FIXED, Outcome.FIXED, Outcome.NOT_FOUND, Outcome.CANNOT])
        services.close(chance.choice(ids), actor=staff, outcome=outcome, sentence="Done and dusted.")

    def raw(**changes: Any) -> None:
        ServiceRequest.objects.filter(id__in=chance.sample(ids, min(3, len(ids)))).update(**changes)

    acts: list[Callable[[], Any]] = [
        file, file, file, load, close, close, close,
        lambda: services.contest(chance.choice(ids), actor=ANONYMOUS, sentence="It is still there."),
        lambda: services.settle(
            Contest.objects.filter(upheld=None).earliest("at").request_id,
            actor=staff, upheld=True, sentence="You are right.",
        ),
        lambda: services.reopen(chance.choice(ids), actor=staff, sentence="We look again."),
        lambda: services.change_category(
            chance.choice(ids), actor=staff, category_code=chance.choice(["tree", "camp", "welfare"])
        ),
        lambda: services.move_place(chance.choice(ids), actor=staff, place=Place(32.75, -117.2 + chance.random() / 5)),
        lambda: services.merge(chance.choice(ids), actor=staff, duplicates=[chance.choice(ids)]),
        lambda: services.assign(
            chance.choice(ids), actor=staff, department_id=chance.choice(identity.departments()).id
        ),
        lambda: raw(hidden=True),
        lambda: raw(hidden=False),
    ]  # fmt: skip
    file()
    for step in range(60):
        now[0] += timedelta(hours=chance.randrange(1, 60))
        with clock.held_at(now[0]), suppress(CityhallError, Contest.DoesNotExist):
            chance.choice(acts)()
        if step % 15 == 14:
            agree()
    for _closed in range(6):
        file()
        services.close(ids[-1], actor=staff, outcome=Outcome.FIXED, sentence="Done and dusted.")
    services.contest(ids[-1], actor=ANONYMOUS, sentence="It is not.", by_system=True)
    services.settle(ids[-1], actor=staff, upheld=True, sentence="You are right.")
    agree()
    told = queries.tallies(TallyFilter())[()]
    assert sum(told.closed.values()) >= 5
    assert told.upheld >= 1
    from cityhall.apps.service_requests.services import keeping, personal
    from cityhall.kernel.offers import Held

    personal.erase(Person(email=contact.email))
    for kind in keeping.kept_kinds():
        if kind.step:
            kind.step(now[0] + timedelta(days=1), Held(), 1000, "")
        else:
            kind.purge(now[0] + timedelta(days=1), Held(), 1000)
    agree()
    HistoryEvent.objects.all().delete()
    agree()


def test_a_tally_that_went_wrong_is_mended_and_told(town: None, file_one: File) -> None:
    file_one("pothole")
    add_up_tallies(0)
    Tally.objects.filter(category=None, area=None, whole=True, month=None).update(opened=7)
    OpenTally.objects.filter(kind="due", day=None, area=None, whole=True).delete()
    told = services.recount_tallies()
    assert told["differences"] == 2
    assert {one.get("opened", one.get("kind")) for one in told["first"]} == {-6, "due"}
    agree()


def test_what_a_supervisor_finds_right_counts_where_it_was_contested_and_moves_with_the_request(
    town: None, file_one: File, dispatcher: Actor
) -> None:
    filed = file_one("pothole", at=(32.75, -117.15))
    services.close(filed.id, actor=system("Streets"), outcome=Outcome.FIXED, sentence="Done.")
    services.contest(filed.id, actor=ANONYMOUS, token=filed.private_token)
    add_up_tallies(0)
    assert (queries.tallies(TallyFilter())[()].contested, queries.tallies(TallyFilter())[()].upheld) == (1, 0)
    services.settle(filed.id, actor=dispatcher, upheld=True, sentence="You are right.")
    services.change_category(filed.id, actor=dispatcher, category_code="tree")
    agree()
    told = {key[0]: one.upheld for key, one in queries.tallies(TallyFilter(), [TallyBy.CATEGORY]).items()}
    tree, pothole = (Category.objects.get(code=code).id for code in ("tree", "pothole"))
    assert (told[tree], told.get(pothole, 0)) == (1, 0)
    ServiceRequest.objects.filter(id=filed.id).update(hidden=True)
    agree()
    assert () not in queries.tallies(TallyFilter()), "what was taken down is in no figure"
    ServiceRequest.objects.filter(id=filed.id).update(hidden=False)
    Contest.objects.all().delete()
    agree()
    assert queries.tallies(TallyFilter())[()].upheld == 0


def test_another_time_zone_counts_all_again(town: None, file_one: File) -> None:
    filed = file_one("pothole")
    ServiceRequest.objects.filter(id=filed.id).update(requested_at=datetime(2026, 3, 1, 5, tzinfo=UTC))
    add_up_tallies(0)
    assert set(queries.tallies(TallyFilter(), [TallyBy.MONTH])) >= {(date(2026, 2, 1),)}
    places.set_city(time_zone="Asia/Tokyo")
    add_up_tallies(0)
    opened = {key for key, one in queries.tallies(TallyFilter(), [TallyBy.MONTH]).items() if one.opened}
    assert opened == {(date(2026, 3, 1),)}


def test_a_place_that_is_withheld_is_in_no_area(town: None, file_one: File) -> None:
    area = places.areas("quarter")[0].id
    for category in ("pothole", "camp", "welfare"):
        file_one(category, at=(32.75, -117.15))
    add_up_tallies(0)
    assert queries.tallies(TallyFilter())[()].opened == 3
    assert queries.tallies(TallyFilter(areas=(area,)), [TallyBy.AREA])[(area,)].opened == 2


def test_staff_see_the_counts_of_their_own_work(town: None, file_one: File, make_staff: Callable[..., Actor]) -> None:
    streets = next(one.id for one in identity.departments() if one.code == "streets")
    for category in ("pothole", "tree", "tree"):
        file_one(category)
    add_up_tallies(0)
    theirs = make_staff(departments=[streets])
    assert queries.tallies(TallyFilter(), actor=theirs)[()].opened == 1
    assert queries.tallies(TallyFilter(), actor=make_staff())[()].opened == 3
    assert queries.open_ages(TallyFilter(), [date(2020, 1, 1)], actor=theirs) == [0, 1]
    with pytest.raises(CityhallError):
        queries.tallies(TallyFilter(), actor=ANONYMOUS)


@pytest.mark.parametrize(
    ("days", "share", "told"),
    [([], 0.5, None), ([0.5] * 10, 0.5, 0.5), ([10.0] * 4, 0.5, 10.0), ([1000.0], 0.5, 730.0)],
)
def test_days_are_told_from_steps(days: list[float], share: float, told: float | None) -> None:
    assert quantile(_steps(days), share) == told


def test_days_from_steps_are_right_to_the_width_of_a_step() -> None:
    chance = random.Random(4)
    days = sorted(chance.expovariate(1 / 40) for _ in range(999))
    for share in (0.5, 0.9):
        exact = days[int(share * 999)]
        step = sum(edge <= exact for edge in DAY_EDGES)
        low, high = (DAY_EDGES[step - 1] if step else 0), DAY_EDGES[step]
        found = quantile(_steps(days), share)
        assert found is not None
        assert abs(found - exact) <= high - low


def _steps(days: list[float]) -> list[int]:
    found = Counter(sum(edge <= one for edge in DAY_EDGES) for one in days)
    return [found[step] for step in range(len(DAY_EDGES) + 1)]


def test_the_migration_counts_in_the_steps_the_rules_know() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select prosrc from pg_proc where proname = 'service_requests_tally_inserted'")
        assert str(list(DAY_EDGES)) in cursor.fetchone()[0]
