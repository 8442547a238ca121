"""The places room over HTTP."""

from __future__ import annotations

import gzip
import json

import pytest
from django.test import Client

from cityhall.apps.places import public, web
from cityhall.apps.places.contracts import AssetRow, FeatureRow

pytestmark = pytest.mark.django_db
LAT, LON, STEP = 43.05, -76.15, 0.002


def test_suggestions_come_as_json_at_most_eight(town: None, client: Client) -> None:
    answer = client.get("/places/suggest", {"q": "1202 gra"})
    assert answer.status_code == 200
    first = answer.json()["results"][0]
    assert first["label"] == "1202 Grand Ave"
    assert first["address_id"]
    assert len(client.get("/places/suggest", {"q": "1"}).json()["results"]) == 8
    assert client.get("/places/suggest").json() == {"results": []}
    assert public.suggest("distrito 1", language="es")[0].label == "Distrito 1"
    spanish = client.get("/places/suggest", {"q": "distr", "lang": "es"}).json()["results"]
    assert "Distrito 1" in [hit["label"] for hit in spanish]


def test_suggestions_are_limited(town: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "PER_MINUTE", 2)
    codes = [client.get("/places/suggest", {"q": "1"}, REMOTE_ADDR="198.51.100.7").status_code for _ in range(6)]
    assert 429 in codes
    assert client.get("/places/suggest", {"q": "1"}, REMOTE_ADDR="198.51.100.8").status_code == 200


def test_a_point_is_named(town: None, client: Client) -> None:
    assert client.get("/places/reverse", {"lat": LAT, "lon": LON}).json()["result"]["label"].endswith("Grand Ave")
    assert client.get("/places/reverse", {"lat": 1, "lon": 1}).json() == {"result": None}
    for bad in ({}, {"lat": "x", "lon": "1"}, {"lat": "nan", "lon": "1"}, {"lat": "91", "lon": "1"}):
        assert client.get("/places/reverse", bad).status_code == 400


def test_layers_are_cached_until_the_city_changes(town: None, client: Client) -> None:
    public.load_features("parks", [FeatureRow({"type": "Point", "coordinates": [LON, LAT]}, "Green")])
    assert public.layers() == ["boundary", "streets", "parks", "council_district"]
    for name in public.layers():
        answer = client.get(f"/places/layers/{name}.geojson")
        assert answer.status_code == 200, name
        assert answer["Content-Type"] == "application/geo+json"
        body = json.loads(answer.content)
        assert body["type"] == "FeatureCollection"
        packed = client.get(f"/places/layers/{name}.geojson", headers={"accept-encoding": "gzip, br"})
        assert json.loads(gzip.decompress(packed.content)) == body
        again = client.get(f"/places/layers/{name}.geojson", headers={"if-none-match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    etag = client.get("/places/layers/parks.geojson")["ETag"]
    public.load_features("parks", [FeatureRow({"type": "Point", "coordinates": [LON, LAT]}, "Blue")])
    changed = client.get("/places/layers/parks.geojson", headers={"if-none-match": etag})
    assert changed.status_code == 200
    assert json.loads(changed.content)["features"][0]["properties"] == {"name": "Blue"}
    assert client.get("/places/layers/lakes.geojson").status_code == 404


def test_streets_are_drawn_joined_with_their_kind(town: None, client: Client) -> None:
    features = json.loads(client.get("/places/layers/streets.geojson").content)["features"]
    kinds = {feature["properties"]["name"]: feature["properties"]["kind"] for feature in features}
    assert kinds["Grand Ave"] == "main"
    assert kinds["5th St"] == "local"
    assert len(features) == 7


def test_area_names_are_in_the_readers_language(town: None, client: Client) -> None:
    for asked in ({"headers": {"accept-language": "es"}}, {"query_params": {"lang": "es"}}):
        body = client.get("/places/layers/council_district.geojson", **asked).content
        names = {feature["properties"]["name"] for feature in json.loads(body)["features"]}
        assert names == {"Distrito 1", "District 2"}


def test_assets_in_a_box_can_be_picked(town: None, client: Client, django_assert_max_num_queries: object) -> None:
    box = f"{LON},{LAT - 0.001},{LON + 0.0016},{LAT + 0.001}"
    answer = client.get("/places/assets", {"layer": "streetlights", "bbox": box}).json()
    assert [item["code"] for item in answer["assets"]] == ["SL-0001", "SL-0002", "SL-0003"]
    assert answer["more"] is False
    public.load_assets("trees", [AssetRow(str(i), f"Tree {i}", LAT, LON + i * 1e-6) for i in range(600)])
    many = client.get("/places/assets", {"layer": "trees", "bbox": box}).json()
    assert (len(many["assets"]), many["more"]) == (500, True)
    for bad in ("", "1,2,3", "a,b,c,d", "1,2,3,95"):
        assert client.get("/places/assets", {"layer": "trees", "bbox": bad}).status_code == 400
