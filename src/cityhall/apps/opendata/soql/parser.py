"""Reads SoQL by recursive descent, after the precedence of SoQL's reference parser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from cityhall.apps.opendata.soql.lexer import Kind, SyntaxProblem, Token, tokens
from cityhall.apps.opendata.soql.syntax import Apply, Chosen, Constant, Key, Name, Star, Statement, Syntax
from cityhall.kernel.analytics.building import NULL, read_number
from cityhall.kernel.analytics.columns import Type
from cityhall.kernel.analytics.query import Literal

_DEEPEST: Final = 40
"""Parentheses within one another."""
_DEEPEST_TREE: Final = 100
"""Functions within one another; a chain such as a + b + c is one within the next."""
_LARGEST: Final = 2**53
_COMPARISONS: Final = {"=": "=", "==": "=", "!=": "<>", "<>": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_RESERVED: Final = frozenset(
    {
        "select",
        "distinct",
        "from",
        "where",
        "group",
        "having",
        "order",
        "search",
        "limit",
        "offset",
        "as",
        "by",
        "and",
        "or",
        "not",
        "in",
        "is",
        "like",
        "between",
        "asc",
        "desc",
        "join",
        "union",
        "intersect",
        "minus",
    }
)
_LATER: Final = {"|>": "chained queries", "join": "joins", "union": "UNION", "intersect": "INTERSECT", "minus": "MINUS"}
T = TypeVar("T")


class Parser:
    """Reads one text from its beginning."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._at = 0
        self._depth = 0

    # Tokens

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _is(self, *texts: str) -> bool:
        token = self._next
        return token.kind in (Kind.NAME, Kind.SIGN) and token.text in texts

    def _take(self) -> Token:
        token = self._next
        if token.kind is not Kind.END:
            self._at += 1
        return token

    def _accept(self, *texts: str) -> str:
        return self._take().text if self._is(*texts) else ""

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise self._unexpected(f"{text.upper()!r}")

    def _unexpected(self, wanted: str) -> SyntaxProblem:
        token = self._next
        if token.text in _LATER and token.kind in (Kind.NAME, Kind.SIGN):
            return SyntaxProblem(f"This server does not answer {_LATER[token.text]}.", position=token.position)
        got = f"{token.text!r}" if token.kind is not Kind.END else "the end"
        return SyntaxProblem(
            f"Expected {wanted} at character {token.position + 1}, but got {got}.", position=token.position
        )

    def whole(self, read: Callable[[], T]) -> T:
        """Return what `read` reads, which must be the whole text."""
        found = read()
        if self._next.kind is not Kind.END:
            raise self._unexpected("the end")
        return found

    # Clauses

    def statement(self) -> Statement:
        """Read a whole query."""
        select: tuple[Star | Chosen, ...] = ()
        distinct = False
        if self._accept("select"):
            distinct, select = self.select()
        if self._accept("from"):
            self._from()
        where = self.expression() if self._accept("where") else None
        group = self._by("group", self.expressions)
        having = self.expression() if self._accept("having") else None
        order: tuple[Key, ...] = ()
        search = ""
        for _ in range(2):
            order = order or self._by("order", self.keys)
            if not search and self._accept("search"):
                search = self._text()
        limit = offset = None
        for _ in range(2):
            if limit is None and self._accept("limit"):
                limit = self.count()
            if offset is None and self._accept("offset"):
                offset = self.count()
        return Statement(select, distinct, where, group, having, order, search, limit, offset)

    def _from(self) -> None:
        if self._accept("@this", "this"):
            return
        raise self._unexpected("@this")

    def _by(self, word: str, read: Callable[[], tuple[T, ...]]) -> tuple[T, ...]:
        if not self._accept(word):
            return ()
        self._expect("by")
        return read()

    def _text(self) -> str:
        if self._next.kind is not Kind.TEXT:
            raise self._unexpected("a text")
        return self._take().text

    def count(self) -> int:
        """Read a number of rows."""
        if self._next.kind is not Kind.NUMBER or not self._next.text.isdigit() or int(self._next.text) > _LARGEST:
            raise self._unexpected("a whole number")
        return int(self._take().text)

    def select(self) -> tuple[bool, tuple[Star | Chosen, ...]]:
        """Read what follows SELECT: whether rows must differ, and the items."""
        distinct = bool(self._accept("distinct"))
        return distinct, self._list(self._item)

    def _item(self) -> Star | Chosen:
        if star := self._accept("*", ":*"):
            return Star(star == ":*", self._except())
        syntax = self.expression()
        return Chosen(syntax, self._name() if self._accept("as") else "")

    def _except(self) -> tuple[str, ...]:
        if not (self._is("(") and self._tokens[self._at + 1].text == "except"):
            return ()
        self._take()
        self._take()
        names = self._list(self._name)
        self._expect(")")
        return names

    def _name(self) -> str:
        token = self._next
        if token.kind is Kind.QUOTED_NAME or (token.kind is Kind.NAME and token.text not in _RESERVED):
            return self._take().text
        raise self._unexpected("a name")

    def keys(self) -> tuple[Key, ...]:
        """Read what follows ORDER BY."""
        return self._list(self._key)

    def _key(self) -> Key:
        syntax = self.expression()
        descending = self._accept("asc", "desc") == "desc"
        if not self._accept("null", "nulls"):
            return Key(syntax, descending)
        place = self._accept("first", "last")
        if not place:
            raise self._unexpected("'FIRST' or 'LAST'")
        return Key(syntax, descending, place == "first")

    def expressions(self) -> tuple[Syntax, ...]:
        """Read expressions with commas between them."""
        return self._list(self.expression)

    def _list(self, read: Callable[[], T]) -> tuple[T, ...]:
        found = [read()]
        while self._accept(","):
            found.append(read())
        return tuple(found)

    # Expressions, from the loosest operator to the tightest

    def expression(self) -> Syntax:
        """Read an expression."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise SyntaxProblem("The query is nested too deeply.", position=self._next.position)
        sides = [self._conjunction()]
        while self._accept("or"):
            sides.append(self._conjunction())
        self._depth -= 1
        return _balanced("or", sides)

    def _conjunction(self) -> Syntax:
        sides = [self._negation()]
        while self._accept("and"):
            sides.append(self._negation())
        return _balanced("and", sides)

    def _negation(self) -> Syntax:
        negations = 0
        while self._accept("not"):
            negations += 1
        syntax = self._predicate()
        # Twice not is yes or no just the same, but null stays null: once or twice says all.
        for _ in range(min(negations, 2 - negations % 2)):
            syntax = _operator("not", syntax)
        return syntax

    def _predicate(self) -> Syntax:
        left = self._comparison()
        while True:
            if self._accept("is"):
                negated = bool(self._accept("not"))
                self._expect("null")
                left = _negated(_apply("is_null", (left,)), negated)
                continue
            negated = self._is("not") and self._tokens[self._at + 1].text in ("in", "like", "between")
            if negated:
                self._take()
            if not self._is("in", "like", "between"):
                return left
            left = _negated(self._belonging(left), negated)

    def _belonging(self, left: Syntax) -> Apply:
        word = self._take().text
        if word == "like":
            return _apply("like", (left, self._comparison()))
        if word == "between":
            low = self._comparison()
            self._expect("and")
            return _apply("between", (left, low, self._comparison()))
        self._expect("(")
        among = self.expressions()
        self._expect(")")
        return _apply("in", (left, *among))

    def _comparison(self) -> Syntax:
        left = self._sum()
        while (sign := self._accept(*_COMPARISONS)) != "":
            left = _operator(_COMPARISONS[sign], left, self._sum())
        return left

    def _sum(self) -> Syntax:
        left = self._product()
        while (sign := self._accept("+", "-", "||")) != "":
            left = _operator(sign, left, self._product())
        return left

    def _product(self) -> Syntax:
        left = self._power()
        while (sign := self._accept("*", "/", "%")) != "":
            left = _operator(sign, left, self._power())
        return left

    def _power(self) -> Syntax:
        bases = [self._signed()]
        while self._accept("^"):
            bases.append(self._signed())
        right = bases.pop()
        while bases:
            right = _operator("^", bases.pop(), right)
        return right

    def _signed(self) -> Syntax:
        minus = 0
        while (sign := self._accept("-", "+")) != "":
            minus += sign == "-"
        syntax = self._cast()
        return _operator("-", syntax) if minus % 2 else syntax

    def _cast(self) -> Syntax:
        left = self._atom()
        while self._accept("::"):
            left = _apply(f"::{self._name()}", (left,), is_operator=True)
        return left

    def _atom(self) -> Syntax:
        token = self._next
        if token.kind is Kind.NUMBER:
            return self._number()
        if token.kind is Kind.TEXT:
            self._take()
            return Constant(Literal(token.text, Type.TEXT), token.text)
        if self._accept("("):
            inner = self.expression()
            self._expect(")")
            return inner
        if token.kind is Kind.NAME and token.text in ("true", "false"):
            self._take()
            return Constant(Literal(token.text == "true", Type.BOOLEAN), token.text)
        if self._accept("null"):
            return Constant(NULL, "null")
        name = self._name()
        return self._applied(name) if token.kind is Kind.NAME and self._accept("(") else Name(name)

    def _number(self) -> Syntax:
        token = self._take()
        try:
            return Constant(Literal(read_number(token.text), Type.NUMBER), token.text)
        except ValueError as error:
            raise SyntaxProblem(f"The number {token.text[:40]} is too large.", position=token.position) from error

    def _applied(self, name: str) -> Syntax:
        if self._accept(")"):
            return Apply(name, ())
        if self._is("*"):
            self._take()
            self._expect(")")
            return Apply(f"{name}(*)", ())
        if self._accept("distinct"):
            name = f"{name}_distinct"
        arguments = self.expressions()
        self._expect(")")
        return _apply(name, arguments)


def _apply(name: str, arguments: tuple[Syntax, ...], *, is_operator: bool = False) -> Apply:
    depth = 1 + max((each.depth for each in arguments if isinstance(each, Apply)), default=0)
    if depth > _DEEPEST_TREE:
        raise SyntaxProblem("The query is nested too deeply.")
    return Apply(name, arguments, is_operator, depth)


def _operator(sign: str, *arguments: Syntax) -> Apply:
    return _apply(sign, arguments, is_operator=True)


def _balanced(word: str, sides: list[Syntax]) -> Syntax:
    """Return a chain of AND or OR as a tree of little depth: people list hundreds of ids that way."""
    while len(sides) > 1:
        pairs = [_operator(word, *sides[place : place + 2]) for place in range(0, len(sides) - 1, 2)]
        sides = [*pairs, sides[-1]] if len(sides) % 2 else list(pairs)
    return sides[0]


def _negated(syntax: Apply, negated: bool) -> Syntax:
    return _operator("not", syntax) if negated else syntax
