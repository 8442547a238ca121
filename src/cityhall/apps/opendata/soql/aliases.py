"""The names of a query's columns, where it gives none itself."""

from __future__ import annotations

import itertools
import re
from collections.abc import Container

from cityhall.apps.opendata.expressions.syntax import Constant, Name, Syntax


def implicit(syntax: Syntax, used: Container[str]) -> str:
    """Return the name SoQL gives an expression: its words joined, numbered where that is in use."""
    base = _base(syntax)
    if base not in used:
        return base
    prefix = base if base.endswith(("_", "-")) else f"{base}_"
    return next(name for number in itertools.count(1) if (name := f"{prefix}{number}") not in used)


def _base(syntax: Syntax) -> str:
    joined = re.sub(r"[^a-z0-9_-]+", "_", "_".join(_words(syntax)).lower(), flags=re.ASCII)
    joined = re.sub(r"_{2,}", "_", joined).strip("_")[:200]
    return joined if joined[:1].isalpha() or joined.startswith("_") else f"_{joined}"


def _words(syntax: Syntax) -> list[str]:
    if isinstance(syntax, Name):
        return [syntax.text]
    if isinstance(syntax, Constant):
        return [syntax.written]
    if syntax.name.startswith("::"):
        return [*_words(syntax.arguments[0]), syntax.name[2:]]
    inner = [_words(argument) for argument in syntax.arguments]
    if syntax.name == "is_null":
        return [*inner[0], "is", "null"]
    if syntax.name == "between":
        return [*inner[0], "between", *inner[1], "and", *inner[2]]
    if syntax.is_operator:
        return [word for each in _joined(syntax.name, inner) for word in each]
    return [syntax.name.removesuffix("(*)").removesuffix("_distinct"), *(word for each in inner for word in each)]


def _joined(operator: str, inner: list[list[str]]) -> list[list[str]]:
    """Return an operator's word, if it is one, before its only side or between its two."""
    word = [operator] if operator.isalpha() else []
    return [word, *inner] if len(inner) == 1 else [inner[0], word, *inner[1:]]
