"""What an import does to the city: requests, history, safe categories, and nothing twice."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test import Client

from cityhall.apps.places import public as places
from cityhall.apps.service_requests.contracts import Detail, Fact, Outcome, RequestFilter, State, Visibility
from cityhall.apps.service_requests.imports.ahead import Items
from cityhall.apps.service_requests.imports.run import _Import
from cityhall.apps.service_requests.models import (
    Category,
    CategoryGroup,
    HistoryEvent,
    ImportedRecord,
    ImportRun,
    QuarantinedRow,
    ServiceRequest,
)
from cityhall.apps.service_requests.public import Report, import_file, published, read_history
from cityhall.apps.service_requests.rules import may_close
from cityhall.apps.service_requests.services.loading import Draft
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, Actor, ActorKind, system
from cityhall.kernel.django.models import AuditEntry, OutboxEvent
from cityhall.kernel.errors import CityhallError, NotAllowed

pytestmark = pytest.mark.django_db
ACTOR = system("Import")
COLUMNS = (
    *("service_request_id", "service_request_parent_id", "date_requested", "service_name", "date_closed", "status"),
    *("lat", "lng", "street_address", "referred", "public_description"),
)


def san_diego(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def row(number: int, **change: str) -> dict[str, str]:
    return {
        "service_request_id": str(number),
        "date_requested": f"2025-03-{number % 28 + 1:02d}T10:00:00",
        "service_name": "Pothole",
        "status": "New",
        "lat": "32.7157",
        "lng": "-117.1611",
        "street_address": "1202 C St",
        "public_description": "Mrs Smith's hole",
        **change,
    }


def closed(number: int, **change: str) -> dict[str, str]:
    return row(number, status="Closed", date_closed="2025-06-01T10:00:00", **change)


def run(path: Path, **options: object) -> Report:
    return import_file(path, actor=ACTOR, **options)  # type: ignore[arg-type]


def outcomes(report: Report) -> tuple[int, int, int, int]:
    assert report.rows == report.imported + report.updated + report.unchanged + report.quarantined
    return report.imported, report.updated, report.unchanged, report.quarantined


def request(external_id: str) -> ServiceRequest:
    return ServiceRequest.objects.get(imported_from__external_id=external_id)


def test_a_made_category_shows_nothing_that_nobody_has_decided_to_show(tmp_path: Path) -> None:
    report = run(san_diego(tmp_path / "f.csv", row(1)))
    assert report.made == ("pothole",)
    category = Category.objects.get(code="pothole")
    assert not category.is_active
    assert (category.place_policy, category.text_policy) == (Detail.GENERALISED, Detail.WITHHELD)
    assert category.group.code == "imported"
    [seen] = published(RequestFilter(), ANONYMOUS).items
    assert seen.description == ""
    assert (seen.lat, seen.lon) == places.generalise(32.7157, -117.1611)
    assert "1202" not in seen.address
    exact = ServiceRequest.objects.get()
    assert (exact.lat, exact.lon, exact.description) == (32.7157, -117.1611, "Mrs Smith's hole")


def test_a_category_of_the_city_is_used_by_name_and_keeps_its_policy(tmp_path: Path) -> None:
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets"})
    Category.objects.create(code="holes", group=group, name={"en": "Pothole", "es": "Bache"})
    assert run(san_diego(tmp_path / "f.csv", row(1))).made == ()
    assert request("1").category.code == "holes"
    assert request("1").public_lat == 32.7157


def test_the_same_file_again_changes_nothing_and_a_newer_one_what_it_changed(tmp_path: Path) -> None:
    path = san_diego(tmp_path / "f.csv", row(1), row(2), row(3))
    assert outcomes(run(path)) == (3, 0, 0, 0)
    assert outcomes(run(path)) == (0, 0, 3, 0)
    newer = san_diego(tmp_path / "g.csv", closed(1), row(2, lat="32.8"), row(3), row(4))
    assert outcomes(run(newer, dry_run=True)) == (1, 2, 1, 0)
    assert request("1").state == State.RECEIVED
    assert outcomes(run(newer)) == (1, 2, 1, 0)
    one = request("1")
    assert (one.state, one.outcome, one.version) == (State.CLOSED, Outcome.NOT_STATED, 2)
    assert one.closed_at is not None
    facts = list(HistoryEvent.objects.filter(request=one).order_by("id").values_list("fact", flat=True))
    assert facts == [Fact.RECEIVED, Fact.CLOSED]
    assert request("2").lat == 32.8
    assert HistoryEvent.objects.filter(request=request("2"), fact=Fact.CORRECTED).count() == 1
    assert request("3").version == 1
    reopened = san_diego(tmp_path / "h.csv", row(1))
    assert outcomes(run(reopened)) == (0, 1, 0, 0)
    assert (request("1").state, request("1").outcome) == (State.RECEIVED, "")


def test_numbers_repeated_in_a_file(tmp_path: Path) -> None:
    path = san_diego(tmp_path / "f.csv", row(1), row(1), row(1, lat="32.9"), row(2))
    for options in ({"dry_run": True}, {}, {"batch": 1}):
        report = run(path, **options)
        assert report.reasons == {"duplicate_id": 1}
        assert report.rows == 4
    assert request("1").lat == 32.7157
    assert outcomes(run(path, batch=1)) == (0, 0, 3, 1)


def test_a_history_to_judge_on_is_what_importing_its_files_in_turn_leaves(tmp_path: Path) -> None:
    files = [
        san_diego(tmp_path / "f.csv", row(1), row(1, lat="32.9"), row(2), row(2), row(3, lat="x")),
        san_diego(tmp_path / "g.csv", row(2, lat="32.8"), row(4), row(4, status="Referred")),
    ]
    history = read_history(files)
    reports = [run(path) for path in files]
    assert history.unusable == sum(report.quarantined for report in reports) == 3
    kept = {name: request(name) for name in ("1", "2", "4")}
    assert {one.external_id: (one.lat, one.state) for one in history.records} == {
        name: (one.lat, one.state) for name, one in kept.items()
    }


def test_unusable_rows_come_back_in_their_columns_and_go_in_when_mended(tmp_path: Path) -> None:
    formula = "=HYPERLINK(0)"
    path = san_diego(
        tmp_path / "f.csv", row(1), row(2, date_requested="never", public_description=formula), row(3, lat="x")
    )
    back = tmp_path / "back.csv"
    report = run(path, quarantine=back)
    assert outcomes(report) == (1, 0, 0, 2)
    assert report.reasons == {"unreadable_date": 1, "bad_coordinates": 1}
    kept = QuarantinedRow.objects.get(reason_code="unreadable_date")
    assert (kept.row_number, kept.row["service_request_id"]) == (2, "2")
    with back.open(newline="", encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    assert [r["quarantine_code"] for r in rows] == ["unreadable_date", "bad_coordinates"]
    assert "'never'" in rows[0]["quarantine_reason"]
    assert not rows[0]["public_description"].startswith("=")
    text = back.read_text(encoding="utf-8").replace(",never,", ",2025-03-03T10:00:00,").replace(",x,", ",32.7,")
    back.write_text(text, encoding="utf-8")
    assert outcomes(run(back)) == (2, 0, 0, 0)
    assert request("2").description == formula


def test_an_import_that_breaks_off_is_started_again(tmp_path: Path) -> None:
    path = san_diego(tmp_path / "f.csv", *(row(n) for n in range(1, 8)))

    def stop(rows: int, share: float) -> None:
        if rows >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(path, batch=2, progress=stop)
    assert ServiceRequest.objects.count() == 4
    assert outcomes(run(path, batch=2)) == (3, 0, 4, 0)
    assert ServiceRequest.objects.count() == ImportedRecord.objects.count() == 7


def test_each_batch_leaves_one_event_and_one_audit_entry(tmp_path: Path) -> None:
    run(san_diego(tmp_path / "f.csv", *(row(n) for n in range(1, 6))), batch=2)
    assert OutboxEvent.objects.filter(kind="service_requests.loaded").count() == 3
    assert AuditEntry.objects.filter(action="service_requests.loaded").count() == 3
    assert OutboxEvent.objects.exclude(kind="service_requests.loaded").count() == 0
    done = ImportRun.objects.get()
    assert (done.rows, done.imported, done.ended_at is not None) == (5, 5, True)


def written() -> list[object]:
    """All that an import wrote, by the other system's numbers."""
    apart = {"id", "category_id", "duplicate_of_id"}
    found: list[object] = []
    for record in ImportedRecord.objects.order_by("external_id").select_related("request__category"):
        one = record.request
        history = one.history.order_by("at", "fact")
        values = {field.attname: getattr(one, field.attname) for field in ServiceRequest._meta.fields}
        found.append(
            (
                *(record.external_id, record.row_hash, one.category.code),
                one.duplicate_of.number if one.duplicate_of else None,
                {name: value for name, value in values.items() if name not in apart},
                list(history.values_list("fact", "at", "visibility", "author_label", "text", "data")),
            )
        )
    return found


def test_a_batch_prepared_while_another_is_written_becomes_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Most are; the first, one with a category that is not known yet, and one that is in part here already are not."""
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets"})
    for name, shown in (("Pothole", Detail.EXACT), ("Graffiti", Detail.GENERALISED), ("Signs", Detail.WITHHELD)):
        Category.objects.create(code=name.lower(), group=group, name={"en": name}, place_policy=shown)
    rows = [
        (closed if number % 3 else row)(
            number,
            service_name=("Pothole", "Graffiti", "Signs")[number % 3],
            service_request_parent_id=str(number - 5) if number % 4 == 0 else "",
            lat="" if number % 7 == 0 else f"{32.7 + number / 1000}",
            lng="north" if number % 11 == 0 else "" if number % 7 == 0 else "-117.1611",
            street_address=f"{number * 31} C St, Apt {number}",
        )
        for number in range(1, 41)
    ]
    rows[20]["service_name"] = "Cracks"
    rows[30]["service_request_id"] = "2"
    path = san_diego(tmp_path / "f.csv", *rows)
    prepared: list[bool] = []
    foresee = _Import.foresee

    def noting(self: _Import, items: Items) -> Draft | None:
        draft = foresee(self, items)
        prepared.append(draft is not None)
        return draft

    def imported() -> tuple[list[object], dict[str, int]]:
        """Import, look, and take all back."""
        with connection.cursor() as cursor:
            cursor.execute("select setval('service_requests_number', 5000)")
        before = transaction.savepoint()
        report = run(path, batch=5)
        found = written()
        transaction.savepoint_rollback(before)
        return found, dict(report.reasons)

    with monkeypatch.context() as patch:
        patch.setattr(_Import, "foresee", noting)
        ahead = imported()
    assert prepared[:8] == [False, True, True, True, False, True, True, True]
    monkeypatch.setattr(_Import, "foresee", lambda *_: None)
    assert ahead == imported()
    assert ahead[1] == {"bad_coordinates": 3, "duplicate_id": 1}


def test_duplicates_are_linked_to_the_one_that_stands_for_all(tmp_path: Path) -> None:
    children = (
        closed(2, service_request_parent_id="1"),
        closed(3, service_request_parent_id="2"),
        row(4, service_request_parent_id="1"),
        closed(5, service_request_parent_id="99"),
        closed(6, service_request_parent_id="7"),
        closed(7, service_request_parent_id="6"),
    )
    report = run(san_diego(tmp_path / "f.csv", *children, row(1)), batch=2)
    root = request("1")
    assert {n: request(n).duplicate_of_id == root.id for n in "2345"} == {"2": True, "3": True, "4": False, "5": False}
    assert (request("2").outcome, request("5").outcome) == (Outcome.DUPLICATE, Outcome.NOT_STATED)
    assert request("4").state == State.RECEIVED
    assert [request(n).outcome for n in "67"].count(Outcome.DUPLICATE) == 1
    assert report.linked == 3
    run(san_diego(tmp_path / "parent.csv", row(99)))
    assert run(san_diego(tmp_path / "f.csv", *children, row(1))).linked == 1
    assert request("5").duplicate_of_id == request("99").id


def test_staffs_own_words_stay_with_staff(tmp_path: Path) -> None:
    path = tmp_path / "boston.csv"
    path.write_text(
        "case_enquiry_id,open_dt,closed_dt,case_status,closure_reason,type\n"
        "1,2022-01-01 10:00:00,2022-01-02 10:00:00,Closed,Ask jane.roe@example.org,Rodents\n",
        encoding="utf-8",
    )
    run(path)
    note = HistoryEvent.objects.get(text__contains="jane.roe")
    assert note.visibility == Visibility.INTERNAL
    [seen] = published(RequestFilter(), ANONYMOUS).items
    assert "jane" not in repr(seen)
    assert seen.outcome == Outcome.NOT_STATED


def test_staff_cannot_close_without_stating_an_outcome() -> None:
    assert "outcome" in may_close(Outcome.NOT_STATED, "Closed it.", None)


def test_a_boundary_keeps_other_places_out(tmp_path: Path) -> None:
    ring = [[-117.2, 32.7], [-117.1, 32.7], [-117.1, 32.8], [-117.2, 32.8], [-117.2, 32.7]]
    places.set_city(name="Test", time_zone="America/Los_Angeles", boundary={"type": "Polygon", "coordinates": [ring]})
    report = run(san_diego(tmp_path / "f.csv", row(1), row(2, lat="40.7", lng="-73.9"), row(3, lat="", lng="")))
    assert report.reasons == {"outside_boundary": 1}
    assert report.imported == 2


def test_a_file_without_dates_takes_the_day_of_the_import_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "points.json"
    path.write_text(json.dumps([{"srnumber": "1-2", "requesttype": "Graffiti", "latitude": 34.0, "longitude": -118.2}]))
    assert outcomes(run(path)) == (1, 0, 0, 0)
    assert HistoryEvent.objects.get().data["requested_at"] == "not stated"
    assert outcomes(run(path)) == (0, 0, 1, 0)


def test_a_file_is_not_from_the_future(tmp_path: Path) -> None:
    path = tmp_path / "points.json"
    path.write_text(json.dumps([{"srnumber": "1-2", "requesttype": "Graffiti", "latitude": 34.0, "longitude": -118.2}]))
    evening = datetime(2026, 1, 6, 3, 0, tzinfo=UTC)  # in Los Angeles it is the 5th
    with clock.held_at(evening), pytest.raises(CityhallError, match="in the future"):
        run(path, as_of=date(2026, 1, 6))
    assert not ServiceRequest.objects.exists()
    with clock.held_at(evening):
        run(path, as_of=date(2026, 1, 5))
    made = ServiceRequest.objects.get().requested_at
    assert made.astimezone(ZoneInfo("America/Los_Angeles")) == datetime(
        2026, 1, 5, tzinfo=ZoneInfo("America/Los_Angeles")
    )


def test_targets_of_no_calendar_break_no_list(tmp_path: Path, client: Client) -> None:
    path = tmp_path / "f.json"
    told = {"status": "open", "service_name": "Pothole", "service_code": "p", "lat": 32.7157, "long": -117.1611}
    filed = {"requested_datetime": (clock.now() - timedelta(days=3)).isoformat()}
    days = ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-12-24T12:00:00Z")
    path.write_text(
        json.dumps(
            [{"service_request_id": f"a{n}", "expected_datetime": day, **told, **filed} for n, day in enumerate(days)]
        )
    )
    assert outcomes(run(path)) == (3, 0, 0, 0)
    answer = client.get("/open311/v2/requests.json")
    assert answer.status_code == 200
    assert sorted(one["expected_datetime"] is None for one in answer.json()) == [False, True, True]


def test_names_in_other_letters_make_categories_of_their_own(tmp_path: Path) -> None:
    long = "Street light out on a pole with a number that begins with the letter"
    names = ("Дороги", "Мусор", "道路", f"{long} A", f"{long} B", "Árboles")
    run(san_diego(tmp_path / "f.csv", *(row(n, service_name=name) for n, name in enumerate(names, 1))))
    assert {one.name["en"] for one in Category.objects.all()} == set(names)
    assert Category.objects.get(name__en="Árboles").code == "arboles"
    assert all(0 < len(one.code) <= 60 and one.code.isascii() for one in Category.objects.all())


def test_a_profile_of_ones_own(tmp_path: Path) -> None:
    profile = tmp_path / "springfield.toml"
    profile.write_text(
        'name = "springfield"\ntitle = "Springfield"\nsource_system = "springfield"\ntime_zone = "America/Chicago"\n'
        '[dates]\nformats = ["%d.%m.%Y"]\n[status]\notherwise = "quarantine"\nwords = { Done = "closed" }\n'
        '[fields]\nid = "Nr"\nrequested_at = "Day"\ncategory = { value = "Pothole" }\nstatus = "State"\n'
        'closed_at = "Day"\n'
    )
    path = tmp_path / "f.csv"
    path.write_text("Nr;Day;State\n1;03.04.2025;Done\n2;03.04.2025;Lost\n")
    report = run(path, profile=str(profile))
    assert outcomes(report) == (1, 0, 0, 1)
    assert report.reasons == {"unknown_status": 1}
    assert request("1").requested_at.isoformat() == "2025-04-03T05:00:00+00:00"


def test_only_those_who_may(tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        import_file(san_diego(tmp_path / "f.csv", row(1)), actor=Actor(ActorKind.STAFF))
    with pytest.raises(CityhallError, match="cannot be opened"):
        run(tmp_path / "nothing.csv")


def test_open311_updates_tell_of_an_imported_closing(tmp_path: Path, client: Client) -> None:
    run(san_diego(tmp_path / "f.csv", closed(1)))
    answer = client.get(
        "/open311/v2/servicerequestupdates.json",
        {"start_date": "2025-05-01T00:00:00Z", "end_date": "2025-07-01T00:00:00Z"},
    )
    assert answer.status_code == 200, answer.content
    assert {update["status"].lower() for update in answer.json()} == {"closed"}


def test_a_zip_code_of_its_own_is_put_behind_the_address(tmp_path: Path) -> None:
    told = {"requested_datetime": "2025-03-01T10:00:00Z", "status": "open", "service_name": "Pothole"}
    rows = [
        {"service_request_id": "a", "address": "12 Grand Ave", "zipcode": "92101", **told},
        {"service_request_id": "b", "address": "12 Grand Ave, San Diego, CA 92101", "zipcode": "92101", **told},
        {"service_request_id": "c", "address": "12 Grand Ave", "zipcode": "unknown", **told},
        {"service_request_id": "d", "address": None, "zipcode": "92101", **told},
    ]
    (tmp_path / "requests.json").write_text(json.dumps(rows))
    assert outcomes(run(tmp_path / "requests.json")) == (4, 0, 0, 0)
    assert [request(name).address for name in "abcd"] == [
        "12 Grand Ave, 92101", "12 Grand Ave, San Diego, CA 92101", "12 Grand Ave", "",
    ]  # fmt: skip
