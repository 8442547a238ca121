"""The pages of open data, and that what they say to paste works when pasted."""

from __future__ import annotations

import json
import random
import re
from html import unescape

import pytest
import requests

from cityhall.apps.opendata import public, queries
from cityhall.apps.opendata.web import asking, pages, words
from cityhall.kernel.actors import system
from cityhall.kernel.analytics.errors import TimedOut
from cityhall.kernel.errors import Invalid

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
        rf'<a href="/data/{code}/">Trees</a>.*Nothing promised.*<td class="figure" data-column="Rows">4</td>',
        page,
        re.DOTALL,
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


def test_rows_stand_in_the_order_of_their_key_or_the_newest_first(client, publish, tmp_path):
    rows = [[str(n), f"2026-03-{n % 28 + 1:02d}"] for n in random.Random(3).sample(range(100, 160), 60)]
    code = publish([["id", "seen"], *rows], name="keyed").id

    def shown(query: str = "") -> list[str]:
        return re.findall(
            r'<td(?: class="figure")?>(\d+)</td>', client.get(f"/data/{code}/query/{query}").content.decode()
        )

    assert queries.dataset(code).key == ("id",)
    assert shown() == [str(n) for n in range(100, 150)]
    assert shown("?page=2") == [str(n) for n in range(150, 160)]
    assert shown("?f1=id&o1=from&v1=155") == [str(n) for n in range(155, 160)]
    file = tmp_path / "days.csv"
    file.write_text("n,seen\n1,2026-03-02\n2,2026-03-09\n3,2026-03-05\n")
    columns = '[[columns]]\nname = "n"\ntype = "number"\n[[columns]]\nname = "seen"\ntype = "date"\n'
    terms = f'name = "days"\ntitle = "Days"\n{columns}'
    code = public.publish_file(file, actor=system("test"), contract=public.read_contract(terms)).id
    assert shown() == ["2", "3", "1"]


def test_no_such_dataset_is_a_page(client):
    assert client.get("/data/zzzz-zzzz/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_what_is_to_be_pasted_works(live_server, publish, capsys):
    code = publish().id
    page = requests.get(f"{live_server.url}/data/{code}/", timeout=10).text
    for kind in ("python", "requests"):
        exec(compile(snippet(page, kind), "snippet", "exec"), {})
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


def grove(count: int = 40) -> list[list[str]]:
    """Return trees: two kinds, heights from 1 to 40, planted over two years."""
    rows = [["id", "species", "height", "planted"]]
    for at in range(1, count + 1):
        rows.append([str(at), "Oak" if at % 4 else "Elm", str(at), f"{2020 + at % 2}-{at % 12 + 1:02}-05"])
    return rows


def test_charts_are_made_from_the_columns_with_their_numbers_beside_them(client, publish):
    page = client.get(f"/data/{publish(grove(), name='grove').id}/").content.decode()
    assert "Rows by month: planted" in page
    assert re.search(r'<tr><th scope="row">Oak</th><td><svg.*?</td><td class="figure">30</td></tr>', page)
    assert re.search(r'<th scope="row">\w+ 2020</th><td class="figure">\d+</td>', page)
    assert "Rows by size: height" in page
    assert re.search(r'"Least">1</td><td class="figure" data-column="Most">40</td></tr>', page), "of the heights"


def test_a_chart_of_sizes_whose_rows_are_all_in_one_bar_is_left_out(client, publish):
    giants = [["id", "people"], *([str(at), str(at * 7 % 5000 if at else 9_000_000)] for at in range(100))]
    page = client.get(f"/data/{publish(giants, name='towns').id}/").content.decode()
    assert "Rows by size: people" not in page
    assert "9,000,000" in page, "the greatest is told with the column"


def test_whole_numbers_are_counted_one_by_one_and_others_from_one_to_below_the_next(client, publish):
    whole = [["id", "seats"], *([str(at), str(2 + at % 12)] for at in range(40))]
    page = client.get(f"/data/{publish(whole, name='boats').id}/").content.decode()
    assert re.search(r'<th scope="row">2</th><td class="figure">4</td>', page) and "to below" not in page
    parted = [["id", "feet"], *([str(at), str(2 + at % 12 / 10)] for at in range(40))]
    assert "2 to below 2.1" in client.get(f"/data/{publish(parted, name='planks').id}/").content.decode()


def test_how_well_a_dataset_is_kept_is_said_part_by_part(client, publish):
    page = client.get(f"/data/{publish().id}/").content.decode()
    assert '<strong class="figure">25</strong>' in page, "its rows, its types and its key; nothing is described"
    assert "Nothing says how it may be used." in page


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("f1=species&o1=is&v1=Elm", ["Elm", '<td class="figure">40</td>'], ["<td>Oak</td>"]),
        ("f1=species&o1=has&v1=EL", ["Elm"], ["<td>Oak</td>"]),
        ("f1=planted&o1=is&v1=2021-02-05", ["2021-02-05"], ["2020-"]),
        ("f1=height&o1=from&v1=39&f2=height&o2=not&v2=40", ['<td class="figure">39</td>'], ["<td>Elm</td>"]),
        ("g=species&m=sum&of=height", ['<td class="figure">220</td>', "group=species"], ["Open"]),
        ("f1=species&o1=is&v1='; drop", ["No row fits", "drop"], ["<td>Oak</td>"]),
        ("f1=nothing&v1=1&c=no&s=no&g=no&page=x", ["<td>Oak</td>"], ["There is something to mend"]),
        ("page=999999", ["No row fits"], []),
    ],
)
def test_the_form_asks_and_shows_the_same_question_for_programs(client, publish, query, shown, hidden):
    page = client.get(f"/data/{publish(grove(), name='grove').id}/query/?{query}")
    assert page.status_code == 200
    text = unescape(page.content.decode())
    table = text.split("The answer")[1]
    for one in shown:
        assert one in table
    for one in hidden:
        assert one not in text.split("The answer")[1].split("The same question")[0]
    address = re.search(r'href="http://testserver(/resource/[^"]+)"', text)
    assert address is not None
    assert client.get(address[1]).status_code == 200


@pytest.mark.parametrize(
    ("query", "doors"),
    [
        ("f1=species&o1=is&v1=Elm&s=height&d=1", "CKAN OGC"),
        ("f1=planted&o1=is&v1=2021-02-05", "CKAN OGC"),
        ("f1=planted&o1=not&v1=2021-02-05", "OGC"),
        ("f1=planted&o1=from&v1=2021-02-05&f2=planted&o2=to&v2=2021-06-05", "CKAN OGC"),
        ("f1=height&o1=not&v1=3&f2=height&o2=to&v2=20&f3=fed&o3=is&v3=yes", "CKAN OGC"),
        ("f1=fed&o1=not&v1=no&c=height", "CKAN OGC"),
        ("f1=group&o1=has&v1=O'", "OGC"),
        ("f1=group&o1=is&v1=O'Hara", "CKAN OGC"),
        ("f1=group&o1=empty", "OGC"),
        ("f1=group&o1=filled&f2=species&o2=not&v2=Oak", "OGC"),
        ("f1=group&o1=has&v1=%25", ""),
        ("f1=height&o1=is&v1=tall", "CKAN OGC"),
        ("g=species", ""),
    ],
)
def test_every_door_answers_the_forms_question_with_the_same_rows(client, publish, query, doors):
    heads, *rows = grove()
    wide = [
        [*heads, "fed", "group"],
        *([*row, "yes" if at % 3 else "no", ("O'Hara", "", "50%")[at % 3]] for at, row in enumerate(rows)),
    ]
    text = unescape(client.get(f"/data/{publish(wide, name='grove').id}/query/?{query}").content.decode())
    found = dict(re.findall(r'<a href="http://testserver([^"]+)">(SoQL|CKAN|OGC API Features)</a>', text))
    asked = {name.split()[0]: json.loads(client.get(address).getvalue()) for address, name in found.items()}
    assert set(asked) == {"SoQL", *doors.split()}
    if doors:
        wanted = [float(row["height"]) for row in asked["SoQL"]]
        assert wanted
    if "CKAN" in asked:
        assert sorted(row["height"] for row in asked["CKAN"]["result"]["records"]) == sorted(wanted)
    if "OGC" in asked:
        assert sorted(row["properties"]["height"] for row in asked["OGC"]["features"]) == sorted(wanted)


def test_counts_have_commas_and_data_stay_as_they_are(client, publish):
    rows = [["id", "year"], *([str(at), "2026"] for at in range(1200))]
    page = client.get(f"/data/{publish(rows, name='years').id}/query/?g=year&m=max&of=id").content.decode()
    assert [re.sub(r"<.*?>", "", one) for one in re.findall(r'<td class="figure">.*?</td>', page)] == [
        "2026",
        "1,200",
        "1199",
    ]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("f1=height&o1=is&v1=tall", "Write a number such as 12.5."),
        ("f1=planted&o1=to&v1=tomorrow", "Write a day such as 2026-03-05."),
        ("f1=species&o1=is", "Write a value to compare with."),
        ("f1=height&o1=has&v1=1", "Only a text contains something."),
    ],
)
def test_what_cannot_be_asked_is_said_at_its_field(client, publish, query, said):
    page = client.get(f"/data/{publish(grove(), name='grove').id}/query/?{query}")
    assert page.status_code == 422
    assert page.content.decode().count(said) == 2


def test_a_row_has_a_page_of_its_own(client, publish):
    code = publish().id
    page = client.get(f"/data/{code}/").content.decode()
    row = re.search(rf'href="(/data/{code}/rows/[^"]+/)"', page)
    assert row is not None
    alone = client.get(row[1])
    assert "One row of: Trees" in alone.content.decode()
    assert client.get(f"/data/{code}/rows/row-none/").status_code == 404


def test_a_dataset_with_places_has_a_map_of_them(client, publish):
    rows = [["id", "species", "lat", "lng"]]
    rows += [[str(at), "Oak", str(32.7 + at / 1000), str(-117.1)] for at in range(30)]
    code = publish(rows, name="grove").id
    page = client.get(f"/data/{code}/").content.decode()
    assert re.search(r'data-map="points".* data-bounds="-117.1\d+,32.7\d+,-117.1\d+,32.7\d+"', page)
    assert f'data-points="/data/{code}/points/' in page
    assert "/rows.geojson" in snippet(page, "qgis")
    found = client.get(f"/data/{code}/points/?bbox=-118,32.7095,-117,32.7125&zoom=12").json()["features"]
    places = sorted(one["geometry"]["coordinates"] for one in found)
    assert places == [[-117.1, 32.71], [-117.1, 32.711], [-117.1, 32.712]]
    assert client.get(f"/data/{code}/rows/{found[0]['properties']['number']}/").status_code == 200
    assert client.get(f"/data/{code}/points/?bbox=here").status_code == 400
    plain = publish().id
    assert client.get(f"/data/{plain}/points/?bbox=-118,32,-117,33").json()["features"] == []
    assert "data-map" not in client.get(f"/data/{plain}/").content.decode()


def test_questions_of_one_sender_are_counted(client, publish, monkeypatch):
    code = publish().id
    monkeypatch.setattr(pages, "PER_MINUTE", 2)
    assert [client.get(f"/data/{code}/query/").status_code for _time in range(3)] == [200, 200, 429]


CONTRACT = """
name = "trees"
title = "Trees"
owner = "Parks"
topics = [{ en = "Street trees", es = "Árboles" }, "Shade"]
[[columns]]
name = "id"
"""


@pytest.fixture
def trees(tmp_path):
    file = tmp_path / "trees.csv"
    file.write_text("id\n1\n", encoding="utf-8")
    return public.publish_file(file, actor=system("test"), contract=public.read_contract(CONTRACT)).id


def test_the_catalogue_is_narrowed_down_with_counts_and_chips_that_can_be_taken_away(client, trees, publish):
    publish(name="elms")
    page = client.get("/data/?topic=street-trees&owner=Parks").content.decode()
    assert '<option value="street-trees" selected>Street trees (1)</option>' in page
    assert '<option value="geojson">' not in page
    assert re.search(r'class="chip" href="\?owner=Parks">Topic: Street trees', page)
    assert ">Elms</a>" not in page
    assert "Tema: Árboles" in client.get("/es/data/?topic=street-trees").content.decode()
    none = client.get("/data/?topic=shade&q=zebra").content.decode()
    assert re.search(r'<a href="\?topic=shade">Without “Words: zebra”</a>: 1 dataset', none)
    assert '<a href="/data/?topic=shade">Shade</a>' in client.get(f"/data/{trees}/").content.decode()


def test_topics_are_tags_groups_and_themes_for_other_portals(client, trees):
    [dataset] = client.get("/data.json").json()["dataset"]
    assert dataset["theme"] == ["Street trees", "Shade"]
    assert {"Street trees", "Parks"} <= set(dataset["keyword"])
    package = client.get("/api/3/action/package_show?id=trees").json()["result"]
    assert [tag["name"] for tag in package["tags"]] == ["street-trees", "shade"]
    assert {one["format"] for one in package["resources"]} >= {"CSV", "JSONL", "PARQUET", "XLSX"}
    assert client.get("/api/3/action/tag_list?query=tree").json()["result"] == ["street-trees"]
    [_shade, group] = client.get("/api/3/action/group_list?all_fields=true").json()["result"]
    assert (group["title"], group["package_count"]) == ("Street trees", 1)
    shown = client.get("/api/3/action/group_show?id=shade&include_datasets=true").json()["result"]
    assert [one["name"] for one in shown["packages"]] == ["trees"]
    found = client.get('/api/3/action/package_search?fq=tags:shade&facet.field=["groups"]').json()["result"]
    assert found["count"] == 1
    assert {one["display_name"] for one in found["search_facets"]["groups"]["items"]} == {"Street trees", "Shade"}


@pytest.mark.parametrize("topics", ['"trees"', '[""]', '["' + "x" * 61 + '"]', "[1]", str(["t"] * 11)])
def test_topics_that_are_none_are_refused(topics):
    with pytest.raises(Invalid) as refused:
        public.read_contract(f'name = "t"\ntitle = "T"\ntopics = {topics}\n[[columns]]\nname = "id"\n')
    assert set(refused.value.fields) == {"topics"}


def test_a_question_that_takes_too_long_says_so_in_the_readers_language(client, publish, monkeypatch):
    code = publish().id

    def slow(*_given):
        raise TimedOut(10)

    monkeypatch.setattr(asking, "answer", slow)
    page = client.get(f"/es/data/{code}/query/").content.decode()
    assert "tarda demasiado" in page
