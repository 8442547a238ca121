"""What the form asks in the languages of the other doors: CKAN's filters, and OGC API Features with CQL2.

Each gives the same rows as the form does, or None where its language cannot say it.
"""

from __future__ import annotations

import json
from typing import Any, Final

from cityhall.apps.opendata.contracts import ColumnInfo, DatasetInfo
from cityhall.apps.opendata.web import asking
from cityhall.apps.opendata.web.asking import Asked, Filter
from cityhall.kernel.analytics.columns import Type

Pairs = list[tuple[str, str]]

_CKAN_RANGES: Final = {"not": "ne", "from": "gte", "to": "lte"}
_CQL2_SIGNS: Final = {"is": "=", "not": "<>", "from": ">=", "to": "<="}
_CQL2_WORDS: Final = frozenset(
    {"and", "or", "not", "in", "is", "like", "between", "null", "true", "false", "div", "casei", "accenti", "date"}
    | {"timestamp", "interval", "point", "polygon", "multipolygon", "bbox", "geometry"}
)


def ckan(asked: Asked, info: DatasetInfo) -> Pairs | None:
    """Return the parameters of `datastore_search`."""
    if not asked.is_plain:
        return None
    known = {column.name: column for column in info.columns}
    conditions = [_ckan_condition(one, known[one.column]) for one in asking.in_force(asked)]
    if None in conditions:
        return None
    names = [one.column for one in asking.in_force(asked)]
    pairs = list(zip(names, conditions, strict=True))
    filters = dict(pairs) if len(set(names)) == len(names) else {"$and": [{name: value} for name, value in pairs]}
    found = [("resource_id", str(info.id))]
    if filters:
        found.append(("filters", json.dumps(filters, ensure_ascii=False)))
    if asked.columns:
        found.append(("fields", ",".join(asked.columns)))
    if asked.order:
        found.append(("sort", f"{asked.order} {'desc' if asked.descending else 'asc'}"))
    return found


def _ckan_condition(one: Filter, column: ColumnInfo) -> Any:
    if one.comparison not in {"is", *_CKAN_RANGES}:
        return None
    kept = column.type.kept_as
    if kept is Type.TIMESTAMP:
        begins, ends = asking.ends_of_day(one.value)
        days = {"is": {"gte": begins, "lte": ends}, "from": {"gte": begins}, "to": {"lte": ends}}
        return days.get(one.comparison)
    value: Any = one.value
    if kept is Type.NUMBER:
        value = json.loads(asking.number(one.value))
    elif kept is Type.BOOLEAN:
        value = asking.truth(one.value) == "true"
    return value if one.comparison == "is" else {_CKAN_RANGES[one.comparison]: value}


def ogc(asked: Asked, info: DatasetInfo) -> Pairs | None:
    """Return the parameters of a collection's items."""
    if not asked.is_plain:
        return None
    known = {column.name: column for column in info.columns}
    conditions = [_cql2_condition(one, known[one.column]) for one in asking.in_force(asked)]
    if "" in conditions:
        return None
    found = [("f", "json")]
    if conditions:
        found.append(("filter", " AND ".join(conditions)))
    if asked.columns:
        found.append(("properties", ",".join(asked.columns)))
    if asked.order:
        found.append(("sortby", f"{'-' if asked.descending else ''}{asked.order}"))
    return found


def _cql2_condition(one: Filter, column: ColumnInfo) -> str:
    """Return a condition in CQL2's text, "" for one that it cannot say."""
    name = f'"{one.column}"' if one.column in _CQL2_WORDS else one.column
    if one.comparison in {"empty", "filled"}:
        return f"{name} IS {'NOT ' if one.comparison == 'filled' else ''}NULL"
    kept = column.type.kept_as
    if kept is Type.TIMESTAMP:
        begins, ends = (f"TIMESTAMP('{moment}')" for moment in asking.ends_of_day(one.value))
        within = f"({name} BETWEEN {begins} AND {ends})"
        return {
            "is": within, "not": f"NOT {within}", "from": f"{name} >= {begins}", "to": f"{name} <= {ends}",
        }[one.comparison]  # fmt: skip
    if kept is Type.BOOLEAN:
        return f"{name} {_CQL2_SIGNS[one.comparison]} {asking.truth(one.value).upper()}"
    if kept is Type.NUMBER:
        return f"{name} {_CQL2_SIGNS[one.comparison]} {asking.number(one.value)}"
    text = one.value.replace("'", "''")
    if "\\" in text or (one.comparison == "has" and {"%", "_"} & set(text)):
        return ""  # signs that mean something else within a pattern or a text
    if one.comparison == "has":
        return f"CASEI({name}) LIKE CASEI('%{text}%')"
    return f"{name} {_CQL2_SIGNS[one.comparison]} '{text}'"
