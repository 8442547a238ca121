"""Datasets that fetch their rows from files, the web and other portals: when due, never at the cost of what is up."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.support.people import sign_in
from tests.support.shelf import Shelf

from cityhall.apps.opendata import public, queries
from cityhall.apps.opendata.contracts import Published, Refused
from cityhall.apps.opendata.imports import portals
from cityhall.apps.opendata.imports.paging import Pages
from cityhall.apps.opendata.models import Dataset, Look, Run
from cityhall.apps.opendata.rules import contract_files, sniffing, sources
from cityhall.apps.opendata.soql import parameters
from cityhall.kernel import clock
from cityhall.kernel.actors import system
from cityhall.kernel.analytics.port import Limits, analytics
from cityhall.kernel.downloads import downloader
from cityhall.kernel.errors import Invalid
from cityhall.kernel.snapshots import UnreadableFile

CLERK = system("test")
CONTRACT = """
name = "trees"
title = "Trees"
fresh_within = "P1D"
key = "id"
{more}
[[columns]]
name = "id"
[[columns]]
name = "kind"
"""
URL = "https://data.example.org/trees"
CODE = "/resource/abcd-1234.csv"
RESOURCE = "0f0a6b1e-1111-4222-8333-444455556666"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
database = pytest.mark.django_db


def contract(source: str, more: str = "") -> Any:
    return public.read_contract(CONTRACT.format(more=more) + f"\n[source]\n{source}\n")


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    made, before = Shelf(), downloader._make
    downloader.fill(lambda: made)
    yield made
    downloader._make = before


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Sets the time, counted from NOW."""

    def set_to(after: timedelta) -> None:
        monkeypatch.setattr(clock, "now", lambda: NOW + after)

    set_to(timedelta())
    return set_to


def publish(source: str, more: str = "") -> Published | None:
    return public.publish_source(contract(source, more), actor=CLERK)


def rows(name: str = "trees") -> list[dict[str, Any]]:
    code = Dataset.objects.get(name=name).code
    source = queries.source_of(code)
    query = parameters.read_parameters([("$order", "id")], source.all_columns, rows=10_000)
    with analytics.get().run(source, query, Limits(10)) as result:
        return [row for batch in result.batches() for row in batch.to_pylist()]


def kinds(name: str = "trees") -> list[Any]:
    return [row["kind"] for row in rows(name)]


@pytest.mark.parametrize(
    ("source", "field"),
    [
        ('url = "https://a.example/x"\nsoda = "https://a.example/resource/abcd-1234"', "source"),
        ('schedule = "P1D"', "source"),
        ('url = "ftp://a.example/x"', "source.url"),
        ('url = "https://clerk:secret@a.example/x"', "source.url"),
        ('url = "https://a.example/x"\nschedule = "PT1M"', "source.schedule"),
        ('url = "https://a.example/x"\nschedule = "daily"', "source.schedule"),
        ('url = "https://a.example/x"\nformat = "pdf"', "source.format"),
        ('url = "https://a.example/x"\nmost_rows = 5', "source.most_rows"),
        ('url = "https://a.example/x"\nevery = "P1D"', "source.every"),
        ('soda = "https://a.example/trees"', "source.soda"),
        ('ckan = "https://a.example/dataset/trees"', "source.ckan"),
        ('georeport = "https://a.example/open311"\ndays = 0', "source.days"),
        ('file = "/etc/passwd"', "source.file"),
        ('file = "../secrets/secret_key"', "source.file"),
        ('file = "trees/*.csv"', "source.file"),
        ('folder = "trees"', "source.folder"),
        ('folder = "*/trees.csv"', "source.folder"),
    ],
)
def test_a_source_that_cannot_be_is_refused_by_its_field(source: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        contract(source)
    assert list(refused.value.fields) == [field]


def test_a_source_stays_in_the_contract_that_is_kept() -> None:
    made = contract('folder = "trees/*.csv"\nschedule = "PT1H"\nformat = "csv"')
    assert contract_files.kept(json.loads(json.dumps(contract_files.to_keep(made)))) == made


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("https://a.example/resource/abcd-1234.json?$limit=5", ("https://a.example", "abcd-1234")),
        ("https://a.example/Parks/Street-Trees/abcd-1234", ("https://a.example", "abcd-1234")),
        ("https://a.example/d/abcd-1234/", ("https://a.example", "abcd-1234")),
        ("https://a.example/abcd", None),
    ],
)
def test_where_a_dataset_of_socratas_is(where: str, found: Any) -> None:
    assert sources.soda_place(where) == found


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (f"https://a.example/data/dataset/trees/resource/{RESOURCE}", ("https://a.example/data", RESOURCE)),
        (f"https://a.example/datastore/dump/{RESOURCE}?bom=true", ("https://a.example", RESOURCE)),
        (f"https://a.example/api/3/action/datastore_search?resource_id={RESOURCE}", ("https://a.example", RESOURCE)),
        ("https://a.example/api/3/action/datastore_search?resource_id=1", None),
    ],
)
def test_where_a_resource_of_ckans_is(where: str, found: Any) -> None:
    assert sources.ckan_place(where) == found


def test_it_is_tried_again_sooner_than_on_schedule_and_ever_later() -> None:
    waits = [sources.next_look("P1W", NOW, failures) for failures in range(12)]
    told = [one - NOW for one in waits if one is not None]
    assert told[0] == timedelta(days=7)
    assert told[1:4] == [timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20)]
    assert told[-1] == timedelta(days=1)
    assert sources.next_look("PT10M", NOW, 9) == NOW + timedelta(minutes=10)
    assert sources.next_look("P1D", NOW, 1, retry_after=3600) == NOW + timedelta(hours=1)
    assert sources.next_look("", NOW) is None


@pytest.mark.parametrize(
    ("head", "told", "ending"),
    [
        (b"id,kind\n1,Oak\n", "", ".csv"),
        (b"\xef\xbb\xbfid;kind\n", "", ".csv"),
        (b"PAR1....", "csv", ".parquet"),
        (b"PK\x03\x04....[Content_Types].xml", "", ".xlsx"),
        (b"PK\x03\x04....trees.csv", "", ".zip"),
        (b'[{"id": 1}]', "", ".json"),
        (b'{"id": 1}\n{"id": 2}\n', "", ".jsonl"),
        (b'{"type": "FeatureCollection", "features": [', "", ".geojson"),
    ],
)
def test_what_a_file_is_shows_in_what_it_begins_with(head: bytes, told: str, ending: str) -> None:
    assert sniffing.ending(head, told) == ending


@pytest.mark.parametrize(
    "head", [b"", b"  \n", b"<!doctype html><p>Sign in", b"\x1f\x8b\x08", b'{\n"error": true\n}', b"\x00\x01\x02"]
)
def test_what_is_no_table_is_told_before_it_is_read(head: bytes) -> None:
    with pytest.raises(sniffing.NoTable):
        sniffing.ending(head)


@database
def test_a_url_is_fetched_when_due_and_costs_nothing_while_it_is_unchanged(shelf: Shelf, at: Any) -> None:
    shelf.put("/trees", "id,kind\n1,Oak\n2,Elm\n", ETag='"a"')
    done = publish(f'url = "{URL}"\nschedule = "PT1H"')
    assert done is not None and (done.rows, kinds()) == (2, ["Oak", "Elm"])
    assert queries.due_sources() == [] and public.refresh_due() == 0
    at(timedelta(hours=1))
    assert queries.due_sources() == ["trees"]
    runs = Run.objects.count()
    assert public.refresh_due() == 0
    assert shelf.calls[-1][1]["If-None-Match"] == '"a"'
    assert Run.objects.count() == runs
    assert queries.dataset(done.id).checked_at == NOW + timedelta(hours=1)
    shelf.put("/trees", "id,kind\n1,Oak\n2,Ash\n", ETag='"b"')
    at(timedelta(hours=2))
    assert public.refresh_due() == 1
    assert kinds() == ["Oak", "Ash"] and queries.dataset(done.id).number == 2


@database
def test_what_fails_leaves_the_last_good_version_up_says_so_and_is_tried_again(
    shelf: Shelf, at: Any, client: Client
) -> None:
    shelf.put("/trees", "id,kind\n1,Oak\n2,Elm\n3,Fig\n")
    done = publish(f'url = "{URL}"\nschedule = "P1D"')
    assert done is not None
    shelf.put("/trees", "", status=503)
    at(timedelta(days=1))
    assert public.refresh_due() == 0 and kinds() == ["Oak", "Elm", "Fig"]
    told = queries.source(done.id)
    assert told is not None and told.next_at == NOW + timedelta(days=1, minutes=5)
    page = client.get(f"/data/{done.id}/").content.decode()
    assert "The source could not be reached." in page and "503" not in page
    shelf.put("/trees", "<html>We have moved</html>")
    at(timedelta(days=1, minutes=5))
    public.refresh_due()
    assert Look.objects.get().failures == 2
    assert "could not be read" in client.get(f"/data/{done.id}/").content.decode()
    shelf.put("/trees", "id,kind\n1,Oak\n")  # two of three rows gone: more than the contract allows
    at(timedelta(days=1, minutes=15))
    public.refresh_due()
    assert kinds() == ["Oak", "Elm", "Fig"]
    at(timedelta(days=1, hours=20))
    assert queries.dataset(done.id).freshness.value == "late"
    sign_in(client, "administrator")
    page = client.get(f"/data/{done.id}/").content.decode()
    assert "breaks this dataset’s own rules" in page and "2 of the 3 rows" in page
    shelf.put("/trees", "id,kind\n1,Oak\n2,Elm\n3,Yew\n")
    assert public.refresh_due() == 1
    assert kinds() == ["Oak", "Elm", "Yew"] and Look.objects.get().trouble == ""


@database
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"body": "", "status": 404}, "Su servidor respondió 404."),
        ({"body": "<html>We have moved</html>"}, "Es una página web; indique la dirección del archivo mismo."),
        ({"body": '{"id": 1}\n{broken'}, "La línea 2 no es JSON."),
    ],
)
def test_why_a_source_failed_is_told_in_the_readers_language(
    shelf: Shelf, at: Any, client: Client, answer: dict[str, Any], said: str
) -> None:
    shelf.put("/trees", "id,kind\n1,Oak\n")
    done = publish(f'url = "{URL}"\nschedule = "P1D"')
    assert done is not None
    shelf.put("/trees", **answer)
    at(timedelta(days=1))
    public.refresh_due()
    sign_in(client, "administrator")
    assert said in client.get(f"/es/data/{done.id}/").content.decode()


@database
def test_a_full_disk_is_told_and_the_last_good_version_stays(shelf: Shelf, at: Any, client: Client) -> None:
    shelf.put("/trees", "id,kind\n1,Oak\n")
    done = publish(f'url = "{URL}"\nschedule = "P1D"')
    assert done is not None

    def full(_query: dict[str, str]) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    shelf.on("/trees", full)
    at(timedelta(days=1))
    assert public.refresh_due() == 0 and kinds() == ["Oak"]
    assert "There was no room for what the source gave." in client.get(f"/data/{done.id}/").content.decode()


@database
def test_one_source_that_fails_stops_no_other(shelf: Shelf, at: Any) -> None:
    shelf.put("/trees", "id,kind\n1,Oak\n")
    first = contract(f'url = "{URL}"\nschedule = "P1D"')
    for name in ("ash", "trees"):
        public.publish_source(first, actor=CLERK, name=name)

    def breaks(_query: dict[str, str]) -> Any:
        shelf.put("/trees", "id,kind\n1,Yew\n")
        raise OSError("disk full")

    shelf.on("/trees", breaks)
    at(timedelta(days=1))
    assert public.refresh_due() == 1
    assert sorted(look.failures for look in Look.objects.all()) == [0, 1]


@database
def test_rows_that_wait_for_their_time_are_published_though_the_file_is_unchanged(shelf: Shelf, at: Any) -> None:
    held = '[[columns]]\nname = "seen"\ntype = "timestamp"\nhold_hours = 24\n'
    shelf.put("/trees", "id,kind,seen\n1,Oak,2026-02-01 10:00\n2,Elm,2026-03-01 10:00\n", ETag='"a"')
    done = publish(f'url = "{URL}"\nschedule = "PT1H"', held)
    assert done is not None and done.rows == 1
    at(timedelta(days=2))
    assert public.refresh_due() == 1 and kinds() == ["Oak", "Elm"]


@database
def test_a_recalled_dataset_waits_for_a_person(shelf: Shelf, at: Any) -> None:
    shelf.put("/trees", "id,kind\n1,Oak\n")
    done = publish(f'url = "{URL}"\nschedule = "PT1H"')
    assert done is not None
    public.recall("trees", actor=CLERK, reason="It showed too much.", snapshots=[1])
    at(timedelta(days=2))
    assert queries.due_sources() == []


@database
def test_the_first_try_tells_the_person_and_keeps_nothing(shelf: Shelf) -> None:
    with pytest.raises(Invalid) as refused:
        publish(f'url = "{URL}"')
    assert list(refused.value.fields) == ["source.url"] and "404" in str(refused.value.fields["source.url"])
    assert not Dataset.objects.exists()


@database
def test_the_newest_file_of_a_folder_is_published_and_none_from_outside_it(
    tmp_path: Path, settings: Any, at: Any
) -> None:
    home = settings.CITYHALL_SOURCE_FOLDER = tmp_path / "sources"
    (home / "trees").mkdir(parents=True)
    for day, kind in ((1, "Oak"), (2, "Elm")):
        file = home / "trees" / f"{day}.csv"
        file.write_text(f"id,kind\n1,{kind}\n")
        os.utime(file, (day * 1000, day * 1000))
    secret = tmp_path / "secret.csv"
    secret.write_text("id,kind\n1,hush\n")
    (home / "trees" / "3.csv").symlink_to(secret)
    (home / "trees.csv").symlink_to(secret)
    done = publish('folder = "trees/*.csv"\nschedule = "PT1H"')
    assert done is not None and kinds() == ["Elm"]
    assert public.refresh("trees", actor=CLERK) is None
    (home / "trees" / "4.csv").write_text("id,kind\n1,Yew\n")
    assert public.refresh("trees", actor=CLERK) is not None and kinds() == ["Yew"]
    with pytest.raises(Invalid, match="no such file"):
        public.publish_source(contract('file = "trees.csv"'), actor=CLERK, name="other")


def socrata(shelf: Shelf, table: list[str], *, pages: bool = True) -> None:
    def answer(query: dict[str, str]) -> Any:
        assert query["$order"] == ":id"
        start, count = int(query["$offset"]) if pages else 0, int(query["$limit"])
        body = "\n".join(['"id","kind","place"', *table[start : start + count]]) + "\n"
        headers = {"X-SODA2-Fields": '["id","kind","place"]', "X-SODA2-Types": '["number","text","point"]'}
        return 200, headers, body.encode()

    shelf.on(CODE, answer)
    shelf.put("/api/views/abcd-1234.json", '{"rowsUpdatedAt": 1700000000, "viewLastModified": 5}')


POINT = '[[columns]]\nname = "spot"\ntype = "point"\nlongitude = "place longitude"\nlatitude = "place latitude"\n'
SODA = 'soda = "https://data.example.org/resource/abcd-1234"\nschedule = "P1D"'


@database
def test_socratas_rows_are_read_page_by_page_with_their_points(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.CITYHALL_SODA_TOKEN = "hush"
    monkeypatch.setattr(portals, "SODA_PAGE", 3)
    table = [f'"{at}","Oak, ""{at}""","POINT (-117.1 32.{at})"' for at in range(10, 18)]
    socrata(shelf, table)
    done = publish(SODA, POINT)
    assert done is not None and done.rows == 8
    assert rows()[0] == {"id": "10", "kind": 'Oak, "10"', "spot": {"lon": -117.1, "lat": 32.1}}
    asked = [headers for path, headers in shelf.calls if path == CODE]
    assert len(asked) == 4 and all(one["X-App-Token"] == "hush" for one in asked)
    shelf.calls.clear()
    assert public.refresh("trees", actor=CLERK) is None
    assert [path for path, _headers in shelf.calls] == ["/api/views/abcd-1234.json"]


@database
def test_a_portal_that_cannot_give_all_its_rows_is_refused_rather_than_read_in_part(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portals, "SODA_PAGE", 3)
    table = [f'"{at}","Oak",""' for at in range(10, 18)]
    socrata(shelf, table, pages=False)
    with pytest.raises(Invalid, match="first again"):
        publish(SODA)
    socrata(shelf, table)
    with pytest.raises(Invalid, match="raise source"):
        publish(f"{SODA}\nmost_rows = 7")
    changes = iter(range(9))
    shelf.on("/api/views/abcd-1234.json", lambda _query: (200, {}, b'{"rowsUpdatedAt": %d}' % next(changes)))
    with pytest.raises(Invalid, match="changed while it was read"):
        publish(SODA)
    assert not Dataset.objects.exists()


CKAN = f'ckan = "https://ckan.example.org/dataset/trees/resource/{RESOURCE}"'
SHOW, SEARCH = "/api/3/action/resource_show", "/api/3/action/datastore_search"


@database
def test_ckans_rows_come_from_its_datastore_or_from_the_resources_file(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portals, "CKAN_PAGE", 3)
    records = [{"_id": at, "id": at, "kind": None if at == 5 else f"Oak {at}"} for at in range(1, 9)]

    def answer(query: dict[str, str]) -> Any:
        start = int(query["offset"])
        found = records[start : start + min(2, int(query["limit"]))]  # a portal may give fewer than asked for
        fields = [{"id": "_id", "type": "int"}, {"id": "id", "type": "int"}, {"id": "kind", "type": "text"}]
        return 200, {}, json.dumps({"success": True, "result": {"records": found, "fields": fields}}).encode()

    shelf.put(SHOW, json.dumps({"result": {"datastore_active": True, "url": "https://x.example/"}}))
    shelf.on(SEARCH, answer)
    done = publish(CKAN)
    assert done is not None and done.rows == 8 and kinds()[4] is None
    shelf.put(SHOW, json.dumps({"result": {"datastore_active": False, "url": URL}}))
    shelf.put("/trees", '[{"id": 1, "kind": "Oak"}, {"id": 2}]')
    done = public.publish_source(contract(CKAN), actor=CLERK, name="file")
    assert done is not None and kinds("file") == ["Oak", None]
    records.append(records[0])
    shelf.put(SHOW, json.dumps({"result": {"datastore_active": True}}))
    with pytest.raises(Invalid, match="in order"):
        publish(CKAN)


REPORTS = """
name = "reports"
title = "Reports"
key = "id"
[[columns]]
name = "id"
source = "service_request_id"
[[columns]]
name = "filed"
source = "requested_datetime"
type = "timestamp"
[source]
georeport = "https://311.example.org/open311/v2?jurisdiction_id=a.example"
days = 60
"""


@database
@pytest.mark.parametrize("has_pages", [True, False])
def test_requests_of_another_citys_georeport_are_all_read(shelf: Shelf, at: Any, has_pages: bool) -> None:
    filed = [NOW - timedelta(days=50) + timedelta(hours=7 * at) for at in range(170)]

    def answer(query: dict[str, str]) -> Any:
        assert query["jurisdiction_id"] == "a.example"
        start, end = (datetime.fromisoformat(query[name]) for name in ("start_date", "end_date"))
        found = [(number, one) for number, one in enumerate(filed) if start <= one <= end]
        first = 60 * (int(query["page"]) - 1) if has_pages else 0
        told = [
            {"service_request_id": str(number), "status": "open", "requested_datetime": one.isoformat()}
            for number, one in found[first : first + 60]
        ]
        return 200, {}, json.dumps(told).encode()

    shelf.on("/open311/v2/requests.json", answer)
    done = public.publish_source(public.read_contract(REPORTS), actor=CLERK)
    assert done is not None and (done.rows, done.quarantined) == (170, 0)


def test_reading_stops_at_what_is_no_portal(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put("/open311/v2/requests.json", "<html>")
    terms = public.read_contract(REPORTS).source
    assert terms is not None
    with pytest.raises(UnreadableFile, match="GeoReport"):
        list(portals.table(terms, Pages(tmp_path)).rows)


@database
def test_a_refused_source_of_a_new_dataset_is_tried_again(shelf: Shelf, at: Any) -> None:
    shelf.put("/trees", "id,sort\n1,Oak\n")
    with pytest.raises(Refused, match="kind"):
        publish(f'url = "{URL}"\nschedule = "P1D"')
    shelf.put("/trees", "id,kind\n1,Oak\n")
    at(timedelta(minutes=5))
    assert public.refresh_due() == 1 and kinds() == ["Oak"]
