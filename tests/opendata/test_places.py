"""Where a large table's rows lie is kept once more, with neighbours together: answers are the same."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from tests.opendata.test_tiles import read

from cityhall.adapters.analytics.sql import Sql
from cityhall.adapters.snapshots import duckdb
from cityhall.apps.opendata import queries
from cityhall.apps.opendata.contracts import Published
from cityhall.apps.opendata.ogc import tiles
from cityhall.apps.opendata.soql.parameters import read_parameters
from cityhall.kernel.analytics.port import analytics

AREA = "POLYGON((-117.2 32.7, -117.15 32.7, -117.15 32.72, -117.2 32.72, -117.2 32.7))"
IN_CIRCLE = "within_circle(location, 32.71, -117.17, 800)"
IN_AREA = f"within_polygon(location, '{AREA}')"
QUESTIONS = {
    "of an area": {"$select": "species, count(*) as n", "$group": "species", "$order": "species", "$where": IN_AREA},
    "of places alone": {"$select": "count(*) as n, count(location) as there", "$where": IN_AREA},
    "of all places": {"$select": "count(*) as n, count(location) as there"},
    "of a circle": {"$select": "count(*) as n", "$where": IN_CIRCLE},
    "of a circle and more": {"$select": "count(*) as n", "$where": f"{IN_CIRCLE} and species = 'Oak'"},
    "rows of a circle": {"$select": "id", "$where": IN_CIRCLE, "$limit": "20"},
}


@pytest.fixture
def spots(publish: Callable[..., Published]) -> Callable[[str], str]:
    def publishing(name: str) -> str:
        # One is far off by mistake, one has no place.
        rows = [
            [str(one), f"{32.7 + one // 25 / 1000:.3f}", f"{-117.2 + one % 25 / 250:.3f}", ("Oak", "Elm")[one % 3 > 0]]
            for one in range(1, 600)
        ]
        head = ["id", "latitude", "longitude", "species"]
        return publish([head, *rows, ["600", "0", "0", "Oak"], ["601", "", "", "Elm"]], name=name).id

    return publishing


@pytest.mark.django_db
def test_answers_are_the_same_where_neighbours_stand_together(
    client: Any, spots: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    small = spots("small")
    monkeypatch.setattr(duckdb, "HEADS_FROM", 1)
    large = spots("large")
    engine: Any = analytics.get()
    assert list(engine._cursor(queries.source_of(large).query_file)[1].places) == ["location"]
    assert not engine._cursor(queries.source_of(small).query_file)[1].places
    for name, asked in QUESTIONS.items():
        expected, found = (client.get(f"/resource/{code}.json", asked).json() for code in (small, large))
        assert found == expected, name
    assert expected, "an area has rows"


@pytest.mark.django_db
@pytest.mark.parametrize("zoom", [0, 9, 11, 12, 13, 14])
def test_a_tile_counts_the_same_rows_whether_they_were_counted_before_or_not(
    client: Any, spots: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, zoom: int
) -> None:
    monkeypatch.setattr(tiles, "MOST_ROWS", 40)
    small = spots("small")
    monkeypatch.setattr(duckdb, "HEADS_FROM", 1)
    large = spots("large")
    first, last, left, right = tiles.reach(zoom, (-117.2, 32.7, -117.1, 32.73))
    for row, column in itertools.product(range(first, last + 1), range(left, right + 1)):
        address = f"tiles/WebMercatorQuad/{zoom}/{row}/{column}"
        expected, found = (read(client.get(f"/ogc/collections/{code}/{address}").content) for code in (small, large))
        assert counted(found) == counted(expected)


def counted(layers: dict[str, Any]) -> dict[str, int]:
    return {name: sum(told.get("count", 1) for _, told in dots) for name, dots in layers.items()}


@pytest.mark.parametrize(
    ("asked", "reads"),
    [
        ("of a circle", '"places:location"'),
        ("of all places", '"places:location"'),
        ("of an area", "rows"),
        ("of a circle and more", "rows"),
        ("rows of a circle", "rows"),
    ],
)
@pytest.mark.django_db
def test_what_is_asked_of_places_alone_is_looked_for_among_neighbours(
    spots: Callable[[str], str], asked: str, reads: str
) -> None:
    columns = queries.source_of(spots("small")).all_columns
    query = read_parameters(list(QUESTIONS[asked].items()), columns)
    text = Sql(query, searched=(), areas=lambda _area: 0, limit=None, places=["location"]).text
    assert f" FROM {reads} AS r" in text
