"""A contract as a form shows it and as a form changes it. What the form does not ask about stays as it is.

A form's fields are named as in "title_en", those of a column by its place: "c3_title_en". What everybody sees of a
column is one choice there: "keep", "drop", "block", "scrub", "h3-9", "snap-500".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cityhall.apps.opendata import rules
from cityhall.apps.opendata.contracts import ColumnTerms, Contract, Policy, Transform
from cityhall.apps.opendata.rules import checking, contract_files, guessing, rarities
from cityhall.kernel.errors import Invalid
from cityhall.kernel.snapshots import ColumnType

LANGUAGES: Final = ("en", "es")
MOST_COLUMNS: Final = 150
"""How many columns the pages take; their form would have too many fields beyond."""
SURPRISES: Final = ("new_columns", "missing_columns")
"""What is done about columns that nobody expected: as a contract's file names it, so does the form."""
KEEP: Final = "keep"
DROP: Final = "drop"
_SHOWN: Final = re.compile(r"(h3|snap)-(\d{1,6})")
_NUMBER: Final = re.compile(r"\d{1,6}(?:\.\d{1,3})?")
_BAD: Final = -1
DAY_FIRST: Final = "-day-first"
"""What the choice of a type ends with where the file writes days before months."""
DECIMAL_COMMA: Final = "-decimal-comma"
"""And where it writes 1.234,5."""
_TIMES: Final = (ColumnType.DATE, ColumnType.TIMESTAMP)


def shown_as(column: ColumnTerms) -> str:
    """Return the choice that says what everybody sees of a column."""
    match column.transform:
        case _ if not column.publish:
            return DROP
        case Transform.NONE:
            return KEEP
        case Transform.H3:
            return f"h3-{column.resolution}"
        case Transform.SNAP:
            return f"snap-{column.metres:g}"
        case other:
            return other.value


def type_of(choice: str) -> str:
    """Return the type that a choice of one names, whatever else it says."""
    return choice.removesuffix(DAY_FIRST).removesuffix(DECIMAL_COMMA)


def _choice(column: ColumnTerms) -> str:
    if column.type is ColumnType.NUMBER and column.decimal_comma:
        return f"{column.type}{DECIMAL_COMMA}"
    return f"{column.type}{DAY_FIRST if column.day_first else ''}"


def answers_of(contract: Contract) -> dict[str, str]:
    """Return what a form is filled with at first."""
    filled = {
        "name": contract.name, "owner": contract.owner, "licence": contract.licence,
        "fresh_within": contract.fresh_within,
        "most_lost": f"{100 * contract.most_lost:g}", "most_aside": f"{100 * contract.most_aside:g}",
        **_texts("title", contract.title), **_texts("description", contract.description),
        **rarities.answers_of(contract.suppress),
    }  # fmt: skip
    filled |= {field: getattr(contract, field).value for field in SURPRISES}
    columns = contract_files.as_given(contract)["columns"]
    for at, one in enumerate(contract.columns):
        filled |= {
            f"c{at}_type": _choice(one),
            f"c{at}_unit": one.unit, f"c{at}_class": one.classification.value,
            f"c{at}_show": shown_as(one), f"c{at}_hold": f"{one.hold_hours:g}" if one.hold_hours else "",
            f"c{at}_key": "yes" if one.name in contract.key else "", f"c{at}_required": "yes" if one.required else "",
            **_texts(f"c{at}_title", one.title), **_texts(f"c{at}_about", one.description),
            **{f"c{at}_{name}": text for name, text in checking.answers_of(columns[at]).items()},
        }  # fmt: skip
    return filled


def with_answers(contract: Contract, answers: Mapping[str, str], *, words_only: bool = False) -> Contract:
    """Return the contract that a filled-in form makes of another.

    Args:
        words_only: what is published stays as it is; only what is said of it changes.

    Raises:
        Invalid: by field, as for a contract's file.
    """
    given = contract_files.as_given(contract)
    for field in ("owner", "licence", "fresh_within", *(() if words_only else ("name",))):
        _set(given, field, answers.get(field, given.get(field, "")).strip())
    for field in ("title", "description"):
        given[field] = _translated(given.get(field, {}), field, answers)
    for field in ("most_lost", "most_aside"):
        given[field] = _amount(answers.get(field, ""), 100 * getattr(contract, field)) / 100
    for field in SURPRISES:
        given[field] = answers.get(field) or getattr(contract, field).value
    columns = [
        _column(dict(one), f"c{at}_", answers, words_only=words_only)
        for at, one in enumerate(given["columns"])
    ]  # fmt: skip
    given["columns"] = columns
    if not words_only:
        given["key"] = [one["name"] for at, one in enumerate(columns) if answers.get(f"c{at}_key")]
        given["columns"] = [*columns, *_point(columns, answers)]
        shown = {one["name"] for one in columns if one.get("transform") != DROP}
        given["suppress"] = rarities.changed(given.get("suppress", []), answers, shown)
    return contract_files.checked(given)


def need_headings(contract: Contract, headings: Sequence[str]) -> None:
    """Refuse to go on while a published column is not in the file, unless it may be missing. Raises Invalid."""
    if contract.missing_columns is Policy.IGNORE:
        return
    there = set(headings)
    lacking = {
        f"columns.{one.name}.missing": f"The file has no column “{heading}”."
        for one in contract.columns
        if one.publish
        for heading in one.headings
        if heading not in there
    }
    if lacking:
        raise Invalid(lacking)


def _column(given: dict[str, Any], prefix: str, answers: Mapping[str, str], *, words_only: bool) -> dict[str, Any]:
    given["title"] = _translated(given.get("title", {}), f"{prefix}title", answers)
    given["description"] = _translated(given.get("description", {}), f"{prefix}about", answers)
    _set(given, "unit", answers.get(f"{prefix}unit", given.get("unit", "")).strip())
    if words_only or f"{prefix}show" not in answers:
        checking.change(given, prefix, answers)
        return given
    if given["type"] != ColumnType.POINT:
        _retype(given, answers.get(f"{prefix}type") or given["type"])
        given["required"] = bool(answers.get(f"{prefix}required"))
    given["classification"] = answers.get(f"{prefix}class", "public")
    for field in ("transform", "resolution", "metres", "publish", "hold_hours"):
        given.pop(field, None)
    given |= _transform(answers[f"{prefix}show"])
    checking.change(given, prefix, answers)
    if hold := answers.get(f"{prefix}hold", "").strip():
        given["hold_hours"] = _amount(hold, _BAD)
    return given


def _retype(given: dict[str, Any], kind: str) -> None:
    """Give a column another type; lists, bounds and promises that only the old one can have go."""
    given.pop("day_first", None)
    given.pop("decimal_comma", None)
    if kind == f"{ColumnType.NUMBER}{DECIMAL_COMMA}":
        kind, given["decimal_comma"] = ColumnType.NUMBER.value, True
    if kind.removesuffix(DAY_FIRST) in _TIMES and kind.endswith(DAY_FIRST):
        kind, given["day_first"] = kind.removesuffix(DAY_FIRST), True
    if kind == given["type"]:
        return
    given["type"] = kind if kind != ColumnType.POINT else ""
    if kind != ColumnType.TEXT:
        given.pop("choices", None)
    if kind != ColumnType.NUMBER:
        for field in ("least", "most", "sign", "brackets"):
            given.pop(field, None)
    if kind not in _TIMES:
        given.pop("fresh_within", None)


def _point(columns: Sequence[Mapping[str, Any]], answers: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the point that a form makes from two of the file's columns; none when it says nothing of one."""
    halves = {half: answers.get(f"point_{half}", "").strip() for half in ("longitude", "latitude")}
    if not any(halves.values()):
        return []
    name = rules.column_name("location", {one["name"]: None for one in columns})
    have_comma = {one.get("decimal_comma", False) for one in columns if one.get("source") in halves.values()}
    return [
        {"name": name, "type": ColumnType.POINT.value, "title": guessing.POINT_TITLE, **halves,
         "decimal_comma": have_comma == {True},
         **_transform(answers.get("point_show", KEEP))}
    ]  # fmt: skip


def _transform(shown: str) -> dict[str, Any]:
    """Return the fields of a contract's file that a choice of what everybody sees makes."""
    if found := _SHOWN.fullmatch(shown):
        return {"transform": found[1], "resolution" if found[1] == "h3" else "metres": int(found[2])}
    return {} if shown == KEEP else {"transform": shown}


def _texts(field: str, texts: Mapping[str, str]) -> dict[str, str]:
    return {f"{field}_{language}": texts.get(language, "") for language in LANGUAGES}


def _translated(texts: Mapping[str, str], field: str, answers: Mapping[str, str]) -> dict[str, str]:
    told = {language: answers.get(f"{field}_{language}", texts.get(language, "")).strip() for language in LANGUAGES}
    return {language: text for language, text in {**texts, **told}.items() if text}


def _set(given: dict[str, Any], field: str, value: str) -> None:
    if value:
        given[field] = value
    else:
        given.pop(field, None)


def _amount(text: str, usual: float) -> float:
    """Return a number as it was typed: `usual` for nothing, one that no field takes for what is none."""
    text = text.strip().removesuffix("%").strip()
    return usual if not text else float(text) if _NUMBER.fullmatch(text) else _BAD
