"""SoQL's functions and operators, made of the kernel's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from cityhall.kernel.analytics.building import call, read_text
from cityhall.kernel.analytics.columns import Type
from cityhall.kernel.analytics.errors import NoSuchFunction, TypeMismatch
from cityhall.kernel.analytics.functions import Function as F
from cityhall.kernel.analytics.query import Expression, Literal

Make = Callable[..., Expression]

TYPES: Final = {
    "text": Type.TEXT,
    "number": Type.NUMBER,
    "double": Type.NUMBER,
    "checkbox": Type.BOOLEAN,
    "boolean": Type.BOOLEAN,
    "floating_timestamp": Type.TIMESTAMP,
    "calendar_date": Type.TIMESTAMP,
    "fixed_timestamp": Type.INSTANT,
    "point": Type.POINT,
    "url": Type.TEXT,
}
_CASTS: Final = {
    Type.TEXT: F.TO_TEXT,
    Type.NUMBER: F.TO_NUMBER,
    Type.BOOLEAN: F.TO_BOOLEAN,
    Type.TIMESTAMP: F.TO_TIMESTAMP,
    Type.INSTANT: F.TO_INSTANT,
}
_SIMPLE: Final = {
    "or": F.OR,
    "and": F.AND,
    "not": F.NOT,
    "=": F.EQ,
    "<>": F.NE,
    "<": F.LT,
    "<=": F.LE,
    ">": F.GT,
    ">=": F.GE,
    "+": F.ADD,
    "*": F.MULTIPLY,
    "/": F.DIVIDE,
    "%": F.MODULO,
    "^": F.POWER,
    "||": F.CONCAT,
    "in": F.IN,
    "between": F.BETWEEN,
    "like": F.LIKE,
    "is_null": F.IS_NULL,
    "abs": F.ABS,
    "ceil": F.CEIL,
    "floor": F.FLOOR,
    "round": F.ROUND,
    "ln": F.LN,
    "upper": F.UPPER,
    "lower": F.LOWER,
    "unaccent": F.UNACCENT,
    "starts_with": F.STARTS_WITH,
    "contains": F.CONTAINS,
    "substring": F.SUBSTRING,
    "split_part": F.SPLIT_PART,
    "case": F.CASE,
    "coalesce": F.COALESCE,
    "nullif": F.NULLIF,
    "least": F.LEAST,
    "greatest": F.GREATEST,
    "date_extract_y": F.YEAR,
    "date_extract_m": F.MONTH,
    "date_extract_d": F.DAY,
    "date_extract_hh": F.HOUR,
    "date_extract_mm": F.MINUTE,
    "date_extract_ss": F.SECOND,
    "date_extract_dow": F.DAY_OF_WEEK,
    "date_extract_woy": F.WEEK,
    "date_extract_iso_y": F.ISO_YEAR,
    "date_diff_d": F.DAYS_BETWEEN,
    "to_floating_timestamp": F.LOCAL_TIME,
    "within_circle": F.WITHIN_CIRCLE,
    "within_box": F.WITHIN_BOX,
    "within_polygon": F.WITHIN_POLYGON,
    "intersects": F.WITHIN_POLYGON,
    "distance_in_meters": F.DISTANCE,
    "count(*)": F.COUNT_ALL,
    "count": F.COUNT,
    "count_distinct": F.COUNT_DISTINCT,
    "sum": F.SUM,
    "avg": F.AVG,
    "median": F.MEDIAN,
    "stddev_pop": F.STDDEV_POP,
    "stddev_samp": F.STDDEV_SAMP,
    "min": F.MIN,
    "max": F.MAX,
    "regr_slope": F.REGR_SLOPE,
    "regr_intercept": F.REGR_INTERCEPT,
    "regr_r2": F.REGR_R2,
}


def apply(name: str, arguments: Sequence[Expression]) -> Expression:
    """Return a function or an operator of arguments. Raises NoSuchFunction, TypeMismatch, NotGrouped."""
    if name.startswith("::"):
        return _cast(name[2:], arguments[0])
    if name in _SIMPLE:
        return call(_SIMPLE[name], *arguments)
    made = _MADE.get(name)
    if made is None:
        raise NoSuchFunction(name)
    least, most, make = made
    if not least <= len(arguments) <= most:
        raise TypeMismatch(f"{name} cannot take {len(arguments)} arguments.", function=name)
    return make(*arguments)


def _cast(name: str, argument: Expression) -> Expression:
    wanted = TYPES.get(name)
    if wanted is None:
        raise TypeMismatch(f"There is no type {name!r}. The types are: {', '.join(TYPES)}.", type=name)
    if argument.type is wanted:
        return argument
    if isinstance(argument, Literal) and (argument.value is None or isinstance(argument.value, str)):
        try:
            return Literal(None if argument.value is None else read_text(argument.value, wanted), wanted)
        except ValueError as error:
            raise TypeMismatch(f"{argument.value!r} is not a {name}.", type=name) from error
    if wanted not in _CASTS:
        raise TypeMismatch(f"{argument.type.value} cannot become {name}.", type=name)
    return call(_CASTS[wanted], argument)


def _minus(*arguments: Expression) -> Expression:
    if len(arguments) == 2:
        return call(F.SUBTRACT, *arguments)
    only = arguments[0]
    if isinstance(only, Literal) and isinstance(only.value, (int, float)) and only.type is Type.NUMBER:
        return Literal(-only.value, Type.NUMBER)
    return call(F.NEGATE, only)


def _iif(condition: Expression, then: Expression, otherwise: Expression) -> Expression:
    return call(F.CASE, condition, then, Literal(True, Type.BOOLEAN), otherwise)


def _caseless(function: F, *, negated: bool = False) -> Make:
    def make(*arguments: Expression) -> Expression:
        made = call(function, *(call(F.UPPER, argument) for argument in arguments))
        return call(F.NOT, made) if negated else made

    return make


def _truncated(function: F) -> Make:
    """Return a function of a timestamp, or of an instant and the zone in which its day begins."""

    def make(moment: Expression, zone: Expression | None = None) -> Expression:
        return call(function, moment if zone is None else call(F.LOCAL_TIME, moment, zone))

    return make


_MADE: Final[dict[str, tuple[int, int, Make]]] = {
    "-": (1, 2, _minus),
    "iif": (3, 3, _iif),
    "caseless_eq": (2, 2, _caseless(F.EQ)),
    "caseless_ne": (2, 2, _caseless(F.NE)),
    "caseless_starts_with": (2, 2, _caseless(F.STARTS_WITH)),
    "caseless_contains": (2, 2, _caseless(F.CONTAINS)),
    "caseless_one_of": (2, 1000, _caseless(F.IN)),
    "caseless_not_one_of": (2, 1000, _caseless(F.IN, negated=True)),
    "date_trunc_y": (1, 2, _truncated(F.TRUNC_YEAR)),
    "date_trunc_ym": (1, 2, _truncated(F.TRUNC_MONTH)),
    "date_trunc_ymd": (1, 2, _truncated(F.TRUNC_DAY)),
}
