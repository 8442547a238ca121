"""The next batch is read while one is written. Whatever happens meanwhile, batches are whole."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import Error, connection

from cityhall.apps.service_requests.imports import run
from cityhall.apps.service_requests.imports.ahead import Ahead
from cityhall.apps.service_requests.models import (
    HistoryEvent,
    ImportedRecord,
    ImportRun,
    QuarantinedRow,
    ServiceRequest,
)
from cityhall.apps.service_requests.public import Report, import_file
from cityhall.kernel.actors import system
from cityhall.kernel.django.models import AuditEntry, OutboxEvent

pytestmark = pytest.mark.django_db(transaction=True)


def history(path: Path) -> Path:
    """Eight rows in batches of three: the second has no place on Earth, the last says 1 again, and something else."""
    lines = [f"{number},2025-03-01T10:00:00,Pothole,New,32.7,-117.1" for number in range(1, 8)]
    lines[1] = lines[1].replace("32.7", "north")
    lines.append("1,2025-03-01T10:00:00,Graffiti,New,32.7,-117.1")
    path.write_text("\n".join(["service_request_id,date_requested,service_name,status,lat,lng", *lines]))
    return path


def imported(path: Path) -> Report:
    return import_file(path, actor=system("Import"), batch=3)


def on_reading(monkeypatch: pytest.MonkeyPatch, batch: int, then: Any) -> None:
    """Do something as soon as the reading of a batch (from 0) has begun."""
    begin, begun = Ahead.begin, []

    def beginning(self: Ahead) -> None:
        new = self._coming is None
        begin(self)
        if new:
            begun.append(self)
            if len(begun) == batch + 1:
                then()

    monkeypatch.setattr(Ahead, "begin", beginning)


def test_a_batch_is_read_before_the_one_before_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there: list[int] = []
    other = connection.copy()

    def look() -> None:
        with other.cursor() as cursor:
            cursor.execute("select count(*) from service_requests_servicerequest")
            there.append(cursor.fetchone()[0])

    try:
        on_reading(monkeypatch, 1, look)
        imported(history(tmp_path / "a.csv"))
    finally:
        other.close()
    assert there == [0]
    assert ServiceRequest.objects.count() == 6


def test_an_import_killed_while_it_writes_and_reads_leaves_whole_batches_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = history(tmp_path / "a.csv")
    with monkeypatch.context() as patch:
        # Called in the midst of COPY, when nothing can be asked: another session must end ours.
        pids: list[int] = []
        alone = run._alone

        def noting(*given: Any) -> Any:
            pids.append(connection.connection.info.backend_pid)
            return alone(*given)

        patch.setattr(run, "_alone", noting)
        other = connection.copy()

        def kill() -> None:
            with other.cursor() as cursor:
                cursor.execute("select pg_terminate_backend(%s, 5000)", [pids[0]])

        try:
            on_reading(patch, 2, kill)
            with pytest.raises((Error, psycopg.Error)):
                imported(path)
        finally:
            other.close()
            connection.close()
    first = ImportRun.objects.get()
    assert (first.rows, first.imported, first.quarantined, first.ended_at) == (3, 2, 1, None)
    assert ServiceRequest.objects.count() == ImportedRecord.objects.count() == HistoryEvent.objects.count() == 2
    assert QuarantinedRow.objects.get().row_number == 2
    assert OutboxEvent.objects.filter(kind="service_requests.loaded").count() == 1
    assert AuditEntry.objects.filter(action="service_requests.loaded").count() == 1
    report = imported(path)
    assert (report.imported, report.unchanged, report.quarantined) == (4, 2, 2)
    assert report.reasons == {"bad_coordinates": 1, "duplicate_id": 1}
    assert ServiceRequest.objects.count() == ImportedRecord.objects.count() == 6


def test_what_was_changed_for_the_load_is_as_before(tmp_path: Path) -> None:
    before = sys.getswitchinterval()
    with connection.cursor() as cursor:
        cursor.execute("set synchronous_commit = on")  # tests do without, to be quicker
    try:
        imported(history(tmp_path / "a.csv"))
        with connection.cursor() as cursor:
            cursor.execute("show synchronous_commit")
            assert cursor.fetchone() == ("on",)
    finally:
        connection.close()
    assert sys.getswitchinterval() == before
