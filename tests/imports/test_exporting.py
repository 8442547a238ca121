"""Exports: what is public and no more, and the way back in."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from defusedxml.ElementTree import parse

from cityhall.apps.service_requests.contracts import RequestFilter
from cityhall.apps.service_requests.exports import FORMATS
from cityhall.apps.service_requests.exports.columns import COLUMNS
from cityhall.apps.service_requests.exports.files import SAN_DIEGO, SAN_DIEGO_ZONE
from cityhall.apps.service_requests.imports.profiles import named
from cityhall.apps.service_requests.models import Category, ImportRun, ServiceRequest
from cityhall.apps.service_requests.public import desk_csv, export_file, import_file, published
from cityhall.kernel.actors import ANONYMOUS, Actor, ActorKind, system
from cityhall.kernel.django.models import AuditEntry
from cityhall.kernel.errors import Invalid, NotAllowed

pytestmark = pytest.mark.django_db
ACTOR = system("Import")
HISTORY = (
    "service_request_id,service_request_parent_id,date_requested,service_name,date_closed,status,lat,lng,"
    "street_address,referred,public_description\n"
    "1,,2025-03-01T10:00:00,Pothole,,New,32.7157,-117.1611,1202 C St,,=1+1\n"
    "2,,2025-03-02T10:00:00,Pothole,2025-03-05T11:00:00,Closed,32.72,-117.15,,,\"Two\nlines, and 'quotes'\"\n"
    "3,2,2025-03-03T10:00:00,Graffiti,2025-03-05T11:00:00,Closed,,,Main St & 4th,,\n"
    "4,,2025-11-02T01:30:00,Graffiti,,Referred,32.73,-117.14,9 D St,Caltrans,Señal <rota> & sucia\n"
)


@pytest.fixture
def city(tmp_path: Path) -> Path:
    path = tmp_path / "history.csv"
    path.write_text(HISTORY, encoding="utf-8")
    import_file(path, actor=ACTOR)
    Category.objects.filter(code="graffiti").update(text_policy="exact")
    return tmp_path


def seen() -> list[dict[str, object]]:
    return [
        {
            "number": one.number, "state": one.state, "outcome": one.outcome, "sentence": one.outcome_sentence,
            "category": one.category_code, "name": one.category_name, "group": one.group,
            "at": one.requested_at, "closed": one.closed_at, "updated": one.updated_at, "lat": one.lat, "lon": one.lon,
            "address": one.address, "description": one.description, "duplicate_of": one.duplicate_of,
        }
        for one in published(RequestFilter(), ANONYMOUS).items
    ]  # fmt: skip


def empty_the_city() -> None:
    ServiceRequest.objects.update(duplicate_of=None, outcome="", state="received", closed_at=None)
    ServiceRequest.objects.all().delete()
    ImportRun.objects.all().delete()
    Category.objects.all().delete()


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_an_export_comes_back_as_the_same_requests(city: Path, form: str) -> None:
    path = city / "export"
    assert export_file(path, form) == 4
    before = seen()
    here = import_file(path, actor=ACTOR)
    assert (here.rows, here.unchanged) == (4, 4), here
    assert seen() == before

    empty_the_city()
    elsewhere = import_file(path, actor=ACTOR)
    assert (elsewhere.imported, elsewhere.quarantined) == (4, 0)
    after = seen()
    if form == "san-diego":  # its columns have no room for our numbers, sentences, groups and seconds of change
        kept = {"state", "outcome", "name", "at", "closed", "lat", "lon", "address"}
        after = [{key: one[key] for key in kept} for one in after]
        before = [{key: one[key] for key in kept} for one in before]
    assert after == before
    assert import_file(path, actor=ACTOR).unchanged == 4


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_an_export_holds_nothing_the_public_may_not_see(city: Path, form: str) -> None:
    path = city / "export"
    export_file(path, form)
    text = path.read_text(encoding="utf-8")
    assert "rota" in text
    for secret in ("1+1", "quotes", "1202", "32.7157"):
        assert secret not in text


def test_a_closed_request_is_not_taken_for_an_open_one(city: Path) -> None:
    path = city / "export.csv"
    export_file(path)
    number = seen()[-1]["number"]
    rows = list(csv.DictReader(path.open(newline="", encoding="utf-8")))
    for row in rows:
        if row["number"] == number:
            row.update(state="closed", closed_at="2025-12-01T00:00:00+00:00")
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    assert import_file(path, actor=ACTOR).reasons == {"own_record_differs": 1}


def test_the_forms_are_what_they_say(city: Path) -> None:
    path = city / "export"
    export_file(path, "san-diego")
    assert next(csv.reader(path.open(encoding="utf-8"))) == list(SAN_DIEGO)
    assert len(SAN_DIEGO) == 23
    assert named("san_diego").zone == SAN_DIEGO_ZONE
    export_file(path, "georeport-xml")
    root = parse(path).getroot()
    assert (root.tag, [child.tag for child in root]) == ("service_requests", ["request"] * 4)
    with pytest.raises(Invalid, match="csv"):
        export_file(path, "pdf")


def test_the_desks_export_is_for_those_who_may_and_is_audited(city: Path) -> None:
    with pytest.raises(NotAllowed):
        desk_csv(RequestFilter(), actor=Actor(ActorKind.STAFF, permissions=frozenset({"requests.view"})))
    staff = Actor(ActorKind.STAFF, label="Ana", permissions=frozenset({"requests.view", "requests.export"}))
    text = "".join(desk_csv(RequestFilter(), actor=staff))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 4
    assert "32.7157" in text
    assert {row["description"] for row in rows} >= {"'=1+1"}
    assert AuditEntry.objects.filter(action="service_requests.exported").count() == 1
