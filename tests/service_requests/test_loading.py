from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from cityhall.apps.service_requests import public, queries
from cityhall.apps.service_requests.contracts import (
    Contact,
    Fact,
    LoadedEvent,
    LoadedRequest,
    LoadResult,
    Outcome,
    Place,
    RequestFilter,
    State,
    Status,
    number_text,
)
from cityhall.apps.service_requests.models import Category, HistoryEvent, ImportedRecord, ImportRun, ServiceRequest
from cityhall.apps.service_requests.services import copying, file_request, loading
from cityhall.kernel.actors import ANONYMOUS, system
from cityhall.kernel.django.models import AuditEntry, OutboxEvent
from cityhall.kernel.errors import Invalid

IMPORTER = system("Import")
START = datetime(2025, 3, 4, 17, 30, tzinfo=UTC)


def row(index: int, **fields: Any) -> LoadedRequest:
    values: dict[str, Any] = {
        "category_code": "pothole",
        "requested_at": START + timedelta(hours=index),
        "place": Place(32.7157 + index / 10_000, -117.1611, f"{1200 + index} Grand Ave"),
        "external_id": f"SD-{index}",
        "row_hash": "a",
        **fields,
    }
    return LoadedRequest(**values)


def closed(index: int, outcome: Outcome = Outcome.FIXED, **fields: Any) -> LoadedRequest:
    values: dict[str, Any] = {
        "state": State.CLOSED,
        "outcome": outcome,
        "outcome_sentence": "Filled.",
        "closed_at": START + timedelta(days=2),
        **fields,
    }
    return row(index, **values)


def load(*batches: list[LoadedRequest], **options: Any) -> LoadResult:
    return public.bulk_load(batches, actor=IMPORTER, source_system="san-diego", **options)


def test_a_history_is_loaded_whole_and_again_without_change(pothole: Category) -> None:
    text = "tab\there, back\\slash, new\nline, \u00e1"
    given = [
        row(1, description=text, answers={"a": "b\n\t\\"}),
        closed(2),
        closed(3, contact=Contact(email="a@b.example")),
    ]
    assert load(given) == LoadResult(imported=3)
    assert load(given) == LoadResult(unchanged=3)
    page = queries.published(RequestFilter(), ANONYMOUS)
    assert [one.status for one in page.items] == [Status.FIXED, Status.FIXED, Status.RECEIVED]
    first = page.items[2]
    assert (first.description, first.address) == (text, "1201 Grand Ave")
    assert first.due_at is not None
    assert [event.fact for event in queries.history(page.items[0].id, ANONYMOUS)] == [Fact.RECEIVED, Fact.CLOSED]
    assert OutboxEvent.objects.filter(kind="service_requests.loaded").count() == 1
    assert AuditEntry.objects.filter(action="service_requests.loaded").count() == 1


def test_a_dry_run_counts_the_same_and_writes_nothing(pothole: Category) -> None:
    load([row(1), row(2)])
    given = [row(1), row(2, row_hash="b"), row(3)]
    would = load(given, dry_run=True)
    assert ServiceRequest.objects.count() == 2
    assert load(given) == would == LoadResult(imported=1, updated=1, unchanged=1)


def test_a_changed_row_changes_the_request_and_says_so(pothole: Category) -> None:
    load([row(1)])
    load([closed(1, row_hash="b")])
    request = ServiceRequest.objects.get()
    assert (request.state, request.outcome, request.version) == ("closed", "fixed", 2)
    assert list(HistoryEvent.objects.order_by("at").values_list("fact", flat=True)) == ["received", "closed"]


def test_duplicates_find_their_original_whatever_the_order(pothole: Category) -> None:
    child = closed(1, Outcome.DUPLICATE, duplicate_of="SD-9")
    grandchild = closed(2, Outcome.DUPLICATE, duplicate_of="SD-1")
    orphan = closed(3, Outcome.DUPLICATE, duplicate_of="SD-404")
    assert load([child, grandchild], [orphan, row(9)]) == LoadResult(imported=4)
    request = {one.external_id: one.request for one in ImportedRecord.objects.select_related("request")}
    assert request["SD-1"].duplicate_of_id == request["SD-2"].duplicate_of_id == request["SD-9"].id
    assert request["SD-3"].outcome == Outcome.CANNOT


def test_the_policy_holds_for_loaded_requests(home: Category, secret: Category) -> None:
    load([row(1, category_code="housing", description="x"), row(2, category_code="welfare", description="x")])
    for one in queries.published(RequestFilter(), ANONYMOUS).items:
        assert one.description == ""
        assert one.lat != 32.7158
        assert "120" not in one.address or "block" in one.address
    assert len(queries.published(RequestFilter(bbox=(-118, 32, -117, 33)), ANONYMOUS).items) == 1


def test_own_numbers_are_kept_and_the_next_follows(pothole: Category) -> None:
    with connection.cursor() as cursor:  # a sequence goes on where the tests before left it
        cursor.execute("select nextval('service_requests_number')")
        own = cursor.fetchone()[0] + 1000
    load([row(1, number=own), row(2)])
    after = file_request(public_new(), actor=ANONYMOUS)
    numbers = [one.number for one in queries.published(RequestFilter(), ANONYMOUS).items]
    assert set(numbers) == {number_text(own), number_text(own + 1), number_text(own + 2)}
    assert after.number == number_text(own + 2)


def public_new() -> Any:
    from cityhall.apps.service_requests.contracts import NewRequest

    return NewRequest("pothole", Place(32.7, -117.1))


def test_given_events_are_the_history(pothole: Category) -> None:
    events = (
        LoadedEvent(Fact.RECEIVED, START, author_kind="anonymous"),
        LoadedEvent(Fact.CONTESTED, START + timedelta(days=1), "Still there", author_kind="anonymous"),
    )
    load([row(1, state=State.CONTESTED, events=events)])
    one = queries.published(RequestFilter(), ANONYMOUS).items[0]
    assert [event.text for event in queries.history(one.id, ANONYMOUS)] == ["", "Still there"]


def test_nothing_but_look_ups_is_left_out_where_rows_are_known_to_be_here(db: None) -> None:
    """The loader leaves PostgreSQL's own look-ups out for these tables; a trigger of ours has to fire always."""
    request, history = "service_requests_servicerequest", "service_requests_historyevent"
    reporter, imported = "service_requests_reporter", "service_requests_importedrecord"
    contest = "service_requests_contest"
    tables = [request, history, reporter, imported, contest]
    with connection.cursor() as cursor:
        cursor.execute(
            "select tgname from pg_trigger where not tgisinternal and tgtype & 4 > 0 and tgenabled <> 'A'"
            " and tgrelid = any(%s::text[]::regclass[])",
            [tables],
        )
        assert cursor.fetchall() == []
        cursor.execute(
            "select conrelid::regclass::text, confrelid::regclass::text from pg_constraint where contype = 'f'"
            " and conrelid = any(%s::text[]::regclass[])",
            [tables],
        )
        assert set(cursor.fetchall()) == {
            (history, request),
            (history, history),  # of a correction: a load writes none
            (reporter, request),
            (imported, request),
            (imported, "service_requests_importrun"),
            (contest, request),
            (request, request),
            (request, "service_requests_category"),
            (request, "identity_department"),
            (request, "identity_team"),
            (request, "identity_user"),
        }


@pytest.mark.parametrize("may", [True, False])
def test_look_ups_are_back_after_a_batch(pothole: Category, monkeypatch: pytest.MonkeyPatch, may: bool) -> None:
    allowed = loading._may_skip  # a city's own server may be one where the user may not
    monkeypatch.setattr(loading, "_may_skip", lambda: may and allowed())
    assert load([row(1)]) == LoadResult(imported=1)
    with connection.cursor() as cursor:
        cursor.execute("show session_replication_role")
        assert cursor.fetchone()[0] == "origin"
    assert HistoryEvent.objects.get().request.imported_from.get().external_id == "SD-1"


def test_a_load_whose_record_is_gone_writes_nothing(pothole: Category) -> None:
    run = loading.start_run("san-diego")
    loader = loading.make_loader(actor=IMPORTER, source_system="san-diego", run=run)
    ImportRun.objects.all().delete()
    with pytest.raises((LookupError, IntegrityError)), transaction.atomic():
        loader.batch([row(1)])
        connection.check_constraints()  # as the commit would
    assert not ServiceRequest.objects.exists()


def test_an_emergency_is_not_loaded_either(make_category: Callable[..., Category]) -> None:
    make_category("gas-leak", is_emergency=True)
    with pytest.raises(Invalid) as refused:
        load([row(1, category_code="gas-leak")])
    assert refused.value.code == "emergency"


def test_the_pack_that_ships_loads_twice_in_two_languages(db: None) -> None:
    assert public.load_category_pack() == public.load_category_pack() >= 38
    english, spanish = public.categories("en"), public.categories("es")
    assert len({one.group_code for one in english}) == 8
    assert all(one.name and one.description and one.keywords for one in (*english, *spanish))
    assert [one.name for one in english if one.is_emergency] == ["Smell of gas", "Fire, smoke or injury"]
    for one in english:
        for question in public.definition(one.code).questions:
            assert bool(question.values) == question.datatype.value.endswith("list"), (one.code, question.code)
    dumping = {question.code: question for question in public.definition("illegal-dumping", language="es").questions}
    assert (dumping["hazard_detail"].when_code, dumping["hazard_detail"].when_values) == ("what", ("hazard",))
    assert dumping["what"].text == "¿Qué dejaron?"


def test_a_stricter_policy_hides_what_was_public(pothole: Category, file_one: Callable[..., Any]) -> None:
    filed = file_one()
    assert queries.one(filed.number, ANONYMOUS).lat == 32.7157
    public.ensure_category("pothole", group="streets", name={"en": "Pothole"}, place_policy="withheld")
    seen = queries.one(filed.number, ANONYMOUS)
    assert (seen.lat, seen.address) == (None, "")
    assert queries.published(RequestFilter(bbox=(-118, 32, -117, 33)), ANONYMOUS).items == ()


def test_lines_that_cannot_be_made_leave_nothing_of_those_that_were(db: None) -> None:
    def lines() -> Iterator[str]:
        yield from map(str, range(500))
        raise ValueError

    with connection.cursor() as cursor:
        cursor.execute("create temporary table lines (line int)")
        with pytest.raises(ValueError), transaction.atomic():
            copying.copy_in([copying.Copy("lines", ["line"], lines())])
        cursor.execute("select count(*) from lines")
        assert cursor.fetchone() == (0,)


ZONES = st.sampled_from([UTC, timezone(timedelta(hours=-7, minutes=-30))])


@given(st.lists(st.none() | st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=ZONES)))
def test_moments_are_written_as_what_they_are(times: list[datetime | None]) -> None:
    written = copying.moments(times)
    assert [None if text == copying.NULL else datetime.fromisoformat(text) for text in written] == times
