"""Reads CQL2's text encoding by recursive descent."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeVar

from cityhall.apps.opendata.cql2.building import (
    DEEPEST,
    Builder,
    FilterProblem,
    Operand,
    Shape,
    box_of,
    check_length,
    moment,
)
from cityhall.kernel.analytics.building import NULL, read_number
from cityhall.kernel.analytics.columns import Type
from cityhall.kernel.analytics.query import Expression, Literal
from cityhall.kernel.text import is_storable

_MOST_TOKENS: Final = 4_000
_TOKEN: Final = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)
    |(?P<name>:?[^\W\d][\w.]*)
    |"(?P<quoted>(?:[^"]|"")+)"
    |'(?P<text>(?:[^'\\]|''|\\'|\\)*)'
    |(?P<sign><=|>=|<>|[-+*/%^=<>(),])""",
    re.VERBOSE,
)
_COMPARISONS: Final = ("=", "<>", "<", "<=", ">", ">=")
_SHAPES: Final = ("point", "polygon", "multipolygon", "bbox")
_OTHER_SHAPES: Final = ("linestring", "multipoint", "multilinestring", "geometrycollection")
_RESERVED: Final = frozenset({"and", "or", "not", "in", "is", "like", "between", "null", "true", "false", "div"})
Token = tuple[str, str, int]
T = TypeVar("T")


def read(text: str, builder: Builder) -> Expression:
    """Return the condition a text says. Raises QueryError."""
    return _Reader(_tokens(text), builder).whole()


def _tokens(text: str) -> list[Token]:
    """Return kinds, texts and places, the last of them the end."""
    check_length(text)
    if not is_storable(text):
        raise FilterProblem("The filter holds the character NUL, or half of a character.")
    found: list[Token] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            what = "The quotation that begins" if text[place] in "'\"" else f"{text[place]!r}"
            ends = "does not end" if text[place] in "'\"" else "begins nothing that can stand in a filter"
            raise FilterProblem(f"{what} at character {place + 1} {ends}.", position=place)
        kind, said = match.lastgroup, match[match.lastgroup]
        if kind == "text":
            said = said.replace("''", "'").replace("\\'", "'")
        elif kind == "quoted":
            said = said.replace('""', '"')
        if kind != "space":
            found.append((kind, said, place))
        if len(found) > _MOST_TOKENS:
            raise FilterProblem("The filter has too many words and signs.")
        place = match.end()
    return [*found, ("end", "", len(text))]


class _Reader:
    """Reads tokens from the first to the last."""

    def __init__(self, tokens: list[Token], builder: Builder) -> None:
        self._tokens = tokens
        self._builder = builder
        self._at = 0
        self._depth = 0

    def whole(self) -> Expression:
        condition = self._builder.condition(self._any())
        if self._tokens[self._at][0] != "end":
            raise self._unexpected("the end")
        return condition

    # Tokens

    def _is(self, *texts: str, ahead: int = 0) -> bool:
        kind, text, _ = self._tokens[min(self._at + ahead, len(self._tokens) - 1)]
        return kind in ("name", "sign") and text.lower() in texts

    def _accept(self, *texts: str) -> str:
        if not self._is(*texts):
            return ""
        self._at += 1
        return self._tokens[self._at - 1][1].lower()

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise self._unexpected(repr(text.upper()))

    def _unexpected(self, wanted: str) -> FilterProblem:
        kind, text, place = self._tokens[self._at]
        got = "the end" if kind == "end" else repr(text[:40])
        return FilterProblem(
            f"Expected {wanted} at character {place + 1} of the filter, but got {got}.", position=place
        )

    def _literal_text(self) -> str:
        kind, text, _ = self._tokens[self._at]
        if kind != "text":
            raise self._unexpected("a text in quotation marks")
        self._at += 1
        return text

    # From the loosest operator to the tightest

    def _any(self) -> Operand:
        self._depth += 1
        if self._depth > DEEPEST:
            raise FilterProblem("The filter is nested too deeply.")
        found = self._chain("or", lambda: self._chain("and", self._negation))
        self._depth -= 1
        return found

    def _chain(self, word: str, read: Callable[[], Operand]) -> Operand:
        sides = [read()]
        while self._accept(word):
            sides.append(read())
        return self._builder.apply(word, sides) if len(sides) > 1 else sides[0]

    def _negation(self) -> Operand:
        negated = False
        while self._accept("not"):
            negated = not negated
        operand = self._predicate()
        return self._builder.apply("not", [operand]) if negated else operand

    def _predicate(self) -> Operand:
        left = self._sum()
        if sign := self._accept(*_COMPARISONS):
            return self._builder.apply(sign, [left, self._sum()])
        if self._accept("is"):
            negated = bool(self._accept("not"))
            self._expect("null")
            return self._perhaps_not(negated, self._builder.apply("isNull", [left]))
        negated = self._is("not") and self._is("in", "like", "between", ahead=1)
        if negated:
            self._at += 1
        if self._accept("like"):
            return self._perhaps_not(negated, self._builder.apply("like", [left, self._sum()]))
        if self._accept("between"):
            low = self._sum()
            self._expect("and")
            return self._perhaps_not(negated, self._builder.apply("between", [left, low, self._sum()]))
        if self._accept("in"):
            return self._perhaps_not(negated, self._builder.among(left, self._within(self._any)))
        return left

    def _perhaps_not(self, negated: bool, condition: Expression) -> Expression:
        return self._builder.apply("not", [condition]) if negated else condition

    def _sum(self) -> Operand:
        left = self._product()
        while sign := self._accept("+", "-"):
            left = self._builder.apply(sign, [left, self._product()])
        return left

    def _product(self) -> Operand:
        left = self._power()
        while sign := self._accept("*", "/", "%", "div"):
            left = self._builder.apply(sign, [left, self._power()])
        return left

    def _power(self) -> Operand:
        left = self._signed()
        while self._accept("^"):
            left = self._builder.apply("^", [left, self._signed()])
        return left

    def _signed(self) -> Operand:
        minus = 0
        while sign := self._accept("-", "+"):
            minus += sign == "-"
        operand = self._atom()
        return self._builder.apply("-", [operand]) if minus % 2 else operand

    def _atom(self) -> Operand:
        kind, text, _ = self._tokens[self._at]
        if kind == "number":
            self._at += 1
            return Literal(_number(text), Type.NUMBER)
        if kind == "text":
            return Literal(self._literal_text(), Type.TEXT)
        if kind == "quoted":
            self._at += 1
            return self._builder.named(text)
        if self._accept("("):
            inner = self._any()
            self._expect(")")
            return inner
        if self._is("true", "false"):
            return Literal(self._accept("true", "false") == "true", Type.BOOLEAN)
        if self._accept("null"):
            return NULL
        if kind != "name" or text.lower() in _RESERVED:
            raise self._unexpected("a column or a value")
        self._at += 1
        return self._applied(text) if self._is("(") else self._builder.named(text)

    def _applied(self, name: str) -> Operand:
        lower = name.lower()
        if lower in ("date", "timestamp"):
            self._expect("(")
            at = moment(self._literal_text())
            self._expect(")")
            return at
        if lower in _SHAPES:
            return self._shape(lower)
        if lower in _OTHER_SHAPES:
            raise FilterProblem(f"{name.upper()} is not answered here. Use POINT, POLYGON, MULTIPOLYGON or BBOX.")
        return self._builder.apply(lower, self._within(self._any))

    # Shapes

    def _shape(self, kind: str) -> Shape:
        if kind == "bbox":
            return box_of(self._within(self._coordinate))
        if kind == "point":
            self._expect("(")
            corner = self._pair()
            self._expect(")")
            return Shape("point", (((corner,),),))
        if kind == "polygon":
            return Shape("polygon", (tuple(self._within(self._ring)),))
        return Shape("polygon", tuple(tuple(polygon) for polygon in self._within(lambda: self._within(self._ring))))

    def _within(self, read: Callable[[], T]) -> list[T]:
        """Read what stands within parentheses, with commas between."""
        self._expect("(")
        found = [read()]
        while self._accept(","):
            found.append(read())
        self._expect(")")
        return found

    def _ring(self) -> tuple[tuple[float, float], ...]:
        return tuple(self._within(self._pair))

    def _pair(self) -> tuple[float, float]:
        return self._coordinate(), self._coordinate()

    def _coordinate(self) -> float:
        minus = self._accept("-", "+") == "-"
        kind, text, _ = self._tokens[self._at]
        if kind != "number":
            raise self._unexpected("a coordinate")
        self._at += 1
        return -_number(text) if minus else _number(text)


def _number(text: str) -> float:
    try:
        return read_number(text)
    except ValueError:
        raise FilterProblem(f"The number {text[:40]} is too large.") from None
