"""What the import contracts cannot see: foreign keys by string and models fetched by name leave no import."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

import cityhall
from cityhall.kernel import offers

PACKAGE = Path(cityhall.__file__).parent
#: The rooms any higher room may point a foreign key at; elsewhere an id is stored.
POINTED_AT = {"identity", "places", "documents"}


def rooms() -> list[str]:
    return [config.label for config in apps.get_app_configs() if config.name.startswith("cityhall.")]


def keys_out_of_a_room() -> list[models.Field]:
    found = []
    for model in apps.get_models():
        if model._meta.app_label not in rooms():
            continue
        for field in model._meta.get_fields():
            own = isinstance(field, models.ForeignKey | models.ManyToManyField) and field.model is model
            # A parent's field is its own room's business; Wagtail's come with its base classes.
            if own and field.related_model._meta.app_label in set(rooms()) - {model._meta.app_label}:
                found.append(field)
    return found


def test_foreign_keys_cross_rooms_only_where_they_may_and_leave_no_way_back() -> None:
    crossing = [field for field in keys_out_of_a_room() if not field.model.__name__.startswith("City")]
    assert crossing, "the walk found nothing: it no longer looks at the right models"
    for field in crossing:
        where = f"{field.model._meta.label}.{field.name}"
        assert field.related_model._meta.app_label in POINTED_AT, f"{where} must be an id, not a foreign key"
        assert field.remote_field.related_name == "+", f'{where} needs related_name="+"'


@pytest.mark.parametrize("pattern", [r"apps\.get_model\(", r"ContentType\.objects"])
def test_no_room_fetches_anothers_models_by_name(pattern: str) -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{number}"
        for path in PACKAGE.rglob("*.py")
        if "migrations" not in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(pattern, line)
    ]
    assert found == []


def test_no_two_entries_of_a_menu_have_the_same_place() -> None:
    places = [(item.menu, item.order) for item in offers.nav_items]
    assert sorted(places) == sorted(set(places)), "the order of a menu must not depend on which room comes first"
