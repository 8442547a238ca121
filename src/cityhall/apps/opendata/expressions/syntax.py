"""What a query says, before anything is known of the dataset."""

from __future__ import annotations

from dataclasses import dataclass

from cityhall.kernel.analytics.query import Literal


@dataclass(frozen=True, slots=True)
class Name:
    """A column or an alias."""

    text: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal, and how it was written."""

    literal: Literal
    written: str


@dataclass(frozen=True, slots=True)
class Apply:
    """A function, or an operator: then `name` is its sign.

    Args:
        depth: how many stand within one another here.
    """

    name: str
    arguments: tuple[Syntax, ...]
    is_operator: bool = False
    depth: int = 1


Syntax = Name | Constant | Apply


@dataclass(frozen=True, slots=True)
class Star:
    """`*`, all columns of the dataset, or `:*`, the system's."""

    system: bool = False
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """One item of SELECT."""

    syntax: Syntax
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of ORDER BY."""

    syntax: Syntax
    descending: bool = False
    nulls_first: bool | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A whole query. `select` empty: all columns."""

    select: tuple[Star | Chosen, ...] = ()
    distinct: bool = False
    where: Syntax | None = None
    group: tuple[Syntax, ...] = ()
    having: Syntax | None = None
    order: tuple[Key, ...] = ()
    search: str = ""
    limit: int | None = None
    offset: int | None = None
