"""Queries nobody would write, of every function within every other: each is answered or refused in words."""

from __future__ import annotations

import random
from datetime import datetime

import pytest
from tests.support.hostile import TIMES

from cityhall.kernel.analytics.building import call, checked
from cityhall.kernel.analytics.columns import Type
from cityhall.kernel.analytics.errors import QueryError
from cityhall.kernel.analytics.functions import Function
from cityhall.kernel.analytics.port import Analytics, Limits, SnapshotSource
from cityhall.kernel.analytics.query import Expression, Field, Item, Literal, Order, Query

VALUES: dict[Type, list[object]] = {
    Type.TEXT: ["", "a", "%", "'; --", "\\", "é\U0001f600", "2025-01-01", "nan", "infinity", "1e400", None],
    Type.NUMBER: [0.0, 1.0, -1.0, 0.5, 2.0**53, 1e308, -1e308, 1e-300, None],
    Type.BOOLEAN: [True, False, None],
    Type.TIMESTAMP: [datetime(1, 1, 1), datetime(2025, 2, 28, 12), datetime(9999, 12, 31, 23, 59, 59), None],
    Type.INSTANT: [datetime(2025, 3, 9, 10), datetime(9999, 12, 31), None],
    Type.POINT: [(0.0, 90.0), (-180.0, -90.0), (-117.15, 32.71), None],
}
ROW_FUNCTIONS = [function for function in Function if not function.is_aggregate]
AGGREGATES = [function for function in Function if function.is_aggregate]


class Maker:
    """Makes expressions by chance, the same ones each time."""

    def __init__(self, source: SnapshotSource, seed: int) -> None:
        self._chance = random.Random(seed)
        self._fields: list[Expression] = [Field(column.name, column.type) for column in source.all_columns]

    def leaf(self) -> Expression:
        if self._chance.random() < 0.6:
            return self._chance.choice(self._fields)
        kind = self._chance.choice(list(VALUES))
        return Literal(self._chance.choice(VALUES[kind]), kind)  # type: ignore[arg-type]

    def expression(self, depth: int, functions: list[Function] = ROW_FUNCTIONS) -> Expression:
        if depth == 0:
            return self.leaf()
        for _ in range(20):
            function = self._chance.choice(functions)
            count = self._chance.choice(
                [len(signature.partition(">")[0].replace("*", "")) for signature in function.signatures]
            )
            try:
                return call(function, *(self.expression(self._chance.randrange(depth)) for _ in range(count)))
            except QueryError:
                continue
        return self.leaf()

    def query(self) -> Query:
        items = tuple(Item(self.expression(3), f"c{number}") for number in range(3))
        where = [each for each in [self.expression(3)] if each.type is Type.BOOLEAN]
        if self._chance.random() < 0.3:
            keys = (items[0].expression,)
            items = (items[0], *(Item(self.expression(2, AGGREGATES), f"a{number}") for number in range(2)))
            return checked(items=items, conditions=where, group=keys, limit=5)
        ordered = [item for item in items if item.expression.type is not Type.POINT][:1]
        order = tuple(Order(item.expression, self._chance.random() < 0.5) for item in ordered)
        distinct = self._chance.random() < 0.2
        return checked(items=items, conditions=where, order=order, distinct=distinct, limit=5, offset=1)


@pytest.mark.parametrize("seed", range(4))
def test_any_query_is_answered_or_refused(engine: Analytics, snapshot: SnapshotSource, seed: int) -> None:
    maker = Maker(snapshot, seed)
    answered = 0
    for _ in range(60 * TIMES):
        try:
            with engine.run(snapshot, maker.query(), Limits(20)) as result:
                for batch in result.batches():
                    batch.validate()
                    answered += batch.num_rows >= 0
        except QueryError as error:
            assert str(error)
    assert answered > 20
