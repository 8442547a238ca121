"""CKAN's door: its own Python client over real HTTP, then envelopes and refusals to the letter."""

from __future__ import annotations

import json
import random
from collections import Counter

import ckanapi
import pytest
from tests.support.hostile import TIMES

from cityhall.apps.opendata.ckan.datastore import KNOWN
from cityhall.apps.opendata.web import answers
from cityhall.apps.opendata.web.ckan_catalogue import ACTIONS


def body(response) -> dict:
    return json.loads(response.getvalue())


@pytest.mark.django_db(transaction=True)
def test_ckanapi_reads_the_catalogue_the_rows_and_sql(live_server, publish):
    published = publish()
    rid = str(published.resource_id)
    with ckanapi.RemoteCKAN(live_server.url) as ckan:
        assert ckan.action.package_list() == ["trees"]
        package = ckan.action.package_show(id="trees")
        assert package["resources"][0]["id"] == rid
        assert ckan.action.package_search(q="trees", rows=1)["count"] == 1
        assert ckan.action.package_search(fq="res_format:PDF")["count"] == 0
        found = ckan.action.datastore_search(resource_id=rid, filters={"height": {"gt": 9}}, sort="height desc")
        assert [(row["species"], row["height"]) for row in found["records"]] == [("Palm <b>", 21), ("Oak", 12.5)]
        assert found["total"] == 2
        sql = f'SELECT species, count(*) AS many FROM "{rid}" GROUP BY species HAVING count(*) > 1'
        assert ckan.action.datastore_search_sql(sql=sql)["records"] == [{"species": "Oak", "many": 2}]
        ids: list[str] = []
        page = ckan.action.datastore_search(resource_id=rid, limit=3, include_next_page=True)
        while True:
            ids += [row["_id"] for row in page["records"]]
            if "next_page" not in page:
                break
            page = ckan.action.datastore_search(
                resource_id=rid, limit=3, include_next_page=True, filters=page["next_page"]
            )
        assert (len(ids), len(set(ids))) == (4, 4)
        with pytest.raises(ckanapi.NotFound):
            ckan.action.package_show(id="none")
        with pytest.raises(ckanapi.ValidationError, match="hieght"):
            ckan.action.datastore_search(resource_id=rid, filters={"hieght": 1})
        with pytest.raises(ckanapi.NotAuthorized):
            ckan.action.datastore_upsert(resource_id=rid, records=[])
    with ckanapi.RemoteCKAN(live_server.url, get_only=True) as ckan:
        assert ckan.action.datastore_search(resource_id=rid, q="nandubay")["records"][0]["park"] == "Mission"


@pytest.mark.django_db
class TestEnvelopes:
    def test_numbers_that_json_has_not_are_refused(self, client, publish):
        call = f'{{"resource_id": "{publish().resource_id}", "filters": {{"species": NaN}}}}'
        refused = client.post("/api/3/action/datastore_search", call, content_type="application/json")
        assert (refused.status_code, "JSON Error" in refused.json()) == (400, True)

    def test_rows_are_a_resource_by_each_of_their_names(self, client, publish):
        done = publish()
        told = [client.get("/api/3/action/resource_show", {"id": name}).json() for name in (done.id, "trees")]
        assert [one["result"]["id"] for one in told] == [str(done.resource_id)] * 2
        assert client.get("/api/3/action/resource_show?id=none").status_code == 404

    def test_a_column_of_the_answer_is_called_as_it_stands_between_quotation_marks(self, client, publish):
        sql = f'SELECT "Species" AS "Kind of tree", count(*) AS "N", 1 AS n FROM "{publish().id}" GROUP BY "species" '
        answer = client.get("/api/3/action/datastore_search_sql", {"sql": sql + 'ORDER BY "N" DESC LIMIT 1'})
        assert body(answer)["result"]["records"] == [{"Kind of tree": "Oak", "N": 2, "n_1": 1}]

    def test_shapes_of_records(self, client, publish):
        rid = publish().resource_id
        asked = {"resource_id": str(rid), "fields": "id,species,park", "limit": 1, "sort": "id desc"}
        lists = body(client.get("/api/3/action/datastore_search", {**asked, "records_format": "lists"}))["result"]
        assert lists["records"] == [[4, "Ñandubay", "Mission"]]
        assert lists["fields"][0] == {"id": "id", "type": "numeric"}
        text = body(client.get("/api/3/action/datastore_search", {**asked, "records_format": "csv"}))["result"]
        assert text["records"] == "4,Ñandubay,Mission\n"
        assert "_links" not in text

    def test_distinct_rows_are_counted(self, client, publish):
        asked = {"resource_id": "trees", "fields": "species", "distinct": "true"}
        publish()
        result = body(client.get("/api/3/action/datastore_search", asked))["result"]
        assert (len(result["records"]), result["total"]) == (3, 3)

    def test_what_cannot_be_read(self, client, publish):
        unknown = client.get("/api/3/action/nonsense")
        assert (unknown.status_code, body(unknown)) == (400, "Bad request - Action name not known: nonsense")
        broken = client.post("/api/action/package_show", "{", content_type="application/json")
        assert broken.status_code == 400
        missing = client.post("/api/action/package_show", "{}", content_type="application/json")
        assert missing.status_code == 409
        assert body(missing)["error"] == {"id": ["Missing value"], "__type": "Validation Error"}
        refused = client.get("/api/3/action/datastore_search_sql", {"sql": 'select * from "nowhere"'})
        assert (refused.status_code, body(refused)["error"]["__type"]) == (404, "Not Found Error")
        assert client.get("/api/3/action/package_create").status_code == 400

    def test_jsonp(self, client):
        answer = client.get("/api/3/action/site_read?callback=take")
        assert answer.content.startswith(b"/**/take({") and answer.content.endswith(b"});")
        assert client.get("/api/3/action/site_read?callback=alert(1)").status_code == 400

    def test_the_dump(self, client, publish):
        rid = publish().resource_id
        lines = client.get(f"/datastore/dump/{rid}").getvalue().decode().splitlines()
        assert lines[0] == "_id,id,species,height,planted,park"
        assert len(lines) == 5
        assert client.get("/datastore/dump/none").status_code == 404


HOSTILE = [
    None, True, 0, -1, 1.5, 1e300, "", "x", "\0", "\ud800", "'; --", "*", "(((", "a:b:c", "[1 TO", "[* TO *]", "-", "!",
    "a | b", "! & |", "species desc nulls", "place", "[", "{", "{}", "[[[]]]", [], {}, ["x"], [{}],
    {"species": {"gt": []}},
    {"$or": []}, {"$or": [{"height": [1, None, {"lt": 5}]}]}, {"planted": "yesterday"}, {"height": {"lt": None}},
    {"_id": {"gt": "a"}}, "9" * 400, "NaN", {"x": {"$and": 1}}, ["species", "species"], "csv", "lists",
    "Infinity", "metadata_modified:[2020 TO *]",
]  # fmt: skip


@pytest.mark.django_db
def test_hostile_parameters_are_answered_or_refused(client, publish, monkeypatch):
    monkeypatch.setattr(answers, "PER_MINUTE", 100_000)
    chance = random.Random(20261127)
    publish()
    actions = [*ACTIONS, "datastore_search"]
    statuses = Counter()
    for _ in range(300 * TIMES):
        action = chance.choice([*actions, *["datastore_search", "package_search"] * 8])
        names = [
            *KNOWN,
            "q",
            "fq",
            "rows",
            "start",
            "facet.field",
            "query",
            "order_by",
            "include_datasets",
            "all_fields",
        ]
        given = {name: chance.choice(HOSTILE) for name in chance.sample(names, chance.randint(0, 3))}
        if chance.random() < 0.8:
            given = {"resource_id": "trees", "id": "trees", **given}
        response = client.post(f"/api/3/action/{action}", json.dumps(given), content_type="application/json")
        statuses[response.status_code] += 1
        assert response.status_code in (200, 400, 403, 404, 409), (action, given)
        body(response)
    assert statuses[200] > 50


@pytest.mark.django_db
def test_ckans_own_addresses_lead_to_ours(client, publish):
    published = publish()
    package = body(client.get("/api/3/action/package_show?id=trees"))["result"]
    for address in ("trees", published.id, package["id"], f"trees/resource/{package['resources'][1]['id']}"):
        assert client.get(f"/dataset/{address}")["Location"] == f"/data/{published.id}/"
    assert client.get("/dataset/none").status_code == 404
    assert client.get("/dataset/?q=oak")["Location"] == "/data/?q=oak"
    assert [body(client.get(address)) for address in ("/api/3", "/api/3/")] == [{"version": 3}] * 2
    status = body(client.get("/api/3/action/status_show"))["result"]
    assert status["ckan_version"].startswith("2.") and "datastore" in status["extensions"]
    assert body(client.get("/api/3/action/site_read"))["result"] is True
    assert "Return one package" in body(client.get("/api/3/action/help_show?name=package_show"))["result"]
