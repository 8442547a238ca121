"""The pages of open data, and that what they say to paste works when pasted."""

from __future__ import annotations

import re
from html import unescape

import pytest
import requests

from cityhall.apps.opendata.web import words

pytestmark = pytest.mark.django_db


def snippet(page: str, kind: str) -> str:
    found = re.search(rf'<code data-snippet="{kind}">(.*?)</code>', page, re.DOTALL)
    assert found, f"no snippet for {kind}"
    return unescape(found[1])


def test_an_empty_catalogue_says_so_and_leads_on(client):
    page = client.get("/data/").content.decode()
    assert "Nothing is published yet." in page
    assert 'href="/figures/"' in page


def test_the_catalogue_has_each_dataset_with_its_rows(client, publish):
    code = publish().id
    page = client.get("/data/").content.decode()
    assert re.search(
        rf'<a href="/data/{code}/">Trees</a>.*Nothing promised.*<td class="figure">4</td>', page, re.DOTALL
    )
    assert "Nada prometido" in client.get("/es/data/").content.decode()


def test_a_dataset_shows_its_rows_its_columns_and_what_changed(client, publish):
    publish()
    code = publish([["id", "species", "height"], ["1", "Oak", "12.5"], ["5", "Fig <i>", "7"]], name="figs").id
    assert publish([["id", "species", "height"], ["1", "Oak", "13"], ["6", "Fig <i>", "7"]], name="figs").is_new
    page = client.get(f"/data/{code}/").content.decode()
    assert "1 added, 1 changed, 1 removed." in page
    assert "<td>Fig &lt;i&gt;</td>" in page
    assert '<td class="figure">13</td>' in page
    assert "Rows are told apart by: id." in page
    assert f"/api/views/{code}/rows.csv" in page
    assert "rows.geojson" not in page


def test_no_such_dataset_is_a_page(client):
    assert client.get("/data/zzzz-zzzz/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_what_is_to_be_pasted_works(live_server, publish, capsys):
    code = publish().id
    page = requests.get(f"{live_server.url}/data/{code}/", timeout=10).text
    exec(compile(snippet(page, "python"), "snippet", "exec"), {})
    assert capsys.readouterr().out == "4\n"
    curl = re.fullmatch(r"curl '(.+)'", snippet(page, "curl"))
    assert curl is not None
    assert len(requests.get(curl[1], timeout=10).json()) == 4
    assert requests.get(snippet(page, "excel"), timeout=10).text.count("\n") == 5


@pytest.mark.parametrize(
    ("duration", "said"),
    [
        ("P1D", "every day"),
        ("P2W", "every 2 weeks"),
        ("PT1H", "every hour"),
        ("P1M", "every month"),
        ("P1DT6H", "within P1DT6H"),
        ("", ""),
    ],
)
def test_a_promise_in_words(duration, said):
    assert words.promise(duration) == said
