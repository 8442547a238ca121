"""Every engine gives the same answers to hundreds of questions, made from the functions there are, over odd rows.

DuckDB's answers are the measure; what a person worked out by hand is in test_answers.py, which every engine passes too.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import duckdb
import pytest

from cityhall.kernel.analytics.building import call, checked
from cityhall.kernel.analytics.columns import Column, Type
from cityhall.kernel.analytics.errors import QueryError
from cityhall.kernel.analytics.functions import Function as F
from cityhall.kernel.analytics.port import Analytics, Limits, SnapshotSource
from cityhall.kernel.analytics.query import Expression, Field, Item, Literal, Order, Query

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("spark")]

COLUMNS = (
    Column("kind", Type.TEXT),
    Column("note", Type.TEXT),
    Column("opened", Type.TIMESTAMP),
    Column("closed", Type.TIMESTAMP),
    Column("days", Type.NUMBER),
    Column("cost", Type.NUMBER),
    Column("urgent", Type.BOOLEAN),
    Column("place", Type.POINT),
    Column("page", Type.URL),
    Column("seen", Type.INSTANT),
)
_KINDS = ["Pothole", "graffiti", "Árbol caído", "ÑANDÚ", "", "a b  c", "100%_x", "Z"]
_NOTES = ["12", " -3.5 ", "1e3", "nil", "2025-02-28", "2025-02-28T23:59:59.5", "true", "No", "0"]
_COSTS = [0.1, -2.5, 1e3, 0, 12345.675, -0.005, 1e-3, 99.5, 7, 2.675, 1.005, 0.125]
_ROWS = f"""
    CREATE TABLE rows AS SELECT 'row-' || lpad(n::VARCHAR, 4, '0') AS ":id",
        TIMESTAMP '2020-01-01' + to_hours(n) AS ":created_at", TIMESTAMP '2025-06-01' AS ":updated_at",
        CASE WHEN n % 11 <> 0 THEN {_KINDS}[1 + n % 8] END AS kind,
        CASE WHEN n % 5 <> 0 THEN {_NOTES}[1 + n % 9] END AS note,
        CASE WHEN n % 13 <> 0 THEN TIMESTAMP '1969-12-30 21:14:07' + to_seconds(n * 8640123) END AS opened,
        CASE WHEN n % 4 <> 0 THEN TIMESTAMP '1969-12-31 00:00:00.25' + to_seconds(n * 8641000 + n * n) END AS closed,
        CASE WHEN n % 7 <> 0 THEN (n * 37 % 41 - 12)::BIGINT END AS days,
        CASE WHEN n % 6 <> 0 THEN {_COSTS}[1 + n % 12]::DOUBLE END AS cost,
        CASE WHEN n % 3 <> 0 THEN n % 2 = 0 END AS urgent,
        CASE WHEN n % 9 <> 0 THEN -117.3 + (n * 7 % 90) / 300.0 END::DOUBLE AS "place.lon",
        CASE WHEN n % 9 <> 0 THEN 32.6 + (n * 11 % 70) / 300.0 END::DOUBLE AS "place.lat",
        CASE WHEN n % 10 <> 0 THEN 'https://a.test/' || n % 12 END AS page,
        CASE WHEN n % 8 <> 0 THEN TIMESTAMP '2024-10-20 06:30:00' + to_minutes(n * 487) END AS seen
    FROM range(240) AS t(n) ORDER BY n
"""
_FIELDS = {column.name: Field(column.name, column.type) for column in COLUMNS}
_ID = Field(":id", Type.TEXT)
_AREA = (
    "MULTIPOLYGON(((-117.2513 32.6511,-117.1017 32.6207,-117.0509 32.7503,-117.2001 32.8013,-117.2513 32.6511),"
    "(-117.2003 32.6801,-117.1507 32.6803,-117.1511 32.7207,-117.2017 32.7203,-117.2003 32.6801)),"
    "((-117.3 32.8,-117.28 32.8,-117.28 32.83,-117.3 32.83,-117.3 32.8)))"
)


def _of(kind: Type) -> list[Expression]:
    """Return expressions of a type."""
    return [field for field in _FIELDS.values() if field.type is kind]


_VALUES: dict[Type, list[Any]] = {
    Type.TEXT: ["Pothole", "a", "", "ñandú", "'; --", None],
    Type.NUMBER: [2.0, -0.5, 0.0, None],
    Type.BOOLEAN: [True, None],
    Type.TIMESTAMP: [datetime(1980, 2, 29, 12), datetime(2024, 12, 31, 23, 59, 59), None],
    Type.INSTANT: [datetime(2024, 11, 3, 9), None],
    Type.POINT: [(-117.15, 32.7)],
}
_ORDERED = [kind for kind in _VALUES if kind is not Type.POINT]
_LETTER = {"T": Type.TEXT, "N": Type.NUMBER, "B": Type.BOOLEAN, "S": Type.TIMESTAMP, "I": Type.INSTANT, "P": Type.POINT}
_TEXTS = {
    F.LIKE: ["%o%", r"100\%\_x", "_raffiti", "", r"Po\thole", "%"],
    F.LOCAL_TIME: ["America/Los_Angeles", "UTC", "Asia/Kathmandu"],
    F.WITHIN_POLYGON: [_AREA, "POLYGON((-117.3 32.6,-117.1 32.6,-117.1 32.7,-117.3 32.7,-117.3 32.6))"],
}
_NUMBERS = {
    F.WITHIN_CIRCLE: [(32.7, -117.15, 4000.0), (0.0, 0.0, 1.0), (32.7, -117.15, 1.0)],
    F.WITHIN_BOX: [(32.8, -117.25, 32.62, -117.05), (90.0, 170.0, -90.0, -117.1)],
    F.ROUND: [(0.0,), (2.0,), (-1.0,), (1.0,)],
}


def _choices(letter: str, kind: Type) -> list[Expression]:
    wanted = _LETTER.get(letter, kind)
    literals = [Literal(value, wanted) for value in _VALUES[wanted]]
    return [*_of(wanted), *literals]


def _row_expressions() -> Iterator[tuple[str, Expression]]:
    """Iterate over calls of each function of rows, for each of its signatures, with fields and with literals."""
    for function in F:
        if function.is_aggregate:
            continue
        for signature, kind in itertools.product(function.signatures, _ORDERED):
            wanted = signature.partition(">")[0].replace("*", "")
            if "o" not in wanted and "a" not in wanted and kind is not Type.TEXT:
                continue
            fixed = wanted.rstrip("nt")
            columns = [_choices(letter, kind) for letter in fixed]
            # Not each with each: the longest list decides, and the shorter ones go round.
            count = max((len(column) for column in columns), default=1)
            first = [[column[(n + shift) % len(column)] for shift, column in enumerate(columns)] for n in range(count)]
            last = _tails(function, wanted[len(fixed) :])
            for n in range(max(len(first), len(last))):
                given = (*first[n % len(first)], *last[n % len(last)])
                try:
                    yield f"{function.label}-{signature}-{kind.value}-{n}", call(function, *given)
                except QueryError:
                    continue


def _tails(function: F, letters: str) -> list[tuple[Expression, ...]]:
    if not letters:
        return [()]
    if set(letters) == {"t"}:
        return [(Literal(text, Type.TEXT),) for text in _TEXTS[function]]
    return [tuple(Literal(number, Type.NUMBER) for number in numbers) for numbers in _NUMBERS[function]]


def _selects() -> Iterator[tuple[str, Query]]:
    """Iterate over queries of four expressions at a time, over all rows; conditions also as conditions."""
    made = list(_row_expressions())
    for start in range(0, len(made), 4):
        some = made[start : start + 4]
        items = [Item(_ID, "id"), *(Item(expression, f"x{n}") for n, (_, expression) in enumerate(some))]
        yield f"rows {some[0][0]}", checked(items=tuple(items))
    conditions = [(name, each) for name, each in made if each.type is Type.BOOLEAN]
    for (name, each), negated in itertools.product(conditions[::3], (False, True)):
        where = call(F.NOT, each) if negated else each
        yield f"{'not ' * negated}{name}", checked(items=(Item(_ID, "id"),), conditions=[where], limit=50, offset=1)


def _groups() -> Iterator[tuple[str, Query]]:
    """Iterate over each aggregate of each type, over all rows, by a column of each type, and by an expression."""
    aggregates = []
    for function, kind in itertools.product([each for each in F if each.is_aggregate], _VALUES):
        for signature in function.signatures:
            wanted = signature.partition(">")[0]
            fields = [_of(_LETTER.get(letter, kind)) for letter in wanted]
            if ("a" in wanted or "o" in wanted or kind is Type.TEXT) and all(fields):
                with_each = [column[n % len(column)] for n, column in enumerate(fields)]
                try:
                    aggregates.append(call(function, *with_each))
                except QueryError:
                    continue
    items = tuple(Item(each, f"a{n}") for n, each in enumerate(aggregates))
    opened = _FIELDS["opened"]
    keys: list[tuple[str, tuple[Expression, ...]]] = [
        ("nothing", ()),
        *((name, (field,)) for name, field in _FIELDS.items() if name not in ("opened", "closed", "seen")),
        ("month", (call(F.TRUNC_MONTH, opened),)),
        ("year", (call(F.YEAR, opened), _FIELDS["urgent"])),
        ("rest", (call(F.MODULO, _FIELDS["days"], Literal(3.0, Type.NUMBER)),)),
        ("a literal", (Literal("x", Type.TEXT), _FIELDS["urgent"])),
    ]
    few = call(F.GT, call(F.COUNT_ALL), Literal(5.0, Type.NUMBER))
    never = call(F.GT, _FIELDS["days"], Literal(1000.0, Type.NUMBER))
    for name, key in keys:
        own = tuple(Item(each, f"k{n}") for n, each in enumerate(key))
        yield f"by {name}", checked(items=own + items, group=key)
        yield f"by {name}, many", checked(items=own + items[:3], group=key, having=few)
        yield f"by {name}, none", checked(items=own + items, group=key, conditions=[never])
        for descending in (False, True):
            order = (Order(call(F.SUM, _FIELDS["days"]), descending), Order(call(F.COUNT_ALL)))
            yield (
                f"by {name}, ordered {descending}",
                checked(items=own + items[:2], group=key, order=order, limit=4, offset=1),
            )


def _orders() -> Iterator[tuple[str, Query]]:
    """Iterate over the orders of each column, with pages, and over what differs."""
    for name, field in {**_FIELDS, ":id": _ID}.items():
        if field.type is Type.POINT:
            continue
        for descending, nulls in itertools.product((False, True), (None, True, False)):
            order = (Order(field, descending, nulls),)
            yield (
                f"order {name} {descending} {nulls}",
                checked(items=(Item(_ID, "id"), Item(field, "x")), order=order, limit=30, offset=20),
            )
        yield f"distinct {name}", checked(items=(Item(field, "x"),), distinct=True)
        pair = (Item(field, "x"), Item(_FIELDS["urgent"], "y"))
        yield f"distinct pairs {name}", checked(items=pair, distinct=True, order=(Order(field, True),), limit=20)
    yield "distinct places", checked(items=(Item(_FIELDS["place"], "x"), Item(_FIELDS["urgent"], "y")), distinct=True)
    everything = tuple(Item(field, name) for name, field in _FIELDS.items())
    yield "everything", checked(items=everything)
    yield "a page", checked(items=everything, limit=7, offset=211)
    yield "beyond the end", checked(items=everything, offset=1000)
    yield "nothing", checked(items=everything, limit=0)
    for words in (("arbol",), ("pothole", "https"), ("nandu",), ("100",), ("nobody",)):
        yield f"search {words}", checked(items=(Item(_ID, "id"),), search=words)


QUESTIONS = dict([*_selects(), *_groups(), *_orders()])


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> SnapshotSource:
    folder = tmp_path_factory.mktemp("conformance")
    parts = (folder / "part-0.parquet", folder / "part-1.parquet")
    with duckdb.connect(str(folder / "rows.duckdb")) as connection:
        connection.execute(_ROWS)
        for part, condition in zip(parts, ("<", ">="), strict=True):
            connection.execute(
                f"""COPY (SELECT * FROM rows WHERE ":id" {condition} 'row-0100') TO '{part}' (FORMAT parquet)"""
            )
    return SnapshotSource(COLUMNS, query_file=folder / "rows.duckdb", parts=parts)


def answer(engine: Analytics, source: SnapshotSource, query: Query) -> list[tuple[Any, ...]] | str:
    """Return the rows of an answer; of a refusal, its kind."""
    try:
        with engine.run(source, query, Limits(20)) as result:
            batches = list(result.batches())
    except QueryError as refusal:
        return refusal.code
    for batch in batches:
        batch.validate()
        assert batch.schema.names == [column.name for column in query.columns]
    return [tuple(map(shown, row.values())) for batch in batches for row in batch.to_pylist()]


def shown(value: Any) -> Any:
    """Return a value as doors show it: what is no finite number is nothing."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def same(one: Any, other: Any) -> bool:
    """Say whether two values are the same, numbers within a billionth."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
    return bool(one == other)


def assert_same(found: list[tuple[Any, ...]] | str, wanted: list[tuple[Any, ...]] | str) -> None:
    """Fail where two answers, or refusals, are not the same."""
    if isinstance(wanted, str) or isinstance(found, str):
        assert found == wanted
        return
    assert len(found) == len(wanted)
    for row, right in zip(found, wanted, strict=True):
        assert all(map(same, row, right)), (row, right)


def test_there_are_hundreds_of_questions_with_answers(duckdb_engine: Analytics, source: SnapshotSource) -> None:
    refused = [name for name, query in QUESTIONS.items() if isinstance(answer(duckdb_engine, source, query), str)]
    assert len(QUESTIONS) > 300
    assert len(refused) < len(QUESTIONS) // 20


@pytest.mark.parametrize("name", QUESTIONS)
def test_spark_answers_as_duckdb_does(
    duckdb_engine: Analytics, spark_engine: Analytics, source: SnapshotSource, name: str
) -> None:
    query = QUESTIONS[name]
    assert_same(answer(spark_engine, source, query), answer(duckdb_engine, source, query))
