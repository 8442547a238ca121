"""Reads tokens one after another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, Final, TypeVar

from cityhall.apps.opendata.expressions.lexer import Kind, SyntaxProblem, Token
from cityhall.apps.opendata.expressions.syntax import Apply, Syntax

_LARGEST: Final = 2**53
_WORDS: Final = (Kind.NAME, Kind.SIGN)
_MOST_DIGITS: Final = 20
_DEEPEST_TREE: Final = 100
"""Functions within one another; a chain such as a + b + c is one within the next."""
T = TypeVar("T")


class Reader:
    """Stands at one of the tokens."""

    refused: ClassVar[Mapping[str, str]] = {}
    """Words that begin what we do not answer, and what to call it."""
    reserved: ClassVar[frozenset[str]] = frozenset()
    """Words that can be no name."""
    keeps_case: ClassVar[bool] = False
    """Whether a name in quotation marks is told from one with other capitals."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    @property
    def _after(self) -> Token:
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)]

    def _is(self, *texts: str) -> bool:
        token = self._tokens[self._at]
        return token.text in texts and token.kind in _WORDS

    def _take(self) -> Token:
        token = self._next
        if token.kind is not Kind.END:
            self._at += 1
        return token

    def _accept(self, *texts: str) -> str:
        # Asked some twenty times for each value of a query, at every level of precedence: nearly always in vain.
        token = self._tokens[self._at]
        if token.text not in texts or token.kind not in _WORDS:
            return ""
        self._at += 1
        return token.text

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise self._unexpected(f"{text.upper()!r}")

    def _unexpected(self, wanted: str) -> SyntaxProblem:
        token = self._next
        if token.text in self.refused and token.kind in _WORDS:
            what = f"{self.refused[token.text]}: {token.text!r} at character {token.position + 1}"
            return SyntaxProblem(f"This server does not answer {what}.", position=token.position)
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

    def count(self) -> int:
        """Read a number of rows."""
        text = self._next.text
        is_whole = self._next.kind is Kind.NUMBER and text.isdigit() and len(text) < _MOST_DIGITS
        if not is_whole or int(text) > _LARGEST:
            raise self._unexpected("a whole number")
        return int(self._take().text)

    def _name(self) -> str:
        token = self._next
        if token.kind is Kind.QUOTED_NAME or (token.kind is Kind.NAME and token.text not in self.reserved):
            return self._take().text if self.keeps_case else self._take().text.lower()
        raise self._unexpected("a name")

    def _by(self, word: str, read: Callable[[], tuple[T, ...]]) -> tuple[T, ...]:
        if not self._accept(word):
            return ()
        self._expect("by")
        return read()

    def _list(self, read: Callable[[], T]) -> tuple[T, ...]:
        found = [read()]
        while self._accept(","):
            found.append(read())
        return tuple(found)


def apply(name: str, arguments: tuple[Syntax, ...], *, is_operator: bool = False) -> Apply:
    """Return a function of arguments. Raises SyntaxProblem when too many stand within one another."""
    depth = 1 + max((each.depth for each in arguments if isinstance(each, Apply)), default=0)
    if depth > _DEEPEST_TREE:
        raise SyntaxProblem("The query is nested too deeply.")
    return Apply(name, arguments, is_operator, depth)


def operator(sign: str, *arguments: Syntax) -> Apply:
    """Return an operator between its sides."""
    return apply(sign, arguments, is_operator=True)


def balanced(word: str, sides: list[Syntax]) -> Syntax:
    """Return a chain of AND or OR as a tree of little depth: people list hundreds of ids that way."""
    while len(sides) > 1:
        pairs = [operator(word, *sides[place : place + 2]) for place in range(0, len(sides) - 1, 2)]
        sides = [*pairs, sides[-1]] if len(sides) % 2 else list(pairs)
    return sides[0]


def negated_if(syntax: Syntax, is_negated: bool) -> Syntax:
    """Return NOT of what was read, where NOT stood."""
    return operator("not", syntax) if is_negated else syntax
