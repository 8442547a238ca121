"""Every file of records in the real data, each in its own city; what is left out is left out for a stated reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cityhall.apps.service_requests.contracts import Outcome, State
from cityhall.apps.service_requests.models import HistoryEvent, ImportRun, QuarantinedRow, ServiceRequest
from cityhall.apps.service_requests.public import import_file
from cityhall.kernel.actors import system
from cityhall.kernel.django.models import AuditEntry, OutboxEvent
from cityhall.kernel.errors import CityhallError

ACTOR = system("Import")


@dataclass(frozen=True)
class Expected:
    """What the source's description and a reading of the file say of it.

    Args:
        again: rows that say again, word for word, what an earlier row said.
        no_place: requests without a point: blank coordinates, or zero, which San Francisco writes for unknown.
        duplicates: requests linked to the one they repeat, where that one is in the file too.
    """

    profile: str
    rows: int
    closed: int
    no_place: int = 0
    again: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    duplicates: int = 0


FILES = {
    "boston311-100.csv": Expected("boston", 100, 85),
    "boston311-dmy-100.csv": Expected("boston", 100, 85),
    "boston_animal_2020.csv.gz": Expected("boston", 3239, 593, no_place=3, duplicates=1),
    "boston_animal_2022.csv.gz": Expected("boston", 4035, 3478, no_place=6, again=4, duplicates=1),
    "boston_animal_pest_2013.csv.gz": Expected("boston", 5530, 4847, no_place=96, duplicates=3),
    "boston_animal_pest_2015.csv.gz": Expected("boston", 8887, 5010, no_place=43, duplicates=6),
    "boston_animal_pest_2016.csv.gz": Expected("boston", 7494, 5360, no_place=3, duplicates=4),
    "boston_animal_pest_2018.csv.gz": Expected("boston", 7872, 5464, no_place=5, duplicates=1),
    "los_angeles_2017-12_subset.csv.gz": Expected("los_angeles", 9999, 9994, no_place=1753),
    # Two were closed eleven months before they were made.
    "los_angeles_2018-12_mini.csv.gz": Expected(
        "los_angeles", 10000, 9979, no_place=5, reasons={"closed_before_requested": 2}
    ),
    "los_angeles_open_requests_points.json.gz": Expected("los_angeles_points", 27166, 0),
    # Seven stand at one point in feet of a state plane, not in degrees.
    "new_orleans_311_2016_part1.json": Expected("new_orleans", 66, 39, reasons={"bad_coordinates": 7}),
    "nyc_311_socrata_2023-12-10.csv.gz": Expected("new_york", 500, 232, no_place=68),
    "san_diego_getitdone_free_text_2025.jsonl": Expected("san_diego_free_text", 58, 0, no_place=58),
    "san_diego_getitdone_graffiti_2016-2018.csv.gz": Expected("san_diego_graffiti", 24539, 19339),
    # Seventeen were closed hours before they were made.
    "san_francisco_311_bigquery_sample.csv.gz": Expected(
        "san_francisco", 10000, 9613, no_place=4264, reasons={"closed_before_requested": 17}
    ),
    # The rows have no numbers, and three are there twice.
    "syracuse_potholes_filled_2016_first.csv.gz": Expected("syracuse_potholes", 7392, 7389, again=3),
}
TOTALS = {"mynorfolk_dashboard_2026-04-24.json"}
pytestmark = [pytest.mark.django_db, pytest.mark.bulky]


def test_every_file_is_accounted_for(real_data: Path) -> None:
    there = {path.name for path in (real_data / "311").iterdir()} - {"SOURCE.md"}
    assert there == set(FILES) | TOTALS


@pytest.mark.parametrize("name", sorted(TOTALS))
def test_totals_are_refused_saying_why(real_data: Path, name: str) -> None:
    with pytest.raises(CityhallError, match="totals"):
        import_file(real_data / "311" / name, actor=ACTOR)
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow) if expected.rows > 4000 else name
        for name, expected in sorted(FILES.items())
    ],
)
def test_a_real_citys_file(real_data: Path, name: str) -> None:
    path, expected = real_data / "311" / name, FILES[name]
    aside = sum(expected.reasons.values())
    imported = expected.rows - aside - expected.again
    dry = import_file(path, actor=ACTOR, dry_run=True)
    assert not ServiceRequest.objects.exists()
    assert not ImportRun.objects.exists()

    report = import_file(path, actor=ACTOR)

    assert report.profile == expected.profile
    assert (report.rows, report.imported, report.updated) == (expected.rows, imported, 0)
    assert (report.unchanged, report.quarantined, report.reasons) == (expected.again, aside, expected.reasons)
    assert (dry.rows, dry.imported, dry.unchanged, dry.quarantined) == (
        report.rows,
        report.imported,
        report.unchanged,
        report.quarantined,
    )
    requests = ServiceRequest.objects.all()
    assert requests.count() == imported
    assert requests.filter(state=State.CLOSED).count() == expected.closed
    assert requests.filter(lat__isnull=True).count() == expected.no_place
    assert not requests.filter(lat=0).exists()
    assert requests.filter(outcome=Outcome.DUPLICATE).count() == expected.duplicates == report.linked
    assert QuarantinedRow.objects.count() == aside
    assert HistoryEvent.objects.filter(fact="received").count() == imported
    batches = 1 + -(-max(0, expected.rows - 500) // 5000)  # the first is a small one
    assert OutboxEvent.objects.filter(kind="service_requests.loaded").count() == batches
    assert AuditEntry.objects.filter(action="service_requests.loaded").count() == batches

    again = import_file(path, actor=ACTOR)
    assert (again.imported, again.updated, again.unchanged, again.quarantined) == (
        0,
        0,
        expected.rows - aside,
        aside,
    )
    assert requests.count() == imported
