"""Cuts a query into tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from cityhall.kernel.analytics.errors import QueryError
from cityhall.kernel.text import is_storable

LONGEST: Final = 100_000
"""Characters of a query; a polygon of some thousand corners fits."""

MOST_TOKENS: Final = 5_000


class SyntaxProblem(QueryError):
    """A text that is no query. `code` is SODA's."""

    code = "query.soql.parse-error"


class UnexpectedCharacter(SyntaxProblem):
    """A character that begins nothing."""

    code = "query.soql.unexpected-character"


class Kind(Enum):
    """What a token is."""

    NAME = "a name"
    QUOTED_NAME = "a name in backticks"
    NUMBER = "a number"
    TEXT = "a text"
    SIGN = "a sign"
    END = "the end"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text. Bare names are in lower case; of a text or a quoted name `text` is what is in its marks."""

    kind: Kind
    text: str
    position: int


_ESCAPE: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


def tokens(text: str, pattern: re.Pattern[str]) -> list[Token]:
    """Return the tokens of a text, the last of them END. Raises SyntaxProblem.

    Args:
        pattern: of one token, in groups that are named as `_token` knows them.
    """
    if len(text) > LONGEST:
        raise SyntaxProblem(f"The query is longer than {LONGEST} characters.")
    check_characters(text)
    found: list[Token] = []
    place = 0
    while place < len(text):
        match = pattern.match(text, place)
        if match is None or match.end() == place:
            raise _unexpected(text, place)
        token = _token(match, place)
        if token is not None:
            found.append(token)
        if len(found) > MOST_TOKENS:
            raise SyntaxProblem("The query has too many words and signs.")
        place = match.end()
    return [*found, Token(Kind.END, "", len(text))]


def check_characters(text: str) -> None:
    """Refuse what no stored text holds: NUL, and halves of characters. Raises UnexpectedCharacter."""
    if not is_storable(text):
        raise UnexpectedCharacter("The query holds the character NUL, or half of a character.")


def _token(match: re.Match[str], place: int) -> Token | None:
    kind, text = match.lastgroup, match[match.lastgroup or 0]
    if kind == "space":
        return None
    if kind == "number":
        return Token(Kind.NUMBER, text, place)
    if kind == "name":
        return Token(Kind.NAME, text.lower(), place)
    if kind == "quoted":
        return Token(Kind.QUOTED_NAME, text, place)
    if kind == "single":
        return Token(Kind.TEXT, text.replace("''", "'"), place)
    if kind == "double":
        unescaped = _ESCAPE.sub(_unescape, text)
        check_characters(unescaped)
        return Token(Kind.TEXT, unescaped, place)
    return Token(Kind.SIGN, text, place)


def _unescape(match: re.Match[str]) -> str:
    escaped = match[1]
    return chr(int(escaped[1:], 16)) if len(escaped) == 5 else _ESCAPED.get(escaped, escaped)


def _unexpected(text: str, place: int) -> SyntaxProblem:
    line = text.count("\n", 0, place) + 1
    column = place - text.rfind("\n", 0, place)
    if text[place] in "'\"`":
        return SyntaxProblem(
            f"The quotation that begins at line {line} character {column} does not end.", position=place
        )
    return UnexpectedCharacter(
        f"Expected a name, a value or a sign at line {line} character {column}, but got {text[place]!r}.",
        position=place,
    )
