# ruff: noqa: E501
"""CQL2 and the other parameters of OGC API Features: what they find, what they refuse, and that nothing breaks them."""

from __future__ import annotations

import json
import os
import random
from zoneinfo import ZoneInfo

import pytest
from pyproj import Transformer
from tests.support.hostile import VALUES

from cityhall.apps.opendata.ogc import asked, places
from cityhall.apps.opendata.ogc.features import features
from cityhall.kernel.analytics.columns import Column, Type
from cityhall.kernel.analytics.errors import QueryError
from cityhall.kernel.analytics.port import Limits

ZONE = ZoneInfo("America/Los_Angeles")
TRIANGLE = "POLYGON((-117.3 32.6, -117.0 32.6, -117.155 32.75, -117.3 32.6))"


@pytest.fixture(scope="module")
def found(engine, snapshot):
    def find(**given: str) -> str:
        parameters = [(name.replace("_", "-"), value) for name, value in given.items()]
        wanted = asked.read(parameters, snapshot.all_columns, ZONE)
        with engine.run(snapshot, wanted.query, Limits(20)) as result:
            told = features(result.columns, result.batches(), dates=frozenset(), zone=ZONE, crs=wanted.crs)
            return "".join(one["id"].removeprefix("row-") for one in told)

    return find


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("service = 'Pothole' AND days > 3", "b"),
        ("NOT (days >= 2)", "cf"),
        ("days <> 2 AND (urgent = TRUE OR cost < 0)", "ab"),
        ("service LIKE 'Pot%'", "ab"),
        ("service NOT LIKE '%o%' AND days IS NOT NULL", "ceh"),
        ("CASEI(service) = CASEI('GRAFFITI')", "ce"),
        ("ACCENTI(CASEI(service)) LIKE ACCENTI(CASEI('ÁRBOL%'))", "d"),
        ("service IN ('Graffiti', 'It''s late')", "ch"),
        ("days NOT BETWEEN 1 AND 9", "bf"),
        ("days IS NULL", "d"),
        ("service = 'It\\'s late'", "h"),
        ("opened >= TIMESTAMP('2025-01-21T07:59:59Z') AND opened < DATE('2025-02-14')", "bc"),
        ("seen = TIMESTAMP('2025-01-05T08:30:00-08:00')", "a"),
        ("days = cost", ""),
        ("(days + 1) * 2 - 3 = 5 OR days div 4 = 2 OR days ^ 2 = 49", "abe"),
        ("( - (cost)) > 2", "b"),
        ("S_INTERSECTS(place, BBOX(-117.16, 32.71, -117.15, 32.72))", "abeg"),
        ("S_WITHIN(place, BBOX(-117.16, 32.71, -117.14, 32.73))", "e"),
        ("S_INTERSECTS(geometry, POINT(-117.15 32.71))", "ag"),
        (f"S_INTERSECTS(place, {TRIANGLE})", "abeg"),
        (f"s_within(place, MULTI{TRIANGLE.replace('((', '(((').replace('))', ')))')}) and not s_intersects(place, POINT(-117.1 32.7))", "abeg"),
        ("S_INTERSECTS(place, BBOX(179, -1, -179, 1))", "h"),
    ],
)  # fmt: skip
def test_filters(found, text, rows):
    everywhere = set("abcdefgh")
    assert set(found(filter=text)) <= everywhere
    assert found(filter=text) == rows


@pytest.mark.parametrize(
    ("told", "rows"),
    [
        ({"op": "and", "args": [{"op": "=", "args": [{"property": "service"}, "Pothole"]},
                                {"op": ">", "args": [{"property": "days"}, 3]}]}, "b"),
        ({"op": "in", "args": [{"property": "days"}, [1, 7]]}, "ce"),
        ({"op": "not", "args": [{"op": "between", "args": [{"property": "days"}, 1, 9]}]}, "bf"),
        ({"op": "isNull", "args": [{"property": "days"}]}, "d"),
        ({"op": "like", "args": [{"op": "casei", "args": [{"property": "service"}]},
                                 {"op": "casei", "args": ["GRAFF%"]}]}, "ce"),
        ({"op": ">=", "args": [{"property": "opened"}, {"timestamp": "2025-03-09T10:30:00Z"}]}, "h"),
        ({"op": "s_intersects", "args": [{"property": "place"}, {"bbox": [-117.16, 32.71, -117.15, 32.72]}]}, "abeg"),
        ({"op": "s_within", "args": [{"property": "place"}, {"type": "Polygon", "coordinates":
            [[[-117.3, 32.6], [-117.0, 32.6], [-117.155, 32.75], [-117.3, 32.6]]]}]}, "abeg"),
    ],
)  # fmt: skip
def test_filters_in_json(found, told, rows):
    assert found(filter=json.dumps(told), filter_lang="cql2-json") == rows


@pytest.mark.parametrize(
    ("given", "rows"),
    [
        ({"bbox": "-117.16,32.71,-117.15,32.72"}, "abeg"),
        ({"bbox": "32.71,-117.16,32.72,-117.15", "bbox-crs": places.EPSG_4326}, "abeg"),
        ({"bbox": "-13042193,3857800,-13041000,3859500", "bbox-crs": places.EPSG_3857}, "abeg"),
        ({"bbox": "-400,-100,400,100"}, "abcefgh"),
        ({"datetime": "2025-01-20"}, "b"),
        ({"datetime": "2025-01-05T16:30:00Z"}, "a"),
        ({"datetime": "2025-02-01/2025-02-14"}, "cd"),
        ({"datetime": "../2025-01-01"}, "e"),
        ({"datetime": "2025-03-09T10:30:00Z/.."}, "h"),
        ({"service": "Pothole", "urgent": "true"}, "a"),
        ({"q": "arbol"}, "d"),
        ({"sortby": "-days,service", "limit": "2"}, "dbe"),
        ({"sortby": " cost", "startindex": "6"}, "fe"),
        ({"after": "row-e"}, "fgh"),
    ],
)
def test_the_other_parameters(found, given, rows):
    if given.get("bbox-crs") == places.EPSG_3857:
        corner = [places.from_degrees(places.EPSG_3857)(*pair) for pair in ((-117.1601, 32.7099), (-117.1499, 32.7201))]
        given = {**given, "bbox": ",".join(str(edge) for pair in corner for edge in pair)}
    assert found(**{name.replace("-", "_"): value for name, value in given.items()}) == rows


@pytest.mark.parametrize(
    "given",
    [
        {"filter": "nope = 1"}, {"filter": "days = 'x'"}, {"filter": "days"}, {"filter": "t_after(opened, DATE('2025-01-01'))"},
        {"filter": "S_INTERSECTS(place, LINESTRING(0 0, 1 1))"}, {"filter": "(" * 60 + "days=1" + ")" * 60},
        {"filter": "days = 1; drop table rows"}, {"filter": "S_WITHIN(place, POLYGON((0 0, 1 1)))"}, {"filter": "service = 'a"},
        {"filter": "read_text('/etc/passwd') = 'a'"}, {"filter": "[" * 5000, "filter-lang": "cql2-json"},
        {"filter": '{"op":"=","args":[{"property":"days"},1e999]}', "filter-lang": "cql2-json"}, {"filter-lang": "sql", "filter": "1"},
        {"bbox": "1,2,3"}, {"bbox": "nan,0,1,1"}, {"bbox": "0,5,1,1"}, {"crs": "EPSG:9"}, {"limit": "0"}, {"limit": "-1"},
        {"datetime": "yesterday"}, {"nope": "1"}, {"sortby": "nope"}, {"sortby": "place"}, {"properties": "nope"},
        {"after": "row-a", "sortby": "days"},
    ],
)  # fmt: skip
def test_what_is_refused(found, given):
    with pytest.raises(QueryError):
        found(**{name.replace("-", "_"): value for name, value in given.items()})


def test_places_in_each_coordinate_system():
    lon, lat = -117.15, 32.71
    x, y = places.from_degrees(places.EPSG_3857)(lon, lat)
    expected = Transformer.from_crs(4326, 3857, always_xy=True).transform(lon, lat)
    assert (x, y) == pytest.approx(expected, abs=0.001)
    assert places.to_degrees(places.EPSG_3857)(x, y) == pytest.approx((lon, lat), abs=1e-7)
    assert places.from_degrees(places.EPSG_4326)(lon, lat) == (lat, lon)


WORDS = (
    "service", "days", "opened", "place", "geometry", '":id"', "'a'", "'it''s'", "1", "-2.5", "1e308", "9" * 400, "TRUE", "NULL", "(", ")", ",",
    "=", "<>", "<", "AND", "OR", "NOT", "IN", "LIKE", "BETWEEN", "IS", "+", "*", "^", "div", "CASEI(", "S_INTERSECTS(", "BBOX(", "POLYGON((", "POINT(",
    "DATE('2025-01-01')", "TIMESTAMP('9999-12-31T23:59:59-14:00')", "'", '"', "\\", ";", "--", "\0", "💥",
)  # fmt: skip


def test_no_text_breaks_the_reader():
    chance = random.Random(int(os.environ.get("CITYHALL_SEED", "5")))
    columns = (Column(":id", Type.TEXT), Column("service", Type.TEXT), Column("days", Type.NUMBER), Column("opened", Type.TIMESTAMP), Column("place", Type.POINT))  # fmt: skip
    for _ in range(2_000 * int(os.environ.get("CITYHALL_FUZZ") or 1)):
        text = " ".join(chance.choices((*WORDS, *VALUES[:20]), k=chance.randrange(1, 14)))
        pairs = [("filter", text), ("filter-lang", chance.choice(["cql2-text", "cql2-json"]))]
        try:
            asked.read(pairs, columns, ZONE)
        except QueryError as refused:
            assert str(refused.message)
