"""A first history is loaded without indexes; whatever becomes of the import, they are there again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from cityhall.apps.service_requests.contracts import LoadedRequest, Place
from cityhall.apps.service_requests.imports import run
from cityhall.apps.service_requests.models import ServiceRequest
from cityhall.apps.service_requests.public import bulk_load, import_file, load_category_pack
from cityhall.apps.service_requests.queries import setup
from cityhall.apps.service_requests.queries.indexes import missing_indexes, set_aside_by_loads
from cityhall.apps.service_requests.services import indexes, loading
from cityhall.kernel.actors import system

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexes, "MANY", 2)
    monkeypatch.setattr(indexes, "FEW", 3)


def history(path: Path, first: int = 1) -> Path:
    lines = [f"{number},2025-03-01T10:00:00,Pothole,New,32.7,-117.1" for number in range(first, first + 6)]
    path.write_text("\n".join(["service_request_id,date_requested,service_name,status,lat,lng", *lines]))
    return path


def definitions() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("select indexdef from pg_indexes where tablename like 'service_requests_%'")
        return {row[0] for row in cursor.fetchall()}


def while_writing(monkeypatch: pytest.MonkeyPatch, failing: bool = False) -> list[int]:
    """Count the missing indexes at the end of each batch."""
    found: list[int] = []
    take = run._Import.take

    def taken(self: Any, *given: Any) -> None:
        take(self, *given)
        found.append(len(missing_indexes()))
        if failing:
            raise KeyboardInterrupt

    monkeypatch.setattr(run._Import, "take", taken)
    return found


@pytest.mark.django_db(transaction=True)
def test_they_are_away_while_a_first_history_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = definitions()
    found = while_writing(monkeypatch)
    report = import_file(history(tmp_path / "a.csv"), actor=system("Import"), batch=4)
    assert report.imported == 6
    assert found == [len(set_aside_by_loads())] * 2
    assert definitions() == before


@pytest.mark.parametrize("is_ordinary", [False, True], ids=["as this user", "as an ordinary user"])
def test_a_load_within_a_transaction_makes_them_at_its_end(monkeypatch: pytest.MonkeyPatch, is_ordinary: bool) -> None:
    """Of an ordinary user's rows the references wait to be checked, and no index is made of such rows."""
    if is_ordinary:
        monkeypatch.setattr(loading, "_may_skip", lambda: False)
    load_category_pack(actor=system("Import"))
    before, found = definitions(), []
    rows = [
        LoadedRequest("pothole", datetime(2025, 3, 1, 10, n, tzinfo=UTC), Place(lat=32.7, lon=-117.1), str(n))
        for n in range(6)
    ]

    def batches() -> Iterator[list[LoadedRequest]]:
        yield rows
        found.append(len(missing_indexes()))

    bulk_load(batches(), actor=system("Import"), source_system="old", coming=len(rows))
    assert found == [len(set_aside_by_loads())]
    assert definitions() == before


def test_a_load_that_is_given_up_with_its_transaction_leaves_them(monkeypatch: pytest.MonkeyPatch) -> None:
    before = definitions()

    def broken_off() -> Iterator[list[LoadedRequest]]:
        assert missing_indexes()
        raise KeyboardInterrupt
        yield []

    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        bulk_load(broken_off(), actor=system("Import"), source_system="old", coming=6)
    assert definitions() == before


@pytest.mark.django_db(transaction=True)
def test_they_stay_where_a_city_has_requests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import_file(history(tmp_path / "a.csv"), actor=system("Import"))
    found = while_writing(monkeypatch)
    import_file(history(tmp_path / "b.csv", first=20), actor=system("Import"))
    assert found == [0]
    assert ServiceRequest.objects.count() == 12


def test_they_stay_where_somebody_reads_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexes, "_PATIENCE", "20ms")
    found = while_writing(monkeypatch)
    other = connection.copy()
    try:
        with transaction.atomic(), other.cursor() as cursor:
            cursor.execute("begin")
            cursor.execute("lock table service_requests_servicerequest in access share mode")
            import_file(history(tmp_path / "a.csv"), actor=system("Import"))
    finally:
        other.close()
    assert found == [0]


@pytest.mark.django_db(transaction=True)
def test_they_are_back_when_an_import_is_broken_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = while_writing(monkeypatch, failing=True)
    with pytest.raises(KeyboardInterrupt):
        import_file(history(tmp_path / "a.csv"), actor=system("Import"))
    assert found == [len(set_aside_by_loads())]
    assert not missing_indexes()


def test_a_killed_import_is_told_of_and_mended(tmp_path: Path) -> None:
    indexes._drop()  # as far as an import comes that is killed
    assert "indexes of requests are missing" in next(setup.missing())
    indexes.put_back()
    assert not missing_indexes()


def test_one_that_is_no_longer_set_aside_is_mended_too() -> None:
    """An upgrade may come between an import that was killed and the worker."""
    with connection.cursor() as cursor:
        cursor.execute("drop index request_queue")
    assert [index.name for _, index in missing_indexes()] == ["request_queue"]
    indexes.put_back()
    assert not missing_indexes()


@pytest.mark.django_db(transaction=True)
def test_two_are_made_at_a_time() -> None:
    before = definitions()
    indexes._drop()
    assert len(definitions()) == len(before) - len(set_aside_by_loads())
    indexes._make(missing_indexes())
    assert definitions() == before


def test_nothing_waits_behind_a_load_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a load of another process has them set aside, the worker leaves them to it."""
    indexes._drop()
    monkeypatch.setattr(indexes, "_KEY", 77)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(77)")
        indexes.put_back()
        assert missing_indexes()
    finally:
        other.close()
    indexes.put_back()
    assert not missing_indexes()


@pytest.mark.django_db(transaction=True)
def test_residents_file_while_the_worker_makes_them() -> None:
    """It waits for whoever is in the midst of filing, and keeps nobody waiting; broken off, it is made anew."""
    before = definitions()
    indexes._drop()
    other = connection.copy()
    try:
        with other.cursor() as cursor, connection.cursor() as ours:
            cursor.execute("begin")
            cursor.execute("lock table service_requests_servicerequest in row exclusive mode")  # as filing does
            ours.execute("set lock_timeout = '100ms'")
            with pytest.raises(OperationalError):
                indexes.put_back()
            ours.execute("reset lock_timeout")
            ours.execute("select count(*) from pg_index where not indisvalid")
            assert ours.fetchone() == (1,), "it was begun beside the one who files: the usual way would not have been"
    finally:
        other.close()
    assert len(missing_indexes()) == len(set_aside_by_loads())
    indexes.put_back()
    assert definitions() == before
    assert not missing_indexes()
