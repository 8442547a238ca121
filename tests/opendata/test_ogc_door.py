"""OGC API Features over real HTTP: OWSLib reads it, and each request that QGIS makes is answered as QGIS needs it."""

from __future__ import annotations

import re

import pytest
import requests
from owslib.ogcapi.features import Features

live = pytest.mark.django_db(transaction=True)


@live
def test_owslib_reads_the_service_its_collections_and_features(live_server, publish):
    code = publish().id
    service = Features(f"{live_server.url}/ogc/")
    assert service.feature_collections() == [code]
    assert any(one.endswith("/conf/cql2-text") for one in service.conformance()["conformsTo"])
    assert service.api()["openapi"].startswith("3.0")
    assert service.collection(code)["title"] == "Trees"
    assert set(service.collection_queryables(code)["properties"]) == {"id", "species", "height", "planted", "park"}
    page = service.collection_items(code, limit=3)
    assert (page["numberMatched"], page["numberReturned"]) == (4, 3)
    oaks = service.collection_items(code, filter="species = 'Oak' AND height > 10")
    assert [one["properties"]["planted"] for one in oaks["features"]] == ["2019-03-05"]
    row = oaks["features"][0]["id"]
    assert service.collection_item(code, row)["properties"]["height"] == 12.5


@live
def test_qgis_opens_a_layer(live_server, publish):
    code = publish().id

    def get(address: str, accept: str = "application/json"):
        response = requests.get(address, headers={"Accept": accept}, timeout=10)
        response.raise_for_status()
        return response

    landing = get(f"{live_server.url}/ogc/").json()
    links = {(one["rel"], one["type"]): one["href"] for one in landing["links"]}
    kind = "application/vnd.oai.openapi+json;version=3.0"
    described = get(links["service-desc", kind], f"{kind}, application/json")
    assert described.headers["Content-Type"] == kind
    limit = described.json()["components"]["parameters"]["limit"]["schema"]
    size = min(max(1000, limit["default"]), limit["maximum"])
    assert size == 1000
    data = links["data", "application/json"]
    layer = get(f"{data}/{code}").json()
    schema = next(one["href"] for one in layer["links"] if one["rel"].endswith("/def/rel/ogc/1.0/schema"))
    assert get(schema, "application/schema+json").json()["properties"]["planted"]["format"] == "date"
    first = get(f"{data}/{code}/items?limit=10", "application/geo+json, application/json")
    assert first.headers["Content-Type"] == "application/geo+json"
    assert get(f"{data}/{code}/items?limit=1").json()["numberMatched"] == 4
    seen, address = [], f"{data}/{code}/items?limit=2&filter=(height > 1)&filter-lang=cql2-text"
    while address:
        page = get(address).json()
        seen += [one["properties"]["id"] for one in page["features"]]
        address = next((one["href"] for one in page["links"] if one["rel"] == "next"), "")
    assert sorted(seen) == [1, 2, 3, 4]


@pytest.mark.django_db
def test_refusals_say_what_is_wrong(client, publish):
    code = publish().id
    for query, said in (("filter=hieght>1", "no column"), ("bbox=0,0,1,1", "no places"), ("f=gml", "GeoJSON")):
        response = client.get(f"/ogc/collections/{code}/items?{query}")
        assert response.status_code == 400
        assert said in response.json()["description"]
    assert client.get("/ogc/collections/zzzz-zzzz").status_code == 404
    assert client.get(f"/ogc/collections/{code}/items/row-none").status_code == 404
    assert client.post("/ogc/", {}).status_code == 405


@pytest.mark.django_db
def test_sorted_pages_go_on_and_what_is_known_is_not_sent_again(client, publish):
    address = f"/ogc/collections/{publish().id}/items"
    page = client.get(f"{address}?sortby=-height&limit=3&properties=height")
    told = page.json()
    assert [one["properties"] for one in told["features"]] == [{"height": 21.0}, {"height": 12.5}, {"height": 9.0}]
    rest = client.get(next(one["href"] for one in told["links"] if one["rel"] == "next")).json()
    assert [one["properties"]["height"] for one in rest["features"]] == [3.25]
    assert client.get(address, HTTP_IF_NONE_MATCH=page["ETag"]).status_code == 304


@pytest.mark.django_db
@pytest.mark.parametrize("sortby", ["", "-height"])
def test_whoever_went_on_can_go_back_the_same_way(client, publish, sortby):
    address = f"/ogc/collections/{publish().id}/items?limit=2&filter=height > 1&q=a{f'&sortby={sortby}' * bool(sortby)}"
    pages, links = [], {"next": address}
    while "next" in links:
        told = client.get(links["next"]).json()
        pages.append([one["id"] for one in told["features"]])
        links = {one["rel"]: one["href"] for one in told["links"]}
    assert [len(page) for page in pages] == [2, 2]
    told = client.get(links["prev"]).json()
    assert [one["id"] for one in told["features"]] == pages[0]
    assert "prev" not in {one["rel"] for one in told["links"]}


@pytest.mark.django_db
def test_a_collection_says_where_and_when_its_rows_are(client, publish):
    rows = [["id", "latitude", "longitude", "seen"], ["1", "32.7", "-117.2", "2024-02-29 08:30:00"]]
    rows += [["2", "32.9", "-117.1", "2023-07-01 12:00:00"], ["3", "", "", ""]]
    code = publish(rows, name="spots").id
    told = client.get(f"/ogc/collections/{code}").json()
    assert told["extent"]["spatial"]["bbox"] == [[-117.2, 32.7, -117.1, 32.9]]
    assert told["extent"]["temporal"]["interval"] == [["2023-07-01T12:00:00Z", "2024-02-29T08:30:00Z"]]
    assert told["storageCrs"] in told["crs"]
    box = "3579000,-13048000,3580000,-13047000"
    mercator = "http://www.opengis.net/def/crs/EPSG/0/3857"
    [first] = client.get(f"/ogc/collections/{code}/items?datetime=2024-02-29").json()["features"]
    assert first["properties"]["id"] == 1
    assert client.get(f"/ogc/collections/{code}/items?bbox={box}&bbox-crs={mercator}").json()["features"] == []
    near = "-13046700,3855000,-13046400,3857000"
    [same] = client.get(f"/ogc/collections/{code}/items?bbox={near}&bbox-crs={mercator}").json()["features"]
    assert same == first
    without = client.get(f"/ogc/collections/{publish([['name'], ['a'], ['b']], name='plain').id}").json()
    assert not {"extent", "crs", "storageCrs"} & without.keys()


def links_of(told):
    """Return every link in a document."""
    if isinstance(told, dict):
        yield from ([told] if "href" in told else [])
    inner = told.values() if isinstance(told, dict) else told if isinstance(told, list) else ()
    for one in inner:
        yield from links_of(one)


@pytest.mark.django_db
def test_every_link_leads_to_what_it_says(client, publish):
    """Crawl the service from its landing page, as the test suite of the standard does."""
    publish([["id", "latitude", "longitude"], ["1", "32.71", "-117.15"], ["2", "32.9", "-117.2"]], name="spots")
    wanted, seen, rels = ["http://testserver/ogc/"], {}, set()
    while wanted:
        address = wanted.pop()
        for link in links_of(seen.setdefault(address, client.get(address)).json()):
            rels.add(link["rel"])
            if not link["href"].startswith("http://testserver/ogc/") or link.get("templated"):
                continue
            if link["type"] == "text/html":
                found = client.get(link["href"])
            elif link["href"] not in seen:
                found = seen[link["href"]] = client.get(link["href"])
                wanted.append(link["href"])
            else:
                found = seen[link["href"]]
            assert found.status_code == 200
            assert found["Content-Type"].partition(";")[0] == link["type"].partition(";")[0]
    assert rels >= {"self", "alternate", "service-desc", "service-doc", "conformance", "data", "items", "item"}


@pytest.mark.django_db
def test_the_interface_is_whole(client):
    told = client.get("/ogc/api").json()
    known = told["components"]["parameters"]
    for path, operations in told["paths"].items():
        used = [known[one["$ref"].rpartition("/")[2]] for one in operations["get"]["parameters"]]
        assert {one["name"] for one in used if one["in"] == "path"} == set(re.findall(r"{(\w+)}", path))
    ids = [operations["get"]["operationId"] for operations in told["paths"].values()]
    assert len(ids) == len(set(ids)) == 14


@pytest.mark.django_db
def test_places_come_in_the_coordinates_that_are_asked_for(client, publish):
    code = publish(
        [["id", "latitude", "longitude"], ["1", "32.71", "-117.15"], ["2", "32.9", "-117.2"]], name="spots"
    ).id
    address = f"/ogc/collections/{code}"
    assert "http://www.opengis.net/def/crs/EPSG/0/4326" in client.get(address).json()["crs"]
    roles = [one.get("x-ogc-role") for one in client.get(f"{address}/schema").json()["properties"].values()]
    assert roles.count("primary-geometry") == 1
    crs = "http://www.opengis.net/def/crs/EPSG/0/4326"
    page = client.get(f"{address}/items?bbox=-117.16,32.7,-117.1,32.8&crs={crs}")
    [feature] = page.json()["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [32.71, -117.15]}
    assert page["Content-Crs"] == f"<{crs}>"
