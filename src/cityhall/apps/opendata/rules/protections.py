"""What a contract says of privacy and checks, read from its file: whatever could publish what it hides is refused."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from cityhall.apps.opendata import rules
from cityhall.apps.opendata.contracts import Classification, ColumnTerms, Policy, Transform
from cityhall.kernel.snapshots import ColumnType, Rare

COLUMN_FIELDS = frozenset(
    {"classification", "transform", "resolution", "metres", "hold_hours", "most_empty", "fresh_within"}
)
_Kind = TypeVar("_Kind", bound=StrEnum)
_FOR = {
    Transform.BLOCK: ColumnType.TEXT,
    Transform.STREET: ColumnType.TEXT,
    Transform.SCRUB: ColumnType.TEXT,
    Transform.H3: ColumnType.POINT,
    Transform.SNAP: ColumnType.POINT,
    Transform.INTERSECTION: ColumnType.POINT,
}
_SUPPRESS_FIELDS = {"columns", "fewer_than", "instead"}
_TIMES = (ColumnType.DATE, ColumnType.TIMESTAMP)


def of_column(given: Mapping[str, Any], kind: ColumnType, where: str, problems: dict[str, str]) -> dict[str, Any]:
    """Return the fields of `ColumnTerms` that protect and check a column."""
    classification = _one_of(given, "classification", Classification.PUBLIC, where, problems)
    transform = _one_of(given, "transform", Transform.NONE, where, problems)
    if transform in _FOR and _FOR[transform] is not kind:
        problems[f"{where}.transform"] = f"Only a column of type {_FOR[transform]} can be changed so."
    return {
        "classification": classification,
        "transform": transform,
        "resolution": int(_amount(given, "resolution", (4, 10), transform is Transform.H3, where, problems)),
        "metres": _amount(given, "metres", (50, 50_000), transform is Transform.SNAP, where, problems),
        "hold_hours": _amount(given, "hold_hours", (0, 100_000), kind in _TIMES and None, where, problems),
        "most_empty": _amount(given, "most_empty", (0, 1), None, where, problems, usual=1),
        "fresh_within": _fresh_within(given, kind, where, problems),
    }


def suppressions(
    given: Any, columns: tuple[ColumnTerms, ...], key: tuple[str, ...], problems: dict[str, str]
) -> tuple[Rare, ...]:
    """Return what is taken out when too few rows have it."""
    known = {one.name for one in columns if one.publish} - set(key)
    found = []
    for at, one in enumerate(given if isinstance(given, list) else [given] if given is not None else [], start=1):
        terms: Mapping[str, Any] = one if isinstance(one, dict) else {}
        names, least, instead = terms.get("columns"), terms.get("fewer_than"), terms.get("instead", "")
        is_known = isinstance(names, list) and all(isinstance(name, str) and name in known for name in names)
        if not names or not is_known or not isinstance(instead, str) or terms.keys() - _SUPPRESS_FIELDS:
            problems[f"suppress.{at}"] = "Name published columns that are no part of the key, fewer_than, and instead."
        elif not isinstance(least, int) or isinstance(least, bool) or not 2 <= least <= 100_000:
            problems[f"suppress.{at}.fewer_than"] = "Write a whole number from 2."
        else:
            found.append(Rare(tuple(names), least, instead))
    return tuple(found)


def policy(given: Mapping[str, Any], field: str, usual: Policy, problems: dict[str, str]) -> Policy:
    """Return whether a surprise is refused or ignored."""
    return _one_of(given, field, usual, "", problems)


def check(
    columns: tuple[ColumnTerms, ...], key: tuple[str, ...], suppressed: tuple[Rare, ...], problems: dict[str, str]
) -> None:
    """Refuse what would publish personal data, or publish in one column what another hides."""
    rare = {name for one in suppressed for name in one.columns}
    hidden: dict[str, str] = {}
    for one in columns:
        changed = one.transform is not Transform.NONE or one.name in rare
        if one.publish and one.classification is not Classification.PUBLIC and not changed:
            problems[f"columns.{one.name}.classification"] = (
                f"A {one.classification} column is not published as it is. Give it a transform, suppress its rare"
                " values, or write publish = false."
            )
        if one.name in key and one.transform is not Transform.NONE:
            problems[f"columns.{one.name}.transform"] = "A key is published as it is. Choose another key."
        if changed or not one.publish or one.classification is not Classification.PUBLIC:
            hidden.update(dict.fromkeys(one.headings, one.name))
    for one in columns:
        shows = one.publish and one.transform is Transform.NONE and one.name not in rare
        for heading in one.headings:
            if shows and heading in hidden and hidden[heading] != one.name:
                problems[f"columns.{one.name}.publish"] = (
                    f"It shows “{heading}”, which column {hidden[heading]} hides. Write publish = false."
                )


def _one_of(given: Mapping[str, Any], field: str, usual: _Kind, where: str, problems: dict[str, str]) -> _Kind:
    kinds = list(type(usual))
    value = given.get(field, usual)
    for kind in kinds:
        if value == kind:
            return kind
    problems[f"{where}.{field}" if where else field] = f"Choose one of {', '.join(kinds)}."
    return usual


def _amount(
    given: Mapping[str, Any], field: str, bounds: tuple[float, float], is_due: bool | None, where: str,
    problems: dict[str, str], usual: float = 0,
) -> float:  # fmt: skip
    """Return a number within bounds. `is_due`: True when it must be there, False when it must not, None for either."""
    value = given.get(field)
    if value is None and not is_due:
        return usual
    if is_due is False:
        problems[f"{where}.{field}"] = "It says nothing of a column of this type and transform."
        return usual
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    number = float(value) if is_number and value is not None else -1.0
    if not bounds[0] <= number <= bounds[1] or (field == "resolution" and not number.is_integer()):
        problems[f"{where}.{field}"] = f"Write a number from {bounds[0]:,} to {bounds[1]:,}."
        return usual
    return number


def _fresh_within(given: Mapping[str, Any], kind: ColumnType, where: str, problems: dict[str, str]) -> str:
    value = given.get("fresh_within", "")
    if value and (kind not in _TIMES or not isinstance(value, str) or rules.duration(value) is None):
        problems[f"{where}.fresh_within"] = "Only a column of dates or times has one: a duration such as P1D or PT1H."
        return ""
    return value if isinstance(value, str) else ""
