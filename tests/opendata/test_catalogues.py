"""The catalogues other portals read: valid by the official schemas, for every odd city, and cheap to ask again."""

from __future__ import annotations

import json
import re
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

from cityhall.apps.opendata import public
from cityhall.apps.opendata.rules import catalogues
from cityhall.apps.opendata.rules.catalogues import Body, Door, Entry
from cityhall.kernel.actors import system

ENTRY = Entry(
    identifier=f"urn:uuid:{uuid.UUID(int=7)}",
    title="Árboles",
    other_title="",
    description="Árboles",
    languages=["es"],
    owner="",
    licence="",
    every="",
    changed=datetime(2026, 3, 1, 12, tzinfo=UTC),
    page="https://city.example/data/aaaa-bbbb/",
    dictionary="https://city.example/api/views/aaaa-bbbb",
    keywords=["arboles"],
    doors=[Door("CSV", "https://city.example/a.csv", "text/csv", "CSV", is_file=True)],
)
FULL = Entry(
    **{
        **{name: getattr(ENTRY, name) for name in ENTRY.__slots__},
        "owner": "Parks",
        "licence": "CC BY 4.0",
        "every": "PT1H",
        "languages": ["en", "es"],
        "themes": ["Street trees"],
        "doors": [*ENTRY.doors, Door("SODA API", "https://city.example/r", "application/json", "API", is_file=False)],
    }
)
OWN_WORDS = Entry(**{**{name: getattr(FULL, name) for name in FULL.__slots__}, "licence": "Ask us " * 80})
CITY = Body("Testville", "Open.Data@testville.gov", (-117.3, 32.5, -116.9, 33.1))
BARE = Body("Cityhall", "cityhall@localhost", None)


def faults_1_1(told: dict[str, Any], schemas: Path) -> list[str]:
    folder = schemas / "dcatus1.1"
    catalog = json.loads((folder / "catalog.json").read_text())
    catalog["properties"]["dataset"] = {"type": "array"}
    dataset = Draft202012Validator(
        json.loads((folder / "non-federal_dataset.json").read_text()), format_checker=FormatChecker()
    )
    found = list(Draft202012Validator(catalog).iter_errors(told))
    for one in told["dataset"]:
        found.extend(dataset.iter_errors(one))
    return [error.message for error in found]


def faults_3_0(told: dict[str, Any], schemas: Path) -> list[str]:
    files = sorted((schemas / "dcatus3.0" / "definitions").glob("*.json"))
    read = [json.loads(file.read_text()) for file in files]
    registry: Registry[Any] = Registry().with_resources((one["$id"], Resource.from_contents(one)) for one in read)
    catalog = next(one for one in read if one["$id"].endswith("/catalog"))
    validator = Draft202012Validator(catalog, registry=registry, format_checker=FormatChecker())
    return [error.message for error in validator.iter_errors(told)]


@pytest.mark.parametrize("entry", [ENTRY, FULL, OWN_WORDS], ids=["bare", "full", "own words"])
@pytest.mark.parametrize("body", [CITY, BARE], ids=["city", "no mail, no place"])
def test_every_odd_city_is_valid_by_the_official_schemas(entry: Entry, body: Body, real_data: Path) -> None:
    schemas = real_data / "catalogs" / "schemas"
    address = "https://city.example/data.json"
    assert faults_1_1(catalogues.us_1_1([entry], body, address), schemas) == []
    assert faults_3_0(catalogues.us_3_0([entry], body, address), schemas) == []


def test_the_schemas_find_what_is_wrong(real_data: Path) -> None:
    schemas = real_data / "catalogs" / "schemas"
    for write, faults in ((catalogues.us_1_1, faults_1_1), (catalogues.us_3_0, faults_3_0)):
        told = write([ENTRY], CITY, "https://city.example/data.json")
        del told["dataset"][0]["contactPoint"]
        assert any("contactPoint" in fault for fault in faults(told, schemas))


def test_an_entry_says_what_it_knows_and_makes_nothing_up() -> None:
    [bare] = catalogues.us_1_1([ENTRY], BARE, "https://city.example/data.json")["dataset"]
    assert bare["contactPoint"]["hasEmail"] == f"mailto:{catalogues.NO_MAIL}"
    assert bare["accrualPeriodicity"] == "irregular"
    assert not {"license", "rights", "spatial"} & set(bare)
    [full] = catalogues.us_1_1([FULL], CITY, "https://city.example/data.json")["dataset"]
    assert (full["license"], full["accrualPeriodicity"]) == ("https://creativecommons.org/licenses/by/4.0/", "R/PT1H")
    assert full["spatial"] == "-117.3,32.5,-116.9,33.1"
    assert full["publisher"]["subOrganizationOf"]["name"] == "Testville"


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("cc-by-4.0", "https://creativecommons.org/licenses/by/4.0/"),
        ("https://a.example/terms", "https://a.example/terms"),
        ("https://a.example/ or ask", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_a_licence_has_an_address_only_where_it_is_known(words: str, address: str) -> None:
    assert catalogues.licence_address(words) == address


@pytest.mark.django_db
class TestDoors:
    def test_both_catalogues_are_valid_with_addresses_that_answer(self, client, publish, real_data):
        code = publish().id
        schemas = real_data / "catalogs" / "schemas"
        old, new = client.get("/data.json"), client.get("/catalog.jsonld")
        assert (old["Content-Type"], new["Content-Type"]) == ("application/json", "application/ld+json")
        assert faults_1_1(old.json(), schemas) == []
        assert faults_3_0(json.loads(new.content), schemas) == []
        [dataset] = old.json()["dataset"]
        assert dataset["landingPage"].endswith(f"/data/{code}/")
        for door in dataset["distribution"]:
            response = client.get(door.get("downloadURL") or door["accessURL"])
            assert response.status_code == 200
            if "downloadURL" in door and door["mediaType"].startswith(("text/", "application/json")):
                assert b"Oak" in response.getvalue()
        assert client.get(dataset["describedBy"]).json()["id"] == code

    def test_who_has_it_is_told_so_until_something_changes_and_the_identifier_stays(self, client, publish):
        publish()
        first = client.get("/data.json")
        assert client.get("/data.json", headers={"If-None-Match": first["ETag"]}).status_code == 304
        publish([["id", "species"], ["1", "Elm"]], name="elms")
        later = client.get("/data.json", headers={"If-None-Match": first["ETag"]})
        assert later.status_code == 200
        assert first.json()["dataset"][0]["identifier"] in {one["identifier"] for one in later.json()["dataset"]}

    def test_a_dataset_page_tells_search_engines_and_lets_nothing_out_of_the_script(self, client, tmp_path):
        file = tmp_path / "trees.csv"
        file.write_text("id\n1\n", encoding="utf-8")
        terms = public.read_contract(
            'name = "trees"\ntitle = { en = "</script><b>Trees", es = "Árboles" }\n[[columns]]\nname = "id"\n'
        )
        code = public.publish_file(file, actor=system("test"), contract=terms).id
        for address, name, other in (
            (f"/data/{code}/", "</script><b>Trees", "Árboles"),
            (f"/es/data/{code}/", "Árboles", "</script><b>Trees"),
        ):
            page = client.get(address).content.decode()
            [script] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
            told = json.loads(script)
            assert (told["name"], told["alternateName"], told["@type"]) == (name, other, "Dataset")
            assert told["url"].endswith(f"/data/{code}/")
            assert told["distribution"][0]["contentUrl"].endswith(f"/api/views/{code}/rows.csv")

    def test_nothing_can_be_written(self, client):
        assert client.post("/data.json").status_code == 405
        assert client.get("/data.json").json()["dataset"] == []
