"""What a contract hides is in the source, and no door, format, version, diff, refusal or log gives it out.

The doors are those of the URL map: a new one is tried without being named here.
"""

from __future__ import annotations

import io
import itertools
import json
import logging
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow.parquet as pq
import pytest
from django.test import Client
from django.urls import URLPattern

from cityhall.apps.opendata import public, queries, urls
from cityhall.apps.opendata.contracts import Published
from cityhall.apps.opendata.formats.table import FORMATS
from cityhall.apps.opendata.models import Snapshot
from cityhall.apps.opendata.rules import hiding
from cityhall.apps.opendata.web import answers
from cityhall.apps.opendata.web.ckan_catalogue import ACTIONS
from cityhall.apps.places import public as places
from cityhall.kernel import clock
from cityhall.kernel.actors import system

TERMS = """
name = "calls"
title = "Calls"
key = "id"
most_aside = 1.0
[[suppress]]
columns = ["reason", "age"]
fewer_than = 3
instead = "other"
[[columns]]
name = "id"
[[columns]]
name = "place"
type = "point"
longitude = "lngsecret"
latitude = "latsecret"
classification = "personal"
transform = "h3"
resolution = 8
[[columns]]
name = "square"
type = "point"
longitude = "lngsecret"
latitude = "latsecret"
classification = "personal"
transform = "snap"
metres = 1000
[[columns]]
name = "address"
classification = "personal"
transform = "block"
[[columns]]
name = "notes"
classification = "sensitive"
transform = "scrub"
[[columns]]
name = "reason"
classification = "personal"
[[columns]]
name = "age"
type = "number"
classification = "personal"
[[columns]]
name = "callersecret"
transform = "drop"
[[columns]]
name = "kept_back"
publish = false
[[columns]]
name = "at"
type = "timestamp"
hold_hours = 24
"""
HEAD = "id,latsecret,lngsecret,address,notes,reason,age,callersecret,kept_back,at\n"
#: Of the source alone. Each is long enough that chance does not write it.
SECRETS = (
    "32.715738", "117.161084", "1234 Grand", "zelda.quux@example.org", "619-555-0147", "078-05-1120", "smuggling",
    "93.51728", "Ottoline", "Backstairs", "heldmarker",
)  # fmt: skip
#: Headings of the source that no answer names, unless whoever asks has named them.
HEADINGS = ("latsecret", "lngsecret", "callersecret", "kept_back")
HIDDEN = ("callersecret", "latsecret", '":digest"', "rowid")


def source(*, house: str = "1234", rare: str = "smuggling", caller: str = "Ottoline", degrees: str = "38") -> str:
    """Return a file whose hidden parts can be others."""
    now = places.local(clock.now()).replace(tzinfo=None)
    common = "".join(
        f"{at},32.7157{degrees},-117.161084,{house} Grand Ave Apt {at},"
        f"zelda.quux@example.org or 619-555-0147,noise,44,{caller},Backstairs,2020-01-0{at}\n"
        for at in range(1, 5)
    )
    held = (
        f"9,32.7,-117.1,1 Elm St,heldmarker,noise,44,{caller},Backstairs,{now - timedelta(hours=1):%Y-%m-%dT%H:%M:%S}\n"
    )
    return (
        f"{HEAD}{common}5,32.715738,-117.161084,{house} Grand Ave,SSN 078-05-1120,{rare},93.51728,{caller},Backstairs,"
        f"2020-01-05\n6,32.72,nowhere,{house} Grand Ave,heldmarker,noise,44,{caller},Backstairs,2020-01-05\n{held}"
    )


@pytest.fixture
def publish(tmp_path: Path) -> Callable[..., Published]:
    def run(text: str) -> Published:
        file = tmp_path / "calls.csv"
        file.write_text(text, encoding="utf-8")
        return public.publish_file(file, actor=system("test"), contract=public.read_contract(TERMS))

    return run


def addresses(done: Published, row: str) -> Iterator[str]:
    """Iterate over every address of open data about a dataset."""
    fill: dict[str, tuple[str, ...]] = {
        "code": (done.id,), "fmt": tuple(FORMATS), "row": (row, "row-none"), "name": tuple(ACTIONS),
        "resource": (str(done.resource_id),),
    }  # fmt: skip
    for pattern in (*urls.plain, *urls.localized):
        assert isinstance(pattern, URLPattern)
        parts = re.split(r"<(?:\w+:)?(\w+)>", str(pattern.pattern))
        for values in itertools.product(*(fill.get(name, ("0",)) for name in parts[1::2])):
            yield "/" + "".join(itertools.chain(*itertools.zip_longest(parts[::2], values, fillvalue="")))


def asked(done: Published, row: str) -> Iterator[str]:
    """Iterate over requests: each address as it is; versions and diffs of it; and those that name what is hidden."""
    rid = done.resource_id
    for address in addresses(done, row):
        yield address
        if done.id in address and "/desk/" not in address:
            yield from (f"{address}?$$snapshot=1", f"{address}?$$changes=1..2")
    hidden = ",".join(HIDDEN)
    for fmt in FORMATS:
        yield from (f"/resource/{done.id}.{fmt}?$select=:*,*", f"/resource/{done.id}.{fmt}?$q=Ottoline")
    for name in HIDDEN:
        column = quote(name)
        yield from (
            f"/resource/{done.id}.json?$select={column}",
            f"/resource/{done.id}.json?$where={column} is not null",
            f"/resource/{done.id}.json?$select=max({column})",
            f"/resource/{done.id}.json?$order={column}",
            f"/resource/{done.id}.json?{column}=Ottoline",
            f"/api/3/action/datastore_search?resource_id={rid}&fields={column}",
            f"/api/3/action/datastore_search?resource_id={rid}&filters={quote(json.dumps({name: 'Ottoline'}))}",
            f'/api/3/action/datastore_search_sql?sql=select {column} from "{rid}"',
            f'/api/3/action/datastore_search_sql?sql=select * from "{rid}" where {column} is null',
            f"/ogc/collections/{done.id}/items?filter={column} IS NULL",
            f"/ogc/collections/{done.id}/items?{column}=Ottoline",
            f"/ogc/collections/{done.id}/items?properties={column}",
            f"/data/{done.id}/query/?c1={column}&o1=is&v1=Ottoline&order={column}&group={column}",
        )
    yield f"/resource/{done.id}.json?$query=select {quote(hidden)}"


def text_of(response: Any) -> str:
    """Return an answer as a reader sees it, with its headers: unpacked, and of Parquet its values and its metadata."""
    content = response.getvalue()
    told = str(sorted(response.headers.items()))
    if response.status_code == 200 and content[:4] == b"PAR1":
        table = pq.read_table(io.BytesIO(content))
        return f"{told}{table.to_pylist()}{table.schema.metadata}"
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            content = b"".join(packed.read(name) for name in packed.namelist())
    return told + content.decode("utf-8", errors="replace")


def said(record: logging.LogRecord) -> str:
    """Return what a log record says, without its clock: that writes any figures in time."""
    clocks = ("created", "msecs", "relativeCreated")
    extra = {name: value for name, value in vars(record).items() if name not in clocks}
    return f"{record.getMessage()} {extra}"


def rows_of(response: Any) -> list[dict[str, Any]]:
    return json.loads(response.getvalue())


@pytest.mark.django_db
def test_no_door_gives_out_what_is_hidden(publish, monkeypatch, caplog):
    monkeypatch.setattr(answers, "PER_MINUTE", 100_000)
    caplog.set_level(logging.DEBUG)
    first = source()
    assert [secret for secret in SECRETS if secret not in first] == []
    publish(first)
    done = publish(
        first + "7,32.72,-117.16,2500 Home Ave,zelda.quux@example.org,noise,44,Ottoline,Backstairs,2020-01-05\n"
    )
    assert (done.rows, done.quarantined, done.snapshot) == (6, 1, 2)
    client = Client(raise_request_exception=False)
    [row] = rows_of(client.get(f"/resource/{done.id}.json?$select=:id&$limit=1"))
    found, statuses = [], set()
    for address in asked(done, row[":id"]):
        response = client.get(address)
        text = text_of(response)
        statuses.add(response.status_code)
        found += [(address, secret) for secret in SECRETS if secret in text and secret not in address]
        found += [(address, name) for name in HEADINGS if name in text and name not in address]
        found += [(address, response.status_code)] if response.status_code >= 500 else []
    assert found == []
    assert {200, 400, 404, 409} <= statuses
    told = "\n".join(said(record) for record in caplog.records if record.name != "faker")
    assert [secret for secret in SECRETS if secret in told.replace("Ottoline", "")] == []
    on_disk = b"".join(file.read_bytes() for file in queries.home_of(done.resource_id).rglob("*") if file.is_file())
    assert [secret for secret in SECRETS if secret.encode() in on_disk] == []


@pytest.mark.django_db
def test_a_hidden_column_is_refused_in_the_words_for_one_that_is_not_there(publish, client):
    """Else one could ask which columns the source has."""
    done = publish(source())

    def refused(name: str) -> list[str]:
        told = []
        for address in (
            f"/resource/{done.id}.json?$select={name}",
            f"/resource/{done.id}.json?{name}=1",
            f"/api/3/action/datastore_search?resource_id={done.resource_id}&fields={name}",
            f'/api/3/action/datastore_search_sql?sql=select {name} from "{done.resource_id}"',
            f"/ogc/collections/{done.id}/items?filter={name} IS NULL",
        ):
            answer = client.get(address)
            assert answer.status_code in (400, 409), address
            told.append(answer.content.decode().replace(name, "NAME"))
        return told

    nothing = refused("no_such_name")
    for name in HEADINGS:
        assert refused(name) == nothing


@pytest.mark.django_db
@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"house": "1201"}, id="another house of the block"),
        pytest.param({"rare": "arson"}, id="another rare value"),
        pytest.param({"caller": "Somebody Else"}, id="another dropped value"),
        pytest.param({"degrees": "39"}, id="another place of the cell"),
    ],
)
def test_sources_that_differ_in_what_is_hidden_alone_are_published_the_same(publish, other):
    """Then no query tells them apart, nor any number of queries, nor the difference between two of them."""
    assert source() != source(**other)
    assert publish(source()).is_new
    before = Snapshot.objects.get()
    assert not publish(source(**other)).is_new, "the second is a version of its own, so something of it shows"
    Snapshot.objects.get().refresh_from_db()
    assert Snapshot.objects.get().facts == before.facts


@pytest.mark.django_db
def test_what_is_held_back_is_in_no_version_and_no_diff_until_its_time(publish, client):
    with_held = source()
    without = "".join(line for line in with_held.splitlines(keepends=True) if not line.startswith("9,"))
    assert publish(without).rows == 5
    assert not publish(with_held).is_new
    with clock.held_at(clock.now() + timedelta(hours=30)):
        done = publish(with_held)
        assert (done.snapshot, done.rows) == (2, 6)
        assert "heldmarker" in text_of(client.get(f"/resource/{done.id}.json?$$changes=1..2"))
        assert "heldmarker" not in text_of(client.get(f"/resource/{done.id}.json?$$snapshot=1"))


@pytest.mark.django_db
def test_the_mean_over_many_versions_and_rows_is_no_nearer_to_the_house(publish, client):
    """A thousand answers about one place are one answer."""
    seen = set()
    for number in range(3):
        done = publish(source().replace("noise", f"noise{number}"))
        for shown in rows_of(client.get(f"/resource/{done.id}.json?$where=id<='4'")):
            seen.add((*shown["place"]["coordinates"], *shown["square"]["coordinates"], shown["address"]))
    assert len(seen) == 1
    [lon, lat], [east, north] = (
        hiding.celled([(-117.161084, 32.715738)], 8)[0],
        hiding.snapped([(-117.161084, 32.715738)], 1000)[0],
    )
    assert seen == {(lon, lat, east, north, "1200 block of Grand Ave")}
    assert places.metres(32.715738, -117.161084, lat, lon) > 20


@pytest.mark.django_db
def test_counts_of_what_is_rare_add_up_to_no_more_than_that_something_is_rare(publish, client):
    """Whole less parts gives "other", by every column: the value itself was taken out before it was counted."""
    done = publish(source())
    for column in ("reason", "age", "address", "id", "notes"):
        group = ",".join(dict.fromkeys((column, "reason", "age")))
        selected = f"{group},count(*)"
        rows = rows_of(client.get(f"/resource/{done.id}.json", {"$select": selected, "$group": group}))
        assert sum(int(row["count"]) for row in rows) == 5
        assert {row.get("reason") for row in rows} == {"noise", "other"}
        assert {row.get("age") for row in rows} == {"44", None}
