"""The names of a query's columns, where it gives none itself."""

from __future__ import annotations

import itertools
import re
from collections.abc import Container

from cityhall.apps.opendata.soql.syntax import Constant, Name, Syntax


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
    words = [] if syntax.is_operator else [syntax.name.removesuffix("(*)").removesuffix("_distinct")]
    for argument in syntax.arguments:
        words += _words(argument)
    return words
