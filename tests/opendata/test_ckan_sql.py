"""CKAN's SQL: one SELECT over one dataset; everything else is refused in words, and nothing breaks."""

from __future__ import annotations

import random

import pytest
from tests.support.hostile import TIMES

from cityhall.apps.opendata.ckan.sql.compile import compile_select
from cityhall.apps.opendata.ckan.sql.parser import read
from cityhall.apps.opendata.soql.parameters import read_parameters
from cityhall.kernel.analytics.columns import SYSTEM_COLUMNS, Column, Type
from cityhall.kernel.analytics.errors import QueryError
from cityhall.kernel.analytics.query import Field, Query, walk

COLUMNS = (
    Column("name", Type.TEXT),
    Column("a", Type.NUMBER),
    Column("b", Type.NUMBER),
    Column("opened", Type.TIMESTAMP),
    Column("place", Type.POINT),
)


def compiled(sql: str) -> Query:
    return compile_select(read(sql), COLUMNS, rows=1000)


@pytest.mark.parametrize(
    ("sql", "soql"),
    [
        (
            'select a, count(*) as n from "x" group by a order by n desc',
            "select a, count(*) as n group by a order by n desc",
        ),
        ("select upper(name) as u from x where a between 1 and 5", "select upper(name) as u where a between 1 and 5"),
        (
            "select date_trunc('month', opened) as m, count(*) as n from x group by 1",
            "select date_trunc_ym(opened) as m, count(*) as n group by m",
        ),
        ("select extract(year from opened) as y from x", "select date_extract_y(opened) as y"),
        ("select cast(name as numeric) as n from x", "select name::number as n"),
        ("select case when a > 1 then 'x' else 'y' end as c from x", "select case(a > 1, 'x', true, 'y') as c"),
        (
            "select t.a from x t where t.name in ('p', 'q') limit 5 offset 2",
            "select a where name in ('p', 'q') limit 5 offset 2",
        ),
    ],
)
def test_the_same_question_is_the_same_query_as_soql_s(sql: str, soql: str) -> None:
    assert compiled(sql) == read_parameters([("$query", soql)], (*SYSTEM_COLUMNS, *COLUMNS))


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("select 1 from x; drop table x", "'drop'"),
        ("select 1 from x; select 2 from x", "single statement"),
        ("select * from x union select * from y", "UNION"),
        ("with c as (select 1) select * from c", "WITH"),
        ("select * from (select 1) y", "'('"),
        ("select * from x, y", "one dataset"),
        ("select * from x join y on true", "joins"),
        ("select * from pg_catalog.pg_tables", "schemas"),
        ("select (select 1) from x", "queries within"),
        ("select a from x where a in (select 1)", "queries within"),
        ("select pg_sleep(10) from x", "pg_sleep"),
        ("select read_csv('/etc/passwd') from x", "read_csv"),
        ("select getenv('HOME') from x", "getenv"),
        ("select current_setting('x') from x", "current_setting"),
        ("copy x to '/tmp/x'", "COPY"),
        ("select a /* comment */ from x", "'*'"),
        ("select a from x where name = $1", "'$'"),
        ("select $$x$$ from x", "'$'"),
        ("select E'\\x41' from x", "'\\\\x41'"),
        ("select rowid from x", "rowid"),
        ('select ":digest" from x', ":digest"),
        ("select \uff41 from x", "\uff41"),
        ("select y.a from x", "'y'"),
        ("select a from x where exists (select 1)", "EXISTS"),
        ("select sum(a) over () from x", "window"),
        ("select count(*) filter (where a > 1) from x", "FILTER"),
        ("delete from x", "writes"),
        ("select 1", "FROM"),
        ("select name from x group by a", "'name'"),
        ("select a::regclass from x", "regclass"),
        ("select a from x limit " + "9" * 5000, "whole number"),
        ("select " + "(" * 100 + "a" + ")" * 100 + " from x", "nested"),
    ],
)
def test_what_is_refused_names_what_it_is(sql: str, says: str) -> None:
    with pytest.raises(QueryError) as caught:
        compiled(sql)
    assert says in str(caught.value)


WORDS = [
    word
    for line in r"""
select from where group by having order limit offset as and or not in is null like ilike between asc desc distinct true
false count sum lower date_trunc extract year cast case when then else end name a b opened place _id x "x" "a" * ( ) ,
+ - / % ^ = <> < >= || :: . ; 1 2.5 1e9 'x' '' 'month' text int nulls first union pg_sleep "" -- $ \ numeric ' " /* */
""".splitlines()
    for word in line.split(" ")
]


def test_thousands_of_texts_of_its_own_words_are_read_or_refused() -> None:
    chance = random.Random(20261127)
    known = {":id", *(column.name for column in COLUMNS)}
    answered = 0
    for number in range(4_000 * TIMES):
        words = " ".join(chance.choices(WORDS, k=chance.randint(1, 8)))
        sql = words if number % 4 == 0 else f"select {words} from x" if number % 2 else f"select a from x where {words}"
        try:
            query = compiled(sql)
        except QueryError as error:
            assert str(error)
        else:
            answered += 1
            parts = [*(item.expression for item in query.items), *([query.where] if query.where else [])]
            assert {each.name for part in parts for each in walk(part) if isinstance(each, Field)} <= known
    assert answered > 20
