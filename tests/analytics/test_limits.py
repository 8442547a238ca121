"""What a query may not do, on every engine: take too long, take too much, reach out of its snapshot."""

from __future__ import annotations

import time

import pytest
from tests.analytics.conftest import Ask

from cityhall.kernel.analytics.building import call
from cityhall.kernel.analytics.columns import SYSTEM_COLUMNS, Type
from cityhall.kernel.analytics.errors import CannotCompute, TimedOut, TypeMismatch
from cityhall.kernel.analytics.functions import Function
from cityhall.kernel.analytics.port import Analytics, Limits, SnapshotSource
from cityhall.kernel.analytics.query import Expression, Field, Item, Literal, Query

ID = Item(Field(":id", Type.TEXT), ":id")


def test_a_query_past_its_deadline_is_stopped(engine: Analytics, snapshot: SnapshotSource) -> None:
    begun = time.monotonic()
    with engine.run(snapshot, Query((ID,)), Limits(0)) as result, pytest.raises(TimedOut):
        list(result.batches())
    assert time.monotonic() - begun < 5


def test_an_answer_has_no_more_rows_than_the_limits_allow(engine: Analytics, snapshot: SnapshotSource) -> None:
    for asked, expected in ((None, 3), (2, 2), (7, 3)):
        with engine.run(snapshot, Query((ID,), limit=asked), Limits(20, rows=3)) as result:
            assert sum(batch.num_rows for batch in result.batches()) == expected


def test_an_answer_may_be_left_before_its_end_and_the_next_one_comes(
    ask: Ask, engine: Analytics, snapshot: SnapshotSource
) -> None:
    with engine.run(snapshot, Query((ID,)), Limits(20)) as result:
        next(iter(result.batches()))
    assert len(ask(select=":id")) == 8


def test_a_snapshot_that_is_gone_is_no_other_error(engine: Analytics, missing: SnapshotSource) -> None:
    with pytest.raises(FileNotFoundError), engine.run(missing, Query((ID,)), Limits(20)) as result:
        list(result.batches())


def test_columns_of_the_answer_say_their_types(engine: Analytics, snapshot: SnapshotSource) -> None:
    items = tuple(Item(Field(column.name, column.type), column.name) for column in snapshot.all_columns)
    with engine.run(snapshot, Query(items), Limits(20)) as result:
        assert result.columns == (*SYSTEM_COLUMNS, *snapshot.columns)
        assert all(batch.num_columns == len(items) for batch in result.batches())


@pytest.mark.parametrize(
    "where",
    [
        "within_circle(place, 91, 0, 10)",
        "within_circle(place, 0, 200, 10)",
        "within_circle(place, 0, 0, -1)",
        "within_circle(place, 0, 0, 1e300)",
        "within_box(place, 1, 2, 3, 4)",
        "within_polygon(place, 'POINT (1 2)')",
        "within_polygon(place, 'POLYGON EMPTY')",
        "within_polygon(place, 'nonsense')",
        "within_polygon(place, '')",
    ],
)
def test_places_that_are_none_are_refused(ask: Ask, where: str) -> None:
    with pytest.raises(TypeMismatch):
        ask(where=where)


@pytest.mark.parametrize("where", ["split_part(service, 'o', 1e300) = 'a'", "round(days, 1e300) = 1"])
def test_what_cannot_be_computed_is_refused_in_words(ask: Ask, where: str) -> None:
    with pytest.raises(CannotCompute, match="cannot be computed"):
        ask(where=where)


def _argument(letter: str, place: int) -> Expression:
    fields = {
        "T": Field("service", Type.TEXT),
        "N": Field("days", Type.NUMBER),
        "B": Field("urgent", Type.BOOLEAN),
        "S": Field("opened", Type.TIMESTAMP),
        "I": Field("seen", Type.INSTANT),
        "P": Field("place", Type.POINT),
        "o": Field("cost", Type.NUMBER),
        "a": Field("place", Type.POINT),
        "n": Literal(2.0 - place / 10, Type.NUMBER),
    }
    return fields[letter]


@pytest.mark.parametrize(
    ("function", "signature"),
    [(function, signature) for function in Function for signature in function.signatures],
    ids=lambda value: value.label if isinstance(value, Function) else value,
)
def test_every_function_is_computed_in_every_form(
    engine: Analytics, snapshot: SnapshotSource, function: Function, signature: str
) -> None:
    texts = {Function.LOCAL_TIME: "UTC", Function.WITHIN_POLYGON: "POLYGON((0 0,1 0,1 1,0 0))"}
    letters = signature.partition(">")[0].replace("*", "")
    arguments = [
        Literal(texts.get(function, "%a%"), Type.TEXT) if letter == "t" else _argument(letter, place)
        for place, letter in enumerate(letters)
    ]
    made = call(function, *arguments)
    with engine.run(snapshot, Query((Item(made, "made"),), limit=5), Limits(20)) as result:
        rows = [row for batch in result.batches() for row in batch.to_pylist()]
    assert len(rows) == (1 if function.is_aggregate else 5)
