"""PostgreSQL's functions, operators and types, made of SoQL's where these mean the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from cityhall.apps.opendata.soql import functions as soql
from cityhall.kernel.analytics.building import call
from cityhall.kernel.analytics.columns import Type
from cityhall.kernel.analytics.errors import NoSuchFunction, TypeMismatch
from cityhall.kernel.analytics.functions import Function as F
from cityhall.kernel.analytics.query import Expression, Literal

_SAME: Final = frozenset(
    {
        "or", "and", "not", "=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "^", "||",
        "in", "between", "like", "is_null", "case", "abs", "ceil", "floor", "round", "ln", "upper", "lower", "unaccent",
        "starts_with", "substring", "split_part", "coalesce", "nullif", "least", "greatest",
        "count(*)", "count", "count_distinct", "sum", "avg", "min", "max",
        "stddev_pop", "stddev_samp", "regr_slope", "regr_intercept", "regr_r2",
    }
)  # fmt: skip
"""What SoQL calls the same and means the same by."""
_CALLED: Final = {
    "ceiling": "ceil", "power": "^", "pow": "^", "mod": "%", "stddev": "stddev_samp", "substr": "substring",
}  # fmt: skip
_TYPES: Final = {
    "text": "text", "varchar": "text", "character varying": "text", "char": "text", "character": "text",
    "numeric": "number", "decimal": "number", "real": "number", "float": "number", "float4": "number",
    "float8": "number", "double precision": "number",
    "boolean": "boolean", "bool": "boolean",
    "timestamp": "floating_timestamp", "timestamp without time zone": "floating_timestamp",
    "timestamptz": "fixed_timestamp", "timestamp with time zone": "fixed_timestamp",
}  # fmt: skip
_WHOLE: Final = frozenset({"int", "integer", "int2", "int4", "int8", "smallint", "bigint"})
_TRUNCATED: Final = {"year": F.TRUNC_YEAR, "month": F.TRUNC_MONTH, "day": F.TRUNC_DAY}
_PARTS: Final = {
    "year": F.YEAR, "month": F.MONTH, "day": F.DAY, "hour": F.HOUR, "minute": F.MINUTE, "second": F.SECOND,
    "dow": F.DAY_OF_WEEK, "week": F.WEEK, "isoyear": F.ISO_YEAR,
}  # fmt: skip


def apply(name: str, arguments: Sequence[Expression]) -> Expression:
    """Return a function or an operator of arguments. Raises NoSuchFunction, TypeMismatch, NotGrouped."""
    if name.startswith("::"):
        return _cast(name[2:], arguments[0])
    name = _CALLED.get(name, name)
    if name in _SAME:
        return soql.apply(name, arguments)
    made = _MADE.get(name)
    if made is None:
        raise NoSuchFunction(name.removesuffix("(*)"))
    count, make = made
    if count is not None and len(arguments) != count:
        raise TypeMismatch(f"{name} takes {count} arguments, not {len(arguments)}.", function=name)
    return make(*arguments)


def _cast(name: str, argument: Expression) -> Expression:
    if name in _WHOLE:
        return call(F.ROUND, soql.apply("::number", [argument]))
    if name == "date":
        return call(F.TRUNC_DAY, _on_the_clock(soql.apply("::floating_timestamp", [argument])))
    wanted = _TYPES.get(name)
    if wanted is None:
        types = ", ".join((*_TYPES, *sorted(_WHOLE), "date"))
        raise TypeMismatch(f"There is no type {name!r}. The types are: {types}.", type=name)
    return soql.apply(f"::{wanted}", [argument])


def _on_the_clock(moment: Expression) -> Expression:
    """Return a moment as the time on a clock in UTC, a text that stands in the query as a time."""
    if moment.type is Type.INSTANT:
        return call(F.LOCAL_TIME, moment, Literal("UTC", Type.TEXT))
    return soql.apply("::floating_timestamp", [moment]) if isinstance(moment, Literal) else moment


def _word(name: str, argument: Expression, known: Sequence[str]) -> str:
    word = argument.value if isinstance(argument, Literal) else None
    if not isinstance(word, str) or word.lower() not in known:
        shown = repr(word)[:60] if isinstance(argument, Literal) else "an expression"
        raise TypeMismatch(f"{name} knows {', '.join(known)}, not {shown}.", function=name)
    return word.lower()


def _date_trunc(part: Expression, moment: Expression) -> Expression:
    return call(_TRUNCATED[_word("date_trunc", part, tuple(_TRUNCATED))], _on_the_clock(moment))


def _date_part(part: Expression, moment: Expression) -> Expression:
    word = _word("date_part", part, (*_PARTS, "quarter"))
    if word == "quarter":
        months = call(F.MONTH, _on_the_clock(moment))
        return call(F.CEIL, call(F.DIVIDE, months, Literal(3.0, Type.NUMBER)))
    return call(_PARTS[word], _on_the_clock(moment))


def _ilike(text: Expression, pattern: Expression) -> Expression:
    if not isinstance(pattern, Literal) or not isinstance(pattern.value, str):
        raise TypeMismatch("ILIKE takes a pattern in quotation marks.", function="ilike")
    return call(F.LIKE, call(F.LOWER, text), Literal(pattern.value.lower(), Type.TEXT))


def _concat(*arguments: Expression) -> Expression:
    """Return the arguments as one text, where what is null is nothing."""
    whole: Expression = Literal("", Type.TEXT)
    for argument in arguments:
        text = call(F.COALESCE, soql.apply("::text", [argument]), Literal("", Type.TEXT))
        whole = call(F.CONCAT, whole, text)
    return whole


_MADE: Final[dict[str, tuple[int | None, Callable[..., Expression]]]] = {
    "ilike": (2, _ilike),
    "concat": (None, _concat),
    "date_trunc": (2, _date_trunc),
    "date_part": (2, _date_part),
}
