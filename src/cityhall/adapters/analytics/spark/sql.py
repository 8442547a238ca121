"""Spells the query tree as Spark SQL, with the answers that DuckDB gives.

What a query may hold is written so that it means the same in Spark's ANSI mode on the JVM and in Sail: no cast that may
fail on a text, no function of one engine only, and times without a zone throughout.
"""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import ClassVar, Final

import shapely

from cityhall.adapters.analytics.geometry import Box
from cityhall.adapters.analytics.sql import Sql, direction, is_constant
from cityhall.kernel.analytics.columns import Column, Type
from cityhall.kernel.analytics.errors import CannotCompute, QueryError
from cityhall.kernel.analytics.functions import Function as F
from cityhall.kernel.analytics.query import Call, Expression, Field, Item, Literal, Query

MOST_EDGES: Final = 2_000
"""Of an area: Spark gets each as a condition of its own."""
_EXACT: Final = "4503599627370496D"
"""2^52: larger numbers have no fraction."""
_HALVES: Final = "134217729D"
"""2^27 + 1, which parts a number's digits into two halves."""
_LARGEST: Final = 2**31 - 1
"""No text is longer."""
_MOST_PLACES: Final = 11
"""The largest power of ten that half of a number's digits hold."""
_NUMERAL: Final = r"^\s*[-+]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][-+]?[0-9]+)?\s*$"
_MOMENT: Final = r"^\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?Z?)?\s*$"
_TO_MILLISECONDS: Final = "yyyy-MM-dd'T'HH:mm:ss.SSS"


class SparkSql(Sql):
    """One query as Spark SQL with the parameters `:p1`, `:p2`, ...; its columns are `c0`, `c1`, ..."""

    templates: ClassVar[Mapping[F, str]] = {
        **Sql.templates,
        F.NEGATE: "0D - CAST({0} AS DOUBLE)",
        F.DIVIDE: "CAST({0} AS DOUBLE) / nullif(CAST({1} AS DOUBLE), 0D)",
        F.MODULO: "CAST({0} AS DOUBLE) % nullif(CAST({1} AS DOUBLE), 0D)",
        # Where there is no result it is no number, and which kind of none decides how Sail sorts it.
        F.POWER: "CASE WHEN {0} = 0 AND {1} < 0 THEN CAST('Infinity' AS DOUBLE)"
        " ELSE nanvl(pow(CAST({0} AS DOUBLE), CAST({1} AS DOUBLE)), CAST('NaN' AS DOUBLE)) END",
        F.CEIL: f"CASE WHEN abs({{0}}) < {_EXACT} THEN CAST(ceil(CAST({{0}} AS DOUBLE)) AS DOUBLE) ELSE {{0}} END",
        F.FLOOR: f"CASE WHEN abs({{0}}) < {_EXACT} THEN CAST(floor(CAST({{0}} AS DOUBLE)) AS DOUBLE) ELSE {{0}} END",
        F.LOCAL_TIME: "convert_timezone('UTC', {1}, {0})",
        F.STARTS_WITH: "startswith({0}, {1})",
        F.TRUNC_YEAR: "CAST(make_date(year({0}), 1, 1) AS TIMESTAMP_NTZ)",
        F.TRUNC_MONTH: "CAST(make_date(year({0}), month({0}), 1) AS TIMESTAMP_NTZ)",
        F.TRUNC_DAY: "CAST(CAST({0} AS DATE) AS TIMESTAMP_NTZ)",
        F.DAY_OF_WEEK: "dayofweek({0}) - 1",
        F.ISO_YEAR: "year(date_add(CAST({0} AS DATE), 3 - weekday({0})))",
        F.DAYS_BETWEEN: "CAST((unix_micros(CAST({0} AS TIMESTAMP)) - unix_micros(CAST({1} AS TIMESTAMP)))"
        " / 86400000000D AS BIGINT)",
        F.SUM: "sum(CAST({0} AS DOUBLE))",
        F.AVG: "avg(CAST({0} AS DOUBLE))",
        F.MEDIAN: "median(CAST({0} AS DOUBLE))",
    }
    special: ClassVar[Mapping[F, str]] = {
        **Sql.special,
        F.LIKE: "_like",
        F.TO_NUMBER: "_to_number",
        F.TO_BOOLEAN: "_to_boolean",
        F.TO_TIMESTAMP: "_to_timestamp",
        F.SPLIT_PART: "_split_part",
        F.REGR_SLOPE: "_regression",
        F.REGR_INTERCEPT: "_regression",
        F.REGR_R2: "_regression",
        F.LEAST: "_least_or_greatest",
        F.GREATEST: "_least_or_greatest",
    }
    stored: ClassVar[Mapping[Type, str]] = {
        Type.TEXT: "STRING",
        Type.URL: "STRING",
        Type.NUMBER: "DOUBLE",
        Type.BOOLEAN: "BOOLEAN",
        Type.TIMESTAMP: "TIMESTAMP_NTZ",
        Type.INSTANT: "TIMESTAMP_NTZ",
    }
    position = "r.`:id`"
    keeps_order: ClassVar = False

    def __init__(self, query: Query, *, searched: Sequence[Column], limit: int | None) -> None:
        self._shown = len(query.items)
        super().__init__(query, searched=searched, areas=lambda _area: 0, limit=limit)

    def _names(self, items: Sequence[Item]) -> list[str]:
        return [f"c{place}" for place in range(len(items))]

    def _order(self, query: Query) -> list[str]:
        """Return the keys. What is computed is named by the number of its column: Sail sorts safely by nothing else."""
        if query.distinct:
            return super()._order(query)
        places = {item.expression: str(place) for place, item in enumerate(query.items, start=1)}
        asked = [key for key in query.order if not is_constant(key.expression)]
        keys = [direction(self._key(key.expression, places, query), key) for key in asked]
        if not query.is_grouped:
            return [*keys, self.position]
        last = [key for each in query.group if not is_constant(each) for key in self._group_keys(each, places)]
        return keys + [f"{key} NULLS LAST" for key in last]

    def _key(self, expression: Expression, places: Mapping[Expression, str], query: Query) -> str:
        if isinstance(expression, Field) and not query.is_grouped:
            return self.expression(expression)
        return places.get(expression) or self._hide(self.expression(expression))

    def _group_keys(self, expression: Expression, places: Mapping[Expression, str]) -> list[str]:
        if expression.type is not Type.POINT and expression in places:
            return [places[expression]]
        return [self._hide(key) for key in self._keys(expression)]

    def _hide(self, written: str) -> str:
        """Return the number of a column that is made only to order by."""
        self.hidden.append(f"{written} AS h{len(self.hidden)}")
        return str(self._shown + len(self.hidden))

    def quoted(self, name: str) -> str:
        """Return a name in quotation marks."""
        return "`" + name.replace("`", "``") + "`"

    def count(self, number: int) -> str:
        """Return how many rows are taken or left out; no parameter may stand there."""
        return str(int(number))

    def placeholder(self, number: int) -> str:
        """Return what stands for a parameter."""
        return f":p{number}"

    def moment(self, value: datetime) -> str:
        """Return a time. As a parameter it would be one of the client's own zone."""
        return f"CAST({self.parameter(value.isoformat())} AS TIMESTAMP_NTZ)"

    def point(self, lon: str, lat: str) -> str:
        """Return a point of its two degrees."""
        return f"named_struct('lon', {lon}, 'lat', {lat})"

    def without_accents(self, text: str) -> str:
        """Return a text in plain letters."""
        accented, plain = _accents()
        return f"translate({text}, {self.parameter(accented)}, {self.parameter(plain)})"

    def in_area(self, lon: str, lat: str, area: shapely.Geometry) -> str:
        """Return whether a place lies in an area: a line from it to the east crosses an odd number of edges."""
        edges = [edge for ring in _rings(area) for edge in itertools.pairwise(ring)]
        if len(edges) > MOST_EDGES:
            raise QueryError(f"The area has more than {MOST_EDGES:,} corners. Simplify it, or ask for its bounds.")
        crossed = _sum([self._crossed(lon, lat, *start, *end) for start, end in edges])
        west, south, east, north = (float(edge) for edge in shapely.bounds(area))
        around = self._in_box(lon, lat, Box(south, west, north, east))
        # Within CASE, and not after AND, only the places within its bounds are looked at.
        return f"(CASE WHEN {around} THEN coalesce({crossed}, 0) % 2 = 1 WHEN {lon} IS NOT NULL THEN FALSE END)"

    def _crossed(self, lon: str, lat: str, west: float, south: float, east: float, north: float) -> str:
        """Return how often an edge is crossed, null for a place on it, which counts as outside."""
        if south > north:
            west, south, east, north = east, north, west, south
        low, high = self.parameter(south), self.parameter(north)
        if south == north:
            ends = f"{self.parameter(min(west, east))} AND {self.parameter(max(west, east))}"
            return f"CASE WHEN {lat} = {low} AND {lon} BETWEEN {ends} THEN NULL ELSE 0 END"
        line = self.parameter(west)
        if west != east:
            line = f"{line} + {self.parameter((east - west) / (north - south))} * ({lat} - {low})"
        return (
            f"CASE WHEN {lat} < {low} OR {lat} > {high} OR {lon} > {line} THEN 0"
            f" WHEN {lon} = {line} THEN NULL WHEN {lat} < {high} THEN 1 ELSE 0 END"
        )

    def _like(self, call: Call) -> str:
        """Write a pattern in which a backslash stands only before what it takes the meaning of."""
        text, pattern = call.arguments
        if isinstance(pattern, Literal) and isinstance(pattern.value, str):
            clean = re.sub(
                r"\\(.)", lambda found: found[0] if found[1] in "%_\\" else found[1], pattern.value, flags=re.S
            )
            pattern = Literal(clean, Type.TEXT)
        return f"{self.expression(text)} LIKE {self.expression(pattern)}"

    def _to_number(self, call: Call) -> str:
        written = self.expression(call.arguments[0])
        if call.arguments[0].type is Type.NUMBER:
            return f"CAST({written} AS DOUBLE)"
        return f"CASE WHEN {written} RLIKE {self.parameter(_NUMERAL)} THEN TRY_CAST(trim({written}) AS DOUBLE) END"

    def _to_boolean(self, call: Call) -> str:
        written = self.expression(call.arguments[0])
        if call.arguments[0].type is Type.BOOLEAN:
            return written
        return (
            f"CASE WHEN lower({written}) IN ('true', 't', '1', 'yes', 'y') THEN TRUE"
            f" WHEN lower({written}) IN ('false', 'f', '0', 'no', 'n') THEN FALSE END"
        )

    def _to_timestamp(self, call: Call) -> str:
        written = self.expression(call.arguments[0])
        if call.arguments[0].type is Type.TIMESTAMP:
            return written
        plain = f"replace(trim({written}), 'Z', '')"
        return f"CASE WHEN {written} RLIKE {self.parameter(_MOMENT)} THEN TRY_CAST({plain} AS TIMESTAMP_NTZ) END"

    def _to_text(self, call: Call) -> str:
        argument = call.arguments[0]
        written = self.expression(argument)
        if argument.type in (Type.TIMESTAMP, Type.INSTANT):
            text = f"date_format({written}, {self.parameter(_TO_MILLISECONDS)})"
            return f"{text} || 'Z'" if argument.type is Type.INSTANT else text
        if argument.type is Type.NUMBER:
            return self._numeral(written)
        return super()._to_text(call)

    def _numeral(self, number: str) -> str:
        """Write a number as DuckDB does: in plain digits where there are few, else with an exponent of two digits."""
        whole, text = f"TRY_CAST({number} AS BIGINT)", f"CAST({number} AS STRING)"
        plain = f"trim(TRAILING '0' FROM CAST(CAST({number} AS DECIMAL(38, 20)) AS STRING))"
        with_sign = f"regexp_replace(replace(lower({text}), '.0e', 'e'), 'e([0-9])', 'e+$1')"
        with_two = f"regexp_replace(regexp_replace({with_sign}, 'e[+]([0-9])$', 'e+0$1'), 'e-([0-9])$', 'e-0$1')"
        return (
            f"CASE WHEN abs({number}) < 1e15D AND {number} = CAST({whole} AS DOUBLE) THEN CAST({whole} AS STRING)"
            f" WHEN abs({number}) >= 1e-4D AND abs({number}) < 1e15D AND {text} LIKE '%E%' THEN {plain}"
            f" ELSE {with_two} END"
        )

    def _substring(self, call: Call) -> str:
        text, *places = [self.expression(argument) for argument in call.arguments]
        start = _whole(places[0])
        begin = f"CAST(greatest({start}, 1) AS INT)"
        if len(places) == 1:
            return f"substring({text}, {begin})"
        shown = f"CAST(greatest({_whole(places[1])} + least({start} - 1, 0), 0) AS INT)"
        return f"substring({text}, {begin}, {shown})"

    def _split_part(self, call: Call) -> str:
        text, delimiter, place = [self.expression(argument) for argument in call.arguments]
        at = _whole(place)
        part = f"split_part({text}, {delimiter}, CAST({at} AS INT))"
        there = f"{text} || {delimiter} IS NOT NULL AND {place} IS NOT NULL"
        return f"CASE WHEN {at} <> 0 THEN {part} WHEN {there} THEN '' END"

    def _least_or_greatest(self, call: Call) -> str:
        given = [self.expression(argument) for argument in call.arguments]
        return given[0] if len(given) == 1 else f"{call.function.label}({', '.join(given)})"

    def _regression(self, call: Call) -> str:
        """Write what is known of a line through points; Sail's own functions take one variable for the other."""
        y, x = [f"CAST({self.expression(argument)} AS DOUBLE)" for argument in call.arguments]
        y, x = f"(CASE WHEN {x} IS NOT NULL THEN {y} END)", f"(CASE WHEN {y} IS NOT NULL THEN {x} END)"
        together = f"covar_pop({y}, {x})"
        slope = f"(CASE WHEN min({x}) <> max({x}) THEN {together} / var_pop({x}) END)"
        if call.function is F.REGR_SLOPE:
            return slope
        if call.function is F.REGR_INTERCEPT:
            return f"avg({y}) - {slope} * avg({x})"
        fit = f"{together} / var_pop({x}) * ({together} / var_pop({y}))"
        return f"CASE WHEN min({x}) = max({x}) THEN NULL WHEN min({y}) = max({y}) THEN 1D ELSE {fit} END"

    def _round(self, call: Call) -> str:
        """Write what rounds the number as it is stored; Spark's own rounds the shortest numeral for it."""
        number, *digits = call.arguments
        given = digits[0].value if digits and isinstance(digits[0], Literal) else 0
        if not isinstance(given, (int, float)):
            return "CAST(NULL AS DOUBLE)"
        written = f"CAST({self.expression(number)} AS DOUBLE)"
        if abs(given) >= 2**31:
            raise CannotCompute
        places = max(-400, min(400, round(given)))
        power = 10.0 ** min(308, abs(places))
        if places < 0:
            nearest = f"round({written} / {self.parameter(power)}, 0) * {self.parameter(power)}"
            return nearest if abs(places) <= 308 else f"CASE WHEN {written} IS NOT NULL THEN 0D END"
        if places > 308:
            return written
        whole, times = f"abs({written}) >= {self.parameter(math.ldexp(1.0, 52) / power)}", self.parameter(power)
        product = f"({written} * {times})"
        nearest = f"WHEN {whole} THEN {written}"
        if places <= _MOST_PLACES:
            # A product that seems to lie between two numbers may be a hair smaller; what it lost tells.
            front = f"({_HALVES} * {written} - ({_HALVES} * {written} - {written}))"
            lost = f"(({front} * {times} - {product}) + ({written} - {front}) * {times})"
            between = f"abs({product}) - floor(abs({product})) = 0.5D"
            nearest += (
                f" WHEN {between} AND {lost} * {product} < 0 THEN sign({product}) * floor(abs({product})) / {times}"
            )
        return f"CASE {nearest} ELSE round({product}, 0) / {times} END"


def _whole(number: str) -> str:
    """Return a number as a whole one, the nearest, of two the even one."""
    number = f"CAST({number} AS DOUBLE)"
    is_even = f"{number} - floor({number}) = 0.5D AND floor({number}) % 2 = 0"
    large = f"{number} > {_LARGEST} AND {number} < 9e18D"
    return f"CASE WHEN {large} THEN {_LARGEST} WHEN {is_even} THEN floor({number}) ELSE floor({number} + 0.5D) END"


def _sum(terms: Sequence[str]) -> str:
    """Return a sum that is nested no deeper than it must be."""
    if len(terms) <= 2:
        return " + ".join(f"({term})" for term in terms) or "0"
    half = len(terms) // 2
    return f"({_sum(terms[:half])}) + ({_sum(terms[half:])})"


def _rings(area: shapely.Geometry) -> list[list[tuple[float, float]]]:
    """Return the outlines of an area and of its holes."""
    polygons = [part for part in shapely.get_parts(area, return_index=False) if part.geom_type == "Polygon"]
    rings = [ring for polygon in polygons for ring in (polygon.exterior, *polygon.interiors)]
    return [[(float(x), float(y)) for x, y in shapely.get_coordinates(ring)] for ring in rings]


@cache
def _accents() -> tuple[str, str]:
    """Return letters with accents, and the plain letter of each in the same place."""
    pairs = {}
    for code in range(0xC0, 0x2000):
        plain = "".join(c for c in unicodedata.normalize("NFD", chr(code)) if not unicodedata.combining(c))
        if len(plain) == 1 and plain != chr(code):
            pairs[chr(code)] = plain
    return "".join(pairs), "".join(pairs.values())
