"""Contracts as TOML files and as they are kept: every fault is named by its field."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from cityhall.apps.opendata import rules
from cityhall.apps.opendata.contracts import ColumnTerms, Contract
from cityhall.kernel.errors import Invalid
from cityhall.kernel.snapshots import ColumnType

_FIELDS = {
    "name",
    "title",
    "description",
    "owner",
    "licence",
    "key",
    "fresh_within",
    "most_lost",
    "most_aside",
    "columns",
}
_COLUMN_FIELDS = {
    "name", "source", "type", "title", "description", "unit", "required", "choices", "least", "most", "publish",
}  # fmt: skip
_MOST_COLUMNS = 500


def read(text: str) -> Contract:
    """Return the contract a TOML file holds.

    Raises:
        Invalid: by field, "columns.NAME.FIELD" for those of a column.
    """
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise Invalid({"contract": f"It is no TOML: {problem}."}) from problem
    problems: dict[str, str] = {}
    for name in given.keys() - _FIELDS:
        problems[name] = f"There is no such field. Use {', '.join(sorted(_FIELDS))}."
    columns = _columns(given.get("columns"), problems)
    contract = Contract(
        name=_text(given, "name", problems, required=True),
        title=_translated(given.get("title"), "title", problems, required=True),
        description=_translated(given.get("description"), "description", problems),
        owner=_text(given, "owner", problems),
        licence=_text(given, "licence", problems),
        columns=columns,
        key=_key(given.get("key", []), columns, problems),
        fresh_within=_text(given, "fresh_within", problems),
        most_lost=_share(given, "most_lost", 0.5, problems),
        most_aside=_share(given, "most_aside", 0.1, problems),
    )
    if contract.name and contract.name != rules.dataset_name(contract.name.replace("-", " ")):
        problems["name"] = "Write it in lower-case letters, digits and hyphens."
    if contract.fresh_within and rules.duration(contract.fresh_within) is None:
        problems["fresh_within"] = "Write an ISO 8601 duration such as P1D, PT1H or P1M."
    if problems:
        raise Invalid(problems)
    return contract


def kept(given: Mapping[str, Any]) -> Contract:
    """Return the contract that `to_keep` made JSON of."""
    columns = tuple(
        ColumnTerms(**{**one, "type": ColumnType(one["type"]), "choices": tuple(one["choices"])})
        for one in given["columns"]
    )
    return Contract(**{**given, "columns": columns, "key": tuple(given["key"])})


def to_keep(contract: Contract) -> dict[str, Any]:
    """Return the contract as JSON holds it: lists in the place of tuples."""
    return dict(json.loads(json.dumps(asdict(contract))))


def _columns(given: Any, problems: dict[str, str]) -> tuple[ColumnTerms, ...]:
    if not isinstance(given, list) or not given or len(given) > _MOST_COLUMNS:
        problems["columns"] = f"List 1 to {_MOST_COLUMNS} columns, each under [[columns]]."
        return ()
    found: dict[str, ColumnTerms] = {}
    for at, one in enumerate(given, start=1):
        name = one.get("name", "") if isinstance(one, dict) else ""
        where = f"columns.{name or at}"
        if not isinstance(name, str) or not rules.is_column_name(name):
            problems[f"{where}.name"] = "Write it in lower-case letters, digits and _, beginning with a letter."
            continue
        if name in found:
            problems[f"{where}.name"] = "Another column has this name."
            continue
        found[name] = _column(one, name, where, problems)
    return tuple(found.values())


def _column(given: Mapping[str, Any], name: str, where: str, problems: dict[str, str]) -> ColumnTerms:
    for field in given.keys() - _COLUMN_FIELDS:
        problems[f"{where}.{field}"] = f"There is no such field. Use {', '.join(sorted(_COLUMN_FIELDS))}."
    kind = given.get("type", "text")
    if kind not in set(ColumnType):
        problems[f"{where}.type"] = f"Choose one of {', '.join(ColumnType)}."
        kind = "text"
    choices = given.get("choices", [])
    if not isinstance(choices, list) or not all(isinstance(one, str) for one in choices):
        problems[f"{where}.choices"] = "List texts."
        choices = []
    for bound in ("least", "most"):
        if bound in given and (kind != "number" or not _is_number(given[bound])):
            problems[f"{where}.{bound}"] = "Only a column of numbers has bounds, and they are numbers."
    for flag in ("required", "publish"):
        if not isinstance(given.get(flag, True), bool):
            problems[f"{where}.{flag}"] = "Write true or false."
    return ColumnTerms(
        name=name,
        source=_text(given, "source", problems, where=where) or name,
        type=ColumnType(kind),
        title=_translated(given.get("title", name), f"{where}.title", problems),
        description=_translated(given.get("description"), f"{where}.description", problems),
        unit=_text(given, "unit", problems, where=where),
        required=given.get("required", False) is True,
        choices=tuple(choices),
        least=given.get("least") if _is_number(given.get("least")) else None,
        most=given.get("most") if _is_number(given.get("most")) else None,
        publish=given.get("publish", True) is not False,
    )


def _key(given: Any, columns: tuple[ColumnTerms, ...], problems: dict[str, str]) -> tuple[str, ...]:
    names = (given,) if isinstance(given, str) else tuple(given) if isinstance(given, list) else ()
    known = {one.name for one in columns if one.publish}
    if any(name not in known for name in names):
        problems["key"] = "Name columns that are published."
        return ()
    return names


def _text(
    given: Mapping[str, Any], field: str, problems: dict[str, str], *, required: bool = False, where: str = ""
) -> str:
    value = given.get(field, "")
    if not isinstance(value, str) or len(value) > 500 or (required and not value.strip()):
        problems[f"{where}.{field}" if where else field] = "Write a text of at most 500 characters."
        return ""
    return value.strip()


def _translated(given: Any, field: str, problems: dict[str, str], *, required: bool = False) -> dict[str, str]:
    """Return a text by language. A plain one is English."""
    texts = {"en": given} if isinstance(given, str) else given or {}
    fit = isinstance(texts, dict) and all(isinstance(one, str) and len(one) <= 5000 for one in texts.values())
    if not fit or (required and not any(str(one).strip() for one in texts.values())):
        problems[field] = 'Write a text, or one for each language: { en = "…", es = "…" }.'
        return {}
    return {str(language): text.strip() for language, text in texts.items() if text.strip()}


def _share(given: Mapping[str, Any], field: str, usual: float, problems: dict[str, str]) -> float:
    value = given.get(field, usual)
    if not _is_number(value) or not 0 <= value <= 1:
        problems[field] = "Write a share from 0 to 1, such as 0.1."
        return usual
    return float(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
