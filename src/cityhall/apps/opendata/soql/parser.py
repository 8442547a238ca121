"""Reads SoQL by recursive descent, after the precedence of SoQL's reference parser."""

from __future__ import annotations

import re
from typing import Final

from cityhall.apps.opendata.expressions.grammar import Grammar
from cityhall.apps.opendata.expressions.lexer import Kind, tokens
from cityhall.apps.opendata.expressions.reading import apply, negated_if, operator
from cityhall.apps.opendata.expressions.syntax import Chosen, Key, Star, Statement, Syntax

_TOKEN: Final = re.compile(
    r"""(?P<space>\s+|--[^\n]*)
    |(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)
    |(?P<name>:?@?[A-Za-z_][A-Za-z0-9_]*)
    |`(?P<quoted>:?@?[A-Za-z0-9_-]+)`
    |'(?P<single>(?:[^']|'')*)'
    |"(?P<double>(?:[^"\\]|\\.)*)"
    |(?P<sign><=|>=|<>|!=|==|\|\||\|>|::|:\*|[-+*/%^=<>(),.\[\]])""",
    re.VERBOSE | re.ASCII | re.DOTALL,
)
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


class Parser(Grammar):
    """Reads one text from its beginning."""

    refused = _LATER
    reserved = _RESERVED
    sums = ("+", "-", "||")
    nulls = ("null", "nulls")

    def __init__(self, text: str) -> None:
        super().__init__(tokens(text, _TOKEN))

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
                search = self._searched()
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

    def _searched(self) -> str:
        if self._next.kind is not Kind.TEXT:
            raise self._unexpected("a text")
        return self._take().text

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
        if not (self._is("(") and self._after.text == "except"):
            return ()
        self._take()
        self._take()
        names = self._list(self._name)
        self._expect(")")
        return names

    def keys(self) -> tuple[Key, ...]:
        """Read what follows ORDER BY."""
        return self._list(self._key)

    # Expressions

    def _predicate(self) -> Syntax:
        left = self._comparison()
        while True:
            if self._accept("is"):
                negated = bool(self._accept("not"))
                self._expect("null")
                left = negated_if(apply("is_null", (left,)), negated)
                continue
            negated = self._is("not") and self._after.text in ("in", "like", "between")
            if negated:
                self._take()
            if not self._is("in", "like", "between"):
                return left
            left = negated_if(self._among(self._take().text, left, self._comparison), negated)

    def _comparison(self) -> Syntax:
        left = self._sum()
        while sign := self._accept(*_COMPARISONS):
            left = operator(_COMPARISONS[sign], left, self._sum())
        return left

    def _power(self) -> Syntax:
        bases = [self._signed()]
        while self._accept("^"):
            bases.append(self._signed())
        right = bases.pop()
        while bases:
            right = operator("^", bases.pop(), right)
        return right
