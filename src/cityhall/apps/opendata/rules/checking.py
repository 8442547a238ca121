"""What a column's values are held to, as a form shows it and as a form changes it: a list, bounds, gaps, age.

What no contract takes is handed on as it was written, for the contract to refuse by its field. What the form shows and
nobody changed stays exactly as it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from cityhall.apps.opendata import rules
from cityhall.kernel.snapshots import ColumnType

LONGEST_LIST: Final = 20_000
"""Letters. A longer list of values is changed by a contract's file alone."""
_NUMBER: Final = re.compile(r"[-+]?\d{1,15}(?:\.\d{1,9})?")
_DAYS: Final = re.compile(r"\d{1,4}(?:\.\d{1,4})?")
_DAY: Final = timedelta(days=1)


def answers_of(given: Mapping[str, Any]) -> dict[str, str]:
    """Return what the form shows of a column, given as in a contract's file."""
    most_empty = given.get("most_empty")
    return {
        "choices": "\n".join(given.get("choices", ())),
        "least": _shown(given.get("least")),
        "most": _shown(given.get("most")),
        "empty": "" if most_empty is None else f"{100 * most_empty:g}",
        "age": _age(given.get("fresh_within", "")),
    }


def fields_of(kind: str, given: Mapping[str, Any]) -> frozenset[str]:
    """Return which of these fields go with a column of this type, given as in a contract's file."""
    is_long = len("\n".join(given.get("choices", ()))) > LONGEST_LIST
    return frozenset(
        name for name, (_field, kinds, _read) in _FIELDS.items() if kind in kinds and (name != "choices" or not is_long)
    )


def change(given: dict[str, Any], prefix: str, answers: Mapping[str, str]) -> None:
    """Give a column what a form says its values are held to. What its type cannot have is passed over."""
    shown, known = answers_of(given), fields_of(given["type"], given)
    for name, (field, _kinds, read) in _FIELDS.items():
        answer = answers.get(f"{prefix}{name}")
        if answer is None or name not in known or _lines(answer) == _lines(shown[name]):
            continue
        if text := answer.strip():
            given[field] = read(text)
        else:
            given.pop(field, None)


def _shown(bound: float | None) -> str:
    if bound is None:
        return ""
    return str(int(bound)) if float(bound).is_integer() and abs(bound) < 1e15 else repr(float(bound))


def _age(duration: str) -> str:
    length = rules.duration(duration) if duration else None
    return f"{length / _DAY:.10g}" if length else duration


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _list(text: str) -> list[str]:
    return list(dict.fromkeys(_lines(text)))


def _bound(text: str) -> float | str:
    plain = text.replace(",", "")
    return float(plain) if _NUMBER.fullmatch(plain) else text


def _share(text: str) -> float | str:
    plain = text.removesuffix("%").strip()
    return float(plain) / 100 if _NUMBER.fullmatch(plain) else text


def _duration(text: str) -> str:
    if not _DAYS.fullmatch(text):
        return text
    hours = round(24 * float(text))
    return f"P{hours // 24}D" if hours % 24 == 0 else f"P{hours // 24}DT{hours % 24}H"


_TIMES: Final = frozenset({ColumnType.DATE, ColumnType.TIMESTAMP})
#: By the form's name: the contract's, which types have it, and how it is read.
_FIELDS: Final[Mapping[str, tuple[str, frozenset[ColumnType], Callable[[str], Any]]]] = {
    "choices": ("choices", frozenset({ColumnType.TEXT}), _list),
    "least": ("least", frozenset({ColumnType.NUMBER}), _bound),
    "most": ("most", frozenset({ColumnType.NUMBER}), _bound),
    "empty": ("most_empty", frozenset(ColumnType), _share),
    "age": ("fresh_within", _TIMES, _duration),
}
