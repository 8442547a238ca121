"""Full-text queries as PostgreSQL writes them (`oak & !dead | palm:*`), over words within words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from cityhall.apps.opendata.ckan.filters import joined
from cityhall.kernel.analytics.building import call
from cityhall.kernel.analytics.columns import Type
from cityhall.kernel.analytics.errors import QueryError
from cityhall.kernel.analytics.functions import Function
from cityhall.kernel.analytics.query import Expression, Field, Literal
from cityhall.kernel.analytics.words import search_words

_TOKEN: Final = re.compile(r"\s*(?:([&|!()])|'((?:[^']|'')*)'(?::\*)?|([^\s&|!()':]+)(?::\*)?)")
_MOST: Final = 200
_DEEPEST: Final = 20


class UnreadableText(QueryError):
    """A full-text query that is none."""


def holds(text: str, fields: Sequence[Field], *, plain: bool) -> list[Expression]:
    """Return conditions that rows with the words of `text` in these columns meet, all of them. Raises QueryError.

    Args:
        plain: the words all must occur; else `&`, `|`, `!`, parentheses and `:*` have PostgreSQL's meaning.
    """
    if plain:
        return [_occurs(word, fields) for word in search_words(text)]
    return [_Parser(text, fields).whole()] if text.strip() else []


def _occurs(word: str, fields: Sequence[Field]) -> Expression:
    wanted = Literal(word, Type.TEXT)
    found: list[Expression] = []
    for field in fields:
        text = field if field.type in (Type.TEXT, Type.URL) else call(Function.TO_TEXT, field)
        known = call(Function.COALESCE, text, Literal("", Type.TEXT))
        found.append(call(Function.CONTAINS, call(Function.UNACCENT, call(Function.LOWER, known)), wanted))
    return joined(Function.OR, found or [Literal(False, Type.BOOLEAN)])


class _Parser:
    """Reads `a & b | !(c | 'd e')`, of which `!` binds most tightly and `|` least."""

    def __init__(self, text: str, fields: Sequence[Field]) -> None:
        self._fields = fields
        self._tokens: list[tuple[str, str]] = []
        self._at = 0
        place = 0
        text = text.rstrip()
        while place < len(text):
            match = _TOKEN.match(text, place)
            if match is None or len(self._tokens) >= _MOST:
                raise UnreadableText(
                    "This is no full-text query. Write words with &, |, ! and parentheses, or plain=true."
                )
            sign, quoted, bare = match.groups()
            self._tokens.append((sign or "", bare if bare is not None else (quoted or "").replace("''", "'")))
            place = match.end()

    def whole(self) -> Expression:
        """Return the condition of the whole text."""
        found = self._either(0)
        if self._at < len(self._tokens):
            raise self._unexpected()
        return found

    def _either(self, depth: int) -> Expression:
        if depth > _DEEPEST:
            raise UnreadableText("The full-text query is nested too deeply.")
        left = self._both(depth)
        while self._accept("|"):
            left = call(Function.OR, left, self._both(depth))
        return left

    def _both(self, depth: int) -> Expression:
        left = self._one(depth)
        while self._accept("&"):
            left = call(Function.AND, left, self._one(depth))
        return left

    def _one(self, depth: int) -> Expression:
        negations = 0
        while self._accept("!"):
            negations += 1
        if self._accept("("):
            found = self._either(depth + 1)
            if not self._accept(")"):
                raise self._unexpected()
        else:
            found = self._word()
        return call(Function.NOT, found) if negations % 2 else found

    def _word(self) -> Expression:
        sign, text = self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")
        words = search_words(text)
        if sign or not words:
            raise self._unexpected()
        self._at += 1
        found = _occurs(words[0], self._fields)
        for word in words[1:]:
            found = call(Function.AND, found, _occurs(word, self._fields))
        return found

    def _accept(self, sign: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at][0] == sign:
            self._at += 1
            return True
        return False

    def _unexpected(self) -> UnreadableText:
        got = "".join(self._tokens[self._at]) if self._at < len(self._tokens) else "the end"
        return UnreadableText(
            f"Expected a word of the full-text query, but got {got[:60]!r}. Words are joined by & or |."
        )
