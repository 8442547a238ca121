"""Categories as a live dataset: what can be reported, who sees to it, and what is published of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cityhall.apps.service_requests.exports.open_data import hour
from cityhall.apps.service_requests.models import Category
from cityhall.apps.service_requests.queries.catalogue import catalogue_changed
from cityhall.apps.service_requests.rules.publication import pick
from cityhall.kernel.offers import LiveDataset
from cityhall.kernel.spreadsheets import write_rows

_CONTRACT = Path(__file__).with_name("open-data-categories.toml")
_COLUMNS = (
    "code", "name", "name_es", "group", "group_es", "description", "description_es", "department", "department_es",
    "target_days", "place_shown", "words_shown", "photos_shown", "asset_layer", "is_offered", "is_emergency",
)  # fmt: skip


def live_categories() -> LiveDataset:
    """Return the categories as open data."""
    return LiveDataset("request-categories", _CONTRACT.read_text(encoding="utf-8"), _mark, _write)


def _mark() -> str:
    """Say when a category last changed; names of groups and departments are read again each hour."""
    return f"{catalogue_changed()} {hour()}"


def _write(file: Path) -> int:
    return write_rows(file, _COLUMNS, _rows())


def _rows() -> Iterator[tuple[Any, ...]]:
    for one in Category.objects.select_related("group", "department").order_by("code"):
        department = one.department.name if one.department else {}
        yield (
            one.code, pick(one.name, "en"), pick(one.name, "es"), pick(one.group.name, "en"),
            pick(one.group.name, "es"), pick(one.description, "en"), pick(one.description, "es"),
            pick(department, "en"), pick(department, "es"), one.target_days, one.place_policy, one.text_policy,
            one.photo_policy, one.asset_layer, one.is_active, one.is_emergency,
        )  # fmt: skip
