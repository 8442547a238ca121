"""Old snapshots by their number, and recall: gone from every address and from the disk, with a public notice."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from django.test import Client
from tests.opendata.conftest import TREES
from tests.support import city
from tests.support.ending import Ended, end
from tests.support.people import sign_in

from cityhall.apps.opendata import public, queries, services
from cityhall.apps.opendata.models import Dataset, Snapshot
from cityhall.apps.opendata.services import recalling
from cityhall.kernel.actors import Actor, ActorKind, system
from cityhall.kernel.django.models import AuditEntry
from cityhall.kernel.errors import Invalid, NotAllowed

CLERK = system("test")
WHY = "A column named people."
LEAK = [*TREES, ["5", "Secretleaf", "1", "2020-01-01", "Balboa"]]


def body(response) -> bytes:
    return response.getvalue()


def on_disk(text: bytes) -> bool:
    home = queries.home_of(Dataset.objects.get().id)
    return any(text in file.read_bytes() for file in home.rglob("*") if file.is_file())


@pytest.fixture
def three(publish) -> str:
    """A dataset of three snapshots, the second and third of which hold "Secretleaf"."""
    code = publish().id
    publish(LEAK)
    publish([*LEAK, ["6", "Elm", "2", "2020-01-01", ""]])
    return code


@pytest.mark.django_db
class TestOldSnapshots:
    def test_each_read_can_be_of_any_snapshot_with_a_mark_of_its_own(self, client, three):
        count = "$select=count(*) as n"
        marks = set()
        for number, rows in ((1, 4), (2, 5), (3, 6)):
            response = client.get(f"/resource/{three}.json?{count}&$$snapshot={number}")
            assert body(response) == f'[{{"n":"{rows}"}}]\n'.encode()
            marks.add(response["ETag"])
        assert len(marks) == 3
        view = client.get(f"/api/views/{three}.json?$$snapshot=1").json()
        assert view["columns"][0]["cachedContents"]["non_null"] == "4"
        whole = client.get(f"/api/views/{three}/rows.csv?$$snapshot=2")
        assert 'filename="trees-2.csv"' in whole["Content-Disposition"]
        assert body(whole).count(b"\n") == 6

    @pytest.mark.parametrize(("given", "status"), [("4", 404), ("0", 404), ("x", 400), ("1&$$snapshot=2", 400)])
    def test_a_number_that_is_none(self, client, three, given, status):
        assert client.get(f"/resource/{three}.json?$$snapshot={given}").status_code == status

    def test_an_old_snapshot_has_the_columns_it_was_published_with(self, client, publish):
        code = publish([["id", "old"], ["1", "a"]], name="t").id
        columns = '[[columns]]\nname="id"\ntype="number"\n[[columns]]\nname="new"'
        terms = public.read_contract(f'name="t"\ntitle="T"\nkey="id"\n{columns}')
        file = queries.folder().parent / "t.csv"
        file.write_text("id,new\n1,b\n", encoding="utf-8")
        public.publish_file(file, actor=CLERK, contract=terms)
        assert body(client.get(f"/resource/{code}.json?$$snapshot=1")) == b'[{"id":"1","old":"a"}]\n'
        assert body(client.get(f"/resource/{code}.json")) == b'[{"id":"1","new":"b"}]\n'


@pytest.mark.django_db
class TestRecall:
    def test_it_is_gone_from_every_address_and_from_the_disk(self, client, three):
        seen = client.get(f"/resource/{three}.json")
        assert b"Secretleaf" in body(seen)
        assert on_disk(b"Secretleaf")
        done = public.recall("trees", actor=CLERK, reason=WHY, snapshots=[2, 3])
        assert (done.snapshots, done.current) == ((2, 3), 1)
        assert not on_disk(b"Secretleaf")
        for number in (2, 3):
            for address in (f"/resource/{three}.csv", f"/api/views/{three}.json", f"/api/views/{three}/rows.csv"):
                told = client.get(f"{address}?$$snapshot={number}")
                assert told.status_code == 410
                assert WHY in told.json()["message"]
        assert b"Secretleaf" not in body(client.get(f"/resource/{three}.json"))
        for page in (f"/data/{three}/", f"/data/{three}/versions/"):
            assert WHY in client.get(page).content.decode()
        entry = AuditEntry.objects.get(action="opendata.recalled")
        assert entry.data["snapshots"] == [2, 3]
        assert WHY not in str(entry.data)

    def test_every_address_names_the_same_day_the_citys(self, client, three):
        city.build()
        public.recall("trees", actor=CLERK, reason=WHY, snapshots=[1, 2, 3])
        Snapshot.objects.update(recalled_at=datetime(2026, 3, 6, 5, tzinfo=UTC))  # nine at night on the 5th
        for address in (
            f"/resource/{three}.json", f"/api/views/{three}.json", f"/ogc/collections/{three}", f"/d/{three}",
            f"/data/{three}/", f"/api/v1/datasets/{three}/",
        ):  # fmt: skip
            assert " on March 5, 2026" in client.get(address).content.decode(), address

    def test_whoever_had_the_recalled_one_is_not_told_that_nothing_changed(self, client, three):
        seen = client.get(f"/resource/{three}.json")
        body(seen)
        public.recall("trees", actor=CLERK, reason=WHY, snapshots=[3])
        for header in ({"If-None-Match": seen["ETag"]}, {"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}):
            assert client.get(f"/resource/{three}.json", headers=header).status_code == 200
        assert queries.dataset(three).shown_since > Snapshot.objects.get(number=3).published_at

    def test_with_none_left_the_dataset_is_withdrawn_and_can_come_back_under_a_new_number(self, client, three, publish):
        public.recall(three, actor=CLERK, reason=WHY, snapshots=[1, 2, 3])
        for page in ("", "query/", "rows/row-none/"):
            told = client.get(f"/data/{three}/{page}")
            assert told.status_code == 410
            assert "This dataset was withdrawn." in told.content.decode() and WHY in told.content.decode()
            assert "$$snapshot" not in told.content.decode(), "nothing is left to ask for"
        assert WHY in client.get(f"/resource/{three}.json").json()["message"]
        assert queries.datasets() == []
        assert "was withdrawn" in client.get(f"/data/{three}/versions/").content.decode()
        assert queries.awaits_a_person(Dataset.objects.get().id)
        assert publish().snapshot == 4
        assert client.get(f"/data/{three}/").status_code == 200

    def test_what_changed_since_a_recalled_one_is_gone_too(self, three):
        home = queries.home_of(Dataset.objects.get().id)
        assert (home / "3" / "changes.parquet").exists()
        public.recall("trees", actor=CLERK, reason=WHY, snapshots=[2])
        assert not (home / "3" / "changes.parquet").exists()

    def test_a_column_is_recalled_from_all_and_kept_back_from_then_on(self, client, three, publish):
        done = public.recall("trees", actor=CLERK, reason=WHY, column="species")
        assert (done.snapshots, done.current) == ((1, 2, 3), None)
        assert publish().snapshot == 4
        assert "species" not in [one.name for one in queries.dataset(three).columns]
        assert not on_disk(b"Nandubay")

    def test_a_recalled_column_is_missed_by_no_rule_about_rare_values(self, three, publish):
        row = Dataset.objects.get()
        rules = [["species"], ["species", "park"]]
        row.contract["suppress"] = [{"columns": one, "fewer_than": 2, "instead": ""} for one in rules]
        row.save()
        public.recall("trees", actor=CLERK, reason=WHY, column="species")
        assert publish().snapshot == 4
        shown = queries.dataset(three)
        assert {one.name: one.nulls for one in shown.columns}["park"] == 2  # Mission is there once

    def test_no_cache_shows_a_version_without_asking_whether_it_was_recalled(self, client, three):
        for address in (
            f"/resource/{three}.json", f"/api/views/{three}/rows.csv", f"/api/v1/datasets/{three}/rows/", "/data.json",
            f"/ogc/collections/{three}/items", f"/resource/{three}.json?$$snapshot=2",
        ):  # fmt: skip
            response = client.get(address)
            assert (response.status_code, "must-revalidate" in response["Cache-Control"]) == (200, True)

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"snapshots": [3], "reason": "  "}, "reason"),
            ({"snapshots": [9], "reason": WHY}, "snapshots"),
            ({"reason": WHY}, "snapshots"),
            ({"snapshots": [1], "column": "id", "reason": WHY}, "snapshots"),
            ({"column": "nothing", "reason": WHY}, "snapshots"),
        ],
    )
    def test_what_cannot_be_recalled_changes_nothing(self, three, given, field):
        with pytest.raises(Invalid) as refused:
            public.recall("trees", actor=CLERK, **given)
        assert field in refused.value.fields
        assert Snapshot.objects.filter(recalled_at=None).count() == 3

    def test_the_page_that_asks_is_for_publishers_and_does_it(self, client, three):
        address = f"/desk/data/{three}/recall/?snapshot=3"
        assert client.get(address).status_code == 302
        dispatcher, publisher = Client(), Client()
        sign_in(dispatcher, "dispatcher")
        assert dispatcher.get(address).status_code == 403
        sign_in(publisher, "administrator")
        assert '<option value="3" selected>' in publisher.get(address).content.decode()
        assert publisher.post(address, {"snapshot": "3", "reason": ""}).status_code == 400
        assert publisher.post(address, {"snapshot": "3", "reason": WHY}).status_code == 302
        assert queries.dataset(three).number == 2

    def test_only_who_publishes_may(self, three):
        for may in (frozenset(), frozenset({"requests.view"})):
            with pytest.raises(NotAllowed):
                public.recall(
                    "trees", actor=Actor(ActorKind.STAFF, uuid.uuid4(), "Ada", may), reason=WHY, snapshots=[3]
                )
        assert queries.dataset(three).number == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("step", "is_recalled"), [("_leaking", False), ("tidy", True), ("_erase", True)])
def test_ended_at_any_step_it_is_done_or_not_done(three, monkeypatch, step, is_recalled):
    """What a run that ended there left is finished by the worker's next round."""
    with monkeypatch.context() as ending, pytest.raises(Ended):
        ending.setattr(recalling, step, end)
        services.recall("trees", actor=CLERK, reason=WHY, snapshots=[3])
    assert queries.dataset(three).number == (2 if is_recalled else 3)
    folder = queries.home_of(Dataset.objects.get().id) / "3"
    assert folder.is_dir()
    assert services.tidy_all() == (1 if is_recalled else 0)
    assert folder.is_dir() is not is_recalled
    assert services.tidy_all() == 0
