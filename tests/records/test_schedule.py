"""How long things are kept: periods, nights, holds that stop them, and a rehearsal before anything goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.support.people import make_person, sign_in

from cityhall.apps.records import queries, rules
from cityhall.apps.records.contracts import HoldTerms
from cityhall.apps.records.models import PurgeRun
from cityhall.apps.records.services import holds, schedule
from cityhall.apps.records.web.kinds_page import document
from cityhall.apps.service_requests import services
from cityhall.apps.service_requests.contracts import Contact, Filed, NewRequest, Outcome, Place
from cityhall.apps.service_requests.models import Category, CategoryGroup, HistoryEvent, Reporter, ServiceRequest
from cityhall.kernel import clock, offers
from cityhall.kernel.actors import ANONYMOUS, system
from cityhall.kernel.django.models import AuditEntry, CommandResult
from cityhall.kernel.errors import Invalid, NotAllowed
from cityhall.kernel.ids import new_id
from cityhall.kernel.offers import Held, Period, Retained

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
OFFICER = system("Records")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "kept-records.md"


@pytest.fixture
def closed(db: None) -> Callable[..., Filed]:
    """Make a request that was closed a while ago."""
    group = CategoryGroup.objects.create(code="g", name={"en": "G"})
    for code, policy in (("pothole", "exact"), ("housing", "generalised")):
        Category.objects.create(code=code, group=group, name={"en": code}, place_policy=policy)

    def make(ago: timedelta, category: str = "pothole", email: str = "rosa@example.org", **more: Any) -> Filed:
        place = Place(32.7157, -117.1611, address="1202 Grand Ave")
        with clock.held_at(NOW - ago):
            contact = Contact("Rosa", "Lee", email, "555 0100")
            filed = services.file_request(NewRequest(category, place, contact=contact, **more), actor=ANONYMOUS)
            services.close(filed.id, actor=system("Streets"), outcome=Outcome.FIXED, sentence="Filled.")
        return filed

    return make


def contacts() -> set[str]:
    return set(Reporter.objects.exclude(email="").values_list("email", flat=True))


@pytest.mark.parametrize(
    ("period", "moment"),
    [
        (Period(30, "days"), datetime(2026, 3, 1, 12, tzinfo=UTC)),
        (Period(1, "months"), datetime(2026, 2, 28, 12, tzinfo=UTC)),
        (Period(3, "months"), datetime(2025, 12, 31, 12, tzinfo=UTC)),
        (Period(15, "months"), datetime(2024, 12, 31, 12, tzinfo=UTC)),
        (Period(2, "years"), datetime(2024, 3, 31, 12, tzinfo=UTC)),
    ],
)
def test_a_period_is_counted_back_by_the_calendar(period: Period, moment: datetime) -> None:
    assert rules.before(NOW, period) == moment


def test_the_eve_of_a_leap_day_stands_for_it() -> None:
    leap = datetime(2028, 2, 29, 9, tzinfo=UTC)
    assert rules.before(leap, Period(1, "years")) == datetime(2027, 2, 28, 9, tzinfo=UTC)


@pytest.mark.parametrize(("number", "unit"), [("0", "days"), ("-1", "days"), ("x", "days"), ("2", "weeks"),
                                              ("101", "years"), ("", "months"), ("²", "days")])  # fmt: skip
def test_a_period_that_is_none_is_refused(number: str, unit: str) -> None:
    with pytest.raises(ValueError, match=unit):
        rules.chosen(number, unit)
    assert rules.chosen("", "keep") is None


def test_nights_rehearse_until_the_schedule_is_started(closed: Callable[..., Filed]) -> None:
    closed(timedelta(days=800))
    with clock.held_at(NOW):
        assert schedule.one_night() == 0
        assert contacts() == {"rosa@example.org"}
        said = PurgeRun.objects.get(kind="contacts")
        assert (said.is_rehearsal, said.removed) == (True, 1)
        assert "not started" in next(iter(queries.not_started()))
        schedule.start(actor=OFFICER)
        assert schedule.one_night() >= 1
    assert contacts() == set()
    assert not list(queries.not_started())
    assert AuditEntry.objects.filter(action="records.purged", data__kind="contacts", data__removed=1).exists()


def test_what_was_always_removed_still_is_before_the_start() -> None:
    for days in (89, 91):
        CommandResult.objects.create(
            id=new_id(), name="x", fingerprint="", result={}, at=NOW - timedelta(days=days), actor_id=None
        )
    with clock.held_at(NOW):
        schedule.one_night()
    assert CommandResult.objects.count() == 1


def test_only_what_is_old_enough_loses_its_reporter_and_a_home_its_exact_place(closed: Callable[..., Filed]) -> None:
    young = closed(timedelta(days=700), email="young@example.org")
    road = closed(timedelta(days=740), email="old@example.org", description="Deep.")
    home = closed(timedelta(days=740), "housing", email="home@example.org")
    with clock.held_at(NOW):
        schedule.start(actor=OFFICER)
        schedule.one_night()
    assert contacts() == {"young@example.org"}
    assert ServiceRequest.objects.get(id=young.id).address == "1202 Grand Ave"
    kept = ServiceRequest.objects.get(id=road.id)
    assert (kept.address, kept.description) == ("1202 Grand Ave", "Deep."), "texts have a period of their own"
    rough = ServiceRequest.objects.get(id=home.id)
    assert (rough.lat, rough.lon, rough.address) == (rough.public_lat, rough.public_lon, "1200 block of Grand Ave")
    assert rough.cell == rough.public_cell
    for_staff = HistoryEvent.objects.get(request_id=home.id, fact="erased")
    assert (for_staff.visibility, for_staff.author_label) == ("internal", "Retention schedule")


def test_texts_go_for_everybody_when_their_period_ends(closed: Callable[..., Filed]) -> None:
    filed = closed(timedelta(days=400), description="Xylocarpine smell.")
    with clock.held_at(NOW):
        schedule.choose(actor=OFFICER, kind="texts", period=Period(1, "years"))
        schedule.start(actor=OFFICER)
        schedule.one_night()
    request = ServiceRequest.objects.get(id=filed.id)
    assert request.description == ""
    assert "xylocarpin" not in str(request.words)
    assert request.outcome_sentence == "Filled."
    assert contacts() == {"rosa@example.org"}


@pytest.mark.parametrize(
    "terms",
    [
        {"numbers": "its own"},
        {"email": "Rosa@Example.org"},
        {"phone": "(555) 0100"},
        {"address": "grand ave", "since": NOW.date() - timedelta(900), "until": NOW.date() - timedelta(800)},
    ],
)
def test_a_hold_keeps_what_it_means(closed: Callable[..., Filed], terms: dict[str, Any]) -> None:
    filed = closed(timedelta(days=800))
    if "numbers" in terms:
        terms = {"numbers": (filed.number,)}
    with clock.held_at(NOW):
        schedule.start(actor=OFFICER)
        holds.place(actor=OFFICER, terms=HoldTerms(name="Case", reason="Court", **terms))
        due = queries.due("contacts", Period(2, "years"), holds.held())
        assert (due.now, due.held) == (0, 1)
        schedule.one_night()
        assert contacts() == {"rosa@example.org"}
        assert PurgeRun.objects.get(kind="contacts").held == 1


def test_a_place_is_held_in_its_span_of_days_only(closed: Callable[..., Filed]) -> None:
    closed(timedelta(days=800))
    day = (NOW - timedelta(days=800)).date()
    with clock.held_at(NOW):
        for since, until, kept in ((day, day, 1), (day + timedelta(1), None, 0), (None, day - timedelta(1), 0)):
            hold = holds.place(
                actor=OFFICER, terms=HoldTerms(name="n", reason="r", address="Grand", since=since, until=until)
            )
            assert len(holds.held().requests) == kept
            holds.lift(actor=OFFICER, hold_id=hold)


def test_one_rooms_trouble_does_not_keep_the_others_records(
    closed: Callable[..., Filed], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(before: datetime, held: Held, limit: int) -> int:
        raise RuntimeError("no disk")

    bad = Retained("bad", "Bad", "", Period(1, "days"), lambda before, held: 1, broken, order=1)
    monkeypatch.setattr(offers.retained, "_entries", {"bad": bad, **offers.retained._entries})
    closed(timedelta(days=800))
    with clock.held_at(NOW):
        schedule.start(actor=OFFICER)
        schedule.one_night()
    assert contacts() == set()
    assert "no disk" in PurgeRun.objects.get(kind="bad").problem


def test_a_night_has_a_bound(closed: Callable[..., Filed], monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        closed(timedelta(days=800))
    monkeypatch.setattr(schedule, "BATCH", 1)
    monkeypatch.setattr(schedule, "MOST_A_NIGHT", 2)
    with clock.held_at(NOW):
        schedule.start(actor=OFFICER)
        schedule.one_night()
        assert Reporter.objects.exclude(email="").count() == 1
        schedule.one_night()
    assert contacts() == set()


def test_a_change_asks_first_and_is_written_down(client: Client, closed: Callable[..., Filed]) -> None:
    closed(timedelta(days=400))
    sign_in(client, "records")
    address = "/desk/records/kept/contacts/"
    with clock.held_at(NOW):
        page = client.post(address, {"number": "1", "unit": "years"}).text
        assert "It would remove 1 record now." in page
        assert queries.kind("contacts").period == Period(2, "years"), "asking changes nothing"
        client.post(address, {"number": "1", "unit": "years", "sure": "yes"})
        assert "changed here" in client.get("/desk/records/?preview").text
    assert queries.kind("contacts").period == Period(1, "years")
    entry = AuditEntry.objects.get(action="records.period_changed")
    assert entry.data == {"kind": "contacts", "from": "2 years", "to": "1 years"}
    assert client.post(address, {"number": "0", "unit": "days"}).status_code == 400
    client.post(address, {"unit": "keep", "sure": "yes"})
    assert queries.kind("contacts").period is None
    assert client.get("/desk/records/kept/backups/").status_code == 404, "a setting decides"
    assert client.get("/desk/records/kept/nothing/").status_code == 404


def test_only_records_officers_decide(closed: Callable[..., Filed]) -> None:
    from cityhall.apps.identity import queries as identity

    dispatcher = identity.actor_of_account(make_person("dispatcher"))
    for act in (
        lambda: schedule.choose(actor=dispatcher, kind="texts", period=None),
        lambda: schedule.start(actor=dispatcher),
        lambda: holds.place(actor=dispatcher, terms=HoldTerms(name="n", reason="r", email="a@b.example")),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_hold_says_what_is_wrong_with_it() -> None:
    with pytest.raises(Invalid) as refused:
        holds.place(
            actor=OFFICER,
            terms=HoldTerms(
                name=" ", reason="", numbers=("9-999",), email="x", phone="12", since=NOW.date(),
                until=NOW.date() - timedelta(1),
            ),
        )  # fmt: skip
    assert set(refused.value.fields) == {"name", "reason", "numbers", "email", "phone", "until"}
    with pytest.raises(Invalid) as refused:
        holds.place(actor=OFFICER, terms=HoldTerms(name="n", reason="r"))
    assert set(refused.value.fields) == {"scope"}


def test_the_reference_lists_every_kind_with_its_default() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(), "run .venv/bin/python docs/kinds.py and look at the change"
