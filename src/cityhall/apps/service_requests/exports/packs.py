"""The catalogue as a category pack, so that it can be kept beside the code, edited, and loaded again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cityhall.apps.identity import public as identity
from cityhall.apps.service_requests.models import Category, CategoryGroup, Question
from cityhall.apps.service_requests.rules.packs import CATEGORY_FIELDS, QUESTION_FIELDS

_HEADER = "# A category pack, written by `cityhall categories export`. Load it with `cityhall categories load FILE`.\n"


def export_category_pack() -> str:
    """Return every group, department and category with its questions as TOML; loading it changes nothing."""
    departments = {one.id: one for one in identity.departments()}
    parts = [_HEADER]
    for one in departments.values():
        parts.append(_table("[[departments]]", {"code": one.code, "name": dict(one.name)}))
    for group in CategoryGroup.objects.order_by("order", "code"):
        texts = {"code": group.code, "name": group.name, "order": group.order, "icon": group.icon}
        parts.append(_table("[[groups]]", texts))
    rows = Category.objects.select_related("group").prefetch_related("questions")
    for row in rows.order_by("group__order", "group__code", "order", "code"):
        own = departments.get(row.department_id) if row.department_id else None
        values = {name: getattr(row, name) for name in CATEGORY_FIELDS if name not in {"questions", "department"}}
        values |= {"group": row.group.code, "department": own.code if own else ""}
        parts.append(_table("[[categories]]", {name: values[name] for name in CATEGORY_FIELDS if name in values}))
        parts += [_question(one) for one in sorted(row.questions.all(), key=lambda one: (one.order, one.code))]
    return "\n".join(parts)


def _question(row: Question) -> str:
    return _table("[[categories.questions]]", {name: getattr(row, name) for name in QUESTION_FIELDS})


def _table(heading: str, values: Mapping[str, Any]) -> str:
    lines = (f"{name} = {_value(value)}" for name, value in values.items() if value not in ("", None, {}, []))
    return "\n".join([heading, *lines, ""])


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return f"{{ {', '.join(_pairs(value))} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    # A JSON string without \\u escapes is a TOML string; numbers are alike.
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)


def _pairs(value: Mapping[str, Any]) -> Iterator[str]:
    return (f"{json.dumps(name, ensure_ascii=False)} = {_value(one)}" for name, one in value.items())
