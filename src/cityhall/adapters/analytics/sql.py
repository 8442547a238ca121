"""Writes the query tree as SQL. Every value is a parameter; every name is a known column, quoted.

`Sql` spells as DuckDB does; an engine that spells otherwise says so in a class of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar, Final

import shapely

from cityhall.adapters.analytics import geometry
from cityhall.kernel.analytics.columns import HEAD, ID, PLACES, POSITION, TABLE, Column, Type
from cityhall.kernel.analytics.errors import QueryError
from cityhall.kernel.analytics.functions import Function as F
from cityhall.kernel.analytics.query import Call, Expression, Field, Item, Literal, Order, Query, is_aggregate, walk

Parameter = str | float | bool | datetime

_STORED: Final = {
    Type.TEXT: "VARCHAR",
    Type.URL: "VARCHAR",
    Type.NUMBER: "DOUBLE",
    Type.BOOLEAN: "BOOLEAN",
    Type.TIMESTAMP: "TIMESTAMP",
    Type.INSTANT: "TIMESTAMP",
}
_ISO: Final = "'%Y-%m-%dT%H:%M:%S.%g'"
_DAY: Final = 86400
_LONGEST: Final = 1_000_000
# {0}, {1}: the arguments; {all}: all of them with commas. Arithmetic is done in doubles, and gives null where it has no
# result, so that one odd row does not end a query.
_TEMPLATES: Final = {
    F.NOT: "NOT {0}",
    F.AND: "{0} AND {1}",
    F.OR: "{0} OR {1}",
    F.EQ: "{0} = {1}",
    F.NE: "{0} <> {1}",
    F.LT: "{0} < {1}",
    F.LE: "{0} <= {1}",
    F.GT: "{0} > {1}",
    F.GE: "{0} >= {1}",
    F.BETWEEN: "{0} BETWEEN {1} AND {2}",
    F.LIKE: r"{0} LIKE {1} ESCAPE '\'",
    F.NEGATE: "-CAST({0} AS DOUBLE)",
    F.ADD: "CAST({0} AS DOUBLE) + CAST({1} AS DOUBLE)",
    F.SUBTRACT: "CAST({0} AS DOUBLE) - CAST({1} AS DOUBLE)",
    F.MULTIPLY: "CAST({0} AS DOUBLE) * CAST({1} AS DOUBLE)",
    F.DIVIDE: "CAST({0} AS DOUBLE) / nullif(CAST({1} AS DOUBLE), 0)",
    F.MODULO: "CAST({0} AS DOUBLE) % nullif(CAST({1} AS DOUBLE), 0)",
    F.POWER: "pow(CAST({0} AS DOUBLE), CAST({1} AS DOUBLE))",
    F.ABS: "abs(CAST({0} AS DOUBLE))",
    F.CEIL: "ceil(CAST({0} AS DOUBLE))",
    F.FLOOR: "floor(CAST({0} AS DOUBLE))",
    F.LN: "CASE WHEN {0} > 0 THEN ln(CAST({0} AS DOUBLE)) END",
    F.TO_NUMBER: "CASE WHEN isfinite(TRY_CAST({0} AS DOUBLE)) THEN TRY_CAST({0} AS DOUBLE) END",
    F.TO_BOOLEAN: "TRY_CAST({0} AS BOOLEAN)",
    F.TO_TIMESTAMP: "CASE WHEN isfinite(TRY_CAST({0} AS TIMESTAMP)) THEN TRY_CAST({0} AS TIMESTAMP) END",
    F.TO_INSTANT: "{0}",
    F.LOCAL_TIME: "timezone({1}, timezone('UTC', {0}))",
    F.CONCAT: "{0} || {1}",
    F.UPPER: "upper({0})",
    F.LOWER: "lower({0})",
    F.STARTS_WITH: "starts_with({0}, {1})",
    F.CONTAINS: "contains({0}, {1})",
    F.SPLIT_PART: "split_part({0}, {1}, CAST({2} AS BIGINT))",
    F.COALESCE: "coalesce({all})",
    F.NULLIF: "nullif({0}, {1})",
    F.LEAST: "least({all})",
    F.GREATEST: "greatest({all})",
    F.TRUNC_YEAR: "CAST(date_trunc('year', {0}) AS TIMESTAMP)",
    F.TRUNC_MONTH: "CAST(date_trunc('month', {0}) AS TIMESTAMP)",
    F.TRUNC_DAY: "CAST(date_trunc('day', {0}) AS TIMESTAMP)",
    F.YEAR: "year({0})",
    F.MONTH: "month({0})",
    F.DAY: "day({0})",
    F.HOUR: "hour({0})",
    F.MINUTE: "minute({0})",
    F.SECOND: "second({0})",
    F.DAY_OF_WEEK: "dayofweek({0})",
    F.WEEK: "weekofyear({0})",
    F.ISO_YEAR: "isoyear({0})",
    F.DAYS_BETWEEN: f"trunc((epoch({{0}}) - epoch({{1}})) / {_DAY})",
    F.COUNT_ALL: "count(*)",
    F.SUM: "CAST(sum({0}) AS DOUBLE)",
    F.AVG: "avg({0})",
    F.MEDIAN: "median({0})",
    F.STDDEV_POP: "stddev_pop({0})",
    F.STDDEV_SAMP: "stddev_samp({0})",
    F.MIN: "min({0})",
    F.MAX: "max({0})",
    F.REGR_SLOPE: "regr_slope({0}, {1})",
    F.REGR_INTERCEPT: "regr_intercept({0}, {1})",
    F.REGR_R2: "regr_r2({0}, {1})",
}
_SPECIAL: Final[Mapping[F, str]] = {
    F.IN: "_in",
    F.CASE: "_case",
    F.IS_NULL: "_of_presence",
    F.COUNT: "_of_presence",
    F.COUNT_DISTINCT: "_count_distinct",
    F.UNACCENT: "_unaccent",
    F.ROUND: "_round",
    F.TO_TEXT: "_to_text",
    F.SUBSTRING: "_substring",
    F.LONGITUDE: "_degrees",
    F.LATITUDE: "_degrees",
    F.DISTANCE: "_distance",
    F.WITHIN_CIRCLE: "_within_circle",
    F.WITHIN_BOX: "_within_box",
    F.WITHIN_POLYGON: "_within_polygon",
}


class Sql:
    """One query as SQL: `text` with the parameters `$1`, `$2`, ... of `parameters`.

    Args:
        searched: columns that the query's words are looked for in.
        areas: takes a polygon and returns the key by which the SQL function `in_area(lon, lat, key)` knows it.
        limit: of rows, where the query's own is not smaller.
        heads: how many rows the tables have that hold the first rows by a column, descending; by its name.
    """

    templates: ClassVar[Mapping[F, str]] = _TEMPLATES
    special: ClassVar[Mapping[F, str]] = _SPECIAL
    """Names of the methods that write what no template can."""
    stored: ClassVar[Mapping[Type, str]] = _STORED
    position: str = "r.rowid"
    """The place of a row in the table, whose order is that of `:id`: a number, and so far cheaper than the id."""
    keeps_order: ClassVar = True
    """Whether rows come in the order in which they are stored when no other is asked for."""

    def __init__(
        self,
        query: Query,
        *,
        searched: Sequence[Column],
        areas: Callable[[shapely.Geometry], int],
        limit: int | None,
        heads: Mapping[str, int] = MappingProxyType({}),
        places: Collection[str] = (),
        table: str = TABLE,
    ) -> None:
        self._asked = table
        self._heads = heads
        self._by_place = places  # columns of which the file has a table where neighbours stand together
        self.parameters: list[Parameter] = []
        self.hidden: list[str] = []  # columns after the answer's, only to order by
        self._places: dict[tuple[type, Parameter], str] = {}
        self._areas = areas
        self.text = self._query(query, searched, limit)

    def _query(self, query: Query, searched: Sequence[Column], limit: int | None) -> str:
        table = self._table(query, limit)
        items = [
            f"{self.expression(item.expression)} AS {name}"
            for item, name in zip(query.items, self._names(query.items), strict=True)
        ]
        conditions = [self.expression(query.where)] if query.where is not None else []
        conditions += self._search(query.search, searched)
        order = self._order(query)
        items += self.hidden
        if query.limit is not None:
            limit = query.limit if limit is None else min(limit, query.limit)
        offset = query.offset
        if offset and not order and not conditions and not query.is_grouped:
            conditions.append(f"{self.position} >= {self.parameter(offset)}")
            offset = 0
        # Only quoted names, placeholders and our own templates go into the text.
        parts = [f"SELECT {'DISTINCT ' if query.distinct else ''}{', '.join(items)} FROM {table} AS r"]  # noqa: S608  (see above)
        if conditions:
            parts.append("WHERE " + " AND ".join(conditions))
        if query.group:
            parts.append("GROUP BY " + ", ".join(key for each in query.group for key in self._keys(each)))
        if query.having is not None:
            parts.append("HAVING " + self.expression(query.having))
        if order:
            parts.append("ORDER BY " + ", ".join(order))
        if limit is not None:
            parts.append(f"LIMIT {self.count(limit)}")
        if offset:
            parts.append(f"OFFSET {self.count(offset)}")
        return " ".join(parts)

    def _only_place(self, query: Query) -> str:
        """Return the column that groups of rows are all about, where its neighbours stand together."""
        if not query.is_grouped or query.search or not self._by_place:
            return ""
        asked = [*(item.expression for item in query.items), *query.group, *(key.expression for key in query.order)]
        asked += [one for one in (query.where, query.having) if one is not None]
        parts = [part for one in asked for part in walk(one)]
        names = {part.name for part in parts if isinstance(part, Field)}
        # A polygon's function stays where it is given few rows at a time: in a join with these the engine crashed.
        is_plain = not any(isinstance(part, Call) and part.function is F.WITHIN_POLYGON for part in parts)
        return names.pop() if is_plain and len(names) == 1 and names <= set(self._by_place) else ""

    def _table(self, query: Query, limit: int | None) -> str:
        """Return the table to read: for `rows` another, where it has all that is asked for."""
        if self._asked != TABLE:
            return self.quoted(self._asked)
        if place := self._only_place(query):
            return self.quoted(PLACES + place)
        most = min((one for one in (query.limit, limit) if one is not None), default=None)
        whole = query.where is None and not query.search and not query.distinct and not query.is_grouped
        if not whole or most is None or len(query.order) != 1:
            return TABLE
        [key] = query.order
        if not isinstance(key.expression, Field) or not key.descending or key.nulls_first is False:
            return TABLE
        if query.offset + most > self._heads.get(key.expression.name, 0):
            return TABLE
        self.position = f"r.{self.quoted(POSITION)}"
        return self.quoted(HEAD + key.expression.name)

    def _order(self, query: Query) -> list[str]:
        """Return keys that make the order of rows whole; none for the order in which they are stored."""
        asked = [key for key in query.order if not is_constant(key.expression)]
        if query.distinct:
            named = {item.expression: place for place, item in enumerate(query.items, start=1)}
            keys = [direction(str(named[key.expression]), key) for key in asked]
            used = {key.expression for key in asked}
            rest = [item for item in query.items if item.expression not in used]
            return keys + [f"{named[item.expression]} NULLS LAST" for item in rest]
        if query.is_grouped:
            keys = [direction(self.expression(key.expression), key) for key in asked]
            return keys + [f"{key} NULLS LAST" for each in query.group for key in self._keys(each)]
        keys = []
        for key in asked:
            if isinstance(key.expression, Field) and key.expression.name == ID:
                if keys or key.descending:
                    return [*keys, f"{self.position}{' DESC' if key.descending else ''}"]
                break
            keys.append(direction(self.expression(key.expression), key))
        return [*keys, self.position] if keys or not self.keeps_order else []

    def _names(self, items: Sequence[Item]) -> list[str]:
        """Return what the columns of the answer are called."""
        return [self.quoted(item.name) for item in items]

    def _keys(self, expression: Expression) -> list[str]:
        if isinstance(expression, Field):
            return [f"r.{self.quoted(name)}" for name in Column(expression.name, expression.type).stored]
        written = self.expression(expression)
        # A parameter alone can be no key; a function of it can.
        return [f"coalesce({written})" if is_constant(expression) else written]

    def _search(self, words: Sequence[str], columns: Sequence[Column]) -> list[str]:
        if not words:
            return []
        if not columns:
            return ["FALSE"]
        text = ", ".join(f"r.{self.quoted(column.name)}" for column in columns)
        plain = self.without_accents(f"lower(concat_ws(' ', {text}))")
        return [f"contains({plain}, {self.parameter(word)})" for word in words]

    def quoted(self, name: str) -> str:
        """Return a name in quotation marks."""
        return '"' + name.replace('"', '""') + '"'

    def count(self, number: int) -> str:
        """Return how many rows are taken or left out."""
        return self.parameter(number)

    def placeholder(self, number: int) -> str:
        """Return what stands for a parameter."""
        return f"${number}"

    def without_accents(self, text: str) -> str:
        """Return a text in plain letters."""
        return f"strip_accents({text})"

    def point(self, lon: str, lat: str) -> str:
        """Return a point of its two degrees."""
        return f"struct_pack(lon := {lon}, lat := {lat})"

    def parameter(self, value: Parameter) -> str:
        """Return the placeholder of a value. Equal values share one, so that equal expressions stay equal as SQL."""
        if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
            value = int(value)
        key = (type(value), value)
        if key not in self._places:
            self.parameters.append(value)
            self._places[key] = self.placeholder(len(self.parameters))
        return self._places[key]

    def expression(self, expression: Expression) -> str:
        """Return SQL that can stand anywhere."""
        if isinstance(expression, Field):
            return self._field(expression)
        if isinstance(expression, Literal):
            return self._literal(expression)
        written = f"({self._call(expression)})"
        if len(written) > _LONGEST:  # what is written twice grows twofold with each function around it
            raise QueryError("The query is nested too deeply.")
        return written

    def _field(self, field: Field) -> str:
        if field.type is not Type.POINT:
            return f"r.{self.quoted(field.name)}"
        lon, lat = self._coordinates(field)
        return f"(CASE WHEN {lon} IS NOT NULL THEN {self.point(lon, lat)} END)"

    def _literal(self, literal: Literal) -> str:
        if literal.type is Type.POINT:
            return self.point(*self._coordinates(literal))
        if literal.value is None or isinstance(literal.value, tuple):
            return f"CAST(NULL AS {self.stored[literal.type]})"
        return self.moment(literal.value) if isinstance(literal.value, datetime) else self.parameter(literal.value)

    def moment(self, value: datetime) -> str:
        """Return a time."""
        return self.parameter(value)

    def _coordinates(self, point: Expression) -> tuple[str, str]:
        if isinstance(point, Field):
            lon, lat = Column(point.name, point.type).stored
            return f"r.{self.quoted(lon)}", f"r.{self.quoted(lat)}"
        value = point.value if isinstance(point, Literal) else None
        if not isinstance(value, tuple):
            return "CAST(NULL AS DOUBLE)", "CAST(NULL AS DOUBLE)"
        return f"CAST({self.parameter(value[0])} AS DOUBLE)", f"CAST({self.parameter(value[1])} AS DOUBLE)"

    def _call(self, call: Call) -> str:
        special = self.special.get(call.function)
        if special is not None:
            written: str = getattr(self, special)(call)
            return written
        given = [self.expression(argument) for argument in call.arguments]
        return self.templates[call.function].format(*given, all=", ".join(given))

    def _in(self, call: Call) -> str:
        first, *rest = [self.expression(argument) for argument in call.arguments]
        return f"{first} IN ({', '.join(rest)})"

    def _case(self, call: Call) -> str:
        written = [self.expression(argument) for argument in call.arguments]
        whens = " ".join(f"WHEN {a} THEN {b}" for a, b in zip(written[::2], written[1::2], strict=True))
        return f"CASE {whens} END"

    def _of_presence(self, call: Call) -> str:
        """Write what only asks whether there is a value; of a point, its longitude tells."""
        argument = call.arguments[0]
        written = self._coordinates(argument)[0] if argument.type is Type.POINT else self.expression(argument)
        return f"{written} IS NULL" if call.function is F.IS_NULL else f"count({written})"

    def _count_distinct(self, call: Call) -> str:
        return f"count(DISTINCT {self.expression(call.arguments[0])})"

    def _unaccent(self, call: Call) -> str:
        return self.without_accents(self.expression(call.arguments[0]))

    def _round(self, call: Call) -> str:
        number, *digits = [self.expression(argument) for argument in call.arguments]
        return f"round(CAST({number} AS DOUBLE), CAST({digits[0] if digits else '0'} AS INTEGER))"

    def _to_text(self, call: Call) -> str:
        argument = call.arguments[0]
        written = self.expression(argument)
        if argument.type is Type.NUMBER:
            return (
                f"CASE WHEN abs({written}) < 1e15 AND {written} = floor({written}) "
                f"THEN CAST(CAST({written} AS BIGINT) AS VARCHAR) ELSE CAST({written} AS VARCHAR) END"
            )
        if argument.type is Type.BOOLEAN:
            return f"CASE WHEN {written} THEN 'true' WHEN NOT {written} THEN 'false' END"
        if argument.type is Type.TIMESTAMP:
            return f"strftime({written}, {_ISO})"
        return f"strftime({written}, {_ISO}) || 'Z'" if argument.type is Type.INSTANT else written

    def _substring(self, call: Call) -> str:
        """Write PostgreSQL's substring: places before the first count, and hold nothing."""
        text, start, *length = [self.expression(argument) for argument in call.arguments]
        begin = f"greatest(CAST({start} AS BIGINT), 1)"
        if not length:
            return f"substring({text}, {begin})"
        shown = f"greatest(CAST({length[0]} AS BIGINT) + least(CAST({start} AS BIGINT) - 1, 0), 0)"
        return f"substring({text}, {begin}, {shown})"

    def _degrees(self, call: Call) -> str:
        lon, lat = self._coordinates(call.arguments[0])
        return lon if call.function is F.LONGITUDE else lat

    def _distance(self, call: Call) -> str:
        lon, lat = self._coordinates(call.arguments[0])
        other_lon, other_lat = self._coordinates(call.arguments[1])
        return _haversine(lon, lat, other_lon, other_lat)

    def _within_circle(self, call: Call) -> str:
        latitude, longitude, metres = numbers(call.arguments[1:])
        lon, lat = self._coordinates(call.arguments[0])
        around = self._in_box(lon, lat, geometry.box_around(latitude, longitude, metres))
        centre = self._coordinates(Literal((longitude, latitude), Type.POINT))
        return f"{around} AND {_haversine(lon, lat, *centre)} <= {self.parameter(metres)}"

    def _within_box(self, call: Call) -> str:
        north, west, south, east = numbers(call.arguments[1:])
        return self._in_box(*self._coordinates(call.arguments[0]), geometry.box(north, west, south, east))

    def _within_polygon(self, call: Call) -> str:
        text = call.arguments[1]
        area = geometry.polygon(str(text.value) if isinstance(text, Literal) else "")
        west, south, east, north = (float(edge) for edge in shapely.bounds(area))
        lon, lat = self._coordinates(call.arguments[0])
        around = self._in_box(lon, lat, geometry.Box(south, west, north, east))
        return f"{around} AND {self.in_area(lon, lat, area)}"

    def in_area(self, lon: str, lat: str, area: shapely.Geometry) -> str:
        """Return whether a place lies in an area, whose bounds have been looked at already."""
        return f"in_area({lon}, {lat}, {self.parameter(self._areas(area))})"

    def _in_box(self, lon: str, lat: str, box: geometry.Box) -> str:
        south, west, north, east = (self.parameter(edge) for edge in (box.south, box.west, box.north, box.east))
        joined = "AND" if box.west <= box.east else "OR"
        return f"{lat} >= {south} AND {lat} <= {north} AND ({lon} >= {west} {joined} {lon} <= {east})"


def numbers(arguments: Sequence[Expression]) -> list[float]:
    """Return the numbers that literals stand for."""
    return [
        float(a.value) if isinstance(a, Literal) and isinstance(a.value, (int, float)) else float("nan")
        for a in arguments
    ]


def is_constant(expression: Expression) -> bool:
    """Say whether an expression is the same for every row and group."""
    return not is_aggregate(expression) and not any(isinstance(part, Field) for part in walk(expression))


def direction(key: str, order: Order) -> str:
    """Return a key with its direction and the place of nulls."""
    first = order.descending if order.nulls_first is None else order.nulls_first
    return f"{key}{' DESC' if order.descending else ''} NULLS {'FIRST' if first else 'LAST'}"


def _haversine(lon: str, lat: str, other_lon: str, other_lat: str) -> str:
    height = f"pow(sin(radians({lat} - {other_lat}) / 2), 2)"
    width = f"pow(sin(radians({lon} - {other_lon}) / 2), 2)"
    inner = f"{height} + cos(radians({lat})) * cos(radians({other_lat})) * {width}"
    # Unlike an arc sine, this needs no bound on `inner` that would turn null into a distance.
    return f"{2 * geometry.EARTH_RADIUS} * atan2(sqrt({inner}), sqrt(greatest(0, 1 - ({inner}))))"
