"""What a contract hides: it is in the source, and in no file, answer or refusal of the dataset."""

from __future__ import annotations

import itertools
import json
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import city

from cityhall.apps.opendata import public, queries
from cityhall.apps.opendata.contracts import Published, Refused
from cityhall.apps.opendata.models import Snapshot
from cityhall.apps.opendata.rules import contract_files, hiding
from cityhall.apps.places import public as places
from cityhall.kernel import clock
from cityhall.kernel.actors import system
from cityhall.kernel.errors import Invalid

PLACES = st.tuples(st.floats(-180, 180), st.floats(-85, 85))
HEAD = 'name = "calls"\ntitle = "Calls"\nkey = "id"\nmost_aside = 1.0\n'
TERMS = (
    HEAD
    + """
[[suppress]]
columns = ["reason", "age"]
fewer_than = 2
instead = "other"
[[columns]]
name = "id"
[[columns]]
name = "place"
type = "point"
longitude = "lng"
latitude = "lat"
classification = "personal"
transform = "h3"
resolution = 8
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
[[columns]]
name = "age"
type = "number"
classification = "personal"
[[columns]]
name = "caller"
transform = "drop"
[[columns]]
name = "at"
type = "timestamp"
hold_hours = 24
"""
)
CALLS = """id,lat,lng,address,notes,reason,age,caller,at
1,32.715738,-117.161084,1234 Grand Ave Apt 7,zelda.quux@example.org or call 619-555-0147,noise,44,Ottoline,2020-01-01
2,32.715738,-117.161084,1234 Grand Ave Apt 7,My number is 078-05-1120,noise,44,Ottoline,2020-01-02
3,32.715900,-117.161200,1299 Grand Ave,Card 4111 1111 1111 1111,smuggling,93,Ottoline,2020-01-03
x,32.72,nowhere,1234 Grand Ave Apt 7,bad row,noise,44,Ottoline,2020-01-03
y,32.72,-117.1,1 Grand Ave,zelda.quux@example.org,noise,44,Ottoline,2020-01-03,Ottoline,too many
"""
#: In the source, and nowhere else.
SECRETS = [
    "32.715738", "117.161084", "1234", "1299", "Apt", "zelda", "quux", "555-0147", "078-05", "4111", "smuggling", "93",
    "Ottoline",
]  # fmt: skip


@pytest.fixture
def publish(tmp_path: Path) -> Callable[..., Published]:
    def run(text: str = CALLS, terms: str = TERMS) -> Published:
        file = tmp_path / "calls.csv"
        file.write_text(text, encoding="utf-8")
        return public.publish_file(file, actor=system("test"), contract=public.read_contract(terms))

    return run


def everything(folder: Path) -> str:
    """Return every byte of a snapshot's files, and every value of its tables, as text."""
    found = [file.read_bytes().decode("utf-8", errors="replace") for file in folder.rglob("*") if file.is_file()]
    # The engine may hold the file open, and two kinds of connection to one file cannot be in one process.
    with tempfile.TemporaryDirectory() as aside:
        copy = shutil.copy(folder / "rows.duckdb", aside)
        with duckdb.connect(str(copy), read_only=True) as rows:
            found += tables(rows)
    return "\n".join(found)


def tables(rows: duckdb.DuckDBPyConnection) -> list[str]:
    return [
        str(rows.execute(f'select * exclude (":digest", ":id") from "{table}"').fetchall())
        for (table,) in rows.execute("select table_name from duckdb_tables()").fetchall()
    ]


@pytest.mark.django_db
def test_what_is_hidden_is_in_the_source_and_in_no_file_and_no_answer(
    publish: Callable[..., Published], client: Any
) -> None:
    assert all(secret in CALLS for secret in SECRETS)
    done = publish()
    assert (done.rows, done.quarantined) == (3, 2)
    rows = json.loads(client.get(f"/resource/{done.id}.json?$order=id").getvalue())
    assert [row["address"] for row in rows] == ["1200 block of Grand Ave"] * 3
    assert rows[0]["place"] == rows[1]["place"]
    assert [row["notes"] for row in rows] == ["[…] or call […]", "My number is […]", "Card […]"]
    assert [(row["reason"], row.get("age")) for row in rows] == [("noise", "44"), ("noise", "44"), ("other", None)]
    folder = queries.folder_of(Snapshot.objects.get())
    answers = [everything(folder), json.dumps(rows)]
    for path in ("csv", "geojson"):
        answers.append(client.get(f"/resource/{done.id}.{path}").getvalue().decode())
    answers.append(client.get(f"/data/{done.id}/").content.decode())
    long = [secret for secret in SECRETS if len(secret) > 4]  # short ones may stand in a hash by chance
    assert [secret for secret in long if any(secret in answer for answer in answers)] == []
    short = [secret for secret in SECRETS if len(secret) <= 4]
    assert [
        secret for secret in short for row in rows if any(secret in str(row[one]) for one in TOLD if one in row)
    ] == []


TOLD = ("address", "notes", "reason", "age")


@pytest.mark.django_db
def test_rows_too_new_wait_until_they_may_be_shown(publish: Callable[..., Published]) -> None:
    now = places.local(clock.now()).replace(tzinfo=None)
    new = CALLS.split("\n")[0] + "".join(
        f"\n{at},32.7,-117.1,1 Elm St,,noise,44,,{now - timedelta(hours=hours):%Y-%m-%dT%H:%M:%S}"
        for at, hours in enumerate((1, 23, 25, 48))
    )
    assert publish(new + "\n").rows == 2
    with clock.held_at(clock.now() + timedelta(hours=3)):
        assert publish(new + "\n").rows == 3
    with pytest.raises(Refused, match="too new"):
        publish("\n".join(new.split("\n")[:2]) + "\n")


@given(st.lists(PLACES, min_size=1, max_size=20), st.integers(4, 10), st.floats(50, 50_000))
def test_the_same_place_is_always_shown_the_same_and_near_where_it_is(
    found: list[tuple[float, float]], resolution: int, metres: float
) -> None:
    for places_, most in (
        (lambda given: hiding.snapped(given, metres), metres),
        (lambda given: hiding.celled(given, resolution), 2 * 26_000 / 2.6 ** (resolution - 4)),
    ):
        shown = places_(found)
        assert shown == places_(found) == [one for each in found for one in places_([each])]
        for (lon, lat), (shown_lon, shown_lat) in zip(found, shown, strict=True):
            assert -180 <= shown_lon <= 180
            assert -90 <= shown_lat <= 90
            assert places.metres(lat, lon, shown_lat, shown_lon) <= most + 1


def test_a_house_cannot_be_told_from_its_neighbours_however_often_it_is_asked_for() -> None:
    block = [
        (-117.1611 + east * 0.0001, 32.7157 + north * 0.0001) for east, north in itertools.product(range(5), repeat=2)
    ]
    for shown in (hiding.snapped(block * 3, 500), hiding.celled(block * 3, 8)):
        assert len(set(shown)) <= 4
        assert not set(shown) & set(block)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("call me at 619-555-0147 please", "call me at […] please"),
        ("SSN 078-05-1120.", "SSN […]."),
        ("card 4111-1111-1111-1111 stolen", "card […] stolen"),
        ("plate 7ABC123 blocks the drive", "plate […] blocks the drive"),
        ("she lives at 1234 Grand Ave", "she lives at […]"),
        ("1234 Grand Ave Apt 7 is loud", "[…] is loud"),
        ("the hole is 3 feet wide since 2024-03-01", "the hole is 3 feet wide since 2024-03-01"),
    ],
)
def test_free_text_loses_what_is_somebodys_and_nothing_else(text: str, left: str) -> None:
    assert hiding.scrubbed([text]) == [left]
    assert hiding.scrubbed([left]) == [left]


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ('name = "a"\nclassification = "personal"', "columns.a.classification"),
        ('name = "a"\nclassification = "secret"', "columns.a.classification"),
        ('name = "a"\ntransform = "h3"\nresolution = 8', "columns.a.transform"),
        ('name = "p"\ntype = "point"\nlongitude = "x"\nlatitude = "y"\ntransform = "h3"', "columns.p.resolution"),
        (
            'name = "p"\ntype = "point"\nlongitude = "x"\nlatitude = "y"\ntransform = "snap"\nmetres = 1',
            "columns.p.metres",
        ),
        ('name = "a"\nhold_hours = 3', "columns.a.hold_hours"),
        ('name = "a"\nfresh_within = "P1D"', "columns.a.fresh_within"),
        ('name = "a"\nmost_empty = 2', "columns.a.most_empty"),
        ('name = "a"\ntransform = "drop"\n[[columns]]\nname = "b"\nsource = "a"', "columns.b.publish"),
        (
            'name = "p"\ntype = "point"\nlongitude = "x"\nlatitude = "y"\ntransform = "snap"\nmetres = 500\n'
            '[[columns]]\nname = "x"\ntype = "number"',
            "columns.x.publish",
        ),
        ('name = "a"\n[[suppress]]\ncolumns = ["b"]\nfewer_than = 3', "suppress.1"),
        ('name = "a"\n[[suppress]]\ncolumns = ["a"]\nfewer_than = 1', "suppress.1.fewer_than"),
    ],
)
def test_a_contract_that_would_show_what_it_hides_is_refused(columns: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        public.read_contract(f'name = "t"\ntitle = "T"\n[[columns]]\n{columns}\n')
    assert field in refused.value.fields


def test_a_contract_that_hides_is_kept_as_it_was_read() -> None:
    read = public.read_contract(TERMS)
    assert contract_files.kept(json.loads(json.dumps(contract_files.to_keep(read)))) == read


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("top", "column", "text", "words"),
    [
        (
            "",
            "most_empty = 0.2",
            "id,at\n1,2020-01-01\n2,\n",
            "Column “at” is empty in 1 of 2 rows; the contract allows 20 %",
        ),
        (
            "",
            'fresh_within = "P2D"',
            "id,at\n1,2020-01-01\n",
            "“at” is 2020-01-01 00:00; the contract allows it to be P2D old",
        ),
        (
            'new_columns = "refuse"',
            "",
            "id,at,phone\n1,2020-01-01,1\n",
            "a column “phone”, which the contract does not know",
        ),
        ("", "", "id\n1\n", "no column “at”"),
    ],
)
def test_a_file_that_fails_a_check_is_refused_with_what_was_found_and_what_is_allowed(
    publish: Callable[..., Published], top: str, column: str, text: str, words: str
) -> None:
    terms = HEAD + top + '\n[[columns]]\nname = "id"\n[[columns]]\nname = "at"\ntype = "date"\n' + column
    with pytest.raises(Refused) as refused:
        publish(text, terms)
    assert words in str(refused.value)


@pytest.mark.django_db
def test_a_missing_column_may_be_ignored_and_is_empty_then(publish: Callable[..., Published]) -> None:
    terms = HEAD + 'missing_columns = "ignore"\n[[columns]]\nname = "id"\n[[columns]]\nname = "at"\ntype = "date"\n'
    done = publish("id\n1\n", terms)
    [column] = [one for one in queries.dataset(done.id).columns if one.name == "at"]
    assert (done.rows, column.nulls) == (1, 1)


CROSSED = """
name = "calls"
title = "Calls"
key = "id"
[[columns]]
name = "id"
[[columns]]
name = "place"
type = "point"
longitude = "lng"
latitude = "lat"
classification = "personal"
transform = "intersection"
[[columns]]
name = "address"
classification = "personal"
transform = "street"
"""
AT_HOME = """id,lat,lng,address
1,32.720412,-117.160733,120279 Grand Ave Apt 7
2,32.719387,-117.158911,502 5th St
3,32.99,-117.16,9 Far Away Rd
"""


@pytest.mark.django_db
def test_a_place_becomes_its_crossing_and_an_address_its_street(publish: Callable[..., Published], client: Any) -> None:
    city.build()
    done = publish(AT_HOME, CROSSED)
    rows = json.loads(client.get(f"/resource/{done.id}.json?$order=id").getvalue())
    lat, lon = city.CENTER
    assert [row.get("place") for row in rows] == [{"type": "Point", "coordinates": [lon, lat]}] * 2 + [None]
    assert [row["address"] for row in rows] == ["Grand Ave", "5th St", "Far Away Rd"]
    told = everything(queries.folder_of(Snapshot.objects.get()))
    secrets = ("32.720412", "117.160733", "32.719387", "117.158911", "120279", "502 5th", "Apt 7", "32.99")
    assert all(secret in AT_HOME for secret in ("32.720412", "120279", "502 5th", "32.99"))
    assert [secret for secret in secrets if secret in told] == []


@pytest.mark.django_db
def test_no_place_is_published_as_a_crossing_by_a_city_that_knows_no_streets(publish: Callable[..., Published]) -> None:
    with pytest.raises(Refused, match="place cannot become a crossing"):
        publish(AT_HOME, CROSSED)
    assert not Snapshot.objects.exists()


@pytest.mark.django_db
def test_what_one_rule_takes_out_leaves_too_few_to_no_other(publish: Callable[..., Published]) -> None:
    terms = HEAD.replace('key = "id"\n', "") + "".join(
        f"[[suppress]]\ncolumns = {columns}\nfewer_than = {least}\ninstead = {instead!r}\n"
        for columns, least, instead in (('["kind"]', 5, "other"), ('["kind", "street"]', 3, ""))
    )
    terms += '[[columns]]\nname = "kind"\n[[columns]]\nname = "street"\n'
    common = "noise,Grand\n" * 3 + "noise,Elm\n" * 2 + "fire,Grand\n" * 5
    shown = shown_rows(publish("kind,street\n" + common, terms).id, "kind, count(*)&$group=kind")
    assert [one.get("kind") for one in shown] == ["fire", "other", None]


@pytest.mark.django_db
def test_a_day_is_held_back_until_its_last_hour_is_old_enough(publish: Callable[..., Published]) -> None:
    terms = HEAD + '[[columns]]\nname = "id"\n[[columns]]\nname = "day"\ntype = "date"\nhold_hours = 24\n'
    with clock.held_at(datetime(2026, 11, 20, 20, 0, tzinfo=UTC)):  # noon in the city
        done = publish("id,day\n1,2026-11-17\n2,2026-11-18\n3,2026-11-19\n4,2026-11-20\n", terms)
    assert done.rows == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("now", "held"),
    [
        # Clocks go back at 9:00 UTC: 1:05 comes twice, and the second was five minutes ago.
        (datetime(2026, 11, 1, 9, 10, tzinfo=UTC), "2026-11-01T01:05:00"),
        # Clocks went forward at 10:00 UTC: 1:45 was three quarters of an hour ago.
        (datetime(2026, 3, 8, 10, 30, tzinfo=UTC), "2026-03-08T01:45:00"),
    ],
)
def test_rows_are_held_back_long_enough_where_clocks_are_changed(
    publish: Callable[..., Published], now: datetime, held: str
) -> None:
    city.build()
    hours = 1 if now.month == 3 else 0.5
    terms = HEAD + f'[[columns]]\nname = "id"\n[[columns]]\nname = "at"\ntype = "timestamp"\nhold_hours = {hours}\n'
    with clock.held_at(now):
        assert publish(f"id,at\n1,2026-01-01T08:00:00\n2,{held}\n", terms).rows == 1


def shown_rows(code: str, select: str) -> list[dict[str, Any]]:
    from django.test import Client

    response = Client().get(f"/resource/{code}.json?$select={select}")
    return list(json.loads(response.getvalue()))
