"""Exports: what is public and no more, and the way back in."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from defusedxml.ElementTree import parse

from cityhall.apps.places import public as places
from cityhall.apps.service_requests.contracts import Detail, Moderation, Policy, RequestFilter
from cityhall.apps.service_requests.exports import FORMATS
from cityhall.apps.service_requests.exports.columns import COLUMNS
from cityhall.apps.service_requests.exports.files import SAN_DIEGO, SAN_DIEGO_ZONE
from cityhall.apps.service_requests.imports.profiles import named
from cityhall.apps.service_requests.models import Category, ImportRun, ServiceRequest
from cityhall.apps.service_requests.public import desk_csv, export_file, import_file, published
from cityhall.apps.service_requests.queries.catalogue import policy_of
from cityhall.apps.service_requests.services import category_packs
from cityhall.kernel.actors import ANONYMOUS, Actor, ActorKind, system
from cityhall.kernel.django.models import AuditEntry
from cityhall.kernel.errors import Invalid, NotAllowed

pytestmark = pytest.mark.django_db
ACTOR = system("Import")
HISTORY = (
    "service_request_id,service_request_parent_id,date_requested,service_name,date_closed,status,lat,lng,"
    "street_address,referred,public_description\n"
    "1,,2025-03-01T10:00:00,Pothole,,New,32.7157,-117.1611,1202 C St,,=1+1\n"
    "2,,2025-03-02T10:00:00,Pothole,2025-03-05T11:00:00,Closed,32.72,-117.15,Main St & 4th,,"
    "\"Two\nlines, and 'quotes'\"\n"
    "3,2,2025-03-03T10:00:00,Pothole,2025-03-05T11:00:00,Closed,32.72,-117.15,Main St & 4th,,\n"
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
    if form == "san-diego":  # its columns have no room for our codes, sentences and seconds of change
        kept = {"number", "group", "state", "outcome", "name", "at", "closed", "lat", "lon", "address", "duplicate_of"}
        after = [{key: one[key] for key in kept} for one in after]
        before = [{key: one[key] for key in kept} for one in before]
    assert after == before
    assert import_file(path, actor=ACTOR).unchanged == 4


POLICIES = {
    "Open": Policy(),
    "Homes": Policy(Detail.GENERALISED, Detail.WITHHELD, Detail.WITHHELD, Moderation.WAITS),
    "People": Policy(Detail.WITHHELD, Detail.WITHHELD, Detail.WITHHELD),
    "Roads": Policy(Detail.EXACT, Detail.EXACT, Detail.WITHHELD, Moderation.WAITS),
}


def foreign(path: Path, start: int) -> Path:
    """Another system's file with a house, a point and private words for each of the categories."""
    lines = [
        f"{start + index},,2025-04-0{index + 1}T10:00:00,{name},,New,32.71{index}7,-117.16{index}1,12{index}5 C St,,"
        f"Mrs Smith {index}"
        for index, name in enumerate(POLICIES)
    ]
    path.write_text("\n".join([HISTORY.splitlines()[0], *lines]), encoding="utf-8")
    return path


@pytest.mark.parametrize("form", [one for one in sorted(FORMATS) if one != "san-diego"])
def test_an_export_takes_its_policy_along_and_what_follows_is_held_to_it(tmp_path: Path, form: str) -> None:
    import_file(foreign(tmp_path / "here.csv", 100), actor=ACTOR)
    for name, policy in POLICIES.items():
        made = Category.objects.get(code=name.lower())
        settings = {"place_policy": policy.place, "text_policy": policy.text, "photo_policy": policy.photo}
        Category.objects.filter(id=made.id).update(moderation=policy.moderation, **settings)
        made.refresh_from_db()
        category_packs.reapply(made)
    ServiceRequest.objects.filter(category__code="roads").update(supporters=7, showing="withheld")
    path, again = tmp_path / "export", tmp_path / "again"
    export_file(path, form)

    empty_the_city()
    assert import_file(path, actor=ACTOR).imported == 4
    made = {one.name["en"]: policy_of(one) for one in Category.objects.all()}
    assert made == POLICIES
    assert not Category.objects.filter(is_active=True).exists()
    export_file(again, form)
    assert again.read_text(encoding="utf-8") == path.read_text(encoding="utf-8")

    # A third city's rows of the same kinds come after it, with new numbers, houses and words.
    assert import_file(foreign(tmp_path / "theirs.csv", 500), actor=ACTOR).made == ()
    export_file(again, form)
    text = again.read_text(encoding="utf-8")
    for index, (name, policy) in enumerate(POLICIES.items()):
        assert (f"12{index}5 C St" in text) == (policy.place is Detail.EXACT), name
        assert (f"32.71{index}7" in text) == (policy.place is Detail.EXACT), name
        assert (f"Mrs Smith {index}" in text) == (policy.text is Detail.EXACT), name


@pytest.mark.parametrize("form", ["csv", "georeport-json"])
def test_an_export_that_states_no_policy_makes_nothing_more_public_than_its_rows_were(city: Path, form: str) -> None:
    Category.objects.filter(code="pothole").update(place_policy="exact", text_policy="exact")
    category_packs.reapply(Category.objects.get(code="pothole"))
    path = city / f"export.{form}"
    export_file(path, form)
    text = re.sub(r"place=\w+ text=\w+ photo=\w+ moderation=\w+", "", path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    empty_the_city()
    import_file(path, actor=ACTOR)
    safe = Policy(Detail.GENERALISED, Detail.EXACT, Detail.WITHHELD)
    assert policy_of(Category.objects.get(code="graffiti")) == safe
    assert policy_of(Category.objects.get(code="pothole")) == Policy(Detail.EXACT, Detail.EXACT, Detail.WITHHELD)


def test_a_later_row_that_shows_less_takes_back_what_an_earlier_one_showed(city: Path) -> None:
    path = city / "export.csv"
    export_file(path)
    rows = list(csv.DictReader(path.open(newline="", encoding="utf-8")))
    for index, row in enumerate(rows):
        row.update(category="Pothole", category_code="pothole", lat="32.7157", lon="-117.1611", address="1202 C St")
        place = "exact" if index < 3 else "generalised"
        row.update(policy=f"place={place} text=exact photo=exact moderation=at_once", place_detail=place)
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    empty_the_city()
    import_file(path, actor=ACTOR, batch=2)
    assert Category.objects.get(code="pothole").place_policy == Detail.GENERALISED
    shown = published(RequestFilter(), ANONYMOUS).items
    assert len(shown) == 4
    assert {(one.lat, one.address) for one in shown} == {
        (places.generalise(32.7157, -117.1611)[0], "1200 block of C St")
    }


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_an_export_holds_nothing_the_public_may_not_see(city: Path, form: str) -> None:
    path = city / "export"
    export_file(path, form)
    # An id may hold any digits.
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", path.read_text(encoding="utf-8"))
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
