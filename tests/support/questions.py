# ruff: noqa: E501
"""Questions nobody should ask of open data, in each of its languages, and what must be true of whatever is read.

`benches/opendata_fuzz.py` asks hundreds of thousands; `tests/fuzz/test_open_data.py` some thousand of the same.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from cityhall.apps.opendata.ckan import searching
from cityhall.apps.opendata.ckan.datastore import read_search
from cityhall.apps.opendata.ckan.errors import SearchQueryError, ValidationError
from cityhall.apps.opendata.ckan.sql.compile import compile_select
from cityhall.apps.opendata.ckan.sql.parser import read as read_sql
from cityhall.apps.opendata.ogc import asked
from cityhall.apps.opendata.rules import contract_files, ranges
from cityhall.apps.opendata.soql.parameters import read_parameters
from cityhall.kernel.analytics.columns import SYSTEM_COLUMNS, Column, Type
from cityhall.kernel.analytics.errors import QueryError
from cityhall.kernel.analytics.query import Field, Query, walk
from cityhall.kernel.errors import Invalid

COLUMNS = (
    Column("name", Type.TEXT),
    Column("a", Type.NUMBER),
    Column("b", Type.NUMBER),
    Column("opened", Type.TIMESTAMP),
    Column("place", Type.POINT),
    Column("open", Type.BOOLEAN),
)
NAMES = frozenset(column.name for column in (*SYSTEM_COLUMNS, *COLUMNS))
#: Stands in texts of the questions; it may be bound to a statement, and never be part of one.
MARK = "zq9mark"
REFUSALS = (QueryError, ValidationError, SearchQueryError, Invalid, ranges.Unsatisfiable)
ZONE = ZoneInfo("America/Los_Angeles")
ALL = (*SYSTEM_COLUMNS, *COLUMNS)

HOSTILE = (
    "read_csv('/etc/passwd')", "read_csv_auto('/etc/passwd')", "read_text('/etc/passwd')", "read_parquet('x')",
    "read_blob('/proc/self/environ')", "glob('/*')", "getenv('HOME')", "current_setting('temp_directory')",
    "(select 1)", "(select * from duckdb_tables())", "exists(select 1)", "a in (select a from rows)",
    "1; attach '/tmp/x.db' as x", "copy rows to '/tmp/x'", "pragma version", "install httpfs", "load httpfs",
    "set lock_configuration=false", "export database '/tmp/x'", "call pragma_version()", "1 /* x */", "1 -- x",
    "1; drop table rows", "a = 1 union select * from information_schema.tables", "rows.a = 1", "main.rows",
    "rowid", ":digest", '":digest"', "`:digest`", "$1", "?", "@1", "{{7*7}}", "${7*7}", "%00", "E'\\x41'", "$$x$$",
    "U&'\\0061'", "x'41'", "a::regclass", "a::blob", "list_transform([1], x -> x)", "{'a': 1}", "[1,2][1]", "a.b.c",
    "columns('.*')", "sqrt(a)", "pg_sleep(10)", "repeat('x', 1000000000)", "range(1000000000)",
    "regexp_matches(name, '(a+)+$')", "count(*) over ()", "array_agg(a)", "string_agg(name)", "struct_pack(a := 1)",
    "name collate nocase", "a IS NAN", "ＳＥＬＥＣＴ", "ｓｅｌｅｃｔ", "a ＝ 1", "а = 1", "name = ʼxʼ", "name = ’x’", "ﬁ",
    "\u202eeman", "a\u00a0=\u00a01", "a\u200b= 1", "'\ud800'", "\x00", "'" * 99, '"' * 99, "`" * 99, "\\" * 99,
    "((((((((((" * 20, "[[[[[[[[" * 20, "not " * 500, "-" * 500, "9" * 400, "1e999", "1e-999", "0x10", "1_000", "٣",
    "NaN", "Infinity", "'' || '' || " * 200 + "''", "a+" * 500 + "a", "case when " * 60, "between " * 60, "in (" * 60,
    "a or " * 900 + "a", "/**/", ";;", ";", "", " ", "\n\t", "\ufeff",
)  # fmt: skip
_BOTH = f"""
    name a b opened place open and or not in is null like between true false ( ) , + - * / % ^ = <> < <= > >= :: || 1 2.5
    1e9 '{MARK}' '' 'x' count( sum( max( lower( * . ' "
"""
_WORDS: Mapping[str, tuple[str, ...]] = {
    name: tuple(text.split(" ")) if name == "toml" else tuple(text.split())
    for name, text in {
        "soql": f"""{_BOTH} select where group having order search limit offset by as distinct :id :created_at :* `a`
            within_circle( date_trunc_ym( case( "{MARK}" asc desc |> @this number text point except first last""",
        "sql": f"""{_BOTH} select from x "x" where group by having order limit offset as distinct cast( extract( year case
            when then else end date timestamp date_trunc( 'month' int numeric nulls first ; asc desc union _id ilike""",
        "cql2": f"""{_BOTH} S_INTERSECTS( POINT( POLYGON(( BBOX( DATE( TIMESTAMP( '2025-01-01' CASEI( ACCENTI( div "name"
            geometry""",
        "search": 'title: tags: [* TO *] res_format:CSV AND OR NOT && || ! + - "a b" * : [ ] { }',
        "toml": """name = title key columns [[columns]] [[suppress]] type "text" "point" "trees" transform "h3" 8 [ ] { }
 , 1.0 true fewer_than hold_hours classification "personal" longitude latitude choices least resolution \n""",
        "range": "bytes= 0 1 9 99 - , ; 0- -1 5-2 =",
    }.items()
}
#: Questions as people ask them; most are put with something in them changed.
_MEANT: Mapping[str, tuple[str, ...]] = {
    "soql": (
        f"select name , sum ( a ) as s where b > 1 and name = '{MARK}' group by name having s > 2 order by s desc limit 5",
        "select * , :id where a in ( 1 , 2 , 3 ) or not open search 'oak' limit 10 offset 5",
        "select date_trunc_ym ( opened ) as m , count ( * ) where within_circle ( place , 32.7 , -117.1 , 500 ) group by m",
        f"a between 1 and 5 and name not like '%{MARK}%' and opened > '2025-01-01'",
        "case ( a > 1 , 'x' , true , name ) = 'x'", "upper ( name ) , a + b * 2 ^ 2 , - a",
    ),
    "sql": (
        "select name , count ( * ) as n from x where a > 1 group by name having count ( * ) > 1 order by n desc limit 5",
        f"select * from x where name ilike '%{MARK}%' and b is not null or a between 1 and 2",
        "select case when a > 1 then 'x' else 'y' end as c , cast ( name as numeric ) from x offset 2",
        "select date_trunc ( 'month' , opened ) as m , extract ( year from opened ) from \"x\" order by 1 nulls first ;",
    ),
    "cql2": (
        f"name = '{MARK}' AND a > 3 OR NOT ( b <= 2 )", "name LIKE 'Row%' AND a NOT BETWEEN 1 AND 9 AND b IS NOT NULL",
        "S_INTERSECTS ( place , BBOX ( -118 , 32 , -117 , 33 ) ) AND opened >= DATE ( '2025-01-01' )",
        "S_WITHIN ( geometry , POLYGON ( ( -118 32 , -117 32 , -117 33 , -118 32 ) ) )",
        "( a + 1 ) * 2 div 3 IN ( 1 , 2 )",
    ),
    "search": ('title:trees AND NOT "a b"', "+tags:park -res_format:CSV", "metadata_modified:[2020 TO *]"),
    "toml": (
        'name = "trees" \n title = "Trees" \n key = "id" \n [[columns]] \n name = "id" \n [[columns]] \n name = "at" \n'
        ' type = "date" \n hold_hours = 24',
        'name = "t" \n title = { en = "T" } \n [[suppress]] \n columns = ["a"] \n fewer_than = 3 \n'
        ' [[columns]] \n name = "a"',
        'name = "t" \n title = "T" \n [[columns]] \n name = "p" \n type = "point" \n longitude = "x" \n latitude = "y" \n'
        ' transform = "h3" \n resolution = 8',
    ),
    "range": ("bytes=0-9", "bytes=5-", "bytes=-5", "bytes=0-1,4-5"),
}  # fmt: skip
_FOLDED = str.maketrans("aeopcxySLECT'=", "аеорсхуЅⅬΕϹТʼ＝")


def text(language: str, chance: random.Random) -> str:
    """Return something in a language, or nearly, or not at all."""
    words = _WORDS[language]
    made = " ".join(chance.choices(words, k=chance.randint(1, 14)))
    match chance.randrange(12):
        case 0:
            return chance.choice(HOSTILE)
        case 1:
            return f"{made} {chance.choice(HOSTILE)}"
        case 2:
            place = chance.randrange(len(made) + 1)
            return made[:place] + chance.choice(HOSTILE) + made[place:]
        case 3:
            return made.translate(_FOLDED)
        case 4:
            return "(" * chance.randint(1, 90) + made + ")" * chance.randint(1, 90)
        case 5:
            return "".join(chr(chance.choice([chance.randrange(128), chance.randrange(0xD7FF)])) for _ in range(20))
        case 6 | 7:
            return made
    meant = chance.choice(_MEANT[language]).split(" ")
    for _ in range(chance.choice([0, 1, 1, 2, 4])):
        place = chance.randrange(len(meant))
        other = chance.choice([[], [chance.choice(words)], [meant[place]] * 2])
        meant[place : place + chance.choice([0, 1, 1, 2])] = other
        meant = meant or [""]
    return " ".join(meant)


def value(chance: random.Random, depth: int = 0) -> Any:
    """Return something JSON can hold, of names and words that filters have."""
    plain = (
        None, True, 0, -1, 1.5, 1e308, "", "x", MARK, "2025-01-01", "\ud800", "a", "name", "place", 10**400,
        *HOSTILE[:12],
    )  # fmt: skip
    if depth > 3 or chance.random() < 0.4:
        return chance.choice(plain)
    if chance.random() < 0.4:
        return [value(chance, depth + 1) for _ in range(chance.randint(0, 4))]
    keys = (
        "op", "args", "property", "date", "timestamp", "bbox", "type", "coordinates", "a", "name", "opened", "place",
        "_id", "$and", "$or", "eq", "lt", "gte", "no", "\x00",
    )  # fmt: skip
    made = {chance.choice(keys): value(chance, depth + 1) for _ in range(chance.randint(0, 4))}
    if chance.random() < 0.5:
        ops = ("=", "<", "and", "or", "not", "in", "like", "between", "isNull", "s_intersects", "casei", "+", "nothing")
        made |= {
            "op": chance.choice(ops),
            "args": [{"property": chance.choice(["a", "name", "place", "none"])}, value(chance, 3)],
        }
    return made


def _json(chance: random.Random) -> str:
    if chance.random() < 0.05:
        return chance.choice(
            ["[" * 5000, '{"op":' * 3000, "{", "nul", '"', "[1,]", "1e400", '{"op": "and", "args": [' * 60]
        )
    made = json.dumps(value(chance))
    return made if chance.random() < 0.9 else made[: chance.randrange(len(made) + 1)]


def _soql(chance: random.Random) -> Query:
    named = (
        "$query",
        "$where",
        "$select",
        "$order",
        "$group",
        "$having",
        "$q",
        "$limit",
        "name",
        "a",
        "place",
        "having",
    )
    count = 1 if chance.random() < 0.7 else chance.randint(2, 5)
    texts = [text("soql", chance) for _ in range(count)]
    pairs = [("$query" if one.startswith("select ") else chance.choice(named), one) for one in texts]
    return read_parameters(pairs, ALL)


def _sql(chance: random.Random) -> Query:
    made = text("sql", chance)
    if chance.random() < 0.4:
        wraps = ("select {} from x", "select a from x where {}", "select a from x order by {}")
        made = chance.choice(wraps).replace("{}", made)
    return compile_select(read_sql(made), COLUMNS, rows=1000)


def _search(chance: random.Random) -> Query:
    names = ("filters", "q", "full_text", "sort", "fields", "limit", "offset", "distinct", "plain", "records_format")
    given = {
        name: chance.choice([value(chance), _json(chance), text("search", chance)])
        for name in chance.sample(names, chance.randint(1, 3))
    }
    return read_search({"resource_id": "x", **given}, COLUMNS).query


def _items(parameter: str, chance: random.Random) -> Query:
    return asked.read([("filter", parameter)], ALL, ZONE).query


def _cql2_text(chance: random.Random) -> Query:
    return _items(text("cql2", chance), chance)


def _cql2_json(chance: random.Random) -> Query:
    pairs = [("filter", _json(chance)), ("filter-lang", "cql2-json")]
    return asked.read(pairs, ALL, ZONE).query


def _contract(chance: random.Random) -> None:
    contract_files.read(text("toml", chance))


def _range(chance: random.Random) -> None:
    part = ranges.asked(text("range", chance), chance.choice([0, 1, 10, 10**12]))
    assert part is None or (part[0] >= 0 and part[1] > 0)


def _catalogue(chance: random.Random) -> None:
    searching.test(text("search", chance))


LANGUAGES: Mapping[str, Callable[[random.Random], Query | None]] = {
    "SoQL": _soql,
    "CKAN’s SQL": _sql,
    "CKAN’s parameters": _search,
    "CKAN’s catalogue search": _catalogue,
    "CQL2 text": _cql2_text,
    "CQL2 JSON": _cql2_json,
    "contracts": _contract,
    "Range": _range,
}


def put(language: str, seed: int) -> tuple[bool, Query | None]:
    """Put a question; return whether it was read, and the query that came of it. Whatever is no refusal is raised."""
    try:
        query = LANGUAGES[language](random.Random(seed))
    except REFUSALS as refusal:
        assert str(refusal) or refusal.args or isinstance(refusal, ranges.Unsatisfiable)
        return False, None
    if query is not None:
        strange = {field.name for field in _fields(query)} - NAMES
        assert not strange, f"it names {strange}"
    return True, query


def _fields(query: Query) -> Iterable[Field]:
    roots = (
        *(item.expression for item in query.items), *query.group, *(key.expression for key in query.order),
        *(each for each in (query.where, query.having) if each is not None),
    )  # fmt: skip
    return (each for root in roots for each in walk(root) if isinstance(each, Field))
