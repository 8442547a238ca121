"""Errors as pages show them: a summary of links, the same words at the field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

_STEP_OF = {"place": "place", "category_code": "what", "photos": "photo", "photo": "photo", "description": "questions"}


def anchor(name: str) -> str:
    """Return the id of a field: "answers.size" is at "f-answers-size"."""
    return "f-" + name.replace(".", "-").replace("_", "-")


def summary(problems: Mapping[str, Any], *, on_check: bool = False) -> list[tuple[str, Any]]:
    """Return (address, words) for each problem; from the check page the address is the step that mends it."""
    return [(_step(name) if on_check else f"#{anchor(name)}", text) for name, text in problems.items()]


def _step(name: str) -> str:
    if name.startswith("answers."):
        return reverse("report-questions")
    if name.startswith("contact."):
        return reverse("report-contact")
    step = _STEP_OF.get(name)
    return reverse(f"report-{step}") if step else f"#{anchor(name)}"
