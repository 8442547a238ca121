"""The points of a dataset and the charts of its columns, without a database."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cityhall.apps.opendata.contracts import ColumnInfo, DatasetInfo, Freshness
from cityhall.apps.opendata.rules import charting, finding, quality, topics
from cityhall.kernel.scales import nice_step
from cityhall.kernel.snapshots import ColumnType

_AT = datetime(2026, 3, 5, tzinfo=UTC)
_SPECIES = ColumnInfo("species", ColumnType.TEXT, {"en": "Species"}, {"en": "What it is."}, "", 0, 4)
_HEIGHT = ColumnInfo("height", ColumnType.NUMBER, {"en": "Height"}, {"en": "How high."}, "m", 0, 90)
_PLANTED = ColumnInfo("planted", ColumnType.DATE, {"en": "Planted"}, {}, "", 0, 50)
_BEST = DatasetInfo(
    uuid.UUID(int=1), "aaaa-bbbb", "trees", {"en": "Trees"}, {"en": "Every tree."}, "Parks", "CC0-1.0", "P1D",
    Freshness.FRESH, _AT, _AT, _AT, _AT, 1, 100, 0, 0, 0, 0, 1, (_SPECIES, _HEIGHT), ("height",),
)  # fmt: skip


def test_the_best_dataset_has_a_hundred_points():
    assert quality.score(quality.parts(_BEST)) == 100


@pytest.mark.parametrize(
    ("changes", "code", "points"),
    [
        ({"description": {}}, "description", 0),
        ({"columns": (_SPECIES, _PLANTED)}, "columns", 10),
        ({"freshness": Freshness.LATE}, "promise", 10),
        ({"freshness": Freshness.UNPROMISED}, "promise", 0),
        ({"rows": 95, "quarantined": 5}, "rows", 8),
        ({"rows": 50, "quarantined": 50}, "rows", 0),
        ({"rows": 0}, "rows", 0),
        ({"licence": ""}, "licence", 0),
        ({"owner": ""}, "contact", 0),
        ({"columns": (_SPECIES,)}, "types", 0),
        ({"key": ()}, "key", 0),
    ],
)
def test_what_is_missing_costs_its_own_points_alone(changes, code, points):
    found = {part.code: part for part in quality.parts(replace(_BEST, **changes))}
    assert found[code].points == points
    assert [part.code for part in found.values() if not part.is_whole] == [code]


def test_columns_make_the_charts_that_say_something():
    ident = ColumnInfo("id", ColumnType.TEXT, {}, {}, "", 0, 100)
    empty = ColumnInfo("empty", ColumnType.NUMBER, {}, {}, "", 100, 0)
    case = ColumnInfo("case_enquiry_id", ColumnType.NUMBER, {}, {}, "", 0, 100)
    found = charting.plans((_SPECIES, _HEIGHT, _PLANTED, ident, case, empty), 100, ())
    assert [(one.kind.value, one.column.name) for one in found] == [
        ("time", "planted"), ("values", "species"), ("sizes", "height"),
    ]  # fmt: skip
    assert charting.plans((_HEIGHT,), 100, ("height",)) == ()


@pytest.mark.parametrize(
    ("first", "last", "unit", "count"),
    [
        ((2026, 1, 30), (2026, 2, 2), "day", 4),
        ((2025, 11, 30), (2026, 2, 2), "month", 4),
        ((1999, 1, 1), (2026, 2, 2), "year", 28),
        ((1000, 1, 1), (2026, 2, 2), "year", 60),
    ],
)
def test_time_is_cut_so_that_bars_can_be_seen(first, last, unit, count):
    begin, end = datetime(*first), datetime(*last)
    assert charting.span(begin, end) == unit
    periods = charting.periods(begin, end, unit)
    assert len(periods) == count
    assert periods[-1] <= end


@pytest.mark.parametrize(("low", "high"), [(1, 40), (-3.5, 12), (0, 1e9), (0.001, 0.0042), (-1e300, 1e300), (5, 5)])
def test_sizes_are_cut_at_round_numbers(low, high):
    step = nice_step(low, high, 15)
    assert step > 0
    assert high // step - low // step < 15


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({}, ["trees", "grants"]),
        ({"words": "arbol parq"}, ["trees"]),
        ({"words": "HEIGHT"}, ["trees", "grants"]),
        ({"words": "last"}, ["grants"]),
        ({"words": "zebra"}, []),
        ({"owner": "Parks"}, ["trees"]),
        ({"licence": "CC0-1.0", "order": "rows"}, ["grants", "trees"]),
        ({"freshness": "late", "order": "title"}, ["grants"]),
        ({"order": "title"}, ["grants", "trees"]),
        ({"has_place": True}, []),
        ({"topic": "street-trees"}, ["trees"]),
        ({"words": "calle"}, ["trees"]),
        ({"format": "xlsx"}, ["grants"]),
        ({"format": "csv", "owner": "Parks"}, ["trees"]),
    ],
)
def test_datasets_are_found_by_words_in_every_language_and_by_what_they_are(wanted, names):
    trees, grants = _both()
    found = finding.found([trees, grants], finding.Wanted(**wanted), lambda one: one.title["en"], _formats)
    assert [one.name for one in found] == names


def _both():
    topic = {"en": "Street trees", "es": "Árboles de la calle"}
    trees = replace(_BEST, title={"en": "Trees", "es": "Árboles de los parques"}, topics=(topic,))
    long = " ".join(["word"] * 60) + " last"
    grants = replace(
        _BEST, name="grants", title={"en": "Grants"}, description={"en": long}, owner="Finance", rows=900,
        freshness=Freshness.LATE,
    )  # fmt: skip
    return trees, grants


def _formats(one):
    return ("csv", "xlsx") if one.name == "grants" else ("csv",)


def test_a_facet_counts_what_each_of_its_values_would_leave_beside_all_else():
    counted = finding.counts(_both(), finding.Wanted(owner="Parks", format="csv"), _formats)
    assert counted["owner"] == {"Parks": 1, "Finance": 1}
    assert counted["format"] == {"csv": 1}
    assert counted["topic"] == {"street-trees": 1}
    assert counted["freshness"] == {"fresh": 1}


def test_one_topic_in_two_contracts_is_one_with_the_words_of_both():
    trees, grants = _both()
    found = topics.of_all([replace(grants, topics=({"en": "Street Trees", "fr": "Arbres"},)), trees])
    assert found == {"street-trees": {"en": "Street Trees", "es": "Árboles de la calle", "fr": "Arbres"}}
