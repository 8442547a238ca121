"""Makes checked expressions: finds the signature that fits, and reads texts as the type that is wanted."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cityhall.kernel.analytics.columns import Type
from cityhall.kernel.analytics.errors import NotGrouped, QueryError, TypeMismatch
from cityhall.kernel.analytics.functions import Function
from cityhall.kernel.analytics.query import (
    Call,
    Expression,
    Field,
    Item,
    Literal,
    Order,
    Query,
    Value,
    is_aggregate,
    size,
)

_LETTERS = {
    "T": Type.TEXT,
    "N": Type.NUMBER,
    "B": Type.BOOLEAN,
    "S": Type.TIMESTAMP,
    "I": Type.INSTANT,
    "P": Type.POINT,
    "n": Type.NUMBER,
    "t": Type.TEXT,
}
_POINT = re.compile(r"\s*POINT\s*\(\s*([-+.\deE]+)[\s,]+([-+.\deE]+)\s*\)\s*", re.IGNORECASE)
_NUMBER = re.compile(r"\s*[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?\s*", re.ASCII)
_BOOLEANS = {"true": True, "t": True, "1": True, "yes": True, "false": False, "f": False, "0": False, "no": False}
_COMPARED = frozenset({Function.EQ, Function.NE, Function.LT, Function.LE, Function.GT, Function.GE})
_DEEPEST = 120
_LARGEST = 20_000
NULL = Literal(None, Type.TEXT)


def call(function: Function, *arguments: Expression) -> Call:
    """Return a function of `arguments`. Raises TypeMismatch, NotGrouped for an aggregate within an aggregate."""
    if function.is_aggregate and any(is_aggregate(argument) for argument in arguments):
        raise NotGrouped(f"{function.label} is of rows; it cannot be of another such function.")
    for lenient in (False, True):
        for signature in function.signatures:
            wanted, _, result = signature.partition(">")
            found = _fit(_letters(wanted, len(arguments)), arguments, lenient=lenient)
            if found is not None:
                fitted, types = found
                _check_text(function, fitted)
                return Call(function, fitted, types.get(result) or _LETTERS[result], _depth(fitted), _size(fitted))
    given = ", ".join(argument.type.value for argument in arguments) or "nothing"
    if function in _COMPARED and len(arguments) == 2:
        left, right = (argument.type.value for argument in arguments)
        raise TypeMismatch(f"A {left} cannot be compared with a {right}.", function=function.label)
    raise TypeMismatch(f"{function.label} cannot take {given}.", function=function.label)


def _depth(arguments: Sequence[Expression]) -> int:
    depth = 1 + max((each.depth for each in arguments if isinstance(each, Call)), default=0)
    if depth > _DEEPEST:
        raise QueryError("The query is nested too deeply.")
    return depth


def _size(expressions: Iterable[Expression]) -> int:
    whole = 1 + sum(size(each) for each in expressions)
    if whole > _LARGEST:
        raise QueryError("The query is too large: its names stand for too much.")
    return whole


def _check_text(function: Function, arguments: Sequence[Expression]) -> None:
    """Refuse a text that says nothing to its function, before an engine stumbles over it."""
    text = arguments[-1].value if arguments and isinstance(arguments[-1], Literal) else None
    if not isinstance(text, str):
        return
    if function is Function.LIKE and (len(text) - len(text.rstrip("\\"))) % 2:
        raise TypeMismatch("A pattern cannot end with a backslash alone: write two.")
    if function is Function.LOCAL_TIME:
        try:
            ZoneInfo(text)
        except (ValueError, KeyError, OSError) as error:
            raise TypeMismatch(f"There is no time zone {text!r}. Write one such as 'America/Los_Angeles'.") from error


def all_of(expressions: Sequence[Expression]) -> Expression | None:
    """Return what is true when all are, None when there are none."""
    if not expressions:
        return None
    whole = expressions[0]
    for expression in expressions[1:]:
        whole = call(Function.AND, whole, expression)
    return whole


def condition(expression: Expression) -> Expression:
    """Return an expression as a condition, which NULL is too. Raises TypeMismatch."""
    if expression == NULL:
        return Literal(None, Type.BOOLEAN)
    if expression.type is not Type.BOOLEAN:
        raise TypeMismatch(f"A condition must be true or false, but this one is {expression.type.value}.")
    return expression


def read_text(text: str, wanted: Type) -> Value:
    """Return a text as a value of a type. Raises ValueError."""
    if wanted in (Type.TEXT, Type.URL):
        return text
    if wanted is Type.BOOLEAN:
        found = _BOOLEANS.get(text.strip().lower())
        if found is None:
            raise ValueError(text)
        return found
    if wanted is Type.NUMBER:
        return read_number(text)
    if wanted is Type.POINT:
        point = _POINT.fullmatch(text)
        if point is None:
            raise ValueError(text)
        return float(point[1]), float(point[2])
    return _moment(text, wanted)


def read_number(text: str) -> float:
    """Return a number. Raises ValueError for anything else, such as one too large to be stored."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _moment(text: str, wanted: Type) -> datetime:
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        return moment
    if wanted is Type.TIMESTAMP:
        raise ValueError(text)
    try:
        return moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError as error:
        raise ValueError(text) from error


def _letters(wanted: str, count: int) -> str | None:
    """Return one letter for each of `count` arguments, None when a signature does not take so many."""
    if wanted == "Bo*":
        return "Bo" * (count // 2) if count and count % 2 == 0 else None
    if wanted.endswith("*"):
        fixed = wanted[:-1]
        return fixed + fixed[-1] * (count - len(fixed)) if count >= len(fixed) - 1 and count else None
    return wanted if len(wanted) == count else None


def _fit(
    letters: str | None, arguments: Sequence[Expression], *, lenient: bool
) -> tuple[tuple[Expression, ...], dict[str, Type]] | None:
    """Return the arguments as a signature takes them, and the types its variables stand for."""
    if letters is None:
        return None
    types = {letter: kind for letter in "oa" if (kind := _common(letters, letter, arguments)) is not None}
    if types.get("o") is Type.POINT:
        return None
    fitted: list[Expression] = []
    for letter, argument in zip(letters, arguments, strict=False):
        wanted = types.get(letter) or _LETTERS[letter]
        if letter in "nt" and not isinstance(argument, Literal):
            return None
        taken = _take(argument, wanted, lenient=lenient or letter in "oa")
        if taken is None:
            return None
        fitted.append(taken)
    return tuple(fitted), types


def _common(letters: str, letter: str, arguments: Sequence[Expression]) -> Type | None:
    """Return the type that a variable stands for: that of the first argument that is no literal, else of the first."""
    own = [argument for place, argument in zip(letters, arguments, strict=False) if place == letter]
    if not own:
        return None
    firm = [argument.type for argument in own if not isinstance(argument, Literal)]
    firm += [argument.type for argument in own if isinstance(argument, Literal) and argument.type is not Type.TEXT]
    kind = firm[0] if firm else own[0].type
    return Type.TEXT if kind is Type.URL else kind


def _take(argument: Expression, wanted: Type, *, lenient: bool) -> Expression | None:
    if isinstance(argument, Literal) and argument.value is None:
        return Literal(None, wanted)
    if argument.type is wanted or (wanted is Type.TEXT and argument.type is Type.URL):
        return argument
    if lenient and isinstance(argument, Literal) and isinstance(argument.value, str):
        try:
            return Literal(read_text(argument.value, wanted), wanted)
        except ValueError:
            return None
    return None


def checked(
    *,
    items: tuple[Item, ...],
    conditions: Sequence[Expression] = (),
    group: tuple[Expression, ...] = (),
    having: Expression | None = None,
    order: tuple[Order, ...] = (),
    limit: int | None = None,
    offset: int = 0,
    distinct: bool = False,
    search: tuple[str, ...] = (),
) -> Query:
    """Return a query whose clauses go together. Raises NotGrouped, TypeMismatch."""
    where = all_of(conditions)
    clauses = [each for each in (where, having) if each is not None]
    _size([*(item.expression for item in items), *group, *(key.expression for key in order), *clauses])
    for each in (*group, *([where] if where is not None else [])):
        if is_aggregate(each):
            raise NotGrouped(
                "WHERE and GROUP BY look at single rows: functions of groups, such as count, go into HAVING."
            )
    query = Query(items, where, group, having, order, limit, offset, distinct, search)
    if query.is_grouped or any(is_aggregate(key.expression) for key in order):
        for each in (*(i.expression for i in items), *(k.expression for k in order), *([having] if having else [])):
            _check_grouped(each, group)
    if distinct and not {key.expression for key in order} <= {item.expression for item in items}:
        raise NotGrouped("With DISTINCT, ORDER BY can only name what is selected.")
    if any(key.expression.type is Type.POINT for key in order):
        raise TypeMismatch("Points have no order.")
    return query


def _check_grouped(expression: Expression, group: tuple[Expression, ...]) -> None:
    if expression in group or isinstance(expression, Literal):
        return
    if isinstance(expression, Field):
        raise NotGrouped(
            f"Column {expression.name!r} must be in GROUP BY or within a function of groups, such as count or max.",
            column=expression.name,
        )
    if not expression.function.is_aggregate:
        for argument in expression.arguments:
            _check_grouped(argument, group)
