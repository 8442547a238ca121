"""The SODA door: Socrata's own Python client over real HTTP, then what each answer and refusal says to the letter."""

from __future__ import annotations

import json
import time
from datetime import datetime

import pytest
import requests
from requests.adapters import HTTPAdapter
from sodapy import Socrata
from tests.opendata.conftest import TREES

from cityhall.apps.opendata import public, queries
from cityhall.apps.opendata.soda.rows import csv_pieces
from cityhall.apps.opendata.soql.parameters import read_parameters
from cityhall.apps.opendata.web import answers, pace
from cityhall.kernel.actors import system
from cityhall.kernel.analytics.errors import TimedOut
from cityhall.kernel.analytics.port import Limits, analytics

live = pytest.mark.django_db(transaction=True)


@pytest.fixture
def socrata(live_server):
    host = live_server.url.removeprefix("http://")
    with Socrata(host, None, session_adapter={"prefix": "http://", "adapter": HTTPAdapter()}) as client:
        yield client


def body(response) -> bytes:
    return response.getvalue()


@live
def test_sodapy_reads_rows_groups_pages_metadata_and_the_catalogue(socrata, publish):
    code = publish().id
    assert [row["species"] for row in socrata.get(code, where="height > 5", order="height")] == [
        "Oak",
        "Oak",
        "Palm <b>",
    ]
    assert socrata.get(code, select="species, count(*) as many", group="species", having="count(*) > 1") == [
        {"species": "Oak", "many": "2"}
    ]
    assert sorted(row["id"] for row in socrata.get_all(code, limit=3)) == ["1", "2", "3", "4"]
    assert socrata.get(code, content_type="csv", limit=1)[0] == TREES[0]
    [row] = socrata.get(code, limit=1, exclude_system_fields=False)
    assert socrata.get(f"{code}/{row[':id']}")["species"] == row["species"]
    metadata = socrata.get_metadata(code)
    assert [column["dataTypeName"] for column in metadata["columns"]] == [
        "number",
        "text",
        "number",
        "floating_timestamp",
        "text",
    ]
    [found] = socrata.datasets()
    assert (found["resource"]["id"], found["resource"]["columns_field_name"]) == (code, TREES[0])


@live
def test_sodapy_is_told_what_is_wrong(socrata, publish):
    code = publish().id
    with pytest.raises(requests.HTTPError, match=r"(?s)400 .*There is no column 'hieght'"):
        socrata.get(code, where="hieght > 5")
    with pytest.raises(requests.HTTPError, match=r"(?s)404 .*There is no dataset 'zzzz-zzzz'"):
        socrata.get("zzzz-zzzz")


@pytest.mark.django_db
class TestAnswers:
    def test_rows_as_json_with_their_headers(self, client, publish):
        code = publish().id
        response = client.get(f"/resource/{code}.json", {"$where": "id in (1, 3)"})
        assert json.loads(body(response)) == [
            {"id": "1", "species": "Oak", "height": "12.5", "planted": "2019-03-05T00:00:00.000", "park": "Balboa"},
            {"id": "3", "species": "Palm <b>", "height": "21", "planted": "2001-01-01T00:00:00.000"},
        ]
        assert json.loads(response["X-SODA2-Fields"]) == TREES[0]
        assert json.loads(response["X-SODA2-Types"]) == ["number", "text", "number", "floating_timestamp", "text"]
        assert response["Access-Control-Allow-Origin"] == "*"
        assert not response.cookies

    def test_each_answer_says_when_the_rows_changed_and_which_call_it_was(self, client, publish):
        code = publish().id
        called = set()
        for address in (f"resource/{code}.json", f"resource/{code}.csv", f"api/views/{code}/rows.csv", "resource/x"):
            answer = client.get(f"/{address}")
            body(answer)
            called.add(answer["X-Socrata-RequestId"])
            assert "X-Socrata-RequestId" in answer["Access-Control-Expose-Headers"]
            if answer.status_code == 200:
                assert answer["X-SODA2-Truth-Last-Modified"] == answer["Last-Modified"]
                assert json.loads(answer["X-SODA2-Fields"]) == TREES[0]
        assert len(called) == 4 and "" not in called

    def test_a_thousand_rows_unless_more_are_asked_for_and_the_whole_as_a_download(self, client, publish):
        code = publish([["id", "name"], *([str(n), f"n{n}"] for n in range(1100))], name="many").id
        assert len(json.loads(body(client.get(f"/resource/{code}.json")))) == 1000
        assert len(json.loads(body(client.get(f"/resource/{code}.json?$limit=5000")))) == 1100
        whole = client.get(f"/api/views/{code}/rows.csv?accessType=DOWNLOAD")
        assert whole["Content-Disposition"] == 'attachment; filename="many.csv"'

    def test_a_caller_who_has_the_snapshot_gets_304_until_it_changes(self, client, publish):
        code = publish().id
        first = client.get(f"/resource/{code}.json")
        body(first)
        assert client.get(f"/resource/{code}.json", headers={"If-None-Match": first["ETag"]}).status_code == 304
        later = client.get(f"/resource/{code}.json", headers={"If-Modified-Since": first["Last-Modified"]})
        assert later.status_code == 304
        publish(TREES[:-1])
        assert client.get(f"/resource/{code}.json", headers={"If-None-Match": first["ETag"]}).status_code == 200

    def test_head_has_the_headers_and_no_rows(self, client, publish):
        response = client.head(f"/resource/{publish().id}.json")
        assert (response.status_code, response.content) == (200, b"")
        assert "X-SODA2-Types" in response.headers

    def test_signs_without_a_word_are_looked_for_as_they_stand(self, client, publish):
        code = publish([["id", "note"], ["1", "snow ☃"], ["2", "rain"]]).id
        assert body(client.get(f"/resource/{code}.json", {"$q": "☃"})) == '[{"id":"1","note":"snow ☃"}]\n'.encode()
        assert body(client.get(f"/resource/{code}.json", {"$q": "%"})) == b"[]\n"

    def test_one_row(self, client, publish):
        code = publish().id
        [row] = json.loads(body(client.get(f"/resource/{code}.json?$select=:*,*&$limit=1")))
        assert client.get(f"/resource/{code}/{row[':id']}.json").json()["species"] == "Oak"
        missing = client.get(f"/resource/{code}/row-none.json")
        assert (missing.status_code, missing.json()["code"]) == (404, "soda.row.not-found")

    def test_what_is_no_datasets_address_is_told_to_a_program_in_its_own_words(self, client, db):
        for address in ("trees.json", "ab12cd34.json", "a/b/c"):
            missing = client.get(f"/resource/{address}")
            assert (missing.status_code, missing.json()["code"]) == (404, "soda.dataset.not-found")
            assert "/resource/ab12-cd34.json" in missing.json()["message"]

    @pytest.mark.parametrize(
        ("accept", "kind"),
        [
            ("*/*", "application/json;charset=utf-8"),
            ("text/html,application/xhtml+xml,*/*;q=0.8", "application/json;charset=utf-8"),
            ("text/csv", "text/csv;charset=utf-8"),
            ("application/json;q=0.5, text/csv", "text/csv;charset=utf-8"),
            ("image/png", "application/json;charset=utf-8"),
        ],
    )
    def test_an_address_without_an_ending_answers_what_is_accepted(self, client, publish, accept, kind):
        answer = client.get(f"/resource/{publish().id}?$limit=1", headers={"Accept": accept})
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        assert "Accept" in [one.strip() for one in answer["Vary"].split(",")]

    def test_the_short_address_leads_to_the_page(self, client, publish):
        code = publish().id
        assert client.head(f"/d/{code}")["Location"] == f"/data/{code}/"

    def test_a_spreadsheets_mark(self, client, publish):
        assert body(client.get(f"/resource/{publish().id}.csv?$$bom=true")).startswith(b"\xef\xbb\xbf")


@pytest.mark.django_db
class TestCatalogue:
    @pytest.fixture
    def three(self, publish, tmp_path):
        for name, owner, topic in (("oaks", "Parks", "Nature"), ("elms", "Parks", "Trees"), ("roads", "Streets", "")):
            file = tmp_path / f"{name}.csv"
            file.write_text("id,height\n1,2\n" if name != "roads" else "id,lanes\n1,2\n", encoding="utf-8")
            topics = f'[[topics]]\nen = "{topic}"\nes = "Árboles"\n' if topic else ""
            column = "lanes" if name == "roads" else "height"
            terms = f'name = "{name}"\ntitle = "{name.title()}"\nowner = "{owner}"\nlicence = "CC0-1.0"\n{topics}'
            terms += f'[[columns]]\nname = "id"\n[[columns]]\nname = "{column}"\n'
            public.publish_file(file, actor=system("test"), contract=public.read_contract(terms))

    @pytest.mark.parametrize(
        ("asked", "names"),
        [
            ({"order": "name"}, ["Elms", "Oaks", "Roads"]),
            ({"order": "name DESC"}, ["Roads", "Oaks", "Elms"]),
            ({"order": "createdAt ASC"}, ["Oaks", "Elms", "Roads"]),
            ({"order": "updatedAt"}, ["Roads", "Elms", "Oaks"]),
            ({"tags": ["trees"]}, ["Elms"]),
            ({"tags": ["Nature", "Trees"], "order": "name"}, ["Elms", "Oaks"]),
            ({"categories": ["árboles"], "order": "name"}, ["Elms", "Oaks"]),
            ({"tags": ["none"]}, []),
            ({"names": "oaks"}, ["Oaks"]),
            ({"attribution": "Streets"}, ["Roads"]),
            ({"license": "ODbL"}, []),
            ({"column_names": ["lanes"]}, ["Roads"]),
            ({"column_names": ["id", "lanes", "height"]}, []),
            ({"only": "chart"}, []),
            ({"only": ["chart", "dataset"], "q": "lan"}, ["Roads"]),
            ({"q": "☃"}, []),
        ],
    )
    def test_datasets_are_narrowed_down_and_ordered(self, client, three, asked, names):
        told = client.get("/api/catalog/v1", asked).json()
        assert [one["resource"]["name"] for one in told["results"]] == names
        assert told["resultSetSize"] == len(names)

    def test_an_order_that_is_none_is_refused(self, client, three):
        answer = client.get("/api/catalog/v1?order=page_views_total")
        assert (answer.status_code, answer.json()["error"]) == (400, True)
        assert "updatedAt" in answer.json()["message"]

    def test_a_view_says_since_when_and_about_what(self, client, three):
        [one] = client.get("/api/catalog/v1?names=elms").json()["results"]
        view = client.get(f"/api/views/{one['resource']['id']}").json()
        assert (one["classification"]["domain_category"], view["category"]) == ("Trees", "Trees")
        assert view["createdAt"] == int(datetime.fromisoformat(one["resource"]["createdAt"]).timestamp())


@pytest.mark.django_db
class TestRefusals:
    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ("$where=hieght>1", "query.soql.no-such-column"),
            ("$query=select *&$limit=1", "query.soql.query-and-options"),
            ("$select=species,count(*)", "query.soql.column-not-in-group-bys"),
            ("$where=species='" + "x" * 17_000 + "'", "query.compiler.malformed"),
            ("&".join(f"a{n}=1" for n in range(201)), "query.compiler.malformed"),
            ("species=%ff", "query.compiler.malformed"),
        ],
    )
    def test_a_query_that_cannot_be_answered(self, client, publish, query, code):
        response = client.get(f"/resource/{publish().id}.json?{query}")
        told = response.json()
        assert (response.status_code, told["error"], told["code"]) == (400, True, code)
        assert told["message"]

    def test_what_is_not_there(self, client, publish):
        told = client.get("/resource/zzzz-zzzz.json")
        assert (told.status_code, told.json()["code"]) == (404, "soda.dataset.not-found")
        code = publish().id
        assert client.get(f"/resource/{code}.xml").status_code == 404
        assert "no place" in client.get(f"/resource/{code}.geojson").json()["message"]

    def test_nothing_can_be_written(self, client, publish):
        response = client.post(f"/resource/{publish().id}.json", {})
        assert (response.status_code, response["Allow"], response.json()["error"]) == (405, "GET, HEAD, OPTIONS", True)

    def test_long_answers_wait_for_a_place(self, client, publish, monkeypatch):
        monkeypatch.setattr(answers, "PLACES", 1)
        code = publish([["n"], *([str(n)] for n in range(12_000))], name="long").id
        address = f"/resource/{code}.csv?$limit=12000"
        first = client.get(address)
        assert client.get(address).status_code == 429
        assert client.get(f"/resource/{code}.csv").status_code == 200
        body(first)
        assert client.get(address).status_code == 200

    def test_one_sender_has_a_share_of_the_places(self, client, publish):
        code = publish([["n"], *([str(n)] for n in range(12_000))], name="long").id
        address = f"/resource/{code}.csv?$limit=12000"
        under_way = [client.get(address) for _ in range(answers.EACH)]
        assert client.get(address).status_code == 429
        other = client.get(address, REMOTE_ADDR="192.0.2.7")
        assert other.status_code == 200
        for one in (*under_way, other):
            body(one)

    def test_a_long_answer_ends_when_its_reader_takes_a_byte_now_and_then(self, client, publish, monkeypatch):
        code = publish([["n"], *([f"{n:030d}"] for n in range(60_000))], name="long").id
        now = [0.0]
        monkeypatch.setattr(pace.time, "monotonic", lambda: now[0])
        for seconds, is_whole in ((pace.BLOCK / pace.LEAST / 2, True), (pace.PATIENCE + 1, False)):
            answer = client.get(f"/resource/{code}.csv?$limit=60000")
            taken = 0
            try:
                for piece in answer.streaming_content:
                    now[0] += seconds * len(piece) / pace.BLOCK
                    taken += len(piece)
            except TimedOut:
                assert not is_whole
                assert taken <= 3 * pace.BLOCK
            else:
                assert is_whole
        assert client.get(f"/resource/{code}.csv?$limit=60000").status_code == 200, "the place is free"

    def test_a_slow_reader_has_as_long_as_the_whole_answer_may_take(self, publish):
        source = queries.source_of(publish().id)
        query = read_parameters([], source.all_columns, rows=None)
        result = analytics.get().run(source, query, Limits(seconds=answers.SECONDS))
        pieces = answers._pieces(result, csv_pieces, "", time.monotonic() - answers.SECONDS, "", is_short=False)
        assert next(pieces) == b""
        with pytest.raises(TimedOut):
            next(pieces)

    def test_who_asks_too_often_is_told_when_to_come_again(self, client, publish, monkeypatch):
        monkeypatch.setattr(answers, "PER_MINUTE", 1)
        client.get("/api/catalog/v1")
        response = client.get("/api/catalog/v1")
        # Between the two a minute may begin; then it is the third that is one too many.
        response = response if response.status_code == 429 else client.get("/api/catalog/v1")
        assert response.status_code == 429
        assert int(response["Retry-After"]) >= 1
