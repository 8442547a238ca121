"""SoQL as people and their clients write it: names of columns, what is refused and how, and texts nobody meant."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.hostile import TIMES

from cityhall.apps.opendata.soda.errors import error_object
from cityhall.apps.opendata.soql.parameters import read_parameters
from cityhall.kernel.analytics.columns import SYSTEM_COLUMNS, Column, Type
from cityhall.kernel.analytics.errors import QueryError
from cityhall.kernel.analytics.query import Field, Literal, Query, walk

COLUMNS = (
    *SYSTEM_COLUMNS,
    Column("name", Type.TEXT),
    Column("a", Type.NUMBER),
    Column("b", Type.NUMBER),
    Column("opened", Type.TIMESTAMP),
    Column("place", Type.POINT),
    Column("open", Type.BOOLEAN),
)


def read(*parameters: tuple[str, str]) -> Query:
    return read_parameters(parameters, COLUMNS)


def refusal(*parameters: tuple[str, str]) -> dict[str, object]:
    with pytest.raises(QueryError) as caught:
        read(*parameters)
    error = caught.value
    return error_object(error.code, str(error.message), dict(error.data))


def names(select: str, **more: str) -> list[str]:
    return [item.name for item in read(("$select", select), *((f"${k}", v) for k, v in more.items())).items]


@pytest.mark.parametrize(
    ("select", "expected"),
    [
        ("*", ["name", "a", "b", "opened", "place", "open"]),
        (":*", [":id", ":created_at", ":updated_at"]),
        (":*, *", [":id", ":created_at", ":updated_at", "name", "a", "b", "opened", "place", "open"]),
        ("* (except name, place)", ["a", "b", "opened", "open"]),
        (":id, *", [":id", "name", "a", "b", "opened", "place", "open"]),
        ("a, b", ["a", "b"]),
        ("A", ["a"]),
        ("`a`", ["a"]),
        ("a as x", ["x"]),
        ("a as `x-y`", ["x-y"]),
        ("count(*)", ["count"]),
        ("count(a)", ["count_a"]),
        ("sum(a), max(b)", ["sum_a", "max_b"]),
        ("a + b", ["a_b"]),
        ("a - 1", ["a_1"]),
        ("-a", ["a_1"]),
        ("a * b, a / b, a % b", ["a_b", "a_b_1", "a_b_2"]),
        ("a::text", ["a_text"]),
        ("a is null, a is not null", ["a_is_null", "not_a_is_null"]),
        ("a > 1 and open", ["a_1_and_open"]),
        ("upper(name)", ["upper_name"]),
        ("name || ', hello!'", ["name_hello"]),
        ("date_trunc_ym(opened)", ["date_trunc_ym_opened"]),
        ("1", ["_1"]),
    ],
)
def test_columns_of_the_answer_are_named_as_socrata_names_them(select: str, expected: list[str]) -> None:
    assert names(select) == expected


def test_a_name_in_use_is_numbered() -> None:
    assert names("count(*) as sum_a, sum(a)") == ["sum_a", "sum_a_1"]


@pytest.mark.parametrize(
    ("parameters", "code", "says"),
    [
        ([("$where", "nothing = 1")], "query.soql.no-such-column", "'nothing'"),
        ([("nothing", "1")], "query.soql.no-such-column", "The columns are: :id, "),
        ([("$select", "nothing")], "query.soql.no-such-column", "'nothing'"),
        ([("$where", "read_text('/etc/passwd') = ''")], "query.soql.no-such-function", "'read_text'"),
        ([("$where", "a = 'x'")], "query.soql.type-mismatch", "number"),
        ([("$where", "a")], "query.soql.type-mismatch", "true or false"),
        ([("$where", "name = 1")], "query.soql.type-mismatch", "text"),
        ([("$where", "name like 'a\\'")], "query.soql.type-mismatch", "backslash"),
        ([("$where", "a = a = a")], "query.soql.type-mismatch", "boolean"),
        ([("$where", "place = place")], "query.soql.type-mismatch", "point"),
        ([("$where", "name::colour = 'a'")], "query.soql.type-mismatch", "'colour'"),
        ([("$select", "date_trunc_y(:created_at, 'Mars/Base')")], "query.soql.type-mismatch", "'Mars/Base'"),
        ([("$where", "within_circle(place, a, b, 5)")], "query.soql.type-mismatch", "within_circle"),
        ([("a", "x")], "query.soql.type-mismatch", "'x' is no number"),
        ([("opened", "yesterday")], "query.soql.type-mismatch", "timestamp"),
        ([("$select", "a, count(*)")], "query.soql.column-not-in-group-bys", "'a'"),
        ([("$select", "count(*)"), ("$order", "a")], "query.soql.column-not-in-group-bys", "'a'"),
        ([("$where", "count(*) > 1")], "query.soql.column-not-in-group-bys", "HAVING"),
        ([("$select", "sum(sum(a))")], "query.soql.column-not-in-group-bys", "sum"),
        ([("$select", "distinct a"), ("$order", "b")], "query.soql.column-not-in-group-bys", "DISTINCT"),
        ([("$order", "place")], "query.soql.type-mismatch", "order"),
        ([("$where", "a = #")], "query.soql.unexpected-character", "'#'"),
        ([("$where", "a = 1; select")], "query.soql.unexpected-character", "';'"),
        ([("$where", "name = 'x")], "query.soql.parse-error", "does not end"),
        ([("$where", "a = ")], "query.soql.parse-error", "the end"),
        ([("$where", "a = 1 b")], "query.soql.parse-error", "'b'"),
        ([("$limit", "-1")], "query.soql.parse-error", "whole number"),
        ([("$limit", "9" * 5000)], "query.soql.parse-error", "whole number"),
        ([("$limit", "1.5")], "query.soql.parse-error", "whole number"),
        ([("$offset", "many")], "query.soql.parse-error", "whole number"),
        ([("$limit", "1"), ("$limit", "2")], "query.soql.parse-error", "twice"),
        ([("$wehre", "a = 1")], "query.soql.parse-error", "$where"),
        ([("$select", "a as x, b as x")], "query.soql.parse-error", "'x'"),
        ([("$select", "a as :x")], "query.soql.parse-error", "':x'"),
        ([("$query", "select a"), ("$limit", "1")], "query.soql.query-and-options", "$limit"),
        ([("$query", "select a"), ("a", "1")], "query.soql.query-and-options", "If $query is used"),
        ([("$query", "select a |> select b")], "query.soql.parse-error", "chained"),
        ([("$query", "select a union select b")], "query.soql.parse-error", "UNION"),
        ([("$query", "select a join @abcd-efgh on true")], "query.soql.parse-error", "joins"),
        ([("$query", "select a from rows")], "query.soql.parse-error", "@this"),
        ([("$where", "(" * 100 + "a" + ")" * 100)], "query.soql.parse-error", "nested"),
        ([("$where", "a" + " + a" * 1000 + " = 1")], "query.soql.parse-error", "nested"),
        ([("$where", "a" + "::number" * 1000 + " = 1")], "query.soql.parse-error", "nested"),
        (
            [("$select", ", ".join(f"{f'x{n - 1}' if n else 'a'} + 1 as x{n}" for n in range(500)))],
            "query.compiler.malformed",
            "nested",
        ),
        (
            [("$select", ", ".join(f"{a} + {a} as x{n}" for n in range(60) for a in [f"x{n - 1}" if n else "a"]))],
            "query.compiler.malformed",
            "too large",
        ),
        ([("$where", "a = " + "9" * 400)], "query.soql.parse-error", "too large"),
        ([("$where", "name = '" + "x" * 100_001 + "'")], "query.soql.parse-error", "longer"),
        ([("$where", 'name = "\\u0000"')], "query.soql.unexpected-character", "NUL"),
        ([("name", "a\0b")], "query.soql.unexpected-character", "NUL"),
        ([("$q", "\ud800")], "query.soql.unexpected-character", "half"),
    ],
)
def test_what_is_refused_says_what_to_change(parameters: list[tuple[str, str]], code: str, says: str) -> None:
    refused = refusal(*parameters)
    assert refused["code"] == code
    assert says in str(refused["message"])
    assert refused["error"] is True


def test_hundreds_of_alternatives_are_no_depth() -> None:
    where = read(("$where", " or ".join(f"a = {number}" for number in range(1_200)))).where
    assert where is not None
    assert sum(isinstance(part, Literal) for part in walk(where)) == 1_200


def test_plain_filters_hold_together_and_read_their_column_s_type() -> None:
    where = read(("a", "5"), ("name", "5"), ("open", "true"), ("$where", "b = 1")).where
    assert where is not None
    values = [part.value for part in walk(where) if isinstance(part, Literal)]
    assert values == [5.0, "5", True, 1.0]


def test_a_bare_having_is_sodapy_s_unless_a_column_bears_the_name() -> None:
    grouped = (("$select", "a, count(*)"), ("$group", "a"))
    assert read(*grouped, ("having", "count > 1")).having is not None
    with_column = read_parameters([("having", "x")], [*COLUMNS, Column("having", Type.TEXT)])
    assert with_column.having is None
    assert with_column.where is not None


def test_the_door_s_own_parameters_are_left_alone() -> None:
    assert read(("$$app_token", "x"), ("$limit", "3")).limit == 3


def test_without_a_limit_there_are_a_thousand_rows() -> None:
    assert read().limit == 1000
    assert read(("$query", "select a")).limit == 1000
    assert read(("$query", "select a limit 5")).limit == 5


WORDS = [
    word
    for line in r"""
select from where group having order search limit offset by as and or not in is null like between asc desc distinct
true false count sum max case within_circle date_trunc_ym name a b opened place open :id :created_at * :* ( ) , + -
/ % ^ = <> < >= || :: |> . [ ] 1 2.5 1e9 'x' '' "y" `a` except first last text number point @this ; # ' " ` \
""".splitlines()
    for word in line.split(" ")
]


def test_thousands_of_texts_of_its_own_words_are_read_or_refused() -> None:
    chance = random.Random(20261127)
    read_ones = 0
    for _ in range(4_000 * TIMES):
        text = " ".join(chance.choices(WORDS, k=chance.randint(1, 12)))
        name = chance.choice(["$query", "$where", "$select", "$order", "$group", "$having"])
        try:
            query = read((name, text))
        except QueryError as error:
            assert str(error)
        else:
            read_ones += 1
            assert all(item.name for item in query.items)
    assert read_ones > 20


@settings(max_examples=150 * TIMES)
@given(name=st.sampled_from(["$query", "$where", "$select", "$q", "$limit", "a", "name", "place"]), text=st.text())
def test_any_text_is_read_or_refused(name: str, text: str) -> None:
    try:
        read((name, text))
    except QueryError as error:
        assert str(error.message)


HOSTILE = [
    "1=1; drop table rows",
    "a = 1 union select * from information_schema.tables",
    "a in (select a from rows)",
    "exists(select 1)",
    "getenv('HOME') = ''",
    "read_csv('/etc/passwd') is null",
    "current_setting('x') = ''",
    "name = pragma_version()",
    "a = 1 /* comment */",
    "rows.a = 1",
    "\"a\" = 'x' or '1' = '1",
    "name = $1",
    "name = ?",
    "rowid = 1",
    '`a"; drop table rows; --` = 1',
    ":digest = 'x'",
    ":@computed = 1",
    "system('id') = ''",
]


@pytest.mark.parametrize("where", HOSTILE)
def test_what_is_meant_to_break_out_is_refused(where: str) -> None:
    refusal(("$where", where))


def test_names_that_reach_an_engine_are_the_dataset_s_own() -> None:
    query = read(("$select", "upper(name) as x, a"), ("$where", "b > 1 and name = 'z\"'"), ("$order", "x"))
    known = {column.name for column in COLUMNS}
    parts = [*(item.expression for item in query.items), query.where, *(key.expression for key in query.order)]
    found = [each for part in parts if part is not None for each in walk(part) if isinstance(each, Field)]
    assert {field.name for field in found} <= known
