"""Contracts as TOML files and as they are kept: every fault is named by its field."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from cityhall.apps.opendata import rules
from cityhall.apps.opendata.contracts import (
    Classification,
    ColumnTerms,
    Contract,
    Policy,
    SourceKind,
    SourceTerms,
    Transform,
)
from cityhall.apps.opendata.rules import protections, sources, topics
from cityhall.kernel.errors import Invalid
from cityhall.kernel.snapshots import ColumnType, Rare

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
    "suppress",
    "new_columns",
    "missing_columns",
    "topics",
    "columns",
    "source",
}
_COLUMN_FIELDS = {
    "name", "source", "type", "title", "description", "unit", "required", "choices", "least", "most", "publish",
    "longitude", "latitude", "day_first", "sign", "decimal_comma", "brackets", *protections.COLUMN_FIELDS,
}  # fmt: skip
_MOST_COLUMNS = 500
_MOST_TOPICS = 10
_LONGEST_TOPIC = 60
_SIGN = re.compile(r"[^\d\s().,+-]{1,8}")


def read(text: str) -> Contract:
    """Return the contract a TOML file holds.

    Raises:
        Invalid: by field, "columns.NAME.FIELD" for those of a column.
    """
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise Invalid({"contract": f"It is no TOML: {problem}."}) from problem
    return checked(given)


def checked(given: Mapping[str, Any]) -> Contract:
    """Return the contract that the fields of a file make. Raises Invalid, as `read` does."""
    problems: dict[str, str] = {}
    for name in given.keys() - _FIELDS:
        problems[name] = f"There is no such field. Use {', '.join(sorted(_FIELDS))}."
    columns = _columns(given.get("columns"), problems)
    key = _key(given.get("key", []), columns, problems)
    suppressed = protections.suppressions(given.get("suppress"), columns, key, problems)
    protections.check(columns, key, suppressed, problems)
    contract = Contract(
        name=_text(given, "name", problems, required=True),
        title=_translated(given.get("title"), "title", problems, required=True),
        description=_translated(given.get("description"), "description", problems),
        owner=_text(given, "owner", problems),
        licence=_text(given, "licence", problems),
        columns=columns,
        key=key,
        fresh_within=_text(given, "fresh_within", problems),
        most_lost=_share(given, "most_lost", 0.5, problems),
        most_aside=_share(given, "most_aside", 0.1, problems),
        suppress=suppressed,
        new_columns=protections.policy(given, "new_columns", Policy.IGNORE, problems),
        missing_columns=protections.policy(given, "missing_columns", Policy.REFUSE, problems),
        source=sources.read(given.get("source"), problems),
        topics=_topics(given.get("topics", []), problems),
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
        ColumnTerms(
            **{
                **one,
                "type": ColumnType(one["type"]),
                "choices": tuple(one["choices"]),
                "classification": Classification(one.get("classification", Classification.PUBLIC)),
                "transform": Transform(one.get("transform", Transform.NONE)),
            }
        )
        for one in given["columns"]
    )
    rare = tuple(Rare(**{**one, "columns": tuple(one["columns"])}) for one in given.get("suppress", []))
    policies = {field: Policy(given[field]) for field in ("new_columns", "missing_columns") if field in given}
    source = given.get("source")
    terms = SourceTerms(**{**source, "kind": SourceKind(source["kind"])}) if source else None
    about = {"source": terms, "topics": tuple(given.get("topics", []))}
    return Contract(**{**given, "columns": columns, "key": tuple(given["key"]), "suppress": rare, **policies, **about})


def to_keep(contract: Contract) -> dict[str, Any]:
    """Return the contract as JSON holds it: lists in the place of tuples."""
    return dict(json.loads(json.dumps(asdict(contract))))


def as_given(contract: Contract) -> dict[str, Any]:
    """Return the fields of the file that would make this contract, without those that go without saying."""
    kept_as = to_keep(contract)
    return {**_unusual(kept_as, Contract), "columns": [_unusual(one, ColumnTerms) for one in kept_as["columns"]]}


def differing(before: Contract, after: Contract) -> tuple[str, ...]:
    """Return the names of what differs between two contracts: fields, and "columns.NAME"."""
    was, now = as_given(before), as_given(after)
    columns_were, columns_are = ({one["name"]: one for one in each.pop("columns")} for each in (was, now))
    fields_differ = [name for name in {**was, **now} if was.get(name) != now.get(name)]
    named = {**columns_were, **columns_are}
    return (*fields_differ, *(f"columns.{one}" for one in named if columns_were.get(one) != columns_are.get(one)))


def _unusual(given: Mapping[str, Any], kind: type[Contract | ColumnTerms]) -> dict[str, Any]:
    usual = {one.name: one.default for one in fields(kind)}
    return {name: value for name, value in given.items() if value != usual[name] and value not in ("", [], {}, None)}


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
    if _is_number(given.get("least")) and _is_number(given.get("most")) and given["least"] > given["most"]:
        problems[f"{where}.most"] = "It is below least. Write a greater number."
    for flag in ("required", "publish", "day_first", "decimal_comma", "brackets"):
        if not isinstance(given.get(flag, True), bool):
            problems[f"{where}.{flag}"] = "Write true or false."
    if given.get("day_first") is True and kind not in (ColumnType.DATE, ColumnType.TIMESTAMP):
        problems[f"{where}.day_first"] = "Only dates and times have it."
    if given.get("decimal_comma") is True and kind not in (ColumnType.NUMBER, ColumnType.POINT):
        problems[f"{where}.decimal_comma"] = "Only numbers and points have it."
    if given.get("brackets") is True and kind != ColumnType.NUMBER:
        problems[f"{where}.brackets"] = "Only numbers have it."
    sign = _text(given, "sign", problems, where=where)
    if sign and (kind != ColumnType.NUMBER or not _SIGN.fullmatch(sign)):
        problems[f"{where}.sign"] = "Only numbers have it. Write what stands at each, such as $ or %."
    is_point = kind == ColumnType.POINT
    protected = protections.of_column(given, ColumnType(kind), where, problems)
    for heading in ("longitude", "latitude"):
        if is_point != bool(_text(given, heading, problems, where=where)):
            wanted = "Write the heading of the column that holds it." if is_point else "Only a point has one."
            problems[f"{where}.{heading}"] = wanted
    if is_point and given.get("longitude") and given.get("longitude") == given.get("latitude"):
        problems[f"{where}.latitude"] = "It is the longitude's. Write the heading of the other column."
    if is_point and ("source" in given or choices):
        problems[f"{where}.type"] = "A point has a longitude and a latitude, and neither source nor choices."
    return ColumnTerms(
        name=name,
        source="" if is_point else _text(given, "source", problems, where=where) or name,
        type=ColumnType(kind),
        title=_translated(given.get("title", name), f"{where}.title", problems),
        description=_translated(given.get("description"), f"{where}.description", problems),
        unit=_text(given, "unit", problems, where=where),
        required=given.get("required", False) is True,
        choices=tuple(choices),
        least=given.get("least") if _is_number(given.get("least")) else None,
        most=given.get("most") if _is_number(given.get("most")) else None,
        publish=given.get("publish", True) is not False and protected["transform"] is not Transform.DROP,
        longitude=_text(given, "longitude", problems, where=where),
        latitude=_text(given, "latitude", problems, where=where),
        day_first=given.get("day_first", False) is True,
        sign=sign,
        decimal_comma=given.get("decimal_comma", False) is True,
        brackets=given.get("brackets", False) is True,
        **protected,
    )


def _key(given: Any, columns: tuple[ColumnTerms, ...], problems: dict[str, str]) -> tuple[str, ...]:
    names = (given,) if isinstance(given, str) else tuple(given) if isinstance(given, list) else ()
    known = {one.name for one in columns if one.publish and one.type is not ColumnType.POINT}
    if any(name not in known for name in names):
        problems["key"] = "Name columns that are published and are no points."
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


def _topics(given: Any, problems: dict[str, str]) -> tuple[dict[str, str], ...]:
    """Return what a dataset is about, each topic once."""
    if not isinstance(given, list) or len(given) > _MOST_TOPICS:
        problems["topics"] = f"List at most {_MOST_TOPICS} topics."
        return ()
    found = [_translated(one, "topics", problems, required=True) for one in given]
    if any(len(text) > _LONGEST_TOPIC for one in found for text in one.values()):
        problems["topics"] = f"Write each topic in a word or two, in at most {_LONGEST_TOPIC} characters."
    return tuple({topics.code(one): one for one in found if one}.values())


def _share(given: Mapping[str, Any], field: str, usual: float, problems: dict[str, str]) -> float:
    value = given.get(field, usual)
    if not _is_number(value) or not 0 <= value <= 1:
        problems[field] = "Write a share from 0 to 1, such as 0.1."
        return usual
    return float(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
