"""Our own API: what it answers is what its OpenAPI document says, and its errors have a code and a message."""

from __future__ import annotations

import json

import jsonschema
import pytest

from cityhall.apps.opendata import public
from cityhall.apps.opendata.urls import plain
from cityhall.apps.opendata.web import rest_document
from cityhall.kernel.actors import system

pytestmark = pytest.mark.django_db
DOCUMENT = rest_document.document("https://city.example/api/v1")


def checked(answer, schema: str):
    """Return an answer's JSON, which must be as the document says."""
    body = answer.getvalue()
    told = json.loads(body)
    jsonschema.validate(told, {**DOCUMENT, "$ref": f"#/components/schemas/{schema}"})
    return told


def test_the_document_has_every_address_and_is_answered(client):
    routes = {f"/{one.pattern}" for one in plain if str(one.pattern).startswith("api/v1/datasets")}
    said = {path.replace("{id}", "<fourbyfour:code>") for path in DOCUMENT["paths"]}
    assert routes == {f"/api/v1{path}" for path in said}
    told = client.get("/api/v1/openapi.json").json()
    assert told["servers"] == [{"url": "http://testserver/api/v1"}]


def test_datasets_are_listed_found_and_paged(client, publish):
    publish()
    publish([["id", "name"], ["1", "Elm"]], name="elms")
    first = checked(client.get("/api/v1/datasets/?order=title&limit=1"), "Datasets")
    assert (first["count"], [one["name"] for one in first["results"]]) == (2, ["elms"])
    second = checked(client.get(first["next"]), "Datasets")
    assert ([one["name"] for one in second["results"]], second["next"]) == (["trees"], None)
    assert checked(client.get("/api/v1/datasets/?limit=0"), "Datasets")["next"] is None
    assert checked(client.get("/api/v1/datasets/?q=species"), "Datasets")["count"] == 1
    assert checked(client.get("/api/v1/datasets/?format=geojson"), "Datasets")["count"] == 0


def test_a_dataset_with_its_contract_its_versions_and_links_that_answer(client, publish):
    code = publish().id
    publish([["id", "species"], ["1", "Oak"]], name="oaks")
    publish([["id", "species", "height", "planted", "park"], ["1", "Oak", "13", "2019-03-05", "Balboa"],
             ["2", "Oak", "9", "2020-11-30", "Balboa"]])  # fmt: skip
    told = checked(client.get(f"/api/v1/datasets/{code}/"), "Dataset")
    assert (told["rows"], told["version"], told["contract"]["key"]) == (2, 2, ["id"])
    assert [one["type"] for one in told["contract"]["columns"]] == ["number", "text", "number", "date", "text"]
    for address in (told["url"], told["page"], *told["links"]["files"].values(), told["links"]["feed"]):
        assert client.get(address).status_code == 200
    versions = checked(client.get(told["links"]["versions"]), "Versions")
    assert [(one["version"], one["rows"]) for one in versions["results"]] == [(2, 2), (1, 4)]
    assert len(checked(client.get(versions["results"][1]["rows_url"]), "Rows")) == 4
    public.recall("trees", actor=system("test"), reason="It names people.", snapshots=[1])
    [_now, recalled] = checked(client.get(told["links"]["versions"]), "Versions")["results"]
    assert recalled["reason"] == "It names people." and "rows" not in recalled
    assert checked(client.get(f"/api/v1/datasets/{code}/?$$snapshot=1"), "Problem")["code"] == "recalled"


def test_rows_have_types_and_take_the_same_queries(client, publish):
    code = publish([["id", "note", "height"], ["1", "two\\nlines", "12.5"], ["2", "", "9"]]).id
    address = f"/api/v1/datasets/{code}/rows/"
    rows = checked(client.get(address, {"$order": "height"}), "Rows")
    assert [(row["height"], row["note"]) for row in rows] == [(9, None), (12.5, "two\\nlines")]
    answer = client.get(address, {"$select": "count(*) as n, max(height) as most"})
    assert checked(answer, "Rows") == [{"n": 2, "most": 12.5}]
    assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert checked(client.get(address, {"$where": "height > 99"}), "Rows") == []


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("zzzz-zzzz/", 404, "no_such_dataset"),
        ("zzzz-zzzz/versions/", 404, "no_such_dataset"),
        ("zzzz-zzzz/rows/", 404, "no_such_dataset"),
        ("?limit=101", 400, "invalid"),
        ("?offset=x", 400, "invalid"),
    ],
)
def test_what_is_refused_has_a_code_and_a_message(client, path, status, code):
    answer = client.get(f"/api/v1/datasets/{path}")
    assert answer.status_code == status
    assert checked(answer, "Problem")["code"] == code


def test_a_query_that_is_none_names_what_there_is(client, publish):
    answer = client.get(f"/api/v1/datasets/{publish().id}/rows/?$where=hight%3E1")
    assert answer.status_code == 400
    told = checked(answer, "Problem")
    assert told["code"] == "no_such_column" and "height" in told["columns"]
