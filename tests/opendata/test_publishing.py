"""Publishing a file: what can be used is up at once, the rest is put aside with its reason, refusals change nothing."""

from __future__ import annotations

import csv
import json
import random
import resource
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cityhall.adapters.analytics.duckdb import whole
from cityhall.adapters.snapshots import duckdb
from cityhall.apps.opendata import public, queries, rules
from cityhall.apps.opendata.contracts import Freshness, Published, Refused
from cityhall.apps.opendata.models import Dataset, Run, Snapshot
from cityhall.apps.opendata.rules import contract_files, guessing
from cityhall.apps.opendata.soql import parameters
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor, ActorKind, system
from cityhall.kernel.analytics.port import Limits, analytics
from cityhall.kernel.django.models import AuditEntry
from cityhall.kernel.errors import Invalid, NotAllowed, NotFound
from cityhall.kernel.snapshots import LONGEST_VALUE, ColumnType, Sample

pytestmark = pytest.mark.django_db
CLERK = system("test")
TREES = "id,Kind,Height (m),Planted,Healthy\n1,Oak,12.5,2020-03-01,yes\n2,Elm,7,2021-10-12,no\n3,Fig,,2019-01-05,yes\n"


@pytest.fixture
def publish(tmp_path: Path) -> Callable[..., Published]:
    def run(text: str, **given: Any) -> Published:
        file = tmp_path / "trees.csv"
        file.write_text(text, encoding="utf-8")
        return public.publish_file(file, actor=given.pop("actor", CLERK), **given)

    return run


def rows(code: str) -> list[dict[str, Any]]:
    source = queries.source_of(code)
    query = parameters.read_parameters([("$order", "id")], source.all_columns, rows=1000)
    with analytics.get().run(source, query, Limits(10)) as result:
        return [row for batch in result.batches() for row in batch.to_pylist()]


def test_a_clerks_file_is_up_with_guessed_types(publish: Callable[..., Published]) -> None:
    done = publish(TREES)
    seen = queries.dataset(done.id)
    assert [(one.name, one.type.value) for one in seen.columns] == [
        ("id", "number"), ("kind", "text"), ("height_m", "number"), ("planted", "date"), ("healthy", "boolean"),
    ]  # fmt: skip
    assert (done.rows, done.quarantined, done.snapshot, seen.name) == (3, 0, 1, "trees")
    assert [(row["kind"], row["height_m"], row["healthy"]) for row in rows(done.id)] == [
        ("Oak", 12.5, True), ("Elm", 7.0, False), ("Fig", None, True),
    ]  # fmt: skip
    assert [one.name for one in queries.datasets()] == ["trees"]
    assert AuditEntry.objects.filter(action="opendata.published").count() == 1


def test_rows_that_cannot_be_used_are_put_aside_with_their_line_and_reason(publish: Callable[..., Published]) -> None:
    good = "".join(f"{at},Oak,1,2020-03-01,yes\n" for at in range(10, 60))
    headings = ("id", "Kind", "Height (m)", "Planted", "Healthy")
    contract = guessing.guessed("trees", Sample(headings, (("1", "a", "1", "2020-01-01", "yes"),)))
    bad = "7,Ash,tall,2020-03-01,yes\n8,Ash,3,2020-02-31,no\n10,Twin,3,2020-03-01,no\n9,Ash,1,2020-03-01,yes,more\n"
    done = publish(TREES.split("\n")[0] + "\n" + good + bad, contract=contract)
    assert (done.rows, done.quarantined) == (50, 4)
    folder = queries.folder_of(Snapshot.objects.get())
    aside = list(csv.DictReader((folder / "quarantine.csv").open(encoding="utf-8", newline="")))
    assert [(row["line"], row["reason"]) for row in aside] == [
        ("52", "height_m: no number"), ("53", "planted: no date"), ("54", "another row has the same key"),
        ("55", "the line has more or fewer values than the heading"),
    ]  # fmt: skip


def test_the_same_rows_again_are_no_new_snapshot_and_unchanged_rows_keep_their_times(
    publish: Callable[..., Published],
) -> None:
    first = publish(TREES)
    before = {row["id"]: row for row in rows(first.id)}
    again = publish(TREES)
    assert (again.id, again.snapshot, again.is_new) == (first.id, 1, False)
    with clock.held_at(clock.now() + timedelta(days=1)):
        changed = publish(TREES.replace("Elm,7", "Elm,8").replace("3,Fig", "4,Fig"))
    after = {row["id"]: row for row in rows(first.id)}
    assert changed.snapshot == 2
    seen = queries.dataset(first.id)
    assert (seen.added, seen.changed, seen.removed) == (1, 1, 1)
    source = queries.source_of(first.id)
    wanted = [("$select", ":id,:created_at,:updated_at,id"), ("$order", "id")]
    asked = parameters.read_parameters(wanted, source.all_columns, rows=10)
    with analytics.get().run(source, asked, Limits(10)) as result:
        times = {row["id"]: row for batch in result.batches() for row in batch.to_pylist()}
    assert times[1][":updated_at"] == times[1][":created_at"]
    assert times[2][":updated_at"] > times[2][":created_at"]
    assert before[1] == after[1]
    assert queries.folder_of(Snapshot.objects.get(number=1)).is_dir(), "old snapshots stay"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id,Kind,Height (m),Planted\n1,Oak,12,2020-03-01\n", "no column “Healthy”"),
        (TREES.split("\n")[0] + "\n", "No row can be used"),
        (TREES.replace("12.5", "x"), "the contract allows 10 %"),
        (TREES.split("\n")[0] + "\n1,Oak,12.5,2020-03-01,yes\n", "are gone"),
    ],
)
def test_a_file_that_breaks_the_contract_is_refused_and_the_last_good_one_stays(
    publish: Callable[..., Published], text: str, words: str
) -> None:
    done = publish(TREES)
    with pytest.raises(Refused) as refused:
        publish(text)
    assert words in str(refused.value)
    assert len(rows(done.id)) == 3
    assert Run.objects.order_by("-started_at").first().reasons == [  # type: ignore[union-attr]
        one.to_keep() for one in refused.value.told
    ]
    assert list((queries.folder() / "making").iterdir()) == []


def test_rows_without_a_key_that_are_the_same_are_all_there_and_can_be_told_apart(
    publish: Callable[..., Published],
) -> None:
    contract = public.read_contract('name = "trees"\ntitle = "Trees"\n[[columns]]\nname = "kind"\nsource = "Kind"\n')
    twins = TREES + "4,Oak,1,2020-03-01,no\n5,Oak,1,2020-03-01,no\n"
    first = publish(twins, contract=contract)
    source = queries.source_of(first.id)
    query = parameters.read_parameters([("$select", ":id, kind")], source.all_columns, rows=10)
    with analytics.get().run(source, query, Limits(10)) as result:
        found = [row for batch in result.batches() for row in batch.to_pylist()]
    assert sorted(row["kind"] for row in found) == ["Elm", "Fig", "Oak", "Oak", "Oak"]
    assert len({row[":id"] for row in found}) == 5
    assert not publish(twins, contract=contract).is_new
    assert publish(twins + "6,Oak,1,2020-03-01,no\n", contract=contract).is_new
    assert queries.dataset(first.id).added == 1


def test_the_newest_rows_of_a_large_table_lie_ready_and_are_the_same(
    publish: Callable[..., Published], monkeypatch: pytest.MonkeyPatch, client: Any
) -> None:
    asked = {"$order": "planted desc", "$limit": "2", "$offset": "1"}
    text = TREES + "4,Ash,1,2021-10-12,no\n5,Yew,1,,no\n"
    small = publish(text)
    expected = client.get(f"/resource/{small.id}.json", asked).getvalue()
    monkeypatch.setattr(duckdb, "HEADS_FROM", 1)
    large = publish(text, name="large")
    engine: Any = analytics.get()
    found = engine._cursor(queries.source_of(large.id).query_file)[1].heads
    assert list(found) == ["planted"]
    assert client.get(f"/resource/{large.id}.json", asked).getvalue() == expected
    assert [row["kind"] for row in json.loads(expected)] in (["Elm", "Ash"], ["Ash", "Elm"])


def test_times_are_read_in_the_forms_that_are_known_and_in_no_other(publish: Callable[..., Published]) -> None:
    read = {
        "2024-02-29 10:11:12": datetime(2024, 2, 29, 10, 11, 12),
        "2024-02-29T10:11:12.5": datetime(2024, 2, 29, 10, 11, 12, 500_000),
        "02/29/2024 10:11 PM": datetime(2024, 2, 29, 22, 11),
        "2024-02-29": datetime(2024, 2, 29),
        "": None,
    }
    others = ["2024-02-30 10:11:12", "infinity", "-infinity", "epoch", "2024-02-29 10:11+02", "2024_02_29 10:11:12"]
    terms = 'name = "t"\ntitle = "T"\nmost_aside = 1.0\n[[columns]]\nname = "id"\n[[columns]]\nname = "at"\n'
    lines = "".join(f"{number},{text}\n" for number, text in enumerate([*read, *others]))
    done = publish(f"id,at\n{lines}", contract=public.read_contract(terms + 'type = "timestamp"\n'))
    assert [row["at"] for row in rows(done.id)] == list(read.values())
    assert done.reasons == {"at: no timestamp": len(others)}


@pytest.mark.parametrize("step", ["_written", "_switch", "_move"])
def test_whatever_breaks_on_the_way_the_last_good_snapshot_stays_up(
    publish: Callable[..., Published], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    from cityhall.apps.opendata.services import publishing

    done = publish(TREES)
    real = getattr(publishing, step)

    def breaks(*given: Any, **named: Any) -> Any:
        real(*given, **named)
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(publishing, step, breaks)
        with pytest.raises(OSError, match="disk"):
            publish(TREES.replace("Elm", "Ulm"))
    if step != "_switch":  # there the transaction had been committed
        assert [row["kind"] for row in rows(done.id)] == ["Oak", "Elm", "Fig"]
    assert publish(TREES.replace("Elm", "Ulm")).snapshot == 2
    assert [row["kind"] for row in rows(done.id)] == ["Oak", "Ulm", "Fig"]


@pytest.fixture
def full_disk() -> Callable[[int], AbstractContextManager[None]]:
    """Leaves room for so many bytes in one file, as a quota does."""

    @contextmanager
    def leave(most: int) -> Iterator[None]:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    return leave


@pytest.mark.parametrize("room", [0, 20_000, 300_000])
def test_on_a_full_disk_a_run_is_refused_with_its_reason_and_the_last_good_snapshot_stays(
    publish: Callable[..., Published], full_disk: Any, room: int, tmp_path: Path
) -> None:
    done = publish(TREES)
    chance = random.Random(5)
    more = TREES + "".join(f"{at},{chance.randbytes(20).hex()},1,2020-03-01,yes\n" for at in range(4, 8000))
    file = tmp_path / "more.csv"
    file.write_text(more, encoding="utf-8")
    with full_disk(room), pytest.raises(Refused, match="disk of the city’s server is full"):
        public.publish_file(file, actor=CLERK, name="trees")
    assert len(rows(done.id)) == 3
    assert [one["why"] for one in Run.objects.latest("started_at").reasons] == ["no_room"]
    assert list((queries.folder() / "making").iterdir()) == []
    assert publish(more).snapshot == 2


def test_a_text_that_is_longer_than_any_value_is_put_aside(publish: Callable[..., Published]) -> None:
    terms = 'name = "t"\ntitle = "T"\nmost_aside = 1.0\n[[columns]]\nname = "id"\n[[columns]]\nname = "told"\n'
    fits, long = "é" * (LONGEST_VALUE // 2), "é" * (LONGEST_VALUE // 2) + "e"
    done = publish(f"id,told\n1,{fits}\n2,{long}\n3,{long}\n", contract=public.read_contract(terms))
    assert [row["told"] for row in rows(done.id)] == [fits]
    assert done.reasons == {"told: too long": 2}


def test_wide_rows_are_given_out_few_at_once(
    publish: Callable[..., Published], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One text that all rows have lies in the file once; a batch of rows has it as often as it has rows."""
    monkeypatch.setattr(whole, "_TEXTS", 1_000_000)
    text = "x" * 50_000
    terms = 'name = "t"\ntitle = "T"\n[[columns]]\nname = "id"\n[[columns]]\nname = "told"\n'
    done = publish("id,told\n" + "".join(f"{at},{text}\n" for at in range(90)), contract=public.read_contract(terms))
    source = queries.source_of(done.id)
    query = parameters.read_parameters([], source.all_columns, rows=None)
    with analytics.get().run(source, query, Limits(10)) as result:
        batches = list(result.batches())
    assert sum(batch.num_rows for batch in batches) == 90
    assert max(batch.nbytes for batch in batches) <= 1_100_000


def test_a_column_the_contract_keeps_back_is_in_no_file_of_the_snapshot(publish: Callable[..., Published]) -> None:
    contract = public.read_contract(
        'name = "trees"\ntitle = "Trees"\nkey = "id"\n[[columns]]\nname = "id"\ntype = "number"\n'
        '[[columns]]\nname = "kind"\nsource = "Kind"\npublish = false\n'
    )
    assert "Oak" in TREES
    done = publish(TREES, contract=contract)
    assert [one.name for one in queries.dataset(done.id).columns] == ["id"]
    folder = queries.folder_of(Snapshot.objects.get())
    assert not any(b"Oak" in file.read_bytes() for file in folder.iterdir())


def test_only_who_may_publishes_and_unknown_datasets_are_not_there(publish: Callable[..., Published]) -> None:
    with pytest.raises(NotAllowed):
        publish(TREES, actor=Actor(ActorKind.STAFF, uuid.uuid4(), "Ada", frozenset({"requests.view"})))
    with pytest.raises(NotFound):
        queries.dataset("aaaa-aaaa")
    assert not Dataset.objects.exists()


@pytest.mark.parametrize("text", ["", "\n\n", "\x00\x00\x00", "," * 600])
def test_what_is_no_table_is_said_to_be_none(publish: Callable[..., Published], text: str) -> None:
    with pytest.raises(Invalid) as refused:
        publish(text)
    assert "file" in refused.value.fields
    assert not Dataset.objects.exists()


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("name = ", "contract"),
        ('name = "Bäume!"\ntitle = "T"\n[[columns]]\nname = "a"', "name"),
        ('name = "t"\ntitle = "T"', "columns"),
        ('name = "t"\ntitle = "T"\n[[columns]]\nname = "A b"', "columns.A b.name"),
        ('name = "t"\ntitle = "T"\n[[columns]]\nname = "a"\ntype = "money"', "columns.a.type"),
        ('name = "t"\ntitle = "T"\nkey = "b"\n[[columns]]\nname = "a"', "key"),
        ('name = "t"\ntitle = "T"\nfresh_within = "daily"\n[[columns]]\nname = "a"', "fresh_within"),
        ('name = "t"\ntitle = "T"\nmost_lost = 3\n[[columns]]\nname = "a"', "most_lost"),
        ('name = "t"\ntitle = "T"\nspeed = 3\n[[columns]]\nname = "a"', "speed"),
        ('name = "t"\ntitle = "T"\n[[columns]]\nname = "a"\nleast = 3', "columns.a.least"),
    ],
)
def test_a_fault_in_a_contract_is_named_by_its_field(text: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        public.read_contract(text)
    assert field in refused.value.fields


def test_a_contract_is_kept_as_it_was_read() -> None:
    read = public.read_contract('name = "t"\ntitle = { en = "T", es = "Á" }\n[[columns]]\nname = "a"\nchoices = ["x"]')
    assert contract_files.kept(json.loads(json.dumps(contract_files.to_keep(read)))) == read


@pytest.mark.parametrize(
    ("heading", "values", "kind"),
    [
        ("n", ["1", "2.5", "1,200"], ColumnType.NUMBER),
        ("n", ["1", "x"], ColumnType.TEXT),
        ("zip", ["92101"], ColumnType.TEXT),
        ("code", ["0123", "4567"], ColumnType.TEXT),
        ("day", ["2024-02-29", "2023-01-01"], ColumnType.DATE),
        ("day", ["02/29/2024"], ColumnType.DATE),
        ("at", ["2024-02-29T10:00:00"], ColumnType.TIMESTAMP),
        ("ok", ["Yes", "no"], ColumnType.BOOLEAN),
        ("empty", [], ColumnType.TEXT),
    ],
)
def test_types_are_guessed_narrowly_and_codes_stay_text(heading: str, values: list[str], kind: ColumnType) -> None:
    assert guessing.guessed_type(heading, values) is kind


@pytest.mark.parametrize(
    ("values", "kind", "day_first"),
    [
        (["21/01/2022", "02/03/2022"], ColumnType.DATE, True),
        (["21-01-2022 13:47:00", "02-03-2022"], ColumnType.TIMESTAMP, True),
        (["01/02/2022", "02/03/2022"], ColumnType.DATE, False),  # either could be meant; this is the country's way
        (["21/01/2022", "01/21/2022"], ColumnType.TEXT, False),
    ],
)
def test_days_before_months_are_told_by_a_day_that_is_no_month(
    values: list[str], kind: ColumnType, day_first: bool
) -> None:
    [column] = guessing.guessed("t", Sample(("seen",), tuple((one,) for one in values))).columns
    assert (column.type, column.day_first) == (kind, day_first)


def test_freshness_is_held_against_the_promise() -> None:
    now = clock.now()
    ages = {
        "P1D": [(12, Freshness.FRESH), (30, Freshness.LATE), (60, Freshness.STALE)],
        "": [(9999, Freshness.UNPROMISED)],
    }
    for promised, cases in ages.items():
        for hours, found in cases:
            assert rules.freshness(promised, now - timedelta(hours=hours), now) is found
