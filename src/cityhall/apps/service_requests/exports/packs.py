"""The catalogue as a category pack, so that it can be kept beside the code, edited, and loaded again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cityhall.apps.service_requests.queries.packs import category_pack

_HEADER = "# A category pack, written by `cityhall categories export`. Load it with `cityhall categories load FILE`.\n"


def export_category_pack() -> str:
    """Return every group, department and category with its questions as TOML; loading it changes nothing."""
    pack = category_pack()
    parts = [_HEADER]
    parts += [_table("[[departments]]", one) for one in pack["departments"]]
    parts += [_table("[[groups]]", one) for one in pack["groups"]]
    for one in pack["categories"]:
        parts.append(_table("[[categories]]", {name: value for name, value in one.items() if name != "questions"}))
        parts += [_table("[[categories.questions]]", question) for question in one["questions"]]
    return "\n".join(parts)


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
