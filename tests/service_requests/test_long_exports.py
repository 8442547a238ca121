"""Long exports run apart: in a real process of their own, a few at once, and not longer than somebody fetches them."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable
from contextlib import ExitStack

import psutil
import pytest
from django.db import connection
from django.test import Client
from psycopg.conninfo import make_conninfo
from tests.support.people import sign_in

from cityhall.apps.service_requests import exports
from cityhall.apps.service_requests.contracts import DeskFilter, Filed
from cityhall.apps.service_requests.models import Category
from cityhall.kernel.actors import ANONYMOUS, Actor
from cityhall.kernel.django import apart
from cityhall.kernel.django.models import AuditEntry
from cityhall.kernel.errors import NotAllowed, TooMany

pytestmark = pytest.mark.exports_apart


@pytest.fixture
def database_of_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell processes that are started which database the test uses."""
    known = connection.get_connection_params()
    monkeypatch.setenv(
        "DATABASE_URL",
        make_conninfo("", **{k: known[k] for k in ("dbname", "user", "password", "host", "port") if known.get(k)}),
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("database_of_tests")
def test_a_queue_is_written_by_a_process_that_is_gone_afterwards(
    client: Client, pothole: Category, file_one: Callable[..., Filed]
) -> None:
    filed = file_one(description="=1+1 — «hoyo»")
    sign_in(client, "supervisor")
    answer = client.get("/desk/requests.csv")
    pieces = iter(answer)
    rows = list(csv.DictReader(io.StringIO(b"".join(pieces).decode())))
    assert [(row["number"], row["description"]) for row in rows] == [(filed.number, "'=1+1 — «hoyo»")]
    assert _children() == []
    assert AuditEntry.objects.filter(action="service_requests.exported").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_process_ends_when_the_client_goes_and_its_place_is_free(
    monkeypatch: pytest.MonkeyPatch, make_staff: Callable[..., Actor]
) -> None:
    monkeypatch.setattr(apart, "_MODULE", "tests.support.endless")
    actor = make_staff()
    running = [exports.queue_csv(DeskFilter(), actor=actor) for _ in range(apart.PLACES)]
    assert all(next(one) for one in running)
    assert len(_children()) == apart.PLACES
    before = AuditEntry.objects.count()
    with pytest.raises(TooMany):
        exports.queue_csv(DeskFilter(), actor=actor)
    assert AuditEntry.objects.count() == before, "what did not begin is not written down"
    running[0].close()
    assert len(_children()) == apart.PLACES - 1
    exports.queue_csv(DeskFilter(), actor=actor).close()
    running[1].close()
    assert _children() == []


@pytest.mark.parametrize(("argument", "seconds"), [("broken", 60.0), ("endless", 0.01)])
def test_a_file_that_is_not_whole_is_cut_off(monkeypatch: pytest.MonkeyPatch, argument: str, seconds: float) -> None:
    monkeypatch.setattr(apart, "_MODULE", "tests.support.endless")
    monkeypatch.setattr(apart, "SECONDS", seconds)
    with ExitStack() as ending, pytest.raises(apart.BrokenOff):
        for _piece in apart.written(argument, b"", ending):
            pass
    assert _children() == []


@pytest.mark.django_db
def test_who_may_not_export_starts_nothing() -> None:
    with pytest.raises(NotAllowed):
        exports.queue_csv(DeskFilter(), actor=ANONYMOUS)
    assert not AuditEntry.objects.filter(action="service_requests.exported").exists()


def _children() -> list[psutil.Process]:
    """The processes that write exports for this one."""
    ours = psutil.Process(os.getpid()).children()
    return [one for one in ours if _writes(one)]


def _writes(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE and apart._MODULE in process.cmdline()
    except psutil.Error:  # it ended between the two looks
        return False
