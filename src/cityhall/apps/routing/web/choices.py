"""What the forms of the room offer to choose from."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from cityhall.apps.identity import public as identity
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import public as service_requests
from cityhall.kernel.django.translated import pick

Option = tuple[str, str, bool]
"""A value, its words, and whether it is chosen."""


@dataclass(frozen=True, slots=True)
class Chooser:
    """Lists of boxes under one heading. A group is its label, its boxes, and whether one of them is ticked."""

    name: str
    label: str
    groups: tuple[tuple[str, tuple[Option, ...], bool], ...]


def _chooser(name: str, label: str, groups: Iterable[tuple[str, tuple[Option, ...]]]) -> Chooser:
    return Chooser(
        name, label, tuple((head, options, any(one[2] for one in options)) for head, options in groups if options)
    )


def categories(ticked: Collection[str]) -> Chooser:
    """Return the categories by their groups. Emergencies cannot be filed, so they are left out."""
    known = [one for one in service_requests.categories(everything=True) if not one.is_emergency]
    groups = tuple(
        (label, tuple((one.code, one.name, one.code in ticked) for one in ones))
        for label, ones in groupby(known, key=lambda one: one.group)
    )
    return _chooser("categories", _("Categories"), groups)


def areas(ticked: Collection[str]) -> Chooser:
    """Return the areas by their kinds."""
    groups = tuple(
        (
            pick(kind.name) or kind.code,
            tuple((str(one.id), pick(one.name), str(one.id) in ticked) for one in places.areas(kind.code)),
        )
        for kind in places.area_kinds()
    )
    return _chooser("areas", _("Areas"), groups)


def layers(ticked: Collection[str]) -> Chooser:
    """Return the layers of assets."""
    found = tuple((one.code, pick(one.name) or one.code, one.code in ticked) for one in places.asset_layers())
    return _chooser("layers", _("Kinds of asset"), [("", found)])


def owners(ticked: Collection[str]) -> Chooser:
    """Return who owns the city's assets, as their files say."""
    found = tuple((one, one, one in ticked) for one in places.asset_owners())
    return _chooser("owners", _("Owners of the asset"), [("", found)])


def teams() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the teams by their departments."""
    found: list[tuple[str, list[tuple[str, str]]]] = []
    all_teams: list[Any] = identity.teams()
    for department in identity.departments():
        own = [(str(team.id), pick(team.name)) for team in all_teams if team.department_id == department.id]
        if own:
            found.append((pick(department.name), own))
    return found
