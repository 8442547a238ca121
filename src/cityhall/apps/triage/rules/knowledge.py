"""What a category says of itself, before anybody has reported anything: a category pack as phrases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cityhall.apps.triage.contracts import Kind

_NAME, _KEYWORD, _DESCRIPTION, _ASKED, _GROUP = 3.0, 2.0, 2.0, 0.5, 0.3


def kinds_of(pack: Mapping[str, Any]) -> list[Kind]:
    """Return a pack's categories as the model learns them; emergencies are for nobody's guess."""
    groups = {one["code"]: one.get("name", {}) for one in pack.get("groups", ())}
    return [
        Kind(one["code"], tuple(_phrases(one, groups.get(one.get("group", ""), {}))), one.get("asset_layer", ""))
        for one in pack.get("categories", ())
        if not one.get("is_emergency") and one.get("is_active", True)
    ]


def _phrases(one: Mapping[str, Any], group: Mapping[str, str]) -> Iterator[tuple[str, float]]:
    for text in _texts(one.get("name")):
        yield text, _NAME
    for words in (one.get("keywords") or {}).values():
        for text in words:
            yield text, _KEYWORD
    for text in _texts(one.get("description")):
        yield text, _DESCRIPTION
    for text in _texts(group):
        yield text, _GROUP
    for question in one.get("questions", ()):
        for value in question.get("values", ()):
            for text in _texts(value.get("name")):
                yield text, _ASKED


def _texts(translated: Mapping[str, str] | None) -> Iterable[str]:
    return [text for text in (translated or {}).values() if text]
