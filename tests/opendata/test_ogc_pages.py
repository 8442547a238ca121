"""The OGC door as pages: browsers get them, programs do not, and both are told of the other."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from cityhall.apps.opendata.contracts import Published

BROWSER = {"HTTP_ACCEPT": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
SPOTS = [
    ["id", "latitude", "longitude", "species", "seen"],
    ["1", "32.7", "-117.2", "Oak <b>", "2024-02-29 08:30:00"],
    ["2", "32.9", "-117.1", "Elm", "2023-07-01 12:00:00"],
]
PAGES = ["", "conformance", "api", "collections", "collections/{code}", "collections/{code}/queryables",
         "collections/{code}/items"]  # fmt: skip


@pytest.mark.django_db
def test_each_address_is_a_page_for_browsers_in_both_languages_and_json_for_others(
    client: Any, publish: Callable[..., Published]
) -> None:
    code = publish(SPOTS, name="spots").id
    for page in PAGES:
        path = page.format(code=code)
        shown = client.get(f"/ogc/{path}", **BROWSER)
        assert shown["Content-Type"].startswith("text/html")
        assert 'lang="en"' in shown.content.decode()
        assert 'lang="es"' in client.get(f"/es/ogc/{path}", **BROWSER).content.decode()
        client.cookies.clear()
        for headers in ({}, {"HTTP_ACCEPT": "*/*"}, {"HTTP_ACCEPT": "application/json"}):
            plain = client.get(f"/ogc/{path}", **headers)
            assert plain["Content-Type"].partition(";")[0].endswith("json")
            assert "Accept" in plain["Vary"]
        [other] = re.findall(r'rel="alternate" href="(\?[^"]*f=json)"', shown.content.decode())
        assert client.get(f"/ogc/{path}{other.replace('&amp;', '&')}", **BROWSER).json()
        assert client.get(f"/ogc/{path}?f=html")["Content-Type"].startswith("text/html")


@pytest.mark.django_db
def test_a_page_of_rows_is_asked_by_its_form_and_leads_on_and_back(
    client: Any, publish: Callable[..., Published]
) -> None:
    rows = [*SPOTS, *([str(one), "32.8", "-117.2", "Fir", "2024-01-01 00:00:00"] for one in range(3, 40))]
    address = f"/ogc/collections/{publish(rows, name='spots').id}/items"
    first = client.get(address, {"f": "html", "q": "", "filter": "species = 'Fir'"}).content.decode()
    assert "37 rows fit" in first
    assert first.count("<tr>") == 21
    [further] = re.findall(r'rel="next" href="([^"]+)"', first)
    second = client.get(address + further.replace("&amp;", "&")).content.decode()
    assert second.count("<tr>") == 18
    [back] = re.findall(r'rel="prev" href="([^"]+)"', second)
    assert client.get(back.replace("&amp;", "&")).content.decode().count("<tr>") == 21
    assert "No row fits." in client.get(address, {"f": "html", "q": "Larch"}).content.decode()


@pytest.mark.django_db
def test_values_are_shown_as_text_and_never_as_markup(client: Any, publish: Callable[..., Published]) -> None:
    address = f"/ogc/collections/{publish(SPOTS, name='spots').id}/items"
    page = client.get(address, {"f": "html", "sortby": "id"}).content.decode()
    assert "Oak &lt;b&gt;" in page
    assert "2024-02-29 08:30" in page
    [row, _] = re.findall(rf'href="({address}/[^"]+)"', page)
    one = client.get(row, **BROWSER).content.decode()
    assert "Oak &lt;b&gt;" in one
    assert 'data-lat="32.700000"' in one


@pytest.mark.django_db
def test_a_person_is_told_on_a_page_what_cannot_be_shown(client: Any, publish: Callable[..., Published]) -> None:
    code = publish().id
    for path, status, said in (
        (f"collections/{code}/items?filter=hieght>1", 400, "no column"),
        ("collections/zzzz-zzzz", 404, "There is no dataset"),
        (f"collections/{code}/items/row-none", 404, "no feature"),
        ("conformance?f=xml", 400, "There is no parameter"),
    ):
        response = client.get(f"/ogc/{path}", **BROWSER)
        assert response.status_code == status
        if "f=xml" not in path:
            assert response["Content-Type"].startswith("text/html")
        assert said in response.content.decode()
