"""Other portals' catalogues in ours: as links, marked as elsewhere, and gone when they are gone there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.support.people import sign_in
from tests.support.shelf import Shelf

from cityhall.apps.opendata import public
from cityhall.apps.opendata.imports import harvesting as reading
from cityhall.apps.opendata.models import Dataset, Elsewhere, Portal
from cityhall.apps.opendata.rules import harvesting
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, system
from cityhall.kernel.django.models import AuditEntry
from cityhall.kernel.downloads import downloader
from cityhall.kernel.errors import Invalid, NotAllowed

CLERK = system("test")
ADDRESS = "https://data.example.org"
database = pytest.mark.django_db


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    made, before = Shelf(), downloader._make
    downloader.fill(lambda: made)
    yield made
    downloader._make = before


def entry(name: str, **more: Any) -> dict[str, Any]:
    return {
        "identifier": name, "title": f"Title of {name}", "description": f"All about {name}.",
        "landingPage": f"{ADDRESS}/{name}", "publisher": {"name": "The county"}, "accessLevel": "public",
        "keyword": ["green"], **more,
    }  # fmt: skip


def document(*entries: dict[str, Any]) -> str:
    return json.dumps({"conformsTo": "https://project-open-data.cio.gov/v1.1/schema", "dataset": entries})


def names() -> list[str]:
    return sorted(Elsewhere.objects.values_list("identifier", flat=True))


def test_nothing_of_a_page_comes_along_but_its_words_and_addresses_that_can_be_followed() -> None:
    hostile = entry(
        "trees",
        title="<b>Trees</b> &amp; <script>alert(1)</script>shrubs\u202e",
        description="<p>One</p><style>p{}</style><p onclick=x>two &lt;b&gt;</p>" + "x" * 5000,
        landingPage="javascript:alert(1)",
        distribution=[
            {"title": "<i>File</i>", "downloadURL": "https://a.example/t.csv", "mediaType": "text/csv"},
            {"downloadURL": "javascript:alert(2)"}, {"accessURL": "https://u:p@a.example/"}, "nothing",
            {"accessURL": 'https://a.example/"><script>'},
        ],
    )  # fmt: skip
    found = harvesting.from_dcat(hostile)
    assert found.title == "Trees & shrubs"
    assert found.description.startswith("One two <b> x") or found.description.startswith("One two <b>")
    assert len(found.description) == 2000
    assert found.page == "https://a.example/t.csv"
    assert [(one.title, one.format, one.url) for one in found.files] == [("File", "csv", "https://a.example/t.csv")]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"identifier": None, "@id": None}, "identifier"),
        ({"identifier": {"@type": "Identifier"}}, "identifier"),
        ({"title": 707}, "title"),
        ({"landingPage": None}, "address"),
        ({"accessLevel": "non-public"}, "public"),
    ],
)
def test_an_entry_that_cannot_be_linked_to_is_left_out_with_its_reason(change: dict[str, Any], why: str) -> None:
    with pytest.raises(harvesting.Unlisted, match=why):
        harvesting.from_dcat(entry("trees", **change))


@database
def test_a_catalogue_is_read_by_its_document_and_what_is_gone_there_is_gone_here(shelf: Shelf, client: Client) -> None:
    shelf.put("/data.json", document(entry("trees"), entry("parks"), entry("trees"), {"title": "No identifier"}))
    done = public.harvest(ADDRESS, actor=CLERK, title="The county’s catalog")
    assert (done.listed, done.added, sum(done.skipped.values())) == (2, 2, 2)
    page = client.get("/data/elsewhere/").content.decode()
    assert 'href="https://data.example.org/trees"' in page and "Published by The county, at data.example.org" in page
    assert "The city does not publish these" in page and "The county’s catalog" in page
    assert "2 datasets from other publishers" in client.get("/data/").content.decode()
    found = client.get("/data/?q=PARKS").content.decode()
    assert 'href="/data/elsewhere/?q=PARKS"' in found and "1 dataset from other publishers" in found
    assert "Title of parks" in client.get("/data/elsewhere/?q=abou+park").content.decode()
    assert "No dataset fits." in client.get("/data/elsewhere/?q=arks").content.decode()
    shelf.put("/data.json", document(entry("parks", title="Parks, renamed"), entry("lakes")))
    done = public.harvest(ADDRESS, actor=CLERK)
    assert (done.listed, done.added, done.gone) == (2, 1, 1)
    assert names() == ["lakes", "parks"] and Elsewhere.objects.get(identifier="parks").title == "Parks, renamed"
    assert public.remove_portal(done.name, actor=CLERK) == 2
    assert not Portal.objects.exists()
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {
        "opendata.portal_added", "opendata.portal_removed",
    }  # fmt: skip


@database
def test_it_is_read_again_on_its_schedule_and_what_fails_leaves_what_was_listed(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    shelf.put("/data.json", document(entry("trees")), ETag='"a"')
    public.harvest(f"{ADDRESS}/data.json", actor=CLERK, schedule="PT6H")
    assert public.harvest_due() == 0
    for hours, body, status in ((7, "", 503), (14, "<html>", 200), (21, document(), 200)):
        shelf.put("/data.json", body, status=status)
        monkeypatch.setattr(clock, "now", lambda hours=hours: now + timedelta(hours=hours))
        assert public.harvest_due() == 0
        assert names() == ["trees"] and Portal.objects.get().reason
    shelf.put("/data.json", document(entry("trees")), ETag='"a"')
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=40))
    assert public.harvest_due() == 1 and shelf.calls[-1][1]["If-None-Match"] == '"a"'
    assert Portal.objects.get().failures == 0


@database
def test_who_publishes_reads_in_their_language_which_catalogue_could_not_be_read_and_why(
    shelf: Shelf, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, "data-steward")
    now = clock.now()
    shelf.put("/data.json", document(entry("trees")))
    public.harvest(ADDRESS, actor=CLERK, title="The county’s catalog")
    page = client.get("/desk/data/").content.decode()
    assert "The county’s catalog" in page and "data.example.org" in page and "Could not be read" not in page
    for hours, body, status, said in (
        (30, "", 404, "Su servidor respondió 404."),
        (60, "<html>", 200, "No es JSON que se pueda leer hasta el final."),
        (90, document(), 200, "Ya no contiene ningún conjunto de datos."),
    ):
        shelf.put("/data.json", body, status=status)
        monkeypatch.setattr(clock, "now", lambda hours=hours: now + timedelta(hours=hours))
        public.harvest_due()
        page = client.get("/es/desk/data/").content.decode()
        assert "No se pudo leer" in page and said in page
    shelf.put("/data.json", document(entry("trees"), entry("parks")))
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=120))
    public.harvest_due()
    assert "No se pudo leer" not in client.get("/es/desk/data/").content.decode()


@database
def test_the_same_dataset_is_listed_once_and_ours_never(shelf: Shelf, publish: Any) -> None:
    publish()
    ours = f"urn:uuid:{Dataset.objects.get().id}"
    shelf.put("/data.json", document(entry(ours), entry("urn:uuid:theirs"), entry("local")))
    shelf.put("/other.json", document(entry("urn:uuid:theirs"), entry("local")))
    assert public.harvest(ADDRESS, actor=CLERK).listed == 2
    assert public.harvest(f"{ADDRESS}/other.json", actor=CLERK, name="other").listed == 1
    assert names() == ["local", "local", "urn:uuid:theirs"]


@database
def test_ckans_catalogue_is_read_page_by_page(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_CKAN_PAGE", 2)
    packages = [
        {
            "id": f"id-{at}", "name": f"package-{at}", "title": f"Package {at}", "notes": "Words", "state": "active",
            "private": at == 4, "organization": {"title": "Parks"}, "license_title": "CC BY",
            "tags": [{"name": "green"}],
            "resources": [{"name": "File", "format": "CSV", "url": f"{ADDRESS}/{at}.csv"}],
        }
        for at in range(5)
    ]  # fmt: skip

    def answer(query: dict[str, str]) -> Any:
        start, count = int(query["start"]), int(query["rows"])
        result = {"count": 5, "results": packages[start : start + count]}
        return 200, {}, json.dumps({"success": True, "result": result}).encode()

    shelf.on("/api/3/action/package_search", answer)
    done = public.harvest(ADDRESS, actor=CLERK)
    assert done.listed == 4
    found = Elsewhere.objects.get(identifier="id-3")
    assert (found.page, found.publisher, found.licence) == (f"{ADDRESS}/dataset/package-3", "Parks", "CC BY")
    assert found.files == [{"title": "File", "format": "CSV", "url": f"{ADDRESS}/3.csv"}]


@database
def test_who_may_not_publish_adds_no_portal_and_one_that_cannot_be_read_is_not_kept(shelf: Shelf) -> None:
    shelf.put("/data.json", document(entry("trees")))
    with pytest.raises(NotAllowed):
        public.harvest(ADDRESS, actor=ANONYMOUS)
    with pytest.raises(Invalid) as refused:
        public.harvest("https://nothing.example/catalog.jsonld", actor=CLERK)
    assert list(refused.value.fields) == ["catalogue"]
    with pytest.raises(Invalid):
        public.harvest("ftp://data.example.org", actor=CLERK)
    assert not Portal.objects.exists()


@database
def test_real_catalogues_are_read_and_what_is_wrong_in_them_is_told(
    shelf: Shelf, client: Client, real_data: Path
) -> None:
    home = real_data / "catalogs"
    files = [
        home / "philadelphia_data.json",
        *sorted((home / "harvester").glob("*.json")),
        *sorted((home / "datajson-samples").glob("*.json")),
        home / "pod-v1.1/examples/catalog-sample-extended.json",
        home / "dcat-us-3/docs/examples/example1-dcat-us-3.0.json",
        *sorted((home / "ckanext-dcat/examples/dcat").glob("*.jsonld")),
        home / "ckanext-dcat/examples/ckan/catalog_datasets_list.json",
    ]
    told = {}
    for file in files:
        shelf.put(f"/{file.name}.json", file.read_bytes())
        told[file.name] = public.harvest(f"{ADDRESS}/{file.name}.json", actor=CLERK, name=file.name)
    assert told["philadelphia_data.json"].listed + sum(told["philadelphia_data.json"].skipped.values()) == 402
    assert told["philadelphia_data.json"].listed > 380
    assert sum(told["numerical-title.data.json"].skipped.values()) == 1
    assert told["missing-identifier-title.data.json"].listed >= 1
    assert told["catalog_with_at_graph.jsonld"].listed == 1
    assert told["example1-dcat-us-3.0.json"].listed == 1
    assert told["catalog_datasets_list.json"].listed == 2
    assert not Elsewhere.objects.filter(title__contains="<").exists()
    assert client.get("/data/elsewhere/?q=police").status_code == 200


@database
def test_a_catalogue_in_a_file_is_read_as_one_at_an_address_and_only_once(
    tmp_path: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "county.json"
    file.write_text(document(entry("trees"), entry("parks"), entry("lakes", accessLevel="non-public")))
    done = public.harvest_file(file, actor=CLERK, title="The county’s catalog")
    assert (done.name, done.listed, sum(done.skipped.values())) == ("county", 2, 1)
    page = client.get("/data/elsewhere/").content.decode()
    assert "Title of trees" in page and "The county’s catalog" in page and str(tmp_path) not in page
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=9))
    assert public.harvest_due() == 0
    file.write_text(document(entry("parks")))
    assert (public.harvest_file(file, actor=CLERK).gone, names()) == (1, ["parks"])
    for text in ("<html>", document()):
        file.write_text(text)
        with pytest.raises(Invalid):
            public.harvest_file(file, actor=CLERK)
        assert names() == ["parks"]
    monkeypatch.setattr(reading, "LARGEST", 10)
    with pytest.raises(Invalid, match="larger than"):
        public.harvest_file(file, actor=CLERK)
    other = tmp_path / "other.json"
    other.write_text("{")
    with pytest.raises(Invalid):
        public.harvest_file(other, actor=CLERK)
    assert [one.name for one in Portal.objects.all()] == ["county"], "nothing is left of one that was never read"
