"""Reads expressions by recursive descent: the operators that SoQL and PostgreSQL's SQL bind in the same order."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from cityhall.apps.opendata.expressions.lexer import Kind, SyntaxProblem
from cityhall.apps.opendata.expressions.reading import Reader, apply, balanced, operator
from cityhall.apps.opendata.expressions.syntax import Apply, Constant, Key, Name, Syntax
from cityhall.kernel.analytics.building import NULL, read_number
from cityhall.kernel.analytics.columns import Type
from cityhall.kernel.analytics.query import Literal

_DEEPEST: Final = 40
"""Parentheses within one another."""


class Grammar(Reader):
    """From the loosest operator to the tightest. A language says what stands between NOT and a sum, and how a power
    binds; it may add to the rest.
    """

    sums: ClassVar[tuple[str, ...]] = ("+", "-")
    """Signs that bind as a sum does."""
    nulls: ClassVar[tuple[str, ...]] = ("nulls",)
    """Words before FIRST and LAST."""

    def expression(self) -> Syntax:
        """Read an expression."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise SyntaxProblem("The query is nested too deeply.", position=self._next.position)
        sides = [self._conjunction()]
        while self._accept("or"):
            sides.append(self._conjunction())
        self._depth -= 1
        return balanced("or", sides)

    def expressions(self) -> tuple[Syntax, ...]:
        """Read expressions with commas between them."""
        return self._list(self.expression)

    def _key(self) -> Key:
        """Read a key of ORDER BY."""
        syntax = self.expression()
        descending = self._accept("asc", "desc") == "desc"
        if not self._accept(*self.nulls):
            return Key(syntax, descending)
        place = self._accept("first", "last")
        if not place:
            raise self._unexpected("'FIRST' or 'LAST'")
        return Key(syntax, descending, place == "first")

    def _conjunction(self) -> Syntax:
        sides = [self._negation()]
        while self._accept("and"):
            sides.append(self._negation())
        return balanced("and", sides)

    def _negation(self) -> Syntax:
        negations = 0
        while self._accept("not"):
            negations += 1
        syntax = self._predicate()
        # Twice not is yes or no just the same, but null stays null: once or twice says all.
        for _ in range(min(negations, 2 - negations % 2)):
            syntax = operator("not", syntax)
        return syntax

    def _predicate(self) -> Syntax:
        """Read what NOT can stand before: comparisons, IS, IN, LIKE, BETWEEN."""
        raise NotImplementedError

    def _among(self, word: str, left: Syntax, read: Callable[[], Syntax]) -> Apply:
        """Read what follows IN, BETWEEN, LIKE or a word such as LIKE; `read` reads a side of it."""
        if word == "in":
            return apply("in", (left, *self._arguments()))
        if word != "between":
            return apply(word, (left, read()))
        low = read()
        self._expect("and")
        return apply("between", (left, low, read()))

    def _arguments(self) -> tuple[Syntax, ...]:
        self._expect("(")
        found = self.expressions()
        self._expect(")")
        return found

    def _sum(self) -> Syntax:
        return self._chain(self.sums, self._product)

    def _product(self) -> Syntax:
        return self._chain(("*", "/", "%"), self._power)

    def _chain(self, signs: tuple[str, ...], read: Callable[[], Syntax]) -> Syntax:
        """Read sides with signs between them, the first two of which belong together."""
        left = read()
        while sign := self._accept(*signs):
            left = operator(sign, left, read())
        return left

    def _power(self) -> Syntax:
        raise NotImplementedError

    def _signed(self) -> Syntax:
        minus = 0
        while sign := self._accept("-", "+"):
            minus += sign == "-"
        syntax = self._cast()
        return operator("-", syntax) if minus % 2 else syntax

    def _cast(self) -> Syntax:
        left = self._atom()
        while self._accept("::"):
            left = apply(f"::{self._type()}", (left,), is_operator=True)
        return left

    def _type(self) -> str:
        return self._name()

    def _atom(self) -> Syntax:
        token = self._next
        if token.kind is Kind.NUMBER:
            return self._number()
        if token.kind is Kind.TEXT:
            return self._text()
        if self._accept("("):
            inner = self.expression()
            self._expect(")")
            return inner
        if self._accept("true", "false"):
            return Constant(Literal(token.text == "true", Type.BOOLEAN), token.text)
        if self._accept("null"):
            return Constant(NULL, "null")
        return self._named()

    def _named(self) -> Syntax:
        """Read a column, or a function and what it is of."""
        is_function = self._next.kind is Kind.NAME
        name = self._name()
        return self._applied(name) if is_function and self._accept("(") else Name(name)

    def _text(self) -> Constant:
        text = self._take().text
        return Constant(Literal(text, Type.TEXT), text)

    def _number(self) -> Constant:
        token = self._take()
        try:
            return Constant(Literal(read_number(token.text), Type.NUMBER), token.text)
        except ValueError as error:
            raise SyntaxProblem(f"The number {token.text[:40]} is too large.", position=token.position) from error

    def _applied(self, name: str) -> Syntax:
        if self._accept(")"):
            return Apply(name, ())
        if self._accept("*"):
            self._expect(")")
            return Apply(f"{name}(*)", ())
        if self._accept("distinct"):
            name = f"{name}_distinct"
        arguments = self.expressions()
        self._expect(")")
        return apply(name, arguments)
