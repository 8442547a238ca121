"""What differs between two snapshots: asked like rows, and gone with either of them."""

from __future__ import annotations

import csv
import io

import pytest
from tests.opendata.conftest import TREES

from cityhall.apps.opendata import public, queries, services
from cityhall.apps.opendata.models import Dataset, Snapshot
from cityhall.kernel import clock
from cityhall.kernel.actors import system


def body(response) -> bytes:
    return response.getvalue()


@pytest.fixture
def three(publish, tmp_path) -> str:
    """Three snapshots told apart by `id`: 2 changes a row and adds one, 3 takes the first away."""
    columns = "".join(
        f'[[columns]]\nname="{name}"\ntype="{kind}"\n' for name, kind in (("id", "number"), ("species", "text"))
    )
    terms = public.read_contract(f'name="trees"\ntitle="Trees"\nkey="id"\n{columns}')
    for rows in ("1,Oak\n2,Oak\n3,Palm\n", "1,Oak\n2,Elm\n3,Palm\n4,Ash\n", "2,Elm\n3,Palm\n4,Ash\n"):
        file = tmp_path / "trees.csv"
        file.write_text("id,species\n" + rows, encoding="utf-8")
        code = public.publish_file(file, actor=system("test"), contract=terms).id
    return code


@pytest.mark.django_db
class TestChanges:
    def test_added_changed_and_removed_rows_with_what_became_of_them(self, client, three):
        response = client.get(f"/resource/{three}.csv?$$changes=1..3&$order=id")
        rows = list(csv.DictReader(io.StringIO(body(response).decode())))
        assert [(row["id"], row["species"], row[":change"]) for row in rows] == [
            ("1", "", "removed"), ("2", "Elm", "changed"), ("4", "Ash", "added"),
        ]  # fmt: skip
        assert all(row[":id"].startswith("row-") for row in rows)
        assert "1-3" in response["ETag"]
        again = client.get(f"/resource/{three}.csv?$$changes=1..3", headers={"If-None-Match": response["ETag"]})
        assert again.status_code == 304

    def test_they_are_asked_like_rows_while_the_snapshots_are_being_read(self, client, three):
        for number in (1, 2, 3):
            body(client.get(f"/resource/{three}.json?$$snapshot={number}"))
        query = "$select=:change,count(*) as n&$group=:change&$order=:change"
        assert body(client.get(f"/resource/{three}.json?$$changes=1..2&{query}")) == (
            b'[{":change":"added","n":"1"}\n,{":change":"changed","n":"1"}]\n'
        )
        filtered = body(client.get(f"/resource/{three}.json?$$changes=1..2&$where=species='Ash'"))
        assert b'"added"' in filtered
        assert b"Elm" not in filtered

    def test_a_download_is_named_after_both(self, client, three):
        whole = client.get(f"/api/views/{three}/rows.json?$$changes=2..3")
        assert 'filename="trees-changes-2-3.json"' in whole["Content-Disposition"]
        assert b"removed" in body(whole)

    @pytest.mark.parametrize(
        ("given", "status"),
        [("3..1", 400), ("2..2", 400), ("x", 400), ("1..2&$$changes=1..3", 400), ("1..2&$$snapshot=1", 400),
         ("1..9", 404)],
    )  # fmt: skip
    def test_what_cannot_be_compared(self, client, three, given, status):
        assert client.get(f"/resource/{three}.json?$$changes={given}").status_code == status

    def test_with_a_recalled_or_pruned_one_they_are_gone_from_the_address_and_the_disk(self, client, three):
        for ends in ("1..2", "2..3", "1..3"):
            body(client.get(f"/resource/{three}.json?$$changes={ends}"))
        folder = queries.changes_of(Dataset.objects.get().id)
        assert len(list(folder.iterdir())) == 3
        public.recall("trees", actor=system("test"), reason="A leak.", snapshots=[2])
        assert [file.name for file in folder.iterdir()] == ["1-3.duckdb"]
        for ends in ("1..2", "2..3"):
            told = client.get(f"/resource/{three}.json?$$changes={ends}")
            assert told.status_code == 410
            assert "A leak." in told.json()["message"]
        ago = clock.now().replace(year=2020)
        Snapshot.objects.filter(number=1).update(published_at=ago)
        Snapshot.objects.filter(number=3).update(published_at=ago)
        assert services.prune_all() == 1
        assert client.get(f"/resource/{three}.json?$$changes=1..3").status_code == 410
        assert list(folder.iterdir()) == []

    def test_without_a_key_a_removed_row_is_its_id(self, client, publish):
        code = publish().id
        publish(TREES[:4])
        told = body(client.get(f"/resource/{code}.json?$$changes=1..2"))
        assert b"removed" in told
        assert b"Mission" not in told

    def test_the_versions_page_leads_to_them(self, client, three):
        page = client.get(f"/data/{three}/versions/").content.decode()
        assert f"/api/views/{three}/rows.csv?$$changes=2..3" in page
        assert f"/api/views/{three}/rows.json?$$changes=1..2" in page
        assert "$$changes=0..1" not in page


@pytest.mark.django_db
class TestRowCount:
    @pytest.mark.parametrize(
        ("query", "count"),
        [("$limit=1", "4"), ("$where=species='Oak'&$limit=1&$offset=1", "2"),
         ("$select=species,count(*)&$group=species&$limit=1", "3"), ("$select=distinct species&$limit=1", "3")],
    )  # fmt: skip
    def test_it_says_how_many_rows_there_are_without_the_limit(self, client, publish, query, count):
        code = publish().id
        assert client.get(f"/resource/{code}.json?{query}&$$row_count=true")["X-SODA2-Row-Count"] == count
        assert "X-SODA2-Row-Count" not in client.get(f"/resource/{code}.json?{query}")
