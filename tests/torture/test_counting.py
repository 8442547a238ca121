"""The campaign's counting finds what is missing: otherwise that it finds nothing would say nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from torture.load import Write
from torture.records import Snapshot

from cityhall.apps.service_requests import services
from cityhall.apps.service_requests.contracts import NewRequest, Place
from cityhall.apps.service_requests.models import Category, CategoryGroup
from cityhall.kernel.actors import ANONYMOUS, system
from cityhall.kernel.django import outbox
from torture import reconcile

pytestmark = pytest.mark.django_db
RECEIVERS = {"service_requests.followers": ["service_requests.started"]}


@pytest.fixture
def write() -> Write:
    """A report that was filed, started and told."""
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets"})
    Category.objects.create(code="pothole", group=group, name={"en": "Pothole"})
    new = NewRequest("pothole", Place(32.72, -117.16), description="hole tk1x1z")
    filed = services.file_request(new, actor=ANONYMOUS)
    services.start(filed.id, actor=system("crew"), sentence="said tk1x2z")
    outbox.drain()
    return Write("georeport", "file", "tk1x1z", number=filed.number, fate="acknowledged")


def found(write: Write) -> Iterator[str]:
    connection.ensure_connection()
    now = Snapshot(connection.connection)
    yield from reconcile.acknowledged_writes(now, [write])
    yield from reconcile.half_written(now)
    yield from reconcile.events(now, RECEIVERS, settled=True)
    yield from reconcile.map_counts(now)


def test_a_whole_city_is_found_whole(write: Write) -> None:
    assert list(found(write)) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("update service_requests_servicerequest set description = 'another'", "LOST"),
        ("update service_requests_servicerequest set number = number + 1", "WRONG NUMBER"),
        ("delete from service_requests_reporter", "reporter"),
        ("delete from service_requests_historyevent where fact = 'received'", "received event in its history"),
        (
            "delete from kernel_delivery; delete from kernel_outboxevent where kind like '%received'",
            "received event in the outbox",
        ),
        ("update kernel_outboxevent set data = data || '{\"version\": 3}' where data ? 'version'", "version"),
        ("update service_requests_servicerequest set state = 'received'", "state"),
        ("delete from kernel_delivery", "EVENT LOST"),
        ("delete from service_requests_mapchange", "MAP"),
    ],
)
def test_what_was_taken_away_is_noticed(write: Write, change: str, told: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(change)
    assert any(told in problem for problem in found(write)), list(found(write))


def test_what_is_there_though_its_client_was_refused_is_noticed(write: Write) -> None:
    write.fate = "refused"
    assert [problem for problem in found(write) if "REFUSED BUT DONE" in problem]
