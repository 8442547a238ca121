"""Writes the query tree as SQL. Every value is a parameter; every name is a known column, quoted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import shapely

from cityhall.adapters.analytics import geometry
from cityhall.kernel.analytics.columns import ID, TABLE, Column, Type
from cityhall.kernel.analytics.functions import Function as F
from cityhall.kernel.analytics.query import Call, Expression, Field, Literal, Order, Query, is_aggregate, walk

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
_POSITION: Final = "r.rowid"
"""The place of a row in the table, whose order is that of `:id`: a number, and so far cheaper than the id itself."""

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
    F.TO_NUMBER: "TRY_CAST({0} AS DOUBLE)",
    F.TO_BOOLEAN: "TRY_CAST({0} AS BOOLEAN)",
    F.TO_TIMESTAMP: "CASE WHEN isfinite(TRY_CAST({0} AS TIMESTAMP)) THEN TRY_CAST({0} AS TIMESTAMP) END",
    F.TO_INSTANT: "{0}",
    F.LOCAL_TIME: "timezone({1}, timezone('UTC', {0}))",
    F.CONCAT: "{0} || {1}",
    F.UPPER: "upper({0})",
    F.LOWER: "lower({0})",
    F.UNACCENT: "strip_accents({0})",
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


class Sql:
    """One query as SQL: `text` with the parameters `$1`, `$2`, ... of `parameters`.

    Args:
        searched: columns that the query's words are looked for in.
        areas: takes a polygon and returns the key by which the SQL function `in_area(lon, lat, key)` knows it.
        limit: of rows, where the query's own is not smaller.
    """

    def __init__(
        self, query: Query, *, searched: Sequence[Column], areas: Callable[[shapely.Geometry], int], limit: int | None
    ) -> None:
        self.parameters: list[Parameter] = []
        self._places: dict[tuple[type, Parameter], str] = {}
        self._areas = areas
        self.text = self._query(query, searched, limit)

    def _query(self, query: Query, searched: Sequence[Column], limit: int | None) -> str:
        items = ", ".join(f"{self.expression(item.expression)} AS {_quoted(item.name)}" for item in query.items)
        conditions = [self.expression(query.where)] if query.where is not None else []
        conditions += self._search(query.search, searched)
        order = self._order(query)
        if query.limit is not None:
            limit = query.limit if limit is None else min(limit, query.limit)
        offset = query.offset
        if offset and not order and not conditions and not query.is_grouped:
            conditions.append(f"{_POSITION} >= {self.parameter(offset)}")
            offset = 0
        # Only quoted names, placeholders and our own templates go into the text.
        parts = [f"SELECT {'DISTINCT ' if query.distinct else ''}{items} FROM {TABLE} AS r"]  # noqa: S608  (see above)
        if conditions:
            parts.append("WHERE " + " AND ".join(conditions))
        if query.group:
            parts.append("GROUP BY " + ", ".join(key for each in query.group for key in self._keys(each)))
        if query.having is not None:
            parts.append("HAVING " + self.expression(query.having))
        if order:
            parts.append("ORDER BY " + ", ".join(order))
        if limit is not None:
            parts.append(f"LIMIT {self.parameter(limit)}")
        if offset:
            parts.append(f"OFFSET {self.parameter(offset)}")
        return " ".join(parts)

    def _order(self, query: Query) -> list[str]:
        """Return keys that make the order of rows whole; none for the order in which they are stored."""
        asked = [key for key in query.order if not _is_constant(key.expression)]
        if query.distinct:
            named = {item.expression: place for place, item in enumerate(query.items, start=1)}
            keys = [_direction(str(named[key.expression]), key) for key in asked]
            used = {key.expression for key in asked}
            rest = [
                item for item in query.items if item.expression not in used and item.expression.type is not Type.POINT
            ]
            return keys + [f"{named[item.expression]} NULLS LAST" for item in rest]
        if query.is_grouped:
            keys = [_direction(self.expression(key.expression), key) for key in asked]
            return keys + [f"{key} NULLS LAST" for each in query.group for key in self._keys(each)]
        keys = []
        for key in asked:
            if isinstance(key.expression, Field) and key.expression.name == ID:
                if not keys and not key.descending:
                    return []
                return [*keys, f"{_POSITION}{' DESC' if key.descending else ''}"]
            keys.append(_direction(self.expression(key.expression), key))
        return [*keys, _POSITION] if keys else []

    def _keys(self, expression: Expression) -> list[str]:
        if isinstance(expression, Field):
            return [f"r.{_quoted(name)}" for name in Column(expression.name, expression.type).stored]
        written = self.expression(expression)
        # A parameter alone can be no key; a function of it can.
        return [f"coalesce({written})" if _is_constant(expression) else written]

    def _search(self, words: Sequence[str], columns: Sequence[Column]) -> list[str]:
        if not words:
            return []
        if not columns:
            return ["FALSE"]
        text = ", ".join(f"r.{_quoted(column.name)}" for column in columns)
        return [f"contains(strip_accents(lower(concat_ws(' ', {text}))), {self.parameter(word)})" for word in words]

    def parameter(self, value: Parameter) -> str:
        """Return the placeholder of a value. Equal values share one, so that equal expressions stay equal as SQL."""
        if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
            value = int(value)
        key = (type(value), value)
        if key not in self._places:
            self.parameters.append(value)
            self._places[key] = f"${len(self.parameters)}"
        return self._places[key]

    def expression(self, expression: Expression) -> str:
        """Return SQL that can stand anywhere."""
        if isinstance(expression, Field):
            return self._field(expression)
        if isinstance(expression, Literal):
            return self._literal(expression)
        return f"({self._call(expression)})"

    def _field(self, field: Field) -> str:
        if field.type is not Type.POINT:
            return f"r.{_quoted(field.name)}"
        lon, lat = self._coordinates(field)
        return f"(CASE WHEN {lon} IS NOT NULL THEN struct_pack(lon := {lon}, lat := {lat}) END)"

    def _literal(self, literal: Literal) -> str:
        if literal.type is Type.POINT:
            lon, lat = self._coordinates(literal)
            return f"struct_pack(lon := {lon}, lat := {lat})"
        if literal.value is None or isinstance(literal.value, tuple):
            return f"CAST(NULL AS {_STORED[literal.type]})"
        return self.parameter(literal.value)

    def _coordinates(self, point: Expression) -> tuple[str, str]:
        if isinstance(point, Field):
            lon, lat = Column(point.name, point.type).stored
            return f"r.{_quoted(lon)}", f"r.{_quoted(lat)}"
        value = point.value if isinstance(point, Literal) else None
        if not isinstance(value, tuple):
            return "CAST(NULL AS DOUBLE)", "CAST(NULL AS DOUBLE)"
        return f"CAST({self.parameter(value[0])} AS DOUBLE)", f"CAST({self.parameter(value[1])} AS DOUBLE)"

    def _call(self, call: Call) -> str:
        special = _SPECIAL.get(call.function)
        if special is not None:
            return special(self, call)
        written = [self.expression(argument) for argument in call.arguments]
        return _TEMPLATES[call.function].format(*written, all=", ".join(written))

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

    def _distance(self, call: Call) -> str:
        lon, lat = self._coordinates(call.arguments[0])
        other_lon, other_lat = self._coordinates(call.arguments[1])
        return _haversine(lon, lat, other_lon, other_lat)

    def _within_circle(self, call: Call) -> str:
        latitude, longitude, metres = _numbers(call.arguments[1:])
        lon, lat = self._coordinates(call.arguments[0])
        around = self._in_box(lon, lat, geometry.box_around(latitude, longitude, metres))
        centre = self._coordinates(Literal((longitude, latitude), Type.POINT))
        return f"{around} AND {_haversine(lon, lat, *centre)} <= {self.parameter(metres)}"

    def _within_box(self, call: Call) -> str:
        north, west, south, east = _numbers(call.arguments[1:])
        return self._in_box(*self._coordinates(call.arguments[0]), geometry.box(north, west, south, east))

    def _within_polygon(self, call: Call) -> str:
        text = call.arguments[1]
        area = geometry.polygon(str(text.value) if isinstance(text, Literal) else "")
        west, south, east, north = (float(edge) for edge in shapely.bounds(area))
        lon, lat = self._coordinates(call.arguments[0])
        around = self._in_box(lon, lat, geometry.Box(south, west, north, east))
        return f"{around} AND in_area({lon}, {lat}, {self.parameter(self._areas(area))})"

    def _in_box(self, lon: str, lat: str, box: geometry.Box) -> str:
        south, west, north, east = (self.parameter(edge) for edge in (box.south, box.west, box.north, box.east))
        joined = "AND" if box.west <= box.east else "OR"
        return f"{lat} >= {south} AND {lat} <= {north} AND ({lon} >= {west} {joined} {lon} <= {east})"


_SPECIAL: Final[dict[F, Callable[[Sql, Call], str]]] = {
    F.IN: Sql._in,
    F.CASE: Sql._case,
    F.IS_NULL: Sql._of_presence,
    F.COUNT: Sql._of_presence,
    F.COUNT_DISTINCT: Sql._count_distinct,
    F.ROUND: Sql._round,
    F.TO_TEXT: Sql._to_text,
    F.SUBSTRING: Sql._substring,
    F.DISTANCE: Sql._distance,
    F.WITHIN_CIRCLE: Sql._within_circle,
    F.WITHIN_BOX: Sql._within_box,
    F.WITHIN_POLYGON: Sql._within_polygon,
}


def _numbers(arguments: Sequence[Expression]) -> list[float]:
    return [
        float(a.value) if isinstance(a, Literal) and isinstance(a.value, (int, float)) else float("nan")
        for a in arguments
    ]


def _is_constant(expression: Expression) -> bool:
    return not is_aggregate(expression) and not any(isinstance(part, Field) for part in walk(expression))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _direction(key: str, order: Order) -> str:
    first = order.descending if order.nulls_first is None else order.nulls_first
    return f"{key}{' DESC' if order.descending else ''} NULLS {'FIRST' if first else 'LAST'}"


def _haversine(lon: str, lat: str, other_lon: str, other_lat: str) -> str:
    height = f"pow(sin(radians({lat} - {other_lat}) / 2), 2)"
    width = f"pow(sin(radians({lon} - {other_lon}) / 2), 2)"
    inner = f"{height} + cos(radians({lat})) * cos(radians({other_lat})) * {width}"
    # Unlike an arc sine, this needs no bound on `inner` that would turn null into a distance.
    return f"{2 * geometry.EARTH_RADIUS} * atan2(sqrt({inner}), sqrt(greatest(0, 1 - ({inner}))))"
